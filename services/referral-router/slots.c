/* REF-05 REF-07 */
#include "referral-router/slots.h"

#include "referral-router/asking_county.h"
#include "referral-router/beds.h"
#include "referral-router/due.h"
#include "referral-router/early_release.h"
#include "referral-router/quota.h"
#include "referral-router/waiting.h"

/* REF-03: the green channel and EMERGENCY never wait for a slot and take no slot from anyone. Decided: nor do down
 * referrals without a bed; they take no green channel. */
static bool takes_no_slot(const struct hub_referral *referral)
{
	if (referral->urgency == HUB_URGENCY_EMERGENCY)
		return true;
	if (referral->direction == HUB_DIRECTION_DOWN)
		return referral->need != HUB_NEED_BED;
	return referral->condition != HUB_CONDITION_NONE;
}

/* Decided: a hospital that has neither a release policy nor ever a session for that specialty and need takes
 * referrals without a slot. */
bool referral_slots_needed(
        struct referral_world *world, const struct hub_referral *referral, struct hub_str org_id)
{
	if (takes_no_slot(referral))
		return false;
	if (referral->need == HUB_NEED_BED)
		return referral_beds_known(world, referral, org_id);
	return referral_world_offers(world, org_id, referral->specialty, referral->need) ||
	       referral_quota_has_policy(world->policy, org_id, referral->specialty, referral->need);
}

bool referral_slots_may_be_needed(const struct hub_referral *referral)
{
	return !takes_no_slot(referral);
}

/* Decided: reserved first, then common if it is open (`common_opens_at`, REF-15). */
int32_t referral_slots_takeable(const struct hub_session_state *session)
{
	return session->reserved.open + (referral_early_is_open(session) ? session->common.open : 0);
}

/* Decided: a slot is offered until ends_at. */
bool referral_slots_offered(const struct referral_world *world, const struct hub_session_state *session)
{
	return session->phase == HUB_SESSION_PHASE_OPEN && session->ends_at > world->now_ms &&
	       referral_slots_takeable(session) > 0;
}

/* Decided: an up referral takes reserved first, then common. */
bool referral_slots_from_reserved(const struct hub_session_state *session)
{
	return session->reserved.open > 0;
}

/* Decided: earliest at or after `earliest`, non-expert first, session_id. */
bool referral_slots_find(struct referral_world *world, const struct hub_referral_state *referral,
        struct hub_str org_id, struct referral_target *ret_target)
{
	const struct hub_referral *asked = &referral->referral;
	if (asked->need == HUB_NEED_BED)
		return referral_beds_find(world, referral, org_id, ret_target);
	const struct hub_sorted_node *node = referral_world_first_session(
	        world, org_id, asked, asked->has_earliest ? asked->earliest : INT64_MIN);
	for (; node; node = hub_table_next(node)) {
		const struct hub_session_state *session = referral_world_session_at(world, node);
		if (!session)
			return false;
		if (!referral_slots_offered(world, session) ||
		        !referral_waiting_in_turn(world, referral, &session->timers, session->serve_after))
			continue;
		ret_target->has_slot = true;
		ret_target->session_id = session->session_id;
		ret_target->starts_at = session->starts_at;
		ret_target->ends_at = session->ends_at;
		ret_target->reserved = referral_slots_from_reserved(session);
		return true;
	}
	return false;
}

static struct hub_slot_counts *part_of(struct hub_session_state *session, bool reserved)
{
	return reserved ? &session->reserved : &session->common;
}

/* REF-07: no slot is ever given twice. */
void referral_slots_hold(struct referral_world *world, struct hub_referral_state *referral,
        const struct referral_target *target)
{
	referral->has_session_id = target->has_slot;
	if (target->has_bed)
		referral_beds_hold(world, referral);
	if (!target->has_slot)
		return;
	struct hub_session_state *session = referral_world_session(world, target->org_id, target->session_id);
	if (!session)
		return;
	struct hub_slot_counts *part = part_of(session, target->reserved);
	part->open--;
	part->held++;
	referral->session_id = target->session_id;
	referral->slot_reserved = target->reserved;
	referral_world_put_session(world, session);
	hub_effects_rule(world->out, target->reserved ? "REF-05" : "REF-07");
}

/* REF-07: cancelled, rejected, expired and no-show referrals give the slot back. After the release what was
 * reserved is common; a cancelled session shrinks; one that is over offers nothing more. */
struct referral_freed referral_slots_give_back(
        struct referral_world *world, struct hub_referral_state *referral)
{
	if (referral->bed_held)
		return referral_beds_give_back(world, referral);
	struct referral_freed freed = { .org_id = referral->to_org_id, .session_id = referral->session_id };
	bool had = referral->has_session_id;
	referral_county_end(world, referral, HUB_TRANSFER_END_CAUSE_RELEASED);
	bool reserved = referral->slot_reserved;
	referral->has_session_id = false;
	referral->slot_reserved = false;
	struct hub_session_state *session =
	        had ? referral_world_session(world, freed.org_id, freed.session_id) : NULL;
	if (!session)
		return freed;
	bool released = !referral_due_find(&session->timers, REFERRAL_DUE_RELEASE);
	part_of(session, reserved)->held--;
	if (session->phase != HUB_SESSION_PHASE_CANCELLED)
		part_of(session, reserved && !released)->open++;
	freed.any = session->phase == HUB_SESSION_PHASE_OPEN;
	freed.over = session->phase == HUB_SESSION_PHASE_ENDED;
	referral_world_put_session(world, session);
	hub_effects_rule(world->out, "REF-07");
	return freed;
}

/* A slot is held from routing to arrival, used from PatientArrived on. A session that is over was reported
 * already: it is reported again (KPI-05). */
struct referral_freed referral_slots_use(struct referral_world *world, struct hub_referral_state *referral)
{
	const struct referral_freed nothing = { .any = false };
	if (referral->bed_held)
		return referral_beds_use(world, referral);
	referral_county_end(world, referral, HUB_TRANSFER_END_CAUSE_USED);
	struct hub_session_state *session =
	        referral->has_session_id
	                ? referral_world_session(world, referral->to_org_id, referral->session_id)
	                : NULL;
	if (!session)
		return nothing;
	struct hub_slot_counts *part = part_of(session, referral->slot_reserved);
	part->held--;
	part->used_referred++;
	referral_world_put_session(world, session);
	hub_effects_rule(world->out, "REF-07");
	if (session->phase == HUB_SESSION_PHASE_ENDED)
		referral_tell_session(world, session, HUB_SESSION_CAUSE_TAKEN, false);
	return nothing;
}

static int32_t taken(const struct hub_slot_counts *part)
{
	return part->held + part->used_referred + part->used_own;
}

static int32_t clamp(int32_t value, int32_t least, int32_t most)
{
	return value < least ? least : value > most ? most : value;
}

/* REF-05: a share is reserved for primary care, usable only by up referrals until the release. */
bool referral_slots_share(
        struct hub_session_state *session, int32_t capacity, int32_t reserved, bool released)
{
	int32_t reserved_taken = taken(&session->reserved), common_taken = taken(&session->common);
	if (capacity < reserved_taken + common_taken)
		return false;
	int32_t part = clamp(released ? 0 : reserved, reserved_taken, capacity - common_taken);
	session->reserved.open = part - reserved_taken;
	session->common.open = capacity - part - common_taken;
	return true;
}

void referral_slots_release(struct hub_session_state *session)
{
	session->common.open += session->reserved.open;
	session->reserved.open = 0;
}

int32_t referral_slots_referred(const struct hub_session_state *session)
{
	return session->reserved.held + session->reserved.used_referred + session->common.held +
	       session->common.used_referred;
}
