/* http.proxy: which lists are taken, and who is in them. */
#include "dashboard-gateway/http/proxies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void lists_of_addresses_and_networks_are_taken(void **state)
{
	(void)state;
	static const char *const good[] = { "", "10.1.2.3", "10.1.2.3,10.1.4.0/24", " 10.1.2.3 , ::1 ",
		"0.0.0.0/0", "fd00::/8,::/0", "10.1.2.3/32", "::1/128" };
	static const char *const bad[] = { "true", "false", "proxy", "10.1.2", "10.1.2.3/33", "::1/129",
		"10.1.2.3/", "10.1.2.3/a", "10.1.2.3/-1", "10.1.2.3/99999999999", "10.1.2.3,,::1", ",",
		"10.1.2.3:80", "[::1]" };
	struct hub_error err;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (gateway_proxies_check(good[i], NULL))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (gateway_proxies_check(bad[i], &err) != HUB_E_INVALID)
			fail_msg("%s", bad[i]);
}

static void who_is_in_a_list(void **state)
{
	(void)state;
	static const struct {
		const char *list, *address;
		bool in;
	} cases[] = {
		{ "", "10.1.2.3", false },
		{ "10.1.2.3", "10.1.2.3", true },
		{ "10.1.2.3", "10.1.2.4", false },
		{ "10.1.2.3", "::ffff:10.1.2.3", true },
		{ "10.9.9.9, 10.1.2.3", "10.1.2.3", true },
		{ "10.1.4.0/23", "10.1.5.255", true },
		{ "10.1.4.0/23", "10.1.6.0", false },
		{ "10.1.4.0/23", "10.1.3.255", false },
		{ "0.0.0.0/0", "203.0.113.9", true },
		{ "0.0.0.0/0", "fd00::1", false },
		{ "fd00::/9", "fd7f::1", true },
		{ "fd00::/9", "fd80::1", false },
		{ "::/0", "10.1.2.3", true },
		{ "10.1.2.3", "", false },
		{ "10.1.2.3", NULL, false },
		{ "0.0.0.0/0,::/0", "somebody", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (gateway_proxies_have(cases[i].list, cases[i].address) != cases[i].in)
			fail_msg("%s in %s", cases[i].address, cases[i].list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_of_addresses_and_networks_are_taken),
		cmocka_unit_test(who_is_in_a_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
