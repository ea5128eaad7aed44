/* The cluster, its topics, the newest load of the registry, dead letters of the last day. */
#include "hubctl/doctor/look.h"

#include "hubctl/desk.h"
#include "hubctl/event_text.h"
#include "hubctl/scan.h"
#include "hubctl/text.h"
#include "kafka/reader.h"
#include "records/catalogue.h"

#include <stdio.h>

enum { REGISTRY_LAST = 100, HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS, SOURCE_MAX = 60 };

static const char registry[] = "registry", loaded[] = "RegistryLoaded:";

static int ask_cluster(struct doctor_part *part, struct doctor_kafka *kafka)
{
	const char **names = hub_arena_alloc(part->hubctl.arena, hub_topics.count * sizeof(*names));
	if (!names)
		return hub_error_set(&kafka->error, HUB_E_FATAL, "", "out of memory");
	for (uint32_t i = 0; i < hub_topics.count; i++)
		names[i] = hubctl_topic(&part->hubctl, hub_topics.topics[i].name);
	const struct hub_cluster_question question = {
		.properties = part->settings.kafka,
		.topics = names,
		.topic_count = hub_topics.count,
		.timeout_ms = doctor_patience(part),
	};
	kafka->specs = hub_topics.topics;
	return hub_kafka_cluster(&question, part->hubctl.arena, &kafka->cluster, &kafka->error);
}

static int ask_size(struct doctor_part *part, const char *topic, int64_t *ret, struct hub_error *reterr)
{
	struct hub_group_position *ends;
	uint32_t count;
	int result =
	        hub_kafka_group_positions(&part->settings.kafka, NULL, hubctl_topic(&part->hubctl, topic),
	                doctor_patience(part), part->hubctl.arena, &ends, &count, reterr);
	*ret = 0;
	for (uint32_t i = 0; !result && i < count; i++)
		*ret += ends[i].high - ends[i].low;
	return result;
}

static enum hubctl_scan_next note_load(void *user, const struct hub_kafka_event *event)
{
	struct doctor_kafka *kafka = user;
	kafka->registry_records++;
	if (event->has_key && hub_str_starts_with(event->key, hub_str_from(loaded)))
		kafka->registry_version = event->offset;
	return HUBCTL_GO_ON;
}

static int read_registry(struct doctor_part *part, struct doctor_kafka *kafka, enum hub_read_from from)
{
	const char *topic = registry;
	const struct hubctl_scan scan = {
		.topics = &topic,
		.topic_count = 1,
		.partition = -1,
		.from = from,
		.from_value = REGISTRY_LAST,
		.until_ms = part->until_ms,
		.visit = note_load,
		.user = kafka,
	};
	kafka->registry_version = -1;
	kafka->registry_records = 0;
	return hubctl_scan(&part->hubctl, &scan, &kafka->registry_error);
}

/* The newest offsets may hold no record at all: hubctl topics advance leaves a long gap behind a restored registry. */
static void look_registry(struct doctor_part *part, struct doctor_kafka *kafka)
{
	int result = read_registry(part, kafka, HUB_READ_LAST);
	if (!result && kafka->registry_version < 0)
		result = read_registry(part, kafka, HUB_READ_BEGINNING);
	kafka->registry_error.code = result;
}

struct letters {
	struct doctor_part *part;
	struct doctor_letters *letters;
	int64_t now_ms;
};

/* Others wrote it: what goes to a terminal is short and has no control characters. */
static struct hub_str harmless(struct hub_arena *arena, struct hub_str text)
{
	struct hub_buf out;
	hub_buf_init(&out, 4 * SOURCE_MAX);
	text.len = hubctl_text_fit(text, SOURCE_MAX);
	hubctl_text_put(&out, text);
	struct hub_str copy = hub_arena_copy(arena, hub_buf_slice(&out));
	hub_buf_done(&out);
	return copy;
}

static void note_publisher(struct letters *l, const struct hub_kafka_event *event)
{
	struct hub_arena *arena = l->part->hubctl.arena;
	struct hub_str source = harmless(arena, hubctl_header(event, "ce_source"));
	struct doctor_publisher *p = l->letters->unknown_schema;
	if (!source.len)
		source = hub_arena_printf(arena, "a sender without ce_source, key %.*s",
		        HUB_STR_ARG(harmless(arena, event->key)));
	for (uint32_t i = 0; i < DOCTOR_PUBLISHERS_MAX; i++, p++) {
		if (p->count && !hub_str_eq(p->source, source))
			continue;
		p->source = source;
		p->count++;
		return;
	}
}

static void note_reason(struct letters *l, const struct hub_kafka_event *event)
{
	struct hub_arena *arena = l->part->hubctl.arena;
	struct hub_str reason = hubctl_header(event, "hub_dlq_reason");
	struct doctor_letters *letters = l->letters;
	for (uint32_t i = 0; i < DOCTOR_REASONS_MAX; i++) {
		if (letters->reasons[i].count && !hub_str_eq(letters->reasons[i].reason, reason))
			continue;
		if (!letters->reasons[i].count)
			letters->reasons[i].reason = harmless(arena, reason);
		letters->reasons[i].count++;
		letters->reasons[i].place =
		        hub_arena_printf(arena, "%d:%lld", event->at.partition, (long long)event->offset);
		return;
	}
}

static enum hubctl_scan_next note_letter(void *user, const struct hub_kafka_event *event)
{
	struct letters *l = user;
	int64_t age_ms = l->now_ms - event->timestamp_ms;
	if (age_ms > DAY_MS)
		return HUBCTL_GO_ON;
	l->letters->day++;
	l->letters->hour += age_ms <= HOUR_MS;
	if (event->timestamp_ms > l->letters->newest_ms)
		l->letters->newest_ms = event->timestamp_ms;
	if (hub_str_is(hubctl_header(event, "hub_dlq_reason"), "UNKNOWN_SCHEMA"))
		note_publisher(l, event);
	note_reason(l, event);
	return HUBCTL_GO_ON;
}

static void look_letters(struct doctor_part *part, struct doctor_kafka *kafka, const char *daemon)
{
	struct doctor_letters *letters = &kafka->letters;
	struct letters l = { part, letters, hubctl_now_ms() };
	struct hub_str topic = hub_arena_printf(part->hubctl.arena, "%s.dead-letters", daemon);
	int64_t size = 0;
	const struct hubctl_scan scan = {
		.topics = &topic.data,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_TIME,
		.from_value = l.now_ms - DAY_MS,
		.until_ms = part->until_ms,
		.visit = note_letter,
		.user = &l,
	};
	if (!hubctl_scan(&part->hubctl, &scan, &letters->error))
		letters->error.code = HUB_OK;
	letters->more = letters->error.code && letters->day;
	if (letters->more)
		letters->error.code = HUB_OK;
	if (!letters->error.code)
		letters->error.code = ask_size(part, topic.data, &size, &letters->error);
	letters->older = letters->day == 0 && size > 0;
}

bool doctor_look_cluster(struct doctor_part *part, struct doctor_kafka *kafka)
{
	kafka->error.code = ask_cluster(part, kafka);
	return !kafka->error.code && kafka->cluster.way == HUB_WAY_OPEN;
}

void doctor_look_kafka(struct doctor_part *part, struct doctor_kafka *kafka)
{
	doctor_look_group(part, &kafka->first);
	look_registry(part, kafka);
	look_letters(part, kafka, "referral-router");
}

void doctor_look_kafka_again(struct doctor_part *part, struct doctor_kafka *kafka)
{
	doctor_look_group(part, &kafka->second);
}
