/* Collecting and ordering the records of one referral. */
#include "hubctl/explain.h"
#include "hubctl/fields.h"
#include "records/catalogue.h"
#include "records/referral_requested.h"
#include "records/referral_routed.h"
#include "referral-router/transfers.h"
#include "registry/registry.h"

#include <stdlib.h>

static const char events_topic[] = "referral.events";

/* Arrays of the story grow by doubling in its arena. */
static void *grown(struct hub_arena *arena, void *items, uint32_t count, uint32_t *room, size_t size)
{
	if (count < *room)
		return items;
	uint32_t more = *room ? *room * 2 : 64;
	void *bigger = hub_arena_alloc(arena, more * size);
	if (bigger && count)
		memcpy(bigger, items, count * size);
	*room = bigger ? more : *room;
	return bigger;
}

bool hubctl_is_from_transfer(const struct hub_decision_head *head)
{
	static const struct hub_str name = { "referral.transfers", 18 };
	struct hub_str topic = head->decided_from.topic;
	return head->has_decided_from && topic.len >= name.len &&
	       memcmp(topic.data + topic.len - name.len, name.data, name.len) == 0;
}

static int64_t cause_of(const struct hubctl_step *step)
{
	if (step->decision)
		return step->decision->has_decided_from && !hubctl_is_from_transfer(step->decision)
		               ? step->decision->decided_from.offset
		               : -1;
	struct hub_str offset = hubctl_header(&step->event, "hub_dlq_offset");
	char text[32] = "-1";
	if (offset.len && offset.len < sizeof(text)) {
		memcpy(text, offset.data, offset.len);
		text[offset.len] = 0;
	}
	return strtoll(text, NULL, 10);
}

/* The bytes must hold the id anyway: a search in them spares decoding nearly everything. */
static bool mentions(const struct hubctl_story *story, const struct hub_kafka_event *event)
{
	return event->has_value &&
	       memmem(event->value.data, event->value.len, story->referral_id.data, story->referral_id.len);
}

/* Its own field, or the beginning of a transfer's id. */
static bool is_about(const struct hubctl_story *story, const struct hubctl_seen *seen)
{
	struct hub_str referral_id = hubctl_text_of(seen->schema, seen->record, "referral_id");
	struct hub_str transfer_id = hubctl_text_of(seen->schema, seen->record, "transfer_id");
	if (transfer_id.len)
		referral_transfer_split(transfer_id, &referral_id);
	return hub_str_eq(referral_id, story->referral_id);
}

void hubctl_story_take(struct hubctl_story *story, const char *topic, const struct hub_kafka_event *event)
{
	story->records_seen++;
	if (!mentions(story, event))
		return;
	struct hubctl_step step = { .event = hubctl_event_keep(event, story->arena) };
	hubctl_see(topic, &step.event, story->arena, &step.seen);
	if (step.seen.schema && !is_about(story, &step.seen))
		return;
	if (step.seen.schema && step.seen.schema->head == HUB_HEAD_DECISION)
		step.decision = step.seen.record;
	step.cause = cause_of(&step);
	story->steps = grown(
	        story->arena, story->steps, story->step_count, &story->step_room, sizeof(*story->steps));
	if (story->steps)
		story->steps[story->step_count++] = step;
	else
		story->step_count = 0;
}

void hubctl_story_take_registry(struct hubctl_story *story, const struct hub_kafka_event *event)
{
	story->registry = grown(story->arena, story->registry, story->registry_count, &story->registry_room,
	        sizeof(*story->registry));
	if (!story->registry)
		story->registry_count = 0;
	else
		story->registry[story->registry_count++] =
		        (struct hubctl_registry_record){ hub_arena_copy(story->arena, event->key),
			        hub_arena_copy(story->arena, event->value), event->offset };
}

static bool is_event(const struct hubctl_step *step)
{
	return strcmp(step->seen.topic, events_topic) == 0;
}

static int by_place(const void *a, const void *b)
{
	const struct hubctl_step *x = a, *y = b;
	if (is_event(x) != is_event(y))
		return is_event(x) ? -1 : 1;
	/* Two counties have clocks of their own, but each hears the other before it answers. */
	if (x->decision && y->decision && x->decision->occurred_at != y->decision->occurred_at)
		return x->decision->occurred_at < y->decision->occurred_at ? -1 : 1;
	if (x->event.at.partition != y->event.at.partition)
		return x->event.at.partition < y->event.at.partition ? -1 : 1;
	int topic = strcmp(x->seen.topic, y->seen.topic);
	if (topic)
		return topic;
	return (x->event.offset > y->event.offset) - (x->event.offset < y->event.offset);
}

/* A partition's decisions stand in the order in which they were made, and each names its input: so every
 * event goes in before the first decision that came from it or from a later one. */
static void merge(struct hubctl_story *story, struct hubctl_step *ordered)
{
	uint32_t event = 0, events = 0, n = 0;
	while (events < story->step_count && is_event(&story->steps[events]))
		events++;
	for (uint32_t d = events; d < story->step_count; d++) {
		const struct hub_decision_head *head = story->steps[d].decision;
		bool ours = !head || head->decided_from.partition == story->steps[0].event.at.partition;
		while (event < events && ours && story->steps[event].event.offset <= story->steps[d].cause)
			ordered[n++] = story->steps[event++];
		ordered[n++] = story->steps[d];
	}
	while (event < events)
		ordered[n++] = story->steps[event++];
}

static void find_request(struct hubctl_story *story)
{
	for (uint32_t i = 0; i < story->step_count; i++) {
		struct hubctl_step *step = &story->steps[i];
		step->seen.event = &step->event;
		if (story->referral)
			continue;
		if (step->seen.schema == &hub_referral_requested_schema) {
			const struct hub_referral_requested *requested = step->seen.record;
			story->referral = &requested->referral;
			story->consortium_id = requested->head.consortium_id;
			story->county_id = requested->head.county_id;
		} else if (step->seen.schema == &hub_referral_routed_schema) {
			const struct hub_referral_routed *routed = step->seen.record;
			story->referral = &routed->referral;
			story->consortium_id = routed->head.consortium_id;
			story->county_id = routed->head.county_id;
		}
	}
}

void hubctl_story_order(struct hubctl_story *story)
{
	story->partition = -1;
	if (!story->step_count)
		return;
	qsort(story->steps, story->step_count, sizeof(*story->steps), by_place);
	struct hubctl_step *ordered = hub_arena_alloc(story->arena, story->step_count * sizeof(*ordered));
	if (!ordered)
		return;
	merge(story, ordered);
	story->steps = ordered;
	story->partition = ordered[0].event.at.partition;
	find_request(story);
}

struct referral_policy *hubctl_story_policy(
        const struct hubctl_story *story, int64_t version, int32_t day, struct hub_registry **ret_registry)
{
	struct hub_registry *registry = hub_registry_new(&hub_registry_schemas);
	*ret_registry = registry;
	bool loaded = false;
	for (uint32_t i = 0; i < story->registry_count && story->registry[i].offset <= version; i++) {
		const struct hubctl_registry_record *r = &story->registry[i];
		bool end = false;
		hub_registry_feed(registry, r->key, r->value, r->offset, &end, NULL);
		loaded = loaded || end;
	}
	return loaded ? referral_policy_new(registry, day) : NULL;
}

struct hub_str hubctl_story_org(const struct hubctl_story *story, struct hub_str org_id)
{
	const struct hub_organisation *org = story->now ? referral_policy_org(story->now, org_id) : NULL;
	return org ? hub_arena_printf(story->arena, "%.*s %.*s", HUB_STR_ARG(org_id), HUB_STR_ARG(org->name))
	           : org_id;
}

void hubctl_story_done(struct hubctl_story *story)
{
	referral_policy_free(story->now);
	hub_registry_free(story->now_registry);
}
