#include "dashboard-gateway/http/readers.h"

#include "base/check.h"
#include "dashboard-gateway/http/gateway.h"

#include <stdio.h>
#include <stdlib.h>

static struct gateway_class *class_of(struct gateway_streams *streams, const struct gateway_viewer *viewer)
{
	char text[GATEWAY_CLASS_MAX];
	struct gateway_class *class = hub_map_get(streams->by_key, gateway_viewer_class(viewer, text));
	if (class)
		return class;
	class = gateway_class_new(viewer);
	hub_map_put(streams->by_key, class->key, class);
	TAILQ_INSERT_TAIL(&streams->classes, class, link);
	return class;
}

static struct gateway_stream_user *user_of(struct gateway_streams *streams, const char *name)
{
	struct gateway_stream_user *user = hub_map_get(streams->users, hub_str_from(name));
	if (user)
		return user;
	user = calloc(1, sizeof(*user));
	hub_check(user);
	snprintf(user->name, sizeof(user->name), "%s", name);
	hub_map_put(streams->users, hub_str_from(user->name), user);
	return user;
}

void gateway_readers_leave(struct gateway_client *client)
{
	struct gateway_streams *streams = client->gateway->streams;
	struct gateway_class *class = client->class;
	struct gateway_stream_user *user = client->user;
	TAILQ_REMOVE(&class->clients, client, link);
	streams->count--;
	if (--user->streams == 0) {
		hub_map_remove(streams->users, hub_str_from(user->name));
		free(user);
	}
	class->count--;
	gateway_client_free(client);
}

static void on_closed(void *user)
{
	gateway_readers_leave(user);
}

void gateway_readers_drop_empty(struct gateway_streams *streams)
{
	struct gateway_class *class = TAILQ_FIRST(&streams->classes);
	while (class) {
		struct gateway_class *next = TAILQ_NEXT(class, link);
		if (class->count == 0) {
			TAILQ_REMOVE(&streams->classes, class, link);
			hub_map_remove(streams->by_key, class->key);
			gateway_class_free(class);
		}
		class = next;
	}
}

void gateway_readers_say(
        struct gateway_client *client, const char *event, uint64_t seq, const struct hub_buf *data)
{
	struct gateway_streams *streams = client->gateway->streams;
	struct gateway_revision id = { client->gateway->epoch, seq };
	struct gateway_frame *frame = gateway_frame_new(streams->frames, event, id, hub_buf_slice(data));
	gateway_frame_send(frame, gateway_client_output(client), client->chunked);
	gateway_frame_drop(frame);
}

struct gateway_client *gateway_readers_enter(struct gateway_exchange *exchange, unsigned topics)
{
	struct gateway_streams *streams = exchange->gateway->streams;
	struct gateway_client *client = gateway_client_new(exchange, on_closed);
	client->topics = (uint8_t)topics;
	client->class = class_of(streams, &exchange->identity.viewer);
	client->class->topics |= topics;
	client->class->count++;
	TAILQ_INSERT_TAIL(&client->class->clients, client, link);
	client->user = user_of(streams, exchange->identity.user);
	client->user->streams++;
	streams->count++;
	/* It need not wait for its first states. */
	if (!client->class->states[GATEWAY_TOPIC_HEALTH - GATEWAY_TOPIC_OVERVIEW].frame)
		streams->health_due = true;
	exchange->request = NULL;
	gateway_exchange_end(exchange, 200);
	return client;
}
