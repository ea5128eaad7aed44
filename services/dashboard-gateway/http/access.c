#include "dashboard-gateway/http/access.h"

#include "base/calendar.h"
#include "dashboard-gateway/auth/audit.h"
#include "dashboard-gateway/feed/feed.h"
#include "dashboard-gateway/http/gateway.h"
#include "wire/cloudevent.h"
#include "wire/framing.h"

enum { ARENA_BYTES = 64 << 10, VALUE_BYTES = 16 << 10, TIMEOUT_MS = 30000 };

static enum hub_access_action action_of(enum gateway_action action)
{
	switch (action) {
	case GATEWAY_ACTION_CHANGE:
		return HUB_ACCESS_ACTION_CHANGE;
	case GATEWAY_ACTION_LOGIN:
		return HUB_ACCESS_ACTION_LOGIN;
	case GATEWAY_ACTION_LOGOUT:
		return HUB_ACCESS_ACTION_LOGOUT;
	case GATEWAY_ACTION_STREAM:
		return HUB_ACCESS_ACTION_STREAM;
	case GATEWAY_ACTION_READ:
	case GATEWAY_ACTION_NONE:
		break;
	}
	return HUB_ACCESS_ACTION_READ;
}

/* Told once a minute at most: when Kafka is away, every access fails. */
static void failed(struct gateway *gateway, const struct hub_error *err)
{
	int64_t now_ms = gateway_now_ms();
	hub_metrics_add(gateway->metrics, GATEWAY_MEASURE_AUDIT_FAILED, NULL, 1);
	if (now_ms - gateway->audit_told_ms < HUB_MINUTE_MS)
		return;
	gateway->audit_told_ms = now_ms;
	hub_log(gateway->log, HUB_LOG_AUDIT_LOST, hub_log_text("text", err->text));
}

static void on_published(void *user, int32_t partition, int64_t offset, const struct hub_error *err)
{
	(void)partition;
	(void)offset;
	if (err->code)
		failed(user, err);
}

static int publish(struct gateway *gateway, const struct hub_access_recorded *record, struct hub_arena *arena,
        struct hub_error *err)
{
	struct hub_header headers[HUB_CLOUDEVENT_HEADERS];
	struct hub_buf value;
	hub_buf_init(&value, VALUE_BYTES);
	int code = hub_frame_encode(&hub_access_recorded_schema, record, &value, err);
	if (!code && !hub_cloudevent_build(
	                     &hub_access_recorded_schema, record, "dashboard-gateway", arena, headers))
		code = hub_error_set(err, HUB_E_TOO_LARGE, "", "no room for the headers");
	if (!code)
		gateway_feed_publish(gateway->feed, GATEWAY_AUDIT_TOPIC, record->head.county_id,
		        hub_buf_slice(&value), headers, HUB_CLOUDEVENT_HEADERS, TIMEOUT_MS, on_published,
		        gateway);
	hub_buf_done(&value);
	return code;
}

void gateway_access_note(struct gateway_exchange *exchange, int status)
{
	struct gateway *gateway = exchange->gateway;
	const struct gateway_route *route = exchange->route;
	char trace[HUB_TRACE_ID_TEXT];
	struct hub_error err = { 0 };
	struct gateway_audit audit;
	if (!route || route->action == GATEWAY_ACTION_NONE || !gateway->feed)
		return;
	hub_trace_id_text(&exchange->trace, trace);
	const struct gateway_access access = {
		.resource = hub_str_from(route->path + sizeof("/api/v1") - 1),
		.subject = exchange->subject,
		.action = action_of(route->action),
		.status = status,
		.client = hub_str_from(exchange->address),
		.trace_id = hub_str_from(trace),
		.event_ref = hub_str_from(exchange->event_ref),
		.login_user = hub_str_from(exchange->login_user),
		.epoch = gateway->epoch,
		.number = ++gateway->accesses,
		.at_ms = gateway_now_ms(),
	};
	/* Of a login, a logout and what was refused nobody has asked yet. */
	if (exchange->known)
		(void)gateway_exchange_place(exchange);
	gateway_audit_fill(exchange->known ? &exchange->identity.viewer : NULL, &access, &audit);
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	if (publish(gateway, &audit.record, arena, &err))
		failed(gateway, &err);
	hub_arena_free(arena);
}
