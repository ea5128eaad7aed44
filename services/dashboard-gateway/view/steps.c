#include "dashboard-gateway/view/steps.h"

#include "records/referral_closed.h"
#include "records/referral_event_refused.h"
#include "records/referral_expired.h"
#include "records/referral_progressed.h"
#include "records/referral_reminder.h"
#include "records/referral_routed.h"
#include "records/referral_unplaced.h"
#include "records/referral_waitlisted.h"

struct hub_str gateway_step_state(const struct hub_schema *schema, const void *record)
{
	if (schema == &hub_referral_routed_schema)
		return HUB_STR("ROUTED");
	if (schema == &hub_referral_waitlisted_schema)
		return HUB_STR("WAITING");
	if (schema == &hub_referral_unplaced_schema)
		return HUB_STR("UNPLACED");
	if (schema == &hub_referral_progressed_schema)
		return hub_str_from(
		        hub_referral_stage_name(((const struct hub_referral_progressed *)record)->state));
	if (schema == &hub_referral_closed_schema)
		return hub_str_from(
		        hub_final_state_name(((const struct hub_referral_closed *)record)->final_state));
	return HUB_STR("");
}

/* Word by rule; the last row, without a word, is for all others. */
struct ruled {
	const char *word, *rule;
};

static struct hub_str rule_in(const struct ruled *rows, const char *word)
{
	while (rows->word && strcmp(rows->word, word) != 0)
		rows++;
	return hub_str_from(rows->rule);
}

static struct hub_str rule_of_path(const struct hub_referral_routed *routed)
{
	static const struct ruled rows[] = { { "GREEN_CHANNEL", "REF-03" }, { "HOME", "REF-02" },
		{ NULL, "REF-01" } };
	return rule_in(rows, hub_route_path_name(routed->path));
}

static struct hub_str rule_of_wait(const struct hub_referral_waitlisted *listed)
{
	static const struct ruled rows[] = { { "AUTHORISATION", "REF-01" }, { "BED", "REF-22" },
		{ NULL, "REF-07" } };
	return rule_in(rows, hub_waits_for_name(listed->waits_for));
}

static struct hub_str rule_of_progress(const struct hub_referral_progressed *progressed)
{
	static const struct ruled rows[] = { { "SUPPLEMENTING", "REF-13" }, { "ROUTED", "REF-13" },
		{ "ACCEPTED", "REF-08" }, { NULL, "REF-10" } };
	if (progressed->head.has_repeat_of)
		return HUB_STR("REF-12");
	return rule_in(rows, hub_referral_stage_name(progressed->state));
}

static struct hub_str rule_of_end(const struct hub_referral_closed *closed)
{
	static const struct ruled rows[] = { { "RETURNED", "REF-13" }, { "RETURN_CONFIRMED", "REF-16" },
		{ NULL, "REF-10" } };
	if (closed->head.has_timer && closed->final_state == HUB_FINAL_STATE_NO_SHOW)
		return HUB_STR("REF-17");
	return rule_in(rows, hub_final_state_name(closed->final_state));
}

static struct hub_str rule_of_reminder(const struct hub_referral_reminder *reminder)
{
	static const struct ruled rows[] = { { "ANSWER_OVERDUE", "REF-08" }, { "CLAIMED", "REF-08" },
		{ "SUPPLEMENT_OVERDUE", "REF-13" }, { "RETURN_NOT_CONFIRMED", "REF-16" },
		{ "LONG_STAY", "REF-22" }, { "COUNTY_SILENT", "REF-01" }, { NULL, "REF-17" } };
	char word[64 + 1];
	uint32_t len =
	        reminder->reason_code.len < sizeof(word) - 1 ? reminder->reason_code.len : sizeof(word) - 1;
	if (len)
		memcpy(word, reminder->reason_code.data, len);
	word[len] = '\0';
	return rule_in(rows, word);
}

struct hub_str gateway_step_rule(const struct hub_schema *schema, const void *record)
{
	if (schema == &hub_referral_routed_schema)
		return rule_of_path(record);
	if (schema == &hub_referral_waitlisted_schema)
		return rule_of_wait(record);
	if (schema == &hub_referral_unplaced_schema || schema == &hub_referral_expired_schema)
		return HUB_STR("REF-08");
	if (schema == &hub_referral_progressed_schema)
		return rule_of_progress(record);
	if (schema == &hub_referral_closed_schema)
		return rule_of_end(record);
	if (schema == &hub_referral_reminder_schema)
		return rule_of_reminder(record);
	if (schema == &hub_referral_event_refused_schema) {
		const struct hub_referral_event_refused *refused = record;
		return refused->has_rule && refused->rule.len ? refused->rule : HUB_STR("REF-12");
	}
	return HUB_STR("");
}

struct hub_str gateway_remedy(struct hub_str reason_code, struct hub_str rule, struct hub_str reason)
{
	static const struct {
		const char *reason_code, *rule, *text, *remedy;
	} refusals[] = {
#define REFUSAL(id, reason_code, rule, text, remedy) { reason_code, rule, text, remedy },
#include "referral-router/refusals.def"
	};
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (hub_str_is(reason_code, refusals[i].reason_code) && hub_str_is(rule, refusals[i].rule) &&
		        hub_str_starts_with(reason, hub_str_from(refusals[i].text)))
			return hub_str_from(refusals[i].remedy);
	return HUB_STR("");
}

void gateway_json_refused(struct gateway_json *json, const char *name, struct hub_str reason_code,
        struct hub_str rule, struct hub_str reason, bool with_remedy)
{
	gateway_json_object(json, name);
	gateway_json_str(json, "reason_code", reason_code);
	gateway_json_str(json, "rule", rule);
	gateway_json_str(json, "reason", reason);
	if (with_remedy)
		gateway_json_str(json, "remedy", gateway_remedy(reason_code, rule, reason));
	gateway_json_end_object(json);
}
