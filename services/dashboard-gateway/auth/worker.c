#include "dashboard-gateway/auth/worker.h"

#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct queue {
	struct gateway_job *first, **last;
};

struct gateway_worker {
	pthread_t thread;
	bool running; /* the thread was started */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct queue waiting, finished; /* under the lock, as is stop */
	bool stop;
	uint32_t most, count; /* the loop's */
	int fd;
	struct event *event;
};

static void put(struct queue *queue, struct gateway_job *job)
{
	job->next = NULL;
	*queue->last = job;
	queue->last = &job->next;
}

static struct gateway_job *take(struct queue *queue)
{
	struct gateway_job *job = queue->first;
	if (!job)
		return NULL;
	queue->first = job->next;
	if (!queue->first)
		queue->last = &queue->first;
	return job;
}

static struct gateway_job *next_job(struct gateway_worker *worker)
{
	pthread_mutex_lock(&worker->lock);
	while (!worker->stop && !worker->waiting.first)
		pthread_cond_wait(&worker->wake, &worker->lock);
	struct gateway_job *job = worker->stop ? NULL : take(&worker->waiting);
	pthread_mutex_unlock(&worker->lock);
	return job;
}

static void give_back(struct gateway_worker *worker, struct gateway_job *job)
{
	const uint64_t one = 1;
	pthread_mutex_lock(&worker->lock);
	put(&worker->finished, job);
	pthread_mutex_unlock(&worker->lock);
	/* It fails only when the counter is full, and then the loop is being woken. */
	ssize_t n = write(worker->fd, &one, sizeof(one));
	(void)n;
}

static void *work(void *user)
{
	struct gateway_worker *worker = user;
	struct gateway_job *job;
	while ((job = next_job(worker)) != NULL) {
		job->run(job);
		give_back(worker, job);
	}
	return NULL;
}

static void on_finished(int fd, short what, void *user)
{
	struct gateway_worker *worker = user;
	uint64_t told;
	(void)what;
	ssize_t n = read(fd, &told, sizeof(told));
	(void)n;
	for (;;) {
		pthread_mutex_lock(&worker->lock);
		struct gateway_job *job = take(&worker->finished);
		pthread_mutex_unlock(&worker->lock);
		if (!job)
			return;
		worker->count--;
		job->done(job);
	}
}

static int start(struct gateway_worker *worker)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&worker->thread, NULL, work, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	worker->running = failed == 0;
	return failed;
}

int gateway_worker_new(
        struct event_base *base, uint32_t most, struct gateway_worker **ret, struct hub_error *reterr)
{
	struct gateway_worker *worker = calloc(1, sizeof(*worker));
	if (!worker)
		return hub_error_set(reterr, HUB_E_FATAL, "auth", "out of memory");
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->wake, NULL);
	worker->waiting.last = &worker->waiting.first;
	worker->finished.last = &worker->finished.first;
	worker->most = most;
	worker->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (worker->fd >= 0)
		worker->event = event_new(base, worker->fd, EV_READ | EV_PERSIST, on_finished, worker);
	if (!worker->event || event_add(worker->event, NULL) < 0 || start(worker) != 0) {
		gateway_worker_free(worker);
		return hub_error_set(reterr, HUB_E_FATAL, "auth", "cannot start a thread");
	}
	*ret = worker;
	return HUB_OK;
}

static void drop_all(struct queue *queue)
{
	struct gateway_job *job;
	while ((job = take(queue)) != NULL)
		job->drop(job);
}

void gateway_worker_free(struct gateway_worker *worker)
{
	if (!worker)
		return;
	pthread_mutex_lock(&worker->lock);
	worker->stop = true;
	pthread_cond_signal(&worker->wake);
	pthread_mutex_unlock(&worker->lock);
	if (worker->running)
		pthread_join(worker->thread, NULL);
	drop_all(&worker->finished);
	drop_all(&worker->waiting);
	if (worker->event)
		event_free(worker->event);
	if (worker->fd >= 0)
		close(worker->fd);
	pthread_cond_destroy(&worker->wake);
	pthread_mutex_destroy(&worker->lock);
	free(worker);
}

bool gateway_worker_add(struct gateway_worker *worker, struct gateway_job *job)
{
	if (worker->count == worker->most)
		return false;
	worker->count++;
	pthread_mutex_lock(&worker->lock);
	put(&worker->waiting, job);
	pthread_cond_signal(&worker->wake);
	pthread_mutex_unlock(&worker->lock);
	return true;
}
