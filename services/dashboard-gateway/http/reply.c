#include "dashboard-gateway/http/reply.h"

#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/view/json.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>

enum { PROBLEM_BYTES = 16 << 10 };

static const struct {
	int status;
	const char *code, *title;
} problems[] = {
#define PROBLEM(id, status, code, title) { status, code, title },
#include "dashboard-gateway/http/problems.def"
#undef PROBLEM
};

void gateway_header(struct gateway_exchange *exchange, const char *name, const char *value)
{
	struct evkeyvalq *headers;
	if (!exchange->request)
		return;
	headers = evhttp_request_get_output_headers(exchange->request);
	evhttp_remove_header(headers, name);
	if (value)
		evhttp_add_header(headers, name, value);
}

void gateway_security_headers(struct gateway_exchange *exchange)
{
	gateway_header(exchange, "Content-Security-Policy",
	        "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src "
	        "'none'");
	gateway_header(exchange, "X-Content-Type-Options", "nosniff");
	gateway_header(exchange, "Referrer-Policy", "no-referrer");
	gateway_header(exchange, "Cross-Origin-Opener-Policy", "same-origin");
	gateway_header(exchange, "Cross-Origin-Resource-Policy", "same-origin");
}

static const char *phrase(int status)
{
	static const struct {
		int status;
		const char *text;
	} phrases[] = {
		{ 200, "OK" },
		{ 202, "Accepted" },
		{ 204, "No Content" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" },
		{ 409, "Conflict" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 503, "Service Unavailable" },
	};
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (phrases[i].status == status)
			return phrases[i].text;
	return "Error";
}

/* evhttp writes a Content-Length of its own where a body belongs; of HEAD it does not know how long it would be. */
static void send_off(struct gateway_exchange *exchange, int status, const char *type, struct evbuffer *bytes)
{
	if (exchange->request) {
		char length[24];
		gateway_security_headers(exchange);
		if (type)
			gateway_header(exchange, "Content-Type", type);
		if (exchange->head) {
			snprintf(length, sizeof(length), "%zu", bytes ? evbuffer_get_length(bytes) : 0);
			gateway_header(exchange, "Content-Length", length);
			bytes = NULL;
		}
		evhttp_send_reply(exchange->request, status, phrase(status), bytes);
		exchange->request = NULL;
	}
	gateway_exchange_end(exchange, status);
}

static void release(const void *data, size_t len, void *user)
{
	(void)len;
	(void)user;
	union {
		const void *in;
		void *out;
	} cast = { data };
	free(cast.out);
}

void gateway_reply(struct gateway_exchange *exchange, int status, const char *type, struct hub_buf *body)
{
	struct evbuffer *bytes = evbuffer_new();
	if (!bytes || hub_buf_failed(body)) {
		hub_buf_done(body);
		status = problems[GATEWAY_PROBLEM_NOT_READY].status;
		type = NULL;
	} else if (body->data) {
		evbuffer_add_reference(bytes, body->data, body->len, release, NULL);
		*body = (struct hub_buf){ 0 };
	}
	send_off(exchange, status, type, bytes);
	if (bytes)
		evbuffer_free(bytes);
}

void gateway_reply_json(struct gateway_exchange *exchange, int status, struct hub_buf *body)
{
	gateway_reply(exchange, status, "application/json; charset=utf-8", body);
}

void gateway_reply_empty(struct gateway_exchange *exchange, int status)
{
	send_off(exchange, status, NULL, NULL);
}

void gateway_reply_borrowed(struct gateway_exchange *exchange, const char *type, struct hub_str body)
{
	struct evbuffer *bytes = evbuffer_new();
	if (bytes)
		evbuffer_add_reference(bytes, body.data, body.len, NULL, NULL);
	send_off(exchange, bytes ? 200 : 503, type, bytes);
	if (bytes)
		evbuffer_free(bytes);
}

static void put_trace_id(const struct gateway_exchange *exchange, struct gateway_json *json)
{
	char text[HUB_TRACE_ID_TEXT];
	hub_trace_id_text(&exchange->trace, text);
	gateway_json_text(json, "trace_id", hub_str_from(text));
}

static void put_problem(
        const struct gateway_exchange *exchange, const struct gateway_problem *problem, struct hub_buf *out)
{
	struct gateway_json json = gateway_json(out);
	const char *code = problems[problem->id].code, *title = problems[problem->id].title;
	char type[64];
	snprintf(type, sizeof(type), "urn:hub:%s", code);
	gateway_json_object(&json, NULL);
	gateway_json_text(&json, "type", hub_str_from(type));
	gateway_json_text(&json, "title", hub_str_from(title));
	gateway_json_int(&json, "status", problems[problem->id].status);
	gateway_json_text(&json, "detail", hub_str_from(problem->detail ? problem->detail : title));
	gateway_json_text(&json, "code", hub_str_from(code));
	gateway_json_str(&json, "rule", hub_str_from(problem->rule));
	gateway_json_array(&json, "errors");
	if (problem->text) {
		gateway_json_object(&json, NULL);
		gateway_json_text(&json, "place", hub_str_from(problem->place));
		gateway_json_text(&json, "text", hub_str_from(problem->text));
		gateway_json_end_object(&json);
	}
	gateway_json_end_array(&json);
	put_trace_id(exchange, &json);
	gateway_json_end_object(&json);
}

void gateway_refuse(struct gateway_exchange *exchange, const struct gateway_problem *problem)
{
	struct hub_buf body;
	char seconds[16];
	int status = problems[problem->id].status;
	hub_buf_init(&body, PROBLEM_BYTES);
	put_problem(exchange, problem, &body);
	if (problem->retry_s) {
		snprintf(seconds, sizeof(seconds), "%u", problem->retry_s);
		gateway_header(exchange, "Retry-After", seconds);
	}
	if (status == 401)
		gateway_header(exchange, "WWW-Authenticate", "Bearer");
	/* Of what was about to be shown; 412 tells the tag that holds now. */
	if (status != 412)
		gateway_header(exchange, "ETag", NULL);
	gateway_header(exchange, "Cache-Control", "no-store");
	gateway_reply(exchange, status, "application/problem+json", &body);
}

void gateway_refuse_error(
        struct gateway_exchange *exchange, enum gateway_problem_id id, const struct hub_error *err)
{
	const struct gateway_problem problem = {
		.id = id,
		.detail = err->text,
		.place = err->place,
		.text = err->place[0] ? err->text : NULL,
	};
	gateway_refuse(exchange, &problem);
}

void gateway_refuse_plainly(struct gateway_exchange *exchange, enum gateway_problem_id id, const char *detail)
{
	const struct gateway_problem problem = { .id = id, .detail = detail };
	gateway_refuse(exchange, &problem);
}
