/* REF-08 REF-13 REF-17 REF-19: limits as instants. EMERGENCY and URGENT run on the clock, ROUTINE in working
 * time, which runs 24 h on a working day and stands still on days off. Instants are milliseconds since 1970
 * UTC; county_id chooses calendar and limits (policy.h). */
#ifndef REFERRAL_ROUTER_DEADLINES_H
#define REFERRAL_ROUTER_DEADLINES_H

#include "records/urgency.h"

#include "referral-router/policy.h"

/* When the addressed hospital must have answered what was routed to it at from_ms (REF-08). */
int64_t referral_deadline_answer(const struct referral_policy *policy, struct hub_str county_id,
        enum hub_urgency urgency, int64_t from_ms);

/* When the sender must have supplemented what was asked at from_ms (REF-13). */
int64_t referral_deadline_supplement(const struct referral_policy *policy, struct hub_str county_id,
        enum hub_urgency urgency, int64_t from_ms);

/* from_ms + amount_ms, in the unit of the urgency. A limit in working time never ends on a day off: one that
 * runs out at midnight before a day off ends when the next working day begins. */
int64_t referral_deadline_add(const struct referral_policy *policy, struct hub_str county_id,
        enum hub_urgency urgency, int64_t from_ms, int64_t amount_ms);

/* What is left at now_ms of a limit that ends at due_ms, in the unit of the urgency; 0 when it has passed. A
 * clock that stops keeps this and goes on with referral_deadline_add (REF-13). */
int64_t referral_deadline_left(const struct referral_policy *policy, struct hub_str county_id,
        enum hub_urgency urgency, int64_t now_ms, int64_t due_ms);

/* from_ms + days working days, same clock time (whatever the urgency). */
int64_t referral_deadline_working_days(
        const struct referral_policy *policy, struct hub_str county_id, int64_t from_ms, int32_t days);

/* When something is told again that was due at due_ms and not done: at the same clock time of the next working day, never in
 * the past (REF-17). */
int64_t referral_deadline_next(
        const struct referral_policy *policy, struct hub_str county_id, int64_t due_ms, int64_t now_ms);

/* The first notice hour (default 09:00) of a working day that lies after after_ms (REF-17). */
int64_t referral_deadline_notice(
        const struct referral_policy *policy, struct hub_str county_id, int64_t after_ms);

#endif
