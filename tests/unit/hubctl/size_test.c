/* What a hub needs for so many residents: the sums by hand, and what must hold for any number. */
#include "hubctl/size.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Round numbers, so that the sums can be done in one's head. */
static const struct hubctl_size_figures round_figures = {
	.referrals = 100,
	.retention_days = 70,
	.copies = 0,
	.peak_hour = 10,
	.catch_up = 9,
	.open_days = 7,
	.ended_days = 28,
	.working_days = 5,
	.readers = 1000,
	.accesses = 2,
	.busy = 50,
	.events = 360,
	.story_bytes = 10000,
	.access_bytes = 500,
	.state_bytes = 1000,
	.router_open = 800,
	.router_ended = 400,
	.redis_open = 1000,
	.redis_ended = 500,
	.gateway_open = 600,
	.gateway_ended = 300,
	.reader_bytes = 10000,
	.router_cpu = 8000,
	.redis_cpu = 1000,
	.broker_cpu = 1000,
	.gateway_cpu = 10000,
	.steady = 100,
	.restore = 100000,
	.router_base = 100,
	.gateway_base = 20,
	.broker_base = 1000,
	.watch_base = 400,
};

static void a_small_town_by_hand(void **state)
{
	const struct hubctl_size s = hubctl_size_of(100000, &round_figures);
	(void)state;
	assert_int_equal(s.referrals_day, 1000);
	assert_int_equal(s.events_day, 3600);
	assert_int_equal(s.peak_events_hour, 360);
	assert_int_equal(s.open, 5000);   /* a week's */
	assert_int_equal(s.ended, 20000); /* four weeks' */
	assert_int_equal(s.readers, 100);
	assert_int_equal(s.copies, 1);
	assert_int_equal(s.partitions, 16);
	assert_int_equal(s.restart_s, 1);
	/* 100 + 5,000 * 800 + 20,000 * 400 bytes, and a quarter */
	assert_int_equal(s.parts[HUBCTL_SIZE_ROUTER].megabytes, (100 + 12) * 5 / 4);
	/* 20 + 100 pages of 10 kB + 3 + 6 */
	assert_int_equal(s.parts[HUBCTL_SIZE_GATEWAY].megabytes, (20 + 1 + 9) * 5 / 4);
	/* one event a second in the peak: 8 us of processor; its share of the small transactions' 100 */
	assert_int_equal(s.parts[HUBCTL_SIZE_ROUTER].millicores, 1 + 80);
	/* 715 referrals a day on average: stories of 70 days, accesses of 200, the state twice; half of the disk is free */
	int64_t kept = INT64_C(715) * 10000 * 70 + INT64_C(715) * 2 * 500 * 200 + INT64_C(2) * 25000 * 1000;
	assert_int_equal(s.parts[HUBCTL_SIZE_BROKER].disk_megabytes, (kept * 2 + 999999) / 1000000);
	assert_int_equal(s.cores, 2);
	assert_int_equal(s.memory_gb, 4);
	assert_int_equal(s.disk_gb, 20);
}

static void many_residents_get_three_servers(void **state)
{
	struct hubctl_size_figures told = round_figures;
	(void)state;
	assert_int_equal(hubctl_size_of(999999, &told).copies, 1);
	const struct hubctl_size s = hubctl_size_of(1000000, &told);
	assert_int_equal(s.copies, 3);
	assert_int_equal(s.parts[HUBCTL_SIZE_BROKER].count, 3);
	assert_int_equal(s.parts[HUBCTL_SIZE_ROUTER].count, 2);
	assert_int_equal(s.parts[HUBCTL_SIZE_REDIS].count, 2);
	told.copies = 1;
	assert_int_equal(hubctl_size_of(1000000, &told).copies, 1);
}

/* A partition is to be back in ten seconds; that is 125 of 100,000 records each here. */
static void partitions_are_added_where_a_restart_would_take_too_long(void **state)
{
	struct hubctl_size_figures slow = round_figures;
	(void)state;
	assert_int_equal(hubctl_size_of(50 * 1000 * 1000, &slow).partitions, 16);
	slow.restore = 10000;
	assert_int_equal(hubctl_size_of(50 * 1000 * 1000, &slow).partitions, 128); /* 12,500,000 of 100,000 */
}

static void more_residents_never_need_less(void **state)
{
	struct hubctl_size before = hubctl_size_of(1, &hubctl_size_figures);
	(void)state;
	assert_true(before.cores >= 2 && before.memory_gb >= 4 && before.disk_gb >= 20);
	for (int64_t population = 10; population <= HUBCTL_SIZE_POPULATION_MAX;
	        population += population / 3 + 1) {
		struct hubctl_size now = hubctl_size_of(population, &hubctl_size_figures);
		assert_true(now.cores >= before.cores && now.memory_gb >= before.memory_gb);
		assert_true(now.disk_gb >= before.disk_gb && now.network_mbit >= before.network_mbit);
		assert_true(now.partitions >= before.partitions && now.copies >= before.copies);
		for (int i = 0; i < HUBCTL_SIZE_PARTS; i++)
			assert_true(now.parts[i].megabytes >= before.parts[i].megabytes);
		before = now;
	}
}

/* What the page says of them must stay in a range that somebody would buy. */
static void a_county_a_city_and_a_province_are_sane(void **state)
{
	(void)state;
	const struct hubctl_size county = hubctl_size_of(500 * 1000, &hubctl_size_figures);
	const struct hubctl_size city = hubctl_size_of(5 * 1000 * 1000, &hubctl_size_figures);
	const struct hubctl_size province = hubctl_size_of(50 * 1000 * 1000, &hubctl_size_figures);
	assert_int_equal(county.copies, 1);
	assert_true(county.cores <= 4 && county.memory_gb <= 8 && county.disk_gb <= 100);
	assert_true(city.cores <= 8 && city.memory_gb <= 16 && city.disk_gb <= 500);
	assert_true(province.cores <= 32 && province.memory_gb <= 128 && province.disk_gb <= 4000);
	assert_true(province.memory_gb > county.memory_gb && province.disk_gb > city.disk_gb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_town_by_hand),
		cmocka_unit_test(many_residents_get_three_servers),
		cmocka_unit_test(partitions_are_added_where_a_restart_would_take_too_long),
		cmocka_unit_test(more_residents_never_need_less),
		cmocka_unit_test(a_county_a_city_and_a_province_are_sane),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
