/* The order in which Redis and the changelog are asked so that hot/join.h can say what counts: all partitions together. */
#include "base/check.h"
#include "dashboard-gateway/feed/changelog.h"
#include "dashboard-gateway/feed/clock.h"
#include "dashboard-gateway/feed/fences.h"

#include <stdlib.h>

/* What Redis said is not used: the changelog tells all. */
static void go_without(struct gateway_changelog *changelog)
{
	changelog->joining = GATEWAY_JOINING_DONE;
	gateway_snapshot_free(changelog->snapshot);
	changelog->snapshot = NULL;
	for (int32_t i = 0; i < changelog->count; i++) {
		if (changelog->joins[i].phase > GATEWAY_JOIN_SCANNING)
			continue;
		gateway_hot_sweep(changelog->feed->hot, i, NULL, NULL);
		gateway_join_without(&changelog->joins[i], changelog->high[i]);
		gateway_changelog_follow(changelog, i);
	}
	gateway_changelog_count_whole(changelog);
}

static void on_fences(void *user, const struct gateway_fence *fences, int32_t count)
{
	struct gateway_changelog *changelog = user;
	bool before = changelog->joining == GATEWAY_JOINING_FENCES_BEFORE;
	if (!fences)
		return; /* gateway_joining_redis is told, too */
	memcpy(before ? changelog->before : changelog->after, fences, (size_t)count * sizeof(*fences));
	changelog->joining = before ? GATEWAY_JOINING_HIGH_BEFORE : GATEWAY_JOINING_HIGH_AFTER;
	gateway_topic_open(&changelog->topic, -1);
}

static void ask_fences(struct gateway_changelog *changelog, enum gateway_joining what)
{
	changelog->joining = what;
	gateway_fences_read(changelog->feed, changelog->count, on_fences, changelog);
}

static void on_hashes(void *user, bool whole)
{
	struct gateway_changelog *changelog = user;
	changelog->hashes_whole = whole;
	if (whole)
		ask_fences(changelog, GATEWAY_JOINING_FENCES_AFTER);
	else
		go_without(changelog);
}

static void begin(struct gateway_changelog *changelog)
{
	int64_t now_ms = gateway_wall_ms();
	int32_t wanted = 0;
	for (int32_t i = 0; i < changelog->count; i++) {
		if (gateway_join_begin(
		            &changelog->joins[i], changelog->before[i], changelog->high[i], now_ms))
			wanted++;
		else
			gateway_changelog_follow(changelog, i);
	}
	changelog->joining = wanted ? GATEWAY_JOINING_HASHES : GATEWAY_JOINING_DONE;
	if (wanted)
		changelog->snapshot = gateway_snapshot_new(
		        changelog->feed, changelog->joins, changelog->count, on_hashes, changelog);
	gateway_changelog_count_whole(changelog);
}

static void finish(struct gateway_changelog *changelog)
{
	changelog->joining = GATEWAY_JOINING_DONE;
	gateway_snapshot_free(changelog->snapshot);
	changelog->snapshot = NULL;
	for (int32_t i = 0; i < changelog->count; i++) {
		if (changelog->joins[i].phase > GATEWAY_JOIN_SCANNING)
			continue;
		if (changelog->joins[i].phase == GATEWAY_JOIN_NONE) /* was lost meanwhile */
			gateway_join_without(&changelog->joins[i], changelog->high[i]);
		else if (!gateway_join_scanned(&changelog->joins[i], changelog->after[i], changelog->high[i]))
			gateway_hot_sweep(changelog->feed->hot, i, NULL, NULL);
		gateway_changelog_follow(changelog, i);
	}
	gateway_feed_rows(changelog->feed);
	gateway_changelog_count_whole(changelog);
}

void gateway_joining_opened(struct gateway_changelog *changelog)
{
	switch (changelog->joining) {
	case GATEWAY_JOINING_TOPIC:
		changelog->joining = GATEWAY_JOINING_REDIS;
		if (gateway_redis_up(changelog->feed->redis))
			ask_fences(changelog, GATEWAY_JOINING_FENCES_BEFORE);
		else if (changelog->feed->state.redis_away)
			go_without(changelog);
		break;
	case GATEWAY_JOINING_HIGH_BEFORE:
		if (gateway_redis_up(changelog->feed->redis))
			begin(changelog);
		else
			go_without(changelog);
		break;
	case GATEWAY_JOINING_HIGH_AFTER:
		finish(changelog);
		break;
	default:
		break;
	}
}

void gateway_joining_redis(struct gateway_changelog *changelog, bool up)
{
	switch (changelog->joining) {
	case GATEWAY_JOINING_REDIS:
		if (up)
			ask_fences(changelog, GATEWAY_JOINING_FENCES_BEFORE);
		else
			go_without(changelog);
		break;
	case GATEWAY_JOINING_FENCES_BEFORE:
	case GATEWAY_JOINING_HASHES:
	case GATEWAY_JOINING_FENCES_AFTER:
		if (!up)
			go_without(changelog);
		break;
	default: /* an answer from Kafka is waited for, which asks itself whether Redis is there */
		break;
	}
}
