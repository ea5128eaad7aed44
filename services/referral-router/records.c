#include "referral-router/records.h"

#include "base/calendar.h"
#include "base/check.h"
#include "referral-router/repeats.h"
#include "wire/framing.h"

struct hub_referral_state *referral_record_begin(
        struct referral_world *world, const struct hub_referral_requested *requested)
{
	struct hub_referral_state *referral = hub_arena_alloc(world->out->arena, sizeof(*referral));
	if (!referral)
		return NULL;
	referral->county_id = requested->head.county_id;
	referral->consortium_id = requested->head.consortium_id;
	referral->source_org_id = requested->head.source_org_id;
	referral->request_event_id = requested->head.event_id;
	referral->referral = requested->referral;
	referral->stage = HUB_REFERRAL_STAGE_ROUTING;
	referral->requested_at = world->now_ms;
	referral->event_hashes =
	        referral_repeats_add(world->out->arena, referral->event_hashes, &requested->head);
	return referral;
}

/* REF-10: a referral reaches exactly one terminal state. */
static enum hub_final_state final_state(enum hub_referral_stage stage)
{
	switch (stage) {
	case HUB_REFERRAL_STAGE_COMPLETED:
		return HUB_FINAL_STATE_COMPLETED;
	case HUB_REFERRAL_STAGE_NO_SHOW:
		return HUB_FINAL_STATE_NO_SHOW;
	case HUB_REFERRAL_STAGE_CANCELLED:
		return HUB_FINAL_STATE_CANCELLED;
	case HUB_REFERRAL_STAGE_RETURNED:
		return HUB_FINAL_STATE_RETURNED;
	case HUB_REFERRAL_STAGE_RETURN_CONFIRMED:
		return HUB_FINAL_STATE_RETURN_CONFIRMED;
	default:
		hub_check(!"an ended stage");
		return HUB_FINAL_STATE_UNKNOWN;
	}
}

static int64_t seconds_between(int64_t from_ms, int64_t to_ms)
{
	return (to_ms - from_ms) / HUB_SECOND_MS;
}

/* A stub stays below its size by forgetting the oldest ids first. */
static void fit(struct hub_referral_stub *stub)
{
	struct hub_buf bytes;
	for (;;) {
		hub_buf_init(&bytes, REFERRAL_STUB_BYTES);
		int r = hub_frame_encode(&hub_referral_stub_schema, stub, &bytes, NULL);
		hub_buf_done(&bytes);
		if (r == 0 || stub->event_hashes.len == 0)
			return;
		stub->event_hashes.len -= REFERRAL_HASH_BYTES;
	}
}

struct hub_referral_stub referral_record_end(
        struct referral_world *world, const struct hub_referral_state *referral)
{
	const struct hub_referral *asked = &referral->referral;
	const struct hub_referral_limits *limits = referral_policy_limits(world->policy, referral->county_id);
	struct hub_referral_stub stub = {
		.county_id = referral->county_id,
		.consortium_id = referral->consortium_id,
		.source_org_id = referral->source_org_id,
		.final_state = final_state(referral->stage),
		.direction = asked->direction,
		.urgency = asked->urgency,
		.need = asked->need,
		.specialty = asked->specialty,
		.diagnosis = asked->diagnosis,
		.from_org_id = asked->from_org_id,
		.has_to_org_id = referral->has_to_org_id,
		.to_org_id = referral->to_org_id,
		.left_county = referral->left_county,
		.has_seconds_to_accept = referral->has_accepted_at,
		.seconds_to_accept = seconds_between(referral->requested_at, referral->accepted_at),
		.has_seconds_to_arrive = referral->has_arrived_at,
		.seconds_to_arrive = seconds_between(referral->requested_at, referral->arrived_at),
		.ended_at = world->now_ms,
		.forget_at = world->now_ms + limits->forget_days * (int64_t)HUB_DAY_MS,
		.event_hashes = referral->event_hashes,
	};
	fit(&stub);
	return stub;
}
