/* One transaction holds everything of a batch; an aborted or unknown one leaves nothing or everything (I-1,
 * I-3); what cannot be decided goes beside (I-6). */
#include "toy.h"

#include "records/catalogue.h"
#include "records/partition_position.h"
#include "records/referral_expired.h"
#include "runtime/pace.h"

#include <stdio.h>
#include <stdlib.h>

static struct toy toy;

static int set_up(void **state)
{
	(void)state;
	toy_init(&toy);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	toy_done(&toy);
	return 0;
}

static void decisions_say_where_they_come_from(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	int64_t offset = toy_event(&toy, 1, "a", "many 2");
	assert_int_equal(toy_run(&toy, 3), 0);
	int32_t at = strcmp(toy_county(1), "330281") == 0;
	const struct stored *stored = broker_visible(&toy.broker, DECISIONS, at, 1);
	assert_non_null(stored);
	assert_string_equal(stored->key, "330281");
	struct hub_arena *arena = hub_arena_new(1 << 16);
	const struct hub_schema *schema;
	void *record;
	struct hub_str value = { stored->value, stored->value_len };
	assert_int_equal(
	        hub_frame_decode(&hub_referral_decision_schemas, value, arena, &schema, &record, NULL), 0);
	const struct hub_decision_head *head = record;
	char id[64];
	snprintf(id, sizeof(id), "e/toy.events/1/%lld/1", (long long)offset);
	assert_true(hub_str_is(head->event_id, id));
	assert_true(head->has_decided_from && !head->has_timer);
	assert_int_equal(head->decided_from.index, 1);
	assert_int_equal(head->decided_from.count, 2);
	assert_int_equal(head->registry_version, 0);
	assert_true(hub_str_is(stored_header(stored, "ce_id"), id));
	assert_true(hub_str_is(stored_header(stored, "ce_source"), "/hub/toy"));
	assert_true(hub_str_is(stored_header(stored, "ce_type"), "hub.referral.ReferralExpired"));
	hub_arena_free(arena);
}

static void position_is_last_and_offsets_carry_its_number(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	toy_event(&toy, 0, "b", "");
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 3), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 b=1 a=2");
	/* The opening's position, then a and b once each, then the position. */
	assert_int_equal(broker_visible_count(&toy.broker, STATE, 0), 4);
	const struct stored *last = broker_visible(&toy.broker, STATE, 0, 3);
	assert_string_equal(last->key, "position");
	assert_int_equal(toy.broker.committed[EVENTS][0].next, 3);
	assert_true(hub_str_is(toy.broker.committed[EVENTS][0].metadata, "2"));
	/* A partition that was only opened has its offsets too, at the start of its log. */
	assert_int_equal(toy.broker.committed[EVENTS][1].next, 0);
	assert_true(hub_str_is(toy.broker.committed[EVENTS][1].metadata, "1"));
	assert_int_equal(toy.decided, 3);
}

static void a_new_owner_goes_on(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	for (int i = 0; i < 5; i++)
		toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 3), 0);
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 3), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=2 a=3 a=4 a=5 a=6");
	assert_int_equal(toy.notices[HUB_NOTICE_STOPPED], 0);
}

static void what_was_there_before_is_read_from_the_start(void **state)
{
	(void)state;
	toy_event(&toy, 0, "a", "");
	toy_event(&toy, 1, "b", "");
	toy_start_ready(&toy, "01");
	assert_int_equal(toy_run(&toy, 3), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1");
	assert_string_equal(toy_decisions(&toy, 1), "b=1");
}

static void an_abort_takes_everything_back(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	toy.member->fail_call = CALL_COMMIT;
	toy.member->fail_code = HUB_E_ABORT;
	toy.member->fail_times = 1;
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 20), 0);
	assert_int_equal(toy.aborted, 1);
	assert_int_equal(toy.member->aborts, 1);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=2");
	assert_true(toy.ready);
	toy_expect_redis_is_fold(&toy, 0);
}

static void a_retriable_answer_is_asked_again(void **state)
{
	(void)state;
	static const enum call calls[] = { CALL_BEGIN, CALL_PRODUCE, CALL_SEND_OFFSETS, CALL_COMMIT };
	char expected[64] = "";
	toy_start_ready(&toy, "0");
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		toy.member->fail_call = calls[i];
		toy.member->fail_code = HUB_E_RETRY;
		toy.member->fail_times = 3;
		toy_event(&toy, 0, "a", "");
		assert_int_equal(toy_run(&toy, 5), 0);
		snprintf(expected + strlen(expected), sizeof(expected) - strlen(expected), "%sa=%zu",
		        i ? " " : "", i + 1);
		assert_string_equal(toy_decisions(&toy, 0), expected);
	}
	assert_int_equal(toy.member->aborts, 0);
}

static void an_unknown_outcome_ends_the_process(bool committed)
{
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	toy.member->fail_call = CALL_COMMIT;
	toy.member->fail_code = HUB_E_UNKNOWN;
	toy.member->fail_times = 1;
	toy.member->commit_anyway = committed;
	assert_int_equal(toy_run(&toy, 5), HUB_E_UNKNOWN);
	assert_string_equal(toy_decisions(&toy, 0), committed ? "a=1" : "");
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 5), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=2");
}

static void unknown_but_committed(void **state)
{
	(void)state;
	an_unknown_outcome_ends_the_process(true);
}

static void unknown_and_not_committed(void **state)
{
	(void)state;
	an_unknown_outcome_ends_the_process(false);
}

static void a_refused_commit_waits_for_the_group(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy.broker.generation++; /* somebody joined, and we have not heard of it */
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 30), 0);
	assert_string_equal(toy_decisions(&toy, 0), "");
	assert_int_equal(toy.notices[HUB_NOTICE_REFUSED], 1);
	assert_false(toy.ready);
	member_revoke(toy.member, true);
	int32_t zero = 0;
	broker_assign(&toy.broker, toy.member, &zero, 1);
	assert_int_equal(toy_run(&toy, 30), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1");
}

static void a_lost_membership_is_not_an_assignment(void **state)
{
	(void)state;
	toy_load_registry(&toy);
	toy_event(&toy, 0, "a", "");
	toy_start(&toy, "0");
	toy.member->has_metadata = false;
	assert_int_equal(toy_run(&toy, 10), 0);
	assert_int_equal(toy.member->commits, 0);
	toy.member->has_metadata = true;
	int32_t zero = 0;
	broker_assign(&toy.broker, toy.member, &zero, 1);
	assert_int_equal(toy_run(&toy, 10), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1");
}

static void expect_dead(uint32_t n, const char *reason, int64_t offset)
{
	char text[32];
	const struct stored *dead = broker_visible(&toy.broker, DEAD_LETTERS, 0, n);
	assert_non_null(dead);
	assert_true(hub_str_is(stored_header(dead, "hub_dlq_reason"), reason));
	snprintf(text, sizeof(text), "%lld", (long long)offset);
	assert_true(hub_str_is(stored_header(dead, "hub_dlq_offset"), text));
	assert_true(hub_str_is(stored_header(dead, "hub_dlq_topic"), "toy.events"));
	assert_true(hub_str_is(stored_header(dead, "hub_dlq_partition"), "0"));
	assert_true(hub_str_is(stored_header(dead, "hub_dlq_daemon"), "toy"));
	assert_true(hub_str_is(stored_header(dead, "hub_dlq_version"), "1.0"));
	assert_true(stored_header(dead, "hub_dlq_detail").len > 0);
	const struct stored *from = &toy.broker.logs[EVENTS][0].records[offset];
	assert_int_equal(dead->value_len, from->value_len);
	if (from->value)
		assert_memory_equal(dead->value, from->value, from->value_len);
}

static void dead_letters_keep_their_bytes(void **state)
{
	(void)state;
	/* A sender's own word on where a letter came from is not believed. */
	const struct hub_header brought[] = { { HUB_STR("hub_dlq_topic"), HUB_STR("elsewhere") },
		{ HUB_STR("x-trace"), HUB_STR("abc") }, { HUB_STR("hub_dlq_else"), HUB_STR("x") } };
	struct hub_str key = hub_str_from(toy_county(0));
	toy_start_ready(&toy, "01");
	int commits = toy.member->commits;
	broker_append(&toy.broker, EVENTS, 0, key, HUB_STR("rubbish"), brought, 3);
	broker_append(&toy.broker, EVENTS, 0, key,
	        HUB_STR("\xc3\x01"
	                "12345678"),
	        NULL, 0);
	int64_t dead = toy_event(&toy, 0, "a", "dead");
	const struct stored *good = &toy.broker.logs[EVENTS][0].records[dead];
	broker_append(&toy.broker, EVENTS, 0, hub_str_from(toy_county(1)),
	        (struct hub_str){ good->value, good->value_len }, NULL, 0);
	broker_append(&toy.broker, EVENTS, 0, key, (struct hub_str){ NULL, 0 }, NULL, 0);
	int64_t many = toy_event(&toy, 0, "a", "many 1001");
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 5), 0);
	assert_int_equal(toy.member->commits, commits + 1); /* all in one transaction */
	expect_dead(0, "UNDECODABLE", 0);
	const struct stored *first = broker_visible(&toy.broker, DEAD_LETTERS, 0, 0);
	assert_true(hub_str_is(stored_header(first, "x-trace"), "abc"));
	assert_int_equal(stored_header(first, "hub_dlq_else").len, 0);
	assert_int_equal(first->header_count, 1 + 9);
	expect_dead(1, "UNKNOWN_SCHEMA", 1);
	expect_dead(2, "RULE", dead);
	expect_dead(3, "WRONG_KEY", 3);
	expect_dead(4, "UNDECODABLE", 4);
	expect_dead(5, "TOO_LARGE", many);
	/* None of them left a trace in the state. */
	assert_string_equal(toy_decisions(&toy, 0), "a=1");
	assert_int_equal(toy.dead, 6);
	assert_int_equal(toy.decided, 1);
	assert_int_equal(toy.broker.committed[EVENTS][0].next, 7);
}

enum { LIMIT = 1024 * 1024, MANY_HEADERS = LIMIT / 2 + 1 };

/* The nth letter holds no more than where its input lies and how much that was. */
static void expect_left_out(uint32_t n, size_t weight, bool has_key)
{
	char text[32];
	const struct stored *dead = broker_visible(&toy.broker, DEAD_LETTERS, 0, n);
	assert_non_null(dead);
	snprintf(text, sizeof(text), "%zu", weight);
	assert_true(hub_str_is(stored_header(dead, "hub_dlq_left_out"), text));
	assert_true(hub_str_is(stored_header(dead, "hub_dlq_reason"), "TOO_LARGE"));
	assert_non_null(strstr(stored_header(dead, "hub_dlq_detail").data, "limit 1048576"));
	assert_null(stored_header(dead, "x-trace").data);
	assert_null(dead->value);
	assert_int_equal(dead->key != NULL, has_key);
}

/* A record that a compressed batch brought, as the client hands it on: more headers than a test's log holds. */
static void bring(struct hub_str key, const struct hub_header *headers, uint32_t count)
{
	const struct hub_kafka_event event = { .kind = HUB_KAFKA_RECORD,
		.at = { EVENTS, 0 },
		.offset = toy.broker.logs[EVENTS][0].end++,
		.has_key = true,
		.key = key,
		.has_value = true,
		.value = HUB_STR("v"),
		.headers = headers,
		.header_count = count };
	toy.member->queue[toy.member->queued++] = event;
}

static void what_is_larger_than_an_input_is_left_out(void **state)
{
	(void)state;
	const struct hub_header trace = { HUB_STR("x-trace"), HUB_STR("abc") };
	struct hub_str key = hub_str_from(toy_county(0));
	char *bytes = calloc(1, LIMIT + 1);
	struct hub_header *headers = calloc(MANY_HEADERS, sizeof(*headers));
	toy_start_ready(&toy, "01");
	broker_append(&toy.broker, EVENTS, 0, key, (struct hub_str){ bytes, LIMIT - key.len }, NULL, 0);
	broker_append(
	        &toy.broker, EVENTS, 0, key, (struct hub_str){ bytes, LIMIT - key.len - 11 }, &trace, 1);
	assert_int_equal(toy_run(&toy, 5), 0);
	bring((struct hub_str){ bytes, LIMIT }, NULL, 0);
	bring(key, headers, MANY_HEADERS);
	assert_int_equal(toy_run(&toy, 5), 0);
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 5), 0);
	expect_dead(0, "UNDECODABLE", 0);
	expect_left_out(1, LIMIT + 1, true);
	expect_left_out(2, LIMIT + 1, false);
	expect_left_out(3, key.len + 1 + 2 * (size_t)MANY_HEADERS, true);
	assert_string_equal(toy_decisions(&toy, 0), "a=1");
	free(headers);
	free(bytes);
}

static void a_wrong_partition_is_a_dead_letter(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	int64_t there = toy_event(&toy, 1, "a", "");
	const struct stored *good = &toy.broker.logs[EVENTS][1].records[there];
	broker_append(&toy.broker, EVENTS, 0, hub_str_from(toy_county(1)),
	        (struct hub_str){ good->value, good->value_len }, NULL, 0);
	assert_int_equal(toy_run(&toy, 5), 0);
	expect_dead(0, "WRONG_PARTITION", 0);
}

static void headers_must_not_contradict(void **state)
{
	(void)state;
	const struct hub_header wrong = { HUB_STR("ce_type"), HUB_STR("hub.referral.SlotsOpened") };
	toy_start_ready(&toy, "01");
	int64_t there = toy_event(&toy, 0, "a", "");
	const struct stored *good = &toy.broker.logs[EVENTS][0].records[there];
	broker_append(&toy.broker, EVENTS, 0, hub_str_from(toy_county(0)),
	        (struct hub_str){ good->value, good->value_len }, &wrong, 1);
	assert_int_equal(toy_run(&toy, 5), 0);
	expect_dead(0, "RULE", 1);
}

static void nothing_is_decided_without_a_registry(void **state)
{
	(void)state;
	toy_event(&toy, 0, "a", "");
	toy_start(&toy, "01");
	assert_int_equal(toy_run(&toy, 30), 0);
	assert_false(toy.ready);
	assert_string_equal(toy.ready_reason, "the registry is empty");
	assert_int_equal(broker_visible_count(&toy.broker, DEAD_LETTERS, 0), 0);
	toy_load_registry(&toy);
	assert_int_equal(toy_run(&toy, 30), 0);
	assert_true(toy.ready);
	assert_string_equal(toy_decisions(&toy, 0), "a=1");
}

static void a_load_applies_to_what_comes_later(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 3), 0);
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 3), 0);
	assert_int_equal(toy.policies, 1);
	assert_int_equal(toy.notices[HUB_NOTICE_REGISTRY_BAD], 1); /* the toy finds a fault in each */
	toy_load_registry(&toy);
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 3), 0);
	assert_int_equal(toy.policies, 2);
	assert_int_equal(toy.notices[HUB_NOTICE_REGISTRY_BAD], 2);
	assert_int_equal(toy.notices[HUB_NOTICE_REGISTRY], 2);
}

static void a_clock_that_is_off_is_not_believed(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy.broker.wall_offset_ms += 3600 * 1000;
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 30), 0);
	assert_false(toy.ready);
	assert_string_equal(toy_decisions(&toy, 0), "");
	/* Also a new owner on that machine finds out before it decides. */
	toy_start(&toy, "01");
	assert_int_equal(toy_run(&toy, 30), 0);
	assert_false(toy.ready);
	assert_string_equal(toy_decisions(&toy, 0), "");
	toy.broker.wall_offset_ms -= 3600 * 1000;
	assert_int_equal(toy_run(&toy, 30), 0);
	assert_true(toy.ready);
	assert_string_equal(toy_decisions(&toy, 0), "a=1");
}

static void a_cut_transaction_goes_on_in_the_next(void **state)
{
	(void)state;
	toy.options.batch_events = 3;
	toy_start_ready(&toy, "0");
	for (int i = 0; i < 8; i++)
		toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 5), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=2 a=3 a=4 a=5 a=6 a=7 a=8");
	assert_int_equal(toy.member->commits, 4);
}

/* A broker that was away for a minute does not make the next transactions wait for it. */
static void one_slow_transaction_slows_nothing_down(void **state)
{
	struct hub_pace pace = { 0 };
	int64_t now = 1000 * 1000;
	(void)state;
	hub_pace_note(&pace, now, now + 60 * 1000 * 1000);
	now += 60 * 1000 * 1000;
	hub_pace_note(&pace, now, now + 5000);
	assert_true(hub_pace_next_us(&pace) < now + 200 * 1000);
}

/* The end of a partition comes before the next record: the next transaction breathes all the same. */
static void an_end_of_a_partition_is_no_reason_to_hurry(void **state)
{
	(void)state;
	toy_start_ready(&toy, "0");
	toy_event(&toy, 0, "a", "");
	while (toy.decided < 1)
		assert_int_equal(toy_run(&toy, 1), 0);
	int64_t ended_us = toy.broker.now_us;
	toy.member->queue[toy.member->queued++] =
	        (struct hub_kafka_event){ .kind = HUB_KAFKA_EOF, .at = { EVENTS, 0 }, .offset = 1 };
	toy_event(&toy, 0, "b", "");
	while (toy.decided < 2)
		assert_int_equal(toy_run(&toy, 1), 0);
	assert_true(toy.broker.now_us >= ended_us + 3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(decisions_say_where_they_come_from),
		TEST(one_slow_transaction_slows_nothing_down),
		TEST(an_end_of_a_partition_is_no_reason_to_hurry),
		TEST(position_is_last_and_offsets_carry_its_number),
		TEST(a_new_owner_goes_on),
		TEST(what_was_there_before_is_read_from_the_start),
		TEST(an_abort_takes_everything_back),
		TEST(a_retriable_answer_is_asked_again),
		TEST(unknown_but_committed),
		TEST(unknown_and_not_committed),
		TEST(a_refused_commit_waits_for_the_group),
		TEST(a_lost_membership_is_not_an_assignment),
		TEST(dead_letters_keep_their_bytes),
		TEST(what_is_larger_than_an_input_is_left_out),
		TEST(a_wrong_partition_is_a_dead_letter),
		TEST(headers_must_not_contradict),
		TEST(nothing_is_decided_without_a_registry),
		TEST(a_load_applies_to_what_comes_later),
		TEST(a_clock_that_is_off_is_not_believed),
		TEST(a_cut_transaction_goes_on_in_the_next),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
