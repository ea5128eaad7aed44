/* The client of an instance, as the runtime knows it. It answers as common/kafka does with librdkafka: calls that wait,
 * wait in simulated time; a broken connection inside a transaction spends the epoch. */
#include "client.h"
#include "instance.h"
#include "world.h"

int client_is_dead(struct hub_error *reterr)
{
	return hub_error_set(reterr, HUB_E_FATAL, "", "this process is dead");
}

/* Every call: a place where the instance may stop for a while, or for good. */
bool client_begin_call(struct client *client)
{
	return instance_enter(client->instance);
}

int client_end_call(struct client *client, int r, struct hub_error *reterr)
{
	return instance_enter(client->instance) ? r : client_is_dead(reterr);
}

enum fault client_fault(struct client *client, enum call call)
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

int client_simple_fault(struct client *client, enum call call, struct hub_error *reterr)
{
	switch (client_fault(client, call)) {
	case FAULT_NONE:
		return 0;
	case FAULT_RETRY:
		return hub_error_set(reterr, HUB_E_RETRY, "kafka", "the broker does not answer");
	default:
		return hub_error_set(reterr, HUB_E_ABORT, "kafka", "the broker wants an abort");
	}
}

/* A call that has no time limit waits until the brokers are back. */
bool client_wait_for_brokers(struct client *client)
{
	const struct kafka *kafka = client->kafka;
	while (kafka->world->now_us < kafka->away_until_us) {
		client->epoch_spent |= client->in_transaction;
		if (!instance_sleep(client->instance, kafka->away_until_us - kafka->world->now_us))
			return false;
	}
	return true;
}

int client_begin_question(struct client *client, enum call call, struct hub_error *reterr)
{
	if (!client_begin_call(client))
		return client_is_dead(reterr);
	if (client->kafka->world->now_us < client->kafka->away_until_us) {
		if (!instance_sleep(client->instance, CLIENT_ANSWER_US))
			return client_is_dead(reterr);
		return hub_error_set(reterr, HUB_E_RETRY, "kafka", "no broker");
	}
	return client_simple_fault(client, call, reterr);
}

void client_init(struct client *client, struct kafka *kafka, struct instance *instance, int producer)
{
	*client = (struct client){ .kafka = kafka, .instance = instance, .producer = producer, .epoch = -1 };
	client->port = (struct hub_kafka_port){ .user = client };
	client_reading_port(&client->port);
	client_writing_port(&client->port);
}

void client_close(struct client *client, bool leaves)
{
	if (client->member && leaves)
		group_leave(client->kafka, client->member);
}
