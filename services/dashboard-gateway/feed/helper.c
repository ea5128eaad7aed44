#include "dashboard-gateway/feed/helper.h"

#include "base/check.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct list {
	struct gateway_job *head, **tail;
};

struct gateway_helper {
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	bool stop;
	struct list waiting, finished; /* under lock */
	int fd;
	struct event *event;
};

static void list_init(struct list *list)
{
	list->head = NULL;
	list->tail = &list->head;
}

static void list_add(struct list *list, struct gateway_job *job)
{
	job->next = NULL;
	*list->tail = job;
	list->tail = &job->next;
}

static struct gateway_job *list_take(struct list *list)
{
	struct gateway_job *job = list->head;
	if (!job)
		return NULL;
	list->head = job->next;
	if (!list->head)
		list->tail = &list->head;
	return job;
}

static void *run(void *user)
{
	struct gateway_helper *helper = user;
	pthread_mutex_lock(&helper->lock);
	while (!helper->stop) {
		struct gateway_job *job = list_take(&helper->waiting);
		if (!job) {
			pthread_cond_wait(&helper->wanted, &helper->lock);
			continue;
		}
		pthread_mutex_unlock(&helper->lock);
		job->work(job);
		pthread_mutex_lock(&helper->lock);
		list_add(&helper->finished, job);
		hub_check(eventfd_write(helper->fd, 1) == 0);
	}
	pthread_mutex_unlock(&helper->lock);
	return NULL;
}

static void on_finished(int fd, short what, void *user)
{
	(void)what;
	struct gateway_helper *helper = user;
	eventfd_t count;
	(void)eventfd_read(fd, &count);
	for (;;) {
		pthread_mutex_lock(&helper->lock);
		struct gateway_job *job = list_take(&helper->finished);
		pthread_mutex_unlock(&helper->lock);
		if (!job)
			return;
		job->done(job, false);
	}
}

int gateway_helper_new(struct event_base *base, struct gateway_helper **ret, struct hub_error *reterr)
{
	struct gateway_helper *helper = calloc(1, sizeof(*helper));
	hub_check(helper);
	pthread_mutex_init(&helper->lock, NULL);
	pthread_cond_init(&helper->wanted, NULL);
	list_init(&helper->waiting);
	list_init(&helper->finished);
	helper->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (helper->fd >= 0)
		helper->event = event_new(base, helper->fd, EV_READ | EV_PERSIST, on_finished, helper);
	helper->started = helper->event && event_add(helper->event, NULL) == 0 &&
	                  pthread_create(&helper->thread, NULL, run, helper) == 0;
	if (!helper->started) {
		gateway_helper_free(helper);
		return hub_error_set(reterr, HUB_E_FATAL, "", "cannot start a thread");
	}
	*ret = helper;
	return HUB_OK;
}

void gateway_helper_add(struct gateway_helper *helper, struct gateway_job *job)
{
	pthread_mutex_lock(&helper->lock);
	list_add(&helper->waiting, job);
	pthread_cond_signal(&helper->wanted);
	pthread_mutex_unlock(&helper->lock);
}

static void drop(struct list *list)
{
	for (struct gateway_job *job = list_take(list); job; job = list_take(list))
		job->done(job, true);
}

void gateway_helper_free(struct gateway_helper *helper)
{
	if (!helper)
		return;
	if (helper->started) {
		pthread_mutex_lock(&helper->lock);
		helper->stop = true;
		pthread_cond_signal(&helper->wanted);
		pthread_mutex_unlock(&helper->lock);
		pthread_join(helper->thread, NULL);
	}
	drop(&helper->waiting);
	drop(&helper->finished);
	if (helper->event)
		event_free(helper->event);
	if (helper->fd >= 0)
		close(helper->fd);
	pthread_cond_destroy(&helper->wanted);
	pthread_mutex_destroy(&helper->lock);
	free(helper);
}
