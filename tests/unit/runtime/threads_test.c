/* Worker and follower on two threads, with faults of the store at random: whatever they are, the worker's
 * decisions go on and the hot state becomes the fold (I-2). Run under the tsan preset, this also shows what
 * the two may touch. */
#include "toy.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct toy toy;
static atomic_bool stop;
static uint32_t worker_dice = 1, follower_dice = 2;

static uint32_t roll(uint32_t *dice, uint32_t sides)
{
	*dice = *dice * 1664525 + 1013904223;
	return (*dice >> 8) % sides;
}

static int64_t monotonic_us(void *user)
{
	struct timespec now;
	(void)user;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t wall_ms(void *user)
{
	return 1750000000000 + monotonic_us(user) / 1000;
}

static void sleep_us(void *user, int64_t us)
{
	struct timespec wait = { us / 1000000, us % 1000000 * 1000 };
	(void)user;
	nanosleep(&wait, NULL);
}

static uint32_t no_jitter(void *user)
{
	(void)user;
	return 0;
}

/* On the follower's thread, before some EXEC. */
static void mischief(void *user)
{
	struct connection *connection = user;
	switch (roll(&follower_dice, 15)) {
	case 0:
		redis_flush(connection->redis);
		break;
	case 1:
		connection->fault = STORE_LOST_REPLY;
		break;
	case 2:
		connection->fault = STORE_ERROR_INSIDE;
		break;
	case 4:
		connection->fault = STORE_LOST_REQUEST;
		break;
	case 3:
		redis_set(connection->redis, "{toy.0}:fence", "", "0 0 LIVE 1");
		break;
	default:
		break;
	}
}

static void *follow(void *user)
{
	while (!atomic_load(&stop))
		hub_runtime_follow(user, 50 * 1000);
	return NULL;
}

static void the_hot_state_becomes_the_fold(void **state)
{
	(void)state;
	static const struct hub_clock_port clock = { NULL, wall_ms, monotonic_us, sleep_us, no_jitter };
	pthread_t follower;
	char name[8];
	toy_init(&toy);
	toy.broker.now_us = monotonic_us(NULL);
	toy.options.follow_inline = false;
	toy.options.idle_us = 2000;
	toy.options.snapshot_records = 5;
	toy.connection.before_exec = mischief;
	toy.connection.user = &toy.connection;
	toy_load_registry(&toy);
	toy_start_on(&toy, "01", &clock);
	assert_int_equal(pthread_create(&follower, NULL, follow, toy.runtime), 0);
	assert_int_equal(toy_run(&toy, 30), 0);
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "n%u", roll(&worker_dice, 40));
		toy_event(&toy, (int32_t)roll(&worker_dice, 2), name, "");
		assert_int_equal(toy_run(&toy, 2), 0);
	}
	atomic_store(&stop, true);
	hub_runtime_wake(toy.runtime);
	pthread_join(follower, NULL);
	assert_int_equal(toy.decided, 300);
	/* Peace. */
	toy.connection.before_exec = NULL;
	toy.connection.fault = STORE_FINE;
	atomic_store(&stop, false);
	assert_int_equal(pthread_create(&follower, NULL, follow, toy.runtime), 0);
	struct hub_runtime_status status;
	int64_t until = monotonic_us(NULL) + 20 * 1000 * 1000;
	do {
		assert_int_equal(toy_run(&toy, 1), 0);
		hub_runtime_status(toy.runtime, &status);
	} while ((status.store_reason[0] || monotonic_us(NULL) < until - 17 * 1000 * 1000) &&
	         monotonic_us(NULL) < until);
	assert_string_equal(status.store_reason, "");
	hub_runtime_finish(toy.runtime, 1000 * 1000);
	atomic_store(&stop, true);
	pthread_join(follower, NULL);
	toy_expect_redis_is_fold(&toy, 0);
	toy_expect_redis_is_fold(&toy, 1);
	toy_done(&toy);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_hot_state_becomes_the_fold) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
