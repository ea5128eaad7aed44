/* The ways to the cluster, its copies. */
#include "doctor/world.h"

static void ways_to_the_broker(void **state)
{
	(void)state;
	static const struct {
		enum hub_cluster_way way;
		enum doctor_fault_id fault;
	} rows[] = {
		{ HUB_WAY_REFUSED, DOCTOR_KAFKA_DOWN },
		{ HUB_WAY_SILENT, DOCTOR_KAFKA_SILENT },
		{ HUB_WAY_NO_HOST, DOCTOR_KAFKA_NO_HOST },
		{ HUB_WAY_PASSWORD, DOCTOR_KAFKA_PASSWORD },
		{ HUB_WAY_TLS, DOCTOR_KAFKA_TLS },
		{ HUB_WAY_PROTOCOL, DOCTOR_KAFKA_PROTOCOL },
	};
	w.daemons[0].ready = false;
	w.daemons[0].reason =
	        HUB_STR("kafka: cannot ask for a topic's partitions: Local: Broker transport failure");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		w.seen.kafka.cluster.way = rows[i].way;
		assert_fault(rows[i].fault, "10.0.0.7:9092");
	}
	w.seen.kafka.looked = false;
	assert_fault(DOCTOR_KAFKA_SILENT, "no answer");
}

static void copies(void **state)
{
	(void)state;
	topic("referral.events")->in_sync = 2;
	topic("referral.events")->short_of = PARTITIONS;
	w.seen.kafka.cluster.brokers = 2;
	assert_fault(DOCTOR_KAFKA_COPIES, "4 of 26 partitions (1 topic) lack a copy; 2 brokers there");
	topic("referral.events")->in_sync = 1;
	w.daemons[0].ready = false;
	w.daemons[0].reason = HUB_STR("waiting for an answer of Kafka for 7 s");
	assert_fault(DOCTOR_KAFKA_MIN_ISR, "only 1 copy is in sync where a write needs 2, in 1 topic");
	topic("referral.events")->leaderless = 3;
	assert_fault(DOCTOR_KAFKA_LEADERLESS, "3 of 26 partitions");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCTOR_TEST(ways_to_the_broker),
		DOCTOR_TEST(copies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
