/* Timers fire in order, once, and never before an input that was sent in time. */
#include "toy.h"

#include <stdio.h>

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

static void pass(int64_t ms)
{
	toy.broker.now_us += ms * 1000;
}

static void they_fire_when_due_and_in_order(void **state)
{
	(void)state;
	toy_start_ready(&toy, "0");
	toy_event(&toy, 0, "c", "after 700");
	toy_event(&toy, 0, "b", "after 900");
	toy_event(&toy, 0, "a", "after 900");
	assert_int_equal(toy_run(&toy, 2), 0);
	pass(300);
	assert_int_equal(toy_run(&toy, 2), 0);
	assert_string_equal(toy_decisions(&toy, 0), "c=1 b=1 a=1");
	pass(2000);
	assert_int_equal(toy_run(&toy, 10), 0);
	assert_string_equal(toy_decisions(&toy, 0), "c=1 b=1 a=1 c=101 a=101 b=101");
	pass(5000);
	assert_int_equal(toy_run(&toy, 10), 0);
	assert_string_equal(toy_decisions(&toy, 0), "c=1 b=1 a=1 c=101 a=101 b=101");
	toy_expect_redis_is_fold(&toy, 0);
}

static void they_fire_within_a_second_of_idleness(void **state)
{
	(void)state;
	toy_start_ready(&toy, "0");
	toy_event(&toy, 0, "a", "after 500");
	assert_int_equal(toy_run(&toy, 2), 0);
	int64_t due_us = toy.broker.now_us + 500 * 1000;
	while (strcmp(toy_decisions(&toy, 0), "a=1 a=101") != 0 && toy.broker.now_us < due_us + 2000 * 1000)
		assert_int_equal(toy_run(&toy, 1), 0);
	assert_true(toy.broker.now_us < due_us + 1000 * 1000);
}

static void an_answer_that_lies_in_the_log_comes_first(void **state)
{
	(void)state;
	toy_start_ready(&toy, "0");
	toy_event(&toy, 0, "a", "after 500");
	assert_int_equal(toy_run(&toy, 2), 0);
	toy.member->hold = true; /* fetching is slow */
	toy_event(&toy, 0, "a", "");
	pass(10 * 1000);
	assert_int_equal(toy_run(&toy, 30), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1");
	toy.member->hold = false;
	assert_int_equal(toy_run(&toy, 30), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=2 a=102");
}

static void the_end_of_the_log_is_asked_after_the_due_time(void **state)
{
	(void)state;
	toy_start_ready(&toy, "0");
	toy_event(&toy, 0, "a", "after 500");
	toy_event(&toy, 0, "b", "after 700"); /* so soon after a that the end is not asked again at once */
	assert_int_equal(toy_run(&toy, 2), 0);
	pass(550);
	assert_int_equal(toy_run(&toy, 2), 0); /* a fires; the end was asked now */
	assert_string_equal(toy_decisions(&toy, 0), "a=1 b=1 a=101");
	toy.member->hold = true;
	toy_event(&toy, 0, "b", "");
	pass(300);
	assert_int_equal(toy_run(&toy, 3), 0); /* that end does not count for b */
	assert_string_equal(toy_decisions(&toy, 0), "a=1 b=1 a=101");
	pass(5000);
	assert_int_equal(toy_run(&toy, 10), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 b=1 a=101");
	toy.member->hold = false;
	assert_int_equal(toy_run(&toy, 10), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 b=1 a=101 b=2 b=102");
}

static void the_end_is_asked_once_a_second_at_most(void **state)
{
	(void)state;
	char name[8], after[16];
	toy_start_ready(&toy, "0");
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		snprintf(after, sizeof(after), "after %d", 100 * i + 500);
		toy_event(&toy, 0, name, after);
	}
	assert_int_equal(toy_run(&toy, 2), 0);
	int before = toy.member->watermark_calls;
	int64_t began = toy.broker.now_us;
	while (toy.broker.now_us < began + 7000 * 1000)
		assert_int_equal(toy_run(&toy, 1), 0);
	assert_true(toy.member->watermark_calls - before <= 7);
	assert_int_equal(toy.timers, 50);
	assert_true(toy.latest_timer < 1.2);
}

/* Each such question has been waited for. */
static void an_end_that_is_not_told_holds_up_one_question_a_step(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", "after 500");
	toy_event(&toy, 1, "b", "after 500");
	assert_int_equal(toy_run(&toy, 2), 0);
	pass(2000);
	toy.member->fail_call = CALL_WATERMARKS;
	toy.member->fail_code = HUB_E_RETRY;
	toy.member->fail_times = 2;
	for (int step = 0; step < 2; step++) {
		int before = toy.member->watermark_calls;
		assert_int_equal(toy_run(&toy, 1), 0);
		assert_int_equal(toy.member->watermark_calls - before, 1);
		pass(3000);
	}
	assert_int_equal(toy_run(&toy, 10), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=101");
	assert_string_equal(toy_decisions(&toy, 1), "b=1 b=101");
}

static void many_at_once_fire_in_pieces(void **state)
{
	(void)state;
	static const char *const names[] = { "a", "b", "c", "d", "e" };
	toy.options.batch_timers = 2;
	toy_start_ready(&toy, "0");
	for (int i = 0; i < 5; i++)
		toy_event(&toy, 0, names[i], "after 500");
	assert_int_equal(toy_run(&toy, 2), 0);
	int commits = toy.member->commits;
	pass(2000);
	assert_int_equal(toy_run(&toy, 10), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 b=1 c=1 d=1 e=1 a=101 b=101 c=101 d=101 e=101");
	assert_int_equal(toy.member->commits - commits, 3);
}

static void a_new_owner_fires_what_is_due(void **state)
{
	(void)state;
	toy_start_ready(&toy, "0");
	toy_event(&toy, 0, "a", "after 500");
	assert_int_equal(toy_run(&toy, 2), 0);
	pass(3000);
	toy_start_ready(&toy, "0");
	assert_int_equal(toy_run(&toy, 5), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=101");
}

static void an_aborted_firing_fires_again(void **state)
{
	(void)state;
	toy_start_ready(&toy, "0");
	toy_event(&toy, 0, "a", "after 500");
	assert_int_equal(toy_run(&toy, 2), 0);
	pass(2000);
	toy.member->fail_call = CALL_SEND_OFFSETS;
	toy.member->fail_code = HUB_E_ABORT;
	toy.member->fail_times = 1;
	assert_int_equal(toy_run(&toy, 40), 0);
	assert_int_equal(toy.aborted, 1);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=101");
}

static void a_timer_that_does_not_move_stops_its_partition(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "stuck", "after 500");
	toy_event(&toy, 0, "a", "after 400");
	assert_int_equal(toy_run(&toy, 2), 0);
	pass(2000);
	toy_event(&toy, 1, "b", "");
	assert_int_equal(toy_run(&toy, 20), 0);
	assert_int_equal(toy.notices[HUB_NOTICE_STOPPED], 1);
	assert_non_null(strstr(toy.ready_reason, "neither removed nor moved"));
	assert_string_equal(toy_decisions(&toy, 0), "stuck=1 a=1 a=101");
	assert_string_equal(toy_decisions(&toy, 1), "b=1");
	toy_event(&toy, 0, "a", "");
	toy_event(&toy, 1, "b", "");
	assert_int_equal(toy_run(&toy, 20), 0);
	assert_string_equal(toy_decisions(&toy, 0), "stuck=1 a=1 a=101");
	assert_string_equal(toy_decisions(&toy, 1), "b=1 b=2");
}

static void the_stream_s_clock_fires_before_the_input(void **state)
{
	(void)state;
	toy.options.clock_kind = HUB_CLOCK_STREAM;
	toy_start_ready(&toy, "0");
	toy_event(&toy, 0, "a", "after 1000");
	toy_event(&toy, 0, "b", "after 500");
	pass(1000);
	toy_event(&toy, 0, "a", ""); /* at the very time: in time */
	pass(1);
	toy_event(&toy, 0, "c", "");
	pass(60 * 1000);
	assert_int_equal(toy_run(&toy, 5), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 b=1 b=101 a=2 a=102 c=1");
	/* Nothing ticks without input. */
	toy_event(&toy, 0, "d", "after 10");
	pass(60 * 1000);
	assert_int_equal(toy_run(&toy, 20), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 b=1 b=101 a=2 a=102 c=1 d=1");
}

/* A wall clock that jumps by an hour at one of its calls. */
static int calls_until_jump;
static int64_t (*steady_wall)(void *user);

static int64_t jumping_wall(void *user)
{
	if (calls_until_jump > 0 && --calls_until_jump == 0)
		toy.broker.wall_offset_ms += 3600 * 1000;
	return steady_wall(user);
}

static void a_clock_that_jumps_decides_nothing(void **state)
{
	for (int call = 1; call < 40; call++) {
		toy_start_ready(&toy, "0");
		toy_event(&toy, 0, "a", "after 700000");
		steady_wall = toy.member->clock.wall_ms;
		toy.member->clock.wall_ms = jumping_wall;
		calls_until_jump = call;
		assert_int_equal(toy_run(&toy, 30), 0);
		assert_int_equal(calls_until_jump, 0);
		assert_false(toy.ready);
		if (strstr(toy_decisions(&toy, 0), "a=101"))
			fail_msg("at call %d: the timer fired at the hour that the clock jumped to", call);
		tear_down(state);
		set_up(state);
	}
}

static void an_hour_passes(void *user)
{
	(void)user;
	pass(3600 * 1000);
	toy.member->before_commit = NULL;
}

/* The brokers were away for long, or this process stood still: that says nothing about the clock. */
static void a_commit_that_takes_an_hour_leaves_the_clock_believed(void **state)
{
	(void)state;
	toy_start_ready(&toy, "0");
	toy_event(&toy, 0, "a", "");
	toy.member->before_commit = an_hour_passes;
	assert_int_equal(toy_run(&toy, 5), 0);
	toy_event(&toy, 0, "b", "");
	assert_int_equal(toy_run(&toy, 20), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 b=1");
	assert_true(toy.ready);
}

static void an_hour_passes_and_the_clock_jumps(void *user)
{
	an_hour_passes(user);
	toy.broker.wall_offset_ms += 1800 * 1000;
}

static void a_clock_that_jumps_during_a_long_commit_decides_nothing(void **state)
{
	(void)state;
	toy_start_ready(&toy, "0");
	toy_event(&toy, 0, "a", "after 5000000"); /* after the hour, before the hour and a half */
	toy.member->before_commit = an_hour_passes_and_the_clock_jumps;
	assert_int_equal(toy_run(&toy, 20), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1");
	assert_false(toy.ready);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		        an_end_that_is_not_told_holds_up_one_question_a_step, set_up, tear_down),
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(they_fire_when_due_and_in_order),
		TEST(they_fire_within_a_second_of_idleness),
		TEST(an_answer_that_lies_in_the_log_comes_first),
		TEST(the_end_of_the_log_is_asked_after_the_due_time),
		TEST(the_end_is_asked_once_a_second_at_most),
		TEST(many_at_once_fire_in_pieces),
		TEST(a_new_owner_fires_what_is_due),
		TEST(an_aborted_firing_fires_again),
		TEST(a_timer_that_does_not_move_stops_its_partition),
		TEST(the_stream_s_clock_fires_before_the_input),
		TEST(a_clock_that_jumps_decides_nothing),
		TEST(a_commit_that_takes_an_hour_leaves_the_clock_believed),
		TEST(a_clock_that_jumps_during_a_long_commit_decides_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
