/* The exporter against a receiver on the same loop that answers as each test wants it. */
#include "otlp/endpoint.h"
#include "otlp/exporter.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { LIMIT_S = 20 };

struct world {
	struct event_base *base;
	struct evhttp *http;
	struct evhttp_bound_socket *bound;
	struct hub_log *log;
	int log_ends[2];
	struct hub_metrics *metrics;
	struct hub_exporter *exporter;
	char endpoint[64];
	int status;        /* of answers */
	uint32_t requests; /* so far */
	uint32_t spans;    /* in them, those that were taken */
};

static const struct hub_metric_spec specs[] = {
	{ HUB_COUNTER, "hub_spans_total", "", { "outcome", NULL }, NULL },
};

static void on_request(struct evhttp_request *request, void *user)
{
	struct world *world = user;
	struct evbuffer *input = evhttp_request_get_input_buffer(request);
	assert_string_equal(evhttp_request_get_uri(request), "/v1/traces");
	assert_int_equal(evhttp_request_get_command(request), EVHTTP_REQ_POST);
	assert_string_equal(evhttp_find_header(evhttp_request_get_input_headers(request), "Content-Type"),
	        "application/json");
	world->requests++;
	struct evbuffer_ptr at = { 0 };
	for (evbuffer_ptr_set(input, &at, 0, EVBUFFER_PTR_SET);;
	        evbuffer_ptr_set(input, &at, 1, EVBUFFER_PTR_ADD)) {
		at = evbuffer_search(input, "\"spanId\"", 8, &at);
		if (at.pos < 0)
			break;
		world->spans += world->status == 200;
	}
	evhttp_send_reply(request, world->status, NULL, NULL);
}

static void set_up(struct world *world)
{
	struct sockaddr_in address;
	ev_socklen_t len = sizeof(address);
	*world = (struct world){ .base = event_base_new(), .status = 200 };
	world->http = evhttp_new(world->base);
	evhttp_set_gencb(world->http, on_request, world);
	world->bound = evhttp_bind_socket_with_handle(world->http, "127.0.0.1", 0);
	assert_non_null(world->bound);
	assert_int_equal(
	        getsockname(evhttp_bound_socket_get_fd(world->bound), (struct sockaddr *)&address, &len), 0);
	snprintf(world->endpoint, sizeof(world->endpoint), "http://127.0.0.1:%d", ntohs(address.sin_port));
	assert_int_equal(pipe(world->log_ends), 0);
	world->log = hub_log_new(world->log_ends[1], HUB_LOG_DEBUG, HUB_LOG_LOGFMT, "d");
	world->metrics = hub_metrics_new(specs, 1);
	const struct hub_exporter_options options = {
		.base = world->base,
		.endpoint = world->endpoint,
		.resource = { "d", "1", "i" },
		.log = world->log,
		.metrics = world->metrics,
	};
	assert_int_equal(hub_exporter_new(&options, &world->exporter, NULL), HUB_OK);
}

static void tear_down(struct world *world)
{
	hub_exporter_free(world->exporter);
	if (world->http)
		evhttp_free(world->http);
	event_base_free(world->base);
	hub_metrics_free(world->metrics);
	hub_log_free(world->log);
	close(world->log_ends[0]);
	close(world->log_ends[1]);
}

static void push(struct world *world, uint32_t count)
{
	struct hub_span span = { .trace = { { 1 }, { 2 }, 1 }, .kind = HUB_SPAN_SERVER };
	for (uint32_t i = 0; i < count; i++)
		hub_span_queue_push(hub_exporter_queue(world->exporter), &span);
}

static bool shows(struct world *world, const char *outcome, uint32_t count)
{
	char line[100];
	struct hub_buf out;
	hub_buf_init(&out, 1 << 16);
	hub_metrics_write(world->metrics, &out);
	hub_buf_byte(&out, '\0');
	snprintf(line, sizeof(line), "hub_spans_total{outcome=\"%s\"} %u\n", outcome, count);
	bool found = strstr(out.data, line) != NULL;
	hub_buf_done(&out);
	return found;
}

/* Turns the loop until the metric shows it. */
static void wait_for(struct world *world, const char *outcome, uint32_t count)
{
	time_t until = time(NULL) + LIMIT_S;
	while (!shows(world, outcome, count)) {
		assert_true(time(NULL) < until);
		event_base_loop(world->base, EVLOOP_ONCE);
	}
}

static void wait_for_requests(struct world *world, uint32_t count)
{
	time_t until = time(NULL) + LIMIT_S;
	while (world->requests < count) {
		assert_true(time(NULL) < until);
		event_base_loop(world->base, EVLOOP_ONCE);
	}
}

/* Lines so far, none of which waits. */
static int lines(struct world *world, char *text, size_t room)
{
	int count = 0;
	size_t len = 0;
	struct timeval none = { 0, 0 };
	fd_set set;
	FD_ZERO(&set);
	FD_SET(world->log_ends[0], &set);
	if (select(world->log_ends[0] + 1, &set, NULL, NULL, &none) == 1)
		len = (size_t)read(world->log_ends[0], text, room - 1);
	text[len] = '\0';
	for (const char *at = text; *at; at++)
		count += *at == '\n';
	return count;
}

static void spans_are_sent_in_batches(void **state)
{
	(void)state;
	struct world world;
	char text[4096];
	set_up(&world);
	push(&world, 1200);
	wait_for(&world, "sent", 1200);
	assert_int_equal(world.spans, 1200);
	assert_int_equal(world.requests, 3); /* 512, 512, 176 */
	push(&world, 1);
	wait_for(&world, "sent", 1201);
	assert_int_equal(lines(&world, text, sizeof(text)), 0);
	tear_down(&world);
}

static void what_has_no_room_is_dropped_and_counted(void **state)
{
	(void)state;
	struct world world;
	set_up(&world);
	push(&world, 5000);
	wait_for(&world, "dropped", 5000 - 4096);
	wait_for(&world, "sent", 4096);
	tear_down(&world);
}

static void a_receiver_that_is_busy_is_asked_again(void **state)
{
	(void)state;
	struct world world;
	char text[4096];
	set_up(&world);
	world.status = 503;
	push(&world, 10);
	wait_for_requests(&world, 2); /* the second one after a pause */
	world.status = 200;
	wait_for(&world, "sent", 10);
	assert_int_equal(world.spans, 10);
	assert_true(world.requests >= 3);
	assert_int_equal(lines(&world, text, sizeof(text)), 1); /* a minute */
	assert_non_null(strstr(text, "code=SPANS_NOT_TAKEN"));
	assert_non_null(strstr(text, "its answer is 503"));
	tear_down(&world);
}

static void what_a_receiver_refuses_is_not_sent_again(void **state)
{
	(void)state;
	struct world world;
	set_up(&world);
	world.status = 400;
	push(&world, 10);
	wait_for(&world, "dropped", 10);
	world.status = 200;
	push(&world, 2);
	wait_for(&world, "sent", 2);
	assert_int_equal(world.spans, 2);
	tear_down(&world);
}

static void a_receiver_that_is_away_costs_spans_and_a_line(void **state)
{
	(void)state;
	struct world world;
	char text[4096];
	int count;
	set_up(&world);
	evhttp_free(world.http);
	world.http = NULL;
	push(&world, 4096 + 512);
	time_t until = time(NULL) + LIMIT_S;
	while ((count = lines(&world, text, sizeof(text))) == 0 && time(NULL) < until)
		event_base_loop(world.base, EVLOOP_ONCE);
	assert_int_equal(count, 1);
	assert_non_null(strstr(text, "it cannot be reached"));
	assert_true(shows(&world, "dropped", 512));
	assert_false(shows(&world, "sent", 0));
	tear_down(&world);
}

static void an_endpoint_is_what_the_specification_calls_one(void **state)
{
	(void)state;
	static const char *const wrong[] = { "collector", "collector:4318", "https://collector", "http://",
		"http://user@collector", "http://collector?x=1", "http://collector:0",
		"http://collector:99999", "ftp://collector" };
	struct hub_otlp_endpoint endpoint;
	assert_int_equal(hub_otlp_endpoint_parse("http://collector", &endpoint, NULL), HUB_OK);
	assert_string_equal(endpoint.host, "collector");
	assert_int_equal(endpoint.port, 4318);
	assert_string_equal(endpoint.path, "/v1/traces");
	assert_int_equal(hub_otlp_endpoint_parse("http://[::1]:9/tempo/", &endpoint, NULL), HUB_OK);
	assert_string_equal(endpoint.host, "::1");
	assert_string_equal(endpoint.authority, "[::1]:9");
	assert_string_equal(endpoint.path, "/tempo/v1/traces");
	assert_int_equal(hub_otlp_endpoint_check("", NULL), HUB_OK);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (hub_otlp_endpoint_check(wrong[i], NULL) != HUB_E_INVALID)
			fail_msg("%s was taken", wrong[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_are_sent_in_batches),
		cmocka_unit_test(what_has_no_room_is_dropped_and_counted),
		cmocka_unit_test(a_receiver_that_is_busy_is_asked_again),
		cmocka_unit_test(what_a_receiver_refuses_is_not_sent_again),
		cmocka_unit_test(a_receiver_that_is_away_costs_spans_and_a_line),
		cmocka_unit_test(an_endpoint_is_what_the_specification_calls_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
