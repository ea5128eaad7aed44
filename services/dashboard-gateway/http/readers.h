/* All readers of the stream, by class and by user. Internal to http/. */
#ifndef DASHBOARD_GATEWAY_HTTP_READERS_H
#define DASHBOARD_GATEWAY_HTTP_READERS_H

#include "base/map.h"
#include "dashboard-gateway/http/client.h"

TAILQ_HEAD(gateway_class_list, gateway_class);

struct gateway_streams {
	struct gateway *gateway;
	struct event *tick;
	struct gateway_class_list classes;
	struct hub_map *by_key, *users;
	struct gateway_frames *frames; /* the gateway's */
	uint32_t count;
	uint64_t ticks;
	bool health_due;
};

/* The exchange's request becomes a stream of these topics; the exchange has ended then. */
struct gateway_client *gateway_readers_enter(struct gateway_exchange *exchange, unsigned topics);
/* Its memory goes, and what is counted of it. */
void gateway_readers_leave(struct gateway_client *client);
/* Classes without readers go at the next tick, not while somebody walks over them. */
void gateway_readers_drop_empty(struct gateway_streams *streams);
/* An event for this one alone. */
void gateway_readers_say(
        struct gateway_client *client, const char *event, uint64_t seq, const struct hub_buf *data);

#endif
