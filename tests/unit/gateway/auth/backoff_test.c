/* How long wrong passwords make somebody wait. */
#include "dashboard-gateway/auth/backoff.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SECOND = 1000 };

static int setup(void **state)
{
	struct gateway_backoff *backoff = calloc(1, sizeof(*backoff));
	memset(backoff->key, 7, sizeof(backoff->key));
	*state = backoff;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static int64_t try_at(struct gateway_backoff *backoff, const char *user, const char *address, int64_t now_ms)
{
	return gateway_backoff_try(backoff, hub_str_from(user), hub_str_from(address), now_ms);
}

static void the_first_are_free_then_twice_as_long(void **state)
{
	int64_t now = 1000000;
	for (int i = 0; i < GATEWAY_BACKOFF_USER_FREE; i++)
		assert_int_equal(try_at(*state, "li", "10.0.0.1", now), 0);
	for (int64_t wait = SECOND; wait < GATEWAY_BACKOFF_MOST_MS; wait *= 2) {
		assert_int_equal(try_at(*state, "li", "10.0.0.2", now), wait);
		assert_int_equal(try_at(*state, "li", "10.0.0.3", now + wait - 1),
		        1); /* asking too early costs nothing */
		now += wait;
		assert_int_equal(try_at(*state, "li", "10.0.0.2", now), 0);
	}
	for (int i = 0; i < 20; i++) {
		assert_int_equal(try_at(*state, "li", "10.0.0.4", now), GATEWAY_BACKOFF_MOST_MS);
		now += GATEWAY_BACKOFF_MOST_MS;
		assert_int_equal(try_at(*state, "li", "10.0.0.4", now), 0);
	}
	assert_int_equal(try_at(*state, "wang", "10.0.0.9", now), 0); /* nobody else waits */
}

/* A guesser who tries side by side has no more tries than one who waits for each answer. */
static void tries_count_before_they_are_answered(void **state)
{
	int free_tries = 0;
	for (int i = 0; i < 1000; i++)
		free_tries += try_at(*state, "li", "10.0.0.1", 5000) == 0;
	assert_int_equal(free_tries, GATEWAY_BACKOFF_USER_FREE);
}

static void one_address_that_tries_many_users_waits(void **state)
{
	char user[16];
	int free_tries = 0;
	for (int i = 0; i < 100; i++) {
		snprintf(user, sizeof(user), "user%d", i);
		free_tries += try_at(*state, user, "10.0.0.1", 5000) == 0;
	}
	assert_int_equal(free_tries, GATEWAY_BACKOFF_ADDRESS_FREE);
	assert_int_equal(try_at(*state, "li", "10.0.0.2", 5000), 0);
}

static void a_right_password_clears_the_user_and_not_the_address(void **state)
{
	struct gateway_backoff *backoff = *state;
	for (int i = 0; i < GATEWAY_BACKOFF_USER_FREE; i++)
		try_at(backoff, "li", "10.0.0.1", 5000);
	assert_int_not_equal(try_at(backoff, "li", "10.0.0.1", 5000), 0);
	assert_int_equal(try_at(backoff, "li", "10.0.0.1", 7000), 0);
	gateway_backoff_right(backoff, HUB_STR("li"), HUB_STR("10.0.0.1"));
	assert_int_equal(try_at(backoff, "li", "10.0.0.1", 7000), 0);
	/* Whoever has one account of his own tries the others with it in between. */
	char user[16];
	int free_tries = 0;
	for (int i = 0; i < 100; i++) {
		snprintf(user, sizeof(user), "user%d", i);
		free_tries += try_at(backoff, user, "10.0.0.5", 9000) == 0;
		if (try_at(backoff, "mine", "10.0.0.5", 9000) == 0)
			gateway_backoff_right(backoff, HUB_STR("mine"), HUB_STR("10.0.0.5"));
	}
	assert_int_equal(free_tries, GATEWAY_BACKOFF_ADDRESS_FREE);
}

static void a_quarter_of_an_hour_is_forgotten(void **state)
{
	int64_t now = 5000;
	for (int i = 0; i < GATEWAY_BACKOFF_USER_FREE; i++)
		try_at(*state, "li", "10.0.0.1", now);
	now += GATEWAY_BACKOFF_FORGET_MS;
	for (int i = 0; i < GATEWAY_BACKOFF_USER_FREE; i++)
		assert_int_equal(try_at(*state, "li", "10.0.0.1", now), 0);
	assert_int_equal(try_at(*state, "li", "10.0.0.1", now), SECOND);
}

static int free_tries_of(struct gateway_backoff *backoff, const char *first, const char *second)
{
	char user[24];
	int free_tries = 0;
	for (int i = 0; i < 60; i++) {
		snprintf(user, sizeof(user), "%.8s%d", first, i);
		free_tries += try_at(backoff, user, i % 2 ? first : second, 5000) == 0;
	}
	return free_tries;
}

static void addresses_that_are_one(void **state)
{
	assert_int_equal(free_tries_of(*state, "2001:db8:1:2::1", "2001:db8:1:2:ffff::2"),
	        GATEWAY_BACKOFF_ADDRESS_FREE);
	assert_int_equal(free_tries_of(*state, "::ffff:10.1.1.1", "10.1.1.1"), GATEWAY_BACKOFF_ADDRESS_FREE);
	assert_int_equal(free_tries_of(*state, "2001:db8:1:3::1", "2001:db8:1:4::1"),
	        2 * GATEWAY_BACKOFF_ADDRESS_FREE);
	assert_int_equal(free_tries_of(*state, "10.2.0.1", "10.2.0.2"), 2 * GATEWAY_BACKOFF_ADDRESS_FREE);
	assert_int_equal(free_tries_of(*state, "", "not an address"), 2 * GATEWAY_BACKOFF_ADDRESS_FREE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_are_free_then_twice_as_long, setup, teardown),
		cmocka_unit_test_setup_teardown(tries_count_before_they_are_answered, setup, teardown),
		cmocka_unit_test_setup_teardown(one_address_that_tries_many_users_waits, setup, teardown),
		cmocka_unit_test_setup_teardown(
		        a_right_password_clears_the_user_and_not_the_address, setup, teardown),
		cmocka_unit_test_setup_teardown(a_quarter_of_an_hour_is_forgotten, setup, teardown),
		cmocka_unit_test_setup_teardown(addresses_that_are_one, setup, teardown),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
