#include "hubctl/explain_show.h"

#include "base/calendar.h"

static json_t *time_json(int64_t at_ms)
{
	char text[HUB_TIME_LEN + 1];
	hub_time_format(at_ms, text);
	return json_string(text);
}

static json_t *candidates_json(const struct hubctl_story *story, const struct hubctl_step *step)
{
	static const char *const fates[] = { "TAKEN", "BARRED", "NOT_ASKED", "NOT_MENTIONED" };
	const struct hubctl_candidate *candidates;
	uint32_t count = hubctl_story_candidates(story, step, &candidates);
	json_t *list = json_array();
	for (uint32_t i = 0; i < count; i++) {
		json_t *item = json_object();
		json_object_set_new(item, "org_id", hubctl_json_text(candidates[i].org_id));
		json_object_set_new(item, "name", hubctl_json_text(candidates[i].name));
		json_object_set_new(item, "path", json_string(candidates[i].path));
		json_object_set_new(item, "fate", json_string(fates[candidates[i].fate]));
		json_object_set_new(item, "reason_code",
		        candidates[i].reason_code.len ? hubctl_json_text(candidates[i].reason_code)
		                                      : json_null());
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *story_json(struct hubctl *hubctl, const struct hubctl_story *story)
{
	bool personal = hubctl_arg(hubctl->args, "show-personal") != NULL;
	json_t *list = json_array();
	for (uint32_t i = 0; i < story->step_count; i++) {
		json_t *item = hubctl_event_json(&story->steps[i].seen, personal);
		json_object_set_new(
		        item, "text", hubctl_json_text(hubctl_step_text(story, &story->steps[i])));
		if (hubctl_step_places(&story->steps[i]))
			json_object_set_new(item, "candidates", candidates_json(story, &story->steps[i]));
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *may_json(const struct hubctl_story *story)
{
	struct hubctl_may may[HUBCTL_MAY_MAX];
	uint32_t count = hubctl_explain_may(story, may);
	json_t *list = json_array();
	for (uint32_t i = 0; i < count; i++) {
		json_t *item = json_object();
		json_t *records = json_array();
		for (uint32_t n = 0; n < may[i].records.count; n++)
			json_array_append_new(records, hubctl_json_text(may[i].records.items[n]));
		json_object_set_new(item, "role", json_string(may[i].role));
		json_object_set_new(
		        item, "org_id", may[i].org_id.len ? hubctl_json_text(may[i].org_id) : json_null());
		json_object_set_new(item, "may_send", records);
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *deadlines_json(const struct hubctl_story *story)
{
	json_t *list = json_array();
	for (uint32_t i = 0; story->state && i < story->state->timers.count; i++) {
		json_t *item = json_object();
		json_object_set_new(item, "name", hubctl_json_text(story->state->timers.items[i].name));
		json_object_set_new(item, "due_at", time_json(story->state->timers.items[i].due_at));
		json_object_set_new(item, "times", json_integer(story->state->timers.items[i].times));
		json_array_append_new(list, item);
	}
	return list;
}

void hubctl_explain_json(struct hubctl *hubctl, const struct hubctl_story *story)
{
	const char *stage = story->state  ? hub_referral_stage_name(story->state->stage)
	                    : story->stub ? hub_final_state_name(story->stub->final_state)
	                                  : NULL;
	json_t *json = json_object();
	json_object_set_new(json, "referral_id", hubctl_json_text(story->referral_id));
	json_object_set_new(json, "state", stage ? json_string(stage) : json_null());
	json_object_set_new(json, "ended", json_boolean(story->stub != NULL));
	json_object_set_new(json, "county_id", hubctl_json_text(story->county_id));
	json_object_set_new(json, "story", story_json(hubctl, story));
	json_object_set_new(json, "next", may_json(story));
	json_object_set_new(json, "deadlines", deadlines_json(story));
	hubctl_put_json(hubctl, json);
}
