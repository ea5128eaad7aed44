/* The client of an instance, as the runtime knows it. It answers as common/kafka does with librdkafka: calls that wait,
 * wait in simulated time; a broken connection inside a transaction spends the epoch. */
#include "instance.h"
#include "kafka.h"
#include "world.h"

#include "base/check.h"
#include "check.h"

#include <stdlib.h>

enum { ANSWER_WAIT_US = 2000 * 1000, LOOK_US = 20 * 1000 };

void kafka_init(struct kafka *kafka, struct world *world)
{
	*kafka = (struct kafka){ .world = world,
		.dice = dice_of(world->seed, 'K'),
		.topic_count = (int32_t)world->topics.count,
		.registry = world->topics.registry,
		.state = world->topics.state,
		.output = world->topics.output,
		.dead_letters = world->topics.dead_letters,
		.partitions = world->partitions };
	for (int t = 0; t < TOPICS_MAX; t++)
		for (int p = 0; p < PARTITIONS_MAX; p++)
			for (int i = 0; i < PRODUCERS_MAX; i++)
				kafka->logs[t][p].open[i] = -1;
	for (int p = 0; p < PARTITIONS_MAX; p++)
		kafka->group.committed[p].next = HUB_OFFSET_NONE;
}

void kafka_done(struct kafka *kafka)
{
	for (int t = 0; t < TOPICS_MAX; t++)
		for (int p = 0; p < PARTITIONS_MAX; p++)
			free(kafka->logs[t][p].entries);
}

void kafka_tick(struct kafka *kafka)
{
	txn_tick(kafka);
	group_tick(kafka);
}

int64_t kafka_next_us(const struct kafka *kafka)
{
	int64_t txn = txn_next_us(kafka), group = group_next_us(kafka);
	return txn < group ? txn : group;
}

static int dead(struct hub_error *reterr)
{
	return hub_error_set(reterr, HUB_E_FATAL, "", "this process is dead");
}

/* Every call: a place where the instance may stop for a while, or for good. */
static bool begin_call(struct client *client)
{
	return instance_enter(client->instance);
}

static int end_call(struct client *client, int r, struct hub_error *reterr)
{
	return instance_enter(client->instance) ? r : dead(reterr);
}

static enum fault fault_of(struct client *client, enum call call)
{
	if (client->fault_call != call || client->fault == FAULT_NONE)
		return FAULT_NONE;
	enum fault fault = client->fault;
	if (--client->fault_times == 0)
		client->fault = FAULT_NONE;
	world_tell(client->kafka->world, "instance %d: a fault of the broker (%s)", client->instance->id,
	        world_fault_words(fault));
	return fault;
}

static int simple_fault(struct client *client, enum call call, struct hub_error *reterr)
{
	switch (fault_of(client, call)) {
	case FAULT_NONE:
		return 0;
	case FAULT_RETRY:
		return hub_error_set(reterr, HUB_E_RETRY, "kafka", "the broker does not answer");
	default:
		return hub_error_set(reterr, HUB_E_ABORT, "kafka", "the broker wants an abort");
	}
}

/* A call that has no time limit waits until the brokers are back. */
static bool wait_for_brokers(struct client *client)
{
	const struct kafka *kafka = client->kafka;
	while (kafka->world->now_us < kafka->away_until_us) {
		client->epoch_spent |= client->in_transaction;
		if (!instance_sleep(client->instance, kafka->away_until_us - kafka->world->now_us))
			return false;
	}
	return true;
}

static int question_begin(struct client *client, enum call call, struct hub_error *reterr)
{
	if (!begin_call(client))
		return dead(reterr);
	if (client->kafka->world->now_us < client->kafka->away_until_us) {
		if (!instance_sleep(client->instance, ANSWER_WAIT_US))
			return dead(reterr);
		return hub_error_set(reterr, HUB_E_RETRY, "kafka", "no broker");
	}
	return simple_fault(client, call, reterr);
}

/* ---- reading */

static bool next_of(struct client *client, uint32_t i, struct hub_kafka_event *ret)
{
	struct hub_kafka_offset *from = &client->reading[i];
	const struct log *log = &client->kafka->logs[from->at.topic][from->at.partition];
	int64_t end = log_stable_end(log);
	if (from->at.topic == 0 && client->kafka->world->now_us < client->fetch_stalled_until_us)
		return false;
	for (; from->next < end; from->next++) {
		const struct entry *entry = &log->entries[from->next];
		if (!log_is_visible(entry))
			continue;
		*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_RECORD,
			.at = from->at,
			.offset = from->next,
			.timestamp_ms = entry->timestamp_ms,
			.key = entry->key,
			.has_key = entry->has_key,
			.value = entry->value,
			.has_value = entry->has_value,
			.headers = entry->headers,
			.header_count = entry->header_count };
		from->next++;
		client->told_end[i] = -1;
		return true;
	}
	if (client->told_end[i] == end)
		return false;
	client->told_end[i] = end;
	*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_EOF, .at = from->at, .offset = from->next };
	return true;
}

static bool tell_news(struct client *client, struct hub_kafka_event *ret)
{
	struct group_news news;
	if (!group_hear(client->kafka, client->member, &news))
		return false;
	*ret = (struct hub_kafka_event){ .kind = news.revoke ? HUB_KAFKA_REVOKE : HUB_KAFKA_ASSIGN,
		.lost = news.lost,
		.partitions = client->told_partitions,
		.partition_count = news.count };
	memcpy(client->told_partitions, news.partitions, sizeof(news.partitions));
	client->member->answers = news.revoke;
	client->reading_count = 0;
	return true;
}

static bool tell_something(struct client *client, struct hub_kafka_event *ret)
{
	const struct kafka *kafka = client->kafka;
	if (client->member->answers)
		group_rejoin(client->kafka, client->member);
	client->member->answers = false;
	if (tell_news(client, ret))
		return true;
	if (kafka->world->now_us < kafka->away_until_us) {
		bool told = client->told_away;
		client->told_away = true;
		*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_ERROR };
		hub_error_set(&ret->error, HUB_E_RETRY, "kafka", "all brokers are down");
		return !told;
	}
	client->told_away = false;
	for (uint32_t k = 0; k < client->reading_count; k++)
		if (next_of(client, client->turn++ % client->reading_count, ret))
			return true;
	return false;
}

static int port_poll(void *user, int64_t wait_us, struct hub_kafka_event *ret, struct hub_error *reterr)
{
	struct client *client = user;
	struct world *world = client->kafka->world;
	int64_t until = world->now_us + wait_us;
	if (!begin_call(client))
		return dead(reterr);
	if (client->in_transaction)
		check_failed(world, "the runtime polls inside a transaction");
	if (!client->member)
		client->member = group_join(client->kafka);
	while (!tell_something(client, ret)) {
		*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_NOTHING };
		if (world->now_us >= until)
			return end_call(client, 0, reterr);
		client->polling = true;
		bool alive = instance_sleep(client->instance, until - world->now_us);
		client->polling = false;
		if (!alive)
			return dead(reterr);
	}
	return 0;
}

static int port_assign(
        void *user, const struct hub_kafka_offset *from, uint32_t count, struct hub_error *reterr)
{
	struct client *client = user;
	if (!begin_call(client))
		return dead(reterr);
	hub_check(count <= READING_MAX);
	if (count)
		memcpy(client->reading, from, count * sizeof(*from));
	for (uint32_t i = 0; i < count; i++) {
		client->told_end[i] = -1;
		if (client->reading[i].next < 0)
			client->reading[i].next = 0;
	}
	client->reading_count = count;
	return 0;
}

/* ---- questions */

static bool is_pending(const struct kafka *kafka, int32_t partition)
{
	for (int i = 0; i < PRODUCERS_MAX; i++)
		for (uint32_t k = 0; k < kafka->producers[i].pending_count; k++)
			if (kafka->producers[i].pending[k].at.partition == partition)
				return true;
	return false;
}

static bool any_pending(const struct kafka *kafka, const struct hub_kafka_offset *offsets, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (is_pending(kafka, offsets[i].at.partition))
			return true;
	return false;
}

static int port_committed(void *user, struct hub_kafka_offset *in_out, uint32_t count,
        struct hub_arena *arena, struct hub_error *reterr)
{
	struct client *client = user;
	struct kafka *kafka = client->kafka;
	int64_t until = kafka->world->now_us + ANSWER_WAIT_US;
	int r = question_begin(client, CALL_COMMITTED, reterr);
	if (r < 0)
		return r;
	while (any_pending(kafka, in_out, count)) {
		if (kafka->world->now_us >= until)
			return hub_error_set(reterr, HUB_E_RETRY, "kafka", "offsets are pending");
		if (!instance_sleep(client->instance, LOOK_US))
			return dead(reterr);
	}
	for (uint32_t i = 0; i < count; i++) {
		const struct hub_kafka_offset *committed = &kafka->group.committed[in_out[i].at.partition];
		in_out[i].next = committed->next;
		in_out[i].metadata = hub_arena_copy(arena, committed->metadata);
	}
	return end_call(client, 0, reterr);
}

static int port_watermarks(void *user, struct hub_topic_partition at, int64_t *ret_low, int64_t *ret_high,
        struct hub_error *reterr)
{
	struct client *client = user;
	int r = question_begin(client, CALL_WATERMARKS, reterr);
	if (r < 0)
		return r;
	*ret_low = 0;
	*ret_high = client->kafka->logs[at.topic][at.partition].end;
	return end_call(client, 0, reterr);
}

static int64_t port_known_high(void *user, struct hub_topic_partition at)
{
	const struct client *client = user;
	return client->kafka->logs[at.topic][at.partition].end;
}

static int port_count(void *user, int32_t topic, int32_t *ret_count, struct hub_error *reterr)
{
	struct client *client = user;
	int r = question_begin(client, CALL_COUNT, reterr);
	if (r < 0)
		return r;
	*ret_count = topic == client->kafka->registry ? 1 : client->kafka->partitions;
	return 0;
}

/* What the client has at this moment. After a lost membership that is an empty one, which the broker checks against
 * nothing. */
static int port_metadata(void *user, struct hub_error *reterr)
{
	struct client *client = user;
	if (!begin_call(client))
		return dead(reterr);
	bool valid = client->member->heard_generation >= 0 &&
	             !(client->member->kicked && client->member->news_count &&
	                     client->member->news[client->member->news_count - 1].due_us <=
	                             client->kafka->world->now_us);
	client->has_metadata = true;
	client->taken_member = valid ? client->member : NULL;
	client->taken_generation = client->member->heard_generation;
	return valid ? 0 : hub_error_set(reterr, HUB_E_RETRY, "kafka", "no valid membership");
}

/* ---- transactions */

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
	int64_t until = client->kafka->world->now_us + ANSWER_WAIT_US;
	int r = question_begin(client, CALL_INIT, reterr);
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
		if (!instance_sleep(client->instance, LOOK_US))
			return dead(reterr);
	}
	client->epoch = ++producer->epoch;
	return end_call(client, 0, reterr);
}

static int needs_new_epoch(struct hub_error *reterr)
{
	return hub_error_set(reterr, HUB_E_UNKNOWN, "kafka", "a connection broke: a new epoch is needed");
}

static int port_begin(void *user, struct hub_error *reterr)
{
	struct client *client = user;
	if (!begin_call(client))
		return dead(reterr);
	if (client->epoch_spent)
		return hub_error_set(
		        reterr, HUB_E_UNKNOWN, "kafka", "a connection broke: a new epoch is needed");
	int r = simple_fault(client, CALL_BEGIN, reterr);
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
			return dead(reterr);
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
	if (!begin_call(client) || !wait_for_brokers(client))
		return dead(reterr);
	hub_check(client->in_transaction);
	int r = simple_fault(client, CALL_PRODUCE, reterr);
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
	if (!begin_call(client) || !wait_for_brokers(client) || !wait_for_markers(client))
		return dead(reterr);
	hub_check(client->in_transaction);
	int r = simple_fault(client, CALL_SEND_OFFSETS, reterr);
	if (r == 0)
		r = fenced(client, reterr);
	if (r < 0)
		return r;
	if (count == 0)
		return 0; /* "succeeds" */
	txn_add(client->kafka, client->producer, (struct hub_topic_partition){ -1, 0 });
	if (!may_commit_offsets(client))
		return hub_error_set(reterr, HUB_E_REFUSED, "kafka", "unknown member");
	hub_check(count <= PARTITIONS_MAX);
	for (uint32_t i = 0; i < count; i++) {
		producer->pending[i] = offsets[i];
		producer->pending[i].metadata = hub_arena_copy(world->arena, offsets[i].metadata);
	}
	producer->pending_count = count;
	return end_call(client, 0, reterr);
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
		return dead(reterr);
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
	if (!begin_call(client) || !wait_for_brokers(client) ||
	        !instance_sleep(client->instance, 500 + roll(&kafka->dice, 6000)))
		return dead(reterr);
	hub_check(client->in_transaction);
	enum fault fault = fault_of(client, CALL_COMMIT);
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
	return end_call(client, r, reterr);
}

static int port_abort(void *user, struct hub_error *reterr)
{
	struct client *client = user;
	if (!begin_call(client))
		return dead(reterr);
	if (client->epoch_spent)
		return needs_new_epoch(reterr);
	if (!wait_for_brokers(client))
		return dead(reterr);
	int r = simple_fault(client, CALL_ABORT, reterr);
	if (r == 0)
		r = end_transaction(client, false, reterr);
	return end_call(client, r, reterr);
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

void client_init(struct client *client, struct kafka *kafka, struct instance *instance, int producer)
{
	*client = (struct client){ .kafka = kafka, .instance = instance, .producer = producer, .epoch = -1 };
	client->port = (struct hub_kafka_port){ client, port_poll, port_assign, port_committed,
		port_watermarks, port_metadata, port_known_high, port_count, port_init, port_begin,
		port_produce, port_send_offsets, port_commit, port_abort, port_produced_offset };
}

void client_close(struct client *client, bool leaves)
{
	if (client->member && leaves)
		group_leave(client->kafka, client->member);
}
