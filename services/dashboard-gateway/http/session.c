/* /session and /me. */
#include "dashboard-gateway/http/body.h"
#include "dashboard-gateway/http/files.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/handlers.h"
#include "dashboard-gateway/http/reply.h"
#include "dashboard-gateway/http/stream.h"
#include "dashboard-gateway/view/json.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { COOKIE_BYTES = 4096, ME_BYTES = 16 << 10, NAME_BYTES = 200 };

static void set_cookie(struct gateway_exchange *exchange, struct hub_buf *cookie)
{
	hub_buf_byte(cookie, '\0');
	if (!hub_buf_failed(cookie))
		gateway_header(exchange, "Set-Cookie", cookie->data);
	hub_buf_done(cookie);
	gateway_header(exchange, "Cache-Control", "no-store");
}

static void refuse_login(struct gateway_exchange *exchange, const struct hub_error *err)
{
	const struct gateway_problem wait = {
		.id = GATEWAY_PROBLEM_TOO_MANY_REQUESTS,
		.detail = err->text,
		.retry_s = (uint32_t)strtoul(err->place, NULL, 10),
	};
	if (err->code == HUB_E_RETRY)
		gateway_refuse(exchange, &wait);
	else
		gateway_refuse_plainly(exchange, GATEWAY_PROBLEM_WRONG_CREDENTIALS, err->text);
}

static void on_checked(void *user, const struct gateway_identity *identity, const struct hub_error *err)
{
	struct gateway_exchange *exchange = user;
	struct hub_buf cookie;
	if (err->code) {
		refuse_login(exchange, err);
		return;
	}
	hub_buf_init(&cookie, COOKIE_BYTES);
	gateway_auth_cookie(exchange->gateway->auth, identity, exchange->secure, gateway_now_ms(), &cookie);
	set_cookie(exchange, &cookie);
	gateway_exchange_is(exchange, identity);
	gateway_reply_empty(exchange, 204);
}

/* The text of a member; NULL: it is missing, empty or too long. */
static const char *text_of(json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));
	return text && *text && strlen(text) <= NAME_BYTES ? text : NULL;
}

void gateway_handle_session_open(struct gateway_exchange *exchange)
{
	struct hub_error err = { 0 };
	json_t *json = gateway_body_json(exchange, &err);
	if (!json) {
		gateway_refuse_error(exchange, GATEWAY_PROBLEM_MALFORMED, &err);
		return;
	}
	const char *name = text_of(json, "user"), *password = text_of(json, "password");
	if (!name || !password || json_object_size(json) != 2) {
		hub_error_set(&err, HUB_E_INVALID, name ? "password" : "user",
		        "expected user and password as texts, and nothing else");
		gateway_refuse_error(exchange, GATEWAY_PROBLEM_INVALID, &err);
	} else {
		if (strlen(name) < sizeof(exchange->login_user) &&
		        gateway_auth_knows(exchange->gateway->auth, hub_str_from(name)))
			snprintf(exchange->login_user, sizeof(exchange->login_user), "%s", name);
		gateway_auth_login(exchange->gateway->auth, hub_str_from(name), hub_str_from(password),
		        hub_str_from(exchange->address), on_checked, exchange);
	}
	json_decref(json);
}

void gateway_handle_session_end(struct gateway_exchange *exchange)
{
	struct hub_buf cookie;
	hub_buf_init(&cookie, COOKIE_BYTES);
	gateway_auth_end(exchange->gateway->auth, &exchange->identity);
	gateway_streams_end(exchange->gateway->streams, &exchange->identity);
	gateway_auth_cookie_end(exchange->secure, &cookie);
	set_cookie(exchange, &cookie);
	gateway_reply_empty(exchange, 204);
}

static void put_county(const struct gateway *gateway, struct hub_str county_id, struct gateway_json *json)
{
	const struct hub_region *region = gateway_region(gateway, county_id);
	gateway_json_str(json, "county_id", county_id);
	gateway_json_str(json, "county_name", region ? region->name : (struct hub_str){ NULL, 0 });
}

static void put_me(const struct gateway_exchange *exchange, struct hub_buf *out)
{
	const struct gateway *gateway = exchange->gateway;
	const struct gateway_identity *identity = &exchange->identity;
	const struct gateway_viewer *viewer = &identity->viewer;
	const struct hub_organisation *org = referral_policy_org(gateway->policy, viewer->org_id);
	struct gateway_json json = gateway_json(out);
	char epoch[24];
	snprintf(epoch, sizeof(epoch), "%" PRIu64, gateway->epoch);
	gateway_json_object(&json, NULL);
	gateway_json_text(&json, "user", hub_str_from(identity->user));
	gateway_json_text(&json, "name", hub_str_from(identity->name));
	gateway_json_text(&json, "role", hub_str_from(gateway_role_name(viewer->role)));
	gateway_json_text(&json, "org_id", viewer->org_id);
	gateway_json_str(&json, "org_name", org ? org->name : (struct hub_str){ NULL, 0 });
	put_county(gateway, viewer->county_id, &json);
	gateway_json_str(&json, "consortium_id", viewer->consortium_id);
	gateway_json_bool(&json, "may_send", gateway_may_send(viewer));
	gateway_json_bool(&json, "may_control", gateway_may_control(viewer));
	gateway_json_bool(&json, "sees_operations", gateway_sees_operations(viewer));
	gateway_json_str(&json, "csrf_token", hub_str_from(identity->csrf_token));
	gateway_json_time(&json, "expires_at", identity->expires_at_ms);
	gateway_json_time(&json, "server_time", gateway_now_ms());
	gateway_json_text(&json, "build", hub_str_from(gateway_files_build(gateway->files)));
	gateway_json_text(&json, "epoch", hub_str_from(epoch));
	gateway_json_object(&json, "hub");
	gateway_json_text(&json, "name", hub_str_from(gateway->options->hub_name));
	gateway_json_end_object(&json);
	gateway_json_end_object(&json);
}

void gateway_handle_me(struct gateway_exchange *exchange)
{
	struct hub_buf body;
	hub_buf_init(&body, ME_BYTES);
	put_me(exchange, &body);
	gateway_header(exchange, "Cache-Control", "no-store");
	gateway_reply_json(exchange, 200, &body);
}
