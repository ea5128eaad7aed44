/* One sentence about each thing that two counties say to each other about a referral (REF-01). */
#include "hubctl/explain.h"
#include "hubctl/when.h"
#include "records/transfer_answered.h"
#include "records/transfer_ended.h"
#include "records/transfer_queried.h"
#include "records/transfer_requested.h"

static void put_org(const struct hubctl_story *story, struct hub_str org_id, struct hub_buf *out)
{
	hub_buf_str(out, hubctl_story_org(story, org_id));
}

static void say_requested(const struct hubctl_story *story, const void *record, struct hub_buf *out)
{
	const struct hub_transfer_requested *r = record;
	hub_buf_printf(out, "county %.*s asks county %.*s for a %s of ", HUB_STR_ARG(r->home_county_id),
	        HUB_STR_ARG(r->head.county_id), r->referral.need == HUB_NEED_BED ? "bed" : "slot");
	put_org(story, r->asked_org_id, out);
	hub_buf_text(out, r->may_wait ? ", or for a place on its waiting list" : "");
	hub_buf_printf(out, " (transfer %.*s)", HUB_STR_ARG(r->transfer_id));
}

static void put_answer(const struct hub_transfer_answered *r, struct hub_buf *out)
{
	char text[HUBCTL_CLOCK_LEN];
	switch (r->answer) {
	case HUB_TRANSFER_REPLY_HELD:
		if (!r->has_session_id || !r->has_starts_at) {
			hub_buf_text(out, r->bed_held ? "it holds a bed" : "no slot is needed there");
			return;
		}
		hubctl_clock(r->starts_at, text);
		hub_buf_printf(
		        out, "it holds a slot of session %.*s on %.16s", HUB_STR_ARG(r->session_id), text);
		return;
	case HUB_TRANSFER_REPLY_WAITLISTED:
		hub_buf_text(out, "it keeps it on its waiting list");
		return;
	case HUB_TRANSFER_REPLY_WITHDRAWN:
		hub_buf_text(out, "it takes its hold back");
		return;
	default:
		hub_buf_text(out, "it refuses");
		return;
	}
}

static void say_answered(const struct hubctl_story *story, const void *record, struct hub_buf *out)
{
	const struct hub_transfer_answered *r = record;
	hub_buf_printf(out, "county %.*s answers %s: ", HUB_STR_ARG(r->from_county_id),
	        hub_transfer_reply_name(r->answer));
	put_answer(r, out);
	if (r->has_reason_code) {
		const char *meaning = hubctl_reason_text(r->reason_code);
		hub_buf_printf(out, ", %.*s%s%s", HUB_STR_ARG(r->reason_code), meaning ? ": " : "",
		        meaning ? meaning : "");
	}
	hub_buf_printf(out, " (transfer %.*s)", HUB_STR_ARG(r->transfer_id));
	(void)story;
}

static void say_ended(const struct hubctl_story *story, const void *record, struct hub_buf *out)
{
	const struct hub_transfer_ended *r = record;
	(void)story;
	hub_buf_printf(out, "county %.*s is told %s: %s (transfer %.*s)", HUB_STR_ARG(r->head.county_id),
	        hub_transfer_end_cause_name(r->end),
	        r->end == HUB_TRANSFER_END_CAUSE_USED ? "the patient is there"
	                                              : "what it holds is not wanted any more",
	        HUB_STR_ARG(r->transfer_id));
}

static void say_queried(const struct hubctl_story *story, const void *record, struct hub_buf *out)
{
	const struct hub_transfer_queried *r = record;
	(void)story;
	hub_buf_printf(out,
	        "county %.*s asks whether its slot is still wanted, of which it has heard nothing (transfer "
	        "%.*s)",
	        HUB_STR_ARG(r->from_county_id), HUB_STR_ARG(r->transfer_id));
}

bool hubctl_transfer_text(
        const struct hubctl_story *story, const struct hubctl_step *step, struct hub_buf *out)
{
	static const struct {
		const struct hub_schema *schema;
		void (*say)(const struct hubctl_story *story, const void *record, struct hub_buf *out);
	} sayers[] = {
		{ &hub_transfer_requested_schema, say_requested },
		{ &hub_transfer_answered_schema, say_answered },
		{ &hub_transfer_ended_schema, say_ended },
		{ &hub_transfer_queried_schema, say_queried },
	};
	for (size_t i = 0; i < sizeof(sayers) / sizeof(sayers[0]); i++) {
		if (sayers[i].schema != step->seen.schema)
			continue;
		sayers[i].say(story, step->seen.record, out);
		return true;
	}
	return false;
}
