/* What a part of the feed needs to run alone: a loop, a log, and librdkafka's mock brokers or a Redis that says what it is told. */
#ifndef TESTS_GATEWAY_FEED_FEED_WORLD_H
#define TESTS_GATEWAY_FEED_FEED_WORLD_H

#include "dashboard-gateway/feed/inside.h"

#include <librdkafka/rdkafka_mock.h>

struct feed_world {
	struct gateway_feed feed;
	struct hub_kafka_property property;
	rd_kafka_t *host;
	rd_kafka_mock_cluster_t *cluster; /* one broker */
	char log[65536];                  /* what was logged, after feed_world_log */
	int log_fd;
};

struct feed_world *feed_world_new(void);
void feed_world_free(struct feed_world *world);
const char *feed_world_log(struct feed_world *world);

/* A topic of so many partitions, "t." before its name. */
void feed_world_topic(struct feed_world *world, const char *name, int partitions);
void feed_world_broker(struct feed_world *world, bool up);

/* Runs the loop until *condition, or for so long; the condition at the end. */
bool feed_world_run(struct feed_world *world, const bool *condition, int most_ms);
/* The same until *count has come to wanted. */
bool feed_world_run_to(struct feed_world *world, const int *count, int wanted, int most_ms);

#endif
