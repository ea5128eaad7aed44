/* librdkafka's queues on the loop: a queue that was empty and is no more writes into a file descriptor. Internal to feed/. */
#ifndef DASHBOARD_GATEWAY_FEED_WAKEUP_H
#define DASHBOARD_GATEWAY_FEED_WAKEUP_H

#include "base/error.h"

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <sys/time.h>

struct event;
struct event_base;

struct gateway_wakeup {
	int fd;
	struct event *readable, *again;
	struct timeval tick;
	bool (*drain)(void *user);
	void *user;
	rd_kafka_queue_t *watched, *main;
};

/* drain empties the queues, or says false when its time is up: then it is called again in the next turn of the loop. It is
 * called each tick_ms, too. HUB_E_FATAL: no file descriptor. */
int gateway_wakeup_init(struct gateway_wakeup *wakeup, struct event_base *base, int tick_ms,
        bool (*drain)(void *user), void *user, struct hub_error *reterr);

/* A queue, borrowed until done; and the one on which a handle tells errors and delivery reports. */
void gateway_wakeup_watch(struct gateway_wakeup *wakeup, rd_kafka_queue_t *queue);
void gateway_wakeup_watch_main(struct gateway_wakeup *wakeup, rd_kafka_t *rk);

/* Drains in the next turn, whatever the queues say. */
void gateway_wakeup_soon(struct gateway_wakeup *wakeup);

/* done: before queues and handles go; watch may follow with new ones. close: after that. Both may be called of zeros. */
void gateway_wakeup_done(struct gateway_wakeup *wakeup);
void gateway_wakeup_close(struct gateway_wakeup *wakeup);

#endif
