#include "daemon/deadline.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct hub_deadline {
	struct hub_log *log;
	int exit_code;
	struct timespec at;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool met;
};

static void *watch(void *user)
{
	struct hub_deadline *deadline = user;
	int late = 0;
	pthread_mutex_lock(&deadline->lock);
	while (!deadline->met && !late)
		late = pthread_cond_timedwait(&deadline->changed, &deadline->lock, &deadline->at);
	if (!deadline->met) {
		hub_log(deadline->log, HUB_LOG_STOP_TOO_SLOW, hub_log_int("exit_code", deadline->exit_code));
		_exit(deadline->exit_code);
	}
	pthread_mutex_unlock(&deadline->lock);
	return NULL;
}

struct hub_deadline *hub_deadline_start(struct hub_log *log, int ms, int exit_code)
{
	struct hub_deadline *deadline = calloc(1, sizeof(*deadline));
	pthread_condattr_t monotonic;
	if (!deadline)
		return NULL;
	deadline->log = log;
	deadline->exit_code = exit_code;
	clock_gettime(CLOCK_MONOTONIC, &deadline->at);
	deadline->at.tv_sec += ms / 1000;
	deadline->at.tv_nsec += (long)(ms % 1000) * 1000000;
	deadline->at.tv_sec += deadline->at.tv_nsec / 1000000000;
	deadline->at.tv_nsec %= 1000000000;
	pthread_mutex_init(&deadline->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&deadline->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&deadline->thread, NULL, watch, deadline) != 0) {
		free(deadline);
		return NULL;
	}
	return deadline;
}

void hub_deadline_met(struct hub_deadline *deadline)
{
	if (!deadline)
		return;
	pthread_mutex_lock(&deadline->lock);
	deadline->met = true;
	pthread_cond_signal(&deadline->changed);
	pthread_mutex_unlock(&deadline->lock);
	pthread_join(deadline->thread, NULL);
	pthread_cond_destroy(&deadline->changed);
	pthread_mutex_destroy(&deadline->lock);
	free(deadline);
}
