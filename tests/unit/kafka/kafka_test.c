/* What of common/kafka needs no broker. */
#include "kafka/conf.h"
#include "kafka/kafka_error.h"
#include "kafka/membership.h"
#include "kafka/message.h"
#include "kafka/produced.h"
#include "kafka/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void codes_have_meanings(void **state)
{
	(void)state;
	struct hub_error error;
	assert_int_equal(hub_kafka_from_err(RD_KAFKA_RESP_ERR_NO_ERROR, "try", NULL, &error), HUB_OK);
	assert_int_equal(hub_kafka_from_err(RD_KAFKA_RESP_ERR__TRANSPORT, "try", NULL, &error), HUB_E_RETRY);
	assert_int_equal(
	        hub_kafka_from_err(RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, "try", NULL, &error),
	        HUB_E_RETRY);
	assert_int_equal(hub_kafka_from_err(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, "try", NULL, &error),
	        HUB_E_TOO_LARGE);
	assert_int_equal(hub_kafka_from_err(RD_KAFKA_RESP_ERR__FATAL, "try", NULL, &error), HUB_E_FATAL);
	assert_int_equal(hub_kafka_from_err(RD_KAFKA_RESP_ERR_PRODUCER_FENCED, "try", "a reason", &error),
	        HUB_E_FATAL);
	assert_string_equal(error.text, "cannot try: a reason (PRODUCER_FENCED)");
	assert_int_equal(hub_kafka_from_error(NULL, "try", &error), HUB_OK);
}

/* Fatal before abort before retriable before the rest; only a commit's rest is unknown. */
static void a_commit_error_is_not_an_abort(void **state)
{
	(void)state;
	struct hub_error error;
	assert_int_equal(hub_kafka_from_commit_error(NULL, &error), HUB_OK);
	rd_kafka_error_t *plain = rd_kafka_error_new(RD_KAFKA_RESP_ERR__TIMED_OUT, "late");
	assert_int_equal(hub_kafka_from_commit_error(plain, &error), HUB_E_UNKNOWN);
	plain = rd_kafka_error_new(RD_KAFKA_RESP_ERR__TIMED_OUT, "late");
	assert_int_equal(hub_kafka_from_error(plain, "try", &error), HUB_E_RETRY);
	plain = rd_kafka_error_new(RD_KAFKA_RESP_ERR__STATE, "odd");
	assert_int_equal(hub_kafka_from_error(plain, "try", &error), HUB_E_FATAL);
}

/* Readiness quotes it: it is to stay the same while the trouble does. */
static void a_complaint_is_kept_without_what_differs(void **state)
{
	(void)state;
	struct hub_kafka_logger logger = { NULL };
	hub_kafka_hear(
	        &logger, RD_KAFKA_RESP_ERR__SSL, "host: refused (after 3ms in state CONNECT, 4 identical)");
	assert_string_equal(logger.heard, "host: refused");
	hub_kafka_hear(&logger, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, "1/1 brokers are down");
	assert_string_equal(logger.heard, "host: refused");
	hub_kafka_hear(&logger, RD_KAFKA_RESP_ERR__AUTHENTICATION, "no such user");
	assert_string_equal(logger.heard, "no such user");
}

static void promises_cannot_be_configured_away(void **state)
{
	(void)state;
	static const char *const fixed[][2] = { { "isolation.level", "read_uncommitted" },
		{ "enable.auto.commit", "true" }, { "acks", "1" }, { "request.required.acks", "0" },
		{ "enable.idempotence", "false" }, { "group.id", "x" }, { "group.instance.id", "x" },
		{ "partition.assignment.strategy", "cooperative-sticky" }, { "auto.offset.reset", "latest" },
		{ "partitioner", "consistent" }, { "transactional.id", "x" } };
	struct hub_error error;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		assert_int_equal(hub_kafka_property_check(fixed[i][0], fixed[i][1], &error), HUB_E_INVALID);
	assert_int_equal(hub_kafka_property_check("sasl.username", "x", &error), HUB_OK);
	assert_int_equal(hub_kafka_property_check("session.timeout.ms", "soon", &error), HUB_E_INVALID);
	assert_true(hub_kafka_property_is_secret("sasl.password"));
	assert_true(hub_kafka_property_is_secret("ssl.key.pem"));
	assert_false(hub_kafka_property_is_secret("ssl.key.location"));
}

static void the_user_wins_over_what_we_start_from(void **state)
{
	(void)state;
	const struct hub_kafka_property items[] = { { "bootstrap.servers", "b:1" }, { "linger.ms", "20" } };
	const struct hub_kafka_properties user = { .items = items, .count = 2 };
	static const enum hub_kafka_role roles[] = { HUB_KAFKA_GROUP_CONSUMER, HUB_KAFKA_PRODUCER,
		HUB_KAFKA_QUERY, HUB_KAFKA_READER, HUB_KAFKA_WRITER };
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		rd_kafka_conf_t *conf;
		struct hub_error error;
		char value[64];
		size_t size = sizeof(value);
		assert_int_equal(hub_kafka_conf_new(roles[i], &user, NULL, 0, &conf, &error), HUB_OK);
		assert_int_equal(rd_kafka_conf_get(conf, "linger.ms", value, &size), RD_KAFKA_CONF_OK);
		assert_string_equal(value, "20");
		size = sizeof(value);
		assert_int_equal(rd_kafka_conf_get(conf, "isolation.level", value, &size), RD_KAFKA_CONF_OK);
		assert_string_equal(
		        value, roles[i] == HUB_KAFKA_QUERY ? "read_uncommitted" : "read_committed");
		rd_kafka_conf_destroy(conf);
	}
}

static void a_membership_must_be_proved(void **state)
{
	(void)state;
	struct hub_error error;
	assert_int_equal(hub_kafka_membership_check(NULL, &error), HUB_E_RETRY);
	rd_kafka_consumer_group_metadata_t *none = rd_kafka_consumer_group_metadata_new("g");
	assert_int_equal(hub_kafka_membership_check(none, &error), HUB_E_RETRY);
	rd_kafka_consumer_group_metadata_destroy(none);
	rd_kafka_consumer_group_metadata_t *old =
	        rd_kafka_consumer_group_metadata_new_with_genid("g", -1, "member", NULL);
	assert_int_equal(hub_kafka_membership_check(old, &error), HUB_E_RETRY);
	rd_kafka_consumer_group_metadata_destroy(old);
	rd_kafka_consumer_group_metadata_t *good =
	        rd_kafka_consumer_group_metadata_new_with_genid("g", 7, "member", NULL);
	assert_int_equal(hub_kafka_membership_check(good, &error), HUB_OK);
	rd_kafka_consumer_group_metadata_destroy(good);
}

static void reading_is_looked_up(void **state)
{
	(void)state;
	struct hub_kafka_reading reading = { 0 };
	const struct hub_kafka_offset from[] = { { { 2, 5 }, 50, { NULL, 0 } }, { { 0, 5 }, 10, { NULL, 0 } },
		{ { 0, 1 }, HUB_OFFSET_NONE, { NULL, 0 } } };
	assert_null(hub_kafka_reading_find(&reading, from[0].at));
	assert_int_equal(hub_kafka_reading_set(&reading, from, 3, NULL), HUB_OK);
	assert_int_equal(hub_kafka_reading_find(&reading, from[0].at)->from, 50);
	assert_int_equal(hub_kafka_reading_find(&reading, from[1].at)->from, 10);
	assert_int_equal(hub_kafka_reading_find(&reading, from[2].at)->from, 0);
	assert_null(hub_kafka_reading_find(&reading, (struct hub_topic_partition){ 1, 5 }));
	assert_int_equal(hub_kafka_reading_set(&reading, NULL, 0, NULL), HUB_OK);
	assert_null(hub_kafka_reading_find(&reading, from[0].at));
	hub_kafka_reading_done(&reading);
}

static void landings_keep_the_last(void **state)
{
	(void)state;
	struct hub_kafka_produced produced = { 0 };
	for (int32_t p = 0; p < 100; p++)
		for (int64_t offset = 0; offset < 3; offset++)
			hub_kafka_produced_note(
			        &produced, (struct hub_topic_partition){ 1, p }, 10 * p + offset, offset);
	hub_kafka_produced_note(
	        &produced, (struct hub_topic_partition){ 1, 7 }, 5, 99); /* an older one changes nothing */
	const struct hub_kafka_landing *found =
	        hub_kafka_produced_find(&produced, (struct hub_topic_partition){ 1, 7 });
	assert_int_equal(found->offset, 72);
	assert_int_equal(found->timestamp_ms, 2);
	hub_kafka_produced_reset(&produced);
	assert_null(hub_kafka_produced_find(&produced, (struct hub_topic_partition){ 1, 7 }));
	hub_kafka_produced_done(&produced);
}

static void headers_survive(void **state)
{
	(void)state;
	const struct hub_header headers[] = { { HUB_STR("ce_id"), HUB_STR("x") },
		{ HUB_STR("empty"), { "", 0 } } };
	assert_null(hub_kafka_headers_copy(headers, 0));
	rd_kafka_headers_t *copy = hub_kafka_headers_copy(headers, 2);
	const void *value;
	size_t size;
	assert_int_equal(rd_kafka_header_cnt(copy), 2);
	assert_int_equal(rd_kafka_header_get_last(copy, "ce_id", &value, &size), RD_KAFKA_RESP_ERR_NO_ERROR);
	assert_int_equal(size, 1);
	rd_kafka_headers_destroy(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_have_meanings),
		cmocka_unit_test(a_commit_error_is_not_an_abort),
		cmocka_unit_test(a_complaint_is_kept_without_what_differs),
		cmocka_unit_test(promises_cannot_be_configured_away),
		cmocka_unit_test(the_user_wins_over_what_we_start_from),
		cmocka_unit_test(a_membership_must_be_proved),
		cmocka_unit_test(reading_is_looked_up),
		cmocka_unit_test(landings_keep_the_last),
		cmocka_unit_test(headers_survive),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
