/* State and offsets belong together, or the partition is not decided (I-3); versions roll (I-9). */
#include "toy.h"

#include "records/partition_position.h"
#include "runtime/position.h"

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

static void decide_some(void)
{
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	toy_event(&toy, 1, "b", "");
	assert_int_equal(toy_run(&toy, 5), 0);
}

static void set_committed(int64_t next, const char *metadata)
{
	struct hub_kafka_offset *committed = &toy.broker.committed[EVENTS][0];
	free((char *)(uintptr_t)committed->metadata.data);
	committed->next = next;
	committed->metadata = (struct hub_str){ strdup(metadata), (uint32_t)strlen(metadata) };
}

/* Partition 0 stops, with text in its reason; partition 1 goes on. */
static void expect_stopped(const char *text)
{
	toy_start(&toy, "01");
	toy_event(&toy, 0, "a", "");
	toy_event(&toy, 1, "b", "");
	assert_int_equal(toy_run(&toy, 30), 0);
	assert_int_equal(toy.notices[HUB_NOTICE_STOPPED], 1);
	assert_false(toy.ready);
	if (!strstr(toy.ready_reason, text))
		fail_msg("reason is: %s", toy.ready_reason);
	assert_string_equal(toy_decisions(&toy, 0), "a=1");
	assert_string_equal(toy_decisions(&toy, 1), "b=1 b=2");
}

static void an_offset_set_back_stops_the_partition(void **state)
{
	(void)state;
	decide_some();
	set_committed(0, "2");
	expect_stopped("disagree");
	/* Until the next assignment, when it has been repaired. */
	set_committed(1, "2");
	member_revoke(toy.member, false);
	int32_t both[] = { 0, 1 };
	broker_assign(&toy.broker, toy.member, both, 2);
	assert_int_equal(toy_run(&toy, 30), 0);
	assert_true(toy.ready);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=2");
}

static void another_transaction_s_offset_stops_the_partition(void **state)
{
	(void)state;
	decide_some();
	set_committed(1, "1"); /* a timer moves no offset, but the number */
	expect_stopped("transaction 2 wrote the state, 1 committed the offset");
}

static void offsets_without_a_position_stop_the_partition(void **state)
{
	(void)state;
	decide_some();
	toy.broker.logs[STATE][0].start = toy.broker.logs[STATE][0].end;
	for (uint32_t i = 0; i < toy.broker.logs[STATE][0].count; i++)
		toy.broker.logs[STATE][0].records[i].visible = false;
	expect_stopped("holds no position");
}

static void expired_offsets_are_taken_from_the_position(void **state)
{
	(void)state;
	decide_some();
	set_committed(HUB_OFFSET_NONE, "");
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 5), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=2");
}

static void a_log_that_was_cut_stops_the_partition(void **state)
{
	(void)state;
	decide_some();
	toy.broker.logs[EVENTS][0].start = 5;
	toy.broker.logs[EVENTS][0].end = 5;
	expect_stopped("was cut");
}

static void abort_a_record(void)
{
	static struct member other; /* the broker knows it to the end */
	member_init(&other, &toy.broker);
	struct hub_kafka_record record = { .to = { EVENTS, 0 }, .value = HUB_STR("?"), .has_value = true };
	other.port.begin(&other, NULL);
	other.port.produce(&other, &record, NULL);
	other.port.abort(&other, NULL);
	assert_int_equal(toy_run(&toy, 5), 0);
}

static void pass_an_hour(void)
{
	toy.broker.now_us += INT64_C(3600) * 1000 * 1000;
	assert_int_equal(toy_run(&toy, 5), 0);
}

/* Retention takes what was decided, and behind it an aborted record and its mark, which nobody was ever handed. */
static void marks_that_were_cut_are_not_missing(void **state)
{
	(void)state;
	decide_some();
	struct topic_log *log = &toy.broker.logs[EVENTS][0];
	abort_a_record();
	assert_int_equal(toy.broker.committed[EVENTS][0].next, 1);
	pass_an_hour();
	assert_int_equal(toy.broker.committed[EVENTS][0].next, 3);
	assert_int_equal(log->end, 3);
	log->start = log->end;
	log->records[0].visible = false;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 5), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=2");
	assert_string_equal(toy_decisions(&toy, 1), "b=1");
}

/* Kafka forgets offsets that are not committed anew. */
static void a_quiet_partition_commits_once_an_hour(void **state)
{
	(void)state;
	decide_some();
	int commits = toy.member->commits;
	for (int hour = 1; hour <= 3; hour++) {
		pass_an_hour();
		assert_int_equal(toy.member->commits, commits + hour);
	}
	assert_int_equal(toy.broker.committed[EVENTS][1].next, 1);
	assert_true(hub_str_is(toy.broker.committed[EVENTS][1].metadata, "5"));
	toy_expect_redis_is_fold(&toy, 0);
	assert_int_equal(toy.notices[HUB_NOTICE_STOPPED], 0);
}

static void records_that_are_gone_stop_the_partition(void **state)
{
	(void)state;
	decide_some();
	struct hub_kafka_event gone = { .kind = HUB_KAFKA_ERROR, .at = { EVENTS, 0 } };
	hub_error_set(&gone.error, HUB_E_NOT_FOUND, "kafka", "not in the log any more");
	toy.member->queue[toy.member->queued++] = gone;
	toy_event(&toy, 1, "b", "");
	assert_int_equal(toy_run(&toy, 10), 0);
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 10), 0);
	assert_int_equal(toy.notices[HUB_NOTICE_STOPPED], 1);
	assert_string_equal(toy_decisions(&toy, 0), "a=1");
	assert_string_equal(toy_decisions(&toy, 1), "b=1 b=2");
	assert_false(toy.ready);
	gone.at = (struct hub_topic_partition){ REGISTRY, 0 };
	toy.member->queue[toy.member->queued++] = gone;
	assert_int_equal(toy_run(&toy, 10), HUB_E_NOT_FOUND);
}

static void tell_unreadable(int32_t topic, int32_t partition)
{
	struct hub_kafka_event event = { .kind = HUB_KAFKA_ERROR, .at = { topic, partition } };
	hub_error_set(&event.error, HUB_E_RETRY, "kafka", "cannot read %s[%d]: not allowed",
	        toy.topics.names[topic], partition);
	toy.member->queue[toy.member->queued++] = event;
}

/* Whatever comes from elsewhere: readiness names what cannot be read, until that is read again. */
static void what_cannot_be_read_is_named(void **state)
{
	(void)state;
	decide_some();
	toy.member->hold = true;
	tell_unreadable(EVENTS, 1);
	tell_unreadable(EVENTS, 0);
	toy_load_registry(&toy);
	assert_int_equal(toy_run(&toy, 10), 0);
	assert_int_equal(toy.notices[HUB_NOTICE_REGISTRY], 2);
	assert_false(toy.ready);
	assert_non_null(strstr(toy.ready_reason, "[1]: not allowed, and others"));
	toy_event(&toy, 0, "a", "");
	int tries = toy.member->assigns;
	for (int64_t end = toy.broker.now_us + 60 * 1000000; toy.broker.now_us < end;)
		assert_int_equal(toy_run(&toy, 1), 0);
	assert_false(toy.ready);
	assert_in_range(toy.member->assigns - tries, 10, 20); /* soon at first, then every five seconds */

	toy.member->hold = false;
	for (int64_t end = toy.broker.now_us + 6 * 1000000; toy.broker.now_us < end;)
		assert_int_equal(toy_run(&toy, 1), 0);
	assert_true(toy.ready);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=2");
	tries = toy.member->assigns;
	assert_int_equal(toy_run(&toy, 100), 0);
	assert_int_equal(toy.member->assigns, tries);
}

static void a_changelog_that_cannot_be_read_is_read_on(void **state)
{
	(void)state;
	decide_some();
	toy_start(&toy, "01");
	tell_unreadable(STATE, 0);
	assert_int_equal(toy_run(&toy, 2), 0);
	assert_non_null(strstr(toy.ready_reason, "[0]: not allowed"));
	assert_int_equal(toy_run(&toy, 60), 0);
	assert_true(toy.ready);
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 5), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=2");
}

/* The first thing that a client tells may be that there is no broker. */
static void trouble_before_the_first_assignment(void **state)
{
	(void)state;
	struct hub_kafka_event down = { .kind = HUB_KAFKA_ERROR, .at = { -1, -1 } };
	hub_error_set(&down.error, HUB_E_RETRY, "kafka", "connection refused");
	toy_load_registry(&toy);
	member_init(&toy.members[toy.broker.member_count], &toy.broker);
	toy.member = &toy.members[toy.broker.member_count - 1];
	toy.options.kafka = &toy.member->port;
	toy.options.clock = &toy.member->clock;
	toy.runtime = hub_runtime_new(&toy.options);
	toy.member->fail_call = CALL_COUNT;
	toy.member->fail_code = HUB_E_RETRY;
	toy.member->fail_times = 2;
	toy.member->queue[toy.member->queued++] = down;
	assert_int_equal(toy_run(&toy, 3), 0);
}

/* Or it would hold a share of the partitions, and decide none of it. */
static void who_cannot_start_is_no_member(void **state)
{
	int32_t both[] = { 0, 1 };
	(void)state;
	toy_load_registry(&toy);
	toy.member = &toy.members[0];
	member_init(toy.member, &toy.broker);
	toy.options.kafka = &toy.member->port;
	toy.options.clock = &toy.member->clock;
	toy.runtime = hub_runtime_new(&toy.options);
	broker_assign(&toy.broker, toy.member, both, 2);
	static const enum call needed[] = { CALL_COUNT, CALL_INIT };
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		toy.member->fail_call = needed[i];
		toy.member->fail_code = HUB_E_RETRY;
		for (toy.member->fail_times = 3; toy.member->fail_times > 1;) {
			assert_int_equal(toy_run(&toy, 1), 0);
			assert_false(toy.member->joined);
		}
	}
	assert_int_equal(toy_run(&toy, 60), 0);
	assert_true(toy.ready);
}

static void append_state(const char *key, struct hub_str value)
{
	broker_append(&toy.broker, STATE, 0, hub_str_from(key), value, NULL, 0);
}

static void a_newer_state_is_not_decided(void **state)
{
	(void)state;
	decide_some();
	struct hub_position position;
	struct hub_buf buf;
	hub_position_init(&position);
	position.next[0] = 1;
	position.batch_seq = 2;
	position.state_version = 2;
	hub_buf_init(&buf, 1 << 16);
	hub_position_encode(&position, &toy.topics, &buf);
	/* With a record that this program cannot read: the version is the better reason. */
	append_state("new", HUB_STR("\xc3\x01"
	                            "unknown!x"));
	append_state("position", hub_buf_slice(&buf));
	hub_buf_done(&buf);
	expect_stopped("version 2, this program knows 1: start the newer program");
}

static int32_t written_version(int32_t partition)
{
	struct hub_position position;
	uint32_t n = broker_visible_count(&toy.broker, STATE, partition);
	const struct stored *stored = broker_visible(&toy.broker, STATE, partition, n - 1);
	assert_string_equal(stored->key, "position");
	assert_int_equal(hub_position_decode((struct hub_str){ stored->value, stored->value_len },
	                         &toy.topics, &position, NULL),
	        0);
	return position.state_version;
}

/* A program of version 3 on what one of version 1 left. */
static void an_upgrade_raises_no_version_until_it_is_told_to(void **state)
{
	static struct hub_core newer;
	(void)state;
	toy_start_ready(&toy, "0");
	newer = toy_core;
	newer.state_version = 3;
	toy.options.core = &newer;
	static const struct {
		int32_t write_version, known, fresh;
	} steps[] = { { 0, 1, 3 }, { 2, 2, 3 }, { 0, 2, 3 }, { 1, 2, 3 }, { 3, 3, 3 }, { 99, 3, 3 } };
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		toy.options.write_version = steps[i].write_version;
		toy_start_ready(&toy, "01");
		assert_int_equal(written_version(0), steps[i].known);
		assert_int_equal(written_version(1), steps[i].fresh);
	}
}

static void an_unreadable_state_record_stops_the_partition(void **state)
{
	(void)state;
	decide_some();
	append_state("a", HUB_STR("rubbish"));
	expect_stopped("state record at offset");
}

static void an_open_transaction_is_waited_for(void **state)
{
	(void)state;
	decide_some();
	/* A predecessor's transaction has written state and offsets, but has no marker yet. */
	struct member other;
	member_init(&other, &toy.broker);
	other.generation = toy.broker.generation;
	struct hub_kafka_record record = { .to = { STATE, 0 },
		.key = HUB_STR("position"),
		.has_key = true,
		.value = HUB_STR("?"),
		.has_value = true };
	other.port.begin(&other, NULL);
	other.port.produce(&other, &record, NULL);
	toy_start(&toy, "01");
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 30), 0);
	assert_string_equal(toy.ready_reason, "restoring: a transaction is open in toy.state[0]");
	assert_int_equal(toy.member->commits, 0);
	other.port.abort(&other, NULL);
	assert_int_equal(toy_run(&toy, 30), 0);
	assert_true(toy.ready);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=2");
}

static void a_fault_while_asking_is_waited_out(void **state)
{
	(void)state;
	toy_load_registry(&toy);
	toy_event(&toy, 0, "a", "");
	toy_start(&toy, "01");
	toy.member->fail_call = CALL_COMMITTED;
	toy.member->fail_code = HUB_E_RETRY;
	toy.member->fail_times = 3;
	assert_int_equal(toy_run(&toy, 60), 0);
	assert_int_equal(toy.notices[HUB_NOTICE_RETRY], 3);
	assert_true(toy.ready);
	assert_string_equal(toy_decisions(&toy, 0), "a=1");
}

static void a_rebalance_drops_what_was_gathered(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	toy_event(&toy, 1, "b", "");
	member_revoke(toy.member, false);
	int32_t one = 1;
	broker_assign(&toy.broker, toy.member, &one, 1);
	assert_int_equal(toy_run(&toy, 30), 0);
	assert_string_equal(toy_decisions(&toy, 0), "");
	assert_string_equal(toy_decisions(&toy, 1), "b=1");
	assert_int_equal(toy.notices[HUB_NOTICE_REVOKED], 2);
}

static void the_clock_never_goes_back(void **state)
{
	(void)state;
	decide_some();
	toy.broker.wall_offset_ms -= 60 * 1000;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 5), 0);
	struct hub_position first, last;
	uint32_t n = broker_visible_count(&toy.broker, STATE, 0);
	const struct stored *stored = broker_visible(&toy.broker, STATE, 0, n - 1);
	assert_int_equal(hub_position_decode((struct hub_str){ stored->value, stored->value_len },
	                         &toy.topics, &last, NULL),
	        0);
	stored = broker_visible(&toy.broker, STATE, 0, 2);
	assert_string_equal(stored->key, "position");
	assert_int_equal(hub_position_decode((struct hub_str){ stored->value, stored->value_len },
	                         &toy.topics, &first, NULL),
	        0);
	assert_true(first.clock_ms > 0);
	assert_int_equal(last.clock_ms, first.clock_ms);
	assert_int_equal(last.batch_seq, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(an_offset_set_back_stops_the_partition),
		TEST(another_transaction_s_offset_stops_the_partition),
		TEST(offsets_without_a_position_stop_the_partition),
		TEST(expired_offsets_are_taken_from_the_position),
		TEST(a_log_that_was_cut_stops_the_partition),
		TEST(marks_that_were_cut_are_not_missing),
		TEST(a_quiet_partition_commits_once_an_hour),
		TEST(records_that_are_gone_stop_the_partition),
		TEST(what_cannot_be_read_is_named),
		TEST(a_changelog_that_cannot_be_read_is_read_on),
		TEST(trouble_before_the_first_assignment),
		TEST(who_cannot_start_is_no_member),
		TEST(a_newer_state_is_not_decided),
		TEST(an_upgrade_raises_no_version_until_it_is_told_to),
		TEST(an_unreadable_state_record_stops_the_partition),
		TEST(an_open_transaction_is_waited_for),
		TEST(a_fault_while_asking_is_waited_out),
		TEST(a_rebalance_drops_what_was_gathered),
		TEST(the_clock_never_goes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
