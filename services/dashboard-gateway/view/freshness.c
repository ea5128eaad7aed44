/* /freshness: can the screen be believed? */
#include "base/calendar.h"
#include "base/check.h"
#include "dashboard-gateway/view/collection.h"
#include "dashboard-gateway/view/heard.h"
#include "dashboard-gateway/view/letters.h"
#include "dashboard-gateway/view/standing.h"

#include <stdlib.h>

static int by_org(const void *left, const void *right)
{
	return hub_str_cmp(((const struct gateway_publisher *)left)->org_id,
	        ((const struct gateway_publisher *)right)->org_id);
}

/* Whole seconds; null where it is not known. */
static void put_seconds(struct gateway_json *json, const char *name, int64_t ms)
{
	if (ms < 0)
		gateway_json_null(json, name);
	else
		gateway_json_int(json, name, (ms + HUB_SECOND_MS / 2) / HUB_SECOND_MS);
}

static void put_known(struct gateway_json *json, const char *name, int64_t value)
{
	if (value < 0)
		gateway_json_null(json, name);
	else
		gateway_json_int(json, name, value);
}

static void put_publisher(struct gateway_json *json, const struct gateway_publisher *publisher)
{
	gateway_json_object(json, NULL);
	gateway_json_text(json, "org_id", publisher->org_id);
	gateway_json_time(json, "last_event_at", publisher->last_ms);
	put_seconds(json, "usual_gap_s", publisher->usual_gap_ms);
	put_seconds(json, "silent_s", publisher->silent_ms);
	gateway_json_text(json, "state", hub_str_from(gateway_publisher_state_name(publisher->state)));
	gateway_json_int(json, "refused_today", publisher->refused_today);
	gateway_json_end_object(json);
}

static void put_publishers(
        struct gateway_json *json, const struct gateway_world *world, const struct gateway_viewer *viewer)
{
	struct gateway_publisher publisher, *list = NULL;
	uint32_t count = 0, room = 0;
	for (size_t at = 0; gateway_heard_each(world->heard, world->now_ms, &at, &publisher);) {
		if (!gateway_sees_publisher(viewer, publisher.county_id, publisher.org_id))
			continue;
		if (count == room) {
			room = room ? 2 * room : 64;
			list = realloc(list, room * sizeof(*list));
			hub_check(list != NULL);
		}
		list[count++] = publisher;
	}
	if (count)
		qsort(list, count, sizeof(*list), by_org);
	gateway_json_array(json, "publishers");
	for (uint32_t i = 0; i < count; i++)
		put_publisher(json, &list[i]);
	gateway_json_end_array(json);
	free(list);
}

static void put_daemons(struct gateway_json *json, const struct gateway_feed_state *feed)
{
	gateway_json_array(json, "daemons");
	gateway_json_object(json, NULL);
	gateway_json_text(json, "daemon", HUB_STR("referral-router"));
	put_known(json, "lag_records", feed->lag_records);
	put_seconds(json, "lag_s", feed->lag_ms);
	put_known(json, "fence_lag_records", feed->fence_lag_records);
	gateway_json_int(json, "fences_live", feed->fences_live);
	gateway_json_int(json, "partitions", feed->partitions);
	gateway_json_text(json, "state", hub_str_from(gateway_daemon_state(feed)));
	gateway_json_end_object(json);
	gateway_json_end_array(json);
}

static void put_refusal(void *user, struct hub_str reason_code, uint32_t count)
{
	struct gateway_json *json = user;
	gateway_json_object(json, NULL);
	gateway_json_text(json, "reason_code", reason_code);
	gateway_json_int(json, "count", count);
	gateway_json_end_object(json);
}

/* A count of each reason, in the order in which they are met: newest first. */
struct reason {
	struct hub_str reason;
	int64_t count;
};

enum { REASONS_MAX = 32 };

static void put_letters(
        struct gateway_json *json, const struct gateway_world *world, const struct gateway_viewer *viewer)
{
	struct reason reasons[REASONS_MAX];
	uint32_t known = 0;
	int64_t total = 0;
	const struct gateway_letter *letter;
	for (size_t at = 0; (letter = gateway_letters_each(world, viewer, &at)); total++) {
		uint32_t i = 0;
		while (i < known && !hub_str_eq(reasons[i].reason, letter->reason))
			i++;
		if (i == known && known < REASONS_MAX)
			reasons[known++] = (struct reason){ letter->reason, 0 };
		if (i < known)
			reasons[i].count++;
	}
	gateway_json_object(json, "dead_letters");
	gateway_json_int(json, "total", total);
	gateway_json_array(json, "by_reason");
	for (uint32_t i = 0; i < known; i++) {
		gateway_json_object(json, NULL);
		gateway_json_text(json, "reason", reasons[i].reason);
		gateway_json_int(json, "count", reasons[i].count);
		gateway_json_end_object(json);
	}
	gateway_json_end_array(json);
	gateway_json_end_object(json);
}

static void put_away(struct gateway_json *json, const char *name, bool away, int64_t since_ms)
{
	gateway_json_object(json, name);
	gateway_json_text(json, "state", away ? HUB_STR("away") : HUB_STR("ok"));
	gateway_json_time(json, "since", away ? since_ms : GATEWAY_NO_TIME);
	gateway_json_end_object(json);
}

int gateway_view_freshness(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_buf *out, struct hub_error *reterr)
{
	const struct gateway_feed_state *feed = &world->feed;
	struct gateway_json json = gateway_json(out);
	if (!gateway_sees_operations(viewer))
		return gateway_not_found(reterr, "resource");
	gateway_json_object(&json, NULL);
	gateway_json_head(&json, world, true);
	put_publishers(&json, world, viewer);
	put_daemons(&json, feed);
	gateway_json_array(&json, "refusals");
	gateway_heard_refusals(world->heard, viewer->county_id, world->now_ms, put_refusal, &json);
	gateway_json_end_array(&json);
	put_letters(&json, world, viewer);
	put_away(&json, "redis", feed->redis_away, feed->redis_away_since_ms);
	put_away(&json, "kafka", feed->kafka_away, feed->kafka_away_since_ms);
	gateway_json_int(&json, "clock_skew_ms", feed->clock_skew_ms);
	gateway_json_int(&json, "history_percent", feed->history_percent);
	gateway_json_end_object(&json);
	return gateway_json_done(&json, reterr);
}
