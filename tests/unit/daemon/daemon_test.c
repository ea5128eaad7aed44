#include "daemon/arguments.h"
#include "daemon/clock.h"
#include "daemon/deadline.h"
#include "daemon/listener.h"
#include "daemon/measures.h"
#include "daemon/options.h"
#include "daemon/probes.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void arguments_are_few(void **state)
{
	(void)state;
	const char *const run[] = { "d", NULL };
	const char *const check[] = { "d", "--config", "x.conf", "--check", NULL };
	const char *const equals[] = { "d", "--config=y.conf", NULL };
	const char *const wrong[] = { "d", "--chekc", NULL };
	const char *const lone[] = { "d", "--config", NULL };
	assert_int_equal(hub_arguments_parse(1, run).verb, HUB_VERB_RUN);
	assert_int_equal(hub_arguments_parse(4, check).verb, HUB_VERB_CHECK);
	assert_string_equal(hub_arguments_parse(4, check).config, "x.conf");
	assert_string_equal(hub_arguments_parse(2, equals).config, "y.conf");
	assert_int_equal(hub_arguments_parse(2, wrong).verb, HUB_VERB_WRONG);
	assert_string_equal(hub_arguments_parse(2, wrong).mistake, "--chekc");
	assert_int_equal(hub_arguments_parse(2, lone).verb, HUB_VERB_WRONG);
}

/* Every default passes its own limits, and no two options share a variable. */
static void the_table_is_sound(void **state)
{
	(void)state;
	struct hub_daemon_options values;
	const struct hub_config_part part = hub_daemon_option_part(&values);
	const struct hub_config_sources none = { NULL, NULL, NULL, NULL };
	struct hub_config *config;
	assert_int_equal(hub_config_load(&none, &part, 1, &config, NULL), HUB_OK);
	assert_int_equal(values.batch_events, 20000);
	assert_int_equal(values.clock, 0);
	assert_string_equal(values.redis_address, "127.0.0.1:6379");
	for (uint32_t i = 0; i < part.count; i++)
		for (uint32_t j = i + 1; j < part.count; j++)
			assert_string_not_equal(part.options[i].name, part.options[j].name);
	hub_config_free(config);
}

static void wrong_values_are_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = { "HUB_REDIS_ADDRESS=localhost", "HUB_REDIS_ADDRESS=::1:6379",
		"HUB_REDIS_ADDRESS=unix:relative", "HUB_REDIS_ADDRESS=h:65536", "HUB_ADMIN_LISTEN=9464",
		"HUB_ADMIN_LISTEN=h:", "HUB_INSTANCE=a b", "HUB_TOPIC_PREFIX=a/", "HUB_LOG_LEVEL=loud",
		"HUB_CLOCK=", "HUB_BATCH_MS=0" };
	static const char *const right[] = { "HUB_REDIS_ADDRESS=[::1]:6379",
		"HUB_REDIS_ADDRESS=unix:/run/redis.sock", "HUB_ADMIN_LISTEN=[::]:9464",
		"HUB_INSTANCE=router-0", "HUB_TOPIC_PREFIX=" };
	struct hub_daemon_options values;
	const struct hub_config_part part = hub_daemon_option_part(&values);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]) + sizeof(right) / sizeof(right[0]); i++) {
		bool good = i >= sizeof(wrong) / sizeof(wrong[0]);
		const char *const environment[] = {
			good ? right[i - sizeof(wrong) / sizeof(wrong[0])] : wrong[i], NULL
		};
		const struct hub_config_sources sources = { NULL, environment, NULL, NULL };
		struct hub_config *config = NULL;
		int code = hub_config_load(&sources, &part, 1, &config, NULL);
		if ((code == HUB_OK) != good)
			fail_msg("%s", environment[0]);
		hub_config_free(config);
	}
}

/* A notice and its log code say the same with the same weight. */
static void notices_have_their_codes(void **state)
{
	(void)state;
	for (int i = 0; i <= HUB_NOTICE_STORE_BACK; i++) {
		enum hub_notice_code notice = (enum hub_notice_code)i;
		const struct hub_log_entry *entry = hub_log_entry(hub_listener_code(notice));
		assert_int_equal((int)entry->level, (int)hub_notice_severity(notice));
		if (notice != HUB_NOTICE_STOPPED) /* STOPPED is the whole daemon's in the log */
			assert_string_equal(entry->name, hub_notice_name(notice));
	}
}

static void the_listener_counts(void **state)
{
	(void)state;
	int null = open("/dev/null", O_WRONLY);
	struct hub_log *log = hub_log_new(null, HUB_LOG_DEBUG, HUB_LOG_LOGFMT, "d");
	struct hub_metrics *metrics = hub_measures_new();
	struct hub_listener listener = { .log = log, .metrics = metrics };
	struct hub_observer observer = hub_listener_observer(&listener);
	observer.events(observer.user, "SlotsOpened", "decided", 5);
	observer.lag(observer.user, "referral.events", 3, 17, 0.5);
	observer.fence(observer.user, 3, -1);
	observer.dead_letter(observer.user, "RULE");
	hub_measures_process(metrics);
	struct hub_buf out;
	hub_buf_init(&out, 1 << 20);
	hub_metrics_write(metrics, &out);
	hub_buf_byte(&out, '\0');
	assert_non_null(strstr(out.data, "hub_events_total{record=\"SlotsOpened\",outcome=\"decided\"} 5\n"));
	assert_non_null(strstr(out.data, "hub_lag_records{topic=\"referral.events\",partition=\"3\"} 17\n"));
	assert_non_null(strstr(out.data, "hub_fence_lag_records{partition=\"3\"} -1\n"));
	assert_non_null(strstr(out.data, "hub_dead_letters_total{reason=\"RULE\"} 1\n"));
	/* What is rare is there before it happens. */
	assert_non_null(strstr(out.data, "hub_dead_letters_total{reason=\"CRASHED\"} 0\n"));
	assert_non_null(strstr(out.data, "hub_transactions_total{outcome=\"aborted\"} 0\n"));
	assert_non_null(strstr(out.data, "hub_timer_late_seconds_count 0\n"));
	assert_non_null(strstr(out.data, "hub_store_up 1\n"));
	assert_non_null(strstr(out.data, "hub_spans_total{outcome=\"dropped\"} 0\n"));
	const struct hub_notice lost = { HUB_NOTICE_LOST, "referral.events", 3, -1, "", NULL };
	observer.notice(observer.user, &lost);
	hub_buf_reset(&out);
	hub_metrics_write(metrics, &out);
	hub_buf_byte(&out, '\0');
	assert_null(strstr(out.data, "hub_lag_records{"));
	hub_buf_done(&out);
	hub_metrics_free(metrics);
	hub_log_free(log);
	close(null);
}

static void probes_say_why(void **state)
{
	(void)state;
	struct hub_runtime_status status = { .ready = false,
		.reason = "broker says \"no\"",
		.partitions = 4,
		.restoring = 1,
		.suspects = 2,
		.registry_version = -1 };
	struct hub_buf text, json;
	hub_buf_init(&text, 4096);
	hub_buf_init(&json, 4096);
	hub_probe_ready(&status, "router-1", &text, &json);
	hub_buf_byte(&text, '\0');
	hub_buf_byte(&json, '\0');
	assert_non_null(strstr(text.data, "not ready: broker says \"no\"\n"));
	assert_string_equal(json.data,
	        "{\"ready\":false,\"reason\":\"broker says \\\"no\\\"\",\"partitions\":{\"owned\":4,"
	        "\"restoring\":1,\"stopped\":0},\"suspects\":2,\"registry_version\":-1,\"hot_state\":"
	        "{\"whole\":true,\"reason\":\"\"},\"instance\":\"router-1\"}\n");
	assert_non_null(strstr(text.data, "after a crash: 2 ranges are decided one at a time\n"));
	hub_buf_reset(&text);
	hub_buf_reset(&json);
	assert_true(hub_probe_live(1000000, 60000000, &text, &json));
	assert_false(hub_probe_live(60000000, 60000000, &text, &json));
	hub_buf_done(&text);
	hub_buf_done(&json);
}

static void readiness_of_a_worker_that_waits(void **state)
{
	(void)state;
	struct hub_runtime_status status = { .ready = true };
	hub_probe_waiting(4900000, &status);
	assert_true(status.ready);
	hub_probe_waiting(7200000, &status);
	assert_false(status.ready);
	assert_string_equal(status.reason, "waiting for an answer of Kafka for 7 s");
	status = (struct hub_runtime_status){ .reason = "restoring state" };
	hub_probe_waiting(7200000, &status);
	assert_string_equal(status.reason, "restoring state");
}

static void a_deadline_ends_the_process(void **state)
{
	(void)state;
	int null = open("/dev/null", O_WRONLY);
	struct hub_log *log = hub_log_new(null, HUB_LOG_ERROR, HUB_LOG_LOGFMT, "d");
	hub_deadline_met(hub_deadline_start(log, 60000, 75));
	pid_t child = fork();
	if (child == 0) {
		hub_deadline_start(log, 50, 75);
		pause();
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 75);
	hub_log_free(log);
	close(null);
}

static void the_clock_goes_forward(void **state)
{
	(void)state;
	const struct hub_clock_port *clock = hub_system_clock();
	int64_t before = clock->monotonic_us(clock->user);
	clock->sleep_us(clock->user, 2000);
	assert_true(clock->monotonic_us(clock->user) - before >= 2000);
	assert_true(clock->wall_ms(clock->user) > 1700000000000);
	clock->random(clock->user);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_are_few),
		cmocka_unit_test(the_table_is_sound),
		cmocka_unit_test(wrong_values_are_refused),
		cmocka_unit_test(notices_have_their_codes),
		cmocka_unit_test(the_listener_counts),
		cmocka_unit_test(probes_say_why),
		cmocka_unit_test(readiness_of_a_worker_that_waits),
		cmocka_unit_test(a_deadline_ends_the_process),
		cmocka_unit_test(the_clock_goes_forward),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
