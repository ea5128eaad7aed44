/* REF-01: the hand-shake between two counties about a slot, on referral.transfers. The county of the sender owns the referral
 * (asking_county.h), the county of the hospital the slot (foreign_holds.h); no lock is shared, and whatever is said
 * twice, late or never changes nothing twice. Here: what travels. */
#ifndef REFERRAL_ROUTER_TRANSFERS_H
#define REFERRAL_ROUTER_TRANSFERS_H

#include "records/foreign_hold_state.h"
#include "records/transfer_end_cause.h"
#include "records/transfer_reply.h"

#include "referral-router/closed_loop.h"
#include "referral-router/world.h"

/* "<referral_id>/<attempt>", and back: the referral and its attempt (-1: it is no such id). */
struct hub_str referral_transfer_id(
        struct referral_world *world, struct hub_str referral_id, int32_t attempt);
int32_t referral_transfer_split(struct hub_str transfer_id, struct hub_str *ret_referral_id);

/* Home county to asked county: what `abroad` says is asked for, for the first time or again. */
void referral_transfer_request(struct referral_world *world, const struct hub_referral_state *referral);

/* Home county to asked county: it is over. */
void referral_transfer_end(struct referral_world *world, struct hub_str home_county_id,
        struct hub_str asked_county_id, struct hub_str transfer_id, enum hub_transfer_end_cause end);

/* Asked county to home county. session: HELD only, NULL where none is needed; reason_code: NULL for none. */
void referral_transfer_answer(struct referral_world *world, const struct hub_foreign_hold_state *hold,
        enum hub_transfer_reply answer, const struct hub_session_state *session, const char *reason_code);

/* Asked county to home county: what of this overdue hold? */
void referral_transfer_query(struct referral_world *world, const struct hub_foreign_hold_state *hold);

/* A record of referral.transfers, in the county that it is for. */
void referral_transfer_decide(
        struct referral_world *world, const struct hub_schema *schema, const void *record);

#endif
