/* Questions about a partition whose leader has gone, against librdkafka's mock brokers: the answer comes from the
 * next leader, and soon. */
#include "kafka/ask.h"

#include <librdkafka/rdkafka_mock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum { TIMEOUT_MS = 2000 };

struct world {
	rd_kafka_t *rk;
	rd_kafka_mock_cluster_t *cluster;
};

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set_log_cb(conf, NULL);
	rd_kafka_conf_set(conf, "test.mock.num.brokers", "3", NULL, 0);
	world->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, NULL, 0);
	world->cluster = rd_kafka_handle_mock_cluster(world->rk);
	rd_kafka_mock_topic_create(world->cluster, "t", 1, 3);
	rd_kafka_mock_partition_set_leader(world->cluster, "t", 0, 2);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	rd_kafka_destroy(world->rk);
	free(world);
	return 0;
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int ask(struct world *world, double *ret_took)
{
	struct hub_error error;
	int64_t low, high;
	double began = seconds();
	int code = hub_kafka_ends(world->rk, "t", 0, TIMEOUT_MS, &low, &high, &error);
	*ret_took = seconds() - began;
	if (code == HUB_OK) {
		assert_int_equal(low, 0);
		assert_int_equal(high, 0);
	}
	return code;
}

static void another_broker_leads_since(void **state)
{
	struct world *world = *state;
	double took;
	assert_int_equal(ask(world, &took), HUB_OK);
	rd_kafka_mock_broker_set_down(world->cluster, 2);
	rd_kafka_mock_partition_set_leader(world->cluster, "t", 0, 3);
	assert_int_equal(ask(world, &took), HUB_OK);
	assert_true(took < 2.0);
}

/* The leader is there but silent, as behind a firewall: no answer must take no longer than was said. */
static void nobody_answers(void **state)
{
	struct world *world = *state;
	double took;
	assert_int_equal(ask(world, &took), HUB_OK);
	for (int broker = 1; broker <= 3; broker++)
		rd_kafka_mock_broker_set_rtt(world->cluster, broker, 30 * 1000);
	assert_int_equal(ask(world, &took), HUB_E_RETRY);
	assert_true(took < 4.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(another_broker_leads_since, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_answers, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
