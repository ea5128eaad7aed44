#include "daemon/workers.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The hot state gets this long to show the last commit; what it misses the next owner writes. */
enum { FINISH_US = 1500 * 1000, FOLLOW_WAIT_US = 200 * 1000 };

struct hub_workers {
	struct hub_runtime *runtime;
	struct hub_crash_keeper *crash;
	void (*done)(void *user);
	void *user;
	pthread_t worker;
	pthread_t follower;
	atomic_bool stop_worker;
	atomic_bool stop_follower;
	int code; /* the worker's until it is joined */
	struct hub_error error;
};

static void *work(void *user)
{
	struct hub_workers *workers = user;
	hub_crash_keeper_guard(workers->crash);
	while (!workers->code && !atomic_load(&workers->stop_worker))
		workers->code = hub_runtime_step(workers->runtime, &workers->error);
	if (!workers->code)
		hub_runtime_finish(workers->runtime, FINISH_US);
	hub_crash_keeper_release(workers->crash);
	workers->done(workers->user);
	return NULL;
}

static void *follow(void *user)
{
	struct hub_workers *workers = user;
	while (!atomic_load(&workers->stop_follower))
		hub_runtime_follow(workers->runtime, FOLLOW_WAIT_US);
	return NULL;
}

int hub_workers_start(struct hub_runtime *runtime, struct hub_crash_keeper *crash, void (*done)(void *user),
        void *user, struct hub_workers **ret, struct hub_error *reterr)
{
	struct hub_workers *workers = calloc(1, sizeof(*workers));
	sigset_t all, before;
	if (!workers)
		return hub_error_set(reterr, HUB_E_FATAL, "daemon", "out of memory");
	workers->runtime = runtime;
	workers->crash = crash;
	workers->done = done;
	workers->user = user;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&workers->follower, NULL, follow, workers);
	if (!failed) {
		failed = pthread_create(&workers->worker, NULL, work, workers);
		if (failed) {
			atomic_store(&workers->stop_follower, true);
			pthread_join(workers->follower, NULL);
		}
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed) {
		free(workers);
		return hub_error_set(
		        reterr, HUB_E_FATAL, "daemon", "cannot start threads: %s", strerror(failed));
	}
	*ret = workers;
	return HUB_OK;
}

void hub_workers_stop(struct hub_workers *workers)
{
	atomic_store(&workers->stop_worker, true);
}

int hub_workers_join(struct hub_workers *workers, struct hub_error *reterr)
{
	pthread_join(workers->worker, NULL);
	atomic_store(&workers->stop_follower, true);
	hub_runtime_wake(workers->runtime);
	if (workers->code && reterr)
		*reterr = workers->error;
	return workers->code;
}

bool hub_workers_done(struct hub_workers *workers, int ms)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	if (pthread_timedjoin_np(workers->follower, NULL, &until) != 0)
		return false;
	free(workers);
	return true;
}
