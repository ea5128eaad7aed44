/* REF-01 */
#include "referral-router/transfers.h"

#include "base/check.h"
#include "base/decimal.h"
#include "records/decision_head.h"
#include "records/transfer_answered.h"
#include "records/transfer_ended.h"
#include "records/transfer_queried.h"
#include "records/transfer_requested.h"
#include "referral-router/asking_county.h"
#include "referral-router/foreign_holds.h"

struct hub_str referral_transfer_id(struct referral_world *world, struct hub_str referral_id, int32_t attempt)
{
	return hub_arena_printf(world->out->arena, "%.*s/%d", HUB_STR_ARG(referral_id), (int)attempt);
}

int32_t referral_transfer_split(struct hub_str transfer_id, struct hub_str *ret_referral_id)
{
	enum { DIGITS = 9 };
	int32_t attempt = 0;
	uint32_t slash = transfer_id.len;
	while (slash > 0 && transfer_id.data[slash - 1] != '/')
		slash--;
	if (slash == 0 || slash == transfer_id.len || transfer_id.len - slash > DIGITS)
		return -1;
	for (uint32_t i = slash; i < transfer_id.len; i++) {
		if (transfer_id.data[i] < '0' || transfer_id.data[i] > '9')
			return -1;
		attempt = attempt * 10 + (transfer_id.data[i] - '0');
	}
	*ret_referral_id = (struct hub_str){ transfer_id.data, slash - 1 };
	return attempt;
}

/* Between routers: no organisation is party to it. */
static struct hub_decision_head head_to(struct hub_str county_id, struct hub_str consortium_id)
{
	return (struct hub_decision_head){ .county_id = county_id, .consortium_id = consortium_id };
}

void referral_transfer_request(struct referral_world *world, const struct hub_referral_state *referral)
{
	const struct hub_abroad *abroad = &referral->abroad;
	struct hub_transfer_requested *requested =
	        hub_effects_emit(world->out, &hub_transfer_requested_schema);
	if (!requested)
		return;
	requested->head = head_to(abroad->county_id, referral->consortium_id);
	requested->transfer_id = referral_transfer_id(world, referral->referral.referral_id, abroad->attempt);
	requested->home_county_id = referral->county_id;
	requested->asked_org_id = abroad->org_id;
	requested->may_wait = abroad->may_wait;
	requested->referral = referral->referral;
	requested->has_requested_at = true;
	requested->requested_at = referral->requested_at;
	requested->displaced = referral->displaced;
}

void referral_transfer_end(struct referral_world *world, struct hub_str home_county_id,
        struct hub_str asked_county_id, struct hub_str transfer_id, enum hub_transfer_end_cause end)
{
	struct hub_transfer_ended *ended = hub_effects_emit(world->out, &hub_transfer_ended_schema);
	if (!ended)
		return;
	ended->head = head_to(asked_county_id, (struct hub_str){ NULL, 0 });
	ended->transfer_id = transfer_id;
	ended->end = end;
	ended->home_county_id = home_county_id;
}

void referral_transfer_answer(struct referral_world *world, const struct hub_foreign_hold_state *hold,
        enum hub_transfer_reply answer, const struct hub_session_state *session, const char *reason_code)
{
	struct hub_transfer_answered *answered = hub_effects_emit(world->out, &hub_transfer_answered_schema);
	if (!answered)
		return;
	answered->head = head_to(hold->home_county_id, hold->consortium_id);
	answered->transfer_id = hold->transfer_id;
	answered->from_county_id = hold->county_id;
	answered->answer = answer;
	answered->has_session_id = answered->has_starts_at = answered->has_ends_at = session != NULL;
	if (session) {
		answered->session_id = session->session_id;
		answered->starts_at = session->starts_at;
		answered->ends_at = session->ends_at;
	}
	answered->bed_held = hold->bed_held;
	answered->has_reason_code = reason_code != NULL;
	if (reason_code)
		answered->reason_code = hub_str_from(reason_code);
}

void referral_transfer_query(struct referral_world *world, const struct hub_foreign_hold_state *hold)
{
	struct hub_transfer_queried *queried = hub_effects_emit(world->out, &hub_transfer_queried_schema);
	if (!queried)
		return;
	queried->head = head_to(hold->home_county_id, hold->consortium_id);
	queried->transfer_id = hold->transfer_id;
	queried->from_county_id = hold->county_id;
}

void referral_transfer_decide(
        struct referral_world *world, const struct hub_schema *schema, const void *record)
{
	if (schema == &hub_transfer_requested_schema)
		referral_foreign_requested(world, record);
	else if (schema == &hub_transfer_ended_schema)
		referral_foreign_ended(world, record);
	else if (schema == &hub_transfer_answered_schema)
		referral_county_answered(world, record);
	else if (schema == &hub_transfer_queried_schema)
		referral_county_queried(world, record);
	else
		hub_check(!"every record of referral.transfers has its place here");
}
