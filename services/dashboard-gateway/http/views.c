/* GET of what there is to see: each resource of view.h with position, entity tag and link to the next page. */
#include "dashboard-gateway/http/views.h"
#include "base/calendar.h"
#include "base/hash.h"
#include "dashboard-gateway/http/bodies.h"
#include "dashboard-gateway/http/etag.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/handlers.h"
#include "dashboard-gateway/http/reply.h"

#include <inttypes.h>
#include <stdio.h>

enum { ANSWER_BYTES = 8 << 20, LINK_BYTES = 16 << 10, KEY_BYTES = 32 << 10 };

typedef int list_fn(const struct gateway_world *world, const struct gateway_viewer *viewer,
        const struct gateway_param *params, uint32_t count, struct hub_buf *out, struct hub_buf *ret_next,
        struct hub_error *reterr);
typedef int whole_fn(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_buf *out, struct hub_error *reterr);
typedef int one_fn(const struct gateway_world *world, const struct gateway_viewer *viewer, struct hub_str id,
        struct hub_buf *out, struct hub_error *reterr);

bool gateway_refuse_unready(struct gateway_exchange *exchange, const struct gateway_world *world)
{
	const struct gateway_problem problem = {
		.id = GATEWAY_PROBLEM_NOT_READY,
		.detail = "the state is being read for the first time",
		.retry_s = 2,
	};
	if (world->feed.ready)
		return false;
	gateway_refuse(exchange, &problem);
	return true;
}

/* What is seen follows from rows (seq), from what else changes, and from the time: deadlines pass. */
static void tag_of(const struct gateway_exchange *exchange, const struct gateway_world *world, uint64_t seq,
        char etag[GATEWAY_ETAG_MAX])
{
	char class[GATEWAY_CLASS_MAX], rest[64];
	uint64_t hash = hub_hash(HUB_HASH_START, gateway_viewer_class(&exchange->identity.viewer, class));
	int len = snprintf(rest, sizeof(rest), "|%" PRIu64 "|%" PRId64, exchange->gateway->changes,
	        world->now_ms / HUB_MINUTE_MS);
	hash = hub_hash(hash, (struct hub_str){ rest, (uint32_t)len });
	snprintf(etag, GATEWAY_ETAG_MAX, "\"%" PRIu64 ".%" PRIu64 ".%016" PRIx64 "\"", world->epoch, seq,
	        hash);
}

bool gateway_not_modified(struct gateway_exchange *exchange, const struct gateway_world *world)
{
	char etag[GATEWAY_ETAG_MAX], position[GATEWAY_ETAG_MAX];
	uint64_t seq = gateway_hot_seq(world->hot);
	snprintf(position, sizeof(position), "%" PRIu64 ".%" PRIu64, world->epoch, seq);
	gateway_header(exchange, "Stream-Position", position);
	gateway_header(exchange, "Cache-Control", "private, no-cache");
	gateway_header(exchange, "Vary", "Cookie, Authorization");
	tag_of(exchange, world, seq, etag);
	gateway_header(exchange, "ETag", etag);
	if (!gateway_etag_listed(gateway_request_header(exchange, "If-None-Match"), hub_str_from(etag), true))
		return false;
	gateway_reply_empty(exchange, 304);
	return true;
}

void gateway_refuse_view(struct gateway_exchange *exchange, int code, const struct hub_error *err)
{
	if (code == HUB_E_NOT_FOUND)
		gateway_refuse_plainly(exchange, GATEWAY_PROBLEM_NOT_FOUND,
		        "there is no such thing, or it is not yours to see");
	else if (code == HUB_E_REFUSED)
		gateway_refuse_plainly(exchange, GATEWAY_PROBLEM_FORBIDDEN, err->text);
	else
		gateway_refuse_error(exchange, GATEWAY_PROBLEM_INVALID_QUERY, err);
}

static void put_link(struct gateway_exchange *exchange, struct hub_str next)
{
	const struct gateway_target *target = &exchange->target;
	struct hub_buf link;
	hub_buf_init(&link, LINK_BYTES);
	hub_buf_byte(&link, '<');
	hub_buf_str(&link, target->path);
	hub_buf_text(&link, "?cursor=");
	gateway_target_escape(next, &link);
	for (uint32_t i = 0; i < target->param_count; i++) {
		if (hub_str_is(target->params[i].name, "cursor"))
			continue;
		hub_buf_byte(&link, '&');
		gateway_target_escape(target->params[i].name, &link);
		hub_buf_byte(&link, '=');
		gateway_target_escape(target->params[i].value, &link);
	}
	hub_buf_bytes(&link, ">; rel=\"next\"", sizeof(">; rel=\"next\""));
	if (!hub_buf_failed(&link))
		gateway_header(exchange, "Link", link.data);
	hub_buf_done(&link);
}

/* Parameters that a resource does not have are a mistake, not something to pass over. */
static bool refuse_params(struct gateway_exchange *exchange)
{
	struct hub_error err = { 0 };
	if (!exchange->target.param_count)
		return false;
	hub_error_set(&err, HUB_E_INVALID, "query", "this resource has no parameters");
	gateway_refuse_error(exchange, GATEWAY_PROBLEM_INVALID_QUERY, &err);
	return true;
}

/* What a body follows from: who sees it, the state, the second (what is overdue), and what was asked. */
static void key_of(
        const struct gateway_exchange *exchange, const struct gateway_world *world, struct hub_buf *key)
{
	const struct gateway_target *target = &exchange->target;
	char etag[GATEWAY_ETAG_MAX];
	tag_of(exchange, world, gateway_hot_seq(world->hot), etag);
	hub_buf_printf(key, "%s %" PRId64 " ", etag, world->now_ms / HUB_SECOND_MS);
	hub_buf_str(key, target->path);
	for (uint32_t i = 0; i < target->param_count; i++) {
		hub_buf_byte(key, '&');
		gateway_target_escape(target->params[i].name, key);
		hub_buf_byte(key, '=');
		gateway_target_escape(target->params[i].value, key);
	}
}

static void answer(struct gateway_exchange *exchange, struct hub_buf *body, struct hub_str next)
{
	if (next.len)
		put_link(exchange, next);
	gateway_reply_json(exchange, 200, body);
}

static bool answer_again(struct gateway_exchange *exchange, const struct hub_buf *key)
{
	struct hub_str known, next;
	struct hub_buf body;
	if (hub_buf_failed(key) ||
	        !gateway_bodies_find(exchange->gateway->bodies, hub_buf_slice(key), &known, &next))
		return false;
	hub_buf_init(&body, ANSWER_BYTES);
	hub_buf_str(&body, known);
	answer(exchange, &body, next);
	return true;
}

static void answer_anew(struct gateway_exchange *exchange, const struct hub_buf *key, struct hub_buf *body,
        const struct hub_buf *next)
{
	if (!hub_buf_failed(key) && !hub_buf_failed(body))
		gateway_bodies_keep(exchange->gateway->bodies, hub_buf_slice(key), hub_buf_slice(body),
		        hub_buf_slice(next));
	answer(exchange, body, hub_buf_slice(next));
}

/* One of the two. */
static void show(struct gateway_exchange *exchange, list_fn *list, whole_fn *whole)
{
	struct gateway_world world = gateway_world(exchange->gateway);
	const struct gateway_viewer *viewer = &exchange->identity.viewer;
	const struct gateway_target *target = &exchange->target;
	struct hub_error err = { 0 };
	struct hub_buf key, body, next;
	if ((whole && refuse_params(exchange)) || gateway_refuse_unready(exchange, &world) ||
	        gateway_not_modified(exchange, &world))
		return;
	hub_buf_init(&key, KEY_BYTES);
	hub_buf_init(&next, LINK_BYTES);
	key_of(exchange, &world, &key);
	if (!answer_again(exchange, &key)) {
		hub_buf_init(&body, ANSWER_BYTES);
		int code =
		        list ? list(&world, viewer, target->params, target->param_count, &body, &next, &err)
		             : whole(&world, viewer, &body, &err);
		if (code) {
			hub_buf_done(&body);
			gateway_refuse_view(exchange, code, &err);
		} else {
			answer_anew(exchange, &key, &body, &next);
		}
	}
	hub_buf_done(&key);
	hub_buf_done(&next);
}

static void list(struct gateway_exchange *exchange, list_fn *view)
{
	show(exchange, view, NULL);
}

static void whole(struct gateway_exchange *exchange, whole_fn *view)
{
	show(exchange, NULL, view);
}

static void one(struct gateway_exchange *exchange, one_fn *view)
{
	struct gateway_world world = gateway_world(exchange->gateway);
	struct hub_error err = { 0 };
	struct hub_buf body;
	hub_buf_init(&body, ANSWER_BYTES);
	int code = view(&world, &exchange->identity.viewer, exchange->subject, &body, &err);
	if (!code) {
		gateway_reply_json(exchange, 200, &body);
		return;
	}
	hub_buf_done(&body);
	gateway_refuse_view(exchange, code, &err);
}

void gateway_handle_referrals(struct gateway_exchange *exchange)
{
	list(exchange, gateway_view_referrals);
}

void gateway_handle_slots(struct gateway_exchange *exchange)
{
	list(exchange, gateway_view_slots);
}

void gateway_handle_beds(struct gateway_exchange *exchange)
{
	list(exchange, gateway_view_beds);
}

void gateway_handle_dead_letters(struct gateway_exchange *exchange)
{
	list(exchange, gateway_view_dead_letters);
}

void gateway_handle_organisations(struct gateway_exchange *exchange)
{
	whole(exchange, gateway_view_organisations);
}

void gateway_handle_overview(struct gateway_exchange *exchange)
{
	whole(exchange, gateway_view_overview);
}

void gateway_handle_alerts(struct gateway_exchange *exchange)
{
	whole(exchange, gateway_view_alerts);
}

void gateway_handle_freshness(struct gateway_exchange *exchange)
{
	whole(exchange, gateway_view_freshness);
}

void gateway_handle_answer(struct gateway_exchange *exchange)
{
	struct gateway_world world = gateway_world(exchange->gateway);
	if (!refuse_params(exchange) && !gateway_refuse_unready(exchange, &world) &&
	        !gateway_not_modified(exchange, &world))
		one(exchange, gateway_view_answer);
}

/* Its tag is that of its row: what If-Match of an event is held against. */
void gateway_handle_referral(struct gateway_exchange *exchange)
{
	struct gateway_world world = gateway_world(exchange->gateway);
	char text[GATEWAY_ETAG_MAX];
	if (refuse_params(exchange) || gateway_refuse_unready(exchange, &world))
		return;
	const struct gateway_referral *row = gateway_hot_referral(world.hot, exchange->subject);
	if (row && gateway_shows_referral(&exchange->identity.viewer, world.policy, row)) {
		snprintf(text, sizeof(text), "%" PRIu64 ".%" PRIu64, world.epoch, gateway_hot_seq(world.hot));
		gateway_header(exchange, "Stream-Position", text);
		gateway_header(exchange, "Cache-Control", "private, no-cache");
		gateway_header(exchange, "Vary", "Cookie, Authorization");
		gateway_referral_tag(&world, row, text);
		gateway_header(exchange, "ETag", text);
		if (gateway_etag_listed(
		            gateway_request_header(exchange, "If-None-Match"), hub_str_from(text), true)) {
			gateway_reply_empty(exchange, 304);
			return;
		}
	}
	one(exchange, gateway_view_referral);
}

void gateway_referral_tag(const struct gateway_world *world, const struct gateway_referral *referral,
        char etag[GATEWAY_ETAG_MAX])
{
	snprintf(etag, GATEWAY_ETAG_MAX, "\"%" PRIu64 ".%" PRIu64 "\"", world->epoch, referral->row.seq);
}

void gateway_handle_allowed_events(struct gateway_exchange *exchange)
{
	struct gateway_world world = gateway_world(exchange->gateway);
	struct hub_str org = gateway_target_param(&exchange->target, "org");
	bool other =
	        exchange->target.param_count > 1 ||
	        (exchange->target.param_count == 1 && !hub_str_is(exchange->target.params[0].name, "org"));
	struct hub_error err = { 0 };
	if (other) {
		hub_error_set(&err, HUB_E_INVALID, "query", "the one parameter here is org");
		gateway_refuse_error(exchange, GATEWAY_PROBLEM_INVALID_QUERY, &err);
		return;
	}
	if (exchange->target.param_count && !hub_str_eq(org, exchange->identity.viewer.org_id)) {
		gateway_refuse_plainly(
		        exchange, GATEWAY_PROBLEM_FORBIDDEN, "only your own organisation can be asked for");
		return;
	}
	if (gateway_refuse_unready(exchange, &world))
		return;
	gateway_header(exchange, "Cache-Control", "no-store");
	one(exchange, gateway_view_allowed);
}
