#include "base/check.h"
#include "config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct values {
	const char *name;
	const char *secret;
	int64_t count;
	bool on;
	int32_t mode;
};

static int no_spaces(const char *text, struct hub_error *reterr)
{
	return strchr(text, ' ') ? hub_error_set(reterr, HUB_E_INVALID, "", "no spaces, please") : HUB_OK;
}

static const struct hub_option options[] = {
	{ HUB_OPTION_TEXT, offsetof(struct values, name), "the.name", "nobody", 0, 10, NULL, false, no_spaces,
	        "A name." },
	{ HUB_OPTION_TEXT, offsetof(struct values, secret), "the.password", "", 0, 10, NULL, true, NULL,
	        "A secret." },
	{ HUB_OPTION_INT, offsetof(struct values, count), "batch.most_events", "7", 1, 100, NULL, false, NULL,
	        "A count." },
	{ HUB_OPTION_BOOL, offsetof(struct values, on), "on", "true", 0, 0, NULL, false, NULL, "A switch." },
	{ HUB_OPTION_CHOICE, offsetof(struct values, mode), "mode", "wall", 0, 0, "wall stream", false, NULL,
	        "A mode." },
};

struct fixture {
	struct values values;
	struct hub_config_part part;
	char path[64];
	char secret[64]; /* a file with "s3cret\n" */
	struct hub_buf complaints;
	struct hub_config *config;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	hub_check(f);
	f->part = (struct hub_config_part){ options, sizeof(options) / sizeof(options[0]), &f->values };
	snprintf(f->path, sizeof(f->path), "/tmp/hub-config-test-XXXXXX");
	int fd = mkstemp(f->path);
	hub_check(fd >= 0);
	close(fd);
	snprintf(f->secret, sizeof(f->secret), "/tmp/hub-config-secret-XXXXXX");
	fd = mkstemp(f->secret);
	hub_check(fd >= 0 && write(fd, "s3cret\n", 7) == 7);
	close(fd);
	hub_buf_init(&f->complaints, 1 << 20);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	hub_config_free(f->config);
	hub_buf_done(&f->complaints);
	unlink(f->path);
	unlink(f->secret);
	free(f);
	return 0;
}

static void complain(void *user, const char *place, const char *text)
{
	const char *base = strrchr(place, '/');
	hub_buf_printf(user, "%s: %s\n", base ? "FILE" : place, text);
	if (base && strchr(base, ':')) /* keep the line number */
		hub_buf_printf(user, "LINE%s\n", strchr(base, ':'));
}

static int load(struct fixture *f, const char *file, const char *const *environment)
{
	FILE *out = fopen(f->path, "w");
	hub_check(out);
	fputs(file, out);
	fclose(out);
	const struct hub_config_sources sources = { f->path, environment, complain, &f->complaints };
	return hub_config_load(&sources, &f->part, 1, &f->config, NULL);
}

static void assert_said(struct fixture *f, const char *text)
{
	hub_buf_byte(&f->complaints, '\0');
	f->complaints.len--;
	if (!strstr(f->complaints.data, text))
		fail_msg("\"%s\" is not in:\n%s", text, f->complaints.data);
}

static void defaults_hold(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(load(f, "", NULL), 0);
	assert_string_equal(f->values.name, "nobody");
	assert_string_equal(f->values.secret, "");
	assert_int_equal(f->values.count, 7);
	assert_true(f->values.on);
	assert_int_equal(f->values.mode, 0);
}

static void file_then_environment(void **state)
{
	struct fixture *f = *state;
	const char *const environment[] = { "PATH=/bin", "HUB_BATCH_MOST_EVENTS=9",
		"HUB_KAFKA_SASL_USERNAME=env", "HUB_TEST_KAFKA=x", "HUB_CONFIG=y", NULL };
	const char *file =
	        "# a comment\n\n  the.name =  li  \nbatch.most_events=8\non = false\r\nmode = stream\n"
	        "the.password = a#b = c\nkafka.sasl.username = file\nkafka.bootstrap.servers = b:9092";
	assert_int_equal(load(f, file, environment), 0);
	assert_string_equal(f->values.name, "li");
	assert_string_equal(f->values.secret, "a#b = c");
	assert_int_equal(f->values.count, 9);
	assert_false(f->values.on);
	assert_int_equal(f->values.mode, 1);
	const struct hub_kafka_properties kafka = hub_config_kafka(f->config);
	assert_int_equal(kafka.count, 2);
	assert_string_equal(hub_kafka_property_get(&kafka, "sasl.username"), "env");
	assert_string_equal(hub_kafka_property_get(&kafka, "metadata.broker.list"), "b:9092");
	assert_null(hub_kafka_property_get(&kafka, "debug"));
}

static void mistakes_are_all_named(void **state)
{
	struct fixture *f = *state;
	const char *const environment[] = { "HUB_MOOD=x", "HUB_MODE=sundial", "HUB_KAFKA_LINGER_MS=soon",
		NULL };
	const char *file =
	        "the.nmae = x\nbatch.most_events = 101\nmode\non = yes\non = true\nthe.name = a b\n"
	        "kafka.isolation.level = read_uncommitted\nkafka.no.such = 1\nkafka.group.id = g\n"
	        "the.password = longer than ten bytes\n";
	assert_int_equal(load(f, file, environment), HUB_E_INVALID);
	assert_said(f, "there is no option the.nmae; did you mean the.name?\nLINE:1\n");
	assert_said(f, "batch.most_events: expected a whole number from 1 to 100, not \"101\"\nLINE:2\n");
	assert_said(f, "expected key = value\nLINE:3\n");
	assert_said(f, "on: expected true or false, not \"yes\"\nLINE:4\n");
	assert_said(f, "this key was set before in this file\nLINE:5\n");
	assert_said(f, "the.name: no spaces, please\nLINE:6\n");
	assert_said(f, "kafka.isolation.level: is always read_committed here");
	assert_said(f, "kafka.no.such: librdkafka");
	assert_said(f, "kafka.group.id: is set by the hub itself");
	assert_said(f, "the.password: is longer than 10 bytes\nLINE:10\n");
	assert_said(f, "HUB_MOOD: there is no option HUB_MOOD; did you mean HUB_MODE?");
	assert_said(f, "HUB_MODE: mode: expected one of: wall stream, not \"sundial\"");
	assert_said(f, "HUB_KAFKA_LINGER_MS: kafka.linger.ms:");
	assert_null(strstr(f->complaints.data, "longer than ten")); /* a secret is not repeated */
}

static void a_missing_file_is_a_mistake(void **state)
{
	struct fixture *f = *state;
	const struct hub_config_sources sources = { "/nowhere/at/all", NULL, complain, &f->complaints };
	assert_int_equal(hub_config_load(&sources, &f->part, 1, &f->config, NULL), HUB_E_INVALID);
	assert_said(f, "No such file");
}

static void numbers_at_their_limits(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *text;
		bool good;
	} cases[] = { { "1", true }, { "100", true }, { "0", false }, { "", false }, { "1x", false },
		{ "0x10", false }, { "-1", false }, { "99999999999999999999", false } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char variable[64];
		snprintf(variable, sizeof(variable), "HUB_BATCH_MOST_EVENTS=%s", cases[i].text);
		const char *const environment[] = { variable, NULL };
		const struct hub_config_sources sources = { NULL, environment, NULL, NULL };
		struct hub_config *config = NULL;
		int code = hub_config_load(&sources, &f->part, 1, &config, NULL);
		assert_int_equal(code, cases[i].good ? HUB_OK : HUB_E_INVALID);
		if (!code)
			hub_config_free(config);
	}
}

static void a_secret_may_stand_in_a_file(void **state)
{
	struct fixture *f = *state;
	char file[256], variable[128], other[128];
	snprintf(file, sizeof(file), "the.password.file = %s\nkafka.sasl.password = in the settings",
	        f->secret);
	snprintf(variable, sizeof(variable), "HUB_KAFKA_SASL_PASSWORD_FILE=%s", f->secret);
	const char *const environment[] = { variable, NULL };
	assert_int_equal(load(f, file, environment), 0);
	assert_string_equal(f->values.secret, "s3cret");
	struct hub_kafka_properties kafka = hub_config_kafka(f->config);
	assert_int_equal(kafka.count, 1);
	assert_string_equal(hub_kafka_property_get(&kafka, "sasl.password"), "s3cret");
	hub_config_free(f->config);
	f->config = NULL;

	snprintf(file, sizeof(file), "the.password = settings\nkafka.sasl.password.file = %s", f->secret);
	snprintf(other, sizeof(other), "HUB_THE_PASSWORD_FILE=%s", f->secret);
	const char *const only_ours[] = { other, NULL };
	assert_int_equal(load(f, file, only_ours), 0);
	assert_string_equal(f->values.secret, "s3cret");
	kafka = hub_config_kafka(f->config);
	assert_string_equal(hub_kafka_property_get(&kafka, "sasl.password"), "s3cret");
}

static void a_secret_file_that_is_none_is_named(void **state)
{
	struct fixture *f = *state;
	char file[512], empty[] = "/tmp/hub-config-empty-XXXXXX";
	int fd = mkstemp(empty);
	hub_check(fd >= 0);
	close(fd);
	snprintf(file, sizeof(file),
	        "the.password.file = /nowhere/secret\nthe.password = twice\nthe.name.file = %s\n"
	        "kafka.sasl.password.file = %s\nkafka.client.rack.file = %s\nmode.file = x\n",
	        f->secret, empty, f->secret);
	assert_int_equal(load(f, file, NULL), HUB_E_INVALID);
	unlink(empty);
	assert_said(f, "the.password.file: /nowhere/secret: No such file or directory\nLINE:1\n");
	assert_said(f, "this key was set before in this file\nLINE:2\n");
	assert_said(f, "there is no option the.name.file");
	assert_said(f, "is empty\nLINE:4\n");
	assert_said(f, "kafka.client.rack.file: librdkafka");
	assert_said(f, "there is no option mode.file");
}

static void what_a_secret_file_holds_is_not_repeated(void **state)
{
	struct fixture *f = *state;
	char file[256];
	FILE *secret = fopen(f->secret, "w");
	hub_check(secret);
	fputs("far too long for it\n", secret);
	fclose(secret);
	snprintf(file, sizeof(file), "the.password.file = %s\n", f->secret);
	assert_int_equal(load(f, file, NULL), HUB_E_INVALID);
	assert_said(f, "the.password: is longer than 10 bytes\nLINE:1\n");
	assert_null(strstr(f->complaints.data, "far too long"));
}

static void help_shows_all_but_secrets(void **state)
{
	struct fixture *f = *state;
	hub_config_help(&f->part, 1, &f->complaints);
	hub_config_markdown(&f->part, 1, &f->complaints);
	assert_said(f, "  batch.most_events = 7   [1 to 100]\n      A count.\n");
	assert_said(f, "  mode = wall   [wall, stream]\n");
	assert_said(f, "[text of at most 10 bytes]\n      A secret.\n      the.password.file = PATH: of a "
	               "file that holds it.\n");
	assert_said(f, "| `the.password` | `HUB_THE_PASSWORD` | `(secret)` | text of at most 10 bytes, or "
	               "the.password.file: the path of a file that holds it | A secret. |");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(defaults_hold, setup, teardown),
		cmocka_unit_test_setup_teardown(file_then_environment, setup, teardown),
		cmocka_unit_test_setup_teardown(mistakes_are_all_named, setup, teardown),
		cmocka_unit_test_setup_teardown(a_missing_file_is_a_mistake, setup, teardown),
		cmocka_unit_test_setup_teardown(numbers_at_their_limits, setup, teardown),
		cmocka_unit_test_setup_teardown(a_secret_may_stand_in_a_file, setup, teardown),
		cmocka_unit_test_setup_teardown(a_secret_file_that_is_none_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(what_a_secret_file_holds_is_not_repeated, setup, teardown),
		cmocka_unit_test_setup_teardown(help_shows_all_but_secrets, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
