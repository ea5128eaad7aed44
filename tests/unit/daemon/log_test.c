#include "log/log.h"
#include "log/repeats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void assert_line(const char *value, const char *expected)
{
	struct hub_buf out;
	hub_buf_init(&out, 1 << 16);
	const struct hub_log_field field = hub_log_text("text", value);
	hub_log_format(HUB_LOG_LOGFMT, "d", 0, HUB_LOG_RETRY, &field, 1, &out);
	hub_buf_byte(&out, '\0');
	const char *at = strstr(out.data, "text=");
	assert_non_null(at);
	assert_string_equal(at, expected);
	hub_buf_done(&out);
}

static void a_line_is_logfmt(void **state)
{
	(void)state;
	struct hub_buf out;
	hub_buf_init(&out, 1 << 16);
	const struct hub_log_field fields[] = { hub_log_text("topic", "referral.events"),
		hub_log_int("partition", 3), hub_log_text("left_out", NULL) };
	hub_log_format(
	        HUB_LOG_LOGFMT, "referral-router", 1770597000123, HUB_LOG_DEAD_LETTER, fields, 3, &out);
	hub_buf_byte(&out, '\0');
	assert_string_equal(out.data,
	        "ts=2026-02-09T08:30:00.123+08:00 level=warning daemon=referral-router code=DEAD_LETTER "
	        "topic=referral.events partition=3\n");
	hub_buf_done(&out);
}

static void assert_json(const char *value, const char *expected)
{
	struct hub_buf out;
	hub_buf_init(&out, 1 << 16);
	const struct hub_log_field field = hub_log_text("text", value);
	hub_log_format(HUB_LOG_JSON, "d", 0, HUB_LOG_RETRY, &field, 1, &out);
	hub_buf_byte(&out, '\0');
	const char *at = strstr(out.data, "\"text\":");
	assert_non_null(at);
	assert_string_equal(at, expected);
	hub_buf_done(&out);
}

static void or_an_object_of_json(void **state)
{
	(void)state;
	struct hub_buf out;
	hub_buf_init(&out, 1 << 16);
	const struct hub_log_field fields[] = { hub_log_text("topic", "referral.events"),
		hub_log_int("partition", 3), hub_log_text("left_out", NULL),
		hub_log_text("trace_id", "0af7651916cd43dd8448eb211c80319c") };
	hub_log_format(HUB_LOG_JSON, "referral-router", 1770597000123, HUB_LOG_DEAD_LETTER, fields, 4, &out);
	hub_buf_byte(&out, '\0');
	assert_string_equal(out.data,
	        "{\"ts\":\"2026-02-09T08:30:00.123+08:00\",\"level\":\"warning\",\"daemon\":\"referral-"
	        "router\","
	        "\"code\":\"DEAD_LETTER\",\"topic\":\"referral.events\",\"partition\":3,"
	        "\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"}\n");
	hub_buf_done(&out);
	assert_json("say \"no\"\n\\", "\"text\":\"say \\\"no\\\"\\n\\\\\"}\n");
	assert_json("转诊", "\"text\":\"转诊\"}\n");
	assert_json("broken \xe8\xbd", "\"text\":\"broken \\ufffd\\ufffd\"}\n");
	assert_json("", "\"text\":\"\"}\n");
}

/* 1,000 bytes, and never half a character. */
static void a_long_value_of_json_is_cut(void **state)
{
	(void)state;
	char text[3001];
	struct hub_buf out;
	for (int i = 0; i < 1000; i++)
		memcpy(text + 3 * i, "转", 4);
	hub_buf_init(&out, 1 << 16);
	const struct hub_log_field field = hub_log_text("text", text);
	hub_log_format(HUB_LOG_JSON, "d", 0, HUB_LOG_RETRY, &field, 1, &out);
	hub_buf_byte(&out, '\0');
	assert_true(out.len < 1200);
	assert_non_null(strstr(out.data, "转…\"}\n"));
	assert_null(strstr(out.data, "ufffd"));
	hub_buf_done(&out);
}

/* What would not fit into one write is told without its values: half an object is no object. */
static void a_line_that_is_too_long_is_still_a_line(void **state)
{
	(void)state;
	int ends[2];
	char text[1001], line[8192];
	memset(text, 1, sizeof(text));
	text[1000] = '\0';
	assert_int_equal(pipe(ends), 0);
	struct hub_log *log = hub_log_new(ends[1], HUB_LOG_DEBUG, HUB_LOG_JSON, "d");
	hub_log(log, HUB_LOG_RETRY, hub_log_text("text", text));
	hub_log_free(log);
	close(ends[1]);
	ssize_t len = read(ends[0], line, sizeof(line) - 1);
	assert_true(len > 0 && len < 200);
	line[len] = '\0';
	assert_non_null(strstr(line, "\"code\":\"RETRY\"}\n"));
	close(ends[0]);
}

static void a_value_never_breaks_its_line(void **state)
{
	(void)state;
	assert_line("plain", "text=plain\n");
	assert_line("", "text=\"\"\n");
	assert_line("two words", "text=\"two words\"\n");
	assert_line("a=b", "text=\"a=b\"\n");
	assert_line("say \"no\" \\ ", "text=\"say \\\"no\\\" \\\\ \"\n");
	assert_line("one\ntwo\rthree\t", "text=\"one\\ntwo\\x0dthree\\x09\"\n");
	assert_line("转诊", "text=转诊\n");
	assert_line("broken \xe8\xbd utf-8 \xff", "text=\"broken \\xe8\\xbd utf-8 \\xff\"\n");
}

static void a_long_value_is_cut(void **state)
{
	(void)state;
	char text[5000];
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	struct hub_buf out;
	hub_buf_init(&out, 1 << 16);
	const struct hub_log_field field = hub_log_text("text", text);
	hub_log_format(HUB_LOG_LOGFMT, "d", 0, HUB_LOG_RETRY, &field, 1, &out);
	assert_true(out.len < 1200);
	assert_int_equal(out.data[out.len - 1], '\n');
	hub_buf_done(&out);
}

static void levels_are_kept_apart(void **state)
{
	(void)state;
	int ends[2];
	char line[512];
	assert_int_equal(pipe(ends), 0);
	struct hub_log *log = hub_log_new(ends[1], HUB_LOG_WARNING, HUB_LOG_LOGFMT, "d");
	hub_log(log, HUB_LOG_READY, hub_log_text("text", "dropped"));
	hub_log(log, HUB_LOG_STORE_AWAY, hub_log_text("text", "kept"));
	hub_log_free(log);
	close(ends[1]);
	ssize_t len = read(ends[0], line, sizeof(line) - 1);
	assert_true(len > 0);
	line[len] = '\0';
	assert_non_null(strstr(line, "code=STORE_AWAY text=kept\n"));
	assert_null(strstr(line, "dropped"));
	close(ends[0]);
}

/* The first, then one in ten seconds with the number of the others; another line is told meanwhile. */
static void repeats_are_held_back_and_counted(void **state)
{
	(void)state;
	enum { REFUSED = 1, AWAY = 2, EVERY_MS = 300 };
	struct hub_repeats repeats = { 0 };
	uint64_t held = 99;
	int told = 0;
	assert_true(hub_repeats_tell(&repeats, REFUSED, 0, &held));
	assert_int_equal(held, 0);
	for (int64_t now_ms = EVERY_MS; now_ms < HUB_REPEATS_MS; now_ms += EVERY_MS)
		assert_false(hub_repeats_tell(&repeats, REFUSED, now_ms, &held));
	assert_true(hub_repeats_tell(&repeats, AWAY, HUB_REPEATS_MS - 1, &held));
	assert_true(hub_repeats_tell(&repeats, REFUSED, HUB_REPEATS_MS, &held));
	assert_int_equal(held, (HUB_REPEATS_MS - 1) / EVERY_MS);
	assert_false(hub_repeats_tell(&repeats, REFUSED, HUB_REPEATS_MS + 1, &held));
	assert_true(hub_repeats_tell(&repeats, REFUSED, 3 * HUB_REPEATS_MS, &held));
	assert_int_equal(held, 1);
	/* More kinds of lines than there is room for are all told. */
	for (int i = 0; i < 2 * (HUB_REPEATS + 1); i++)
		told += hub_repeats_tell(
		        &repeats, 100 + (uint64_t)i % (HUB_REPEATS + 1), 4 * HUB_REPEATS_MS + i, &held);
	assert_int_equal(told, 2 * (HUB_REPEATS + 1));
}

static int count_of(const char *text, const char *what)
{
	int count = 0;
	for (const char *at = text; (at = strstr(at, what)); at++)
		count++;
	return count;
}

/* Each try to connect brings the same warning, but for what librdkafka appends. An error is never held back. */
static void kafkas_client_is_told_once(void **state)
{
	(void)state;
	enum { TRIES = 20 };
	int ends[2];
	char lines[16384];
	assert_int_equal(pipe(ends), 0);
	struct hub_log *log = hub_log_new(ends[1], HUB_LOG_DEBUG, HUB_LOG_LOGFMT, "d");
	for (int i = 0; i < TRIES; i++) {
		char text[128];
		snprintf(text, sizeof(text), "host:1: certificate unknown (after %dms in state CONNECT)", i);
		hub_log_kafka(log, 3, "FAIL", text);
		hub_log_kafka(log, 3, "FAIL", "host:2: certificate unknown");
		hub_log_kafka(log, 4, "OTHER", "host:2: certificate unknown");
		hub_log_kafka(log, 2, "FATAL", "fenced");
		hub_log_kafka(log, 7, "BROKER", "asked for");
	}
	hub_log_free(log);
	close(ends[1]);
	size_t len = 0;
	for (ssize_t n; (n = read(ends[0], lines + len, sizeof(lines) - 1 - len)) > 0;)
		len += (size_t)n;
	lines[len] = '\0';
	assert_int_equal(count_of(lines, "host:1: certificate unknown"), 1);
	assert_int_equal(count_of(lines, "facility=FAIL text=\"host:2: certificate unknown\""), 1);
	assert_int_equal(count_of(lines, "facility=OTHER text=\"host:2: certificate unknown\""), 1);
	assert_int_equal(count_of(lines, "level=error daemon=d code=KAFKA_CLIENT_ERROR"), TRIES);
	assert_int_equal(count_of(lines, "level=debug daemon=d code=KAFKA_CLIENT "), TRIES);
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_logfmt),
		cmocka_unit_test(or_an_object_of_json),
		cmocka_unit_test(a_long_value_of_json_is_cut),
		cmocka_unit_test(a_line_that_is_too_long_is_still_a_line),
		cmocka_unit_test(a_value_never_breaks_its_line),
		cmocka_unit_test(a_long_value_is_cut),
		cmocka_unit_test(levels_are_kept_apart),
		cmocka_unit_test(repeats_are_held_back_and_counted),
		cmocka_unit_test(kafkas_client_is_told_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
