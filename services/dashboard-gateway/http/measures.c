#include "dashboard-gateway/http/measures.h"

#include "daemon/process.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/routes.h"
#include "dashboard-gateway/http/server.h"
#include "dashboard-gateway/http/stream.h"

static const double seconds[] = { 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
	10, 0 };

static const struct hub_metric_spec specs[] = {
#define LABELS(...)                                                                                          \
	{                                                                                                    \
		__VA_ARGS__                                                                                  \
	}
#define METRIC(id, type, name, help, labels, buckets) { type, name, help, labels, buckets },
#include "dashboard-gateway/http/metrics.def"
#undef METRIC
#undef LABELS
};

/* Rare counters are there before they count. Of the answers it is 503 to somebody who writes. */
static void touch(struct hub_metrics *metrics)
{
	static const char *const cuts[] = { "slow_request", "slow_reader" };
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
		hub_metrics_add(metrics, GATEWAY_MEASURE_CUT, &cuts[i], 0);
	for (int i = 0; i < GATEWAY_ROUTES; i++) {
		const struct gateway_route *route = gateway_route_row((enum gateway_route_id)i);
		const char *const refused[] = { route->name, "503" };
		if (route->method == GATEWAY_METHOD_POST)
			hub_metrics_add(metrics, GATEWAY_MEASURE_REQUESTS, refused, 0);
	}
}

struct hub_metrics *gateway_measures_new(void)
{
	struct hub_metrics *metrics = hub_metrics_new(specs, GATEWAY_MEASURES);
	if (metrics)
		touch(metrics);
	return metrics;
}

static void put_rows(const struct gateway *gateway)
{
	static const char *const kinds[GATEWAY_KINDS] = { "referral", "session", "beds", "foreign_hold" };
	for (int i = 0; i < GATEWAY_KINDS; i++)
		hub_metrics_set(gateway->metrics, GATEWAY_MEASURE_ROWS, &kinds[i],
		        gateway_hot_count(gateway->hot, (enum gateway_kind)i));
}

/* While the past is being read everybody seems to have been silent since. */
static void put_publishers(const struct gateway *gateway, const struct gateway_world *world)
{
	uint32_t counts[] = { [GATEWAY_FRESH] = 0, [GATEWAY_LATE] = 0, [GATEWAY_SILENT] = 0 };
	struct gateway_publisher publisher;
	if (world->feed.history_percent < 100)
		return;
	for (size_t at = 0; gateway_heard_each(gateway->heard, world->now_ms, &at, &publisher);)
		counts[publisher.state]++;
	for (int i = GATEWAY_FRESH; i <= GATEWAY_SILENT; i++) {
		const char *const state = gateway_publisher_state_name((enum gateway_publisher_state)i);
		hub_metrics_set(gateway->metrics, GATEWAY_MEASURE_PUBLISHERS, &state, counts[i]);
	}
}

static void put_router(struct hub_metrics *metrics, const struct gateway_feed_state *feed)
{
	double lag_s = feed->lag_ms < 0 ? -1 : (double)feed->lag_ms / 1e3;
	hub_metrics_set(metrics, GATEWAY_MEASURE_LAG_RECORDS, NULL, (double)feed->lag_records);
	hub_metrics_set(metrics, GATEWAY_MEASURE_LAG_SECONDS, NULL, lag_s);
	hub_metrics_set(metrics, GATEWAY_MEASURE_CLOCK_SKEW, NULL, (double)feed->clock_skew_ms / 1e3);
}

void gateway_measures_look(const struct gateway *gateway)
{
	struct hub_metrics *metrics = gateway->metrics;
	struct gateway_world world = gateway_world(gateway);
	const struct gateway_options *limits = gateway->options;
	put_rows(gateway);
	put_publishers(gateway, &world);
	put_router(metrics, &world.feed);
	hub_metrics_set(
	        metrics, GATEWAY_MEASURE_CONNECTIONS, NULL, gateway_server_connections(gateway->server));
	hub_metrics_set(metrics, GATEWAY_MEASURE_STREAMS, NULL, gateway_streams_count(gateway->streams));
	hub_metrics_set(metrics, GATEWAY_MEASURE_FRAME_BYTES, NULL,
	        (double)gateway_streams_frame_bytes(gateway->streams));
	hub_metrics_set(metrics, GATEWAY_MEASURE_CONNECTIONS_LIMIT, NULL, (double)limits->connections);
	hub_metrics_set(metrics, GATEWAY_MEASURE_STREAMS_LIMIT, NULL, (double)limits->streams);
	hub_metrics_set(metrics, GATEWAY_MEASURE_READY, NULL, world.feed.ready);
	hub_metrics_set(metrics, GATEWAY_MEASURE_STORE_UP, NULL, !world.feed.redis_away);
	hub_metrics_set(metrics, GATEWAY_MEASURE_KAFKA_UP, NULL, !world.feed.kafka_away);
	hub_metrics_set(metrics, GATEWAY_MEASURE_REGISTRY_VERSION, NULL, (double)world.feed.registry_version);
	hub_process_measure(metrics, GATEWAY_MEASURE_BUILD_INFO);
}

void gateway_count_cut(const struct gateway *gateway, const char *why)
{
	hub_metrics_add(gateway->metrics, GATEWAY_MEASURE_CUT, &why, 1);
}
