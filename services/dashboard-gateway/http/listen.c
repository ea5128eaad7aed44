#include "dashboard-gateway/http/listen.h"

#include "admin/admin.h"
#include "base/calendar.h"
#include "dashboard-gateway/feed/feed.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/stream.h"
#include "dashboard-gateway/view/json.h"

#include <inttypes.h>

/* ---- the feed ---- */

static void on_registry(void *user, const struct hub_registry *registry)
{
	struct gateway *gateway = user;
	struct referral_policy *before = gateway->policy;
	gateway->registry = registry;
	gateway->policy = referral_policy_new(registry, hub_day_of(gateway_now_ms()));
	gateway->changes++;
	gateway_streams_registry(gateway->streams);
	referral_policy_free(before);
	hub_log(gateway->log, HUB_LOG_REGISTRY, hub_log_int("version", hub_registry_version(registry)));
}

static void on_hot(void *user)
{
	struct gateway *gateway = user;
	gateway_stories_follow(gateway->stories, gateway->hot, gateway_now_ms());
}

static void on_decision(void *user, int32_t partition, int64_t offset, const struct hub_schema *schema,
        const void *record, bool old)
{
	struct gateway *gateway = user;
	(void)old;
	gateway_stories_add(gateway->stories, partition, offset, schema, record);
	gateway_heard_decision(gateway->heard, schema, record);
	gateway->changes++;
}

static void on_acknowledgement(void *user, const void *record)
{
	struct gateway *gateway = user;
	gateway_alerts_acknowledged(gateway->alerts, record);
	gateway->changes++;
}

static void on_dead_letter(void *user, const struct hub_kafka_event *event)
{
	struct gateway *gateway = user;
	gateway_letters_add(gateway->letters, event);
	gateway->changes++;
}

/* Lags change all the time; what is told at once is what changes the page's word for it. */
static void on_state(void *user)
{
	struct gateway *gateway = user;
	struct gateway_feed_state state;
	if (!gateway->feed)
		return;
	gateway_feed_state(gateway->feed, &state);
	if (state.ready != gateway->told.ready)
		hub_log(gateway->log, state.ready ? HUB_LOG_READY : HUB_LOG_NOT_READY,
		        hub_log_int("partitions", state.partitions), hub_log_int("whole", state.whole));
	bool changed = state.ready != gateway->told.ready || state.redis_away != gateway->told.redis_away ||
	               state.kafka_away != gateway->told.kafka_away || state.whole != gateway->told.whole ||
	               (state.history_percent == 100) != (gateway->told.history_percent == 100);
	gateway->told = state;
	if (!changed)
		return;
	gateway->changes++;
	gateway_streams_health(gateway->streams);
}

int gateway_open_feed(struct gateway *gateway, struct hub_kafka_properties kafka, struct hub_error *reterr)
{
	const struct gateway_options *options = gateway->options;
	const struct gateway_feed_options feed = {
		.base = gateway->base,
		.kafka = kafka,
		.topic_prefix = options->topic_prefix,
		.redis = {
			.address = options->redis_address,
			.username = options->redis_username,
			.password = options->redis_password,
			.tls = options->redis_tls,
			.tls_ca = options->redis_tls_ca,
			.database = (int)options->redis_database,
			.timeout_ms = (int)options->redis_timeout_ms,
		},
		.history_ms = options->history_days * HUB_DAY_MS,
		.hot = gateway->hot,
		.listener = {
			.user = gateway,
			.registry = on_registry,
			.hot = on_hot,
			.decision = on_decision,
			.acknowledgement = on_acknowledgement,
			.dead_letter = on_dead_letter,
			.state = on_state,
		},
		.log = gateway->log,
	};
	return gateway_feed_new(&feed, &gateway->feed, reterr);
}

/* ---- probes and metrics ---- */

static void on_metrics(void *user, struct hub_buf *out)
{
	struct gateway *gateway = user;
	gateway_measures_look(gateway);
	hub_metrics_write(gateway->metrics, out);
}

/* The loop that answers is the loop that works. */
static bool on_live(void *user, struct hub_buf *text, struct hub_buf *json)
{
	(void)user;
	hub_buf_text(text, "alive\n");
	hub_buf_text(json, "{\"live\":true}\n");
	return true;
}

static const char *reason_of(const struct gateway *gateway, const struct gateway_feed_state *state)
{
	if (gateway->stopping)
		return "stopping";
	if (state->registry_version < 0)
		return "the registry is empty or not read yet";
	return state->ready ? "" : "the state is being read";
}

static bool on_ready(void *user, struct hub_buf *text, struct hub_buf *out)
{
	struct gateway *gateway = user;
	struct gateway_feed_state state;
	gateway_feed_state(gateway->feed, &state);
	const char *reason = reason_of(gateway, &state);
	bool ready = !*reason;
	const char *store = state.redis_away ? "away" : "whole", *kafka = state.kafka_away ? "away" : "there";
	hub_buf_printf(text,
	        "%s%s\npartitions: %u, whole: %u\nregistry version: %" PRId64
	        "\nRedis: %s\nKafka: %s\nhistory: %u %%\n",
	        ready ? "ready" : "not ready: ", reason, state.partitions, state.whole,
	        state.registry_version, store, kafka, state.history_percent);
	struct gateway_json json = gateway_json(out);
	gateway_json_object(&json, NULL);
	gateway_json_bool(&json, "ready", ready);
	gateway_json_text(&json, "reason", hub_str_from(reason));
	gateway_json_object(&json, "partitions");
	gateway_json_int(&json, "owned", state.partitions);
	gateway_json_int(&json, "restoring", (int64_t)state.partitions - state.whole);
	gateway_json_int(&json, "stopped", 0);
	gateway_json_end_object(&json);
	gateway_json_int(&json, "registry_version", state.registry_version);
	gateway_json_object(&json, "hot_state");
	gateway_json_bool(&json, "whole", !state.redis_away);
	gateway_json_text(&json, "reason", hub_str_from(state.redis_away ? "Redis is away" : ""));
	gateway_json_end_object(&json);
	gateway_json_end_object(&json);
	hub_buf_byte(out, '\n');
	return ready;
}

int gateway_open_admin(struct gateway *gateway, struct hub_error *reterr)
{
	const struct hub_admin_options admin = {
		.listen = gateway->options->admin_listen,
		.user = gateway,
		.metrics = on_metrics,
		.live = on_live,
		.ready = on_ready,
	};
	return hub_admin_new(gateway->base, &admin, &gateway->admin, reterr);
}
