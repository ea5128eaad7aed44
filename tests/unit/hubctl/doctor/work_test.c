/* The work itself: lag, Redis that follows, dead letters. */
#include "doctor/world.h"

static void lag_that_comes_on_is_well(void **state)
{
	(void)state;
	w.positions[0][0][1].high = 5000;
	assert_true(doctor_wants_second(&w.seen));
	assert_int_equal(doctor_second_after_ms(&w.seen), 4000);
	look_again();
	w.positions[1][0][1].committed = 3000;
	assert_well();
}

static void lag_that_stands_still(void **state)
{
	(void)state;
	w.positions[0][0][1].high = 110;
	look_again();
	w.positions[1][0][1].high = 115;
	assert_fault(DOCTOR_CONSUMER_STUCK,
	        "15 records wait (5 more than 4 s ago); referral-router-a from /10.0.0.7");
	w.members[1][0].client = HUB_STR("rdkafka");
	assert_fault(DOCTOR_CONSUMER_FOREIGN, "\"rdkafka\" from /10.0.0.7");
	w.seen.kafka.second.member_count = 0;
	assert_fault(DOCTOR_CONSUMER_NONE, "15 records wait in 1 partition, the group is empty");
	w.seen.kafka.first.inputs[0].error =
	        (struct hub_error){ HUB_E_RETRY, "kafka", "(GROUP_AUTHORIZATION_FAILED)" };
	assert_fault(DOCTOR_KAFKA_ACL, "the router's inputs");
}

/* The router's own transactions leave marks at the end of its input, hubctl topics advance records that were taken back. */
static void a_gap_without_records_is_not_lag(void **state)
{
	(void)state;
	int64_t readable[2][PARTITIONS] = { { 100, INT64_MAX, 100, 100 }, { 100, INT64_MAX, 100, 100 } };
	w.positions[0][1][1].high = 102;
	w.seen.kafka.first.inputs[1].readable = readable[0];
	assert_false(doctor_wants_second(&w.seen));
	assert_well();
	look_again();
	w.seen.kafka.second.inputs[1].readable = readable[1];
	assert_well();
	/* A record behind the marks waits. */
	w.positions[0][1][1].high = w.positions[1][1][1].high = 105;
	readable[0][1] = readable[1][1] = 104;
	assert_true(doctor_wants_second(&w.seen));
	assert_fault(DOCTOR_CONSUMER_STUCK, "1 record wait (0 more than 4 s ago)");
}

static void a_right_that_is_missing_is_told_once(void **state)
{
	(void)state;
	const struct hub_error refused = { HUB_E_RETRY, "kafka", "cannot ask (GROUP_AUTHORIZATION_FAILED)" };
	struct doctor_group_look *look = &w.seen.kafka.first;
	look->members_error = look->changelog_error = look->inputs[0].error = look->inputs[1].error = refused;
	assert_fault(DOCTOR_KAFKA_ACL, "members of the group");
}

static void an_empty_group_is_told_before_events_come(void **state)
{
	(void)state;
	w.seen.kafka.first.member_count = 0;
	w.seen.daemons.count = 0;
	assert_fault(DOCTOR_CONSUMER_NONE, "nothing waits");
}

static void fences(void **state)
{
	(void)state;
	struct doctor_fence *fence = &w.seen.redis.first.fences[1];
	fence->fence.offset = 490;
	fence->fence.timestamp_ms = now_ms - 60000;
	assert_true(doctor_wants_second(&w.seen));
	look_again();
	assert_fault(DOCTOR_REDIS_BEHIND, "1 of 4 partitions stand still, up to 10 records behind");
	w.seen.redis.second.fences[1].fence.offset = 500;
	assert_well();
}

static void fences_of_another_hub(void **state)
{
	(void)state;
	struct doctor_fence *fence = &w.seen.redis.first.fences[1];
	fence->fence.offset = 9000; /* beyond the changelog */
	look_again();
	assert_fault(DOCTOR_REDIS_FOREIGN, "1 of 4 partitions");
	fence->fence.offset = 500; /* that very place, at another time */
	fence->fence.timestamp_ms = now_ms - 31000;
	look_again();
	assert_fault(DOCTOR_REDIS_FOREIGN, "partition 1");
	fence->fence.timestamp_ms = now_ms - 30000;
	w.seen.redis.first.fences[PARTITIONS + 2].there = true;
	assert_fault(DOCTOR_REDIS_FOREIGN, "fences of 1 partition that this hub does not have");
}

static void a_redis_that_is_not_the_routers(void **state)
{
	(void)state;
	for (int p = 0; p < PARTITIONS; p++)
		w.seen.redis.first.fences[p].there = w.seen.redis.first.fences[p].parsed = false;
	look_again();
	assert_fault(DOCTOR_REDIS_ELSEWHERE, "database 0 has nothing of 4 partitions");
	w.daemons[0].hot_state = HUB_STR("the store is away: AUTH was refused: WRONGPASS");
	assert_fault(DOCTOR_DAEMON_STORE, "WRONGPASS");
}

/* There was no time to read back to a position: no fault, least of all one whose remedy empties Redis. */
static void a_position_that_was_not_read_is_not_known(void **state)
{
	(void)state;
	struct doctor_changelog *log = &w.changelogs[0][1];
	log->unread = true;
	log->count = 0;
	w.seen.kafka.first.member_count = 0;
	assert_false(doctor_wants_second(&w.seen));
	look_again();
	w.changelogs[1][1] = *log;
	assert_fault(DOCTOR_CONSUMER_NONE, "nothing waits");
	const struct doctor_findings *findings = doctor_judge(&w.seen, w.arena);
	uint32_t told = 0;
	for (uint32_t i = 0; i < findings->count; i++)
		told += findings->items[i].level == DOCTOR_NOTE &&
		        hub_str_starts_with(findings->items[i].seen, HUB_STR("not known in 1 partition"));
	assert_int_equal(told, 2);
	/* Known to be empty is another matter. */
	log->unread = w.changelogs[1][1].unread = false;
	findings = doctor_judge(&w.seen, w.arena);
	assert_non_null(finding_of(findings, DOCTOR_REDIS_FOREIGN));
}

static void dead_letters(void **state)
{
	(void)state;
	struct doctor_letters *letters = &w.seen.kafka.letters;
	letters->older = 5;
	assert_well();
	letters->day = 5;
	letters->hour = 2;
	letters->newest_ms = now_ms - 180000;
	letters->reasons[0].reason = HUB_STR("WRONG_KEY");
	letters->reasons[0].count = 5;
	letters->reasons[0].place = HUB_STR("3:42");
	assert_fault(DOCTOR_DEAD_LETTERS,
	        "5 in the last 24 h, 2 of all in the last hour, the newest 3 min ago: 5 WRONG_KEY");
	letters->reasons[0].reason = HUB_STR("UNKNOWN_SCHEMA");
	letters->unknown_schema[0] = (struct doctor_publisher){ HUB_STR("/org/980121-T1"), 4 };
	letters->unknown_schema[1] = (struct doctor_publisher){ HUB_STR("/org/980121-T2"), 1 };
	assert_fault(DOCTOR_UNKNOWN_SCHEMA,
	        "5 letters in the last 24 h, from /org/980121-T1 (4), /org/980121-T2 (1)");
	const struct doctor_findings *findings = doctor_judge(&w.seen, w.arena);
	struct hub_str commands = finding_of(findings, DOCTOR_UNKNOWN_SCHEMA)->commands;
	assert_true(hub_str_starts_with(commands, HUB_STR("hubctl dlq show 3:42\n")));
	letters->reasons[0].reason = HUB_STR("CRASHED");
	assert_fault(DOCTOR_CRASHED, "at 3:42");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCTOR_TEST(lag_that_comes_on_is_well),
		DOCTOR_TEST(lag_that_stands_still),
		DOCTOR_TEST(a_gap_without_records_is_not_lag),
		DOCTOR_TEST(a_right_that_is_missing_is_told_once),
		DOCTOR_TEST(an_empty_group_is_told_before_events_come),
		DOCTOR_TEST(fences),
		DOCTOR_TEST(fences_of_another_hub),
		DOCTOR_TEST(a_redis_that_is_not_the_routers),
		DOCTOR_TEST(a_position_that_was_not_read_is_not_known),
		DOCTOR_TEST(dead_letters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
