/* What a process that died leaves in its crash file: children die here in every way. */
#include "daemon/crash_keeper.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static int set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/dev/shm/crash_keeper_test.XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	char path[100];
	snprintf(path, sizeof(path), "%s/hub-test.crash", folder);
	unlink(path);
	return rmdir(folder);
}

static struct hub_crash_keeper *opened(void)
{
	struct hub_crash_keeper *keeper = NULL;
	struct hub_error error = { 0 };
	if (hub_crash_keeper_open(folder, "test", &keeper, &error) != HUB_OK)
		fail_msg("%s", error.text);
	return keeper;
}

static void fault(void)
{
	volatile char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	page[0] = 1;
}

static int overflow(int depth)
{
	volatile char frame[4096];
	frame[0] = (char)depth;
	return depth > 0 ? overflow(depth - 1) + frame[0] : 0;
}

static void use_up_the_stack(void)
{
	(void)overflow(1000 * 1000);
}

static void divide(void)
{
	(void)raise(SIGFPE);
}

static void kill_nine(void)
{
	(void)raise(SIGKILL);
}

static void leave(void)
{
	_exit(75);
}

struct death {
	void (*die)(void);
	struct hub_crash_keeper *keeper;
	bool guarded;
};

/* As a worker: a thread with every signal blocked. */
static void *work(void *user)
{
	const struct death *death = user;
	if (death->guarded)
		hub_crash_keeper_guard(death->keeper);
	death->die();
	return NULL;
}

/* The signal that ended the child; 0: it exited. */
static int die_in_a_child(void (*die)(void), bool guarded)
{
	int status;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct death death = { die, opened(), guarded };
		struct hub_crash_file *file = hub_crash_keeper_file(death.keeper);
		const struct rlimit no_core = { 0, 0 };
		pthread_t thread;
		sigset_t all;
		setrlimit(RLIMIT_CORE, &no_core);
		file->layout = HUB_CRASH_LAYOUT;
		file->noted.count = 3;
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, NULL);
		if (pthread_create(&thread, NULL, work, &death) == 0)
			pthread_join(thread, NULL);
		_exit(99);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void expect_left(int signal)
{
	struct hub_crash_keeper *keeper = opened();
	struct hub_crash_file *file = hub_crash_keeper_file(keeper);
	assert_int_equal(file->signal, signal);
	assert_int_equal(file->noted.count, 3);
	hub_crash_keeper_close(keeper, true);
}

static void a_crash_of_the_guarded_thread_is_marked(void **state)
{
	(void)state;
	assert_int_equal(die_in_a_child(fault, true), SIGSEGV);
	expect_left(SIGSEGV);
	assert_int_equal(die_in_a_child(abort, true), SIGABRT);
	expect_left(SIGABRT);
	assert_int_equal(die_in_a_child(divide, true), SIGFPE);
	expect_left(SIGFPE);
}

static void a_stack_that_is_used_up_is_marked(void **state)
{
	(void)state;
	assert_int_equal(die_in_a_child(use_up_the_stack, true), SIGSEGV);
	expect_left(SIGSEGV);
}

static void other_ends_are_not(void **state)
{
	(void)state;
	assert_int_equal(die_in_a_child(kill_nine, true), SIGKILL);
	expect_left(0);
	assert_int_equal(die_in_a_child(leave, true), 0);
	expect_left(0);
	/* Another thread's crash accuses nobody. */
	assert_int_equal(die_in_a_child(abort, false), SIGABRT);
	expect_left(0);
}

static void an_orderly_end_leaves_nothing(void **state)
{
	(void)state;
	struct hub_crash_keeper *keeper = opened();
	hub_crash_keeper_file(keeper)->suspects.count = 1;
	hub_crash_keeper_close(keeper, false);
	keeper = opened();
	assert_int_equal(hub_crash_keeper_file(keeper)->suspects.count, 1);
	hub_crash_keeper_close(keeper, true);
	keeper = opened();
	assert_int_equal(hub_crash_keeper_file(keeper)->suspects.count, 0);
	hub_crash_keeper_close(keeper, true);
}

static void only_our_own_file_is_taken(void **state)
{
	(void)state;
	struct hub_crash_keeper *keeper = opened(), *other = NULL;
	struct hub_error error = { 0 };
	char path[100], elsewhere[120];
	assert_int_equal(hub_crash_keeper_open(folder, "test", &other, &error), HUB_E_FATAL);
	assert_non_null(strstr(error.text, "a running process keeps"));
	hub_crash_keeper_close(keeper, true);
	snprintf(path, sizeof(path), "%s/hub-test.crash", folder);
	snprintf(elsewhere, sizeof(elsewhere), "%s.elsewhere", path);
	assert_int_equal(rename(path, elsewhere), 0);
	assert_int_equal(symlink(elsewhere, path), 0);
	assert_int_equal(hub_crash_keeper_open(folder, "test", &other, &error), HUB_E_FATAL);
	unlink(path);
	assert_int_equal(link(elsewhere, path), 0);
	assert_int_equal(hub_crash_keeper_open(folder, "test", &other, &error), HUB_E_FATAL);
	assert_non_null(strstr(error.text, "belongs to somebody else"));
	unlink(elsewhere);
	assert_int_equal(hub_crash_keeper_open("/nowhere", "test", &other, &error), HUB_E_FATAL);
	assert_non_null(strstr(error.text, "/nowhere/hub-test.crash"));
	hub_crash_keeper_guard(NULL);
	hub_crash_keeper_release(NULL);
	hub_crash_keeper_close(NULL, true);
	assert_null(hub_crash_keeper_file(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crash_of_the_guarded_thread_is_marked),
		cmocka_unit_test(a_stack_that_is_used_up_is_marked),
		cmocka_unit_test(other_ends_are_not),
		cmocka_unit_test(an_orderly_end_leaves_nothing),
		cmocka_unit_test(only_our_own_file_is_taken),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
