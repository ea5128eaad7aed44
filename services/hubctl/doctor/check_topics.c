/* Topics as the catalogue wants them, and reference data in them. */
#include "hubctl/doctor/checks.h"
#include "records/topic.h"

#include <inttypes.h>

/* "a, b, c and 4 more" of the topics that belong. */
static struct hub_str list(
        struct doctor_findings *out, enum hub_cluster_topic_state state, uint32_t *ret_count)
{
	enum { NAMED_MAX = 3 };
	const struct hub_cluster *cluster = &out->seen->kafka.cluster;
	struct hub_str text = { NULL, 0 };
	uint32_t count = 0;
	for (uint32_t i = 0; i < cluster->topic_count; i++) {
		if (cluster->topics[i].state != state)
			continue;
		if (count++ < NAMED_MAX)
			text = hub_arena_printf(out->arena, "%.*s%s%s", HUB_STR_ARG(text),
			        text.len ? ", " : "", cluster->topics[i].name);
	}
	if (count > NAMED_MAX)
		text = hub_arena_printf(out->arena, "%.*s and %u more", HUB_STR_ARG(text), count - NAMED_MAX);
	*ret_count = count;
	return text;
}

void doctor_check_catalogue(const struct doctor_seen *seen, struct doctor_findings *out)
{
	uint32_t missing, forbidden, unknown;
	struct hub_str text = list(out, HUB_CLUSTER_TOPIC_FORBIDDEN, &forbidden);
	if (forbidden)
		doctor_fault(out, DOCTOR_KAFKA_ACL, NULL, HUB_STR(""), "%s may not see %s: %.*s",
		        seen->kafka.user ? seen->kafka.user : "hubctl", doctor_count(out, forbidden, "topic"),
		        HUB_STR_ARG(text));
	text = list(out, HUB_CLUSTER_TOPIC_MISSING, &missing);
	if (missing)
		doctor_fault(out, DOCTOR_TOPIC_MISSING, NULL, HUB_STR(""), "%u of %s: %.*s", missing,
		        doctor_count(out, seen->kafka.cluster.topic_count, "topic"), HUB_STR_ARG(text));
	text = list(out, HUB_CLUSTER_TOPIC_UNKNOWN, &unknown);
	if (unknown)
		doctor_fault(out, DOCTOR_NO_ANSWER, NULL, HUB_STR(""), "%s: %.*s",
		        doctor_count(out, unknown, "topic"), HUB_STR_ARG(text));
	if (!missing && !forbidden && !unknown)
		doctor_ok(out, "%s of the catalogue are there",
		        doctor_count(out, seen->kafka.cluster.topic_count, "topic"));
}

static bool has_many(const struct doctor_kafka *kafka, uint32_t i)
{
	return kafka->cluster.topics[i].state == HUB_CLUSTER_TOPIC_THERE && kafka->specs[i].partitions > 1;
}

/* A hub may have been made with another number than the catalogue's: the one that most topics have. */
static int32_t wanted_partitions(const struct doctor_kafka *kafka)
{
	int32_t wanted = kafka->partitions;
	uint32_t most = 0;
	for (uint32_t i = 0; !kafka->partitions && i < kafka->cluster.topic_count; i++) {
		uint32_t same = 0;
		for (uint32_t k = 0; has_many(kafka, i) && k < kafka->cluster.topic_count; k++)
			same += has_many(kafka, k) &&
			        kafka->cluster.topics[k].partitions == kafka->cluster.topics[i].partitions;
		if (same > most) {
			most = same;
			wanted = kafka->cluster.topics[i].partitions;
		}
	}
	return wanted;
}

void doctor_check_partitions(const struct doctor_seen *seen, struct doctor_findings *out)
{
	const struct doctor_kafka *kafka = &seen->kafka;
	int32_t many = wanted_partitions(kafka);
	uint32_t before = out->faults, there = 0;
	for (uint32_t i = 0; i < kafka->cluster.topic_count; i++) {
		const struct hub_cluster_topic *topic = &kafka->cluster.topics[i];
		int32_t wanted = kafka->specs[i].partitions > 1 ? many : kafka->specs[i].partitions;
		there += topic->state == HUB_CLUSTER_TOPIC_THERE;
		if (topic->state == HUB_CLUSTER_TOPIC_THERE && topic->partitions != wanted)
			doctor_fault(out, DOCTOR_TOPIC_PARTITIONS, "TOPIC", hub_str_from(topic->name),
			        "%s has %d, %s %d", topic->name, topic->partitions,
			        wanted == 1 ? "it must have" : "the others have", wanted);
	}
	if (!there)
		doctor_unasked(out, "no topic can be seen");
	else if (out->faults == before)
		doctor_ok(out, "%d, or 1 where order over all counts", many);
}

static void check_setting(const struct hub_cluster_topic *topic, const struct hub_topic_setting *wanted,
        struct doctor_findings *out)
{
	const char *is = hub_cluster_setting(topic, wanted->name);
	if (is && strcmp(is, wanted->value) == 0)
		return;
	bool cleanup = strcmp(wanted->name, "cleanup.policy") == 0;
	doctor_fault(out, cleanup ? DOCTOR_TOPIC_CLEANUP : DOCTOR_TOPIC_SETTING, "TOPIC",
	        hub_str_from(topic->name), "%s: %s is %s, should be %s", topic->name, wanted->name,
	        is ? is : "not known to the broker", wanted->value);
	doctor_name(out, "SETTING", hub_arena_printf(out->arena, "%s=%s", wanted->name, wanted->value));
}

void doctor_check_settings(const struct doctor_seen *seen, struct doctor_findings *out)
{
	const struct doctor_kafka *kafka = &seen->kafka;
	const struct hub_cluster_topic *silent = NULL;
	uint32_t before = out->faults, asked = 0;
	for (uint32_t i = 0; i < kafka->cluster.topic_count; i++) {
		const struct hub_cluster_topic *topic = &kafka->cluster.topics[i];
		if (topic->state != HUB_CLUSTER_TOPIC_THERE)
			continue;
		if (topic->setting_count == 0)
			silent = topic;
		asked += topic->setting_count != 0;
		for (uint32_t k = 0; topic->setting_count && k < kafka->specs[i].setting_count; k++)
			check_setting(topic, &kafka->specs[i].settings[k], out);
	}
	if (silent && memmem(silent->settings_why.data, silent->settings_why.len, "uthoriz", 7))
		doctor_fault(out, DOCTOR_KAFKA_ACL, NULL, HUB_STR(""),
		        "%s may not read the settings of %s (DescribeConfigs)",
		        kafka->user ? kafka->user : "hubctl", silent->name);
	else if (silent)
		doctor_fault(out, DOCTOR_NO_ANSWER, NULL, HUB_STR(""), "settings of %s: %.*s", silent->name,
		        HUB_STR_ARG(silent->settings_why));
	else if (!asked)
		doctor_unasked(out, "no topic can be seen");
	else if (out->faults == before)
		doctor_ok(out, "clean-up, retention, sizes and times as in the catalogue");
}

void doctor_check_registry(const struct doctor_seen *seen, struct doctor_findings *out)
{
	const struct doctor_kafka *kafka = &seen->kafka;
	if (kafka->registry_error.code)
		doctor_no_answer(out, "registry", &kafka->registry_error);
	else if (kafka->registry_records == 0)
		doctor_fault(out, DOCTOR_REGISTRY_EMPTY, NULL, HUB_STR(""), "the topic holds no record");
	else if (kafka->registry_version < 0)
		doctor_fault(out, DOCTOR_REGISTRY_EMPTY, NULL, HUB_STR(""),
		        "no whole load among its %" PRId64 " records", kafka->registry_records);
	else
		doctor_ok(out, "version %" PRId64, kafka->registry_version);
}
