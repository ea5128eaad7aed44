#include "otlp/exporter.h"

#include "base/check.h"
#include "otlp/endpoint.h"

#include <event2/buffer.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	QUEUE_SPANS = 4096,
	BATCH_SPANS = 512,
	BODY_BYTES = 4 << 20,
	ANSWER_BYTES = 64 << 10,
	LOOK_MS = 500,
	ANSWER_SECONDS = 10,
	PAUSE_MIN_S = 1, /* after a failure, doubled until */
	PAUSE_MAX_S = 60,
	TELL_EVERY_S = 60,
};

struct hub_exporter {
	struct hub_exporter_options options;
	struct hub_otlp_endpoint endpoint;
	struct hub_span_queue *queue;
	struct evdns_base *dns;
	struct evhttp_connection *connection;
	struct event *look;
	struct hub_span batch[BATCH_SPANS]; /* being sent, or to be sent again */
	uint32_t batch_count;
	bool asked;          /* an answer is awaited */
	const char *trouble; /* of the request under way; a literal */
	int64_t pause_s;     /* 0: all is well */
	int64_t again_at_s;
	int64_t told_at_s; /* when it was last logged; 0: never */
	uint64_t dropped;  /* since then */
};

static int64_t now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void count(struct hub_exporter *exporter, const char *outcome, uint64_t spans)
{
	hub_metrics_add(exporter->options.metrics, exporter->options.metric, &outcome, (double)spans);
}

static void drop(struct hub_exporter *exporter, uint64_t spans)
{
	if (spans)
		count(exporter, "dropped", spans);
	exporter->dropped += spans;
}

static void tell(struct hub_exporter *exporter, const char *text)
{
	if (exporter->told_at_s && now_s() - exporter->told_at_s < TELL_EVERY_S)
		return;
	hub_log(exporter->options.log, HUB_LOG_SPANS_NOT_TAKEN,
	        hub_log_text("endpoint", exporter->options.endpoint), hub_log_text("text", text),
	        hub_log_int("dropped", (int64_t)exporter->dropped));
	exporter->told_at_s = now_s();
	exporter->dropped = 0;
}

static void hold_off(struct hub_exporter *exporter)
{
	int64_t longer = exporter->pause_s * 2;
	exporter->pause_s = longer < PAUSE_MIN_S ? PAUSE_MIN_S : longer > PAUSE_MAX_S ? PAUSE_MAX_S : longer;
	exporter->again_at_s = now_s() + exporter->pause_s;
}

/* As the specification says: these mean "later", other failures mean "never this". */
static bool is_for_later(int status)
{
	return status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
}

static void failed(struct hub_exporter *exporter, int status)
{
	char text[64];
	if (!is_for_later(status)) {
		drop(exporter, exporter->batch_count);
		exporter->batch_count = 0;
	}
	hold_off(exporter);
	snprintf(text, sizeof(text), "its answer is %d", status);
	tell(exporter, status ? text : exporter->trouble);
}

static void on_trouble(enum evhttp_request_error error, void *user)
{
	static const char *const texts[] = {
		[EVREQ_HTTP_TIMEOUT] = "it does not answer in time",
		[EVREQ_HTTP_EOF] = "it closes the connection",
		[EVREQ_HTTP_INVALID_HEADER] = "its answer is not HTTP",
		[EVREQ_HTTP_BUFFER_ERROR] = "the connection broke",
		[EVREQ_HTTP_REQUEST_CANCEL] = "the request was given up",
		[EVREQ_HTTP_DATA_TOO_LONG] = "its answer is too long",
	};
	struct hub_exporter *exporter = user;
	if ((size_t)error < sizeof(texts) / sizeof(texts[0]))
		exporter->trouble = texts[error];
}

static void on_answer(struct evhttp_request *request, void *user)
{
	struct hub_exporter *exporter = user;
	int status = request ? evhttp_request_get_response_code(request) : 0;
	exporter->asked = false;
	if (status < 200 || status > 299) {
		failed(exporter, status);
		return;
	}
	count(exporter, "sent", exporter->batch_count);
	exporter->batch_count = 0;
	exporter->pause_s = 0;
	event_active(exporter->look, EV_TIMEOUT, 0); /* there may be more */
}

static bool put_body(struct hub_exporter *exporter, struct evhttp_request *request)
{
	struct hub_buf body;
	hub_buf_init(&body, BODY_BYTES);
	hub_otlp_json(&exporter->options.resource, exporter->batch, exporter->batch_count, &body);
	bool good = !hub_buf_failed(&body) &&
	            evbuffer_add(evhttp_request_get_output_buffer(request), body.data, body.len) == 0;
	hub_buf_done(&body);
	return good;
}

static void send_batch(struct hub_exporter *exporter)
{
	struct evhttp_request *request = evhttp_request_new(on_answer, exporter);
	if (!request)
		return; /* later */
	if (!put_body(exporter, request)) {
		evhttp_request_free(request);
		return;
	}
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
	evhttp_add_header(headers, "Host", exporter->endpoint.authority);
	evhttp_add_header(headers, "Content-Type", "application/json");
	evhttp_request_set_error_cb(request, on_trouble);
	exporter->trouble = "it cannot be reached";
	exporter->asked = true;
	/* Whatever becomes of it is told to on_answer, but for this. */
	if (evhttp_make_request(exporter->connection, request, EVHTTP_REQ_POST, exporter->endpoint.path) !=
	                0 &&
	        exporter->asked) {
		exporter->asked = false;
		failed(exporter, 0);
	}
}

static void on_look(evutil_socket_t fd, short what, void *user)
{
	struct hub_exporter *exporter = user;
	(void)fd;
	(void)what;
	drop(exporter, hub_span_queue_dropped(exporter->queue));
	if (exporter->asked || (exporter->pause_s && now_s() < exporter->again_at_s))
		return;
	if (exporter->batch_count == 0)
		exporter->batch_count = hub_span_queue_take(exporter->queue, exporter->batch, BATCH_SPANS);
	if (exporter->batch_count > 0)
		send_batch(exporter);
}

/* Without nameservers an address in digits still works. */
static struct evdns_base *make_dns(struct event_base *base)
{
	struct evdns_base *dns =
	        evdns_base_new(base, EVDNS_BASE_INITIALIZE_NAMESERVERS | EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	return dns ? dns : evdns_base_new(base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
}

static bool set_up(struct hub_exporter *exporter)
{
	const struct timeval look = { 0, LOOK_MS * 1000 };
	struct event_base *base = exporter->options.base;
	exporter->queue = hub_span_queue_new(QUEUE_SPANS);
	exporter->dns = make_dns(base);
	if (!exporter->dns)
		return false;
	exporter->connection = evhttp_connection_base_new(
	        base, exporter->dns, exporter->endpoint.host, exporter->endpoint.port);
	exporter->look = event_new(base, -1, EV_PERSIST, on_look, exporter);
	if (!exporter->connection || !exporter->look)
		return false;
	evhttp_connection_set_timeout(exporter->connection, ANSWER_SECONDS);
	evhttp_connection_set_max_body_size(exporter->connection, ANSWER_BYTES);
	evhttp_connection_set_max_headers_size(exporter->connection, ANSWER_BYTES);
	return event_add(exporter->look, &look) == 0;
}

int hub_exporter_new(
        const struct hub_exporter_options *options, struct hub_exporter **ret, struct hub_error *reterr)
{
	struct hub_otlp_endpoint endpoint;
	int code = hub_otlp_endpoint_parse(options->endpoint, &endpoint, reterr);
	if (code)
		return code;
	struct hub_exporter *exporter = calloc(1, sizeof(*exporter));
	hub_check(exporter != NULL);
	exporter->options = *options;
	exporter->endpoint = endpoint;
	if (!set_up(exporter)) {
		hub_exporter_free(exporter);
		return hub_error_set(reterr, HUB_E_FATAL, "trace.otlp_endpoint", "cannot be set up");
	}
	*ret = exporter;
	return HUB_OK;
}

void hub_exporter_free(struct hub_exporter *exporter)
{
	if (!exporter)
		return;
	if (exporter->look)
		event_free(exporter->look);
	if (exporter->connection)
		evhttp_connection_free(exporter->connection);
	if (exporter->dns)
		evdns_base_free(exporter->dns, 0);
	hub_span_queue_free(exporter->queue);
	free(exporter);
}

struct hub_span_queue *hub_exporter_queue(struct hub_exporter *exporter)
{
	return exporter->queue;
}
