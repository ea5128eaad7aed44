#include "feed_world.h"

#include "base/check.h"
#include "dashboard-gateway/feed/clock.h"

#include <event2/event.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TOMBSTONES = 100 };

struct feed_world *feed_world_new(void)
{
	static char prefix[] = "t.";
	struct feed_world *world = calloc(1, sizeof(*world));
	hub_check(world);
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set_log_cb(conf, NULL);
	world->host = rd_kafka_new(RD_KAFKA_PRODUCER, conf, NULL, 0);
	world->cluster = rd_kafka_mock_cluster_new(world->host, 1);
	world->property = (struct hub_kafka_property){ "bootstrap.servers",
		rd_kafka_mock_cluster_bootstraps(world->cluster) };
	world->log_fd = memfd_create("log", MFD_CLOEXEC);
	world->feed = (struct gateway_feed){
		.base = event_base_new(),
		.hot = gateway_hot_new(TOMBSTONES),
		.log = hub_log_new(world->log_fd, HUB_LOG_INFO, HUB_LOG_LOGFMT, "test"),
		.prefix = prefix,
		.properties = &world->property,
		.property_count = 1,
	};
	return world;
}

void feed_world_free(struct feed_world *world)
{
	hub_log_free(world->feed.log);
	gateway_hot_free(world->feed.hot);
	event_base_free(world->feed.base);
	rd_kafka_mock_cluster_destroy(world->cluster);
	rd_kafka_destroy(world->host);
	close(world->log_fd);
	free(world);
}

const char *feed_world_log(struct feed_world *world)
{
	ssize_t len = pread(world->log_fd, world->log, sizeof(world->log) - 1, 0);
	world->log[len > 0 ? len : 0] = '\0';
	return world->log;
}

void feed_world_topic(struct feed_world *world, const char *name, int partitions)
{
	char full[GATEWAY_NAME_MAX];
	hub_check(rd_kafka_mock_topic_create(
	                  world->cluster, gateway_feed_name(&world->feed, name, full), partitions, 1) == 0);
}

void feed_world_broker(struct feed_world *world, bool up)
{
	if (up)
		rd_kafka_mock_broker_set_up(world->cluster, 1);
	else
		rd_kafka_mock_broker_set_down(world->cluster, 1);
}

bool feed_world_run(struct feed_world *world, const bool *condition, int most_ms)
{
	int64_t until_us = gateway_steady_us() + most_ms * INT64_C(1000);
	while (!*condition && gateway_steady_us() < until_us) {
		event_base_loopexit(world->feed.base, &(struct timeval){ 0, 5000 });
		event_base_loop(world->feed.base, EVLOOP_ONCE);
	}
	return *condition;
}

bool feed_world_run_to(struct feed_world *world, const int *count, int wanted, int most_ms)
{
	const bool never = false;
	int64_t until_us = gateway_steady_us() + most_ms * INT64_C(1000);
	while (*count < wanted && gateway_steady_us() < until_us)
		(void)feed_world_run(world, &never, 5);
	return *count >= wanted;
}
