#include "dashboard-gateway/http/stream.h"

#include "base/check.h"
#include "base/map.h"
#include "dashboard-gateway/http/client.h"
#include "dashboard-gateway/http/files.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/handlers.h"
#include "dashboard-gateway/http/reply.h"
#include "dashboard-gateway/http/views.h"
#include "dashboard-gateway/view/json.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	TICK_MS = 250,
	STATES_TICKS = 4,    /* overview, alerts */
	BEAT_TICKS = 60,     /* and health */
	STATE_AGE_MS = 5000, /* deadlines pass without any row changing */
	LOOK_US = 60000, /* of a tick at most for states; the classes that are left come first next time */
	BEAT_S = BEAT_TICKS * TICK_MS / 1000,
	RETRY_S = 5,
	RECONNECT_MS = 1000,
	FRAME_BYTES = 256 << 20, /* of all frames that slow readers still hold */
	SMALL_BYTES = 1024,
};

TAILQ_HEAD(class_list, gateway_class);

struct gateway_streams {
	struct gateway *gateway;
	struct event *tick;
	struct class_list classes;
	struct hub_map *by_key, *users;
	struct gateway_frames frames;
	uint32_t count;
	uint64_t ticks;
	bool health_due;
};

/* ---- readers come and go ---- */

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

static void leave(struct gateway_client *client)
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
	leave(user);
}

/* Classes without readers go at the next tick, not while somebody walks over them. */
static void drop_empty(struct gateway_streams *streams)
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

static void say(struct gateway_client *client, const char *event, uint64_t seq, const struct hub_buf *data)
{
	struct gateway_streams *streams = client->gateway->streams;
	struct gateway_revision id = { client->gateway->epoch, seq };
	struct gateway_frame *frame = gateway_frame_new(&streams->frames, event, id, hub_buf_slice(data));
	gateway_frame_send(frame, gateway_client_output(client), client->chunked);
	gateway_frame_drop(frame);
}

static void say_bye(struct gateway_client *client)
{
	struct hub_buf data;
	hub_buf_init(&data, SMALL_BYTES);
	hub_buf_printf(&data, "{\"reconnect_ms\":%d}", RECONNECT_MS);
	say(client, "bye", client->seq, &data);
	hub_buf_done(&data);
	gateway_client_finish(client);
	leave(client);
}

/* ---- what they get ---- */

static void send_step(struct gateway_client *client, const struct gateway_step *step)
{
	if (step->frame)
		gateway_frame_send(step->frame, gateway_client_output(client), client->chunked);
}

static void send_changes(
        struct gateway_streams *streams, struct gateway_client *client, const struct gateway_world *world)
{
	uint64_t seq = gateway_hot_seq(world->hot);
	int64_t now_ms = gateway_now_us() / 1000;
	if (!gateway_client_wants(client, GATEWAY_TOPIC_REFERRALS))
		client->seq = seq;
	while (client->seq < seq && gateway_client_pace(client, now_ms) == GATEWAY_PACE_READY) {
		const struct gateway_step *step = gateway_class_step(
		        client->class, &streams->frames, world, GATEWAY_TOPIC_REFERRALS, client->seq);
		hub_check(step->to > client->seq);
		send_step(client, step);
		client->seq = step->to;
	}
}

static void send_answers(
        struct gateway_streams *streams, struct gateway_client *client, const struct gateway_world *world)
{
	uint64_t last = gateway_heard_last_answer(world->heard);
	if (client->answers >= last || !gateway_client_has_reached(client, gateway_hot_seq(world->hot)))
		return;
	if (gateway_client_wants(client, GATEWAY_TOPIC_ANSWERS))
		send_step(client, gateway_class_step(client->class, &streams->frames, world,
		                          GATEWAY_TOPIC_ANSWERS, client->answers));
	client->answers = last;
}

static void send_states(struct gateway_client *client)
{
	for (int i = 0; i < GATEWAY_STATE_TOPICS; i++) {
		const struct gateway_state *state = &client->class->states[i];
		if (!gateway_client_wants(client, (enum gateway_topic)(GATEWAY_TOPIC_OVERVIEW + i)) ||
		        !state->frame || state->version == client->versions[i] ||
		        !gateway_client_has_reached(client, state->at.seq))
			continue;
		gateway_frame_send(state->frame, gateway_client_output(client), client->chunked);
		client->versions[i] = state->version;
	}
}

/* Topics that change with the whole state: each class in turn, as long as the tick's share of time lasts. */
static void look(struct gateway_streams *streams, const struct gateway_world *world, bool states, bool health)
{
	int64_t until_us = gateway_now_us() + LOOK_US;
	uint64_t changes = streams->gateway->changes;
	for (uint64_t left = hub_map_count(streams->by_key); left && gateway_now_us() < until_us; left--) {
		struct gateway_class *class = TAILQ_FIRST(&streams->classes);
		TAILQ_REMOVE(&streams->classes, class, link);
		TAILQ_INSERT_TAIL(&streams->classes, class, link);
		if (states && class->topics & (1U << GATEWAY_TOPIC_OVERVIEW))
			gateway_class_look(class, &streams->frames, world, GATEWAY_TOPIC_OVERVIEW, changes,
			        STATE_AGE_MS);
		if (states && class->topics & (1U << GATEWAY_TOPIC_ALERTS))
			gateway_class_look(
			        class, &streams->frames, world, GATEWAY_TOPIC_ALERTS, changes, STATE_AGE_MS);
		if (health && class->topics & (1U << GATEWAY_TOPIC_HEALTH))
			gateway_class_look(class, &streams->frames, world, GATEWAY_TOPIC_HEALTH, changes, 0);
	}
}

static struct gateway_frame *beat_of(struct gateway_streams *streams, const struct gateway_world *world)
{
	struct gateway_revision id = { world->epoch, gateway_hot_seq(world->hot) };
	struct hub_buf data;
	hub_buf_init(&data, SMALL_BYTES);
	struct gateway_json json = gateway_json(&data);
	gateway_json_object(&json, NULL);
	gateway_json_time(&json, "server_time", world->now_ms);
	gateway_json_end_object(&json);
	struct gateway_frame *beat = gateway_frame_new(&streams->frames, "beat", id, hub_buf_slice(&data));
	hub_buf_done(&data);
	return beat;
}

/* One reader, one tick. It may be gone afterwards. */
static void serve(struct gateway_streams *streams, struct gateway_client *client,
        const struct gateway_world *world, struct gateway_frame *beat)
{
	enum gateway_pace pace = gateway_client_pace(client, gateway_now_us() / 1000);
	if (pace == GATEWAY_PACE_CUT) {
		gateway_count_cut(streams->gateway, "slow_reader");
		gateway_client_cut(client);
		return;
	}
	if (client->expires_at_ms < world->now_ms) {
		say_bye(client);
		return;
	}
	if (pace == GATEWAY_PACE_WAIT || streams->frames.bytes > FRAME_BYTES)
		return;
	send_changes(streams, client, world);
	send_answers(streams, client, world);
	send_states(client);
	if (beat && gateway_client_has_reached(client, gateway_hot_seq(world->hot)))
		gateway_frame_send(beat, gateway_client_output(client), client->chunked);
}

static void serve_all(
        struct gateway_streams *streams, const struct gateway_world *world, struct gateway_frame *beat)
{
	struct gateway_class *class;
	TAILQ_FOREACH(class, &streams->classes, link)
	{
		struct gateway_client *client = TAILQ_FIRST(&class->clients);
		while (client) {
			struct gateway_client *next = TAILQ_NEXT(client, link);
			serve(streams, client, world, beat);
			client = next;
		}
		gateway_class_forget_steps(class);
	}
}

static void on_tick(evutil_socket_t fd, short what, void *user)
{
	struct gateway_streams *streams = user;
	struct gateway_frame *beat = NULL;
	(void)fd;
	(void)what;
	drop_empty(streams);
	uint64_t tick = streams->ticks++;
	if (!streams->count)
		return;
	struct gateway_world world = gateway_world(streams->gateway);
	bool health = streams->health_due || tick % BEAT_TICKS == 0;
	streams->health_due = false;
	if (tick % STATES_TICKS == 0 || health)
		look(streams, &world, tick % STATES_TICKS == 0, health);
	if (tick % BEAT_TICKS == 0)
		beat = beat_of(streams, &world);
	serve_all(streams, &world, beat);
	gateway_frame_drop(beat);
}

/* ---- a reader asks ---- */

struct asking {
	unsigned topics;
	bool has_after, resumed;
	struct gateway_revision after;
};

static bool refuse_query(struct gateway_exchange *exchange, const char *place, const char *text)
{
	struct hub_error err = { 0 };
	hub_error_set(&err, HUB_E_INVALID, place, "%s", text);
	gateway_refuse_error(exchange, GATEWAY_PROBLEM_INVALID_QUERY, &err);
	return false;
}

static bool take_topics(struct gateway_exchange *exchange, struct asking *asking)
{
	struct hub_str topics = gateway_target_param(&exchange->target, "topics");
	bool health = gateway_sees_operations(&exchange->identity.viewer);
	asking->topics = (1U << GATEWAY_TOPICS) - 1;
	if (!health)
		asking->topics &= ~(1U << GATEWAY_TOPIC_HEALTH);
	if (!topics.len)
		return true;
	if (!gateway_topics_parse(topics, &asking->topics))
		return refuse_query(
		        exchange, "topics", "expected some of referrals,overview,alerts,health,answers");
	if (health || !(asking->topics & (1U << GATEWAY_TOPIC_HEALTH)))
		return true;
	gateway_refuse_plainly(exchange, GATEWAY_PROBLEM_FORBIDDEN, "your role does not see health");
	return false;
}

/* A position that is no position is one of some other program: the reader starts anew. */
static bool take_query(struct gateway_exchange *exchange, struct asking *asking)
{
	const struct gateway_target *target = &exchange->target;
	struct hub_str last = gateway_request_header(exchange, "Last-Event-ID");
	struct hub_str after = gateway_target_param(target, "after");
	for (uint32_t i = 0; i < target->param_count; i++)
		if (!hub_str_is(target->params[i].name, "topics") &&
		        !hub_str_is(target->params[i].name, "after"))
			return refuse_query(exchange, "query", "the parameters here are topics and after");
	asking->has_after = last.len || after.len;
	asking->after = (struct gateway_revision){ 0, 0 };
	if (last.len)
		gateway_revision_parse(last, &asking->after);
	else if (after.len && !gateway_revision_parse(after, &asking->after))
		return refuse_query(exchange, "after", "expected a Stream-Position");
	return take_topics(exchange, asking);
}

static bool has_room(struct gateway_exchange *exchange)
{
	struct gateway_streams *streams = exchange->gateway->streams;
	const struct gateway_options *options = exchange->gateway->options;
	const struct gateway_stream_user *user =
	        hub_map_get(streams->users, hub_str_from(exchange->identity.user));
	bool wall = exchange->identity.viewer.role == GATEWAY_ROLE_READ_ONLY;
	int64_t most = wall ? options->streams_wall : options->streams_user;
	struct gateway_problem problem = { .id = GATEWAY_PROBLEM_TOO_MANY_REQUESTS, .retry_s = RETRY_S };
	if (user && user->streams >= most)
		problem.detail = "too many streams of one user";
	else if (streams->count >= options->streams || exchange->gateway->stopping)
		problem = (struct gateway_problem){ .id = GATEWAY_PROBLEM_TOO_MANY_STREAMS,
			.retry_s = RETRY_S };
	else
		return true;
	gateway_refuse(exchange, &problem);
	return false;
}

static void say_hello(
        struct gateway_client *client, const struct gateway_world *world, const struct asking *asking)
{
	struct hub_buf data;
	char epoch[24];
	snprintf(epoch, sizeof(epoch), "%" PRIu64, world->epoch);
	hub_buf_init(&data, SMALL_BYTES);
	struct gateway_json json = gateway_json(&data);
	gateway_json_object(&json, NULL);
	gateway_json_text(&json, "epoch", hub_str_from(epoch));
	gateway_json_int(&json, "seq", (int64_t)client->seq);
	gateway_json_bool(&json, "resumed", asking->resumed);
	gateway_json_int(&json, "heartbeat_s", BEAT_S);
	gateway_json_text(&json, "build", hub_str_from(gateway_files_build(client->gateway->files)));
	gateway_json_time(&json, "server_time", world->now_ms);
	gateway_json_end_object(&json);
	say(client, "hello", client->seq, &data);
	if (asking->has_after && !asking->resumed) {
		hub_buf_reset(&data);
		hub_buf_text(&data, "{}");
		say(client, "reset", client->seq, &data);
	}
	hub_buf_done(&data);
}

static const char retry_line[] = "retry: 3000\n\n";

static void say_retry(struct gateway_client *client)
{
	struct evbuffer *out = gateway_client_output(client);
	if (client->chunked)
		evbuffer_add_printf(out, "%zx\r\n%s\r\n", sizeof(retry_line) - 1, retry_line);
	else
		evbuffer_add(out, retry_line, sizeof(retry_line) - 1);
}

static void enter(struct gateway_exchange *exchange, struct asking *asking)
{
	struct gateway_streams *streams = exchange->gateway->streams;
	struct gateway_world world = gateway_world(exchange->gateway);
	struct gateway_client *client = gateway_client_new(exchange, on_closed);
	asking->resumed = asking->has_after && asking->after.epoch == world.epoch &&
	                  gateway_hot_can_resume(world.hot, asking->after.seq);
	client->seq = asking->resumed ? asking->after.seq : gateway_hot_seq(world.hot);
	client->answers = gateway_heard_last_answer(world.heard);
	client->topics = (uint8_t)asking->topics;
	client->class = class_of(streams, &exchange->identity.viewer);
	client->class->topics |= asking->topics;
	client->class->count++;
	TAILQ_INSERT_TAIL(&client->class->clients, client, link);
	client->user = user_of(streams, exchange->identity.user);
	client->user->streams++;
	streams->count++;
	say_retry(client);
	say_hello(client, &world, asking);
	exchange->request = NULL;
	gateway_exchange_end(exchange, 200);
}

void gateway_handle_events(struct gateway_exchange *exchange)
{
	struct gateway_world world = gateway_world(exchange->gateway);
	struct asking asking;
	if (!take_query(exchange, &asking) || gateway_refuse_unready(exchange, &world) || !has_room(exchange))
		return;
	if (exchange->head)
		gateway_reply_empty(exchange, 200);
	else
		enter(exchange, &asking);
}

/* ---- life ---- */

int gateway_streams_new(struct gateway *gateway, struct gateway_streams **ret, struct hub_error *reterr)
{
	const struct timeval tick = { 0, TICK_MS * 1000 };
	struct gateway_streams *streams = calloc(1, sizeof(*streams));
	hub_check(streams);
	streams->gateway = gateway;
	streams->by_key = hub_map_new();
	streams->users = hub_map_new();
	TAILQ_INIT(&streams->classes);
	streams->tick = event_new(gateway->base, -1, EV_PERSIST, on_tick, streams);
	*ret = streams;
	if (!streams->tick || event_add(streams->tick, &tick) != 0)
		return hub_error_set(reterr, HUB_E_FATAL, "stream", "out of memory");
	return HUB_OK;
}

/* Every reader that test says yes to is told to come again. */
static void dismiss(struct gateway_streams *streams,
        bool (*test)(const struct gateway_client *client, const void *user), const void *user)
{
	struct gateway_class *class;
	TAILQ_FOREACH(class, &streams->classes, link)
	{
		struct gateway_client *client = TAILQ_FIRST(&class->clients);
		while (client) {
			struct gateway_client *next = TAILQ_NEXT(client, link);
			if (test(client, user))
				say_bye(client);
			client = next;
		}
	}
}

static bool anybody(const struct gateway_client *client, const void *user)
{
	(void)client;
	(void)user;
	return true;
}

static bool of_session(const struct gateway_client *client, const void *user)
{
	const struct gateway_identity *identity = user;
	return strcmp(client->user->name, identity->user) == 0 &&
	       memcmp(client->session_id, identity->session_id, sizeof(client->session_id)) == 0;
}

static bool moved(const struct gateway_client *client, const void *user)
{
	const struct gateway *gateway = user;
	const struct gateway_viewer *viewer = &client->class->viewer;
	return !hub_str_eq(referral_policy_county_of(gateway->policy, viewer->org_id), viewer->county_id);
}

void gateway_streams_bye(struct gateway_streams *streams)
{
	dismiss(streams, anybody, NULL);
}

void gateway_streams_end(struct gateway_streams *streams, const struct gateway_identity *identity)
{
	dismiss(streams, of_session, identity);
}

void gateway_streams_registry(struct gateway_streams *streams)
{
	dismiss(streams, moved, streams->gateway);
}

void gateway_streams_health(struct gateway_streams *streams)
{
	streams->health_due = true;
}

void gateway_streams_free(struct gateway_streams *streams)
{
	if (!streams)
		return;
	drop_empty(streams);
	if (streams->tick)
		event_free(streams->tick);
	hub_map_free(streams->by_key);
	hub_map_free(streams->users);
	free(streams);
}

uint32_t gateway_streams_count(const struct gateway_streams *streams)
{
	return streams->count;
}

uint64_t gateway_streams_frame_bytes(const struct gateway_streams *streams)
{
	return streams->frames.bytes;
}
