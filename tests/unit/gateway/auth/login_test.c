/* Logins: right and wrong ones, many at once, and what they cost. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static void a_login_is_a_session(void **state)
{
	struct world *w = *state;
	assert_int_equal(world_login(w, "lead", "correct horse"), HUB_OK);
	assert_string_equal(w->identity.user, "lead");
	char csrf[GATEWAY_TOKEN_MAX];
	snprintf(csrf, sizeof(csrf), "%s", w->identity.csrf_token);
	assert_int_equal(world_by_cookie(w), HUB_OK);
	assert_string_equal(w->identity.name, "Lead desk");
	assert_int_equal(w->identity.viewer.role, GATEWAY_ROLE_HOSPITAL);
	assert_true(hub_str_is(w->identity.viewer.org_id, "990121-H01"));
	assert_true(hub_str_is(w->identity.viewer.consortium_id, "QX-1"));
	assert_string_equal(w->identity.csrf_token, csrf);
	assert_false(w->identity.renew || w->identity.bearer);
	assert_true(gateway_auth_knows(w->auth, HUB_STR("lead")));
	assert_false(gateway_auth_knows(w->auth, HUB_STR("correct horse")));
}

static void what_is_wrong_is_refused_with_one_text(void **state)
{
	struct world *w = *state;
	char long_text[1000];
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = 0;
	const char *const tries[][2] = { { "lead", "correct horsf" }, { "lead", "" }, { "lead", long_text },
		{ "nobody", "correct horse" }, { "", "correct horse" }, { long_text, "correct horse" },
		{ "Lead", "correct horse" }, { "lead", w->hash } };
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		char address[32];
		snprintf(address, sizeof(address), "10.0.1.%zu", i);
		if (i == 4)
			assert_int_equal(world_login(w, "lead", "correct horse"),
			        HUB_OK); /* clears the user's count */
		assert_int_equal(world_login_from(w, tries[i][0], tries[i][1], address), HUB_E_REFUSED);
		assert_string_equal(w->err.text, "user or password is wrong");
		assert_string_equal(w->err.place, "");
	}
	/* A NUL does not end a password. */
	w->answered = false;
	gateway_auth_login(w->auth, HUB_STR("lead"), HUB_STR("correct horse\0x"), HUB_STR("10.0.0.1"),
	        world_on_login, w);
	assert_true(place_wait(&w->place, &w->answered, LONG_MS));
	assert_int_equal(w->err.code, HUB_E_REFUSED);
}

/* CPU of the whole process, which does not depend on what else the machine does. */
static double seconds_of(struct world *w, const char *user, const char *address)
{
	struct timespec before, after;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	assert_int_equal(world_login_from(w, user, "wrong password", address), HUB_E_REFUSED);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	return (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
}

static void nobody_costs_what_somebody_costs(void **state)
{
	struct world *w = *state;
	enum { TRIES = 4 };
	double known = 1e9, unknown = 1e9;
	for (int i = 0; i < TRIES; i++) {
		char user[16];
		snprintf(user, sizeof(user), "nobody%d", i);
		double of_known = seconds_of(w, "lead", "10.0.0.1"),
		       of_unknown = seconds_of(w, user, "10.0.0.2");
		known = of_known < known ? of_known : known;
		unknown = of_unknown < unknown ? of_unknown : unknown;
	}
	if (unknown < known / 2 || unknown > known * 2)
		fail_msg("known %.4f s, unknown %.4f s", known, unknown);
}

static void wrong_passwords_have_to_wait(void **state)
{
	struct world *w = *state;
	for (int i = 0; i < GATEWAY_BACKOFF_USER_FREE; i++)
		assert_int_equal(world_login(w, "lead", "wrong password"), HUB_E_REFUSED);
	assert_int_equal(world_login_from(w, "lead", "correct horse", "10.0.0.2"), HUB_E_RETRY);
	assert_string_equal(w->err.place, "1");
	assert_int_equal(world_login_from(w, "nobody", "wrong password", "10.0.0.2"), HUB_E_REFUSED);
	usleep(1100 * 1000);
	assert_int_equal(world_login(w, "lead", "correct horse"), HUB_OK);
	/* Then the count begins anew. */
	assert_int_equal(world_login(w, "lead", "wrong password"), HUB_E_REFUSED);
	assert_int_equal(world_login(w, "lead", "wrong password"), HUB_E_REFUSED);
}

/* The password was changed while the old one was being tried. */
static void an_old_password_comes_too_late(void **state)
{
	struct world *w = *state;
	char other[GATEWAY_PASSWORD_HASH_MAX + 1];
	assert_int_equal(gateway_password_hash("battery staple", other, NULL), HUB_OK);
	w->answered = false;
	gateway_auth_login(
	        w->auth, HUB_STR("lead"), HUB_STR("correct horse"), HUB_STR("10.0.0.1"), world_on_login, w);
	world_write_users(w, other, "HOSPITAL");
	gateway_users_file_look(w->auth->users);
	assert_true(place_wait(&w->place, &w->answered, LONG_MS));
	assert_int_equal(w->err.code, HUB_E_REFUSED);
}

static void on_changed(void *arg, struct hub_str user)
{
	assert_true(hub_str_is(user, "lead"));
	++*(int *)arg;
}

/* Whoever is somebody else now is told of, whoever is not is not. */
static void a_changed_user_is_told_of(void **state)
{
	struct world *w = *state;
	int count = 0;
	gateway_auth_watch(w->auth, on_changed, &count);
	world_write_users(w, w->hash, "HOSPITAL");
	gateway_users_file_look(w->auth->users);
	assert_int_equal(count, 0);
	world_write_users(w, w->hash, "READ_ONLY");
	gateway_users_file_look(w->auth->users);
	assert_int_equal(count, 1);
	place_write(&w->place, "users.json", "nonsense");
	gateway_users_file_look(w->auth->users);
	assert_int_equal(count, 1);
	place_write(&w->place, "users.json", "{\"users\": []}");
	gateway_users_file_look(w->auth->users);
	assert_int_equal(count, 2);
}

struct crowd {
	int answered, right, wrong, later;
	bool all;
};

static void on_crowd(void *user, const struct gateway_identity *identity, const struct hub_error *err)
{
	struct crowd *crowd = user;
	crowd->answered++;
	crowd->right += identity != NULL;
	crowd->wrong += err->code == HUB_E_REFUSED;
	crowd->later += err->code == HUB_E_RETRY;
	crowd->all = crowd->answered == 100;
}

static void a_crowd_is_answered_one_by_one(void **state)
{
	struct world *w = *state;
	struct crowd crowd = { 0 };
	char user[32], address[32];
	for (int i = 0; i < 100; i++) {
		snprintf(user, sizeof(user), "%s%d", i % 2 ? "nobody" : "noone", i);
		snprintf(address, sizeof(address), "10.0.2.%d", i);
		gateway_auth_login(w->auth, i ? hub_str_from(user) : HUB_STR("lead"),
		        HUB_STR("correct horse"), hub_str_from(address), on_crowd, &crowd);
	}
	assert_int_equal(crowd.answered, 0);
	assert_true(place_wait(&w->place, &crowd.all, LONG_MS));
	assert_int_equal(crowd.right, 1);
	assert_int_equal(crowd.wrong, 15);
	assert_int_equal(crowd.later, 84);
}

/* A gateway that stops while somebody logs in: nothing is called, nothing leaks. */
static void a_stop_drops_logins(void **state)
{
	struct world *w = *state;
	struct crowd crowd = { 0 };
	for (int i = 0; i < 30; i++)
		gateway_auth_login(w->auth, HUB_STR("lead"), HUB_STR("correct horse"), HUB_STR("10.0.0.1"),
		        on_crowd, &crowd);
	world_reopen(w);
	assert_int_equal(crowd.answered, 0);
}

static void hashes_a_password(void **state)
{
	(void)state;
	struct hub_error err = { 0 };
	static const struct {
		const char *line;
		int code;
	} cases[] = { { "correct horse\nmore", HUB_OK }, { "correct horse", HUB_OK },
		{ "short\n", HUB_E_INVALID }, { "\n", HUB_E_INVALID }, { "", HUB_E_INVALID },
		{ "with\ta tab in it\n", HUB_E_INVALID }, { "\x03quit is a signal\n", HUB_E_INVALID } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int in[2], out[2];
		char hash[512] = "";
		assert_int_equal(pipe(in) | pipe(out), 0);
		assert_int_equal(
		        write(in[1], cases[i].line, strlen(cases[i].line)), (ssize_t)strlen(cases[i].line));
		close(in[1]);
		assert_int_equal(gateway_auth_hash_password(in[0], out[1], &err), cases[i].code);
		close(out[1]);
		ssize_t n = read(out[0], hash, sizeof(hash) - 1);
		if (cases[i].code == HUB_OK) {
			assert_true(n > 1 && hash[n - 1] == '\n');
			hash[n - 1] = 0;
			assert_int_equal(strncmp(hash, "$y$", 3), 0);
			assert_true(gateway_password_is(hash, "correct horse"));
			assert_false(gateway_password_is(hash, "correct horsf"));
		} else {
			assert_int_equal(n, 0);
		}
		close(in[0]);
		close(out[0]);
	}
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_login_is_a_session),
		WORLD_TEST(what_is_wrong_is_refused_with_one_text),
		WORLD_TEST(nobody_costs_what_somebody_costs),
		WORLD_TEST(wrong_passwords_have_to_wait),
		WORLD_TEST(an_old_password_comes_too_late),
		WORLD_TEST(a_changed_user_is_told_of),
		WORLD_TEST(a_crowd_is_answered_one_by_one),
		WORLD_TEST(a_stop_drops_logins),
		cmocka_unit_test(hashes_a_password),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
