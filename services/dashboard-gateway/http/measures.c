#include "dashboard-gateway/http/measures.h"

#include "daemon/process.h"
#include "dashboard-gateway/http/gateway.h"
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

struct hub_metrics *gateway_measures_new(void)
{
	return hub_metrics_new(specs, GATEWAY_MEASURES);
}

static void put_rows(const struct gateway *gateway)
{
	static const char *const kinds[GATEWAY_KINDS] = { "referral", "session", "beds", "foreign_hold" };
	for (int i = 0; i < GATEWAY_KINDS; i++)
		hub_metrics_set(gateway->metrics, GATEWAY_MEASURE_ROWS, &kinds[i],
		        gateway_hot_count(gateway->hot, (enum gateway_kind)i));
}

void gateway_measures_look(const struct gateway *gateway)
{
	struct hub_metrics *metrics = gateway->metrics;
	struct gateway_world world = gateway_world(gateway);
	put_rows(gateway);
	hub_metrics_set(
	        metrics, GATEWAY_MEASURE_CONNECTIONS, NULL, gateway_server_connections(gateway->server));
	hub_metrics_set(metrics, GATEWAY_MEASURE_STREAMS, NULL, gateway_streams_count(gateway->streams));
	hub_metrics_set(metrics, GATEWAY_MEASURE_FRAME_BYTES, NULL,
	        (double)gateway_streams_frame_bytes(gateway->streams));
	hub_metrics_set(metrics, GATEWAY_MEASURE_LAG_RECORDS, NULL, (double)world.feed.lag_records);
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
