/* The daemon's two threads, its listener and a scraper, on the broker and Redis in memory of the runtime's
 * tests. The tsan preset shows what they may touch. */
#include "daemon/clock.h"
#include "daemon/listener.h"
#include "daemon/measures.h"
#include "daemon/workers.h"
#include "toy.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

struct fixture {
	struct toy toy;
	struct hub_log *log;
	struct hub_metrics *metrics;
	struct hub_listener listener;
	struct hub_observer observer;
	struct hub_span_queue *spans;
	uint64_t spans_seen;
	struct hub_workers *workers;
	int null;
	int done[2];
};

static struct fixture fixture;

static int setup(void **state)
{
	struct fixture *f = &fixture;
	*f = (struct fixture){ .null = open("/dev/null", O_WRONLY) };
	assert_int_equal(pipe(f->done), 0);
	f->log = hub_log_new(f->null, HUB_LOG_DEBUG, HUB_LOG_LOGFMT, "toy");
	f->metrics = hub_measures_new();
	f->spans = hub_span_queue_new(8); /* fewer than there will be */
	f->listener = (struct hub_listener){
		.log = f->log, .metrics = f->metrics, .spans = f->spans, .group = "toy"
	};
	f->observer = hub_listener_observer(&f->listener);
	toy_init(&f->toy);
	f->toy.broker.now_us = hub_system_clock()->monotonic_us(NULL);
	f->toy.options.follow_inline = false;
	f->toy.options.idle_us = 2000;
	f->toy.options.skew_ms = INT64_MAX / 4; /* the broker in memory has a clock of its own */
	f->toy.options.observer = &f->observer;
	f->toy.options.trace_percent = 100;
	toy_load_registry(&f->toy);
	toy_start_on(&f->toy, "01", hub_system_clock());
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	toy_done(&f->toy);
	hub_span_queue_free(f->spans);
	hub_metrics_free(f->metrics);
	hub_log_free(f->log);
	close(f->null);
	close(f->done[0]);
	close(f->done[1]);
	return 0;
}

static void tell_done(void *user)
{
	struct fixture *f = user;
	assert_int_equal(write(f->done[1], "", 1), 1);
}

static bool is_done(struct fixture *f, int wait_ms)
{
	struct pollfd end = { f->done[0], POLLIN, 0 };
	return poll(&end, 1, wait_ms) == 1;
}

/* As the exporter does, on the main thread. */
static void take_spans(struct fixture *f)
{
	struct hub_span spans[3];
	uint32_t count;
	while ((count = hub_span_queue_take(f->spans, spans, 3)) > 0) {
		f->spans_seen += count;
		for (uint32_t i = 0; i < count; i++)
			assert_string_equal(spans[i].name, "process toy.events");
	}
	f->spans_seen += hub_span_queue_dropped(f->spans);
}

static void scrape(struct fixture *f)
{
	struct hub_runtime_status status;
	struct hub_buf out;
	hub_runtime_status(f->toy.runtime, &status);
	hub_buf_init(&out, 1 << 20);
	hub_metrics_write(f->metrics, &out);
	hub_buf_done(&out);
	take_spans(f);
}

static bool shows(struct fixture *f, const char *line)
{
	struct hub_buf out;
	hub_buf_init(&out, 1 << 20);
	hub_metrics_write(f->metrics, &out);
	hub_buf_byte(&out, '\0');
	bool found = strstr(out.data, line) != NULL;
	hub_buf_done(&out);
	return found;
}

static void they_stop_when_asked(void **state)
{
	struct fixture *f = *state;
	struct hub_error error;
	for (int i = 0; i < 40; i++)
		toy_event(&f->toy, i % 2, "n", "");
	assert_int_equal(hub_workers_start(f->toy.runtime, NULL, tell_done, f, &f->workers, &error), HUB_OK);
	for (int i = 0; i < 400 && !shows(f, "outcome=\"decided\"} 40\n"); i++) {
		scrape(f);
		assert_false(is_done(f, 25));
	}
	assert_true(shows(f, "outcome=\"decided\"} 40\n"));
	hub_workers_stop(f->workers);
	assert_true(is_done(f, 10000));
	assert_int_equal(hub_workers_join(f->workers, &error), HUB_OK);
	assert_true(hub_workers_done(f->workers, 10000));
	take_spans(f);
	assert_int_equal(f->spans_seen, 40);
	toy_expect_redis_is_fold(&f->toy, 0);
	toy_expect_redis_is_fold(&f->toy, 1);
}

static void they_end_by_themselves_when_they_must(void **state)
{
	struct fixture *f = *state;
	struct hub_error error = { 0 };
	f->toy.member->fail_call = CALL_COMMIT;
	f->toy.member->fail_code = HUB_E_UNKNOWN;
	f->toy.member->fail_times = 1;
	assert_int_equal(hub_workers_start(f->toy.runtime, NULL, tell_done, f, &f->workers, &error), HUB_OK);
	assert_true(is_done(f, 20000));
	assert_int_equal(hub_workers_join(f->workers, &error), HUB_E_UNKNOWN);
	assert_int_equal(error.code, HUB_E_UNKNOWN);
	assert_true(hub_workers_done(f->workers, 10000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(they_stop_when_asked, setup, teardown),
		cmocka_unit_test_setup_teardown(they_end_by_themselves_when_they_must, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
