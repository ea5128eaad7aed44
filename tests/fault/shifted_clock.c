/* Preloaded into one process: its wall clock is ahead by the seconds (int64, may be negative) in the file that
 * SHIFTED_CLOCK names, and jumps whenever they are written. Its monotonic clock stays right, as when an
 * operator or NTP sets a machine's clock. (libfaketime and jemalloc call each other for ever.) */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* An absolute time beyond this is meant for the wall clock: no machine is up for thirty years. */
enum { SURELY_WALL_S = 1000000000 };

typedef int timed_wait(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

static const volatile int64_t *shift;
static timed_wait *real_timed_wait;

__attribute__((constructor)) static void begin(void)
{
	real_timed_wait = (timed_wait *)dlsym(RTLD_NEXT, "pthread_cond_timedwait");
	const char *path = getenv("SHIFTED_CLOCK");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	void *shared = mmap(NULL, sizeof(*shift), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (shared != MAP_FAILED)
		shift = shared;
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
	int r = (int)syscall(SYS_clock_gettime, id, ret);
	if (r == 0 && shift && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		ret->tv_sec += *shift;
	return r;
}

int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
	(void)zone;
	struct timespec now;
	int r = clock_gettime(CLOCK_REALTIME, &now);
	ret->tv_sec = now.tv_sec;
	ret->tv_usec = now.tv_nsec / 1000;
	return r;
}

time_t time(time_t *ret)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (ret)
		*ret = now.tv_sec;
	return now.tv_sec;
}

/* The kernel waits by the right clock. */
int pthread_cond_timedwait(
        pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex, const struct timespec *restrict until)
{
	struct timespec right = *until;
	if (shift && right.tv_sec > SURELY_WALL_S)
		right.tv_sec -= *shift;
	return real_timed_wait(cond, mutex, &right);
}
