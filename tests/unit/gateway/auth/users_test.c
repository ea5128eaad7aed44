/* The users' file: what is taken, and where it says what is wrong. */
#include "dashboard-gateway/auth/users.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HASH "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7"
#define USER(user, role)                                                                                     \
	"{\"user\": \"" user "\", \"name\": \"\xE6\x9D\x8E\", \"password\": \"" HASH "\", \"role\": \"" role \
	"\", \"org_id\": \"990121-H01\""

static void takes_what_it_says(void **state)
{
	(void)state;
	static const char text[] =
	        "{\"//\": \"made for a test\", \"users\": [\n" USER("control", "COUNTY") "},\n" USER(
	                "chief", "CONSORTIUM") ", \"consortium_id\": \"QX-1\", \"//\": \"c\"},\n" USER("wall",
	                "READ_ONLY") "}]}";
	struct gateway_users *users;
	assert_int_equal(gateway_users_parse("users.json", HUB_STR(text), &users, NULL), HUB_OK);
	assert_int_equal(gateway_users_count(users), 3);
	const struct gateway_user *chief = gateway_users_find(users, HUB_STR("chief"));
	assert_non_null(chief);
	assert_ptr_equal(chief, gateway_users_at(users, 1));
	assert_int_equal(chief->role, GATEWAY_ROLE_CONSORTIUM);
	assert_true(hub_str_is(chief->consortium_id, "QX-1"));
	assert_true(hub_str_is(chief->org_id, "990121-H01"));
	assert_true(hub_str_is(chief->password_hash, HASH));
	assert_null(gateway_users_find(users, HUB_STR("Chief")));
	assert_null(gateway_users_find(users, (struct hub_str){ 0 }));
	gateway_users_free(users);
}

/* Each: the text, and what is said of it. */
static const struct {
	const char *text, *place, *said;
} wrong[] = {
	{ "", "u.json:1", "not JSON" },
	{ "{\"users\": [\n\n{\"user\": \"a\",,", "u.json:3", "not JSON, at column" },
	{ "[]", "u.json:1", "expected {\"users\": [...]}" },
	{ "{\"users\": {}}", "u.json:1", "expected {\"users\": [...]}" },
	{ "{\"users\": [],\n\"user\": 1}", "u.json:2", "user: no such member (did you mean users?)" },
	{ "{\"users\": [\n7]}", "u.json:2", "users[0]: expected an object" },
	{ "{\"users\": [\n" USER("a", "COUNTY") ",\n\"consortium\": \"QX\"}]}", "u.json:3",
	        "users[0].consortium: no such member" },
	{ "{\"users\": [\n" USER("a", "COUNTY") ",\n\"orgid\": \"QX\"}]}", "u.json:3",
	        "users[0].orgid: no such member (did you mean org_id?)" },
	{ "{\"users\": [" USER("a", "COUNTY") ", \"user\": \"b\"}]}", "u.json:1",
	        "not JSON" }, /* twice the same member */
	{ "{\"users\": [" USER("", "COUNTY") "}]}", "u.json:1",
	        "users[0].user: expected a text of 1 to 64 bytes" },
	{ "{\"users\": [" USER("a\\nb", "COUNTY") "}]}", "u.json:1",
	        "users[0].user: a text without control characters" },
	{ "{\"users\": [\n\n" USER("a", "CONTY") "}]}", "u.json:3",
	        "users[0].role: CONTY is no role (did you mean COUNTY?)" },
	{ "{\"users\": [\n" USER("a", "DOCTOR") "}]}", "u.json:2",
	        "DOCTOR is no role: COUNTY, CONSORTIUM, HOSPITAL, READ_ONLY" },
	{ "{\"users\": [\n" USER("a", "NONE") "}]}", "u.json:2", "NONE is no role" },
	{ "{\"users\": [\n" USER("a", "CONSORTIUM") "}]}", "u.json:2", "users[0]: consortium_id is missing" },
	{ "{\"users\": [" USER("a", "COUNTY") "},\n" USER("a", "COUNTY") "}]}", "u.json:2",
	        "users[1].user: a is already users[0]" },
	{ "{\"users\": [{\"user\": \"a\"}]}", "u.json:1", "users[0]: name is missing" },
	{ "{\"users\": [{\"user\": \"a\", \"name\": 3}]}", "u.json:1",
	        "users[0].name: expected a text of 1 to 199 bytes" },
};

static void says_where_and_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct gateway_users *users = NULL;
		struct hub_error err = { 0 };
		assert_int_equal(gateway_users_parse("u.json", hub_str_from(wrong[i].text), &users, &err),
		        HUB_E_INVALID);
		assert_null(users);
		assert_string_equal(err.place, wrong[i].place);
		if (!strstr(err.text, wrong[i].said))
			fail_msg("\"%s\" is not in \"%s\"", wrong[i].said, err.text);
	}
}

/* Hashes that can be guessed against quickly, or are none. The text never repeats one. */
static void takes_no_weak_hash(void **state)
{
	(void)state;
	static const char *const hashes[] = { "geheim-1234", "$1$abcdefgh$1234567890123456789012",
		"$5$short$x", "ab1234567890", "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$", "$y$",
		"$y$j9T$F5Jx5fExrKuPp53xLKQ..1", "*0", "$6$",
		"$y$j9T$!!!$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7" };
	char text[512];
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		struct gateway_users *users = NULL;
		struct hub_error err = { 0 };
		snprintf(text, sizeof(text),
		        "{\"users\": [{\"user\": \"a\", \"name\": \"n\", \"role\": \"COUNTY\", \"org_id\": "
		        "\"o\",\n\"password\": \"%s\"}]}",
		        hashes[i]);
		assert_int_equal(
		        gateway_users_parse("u.json", hub_str_from(text), &users, &err), HUB_E_INVALID);
		assert_string_equal(err.place, "u.json:2");
		assert_non_null(strstr(err.text,
		        "users[0].password: expected a hash as hub-dashboard-gateway --hash-password"));
		assert_null(strstr(err.text, hashes[i][0] == '$' ? "j9T" : hashes[i]));
	}
}

static void takes_no_more_than_its_limit(void **state)
{
	(void)state;
	struct hub_buf text;
	struct gateway_users *users = NULL;
	struct hub_error err = { 0 };
	hub_buf_init(&text, GATEWAY_USERS_FILE_MAX);
	hub_buf_text(&text, "{\"users\": [0");
	for (int i = 0; i < GATEWAY_USERS_MAX; i++)
		hub_buf_text(&text, ",0");
	hub_buf_text(&text, "]}");
	assert_int_equal(gateway_users_parse("u.json", hub_buf_slice(&text), &users, &err), HUB_E_INVALID);
	assert_string_equal(err.text, "users: at most 5000 users");
	hub_buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_it_says),
		cmocka_unit_test(says_where_and_what_is_wrong),
		cmocka_unit_test(takes_no_weak_hash),
		cmocka_unit_test(takes_no_more_than_its_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
