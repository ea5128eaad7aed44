/* What was heard: of each publisher when and how often, what was refused today, and the hub's answers to events that were sent
 * through this gateway. Fed with every decision in the order of its partition. Pure: time comes with the decisions.
 *
 * Whether a publisher is silent is told by its own habit, in two measures: seconds, and events of its whole county. A quiet
 * night accuses nobody, since the county's events stand still, too; whoever falls silent while the others go on is late
 * after four times its usual gap and silent after ten. The usual gap is the median of its gaps, tracked without keeping
 * them: each gap moves it up or down by a small share, a larger one at first. */
#ifndef DASHBOARD_GATEWAY_VIEW_HEARD_H
#define DASHBOARD_GATEWAY_VIEW_HEARD_H

#include "dashboard-gateway/view/viewer.h"
#include "wire/schema.h"

struct gateway_heard;

struct gateway_heard *gateway_heard_new(void);
void gateway_heard_free(struct gateway_heard *heard); /* accepts NULL */

/* A decision. True: it answers an event that was sent through this gateway (gateway_view_answers tells more). */
bool gateway_heard_decision(struct gateway_heard *heard, const struct hub_schema *schema, const void *record);

/* Event ids that this gateway makes begin so: their answers are known again after a restart. */
#define GATEWAY_EVENT_PREFIX "dashboard-"
/* An event is about to be sent in the name of org_id. */
void gateway_heard_sent(struct gateway_heard *heard, struct hub_str org_id, struct hub_str event_id);

enum gateway_publisher_state { GATEWAY_FRESH, GATEWAY_LATE, GATEWAY_SILENT };
const char *gateway_publisher_state_name(enum gateway_publisher_state state);

/* An organisation that publishes about referrals, sessions or beds of a county. Borrowed. */
struct gateway_publisher {
	struct hub_str county_id, org_id;
	int64_t last_ms;
	int64_t usual_gap_ms; /* GATEWAY_NO_TIME: too few events yet */
	int64_t silent_ms;
	enum gateway_publisher_state state;
	uint32_t refused_today;
};
/* Of all counties, in no order: *at = 0 first; false at the end. */
bool gateway_heard_each(
        const struct gateway_heard *heard, int64_t now_ms, size_t *at, struct gateway_publisher *ret);

/* Refusals of the day of now_ms in that county, by code: visit is called once a code that occurred, in order of codes. */
void gateway_heard_refusals(const struct gateway_heard *heard, struct hub_str county_id, int64_t now_ms,
        void (*visit)(void *user, struct hub_str reason_code, uint32_t count), void *user);

/* The hub's answer to an event. Borrowed. */
struct gateway_answer {
	uint64_t number; /* they are numbered as they come */
	struct hub_str org_id, event_id, referral_id, record, state;
	struct hub_str reason_code, rule, reason; /* of a refusal; else empty */
	bool refused;
	int64_t at_ms;
};
/* False: not known (yet). */
bool gateway_heard_answer(const struct gateway_heard *heard, struct hub_str org_id, struct hub_str event_id,
        struct gateway_answer *ret);
/* Those after that number, the oldest first. */
void gateway_heard_answers_after(const struct gateway_heard *heard, uint64_t number,
        void (*visit)(void *user, const struct gateway_answer *answer), void *user);
uint64_t gateway_heard_last_answer(const struct gateway_heard *heard);

#endif
