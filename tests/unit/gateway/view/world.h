/* A small world to look at: two counties, rows written as "name=value name=value", people of each role. */
#ifndef TESTS_GATEWAY_VIEW_WORLD_H
#define TESTS_GATEWAY_VIEW_WORLD_H

#include "dashboard-gateway/view/alerts.h"
#include "dashboard-gateway/view/heard.h"
#include "dashboard-gateway/view/letters.h"
#include "dashboard-gateway/view/stories.h"
#include "dashboard-gateway/view/view.h"
#include "dashboard-gateway/view/worklists.h"

#include <jansson.h>

/* Friday, 10:00. */
#define WORLD_NOW "2026-11-27T10:00:00+08:00"
#define COUNTY "990121"
#define CONTROL "990121-A01"
#define LEAD "990121-H01"
#define THIRD "990121-H05"
#define TOWN "990121-T01"
#define VALLEY "990121-T02"
#define OTHER_COUNTY "990122"
#define OTHER_LEAD "990122-H01"
#define OTHER_TOWN "990122-T01"
#define CITY_HOSPITAL "990100-H01"

struct world {
	struct gateway_world view; /* what the functions under test get */
	struct gateway_hot *hot;
	struct gateway_stories *stories;
	struct gateway_heard *heard;
	struct gateway_alerts *alerts;
	struct gateway_letters *letters;
	struct hub_registry *registry;
	struct referral_policy *policy;
};

struct world *world_new(void);
void world_free(struct world *world);

/* "2026-11-27T10:00:00+08:00" as ms; the test ends when it is none. */
int64_t at(const char *text);

/* A row of the hot state; what has to be right is filled in where fields does not say it. */
void world_put(struct world *world, const char *key, const char *fields);

struct gateway_viewer viewer(enum gateway_role role);
struct gateway_viewer desk(const char *org_id);

/* A query string as parameters; the texts are query's. */
enum { PARAMS_MAX = 16 };
struct query {
	struct gateway_param items[PARAMS_MAX];
	uint32_t count;
};
struct query query_of(const char *query);

/* An answer, parsed; the test ends when it is not JSON, or code is not HUB_OK. */
json_t *parsed(int code, const struct hub_error *err, struct hub_buf *out);
/* /referrals for that viewer and query. */
json_t *list(const struct world *world, const struct gateway_viewer *viewer, const char *query);
int64_t total(const struct world *world, const struct gateway_viewer *viewer, const char *query);

#endif
