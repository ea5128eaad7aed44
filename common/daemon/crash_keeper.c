#include "daemon/crash_keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STACK_BYTES = 64 * 1024 };

static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP };
enum { FATAL = sizeof(fatal) / sizeof(fatal[0]) };

struct hub_crash_keeper {
	int fd;
	struct hub_crash_file *file;
	void *stack; /* for the handler: the thread's own may be what is used up */
	struct sigaction former[FATAL];
};

/* A handler is given nothing but the number: the one thing here that is not reached from an argument. Of the
 * guarded thread; NULL in all others. */
static _Thread_local struct hub_crash_file *guarded;

/* Its default is in force again: a fault comes back when this returns, what was sent is raised. */
static void on_fatal(int number)
{
	if (guarded)
		guarded->signal = number;
	(void)raise(number);
}

static int cannot(const char *what, const char *path, struct hub_error *reterr)
{
	return hub_error_set(reterr, HUB_E_FATAL, "crash.folder", "%s %s: %s", what, path, strerror(errno));
}

/* The folder may be one that everybody writes to. */
static bool is_ours(int fd)
{
	struct stat file;
	return fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_uid == geteuid() &&
	       file.st_nlink == 1;
}

static int map(struct hub_crash_keeper *keeper, const char *path, struct hub_error *reterr)
{
	size_t size = sizeof(struct hub_crash_file);
	keeper->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (keeper->fd < 0)
		return cannot("cannot open", path, reterr);
	if (!is_ours(keeper->fd))
		return hub_error_set(
		        reterr, HUB_E_FATAL, "crash.folder", "%s belongs to somebody else", path);
	if (flock(keeper->fd, LOCK_EX | LOCK_NB) != 0)
		return cannot("a running process keeps", path, reterr);
	/* All of it now: a full disk must not be a fault later. */
	errno = posix_fallocate(keeper->fd, 0, (off_t)size);
	if (errno)
		return cannot("no room for", path, reterr);
	keeper->file = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, keeper->fd, 0);
	if (keeper->file == MAP_FAILED)
		return cannot("cannot map", path, reterr);
	return HUB_OK;
}

static void handle_signals(struct hub_crash_keeper *keeper)
{
	struct sigaction action = { .sa_handler = on_fatal, .sa_flags = SA_ONSTACK | (int)SA_RESETHAND };
	sigemptyset(&action.sa_mask);
	for (int i = 0; i < FATAL; i++)
		sigaction(fatal[i], &action, &keeper->former[i]);
}

int hub_crash_keeper_open(
        const char *folder, const char *name, struct hub_crash_keeper **ret, struct hub_error *reterr)
{
	char path[4096];
	struct hub_crash_keeper *keeper = calloc(1, sizeof(*keeper));
	if (!keeper)
		return hub_error_set(reterr, HUB_E_FATAL, "crash.folder", "out of memory");
	snprintf(path, sizeof(path), "%s/hub-%s.crash", folder, name);
	keeper->file = MAP_FAILED;
	keeper->stack = malloc(STACK_BYTES);
	int code = keeper->stack ? map(keeper, path, reterr)
	                         : hub_error_set(reterr, HUB_E_FATAL, "crash.folder", "out of memory");
	if (code) {
		if (keeper->fd > 0)
			close(keeper->fd);
		free(keeper->stack);
		free(keeper);
		return code;
	}
	handle_signals(keeper);
	*ret = keeper;
	return HUB_OK;
}

struct hub_crash_file *hub_crash_keeper_file(struct hub_crash_keeper *keeper)
{
	return keeper ? keeper->file : NULL;
}

static void switch_stack(void *stack, int flags)
{
	const stack_t other = { .ss_sp = stack, .ss_size = STACK_BYTES, .ss_flags = flags };
	sigaltstack(&other, NULL);
}

void hub_crash_keeper_guard(struct hub_crash_keeper *keeper)
{
	sigset_t set;
	if (!keeper)
		return;
	guarded = keeper->file;
	switch_stack(keeper->stack, 0);
	/* A fault that is blocked ends the process without asking the handler. */
	sigemptyset(&set);
	for (int i = 0; i < FATAL; i++)
		sigaddset(&set, fatal[i]);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void hub_crash_keeper_release(struct hub_crash_keeper *keeper)
{
	if (!keeper)
		return;
	guarded = NULL;
	switch_stack(NULL, SS_DISABLE);
}

void hub_crash_keeper_close(struct hub_crash_keeper *keeper, bool orderly)
{
	if (!keeper)
		return;
	for (int i = 0; i < FATAL; i++)
		sigaction(fatal[i], &keeper->former[i], NULL);
	munmap(keeper->file, sizeof(struct hub_crash_file));
	/* Not removed: a process that has opened it by now would lock a file that no third one finds. */
	if (orderly)
		(void)!ftruncate(keeper->fd, 0);
	close(keeper->fd);
	free(keeper->stack);
	free(keeper);
}
