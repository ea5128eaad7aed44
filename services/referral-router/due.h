/* Timers as they are kept in state: at most one of a name with an entity, in an array that lies in the step's
 * arena. */
#ifndef REFERRAL_ROUTER_DUE_H
#define REFERRAL_ROUTER_DUE_H

#include "base/arena.h"
#include "records/due_timer.h"

/* Of a referral. */
#define REFERRAL_DUE_ANSWER "answer"
#define REFERRAL_DUE_SUPPLEMENT_REMIND "supplement_remind"
#define REFERRAL_DUE_SUPPLEMENT_RETURN "supplement_return"
#define REFERRAL_DUE_NOTICE "waiting_notice"
#define REFERRAL_DUE_ARRIVAL "arrival"
#define REFERRAL_DUE_COMPLETION "completion"
#define REFERRAL_DUE_RETURN "return_confirm"
#define REFERRAL_DUE_LONG_STAY "long_stay"
/* Of a referral that has asked another county: no answer yet; the session that it has a slot in there ends. */
#define REFERRAL_DUE_TRANSFER "transfer"
#define REFERRAL_DUE_ABROAD_END "abroad_end"
/* Of another county's hold. */
#define REFERRAL_DUE_OVERDUE "overdue"
/* Of a session. serve (also of a bed board): waiters that one step did not reach. */
#define REFERRAL_DUE_OPEN "common_open"
#define REFERRAL_DUE_RELEASE "reserve_release"
#define REFERRAL_DUE_END "end"
#define REFERRAL_DUE_REROUTE "session_reroute"
#define REFERRAL_DUE_SERVE "serve"
/* Of both. */
#define REFERRAL_DUE_FORGET "forget"

/* Sets it anew, fired no time yet; name is a literal. */
void referral_due_set(
        struct hub_arena *arena, struct hub_due_timer_array *timers, const char *name, int64_t due_at_ms);

/* It has fired once more and is due again. */
void referral_due_again(struct hub_due_timer *timer, int64_t due_at_ms);

/* Nothing happens when it is not set. */
void referral_due_clear(struct hub_due_timer_array *timers, const char *name);

/* NULL: not set. */
struct hub_due_timer *referral_due_find(const struct hub_due_timer_array *timers, const char *name);

/* The earliest; NULL: none. */
const struct hub_due_timer *referral_due_next(const struct hub_due_timer_array *timers);

#endif
