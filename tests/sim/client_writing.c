/* The transactions of an instance. */
#include "client.h"
#include "instance.h"
#include "world.h"

#include "base/check.h"
#include "check.h"

static struct producer *producer_of(struct client *client)
{
	return &client->kafka->producers[client->producer];
}

static int fenced(struct client *client, struct hub_error *reterr)
{
	if (client->epoch == producer_of(client)->epoch)
		return 0;
	return hub_error_set(
	        reterr, HUB_E_FATAL, "kafka", "a newer producer of this transactional id is there");
}

/* The former transaction's markers come first. */
static bool wait_for_markers(struct client *client)
{
	while (producer_of(client)->state == PRODUCER_ENDING)
		if (!instance_sleep(client->instance, 2000))
			return false;
	return true;
}

static int port_init(void *user, struct hub_error *reterr)
{
	struct client *client = user;
	struct producer *producer = producer_of(client);
	int64_t until = client->kafka->world->now_us + CLIENT_ANSWER_US;
	int r = client_begin_question(client, CALL_INIT, reterr);
	if (r < 0)
		return r;
	if (producer->state == PRODUCER_ONGOING) {
		producer->epoch++;
		txn_end(client->kafka, client->producer, false);
	}
	while (producer->state == PRODUCER_ENDING) {
		if (client->kafka->world->now_us >= until)
			return hub_error_set(
			        reterr, HUB_E_RETRY, "kafka", "the former transaction is being ended");
		if (!instance_sleep(client->instance, CLIENT_LOOK_US))
			return client_is_dead(reterr);
	}
	client->epoch = ++producer->epoch;
	return client_end_call(client, 0, reterr);
}

static int needs_new_epoch(struct hub_error *reterr)
{
	return hub_error_set(reterr, HUB_E_UNKNOWN, "kafka", "a connection broke: a new epoch is needed");
}

static int port_begin(void *user, struct hub_error *reterr)
{
	struct client *client = user;
	if (!client_begin_call(client))
		return client_is_dead(reterr);
	if (client->epoch_spent)
		return hub_error_set(
		        reterr, HUB_E_UNKNOWN, "kafka", "a connection broke: a new epoch is needed");
	int r = client_simple_fault(client, CALL_BEGIN, reterr);
	if (r < 0)
		return r;
	hub_check(!client->in_transaction);
	client->in_transaction = true;
	memset(client->added, 0, sizeof(client->added));
	for (int t = 0; t < TOPICS_MAX; t++)
		for (int p = 0; p < PARTITIONS_MAX; p++)
			client->produced[t][p] = -1;
	return 0;
}

/* A partition that the client added is part of the coordinator's transaction, unless that was ended meanwhile. */
static int add_partition(struct client *client, struct hub_topic_partition at, struct hub_error *reterr)
{
	struct producer *producer = producer_of(client);
	if (!client->added[at.topic][at.partition]) {
		if (!wait_for_markers(client))
			return client_is_dead(reterr);
		int r = fenced(client, reterr);
		if (r < 0)
			return r;
		txn_add(client->kafka, client->producer, at);
		client->added[at.topic][at.partition] = true;
	}
	if (producer->state != PRODUCER_ONGOING || !producer->touched[at.topic][at.partition])
		return hub_error_set(reterr, HUB_E_ABORT, "kafka", "the transaction is not open");
	return fenced(client, reterr);
}

static int port_produce(void *user, const struct hub_kafka_record *record, struct hub_error *reterr)
{
	struct client *client = user;
	if (!client_begin_call(client) || !client_wait_for_brokers(client))
		return client_is_dead(reterr);
	hub_check(client->in_transaction);
	int r = client_simple_fault(client, CALL_PRODUCE, reterr);
	if (r == 0)
		r = add_partition(client, record->to, reterr);
	if (r < 0)
		return r;
	client->produced[record->to.topic][record->to.partition] =
	        log_append(client->kafka, record->to, record, client->producer);
	return 0;
}

/* Membership and generation are checked, not who owns the partition. */
static bool may_commit_offsets(const struct client *client)
{
	const struct member *member = client->taken_member;
	if (!member)
		return client->has_metadata; /* an empty one */
	return member->in_group && member->generation == client->taken_generation;
}

static int port_send_offsets(
        void *user, const struct hub_kafka_offset *offsets, uint32_t count, struct hub_error *reterr)
{
	struct client *client = user;
	struct producer *producer = producer_of(client);
	struct world *world = client->kafka->world;
	if (!client_begin_call(client) || !client_wait_for_brokers(client) || !wait_for_markers(client))
		return client_is_dead(reterr);
	hub_check(client->in_transaction);
	int r = client_simple_fault(client, CALL_SEND_OFFSETS, reterr);
	if (r == 0)
		r = fenced(client, reterr);
	if (r < 0)
		return r;
	if (count == 0)
		return 0; /* "succeeds" */
	txn_add(client->kafka, client->producer, (struct hub_topic_partition){ -1, 0 });
	if (!may_commit_offsets(client))
		return hub_error_set(reterr, HUB_E_REFUSED, "kafka", "unknown member");
	hub_check(count <= INPUTS * PARTITIONS_MAX);
	for (uint32_t i = 0; i < count; i++) {
		producer->pending[i] = offsets[i];
		producer->pending[i].metadata = hub_arena_copy(world->arena, offsets[i].metadata);
	}
	producer->pending_count = count;
	return client_end_call(client, 0, reterr);
}

static int lost_answer(struct client *client, enum fault fault, struct hub_error *reterr)
{
	struct kafka *kafka = client->kafka;
	int64_t due = kafka->world->now_us + roll(&kafka->dice, 8000) * 1000;
	client->epoch_spent |=
	        one_in(&kafka->dice, 2); /* not every lost answer shows as a broken connection */
	if (fault == FAULT_UNKNOWN_DONE)
		txn_end(kafka, client->producer, true);
	if (fault == FAULT_UNKNOWN_LATE)
		txn_end_later(kafka, client->producer, client->epoch, true, due);
	if (!instance_sleep(client->instance, 500 * 1000))
		return client_is_dead(reterr);
	return hub_error_set(reterr, HUB_E_UNKNOWN, "kafka", "the commit was not answered");
}

static int end_transaction(struct client *client, bool commit, struct hub_error *reterr)
{
	int r = fenced(client, reterr);
	if (r < 0)
		return r;
	if (producer_of(client)->state == PRODUCER_ONGOING)
		txn_end(client->kafka, client->producer, commit);
	else if (commit)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "no transaction is open");
	client->in_transaction = false;
	return 0;
}

static int port_commit(void *user, struct hub_error *reterr)
{
	struct client *client = user;
	struct kafka *kafka = client->kafka;
	if (!client_begin_call(client) || !client_wait_for_brokers(client) ||
	        !instance_sleep(client->instance, 500 + roll(&kafka->dice, 6000)))
		return client_is_dead(reterr);
	hub_check(client->in_transaction);
	enum fault fault = client_fault(client, CALL_COMMIT);
	if (fault == FAULT_RETRY)
		return hub_error_set(reterr, HUB_E_RETRY, "kafka", "not now");
	if (fault == FAULT_ABORT)
		return hub_error_set(reterr, HUB_E_ABORT, "kafka", "the broker wants an abort");
	bool lost =
	        fault == FAULT_UNKNOWN_DONE || fault == FAULT_UNKNOWN_NEVER || fault == FAULT_UNKNOWN_LATE;
	if (lost && fenced(client, NULL) == 0 && producer_of(client)->state == PRODUCER_ONGOING)
		return lost_answer(client, fault, reterr);
	if (fault == FAULT_COPY_LATE) {
		client->epoch_spent = true;
		txn_end_later(kafka, client->producer, client->epoch, true,
		        kafka->world->now_us + roll(&kafka->dice, 3000) * 1000);
	}
	int r = end_transaction(client, true, reterr);
	return client_end_call(client, r, reterr);
}

static int port_abort(void *user, struct hub_error *reterr)
{
	struct client *client = user;
	if (!client_begin_call(client))
		return client_is_dead(reterr);
	if (client->epoch_spent)
		return needs_new_epoch(reterr);
	if (!client_wait_for_brokers(client))
		return client_is_dead(reterr);
	int r = client_simple_fault(client, CALL_ABORT, reterr);
	if (r == 0)
		r = end_transaction(client, false, reterr);
	return client_end_call(client, r, reterr);
}

static int port_produced_offset(
        void *user, struct hub_topic_partition at, int64_t *ret_offset, int64_t *ret_timestamp_ms)
{
	const struct client *client = user;
	int64_t offset = client->produced[at.topic][at.partition];
	if (offset < 0)
		return HUB_E_NOT_FOUND;
	*ret_offset = offset;
	*ret_timestamp_ms = client->kafka->logs[at.topic][at.partition].entries[offset].timestamp_ms;
	return 0;
}

void client_writing_port(struct hub_kafka_port *port)
{
	port->init_transactions = port_init;
	port->begin = port_begin;
	port->produce = port_produce;
	port->send_offsets = port_send_offsets;
	port->commit = port_commit;
	port->abort = port_abort;
	port->produced_offset = port_produced_offset;
}
