/* POST .../acknowledgements: somebody at a control centre has taken an alert on. */
#include "base/check.h"
#include "dashboard-gateway/feed/feed.h"
#include "dashboard-gateway/http/body.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/handlers.h"
#include "dashboard-gateway/http/reply.h"
#include "dashboard-gateway/http/tracing.h"
#include "dashboard-gateway/http/views.h"
#include "wire/framing.h"

#include <stdlib.h>

enum { BYTES = 16 << 10, RECORD_BYTES = 128 << 10 /* most of it members */, RETRY_S = 3 };

/* What is answered once Kafka has it. */
struct acknowledging {
	struct gateway_exchange *exchange;
	struct hub_buf answer;
};

static void on_published(void *user, int32_t partition, int64_t offset, const struct hub_error *err)
{
	struct acknowledging *a = user;
	const struct gateway_problem problem = {
		.id = GATEWAY_PROBLEM_KAFKA_AWAY,
		.detail = "Kafka has not confirmed it: try again",
		.retry_s = RETRY_S,
	};
	(void)partition;
	(void)offset;
	gateway_header(a->exchange, "Cache-Control", "no-store");
	if (err->code)
		gateway_refuse(a->exchange, &problem);
	else
		gateway_reply_json(a->exchange, 202, &a->answer);
	hub_buf_done(&a->answer);
	free(a);
}

static void publish(struct gateway_exchange *exchange, const struct hub_alert_acknowledged *record)
{
	struct gateway *gateway = exchange->gateway;
	struct acknowledging *a = calloc(1, sizeof(*a));
	char trace[HUB_TRACEPARENT_LEN + 1];
	const struct hub_header header = gateway_trace_header(exchange, trace);
	struct hub_buf value;
	struct hub_error err = { 0 };
	hub_buf_init(&value, RECORD_BYTES);
	if (!a || hub_frame_encode(&hub_alert_acknowledged_schema, record, &value, &err)) {
		gateway_refuse_error(exchange, GATEWAY_PROBLEM_INVALID, &err);
		free(a);
	} else {
		a->exchange = exchange;
		hub_buf_init(&a->answer, BYTES);
		gateway_view_acknowledgement(record, &a->answer);
		gateway_feed_publish(gateway->feed, "dashboard-gateway.acknowledgements", record->alert_id,
		        hub_buf_slice(&value), &header, 1, (int)gateway->options->publish_timeout_ms,
		        on_published, a);
	}
	hub_buf_done(&value);
}

/* The note; *ret stays empty when there is none. False: it is no text, or something else is there. */
static bool take_note(json_t *json, struct hub_str *ret)
{
	json_t *note = json_object_get(json, "note");
	if (json_object_size(json) != (note ? 1 : 0) || (note && !json_is_string(note)))
		return false;
	if (note)
		*ret = (struct hub_str){ json_string_value(note), (uint32_t)json_string_length(note) };
	return true;
}

static void refuse(struct gateway_exchange *exchange, const struct hub_error *err)
{
	if (err->code == HUB_E_NOT_FOUND)
		gateway_refuse_plainly(exchange, GATEWAY_PROBLEM_NOT_FOUND, err->text);
	else if (err->code == HUB_E_REFUSED)
		gateway_refuse_plainly(exchange, GATEWAY_PROBLEM_FORBIDDEN, err->text);
	else
		gateway_refuse_error(exchange, GATEWAY_PROBLEM_INVALID, err);
}

void gateway_handle_acknowledge(struct gateway_exchange *exchange)
{
	struct gateway_world world = gateway_world(exchange->gateway);
	struct hub_alert_acknowledged record;
	struct hub_error err = { 0 };
	struct hub_str note = { NULL, 0 };
	if (gateway_refuse_unready(exchange, &world))
		return;
	json_t *json = gateway_body_json(exchange, &err);
	if (!json) {
		gateway_refuse_error(exchange, GATEWAY_PROBLEM_MALFORMED, &err);
		return;
	}
	struct gateway_members *members = calloc(1, sizeof(*members));
	hub_check(members);
	if (!take_note(json, &note))
		hub_error_set(&err, HUB_E_INVALID, "note", "expected a text, and nothing else");
	else
		gateway_alerts_acknowledge(
		        &world, &exchange->identity.viewer, exchange->subject, note, members, &record, &err);
	if (err.code)
		refuse(exchange, &err);
	else
		publish(exchange, &record);
	free(members);
	json_decref(json);
}
