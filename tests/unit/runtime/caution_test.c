/* What crashes the process is found and set aside (I-6): an input as CRASHED, a timer by stopping its partition; and
 * nothing that did not crash is. */
#include "toy.h"

#include <stdio.h>
#include <stdlib.h>

static struct toy toy;
static struct hub_crash_file files[2];

static int set_up(void **state)
{
	(void)state;
	memset(files, 0, sizeof(files));
	toy_init(&toy);
	toy.options.crash_file = &files[0];
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	toy_done(&toy);
	return 0;
}

/* As the supervisor does; the number of crashes until it runs. */
static int run_until_it_holds(const char *partitions)
{
	for (int crashes = 0; crashes < 10; crashes++) {
		toy_start(&toy, partitions);
		if (toy_run(&toy, 60) == 0)
			return crashes;
	}
	return -1;
}

static void expect_dead_letter(const char *reason, int64_t offset, int32_t partition, uint32_t n)
{
	char number[24];
	const struct stored *letter = broker_visible(&toy.broker, DEAD_LETTERS, partition, n);
	snprintf(number, sizeof(number), "%lld", (long long)offset);
	assert_non_null(letter);
	assert_true(hub_str_is(stored_header(letter, "hub_dlq_reason"), reason));
	assert_true(hub_str_is(stored_header(letter, "hub_dlq_offset"), number));
	const struct stored *input = broker_visible(&toy.broker, EVENTS, partition, (uint32_t)offset);
	assert_int_equal(letter->value_len, input->value_len);
	assert_memory_equal(letter->value, input->value, input->value_len);
}

static void the_event_that_crashes_twice_is_set_aside(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	for (int i = 0; i < 5; i++)
		toy_event(&toy, 0, "a", "");
	int64_t offset = toy_event(&toy, 0, "a", "crash");
	for (int i = 0; i < 5; i++)
		toy_event(&toy, 0, "a", "");
	toy_event(&toy, 1, "b", "");
	assert_int_equal(toy_run(&toy, 5), TOY_CRASHED);
	assert_int_equal(broker_visible_count(&toy.broker, DEAD_LETTERS, 0), 0);
	assert_int_equal(run_until_it_holds("01"), 1);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=2 a=3 a=4 a=5 a=6 a=7 a=8 a=9 a=10");
	assert_string_equal(toy_decisions(&toy, 1), "b=1");
	expect_dead_letter("CRASHED", offset, 0, 0);
	assert_int_equal(broker_visible_count(&toy.broker, DEAD_LETTERS, 0), 1);
	assert_int_equal(toy.notices[HUB_NOTICE_POISON], 1);
	assert_int_equal(toy.dead, 1);
	assert_int_equal(files[0].suspects.count, 0);
	assert_int_equal(files[0].noted.count, 0);
	toy_expect_redis_is_fold(&toy, 0);
}

static void suspects_are_decided_one_a_transaction(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	for (int i = 0; i < 8; i++)
		toy_event(&toy, 0, "a", "");
	toy_event(&toy, 0, "a", "crash");
	assert_int_equal(toy_run(&toy, 5), TOY_CRASHED);
	uint32_t before = toy.committed;
	toy_start(&toy, "01");
	assert_int_equal(toy_run(&toy, 60), TOY_CRASHED);
	assert_int_equal(toy.committed - before, 1 + 8); /* the opening, and the eight that are innocent */
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=2 a=3 a=4 a=5 a=6 a=7 a=8");
}

static int64_t oldest_sign_us;

/* What the watchdog would think at each commit, a second after the last one. */
static void a_second_passes(void *user)
{
	struct hub_runtime_status status;
	(void)user;
	hub_runtime_status(toy.runtime, &status);
	int64_t age_us = toy.broker.now_us - status.step_us;
	oldest_sign_us = age_us > oldest_sign_us ? age_us : oldest_sign_us;
	toy.broker.now_us += 1000 * 1000;
}

static void many_suspects_are_no_standstill(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	for (int i = 0; i < 100; i++)
		toy_event(&toy, 0, "a", "");
	toy_event(&toy, 0, "a", "crash");
	assert_int_equal(toy_run(&toy, 5), TOY_CRASHED);
	toy_start(&toy, "01");
	toy.member->before_commit = a_second_passes;
	oldest_sign_us = 0;
	assert_int_equal(toy_run(&toy, 60), TOY_CRASHED);
	assert_true(oldest_sign_us > 0 && oldest_sign_us < 5 * 1000 * 1000);
}

static void what_comes_later_is_not_suspected(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "crash");
	assert_int_equal(toy_run(&toy, 5), TOY_CRASHED);
	for (int i = 0; i < 50; i++)
		toy_event(&toy, 1, "b", "");
	assert_int_equal(run_until_it_holds("01"), 1);
	assert_int_equal(toy.decided, 50);
	/* Openings of three starts, one dead letter, and fifty events in a few batches. */
	assert_true(toy.committed < 10);
}

static void several_that_crash_cost_two_crashes_each(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	for (int i = 0; i < 12; i++)
		toy_event(&toy, i % 2, "a", i % 4 == 1 ? "crash" : "");
	assert_int_equal(toy_run(&toy, 5), TOY_CRASHED);
	int crashes = run_until_it_holds("01");
	assert_true(crashes > 0 && crashes <= 5);
	assert_int_equal(broker_visible_count(&toy.broker, DEAD_LETTERS, 1), 3);
	assert_int_equal(broker_visible_count(&toy.broker, DEAD_LETTERS, 0), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=2 a=3 a=4 a=5 a=6");
	assert_string_equal(toy_decisions(&toy, 1), "a=1 a=2 a=3");
}

static void an_end_that_is_no_crash_accuses_nobody(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	toy_event(&toy, 0, "a", "crash");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(toy_run(&toy, 5), TOY_CRASHED);
		files[0].signal = 0; /* as kill -9 in the middle of the batch */
		toy_start(&toy, "01");
		assert_int_equal(files[0].suspects.count, 0);
	}
	assert_int_equal(toy.notices[HUB_NOTICE_CRASHED], 0);
}

static void a_kill_between_does_not_wipe_what_is_known(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	toy_event(&toy, 0, "a", "crash");
	assert_int_equal(toy_run(&toy, 5), TOY_CRASHED);
	for (int i = 0; i < 3; i++)
		toy_start(&toy, "01"); /* killed before it has decided anything */
	assert_int_equal(toy_run(&toy, 60), TOY_CRASHED);
	for (int i = 0; i < 3; i++)
		toy_start(&toy, "01");
	assert_int_equal(toy_run(&toy, 60), 0);
	assert_int_equal(broker_visible_count(&toy.broker, DEAD_LETTERS, 0), 1);
	assert_string_equal(toy_decisions(&toy, 0), "a=1");
}

/* The topic was made anew: the same place holds another event. */
static void another_event_at_the_same_place_is_innocent(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "crash");
	assert_int_equal(toy_run(&toy, 5), TOY_CRASHED);
	toy_start(&toy, "01");
	assert_int_equal(toy_run(&toy, 60), TOY_CRASHED);
	toy_done(&toy);
	toy_init(&toy);
	toy.options.crash_file = &files[0];
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 10), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1");
	assert_int_equal(files[0].suspects.count, 0);
}

/* After every crash the partition goes to the other instance. */
static void two_instances_crash_twice_each_at_most(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	toy_event(&toy, 0, "a", "crash");
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 5), TOY_CRASHED);
	int crashes = 1;
	for (; crashes < 10; crashes++) {
		toy.options.crash_file = &files[crashes % 2];
		toy_start(&toy, "01");
		if (toy_run(&toy, 60) == 0)
			break;
	}
	assert_true(crashes <= 4);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=2");
	assert_int_equal(broker_visible_count(&toy.broker, DEAD_LETTERS, 0), 1);
	/* The other one hears of it when the partition comes to it again. */
	toy.options.crash_file = &files[(crashes + 1) % 2];
	toy_start(&toy, "01");
	assert_int_equal(toy_run(&toy, 60), 0);
	assert_int_equal(files[0].suspects.count + files[1].suspects.count, 0);
}

static void what_another_owns_stays_on_the_list(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "crash");
	toy_event(&toy, 1, "b", "");
	assert_int_equal(toy_run(&toy, 5), TOY_CRASHED);
	toy_start(&toy, "1");
	assert_int_equal(toy_run(&toy, 60), 0);
	assert_string_equal(toy_decisions(&toy, 1), "b=1");
	assert_true(files[0].suspects.count > 0);
	for (uint32_t i = 0; i < files[0].suspects.count; i++)
		assert_int_equal(files[0].suspects.entries[i].partition, 0);
	assert_int_equal(run_until_it_holds("01"), 1);
	assert_int_equal(broker_visible_count(&toy.broker, DEAD_LETTERS, 0), 1);
}

static void an_abort_of_the_dead_letter_forgets_nothing(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "crash");
	assert_int_equal(toy_run(&toy, 5), TOY_CRASHED);
	toy_start(&toy, "01");
	assert_int_equal(toy_run(&toy, 60), TOY_CRASHED);
	toy_start(&toy, "0");
	while (!toy.ready)
		assert_int_equal(toy_run(&toy, 1), 0);
	toy.member->fail_call = CALL_COMMIT;
	toy.member->fail_code = HUB_E_ABORT;
	toy.member->fail_times = 2;
	assert_int_equal(toy_run(&toy, 60), 0);
	assert_int_equal(broker_visible_count(&toy.broker, DEAD_LETTERS, 0), 1);
	assert_int_equal(files[0].suspects.count, 0);
}

static void pass_time(int64_t ms)
{
	toy.broker.now_us += ms * 1000;
}

static void a_timer_that_crashes_twice_stops_its_partition(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "early", "after 500");
	toy_event(&toy, 0, "crash0", "after 501");
	toy_event(&toy, 0, "late", "after 502");
	toy_event(&toy, 1, "other", "after 500");
	assert_int_equal(toy_run(&toy, 3), 0);
	pass_time(2000);
	assert_int_equal(toy_run(&toy, 60), TOY_CRASHED);
	assert_int_equal(run_until_it_holds("01"), 1);
	assert_int_equal(toy.notices[HUB_NOTICE_CRASHED], 3); /* timers of two partitions, then the one */
	assert_int_equal(toy.notices[HUB_NOTICE_STOPPED], 1);
	assert_non_null(strstr(toy.ready_reason, "timer t of crash0 crashed the process"));
	/* The timer before it was fired, and the other partition goes on. */
	assert_string_equal(toy_decisions(&toy, 0), "early=1 crash0=1 late=1 early=101");
	toy_event(&toy, 1, "other", "");
	assert_int_equal(toy_run(&toy, 10), 0);
	assert_string_equal(toy_decisions(&toy, 1), "other=1 other=101 other=102");
	/* And a restart knows. */
	assert_int_equal(run_until_it_holds("01"), 0);
	assert_int_equal(toy.notices[HUB_NOTICE_STOPPED], 2);
}

static void suspected_timers_have_their_turn_under_load(void **state)
{
	(void)state;
	toy_start_ready(&toy, "0");
	for (int i = 0; i < 6; i++) {
		char counter[8];
		snprintf(counter, sizeof(counter), "t%d", i);
		toy_event(&toy, 0, counter, "after 500");
	}
	assert_int_equal(toy_run(&toy, 3), 0);
	pass_time(2000);
	toy_event(&toy, 0, "a", "crash");
	assert_int_equal(toy_run(&toy, 5), TOY_CRASHED);
	toy_start(&toy, "0");
	assert_int_equal(toy_run(&toy, 60), TOY_CRASHED);
	toy_start(&toy, "0");
	for (int i = 0; i < 60; i++) {
		toy_event(&toy, 0, "a", "");
		assert_int_equal(toy_run(&toy, 1), 0);
		pass_time(20);
	}
	assert_int_equal(toy.timers, 6);
	assert_int_equal(files[0].suspects.count, 0);
}

/* By the stream's clock a timer fires before the input that is later than it. */
static void a_timer_of_the_stream_clock_is_told_from_its_input(void **state)
{
	(void)state;
	toy.options.clock_kind = HUB_CLOCK_STREAM;
	toy_start_ready(&toy, "0");
	toy_event(&toy, 0, "crash0", "after 500");
	toy_event(&toy, 0, "t", "after 400");
	assert_int_equal(toy_run(&toy, 3), 0);
	pass_time(2000);
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 5), TOY_CRASHED);
	assert_int_equal(run_until_it_holds("0"), 1);
	assert_int_equal(toy.notices[HUB_NOTICE_STOPPED], 1);
	assert_int_equal(broker_visible_count(&toy.broker, DEAD_LETTERS, 0), 0);
	assert_string_equal(toy_decisions(&toy, 0), "crash0=1 t=1 t=101");
}

static void a_file_of_another_layout_is_begun_anew(void **state)
{
	(void)state;
	memset(&files[0], 0x5a, sizeof(files[0]));
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 5), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1");
	assert_true(files[0].layout == HUB_CRASH_LAYOUT);
	files[0].suspects.count = UINT32_MAX;
	toy_start_ready(&toy, "01");
	assert_int_equal(files[0].suspects.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_event_that_crashes_twice_is_set_aside, set_up, tear_down),
		cmocka_unit_test_setup_teardown(suspects_are_decided_one_a_transaction, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many_suspects_are_no_standstill, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_comes_later_is_not_suspected, set_up, tear_down),
		cmocka_unit_test_setup_teardown(several_that_crash_cost_two_crashes_each, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_end_that_is_no_crash_accuses_nobody, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        a_kill_between_does_not_wipe_what_is_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        another_event_at_the_same_place_is_innocent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(two_instances_crash_twice_each_at_most, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_another_owns_stays_on_the_list, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        an_abort_of_the_dead_letter_forgets_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        a_timer_that_crashes_twice_stops_its_partition, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        suspected_timers_have_their_turn_under_load, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        a_timer_of_the_stream_clock_is_told_from_its_input, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_of_another_layout_is_begun_anew, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
