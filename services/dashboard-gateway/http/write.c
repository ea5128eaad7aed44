/* POST .../events: what a desk does in the page becomes the event that its hospital's system would send. */
#include "base/hash.h"
#include "dashboard-gateway/feed/feed.h"
#include "dashboard-gateway/http/body.h"
#include "dashboard-gateway/http/etag.h"
#include "dashboard-gateway/http/event.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/handlers.h"
#include "dashboard-gateway/http/repeats.h"
#include "dashboard-gateway/http/reply.h"
#include "dashboard-gateway/http/tracing.h"
#include "dashboard-gateway/http/views.h"
#include "dashboard-gateway/view/json.h"

#include <sodium.h>
#include <stdio.h>

enum { KEY_MAX = 64, ARENA_BYTES = 4 << 20, BODY_BYTES = 4096, ID_BYTES = 16, RETRY_S = 3 };

/* One request on its way through the checks; each answers when it says no. */
struct writing {
	struct gateway_exchange *exchange;
	struct gateway_world world;
	const struct gateway_referral *referral;
	json_t *json;
	const char *type;
	uint64_t content;
	char event_id[GATEWAY_EVENT_ID_MAX];
};

static bool refuse_place(
        struct gateway_exchange *exchange, enum gateway_problem_id id, const char *place, const char *text)
{
	struct hub_error err = { 0 };
	hub_error_set(&err, HUB_E_INVALID, place, "%s", text);
	gateway_refuse_error(exchange, id, &err);
	return false;
}

/* The id follows from user and key: the same request again is the same event (I-8). */
static void derive_id(struct writing *w, struct hub_str key)
{
	unsigned char hash[ID_BYTES];
	crypto_generichash_state state;
	const struct hub_str parts[] = { hub_str_from(w->exchange->identity.user),
		w->exchange->identity.viewer.org_id, key };
	crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].len)
			crypto_generichash_update(&state, (const unsigned char *)parts[i].data, parts[i].len);
		crypto_generichash_update(&state, (const unsigned char *)"\0", 1);
	}
	crypto_generichash_final(&state, hash, sizeof(hash));
	size_t at = (size_t)snprintf(w->event_id, sizeof(w->event_id), "%s", GATEWAY_EVENT_PREFIX);
	sodium_bin2hex(w->event_id + at, sizeof(w->event_id) - at, hash, sizeof(hash));
}

static bool take_key(struct writing *w)
{
	struct hub_str key = gateway_request_header(w->exchange, "Idempotency-Key");
	bool valid = key.len > 0 && key.len <= KEY_MAX;
	for (uint32_t i = 0; valid && i < key.len; i++)
		valid = key.data[i] > ' ' && key.data[i] <= '~';
	if (!valid)
		return refuse_place(w->exchange, GATEWAY_PROBLEM_INVALID, "Idempotency-Key",
		        "expected a header of 1 to 64 visible ASCII characters, another one for each event");
	derive_id(w, key);
	return true;
}

static bool take_body(struct writing *w)
{
	struct hub_error err = { 0 };
	struct hub_str body = gateway_request_body(w->exchange);
	w->content = hub_hash(hub_hash(HUB_HASH_START, w->exchange->subject), body);
	w->json = gateway_body_json(w->exchange, &err);
	if (!w->json) {
		gateway_refuse_error(w->exchange, GATEWAY_PROBLEM_MALFORMED, &err);
		return false;
	}
	w->type = json_string_value(json_object_get(w->json, "type"));
	if (!w->type)
		return refuse_place(w->exchange, GATEWAY_PROBLEM_INVALID, "type", "is missing: which event?");
	return true;
}

static bool take_referral(struct writing *w)
{
	w->referral = gateway_hot_referral(w->world.hot, w->exchange->subject);
	if (w->referral &&
	        gateway_shows_referral(&w->exchange->identity.viewer, w->world.policy, w->referral))
		return true;
	gateway_refuse_plainly(w->exchange, GATEWAY_PROBLEM_NOT_FOUND,
	        "there is no such referral, or it is not yours to see");
	return false;
}

static void reply_accepted(struct gateway_exchange *exchange, const char *type, const char *event_id)
{
	struct hub_buf body;
	hub_buf_init(&body, BODY_BYTES);
	struct gateway_json json = gateway_json(&body);
	gateway_json_object(&json, NULL);
	gateway_json_text(&json, "event_id", hub_str_from(event_id));
	gateway_json_text(&json, "referral_id", exchange->subject);
	gateway_json_text(&json, "type", hub_str_from(type));
	gateway_json_end_object(&json);
	gateway_header(exchange, "Cache-Control", "no-store");
	gateway_reply_json(exchange, 202, &body);
}

/* False: it was sent before, and is answered. */
static bool is_new(struct writing *w)
{
	struct hub_str id = hub_str_from(w->event_id);
	struct gateway_answer answer;
	switch (gateway_repeats_find(w->exchange->gateway->repeats, id, w->content)) {
	case GATEWAY_REPEAT_OTHER:
		return refuse_place(w->exchange, GATEWAY_PROBLEM_INVALID, "Idempotency-Key",
		        "was used before, for something else");
	case GATEWAY_REPEAT_SAME:
		reply_accepted(w->exchange, w->type, w->event_id);
		return false;
	case GATEWAY_REPEAT_NEW:
		break;
	}
	/* Sent before this process began, and answered. */
	if (!gateway_heard_answer(w->world.heard, w->exchange->identity.viewer.org_id, id, &answer))
		return true;
	if (!hub_str_eq(answer.referral_id, w->exchange->subject))
		return refuse_place(w->exchange, GATEWAY_PROBLEM_INVALID, "Idempotency-Key",
		        "was used before, for something else");
	reply_accepted(w->exchange, w->type, w->event_id);
	return false;
}

/* A process that has just begun may not know yet that this very event was sent, and is what changed the referral. */
static bool refuse_while_reading(struct writing *w)
{
	const struct gateway_problem problem = {
		.id = GATEWAY_PROBLEM_NOT_READY,
		.detail = "what was sent before is still being read: send it again with the same "
		          "Idempotency-Key",
		.retry_s = RETRY_S,
	};
	if (w->world.feed.history_percent >= 100)
		return false;
	gateway_refuse(w->exchange, &problem);
	return true;
}

static bool unchanged(struct writing *w)
{
	struct hub_str expected = gateway_request_header(w->exchange, "If-Match");
	char etag[GATEWAY_ETAG_MAX];
	gateway_referral_tag(&w->world, w->referral, etag);
	if (!expected.len || gateway_etag_listed(expected, hub_str_from(etag), false))
		return true;
	if (refuse_while_reading(w))
		return false;
	gateway_header(w->exchange, "ETag", etag);
	gateway_refuse_plainly(w->exchange, GATEWAY_PROBLEM_PRECONDITION_FAILED,
	        "the referral has changed since you read it: look at it again");
	return false;
}

/* The words of the "no": the state, and what would be possible. */
static void refuse_type(struct writing *w, json_t *allowed)
{
	char text[400];
	size_t at;
	json_t *each;
	int len =
	        snprintf(text, sizeof(text), "the referral is %.*s: %.40s is not possible for you; possible:",
	                HUB_STR_ARG(w->referral->state), w->type);
	json_array_foreach(allowed, at, each)
	{
		const char *name = json_string_value(json_object_get(each, "record"));
		if (name && len < (int)sizeof(text))
			len += snprintf(text + len, sizeof(text) - (size_t)len, "%s %s", at ? "," : "", name);
	}
	if (json_array_size(allowed) == 0 && len < (int)sizeof(text))
		snprintf(text + len, sizeof(text) - (size_t)len, " nothing");
	const struct gateway_problem problem = {
		.id = GATEWAY_PROBLEM_CONFLICT,
		.detail = text,
		.rule = w->referral->ended ? "REF-12" : "REF-18",
		.place = "type",
		.text = "not allowed now",
	};
	gateway_refuse(w->exchange, &problem);
}

/* REF-18, by the same answer that the page gets. */
static bool allowed(struct writing *w)
{
	struct hub_buf text;
	bool found = false;
	size_t at;
	json_t *each;
	hub_buf_init(&text, 1 << 20);
	int code = gateway_view_allowed(
	        &w->world, &w->exchange->identity.viewer, w->exchange->subject, &text, NULL);
	json_t *json = code || hub_buf_failed(&text) ? NULL : json_loadb(text.data, text.len, 0, NULL);
	json_t *list = json_object_get(json, "allowed");
	json_array_foreach(list, at, each)
	{
		const char *name = json_string_value(json_object_get(each, "record"));
		found = found || (name && strcmp(name, w->type) == 0);
	}
	if (!found && !refuse_while_reading(w))
		refuse_type(w, list);
	json_decref(json);
	hub_buf_done(&text);
	return found;
}

static void on_published(void *user, int32_t partition, int64_t offset, const struct hub_error *err)
{
	struct gateway_exchange *exchange = user;
	gateway_trace_sent(exchange, partition, offset, err);
	if (!err->code) {
		struct hub_str id = hub_str_from(exchange->event_ref);
		if (gateway_repeats_find(exchange->gateway->repeats, id, exchange->content) ==
		        GATEWAY_REPEAT_NEW)
			gateway_repeats_add(exchange->gateway->repeats, id, exchange->content);
		reply_accepted(exchange, exchange->schema->name, exchange->event_ref);
		return;
	}
	const struct gateway_problem problem = {
		.id = GATEWAY_PROBLEM_KAFKA_AWAY,
		.detail = "Kafka has not confirmed the event. Send it again with the same Idempotency-Key: "
		          "it counts once.",
		.retry_s = RETRY_S,
	};
	gateway_refuse(exchange, &problem);
}

static void publish(struct writing *w, struct hub_arena *arena)
{
	struct gateway_exchange *exchange = w->exchange;
	struct gateway *gateway = exchange->gateway;
	struct gateway_event event;
	struct hub_error err = { 0 };
	const struct gateway_event_source source = {
		.viewer = &exchange->identity.viewer,
		.referral = w->referral,
		.event_id = hub_str_from(w->event_id),
		.occurred_at = w->world.now_ms,
		.trace = &exchange->trace,
		.tracestate = gateway_trace_state(exchange),
	};
	if (gateway_event_build(&source, w->json, arena, &event, &err)) {
		gateway_refuse_error(exchange, GATEWAY_PROBLEM_INVALID, &err);
		return;
	}
	exchange->schema = event.schema;
	snprintf(exchange->event_ref, sizeof(exchange->event_ref), "%s", w->event_id);
	exchange->content = w->content;
	exchange->sent_us = gateway_now_us();
	gateway_heard_sent(gateway->heard, exchange->identity.viewer.org_id, source.event_id);
	gateway_feed_publish(gateway->feed, "referral.events", event.key, event.value, event.headers,
	        event.header_count, (int)gateway->options->publish_timeout_ms, on_published, exchange);
}

void gateway_handle_send_event(struct gateway_exchange *exchange)
{
	struct writing w = { .exchange = exchange, .world = gateway_world(exchange->gateway) };
	if (gateway_refuse_unready(exchange, &w.world))
		return;
	if (take_referral(&w) && take_key(&w) && take_body(&w) && is_new(&w) && unchanged(&w) &&
	        allowed(&w)) {
		struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
		publish(&w, arena);
		hub_arena_free(arena);
	}
	json_decref(w.json);
}
