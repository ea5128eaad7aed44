#include "dashboard-gateway/view/referral_json.h"

#include "dashboard-gateway/view/overdue.h"
#include "dashboard-gateway/view/rules.h"
#include "records/referral_stage.h"

struct hub_str_array gateway_allowed(
        const struct gateway_showing *showing, const struct gateway_referral *referral)
{
	struct hub_str_array none = { NULL, 0 };
	const struct referral_policy *policy = showing->world->policy;
	uint32_t stage;
	if (!policy || !gateway_may_send(showing->viewer) || referral->ended ||
	        !hub_enum_value(&hub_referral_stage_enum, referral->state, &stage))
		return none;
	unsigned who = gateway_who(referral, policy, showing->viewer->org_id);
	return referral_allowed((enum hub_referral_stage)stage, referral->direction, who, showing->arena);
}

const struct gateway_referral *gateway_referral_for(
        const struct gateway_world *world, const struct gateway_viewer *viewer, struct hub_str referral_id)
{
	const struct gateway_referral *referral = gateway_hot_referral(world->hot, referral_id);
	return referral && gateway_shows_referral(viewer, world->policy, referral) ? referral : NULL;
}

/* null for what a stub of an ended referral does not say. */
static void put_symbol(struct gateway_json *json, const char *name, uint32_t value, const char *symbol)
{
	gateway_json_str(json, name, value ? hub_str_from(symbol) : HUB_STR(""));
}

static void put_who(struct gateway_json *json, const struct gateway_referral *referral)
{
	gateway_json_text(json, "referral_id", referral->referral_id);
	gateway_json_str(json, "county_id", referral->county_id);
	gateway_json_str(json, "consortium_id", referral->consortium_id);
	gateway_json_str(json, "from_org_id", referral->from_org_id);
	gateway_json_str(json, "to_org_id", referral->to_org_id);
	gateway_json_str(json, "asked_county_id", referral->asked_county_id);
	gateway_json_str(json, "asked_org_id", referral->asked_org_id);
}

static void put_what(struct gateway_json *json, const struct gateway_referral *referral)
{
	put_symbol(json, "direction", referral->direction, hub_direction_name(referral->direction));
	put_symbol(json, "urgency", referral->urgency, hub_urgency_name(referral->urgency));
	gateway_json_str(json, "condition", referral->condition);
	gateway_json_str(json, "specialty", referral->specialty);
	put_symbol(json, "need", referral->need, hub_need_name(referral->need));
	gateway_json_str(json, "exam_item", referral->exam_item);
	gateway_json_str(json, "bed_kind", referral->bed_kind);
}

static void put_where(struct gateway_json *json, const struct gateway_referral *referral)
{
	gateway_json_text(json, "state", referral->state);
	gateway_json_bool(json, "ended", referral->ended);
	gateway_json_int(json, "attempt", referral->attempt);
	gateway_json_str(json, "path", referral->path);
	gateway_json_str(json, "session_id", referral->session_id);
	gateway_json_str(json, "waits_for", referral->waits_for);
	gateway_json_time(json, "requested_at", referral->requested_at);
	gateway_json_time(json, "accepted_at", referral->accepted_at);
	gateway_json_time(json, "arrived_at", referral->arrived_at);
	gateway_json_time(json, "ended_at", referral->ended_at);
	gateway_json_str(json, "due", referral->due);
	gateway_json_time(json, "due_at", referral->due_at);
}

void gateway_json_referral(struct gateway_json *json, const struct gateway_showing *showing,
        const struct gateway_referral *referral)
{
	const struct gateway_world *world = showing->world;
	int64_t since = gateway_overdue_since(referral, world->hot, world->policy, world->now_ms);
	struct hub_str_array allowed = gateway_allowed(showing, referral);
	gateway_json_object(json, NULL);
	put_who(json, referral);
	put_what(json, referral);
	put_where(json, referral);
	gateway_json_bool(json, "overdue", since != GATEWAY_NO_TIME);
	gateway_json_strs(json, "allowed", &allowed);
	gateway_json_revision(json, "etag", world, referral->row.seq);
	gateway_json_end_object(json);
}
