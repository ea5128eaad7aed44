/* What each resource shows, as JSON: pure functions of the world, the viewer and the query. The shapes are openapi.json's. */
#ifndef DASHBOARD_GATEWAY_VIEW_VIEW_H
#define DASHBOARD_GATEWAY_VIEW_VIEW_H

#include "base/buf.h"
#include "base/error.h"
#include "dashboard-gateway/view/feed_state.h"
#include "dashboard-gateway/view/viewer.h"
#include "referral-router/policy.h"

struct gateway_stories; /* view/stories.h: where each referral's decisions lie */
struct gateway_heard;   /* view/heard.h: publishers, refusals, answers to what was sent here */
struct gateway_alerts;  /* view/alerts.h: acknowledgements */
struct gateway_letters; /* view/letters.h: dead letters, without their content */

/* Everything that can be looked at. Borrowed; the gateway keeps it. */
struct gateway_world {
	const struct gateway_hot *hot;
	const struct referral_policy *policy; /* today's; NULL before the first load */
	const struct hub_registry *registry;
	const struct gateway_stories *stories;
	const struct gateway_heard *heard;
	const struct gateway_alerts *alerts;
	const struct gateway_letters *letters;
	struct gateway_feed_state feed;
	uint64_t epoch; /* of this process: part of every revision */
	int64_t now_ms;
};

/* A query parameter, decoded. */
struct gateway_param {
	struct hub_str name, value;
};

/* Collections and single resources. HUB_E_INVALID: a parameter is wrong (place = its name); HUB_E_NOT_FOUND: no such thing, or
 * not for this viewer (the same answer). next: cursor of the next page, empty when there is none; total is in the body. */
int gateway_view_referrals(const struct gateway_world *world, const struct gateway_viewer *viewer,
        const struct gateway_param *params, uint32_t count, struct hub_buf *out, struct hub_buf *ret_next,
        struct hub_error *reterr);
int gateway_view_referral(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_str referral_id, struct hub_buf *out, struct hub_error *reterr);
int gateway_view_allowed(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_str referral_id, struct hub_buf *out, struct hub_error *reterr);
/* events: decoded decisions of the story, oldest first. */
struct gateway_decision {
	int32_t partition;
	int64_t offset;
	const struct hub_schema *schema;
	const void *record;
};
int gateway_view_history(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_str referral_id, const struct gateway_decision *decisions, uint32_t count,
        struct hub_buf *out, struct hub_error *reterr);
int gateway_view_slots(const struct gateway_world *world, const struct gateway_viewer *viewer,
        const struct gateway_param *params, uint32_t count, struct hub_buf *out, struct hub_buf *ret_next,
        struct hub_error *reterr);
int gateway_view_beds(const struct gateway_world *world, const struct gateway_viewer *viewer,
        const struct gateway_param *params, uint32_t count, struct hub_buf *out, struct hub_buf *ret_next,
        struct hub_error *reterr);
int gateway_view_organisations(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_buf *out, struct hub_error *reterr);
int gateway_view_overview(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_buf *out, struct hub_error *reterr);
int gateway_view_alerts(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_buf *out, struct hub_error *reterr);
int gateway_view_freshness(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_buf *out, struct hub_error *reterr);
int gateway_view_dead_letters(const struct gateway_world *world, const struct gateway_viewer *viewer,
        const struct gateway_param *params, uint32_t count, struct hub_buf *out, struct hub_buf *ret_next,
        struct hub_error *reterr);
/* The hub's answer to an event that was sent through this gateway, word for word. */
int gateway_view_answer(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_str event_id, struct hub_buf *out, struct hub_error *reterr);

/* Whether a row that the viewer sees, or could have seen, changed after `after`: if not, overview and alerts need to be made anew
 * only since time passes. Costs what the changes cost, not what all rows do. */
bool gateway_view_concerns(
        const struct gateway_world *world, const struct gateway_viewer *viewer, uint64_t after);

/* The data of a stream event `answers`: answers to the viewer's organisation after number `after`; *ret_number: up to where.
 * Nothing is written when there are none. */
void gateway_view_answers(const struct gateway_world *world, const struct gateway_viewer *viewer,
        uint64_t after, struct hub_buf *out, uint64_t *ret_number);

/* The data of a stream event `referrals` for a viewer: rows that changed after `after`, up to now, at most `limit` of them
 * (*ret_seq: up to where). An empty change writes nothing. */
void gateway_view_changes(const struct gateway_world *world, const struct gateway_viewer *viewer,
        uint64_t after, uint32_t limit, struct hub_buf *out, uint64_t *ret_seq);

#endif
