#include "metrics/metrics.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { EVENTS, READY, SECONDS };

static const double buckets[] = { 0.1, 1, 0 };
static const struct hub_metric_spec specs[] = {
	{ HUB_COUNTER, "hub_events_total", "Events.", { "record", "outcome" }, NULL },
	{ HUB_GAUGE, "hub_ready", "Ready.", { NULL }, NULL },
	{ HUB_HISTOGRAM, "hub_seconds", "Seconds.", { NULL }, buckets },
};

static int setup(void **state)
{
	*state = hub_metrics_new(specs, 3);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	hub_metrics_free(*state);
	return 0;
}

static void assert_text(struct hub_metrics *metrics, const char *expected)
{
	struct hub_buf out;
	hub_buf_init(&out, 1 << 20);
	hub_metrics_write(metrics, &out);
	hub_buf_byte(&out, '\0');
	assert_string_equal(out.data, expected);
	hub_buf_done(&out);
}

static void the_text_is_prometheus(void **state)
{
	struct hub_metrics *metrics = *state;
	const char *const routed[] = { "ReferralRequested", "decided" };
	const char *const odd[] = { "a\"b\\c\nd", "" };
	hub_metrics_add(metrics, EVENTS, routed, 3);
	hub_metrics_add(metrics, EVENTS, routed, 2);
	hub_metrics_add(metrics, EVENTS, odd, 1);
	hub_metrics_set(metrics, READY, NULL, 1);
	hub_metrics_observe(metrics, SECONDS, NULL, 0.1, 2);
	hub_metrics_observe(metrics, SECONDS, NULL, 0.5, 1);
	hub_metrics_observe(metrics, SECONDS, NULL, 7.25, 1);
	assert_text(metrics,
	        "# HELP hub_events_total Events.\n# TYPE hub_events_total counter\n"
	        "hub_events_total{record=\"ReferralRequested\",outcome=\"decided\"} 5\n"
	        "hub_events_total{record=\"a\\\"b\\\\c\\nd\",outcome=\"\"} 1\n"
	        "# HELP hub_ready Ready.\n# TYPE hub_ready gauge\nhub_ready 1\n"
	        "# HELP hub_seconds Seconds.\n# TYPE hub_seconds histogram\n"
	        "hub_seconds_bucket{le=\"0.1\"} 2\nhub_seconds_bucket{le=\"1\"} 3\n"
	        "hub_seconds_bucket{le=\"+Inf\"} 4\nhub_seconds_sum 7.95\nhub_seconds_count 4\n");
}

static void cleared_series_are_gone(void **state)
{
	struct hub_metrics *metrics = *state;
	const char *const labels[] = { "x", "y" };
	hub_metrics_add(metrics, EVENTS, labels, 1);
	hub_metrics_clear(metrics, EVENTS);
	hub_metrics_set(metrics, READY, NULL, 0);
	hub_metrics_clear(metrics, READY);
	assert_text(metrics, "# HELP hub_events_total Events.\n# TYPE hub_events_total counter\n"
	                     "# HELP hub_ready Ready.\n# TYPE hub_ready gauge\n"
	                     "# HELP hub_seconds Seconds.\n# TYPE hub_seconds histogram\n"
	                     "hub_seconds_bucket{le=\"0.1\"} 0\nhub_seconds_bucket{le=\"1\"} 0\n"
	                     "hub_seconds_bucket{le=\"+Inf\"} 0\nhub_seconds_sum 0\nhub_seconds_count 0\n");
	hub_metrics_add(metrics, EVENTS, labels, 1);
}

/* rate() sees no increase in a first value. */
static void counters_are_there_before_they_count(void **state)
{
	(void)state;
	static const struct hub_metric_spec lost[] = {
		{ HUB_COUNTER, "hub_lost_total", "Lost.", { NULL }, NULL },
		{ HUB_COUNTER, "hub_letters_total", "Letters.", { "reason" }, NULL },
		{ HUB_GAUGE, "hub_lag", "Lag.", { NULL }, NULL },
	};
	const char *const rule = "RULE";
	struct hub_metrics *metrics = hub_metrics_new(lost, 3);
	hub_metrics_add(metrics, 1, &rule, 0);
	assert_text(metrics, "# HELP hub_lost_total Lost.\n# TYPE hub_lost_total counter\nhub_lost_total 0\n"
	                     "# HELP hub_letters_total Letters.\n# TYPE hub_letters_total counter\n"
	                     "hub_letters_total{reason=\"RULE\"} 0\n"
	                     "# HELP hub_lag Lag.\n# TYPE hub_lag gauge\n");
	hub_metrics_free(metrics);
}

static void series_are_bounded(void **state)
{
	struct hub_metrics *metrics = *state;
	for (int i = 0; i < 3000; i++) {
		char name[16];
		const char *const labels[] = { name, "" };
		snprintf(name, sizeof(name), "%d", i);
		hub_metrics_add(metrics, EVENTS, labels, 1);
	}
	struct hub_buf out;
	hub_buf_init(&out, 1 << 20);
	hub_metrics_write(metrics, &out);
	hub_buf_byte(&out, '\0');
	assert_non_null(strstr(out.data, "{record=\"1999\""));
	assert_null(strstr(out.data, "{record=\"2000\""));
	hub_buf_done(&out);
}

static void *count_up(void *metrics)
{
	const char *const labels[] = { "x", "y" };
	for (int i = 0; i < 10000; i++)
		hub_metrics_add(metrics, EVENTS, labels, 1);
	return NULL;
}

static void threads_share_them(void **state)
{
	struct hub_metrics *metrics = *state;
	pthread_t threads[3];
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, count_up, metrics);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	struct hub_buf out;
	hub_buf_init(&out, 1 << 20);
	hub_metrics_write(metrics, &out);
	hub_buf_byte(&out, '\0');
	assert_non_null(strstr(out.data, "{record=\"x\",outcome=\"y\"} 30000\n"));
	hub_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_text_is_prometheus, setup, teardown),
		cmocka_unit_test_setup_teardown(cleared_series_are_gone, setup, teardown),
		cmocka_unit_test(counters_are_there_before_they_count),
		cmocka_unit_test_setup_teardown(series_are_bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(threads_share_them, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
