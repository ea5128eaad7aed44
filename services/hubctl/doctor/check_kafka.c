/* The cluster: can it be asked, and does each partition have the copies that a write needs. */
#include "hubctl/doctor/checks.h"

#include <stdlib.h>

/* Which fault a way that is not open is. */
static const enum doctor_fault_id faults[] = {
	[HUB_WAY_REFUSED] = DOCTOR_KAFKA_DOWN,
	[HUB_WAY_SILENT] = DOCTOR_KAFKA_SILENT,
	[HUB_WAY_NO_HOST] = DOCTOR_KAFKA_NO_HOST,
	[HUB_WAY_PASSWORD] = DOCTOR_KAFKA_PASSWORD,
	[HUB_WAY_TLS] = DOCTOR_KAFKA_TLS,
	[HUB_WAY_PROTOCOL] = DOCTOR_KAFKA_PROTOCOL,
};

static struct hub_str host_of(const char *servers)
{
	return (struct hub_str){ servers, (uint32_t)strcspn(servers, ":,") };
}

/* librdkafka's words without the address that they begin with, and without how often it said so. */
static struct hub_str short_of(struct hub_str why)
{
	static const char *const ends[] = { " (after ", " (in state" };
	const char *at = why.len ? memmem(why.data, why.len, "/bootstrap: ", 12) : NULL;
	if (at) {
		at += 12;
		why = (struct hub_str){ at, (uint32_t)(why.data + why.len - at) };
	}
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		at = why.len ? memmem(why.data, why.len, ends[i], strlen(ends[i])) : NULL;
		if (at)
			why.len = (uint32_t)(at - why.data);
	}
	return why;
}

/* Broken for a reason that was told already. */
static const char *follows_from(const struct doctor_findings *out, enum hub_cluster_way way)
{
	if ((way == HUB_WAY_REFUSED || way == HUB_WAY_SILENT) && DOCTOR_FOUND(out, DOCTOR_DISK_FULL))
		return "it has ended, most probably of the full disk";
	if (way == HUB_WAY_TLS && DOCTOR_FOUND(out, DOCTOR_CERTIFICATE_ENDED, DOCTOR_CERTIFICATE_EARLY))
		return "follows from the certificate";
	return NULL;
}

void doctor_check_broker(const struct doctor_seen *seen, struct doctor_findings *out)
{
	const struct doctor_kafka *kafka = &seen->kafka;
	enum hub_cluster_way way = kafka->looked ? kafka->cluster.way : HUB_WAY_SILENT;
	const char *follows = follows_from(out, way);
	if (kafka->looked && kafka->error.code) {
		doctor_fault(out, DOCTOR_KAFKA_SETTING, NULL, HUB_STR(""), "%s: %s", kafka->error.place,
		        kafka->error.text);
	} else if (way == HUB_WAY_OPEN) {
		doctor_ok(out, "%s: %s, %s%s%s", kafka->servers,
		        doctor_count(out, kafka->cluster.brokers, "broker"),
		        kafka->protocol ? kafka->protocol : "plaintext", kafka->user ? " as " : "",
		        kafka->user ? kafka->user : "");
	} else if (follows) {
		doctor_follows(out, "%s does not answer: %s", kafka->servers, follows);
	} else {
		struct hub_str why = kafka->looked ? short_of(kafka->cluster.why) : HUB_STR("no answer");
		doctor_fault(out, faults[way], "HOST", host_of(kafka->servers), "%s: %.*s", kafka->servers,
		        HUB_STR_ARG(why));
	}
}

struct copies {
	int32_t leaderless, partitions, refused, short_of, copies, in_sync, wanted;
	uint32_t topics;
};

static void count_copies(const struct hub_cluster_topic *topic, struct copies *all)
{
	const char *setting = hub_cluster_setting(topic, "min.insync.replicas");
	int32_t wanted = setting ? (int32_t)strtol(setting, NULL, 10) : 1;
	all->topics += topic->short_of || topic->leaderless;
	all->partitions += topic->partitions;
	all->leaderless += topic->leaderless;
	all->short_of += topic->short_of;
	if (all->copies < topic->copies)
		all->copies = topic->copies;
	if (topic->in_sync < wanted) {
		all->refused++;
		all->in_sync = topic->in_sync;
		all->wanted = wanted;
	}
}

void doctor_check_copies(const struct doctor_seen *seen, struct doctor_findings *out)
{
	const struct hub_cluster *cluster = &seen->kafka.cluster;
	struct copies all = { 0 };
	for (uint32_t i = 0; i < cluster->topic_count; i++)
		if (cluster->topics[i].state == HUB_CLUSTER_TOPIC_THERE)
			count_copies(&cluster->topics[i], &all);
	const char *topics = doctor_count(out, all.topics, "topic");
	if (all.partitions == 0)
		doctor_unasked(out, "no topic can be seen");
	else if (all.leaderless)
		doctor_fault(out, DOCTOR_KAFKA_LEADERLESS, NULL, HUB_STR(""),
		        "%d of %d partitions (%s) have no leader", all.leaderless, all.partitions, topics);
	else if (all.refused)
		doctor_fault(out, DOCTOR_KAFKA_MIN_ISR, NULL, HUB_STR(""),
		        "only %s in sync where a write needs %d, in %s",
		        all.in_sync == 1 ? "1 copy is" : doctor_count(out, (uint64_t)all.in_sync, "copies"),
		        all.wanted, doctor_count(out, (uint64_t)all.refused, "topic"));
	else if (all.short_of)
		doctor_fault(out, DOCTOR_KAFKA_COPIES, NULL, HUB_STR(""),
		        "%d of %d partitions (%s) lack a copy; %s there", all.short_of, all.partitions,
		        topics,
		        cluster->brokers == 1 ? "1 broker is"
		                              : doctor_count(out, cluster->brokers, "broker"));
	else if (all.copies == 1)
		doctor_ok(out, "one of each partition: what a lost disk held is gone");
	else
		doctor_ok(out, "%d of each partition, all in sync", all.copies);
}
