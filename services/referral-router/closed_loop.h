/* REF-10 REF-17: the closed loop. Every decision that leaves the router is made here: its head, who may see
 * it, which event it answers, and what that event said. */
#ifndef REFERRAL_ROUTER_CLOSED_LOOP_H
#define REFERRAL_ROUTER_CLOSED_LOOP_H

#include "records/session_cause.h"

#include "referral-router/world.h"

/* What a choice of target found: see placing.h. */
struct referral_target {
	struct hub_str org_id;
	enum hub_route_path path;
	bool leaves_county;
	bool asks;     /* another county, which alone knows whether it has one */
	bool held;     /* that county has said so */
	bool has_slot; /* neither slot nor bed: none needed */
	bool has_bed;  /* a free one (REF-22) */
	bool free_bed; /* one is free there, and none is taken: an emergency waits for none (REF-03) */
	struct hub_str session_id;
	int64_t starts_at;
	int64_t ends_at;
	bool reserved; /* the slot is of the reserved part */
};

/* lost_org_id: the hospital that had it until this step and may hear of it too; may be empty. */
void referral_tell_routed(struct referral_world *world, const struct hub_referral_state *referral,
        const struct referral_target *target, struct hub_considered_array considered,
        struct hub_str lost_org_id);
void referral_tell_waitlisted(struct referral_world *world, const struct hub_referral_state *referral,
        int32_t position, struct hub_considered_array considered, struct hub_str lost_org_id);
void referral_tell_unplaced(struct referral_world *world, const struct hub_referral_state *referral,
        struct hub_considered_array considered, struct hub_str lost_org_id);

/* repeat: the cause is a repeated event and this is the present state. */
void referral_tell_progressed(
        struct referral_world *world, const struct hub_referral_state *referral, bool repeat);
/* The same to a hospital that takes what it was never asked for: with what is asked for. */
void referral_tell_claimed(struct referral_world *world, const struct hub_referral_state *referral);
void referral_tell_closed(struct referral_world *world, struct hub_str referral_id,
        const struct hub_referral_stub *stub, bool repeat);

void referral_tell_expired(
        struct referral_world *world, const struct hub_referral_state *referral, struct hub_str org_id);

/* due_at_ms: what was or is due when; times: the how-manieth. Nothing when to_org_id is empty. */
void referral_tell_reminder(struct referral_world *world, const struct hub_referral_state *referral,
        struct hub_str to_org_id, const char *reason_code, int64_t due_at_ms, int32_t times);

/* The same to the control centre of the county. */
void referral_tell_control(struct referral_world *world, const struct hub_referral_state *referral,
        const char *reason_code, int64_t due_at_ms, int32_t times);

/* Another county's hold is overdue: to the control centre of ours. */
void referral_tell_foreign_overdue(struct referral_world *world, const struct hub_foreign_hold_state *hold,
        int64_t due_at_ms, int32_t times);

void referral_tell_session(struct referral_world *world, const struct hub_session_state *session,
        enum hub_session_cause cause, bool repeat);

void referral_tell_beds(struct referral_world *world, const struct hub_bed_board *board, bool repeat);

/* rule: "" for none. */
void referral_tell_refused(struct referral_world *world, struct hub_str referral_id, const char *reason_code,
        const char *rule, struct hub_str reason);

#endif
