/* What 100,000 open referrals take: all in, with their keys, the map, shared texts and what malloc adds. */
#include "open_referral.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { TOMBSTONES = 100, ROWS = 100000, ROW_BYTES_MAX = 580 };

static void a_hundred_thousand_referrals_take_little_memory(void **state)
{
	(void)state;
#ifdef __SANITIZE_ADDRESS__
	skip(); /* its malloc tells nothing */
#endif
	struct open_referral referral;
	size_t before = memory_in_use();
	struct gateway_hot *hot = gateway_hot_new(TOMBSTONES);
	for (uint32_t n = 0; n < ROWS; n++) {
		open_referral_fill(&referral, n, "ROUTED");
		open_referral_put(hot, &referral);
	}
	assert_int_equal(gateway_hot_count(hot, GATEWAY_REFERRAL), ROWS);
	size_t bytes = (memory_in_use() - before) / ROWS;
	gateway_hot_free(hot);
	assert_true(memory_in_use() < before + ROWS); /* malloc keeps a few small pieces at hand */
	print_message("%zu bytes a row of %d open referrals, all in\n", bytes, ROWS);
	assert_true(bytes <= ROW_BYTES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(
		a_hundred_thousand_referrals_take_little_memory) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
