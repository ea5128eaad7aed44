/* REF-05 REF-07: slots of sessions. open + held + used = capacity at every moment; two counters, reserved and
 * common. */
#ifndef REFERRAL_ROUTER_SLOTS_H
#define REFERRAL_ROUTER_SLOTS_H

#include "referral-router/closed_loop.h"
#include "referral-router/world.h"

/* A session that got a slot back, or a hospital a bed (REF-22). */
struct referral_freed {
	bool any;  /* and offers it */
	bool over; /* and offers nothing more, but its numbers changed */
	bool bed;
	struct hub_str org_id;
	struct hub_str session_id;  /* of a slot */
	enum hub_bed_kind bed_kind; /* of a bed */
};

/* Whether a referral to that hospital takes a slot, or a bed, at all. */
bool referral_slots_needed(
        struct referral_world *world, const struct hub_referral *referral, struct hub_str org_id);

/* The same for a hospital elsewhere, as far as this county can know: its sessions are known to its own county
 * alone. */
bool referral_slots_may_be_needed(const struct hub_referral *referral);

/* The earliest session of the hospital with a slot for the referral, or a free bed: fills that part of
 * *ret_target. False: full. */
bool referral_slots_find(struct referral_world *world, const struct hub_referral_state *referral,
        struct hub_str org_id, struct referral_target *ret_target);

/* Open slots of the session that an up referral may take, whatever the hour: common ones only once they are open to
 * everyone (REF-15). */
int32_t referral_slots_takeable(const struct hub_session_state *session);

/* Whether a slot of the session is offered now. */
bool referral_slots_offered(const struct referral_world *world, const struct hub_session_state *session);

/* The part of the session that an up referral takes from. */
bool referral_slots_from_reserved(const struct hub_session_state *session);

/* open -> held, for the target that was found; noted in the referral. Nothing when the target has neither slot nor
 * bed. */
void referral_slots_hold(struct referral_world *world, struct hub_referral_state *referral,
        const struct referral_target *target);

/* held -> open (of a cancelled session: gone). The referral has no slot and no bed then, nor anything in another county.
 */
struct referral_freed referral_slots_give_back(
        struct referral_world *world, struct hub_referral_state *referral);

/* held -> used. What comes free by it: a bed that the last report counts as taken already. */
struct referral_freed referral_slots_use(struct referral_world *world, struct hub_referral_state *referral);

/* Shares capacity out anew over both parts; what is held or used stays where it is. False: capacity is below
 * that. released: nothing open stays reserved. */
bool referral_slots_share(
        struct hub_session_state *session, int32_t capacity, int32_t reserved, bool released);

/* What is left of the reserve joins the common part. */
void referral_slots_release(struct hub_session_state *session);

/* Slots that referrals hold or use. */
int32_t referral_slots_referred(const struct hub_session_state *session);

#endif
