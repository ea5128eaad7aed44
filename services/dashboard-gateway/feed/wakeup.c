#include "dashboard-gateway/feed/wakeup.h"

#include <event2/event.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void serve(struct gateway_wakeup *wakeup)
{
	static const struct timeval at_once = { 0, 0 };
	bool empty = wakeup->drain(wakeup->user);
	event_add(wakeup->again, empty ? &wakeup->tick : &at_once);
}

static void on_readable(int fd, short what, void *user)
{
	(void)what;
	eventfd_t count;
	(void)eventfd_read(fd, &count);
	serve(user);
}

static void on_again(int fd, short what, void *user)
{
	(void)fd, (void)what;
	serve(user);
}

int gateway_wakeup_init(struct gateway_wakeup *wakeup, struct event_base *base, int tick_ms,
        bool (*drain)(void *user), void *user, struct hub_error *reterr)
{
	*wakeup = (struct gateway_wakeup){ .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
		.tick = { tick_ms / 1000, tick_ms % 1000 * 1000 },
		.drain = drain,
		.user = user };
	if (wakeup->fd >= 0) {
		wakeup->readable = event_new(base, wakeup->fd, EV_READ | EV_PERSIST, on_readable, wakeup);
		wakeup->again = evtimer_new(base, on_again, wakeup);
	}
	if (!wakeup->readable || !wakeup->again || event_add(wakeup->readable, NULL) != 0)
		return hub_error_set(reterr, HUB_E_FATAL, "", "no file descriptor is left");
	event_add(wakeup->again, &wakeup->tick);
	return HUB_OK;
}

static void tell_through(rd_kafka_queue_t *queue, int fd)
{
	const uint64_t one = 1;
	rd_kafka_queue_io_event_enable(queue, fd, &one, sizeof(one));
}

void gateway_wakeup_watch(struct gateway_wakeup *wakeup, rd_kafka_queue_t *queue)
{
	wakeup->watched = queue;
	tell_through(queue, wakeup->fd);
}

void gateway_wakeup_watch_main(struct gateway_wakeup *wakeup, rd_kafka_t *rk)
{
	wakeup->main = rd_kafka_queue_get_main(rk);
	tell_through(wakeup->main, wakeup->fd);
}

void gateway_wakeup_soon(struct gateway_wakeup *wakeup)
{
	static const struct timeval at_once = { 0, 0 };
	event_add(wakeup->again, &at_once);
}

void gateway_wakeup_done(struct gateway_wakeup *wakeup)
{
	if (wakeup->watched)
		rd_kafka_queue_io_event_enable(wakeup->watched, -1, NULL, 0);
	if (wakeup->main) {
		rd_kafka_queue_io_event_enable(wakeup->main, -1, NULL, 0);
		rd_kafka_queue_destroy(wakeup->main);
	}
	wakeup->watched = wakeup->main = NULL;
}

void gateway_wakeup_close(struct gateway_wakeup *wakeup)
{
	if (wakeup->readable)
		event_free(wakeup->readable);
	if (wakeup->again)
		event_free(wakeup->again);
	if (wakeup->readable)
		close(wakeup->fd);
	wakeup->readable = wakeup->again = NULL;
}
