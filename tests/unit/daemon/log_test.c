#include "log/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

static void assert_line(const char *value, const char *expected)
{
	struct hub_buf out;
	hub_buf_init(&out, 1 << 16);
	const struct hub_log_field field = hub_log_text("text", value);
	hub_log_format("d", 0, HUB_LOG_RETRY, &field, 1, &out);
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
	hub_log_format("referral-router", 1770597000123, HUB_LOG_DEAD_LETTER, fields, 3, &out);
	hub_buf_byte(&out, '\0');
	assert_string_equal(out.data,
	        "ts=2026-02-09T08:30:00.123+08:00 level=warning daemon=referral-router code=DEAD_LETTER "
	        "topic=referral.events partition=3\n");
	hub_buf_done(&out);
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
	hub_log_format("d", 0, HUB_LOG_RETRY, &field, 1, &out);
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
	struct hub_log *log = hub_log_new(ends[1], HUB_LOG_WARNING, "d");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_logfmt),
		cmocka_unit_test(a_value_never_breaks_its_line),
		cmocka_unit_test(a_long_value_is_cut),
		cmocka_unit_test(levels_are_kept_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
