/* hubctl explain: the whole story of a referral, and what may come next. */
#include "hubctl/explain.h"

#include "base/calendar.h"
#include "hubctl/commands.h"
#include "hubctl/explain_show.h"
#include "hubctl/state.h"
#include "records/catalogue.h"
#include "registry/registry.h"

static const char *const story_topics[] = { "referral.events", "referral.decisions", "referral.transfers",
	"referral-router.dead-letters" };
static const char *const registry_topic[] = { "registry" };

static enum hubctl_scan_next take(void *user, const struct hub_kafka_event *event)
{
	hubctl_story_take(user, story_topics[event->at.topic], event);
	return HUBCTL_GO_ON;
}

static enum hubctl_scan_next take_registry(void *user, const struct hub_kafka_event *event)
{
	hubctl_story_take_registry(user, event);
	return HUBCTL_GO_ON;
}

static int read_topics(struct hubctl *hubctl, struct hubctl_story *story, struct hub_error *err)
{
	struct hubctl_scan records = { .topics = story_topics,
		.topic_count = 4,
		.from = HUB_READ_BEGINNING,
		.visit = take,
		.user = story };
	struct hubctl_scan registry = { .topics = registry_topic,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_BEGINNING,
		.visit = take_registry,
		.user = story };
	int result = hubctl_partition_of(hubctl, hubctl_arg(hubctl->args, "county"), &records.partition, err);
	if (!result)
		result = hubctl_scan(hubctl, &records, err);
	if (!result)
		result = hubctl_scan(hubctl, &registry, err);
	return result;
}

static bool is_referral(void *user, struct hub_str key)
{
	return hub_str_eq(key, *(const struct hub_str *)user);
}

static int read_state(struct hubctl *hubctl, struct hubctl_story *story, struct hub_error *err)
{
	struct hub_str key = hub_arena_printf(story->arena, "referral:%.*s", HUB_STR_ARG(story->referral_id));
	struct hubctl_state_query query = { "referral-router.state", story->partition, is_referral, &key };
	const struct hubctl_state_entry *entries;
	uint32_t count;
	int result = hubctl_state_read(hubctl, &query, &entries, &count, err);
	for (uint32_t i = 0; !result && i < count; i++) {
		if (entries[i].schema == &hub_referral_state_schema)
			story->state = entries[i].record;
		else if (entries[i].schema == &hub_referral_stub_schema)
			story->stub = entries[i].record;
	}
	return result;
}

static int collect(struct hubctl *hubctl, struct hubctl_story *story, struct hub_error *err)
{
	int result = read_topics(hubctl, story, err);
	if (result)
		return result;
	hubctl_story_order(story);
	if (!story->step_count)
		return hub_error_set(err, HUB_E_NOT_FOUND, "",
		        "no record names referral \"%.*s\" (%llu were searched%s); ids are written exactly "
		        "as the sender writes them",
		        HUB_STR_ARG(story->referral_id), (unsigned long long)story->records_seen,
		        hubctl_arg(hubctl->args, "county") ? ", of that county's partition only" : "");
	story->now = hubctl_story_policy(story, INT64_MAX, hub_day_of(hubctl_now_ms()), &story->now_registry);
	return read_state(hubctl, story, err);
}

int hubctl_explain(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	struct hubctl_story story = { .arena = hubctl->arena,
		.referral_id = hub_str_from(hubctl->args->operands[0]) };
	if (story.referral_id.len == 0) {
		hub_error_set(&err, HUB_E_INVALID, "", "the referral's id is empty");
		return hubctl_usage(hubctl, &err);
	}
	int result = collect(hubctl, &story, &err);
	if (!result && hubctl->json)
		hubctl_explain_json(hubctl, &story);
	else if (!result)
		hubctl_explain_text(hubctl, &story);
	hubctl_story_done(&story);
	return result ? hubctl_fail(hubctl, &err) : HUBCTL_DONE;
}
