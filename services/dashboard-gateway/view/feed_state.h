/* What the feed tells the views, as plain data: the views are pure and include nothing of Kafka and Redis. */
#ifndef DASHBOARD_GATEWAY_VIEW_FEED_STATE_H
#define DASHBOARD_GATEWAY_VIEW_FEED_STATE_H

#include <stdbool.h>
#include <stdint.h>

/* How things stand, for /readyz, /health and the `complete` of every answer. */
struct gateway_feed_state {
	bool ready; /* reference data and all partitions were whole once */
	bool kafka_away, redis_away;
	int64_t redis_away_since_ms, kafka_away_since_ms;
	uint32_t partitions, whole;
	uint32_t history_percent; /* how much of the decisions' index is read */
	int64_t registry_version; /* -1: none */
	/* the router, asked every few seconds */
	int64_t lag_records;       /* of referral.events, all partitions; -1: not known */
	int64_t lag_ms;            /* age of the oldest record that it has not read; 0: none; -1: not known */
	int64_t fence_lag_records; /* changelog end - fence, the worst partition; -1: not known */
	uint32_t fences_live;
	int64_t clock_skew_ms; /* this machine's clock against the broker's */
	int64_t asked_at_ms;
};

/* Where a record lies in its topic. */
struct gateway_place {
	int32_t partition;
	int64_t offset;
};

#endif
