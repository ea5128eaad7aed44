/* Topics as the catalogue wants them, reference data in them. */
#include "doctor/world.h"

static void topics(void **state)
{
	(void)state;
	topic("audit.events")->state = HUB_CLUSTER_TOPIC_MISSING;
	assert_fault(DOCTOR_TOPIC_MISSING, "1 of 8 topics: audit.events");
	topic("audit.events")->state = HUB_CLUSTER_TOPIC_FORBIDDEN;
	assert_fault(DOCTOR_KAFKA_ACL, "hubctl may not see 1 topic: audit.events");
	topic("audit.events")->state = HUB_CLUSTER_TOPIC_THERE;
	topic("audit.events")->partitions = 3;
	assert_fault(DOCTOR_TOPIC_PARTITIONS, "audit.events has 3, the others have 4");
	topic("audit.events")->partitions = PARTITIONS;
	topic("registry")->partitions = 2;
	assert_fault(DOCTOR_TOPIC_PARTITIONS, "registry has 2, it must have 1");
}

static void settings_of_topics(void **state)
{
	(void)state;
	struct hub_cluster_topic *state_topic = topic("referral-router.state");
	for (uint32_t i = 0; i < state_topic->setting_count; i++)
		if (strcmp(state_topic->settings[i].name, "cleanup.policy") == 0)
			state_topic->settings[i].value = "delete";
	assert_fault(DOCTOR_TOPIC_CLEANUP, "cleanup.policy is delete, should be compact");
	const struct doctor_findings *findings = doctor_judge(&w.seen, w.arena);
	struct hub_str commands = finding_of(findings, DOCTOR_TOPIC_CLEANUP)->commands;
	const char *wanted = "--topic referral-router.state --add-config cleanup.policy=compact";
	assert_non_null(memmem(commands.data, commands.len, wanted, strlen(wanted)));
	make_topics();
	topic("registry")->setting_count = 0;
	topic("registry")->settings_why = HUB_STR("Broker: Topic authorization failed");
	assert_fault(DOCTOR_KAFKA_ACL, "settings of registry");
}

static void an_empty_registry_explains_the_router(void **state)
{
	(void)state;
	w.seen.kafka.registry_records = 0;
	w.seen.kafka.registry_version = -1;
	w.daemons[0].ready = false;
	w.daemons[0].reason = HUB_STR("the registry is empty");
	assert_fault(DOCTOR_REGISTRY_EMPTY, "no record");
	w.seen.kafka.registry_records = 7;
	assert_fault(DOCTOR_REGISTRY_EMPTY, "no whole load among its 7 records");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCTOR_TEST(topics),
		DOCTOR_TEST(settings_of_topics),
		DOCTOR_TEST(an_empty_registry_explains_the_router),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
