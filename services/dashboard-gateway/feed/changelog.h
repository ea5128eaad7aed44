/* referral-router.state: each partition joined with what stands in Redis (feed/joining.c), then followed. Redis matters at the
 * start only: once a partition is joined, the changelog alone keeps its rows right, whatever becomes of Redis. Internal to feed/. */
#ifndef DASHBOARD_GATEWAY_FEED_CHANGELOG_H
#define DASHBOARD_GATEWAY_FEED_CHANGELOG_H

#include "dashboard-gateway/feed/fences.h"
#include "dashboard-gateway/feed/inside.h"
#include "dashboard-gateway/feed/snapshot.h"
#include "dashboard-gateway/hot/intake.h"
#include "dashboard-gateway/hot/join.h"

/* What is waited for before the partitions can be followed. */
enum gateway_joining {
	GATEWAY_JOINING_TOPIC, /* how many partitions there are */
	GATEWAY_JOINING_REDIS, /* whether Redis is there */
	GATEWAY_JOINING_FENCES_BEFORE,
	GATEWAY_JOINING_HIGH_BEFORE, /* where the changelog ends, asked after the fences */
	GATEWAY_JOINING_HASHES,
	GATEWAY_JOINING_FENCES_AFTER,
	GATEWAY_JOINING_HIGH_AFTER,
	GATEWAY_JOINING_DONE,
};

struct gateway_changelog {
	struct gateway_feed *feed;
	struct gateway_topic topic;
	struct gateway_intake *intake;
	int32_t count; /* of partitions; 0: not known yet */
	struct gateway_join *joins;
	int64_t *low, *high,
	        *position; /* as last asked; the newest PartitionPosition that was read, -1: none */
	enum gateway_joining joining;
	struct gateway_fence *before, *after;
	struct gateway_snapshot *snapshot;
	bool hashes_whole;
	int64_t skew_ms[2], skew_since_ms; /* the least of this minute and of the one before */
	int64_t faults;
};

struct gateway_changelog *gateway_changelog_new(struct gateway_feed *feed);
void gateway_changelog_free(struct gateway_changelog *changelog); /* accepts NULL */

/* Redis is there, or was lost. */
void gateway_changelog_redis(struct gateway_changelog *changelog, bool up);

/* This machine's clock against the broker's, as far as fresh records tell. */
int64_t gateway_changelog_skew_ms(const struct gateway_changelog *changelog);

/* Between changelog.c and joining.c. */
void gateway_joining_opened(struct gateway_changelog *changelog);
void gateway_joining_redis(struct gateway_changelog *changelog, bool up);
void gateway_changelog_follow(struct gateway_changelog *changelog, int32_t partition);
void gateway_changelog_count_whole(struct gateway_changelog *changelog);

#endif
