/* The producer and the consumer against librdkafka's own mock broker, which fails on demand: what each fault of a
 * transaction, or of a fetch, becomes. */
#include "kafka/consumer.h"
#include "kafka/producer.h"

#include <librdkafka/rdkafka_mock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

/* Request numbers of Kafka's protocol. */
enum { PRODUCE = 0, FETCH = 1, ADD_PARTITIONS_TO_TXN = 24, END_TXN = 26, TXN_OFFSET_COMMIT = 28 };

struct world {
	rd_kafka_t *host;
	rd_kafka_mock_cluster_t *cluster;
	rd_kafka_consumer_group_metadata_t *metadata;
	struct hub_kafka_producer *producer;
	struct hub_error error;
};

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set_log_cb(conf, NULL);
	world->host = rd_kafka_new(RD_KAFKA_PRODUCER, conf, NULL, 0);
	world->cluster = rd_kafka_mock_cluster_new(world->host, 2);
	rd_kafka_mock_topic_create(world->cluster, "in", 1, 1);
	rd_kafka_mock_topic_create(world->cluster, "out", 1, 1);
	rd_kafka_mock_partition_set_leader(world->cluster, "out", 0, 2);
	rd_kafka_mock_coordinator_set(world->cluster, "transaction", "group-a", 1);
	rd_kafka_mock_coordinator_set(world->cluster, "group", "group", 1);
	world->metadata = rd_kafka_consumer_group_metadata_new_with_genid("group", 1, "member", NULL);
	static const char *const topics[] = { "in", "out" };
	const struct hub_kafka_property property = { "bootstrap.servers",
		rd_kafka_mock_cluster_bootstraps(world->cluster) };
	const struct hub_kafka_options options = { .properties = { .items = &property, .count = 1 },
		.group = "group",
		.transactional_id = "group-a",
		.topics = topics,
		.topic_count = 2 };
	if (hub_kafka_producer_new(&options, &world->producer, &world->error) != HUB_OK)
		return -1;
	int code = HUB_E_RETRY;
	for (int i = 0; i < 20 && code == HUB_E_RETRY; i++)
		code = hub_kafka_producer_init_transactions(world->producer, &world->error);
	*state = world;
	return code;
}

static int teardown(void **state)
{
	struct world *world = *state;
	hub_kafka_producer_free(world->producer);
	rd_kafka_consumer_group_metadata_destroy(world->metadata);
	rd_kafka_mock_cluster_destroy(world->cluster);
	rd_kafka_destroy(world->host);
	free(world);
	return 0;
}

static int begin(struct world *world)
{
	const struct hub_kafka_record record = { .to = { 1, 0 }, .value = HUB_STR("v"), .has_value = true };
	int code = hub_kafka_producer_begin(world->producer, &world->error);
	return code ? code : hub_kafka_producer_produce(world->producer, &record, &world->error);
}

static int send_offsets(struct world *world)
{
	const struct hub_kafka_offset offset = { { 0, 0 }, 7, HUB_STR("batch 1") };
	return hub_kafka_producer_send_offsets(world->producer, &offset, 1, world->metadata, &world->error);
}

static int transact(struct world *world)
{
	int code = begin(world);
	if (!code)
		code = send_offsets(world);
	return code ? code : hub_kafka_producer_commit(world->producer, &world->error);
}

static void a_transaction_passes(void **state)
{
	struct world *world = *state;
	assert_int_equal(transact(world), HUB_OK);
	assert_int_equal(transact(world), HUB_OK);
	int64_t offset, timestamp;
	const struct hub_topic_partition out = { 1, 0 }, elsewhere = { 0, 0 };
	assert_int_equal(hub_kafka_producer_produced(world->producer, out, &offset, &timestamp), HUB_OK);
	assert_int_equal(hub_kafka_producer_produced(world->producer, elsewhere, &offset, &timestamp),
	        HUB_E_NOT_FOUND);
}

static void a_refused_generation_is_told_apart(void **state)
{
	struct world *world = *state;
	static const rd_kafka_resp_err_t refusals[] = { RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION,
		RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID };
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		rd_kafka_mock_push_request_errors(world->cluster, TXN_OFFSET_COMMIT, 1, refusals[i]);
		assert_int_equal(begin(world), HUB_OK);
		assert_int_equal(send_offsets(world), HUB_E_REFUSED);
		assert_int_equal(world->error.code, HUB_E_REFUSED);
		assert_int_equal(hub_kafka_producer_abort(world->producer, &world->error), HUB_OK);
	}
	assert_int_equal(transact(world), HUB_OK);
}

static void passing_trouble_is_waited_out(void **state)
{
	struct world *world = *state;
	rd_kafka_mock_push_request_errors(world->cluster, END_TXN, 2,
	        RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS);
	rd_kafka_mock_push_request_errors(
	        world->cluster, TXN_OFFSET_COMMIT, 1, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS);
	rd_kafka_mock_push_request_errors(
	        world->cluster, ADD_PARTITIONS_TO_TXN, 1, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS);
	rd_kafka_mock_push_request_errors(world->cluster, PRODUCE, 1, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
	assert_int_equal(transact(world), HUB_OK);
	assert_int_equal(transact(world), HUB_OK);
}

/* The commit went through at the second try, but its first copy may still be on its way. */
static void a_broken_connection_spends_the_epoch(void **state)
{
	struct world *world = *state;
	rd_kafka_mock_push_request_errors(world->cluster, END_TXN, 1, RD_KAFKA_RESP_ERR__TRANSPORT);
	assert_int_equal(transact(world), HUB_OK);
	assert_int_equal(begin(world), HUB_E_UNKNOWN);
	assert_non_null(strstr(world->error.text, "a new epoch is needed"));
}

/* Whoever starts anew aborts it by the new epoch: nobody waits for an answer here. */
static void a_spent_epoch_is_not_aborted_first(void **state)
{
	struct world *world = *state;
	rd_kafka_mock_push_request_errors(world->cluster, TXN_OFFSET_COMMIT, 1, RD_KAFKA_RESP_ERR__TRANSPORT);
	assert_int_equal(begin(world), HUB_OK);
	assert_int_equal(send_offsets(world), HUB_OK);
	assert_int_equal(hub_kafka_producer_abort(world->producer, &world->error), HUB_E_UNKNOWN);
	assert_non_null(strstr(world->error.text, "a new epoch is needed"));
}

/* Broker 2 leads the output and is down: the coordinators are on broker 1, and no request to them was lost. */
static void a_refused_connection_spends_nothing(void **state)
{
	struct world *world = *state;
	assert_int_equal(transact(world), HUB_OK);
	rd_kafka_mock_broker_set_down(world->cluster, 2);
	for (int i = 0; i < 20; i++) {
		(void)hub_kafka_producer_serve(world->producer, &world->error);
		(void)nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000000L }, NULL);
	}
	rd_kafka_mock_broker_set_rtt(world->cluster, 1, 200);
	assert_int_equal(begin(world), HUB_OK);
	assert_int_equal(send_offsets(world), HUB_OK);
	rd_kafka_mock_broker_set_rtt(world->cluster, 1, 0);
	rd_kafka_mock_partition_set_leader(world->cluster, "out", 0, 1);
	assert_int_equal(hub_kafka_producer_commit(world->producer, &world->error), HUB_OK);
	assert_int_equal(transact(world), HUB_OK);
}

static void a_fenced_producer_is_finished(void **state)
{
	struct world *world = *state;
	struct hub_error failure = { 0 };
	assert_false(hub_kafka_producer_serve(world->producer, &failure));
	rd_kafka_mock_push_request_errors(world->cluster, END_TXN, 1, RD_KAFKA_RESP_ERR_PRODUCER_FENCED);
	assert_int_equal(transact(world), HUB_E_FATAL);
	assert_true(hub_kafka_producer_serve(world->producer, &failure));
	assert_int_equal(failure.code, HUB_E_FATAL);
	assert_int_equal(begin(world), HUB_E_FATAL);
}

static void a_record_that_the_broker_refuses_aborts(void **state)
{
	struct world *world = *state;
	rd_kafka_mock_push_request_errors(
	        world->cluster, PRODUCE, 1, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
	assert_int_equal(begin(world), HUB_OK);
	int code = send_offsets(world);
	if (!code)
		code = hub_kafka_producer_commit(world->producer, &world->error);
	assert_int_equal(code, HUB_E_ABORT);
	assert_int_equal(hub_kafka_producer_abort(world->producer, &world->error), HUB_OK);
}

static void produce_inputs(struct world *world, int count)
{
	char value[] = "v";
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set(
	        conf, "bootstrap.servers", rd_kafka_mock_cluster_bootstraps(world->cluster), NULL, 0);
	rd_kafka_t *producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, NULL, 0);
	for (int i = 0; i < count; i++)
		assert_int_equal(rd_kafka_producev(producer, RD_KAFKA_V_TOPIC("in"), RD_KAFKA_V_PARTITION(0),
		                         RD_KAFKA_V_VALUE(value, 1), RD_KAFKA_V_END),
		        0);
	assert_int_equal(rd_kafka_flush(producer, 10000), 0);
	rd_kafka_destroy(producer);
}

static struct hub_kafka_consumer *open_consumer(struct world *world)
{
	static const char *const topics[] = { "in", "out" };
	const struct hub_kafka_property property = { "bootstrap.servers",
		rd_kafka_mock_cluster_bootstraps(world->cluster) };
	const struct hub_kafka_options options = { .properties = { .items = &property, .count = 1 },
		.group = "group",
		.transactional_id = "group-a",
		.topics = topics,
		.topic_count = 2 };
	struct hub_kafka_consumer *consumer;
	assert_int_equal(hub_kafka_consumer_new(&options, &consumer, &world->error), HUB_OK);
	return consumer;
}

/* The next event but errors of the whole client; NOTHING after two seconds. */
static enum hub_kafka_event_kind next_event(
        struct world *world, struct hub_kafka_consumer *consumer, struct hub_kafka_event *event)
{
	for (int i = 0; i < 20; i++) {
		assert_int_equal(hub_kafka_consumer_poll(consumer, 100000, event, &world->error), HUB_OK);
		if (event->kind != HUB_KAFKA_NOTHING &&
		        (event->kind != HUB_KAFKA_ERROR || event->at.topic >= 0))
			break;
	}
	return event->kind;
}

/* librdkafka would go on, perhaps behind records that it could not read, and says nothing of it. */
static void after_a_failed_fetch_nothing_comes_until_it_is_assigned(void **state)
{
	struct world *world = *state;
	static const rd_kafka_resp_err_t errors[] = { RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
		RD_KAFKA_RESP_ERR_INVALID_MSG };
	struct hub_kafka_event event;
	produce_inputs(world, 3);
	struct hub_kafka_consumer *consumer = open_consumer(world);
	const struct hub_kafka_offset from = { { 0, 0 }, 0, { NULL, 0 } };
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		/* So that no fetch is on its way that the error would meet. */
		assert_int_equal(hub_kafka_consumer_assign(consumer, NULL, 0, &world->error), HUB_OK);
		assert_int_equal(next_event(world, consumer, &event), HUB_KAFKA_NOTHING);
		rd_kafka_mock_push_request_errors(world->cluster, FETCH, 1, errors[i]);
		assert_int_equal(hub_kafka_consumer_assign(consumer, &from, 1, &world->error), HUB_OK);
		assert_int_equal(next_event(world, consumer, &event), HUB_KAFKA_ERROR);
		assert_int_equal(event.error.code, HUB_E_RETRY);
		assert_int_equal(event.at.topic, 0);
		assert_int_equal(event.at.partition, 0);
		assert_non_null(strstr(event.error.text, "cannot read in[0]: "));
		assert_int_equal(next_event(world, consumer, &event), HUB_KAFKA_NOTHING);
		assert_int_equal(hub_kafka_consumer_assign(consumer, &from, 1, &world->error), HUB_OK);
		for (int64_t offset = 0; offset < 3; offset++) {
			assert_int_equal(next_event(world, consumer, &event), HUB_KAFKA_RECORD);
			assert_int_equal(event.offset, offset);
		}
	}
	hub_kafka_consumer_free(consumer, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_transaction_passes, setup, teardown),
		cmocka_unit_test_setup_teardown(a_refused_generation_is_told_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(passing_trouble_is_waited_out, setup, teardown),
		cmocka_unit_test_setup_teardown(a_broken_connection_spends_the_epoch, setup, teardown),
		cmocka_unit_test_setup_teardown(a_spent_epoch_is_not_aborted_first, setup, teardown),
		cmocka_unit_test_setup_teardown(a_refused_connection_spends_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_fenced_producer_is_finished, setup, teardown),
		cmocka_unit_test_setup_teardown(a_record_that_the_broker_refuses_aborts, setup, teardown),
		cmocka_unit_test_setup_teardown(
		        after_a_failed_fetch_nothing_comes_until_it_is_assigned, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
