/* The way to Redis, and how it is set. */
#include "doctor/world.h"

static void redis_away(void **state)
{
	(void)state;
	w.daemons[0].hot_state = HUB_STR("the store is away: cannot connect");
	w.seen.redis.way = DOCTOR_WAY_AWAY;
	assert_fault(DOCTOR_REDIS_DOWN, "10.0.0.7:6379");
	w.daemons[0].hot_state = HUB_STR("whole");
	w.seen.redis.way = DOCTOR_WAY_PASSWORD;
	assert_fault(DOCTOR_REDIS_PASSWORD, "user default");
	w.seen.redis.looked = false;
	assert_fault(DOCTOR_REDIS_DOWN, "no answer in 7 s");
}

static void redis_as_it_should_not_be(void **state)
{
	(void)state;
	w.seen.redis.policy = HUB_STR("allkeys-lru");
	assert_fault(DOCTOR_REDIS_EVICTS, "maxmemory-policy is allkeys-lru");
	w.seen.redis.policy = HUB_STR("noeviction");
	w.seen.redis.limit = 3100000;
	assert_fault(DOCTOR_REDIS_FULL, "3.0 MB of 3.1 MB");
	w.seen.redis.limit = 0;
	w.seen.redis.bgsave = HUB_STR("err");
	assert_fault(DOCTOR_REDIS_CANNOT_SAVE, "failed");
	w.seen.redis.bgsave = HUB_STR("ok");
	w.seen.redis.role = HUB_STR("slave");
	w.seen.redis.master = HUB_STR("10.0.0.8:6379");
	w.daemons[0].hot_state =
	        HUB_STR("the store is away: READONLY You can't write against a read only replica");
	assert_fault(DOCTOR_REDIS_REPLICA, "is a replica of 10.0.0.8:6379");
	w.daemons[0].hot_state = HUB_STR("whole");
	w.seen.redis.info_error = (struct hub_error){ HUB_E_REFUSED, "redis",
		"NOPERM this user has no permissions to run 'info'" };
	assert_fault(DOCTOR_REDIS_RIGHTS, "NOPERM");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCTOR_TEST(redis_away),
		DOCTOR_TEST(redis_as_it_should_not_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
