#include "dashboard-gateway/http/stream.h"

#include "base/check.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/readers.h"
#include "dashboard-gateway/view/json.h"

#include <event2/event.h>
#include <stdlib.h>

enum {
	TICK_MS = 250,
	STATES_TICKS = 4,    /* overview, alerts */
	BEAT_TICKS = 60,     /* and health */
	STATE_AGE_MS = 5000, /* deadlines pass without any row changing */
	LOOK_US = 60000, /* of a tick at most for states; the classes that are left come first next time */
	RECONNECT_MS = 1000,
	FRAME_BYTES = 256 << 20, /* of all frames that slow readers still hold */
	SMALL_BYTES = 1024,
};

static void say_bye(struct gateway_client *client)
{
	struct hub_buf data;
	hub_buf_init(&data, SMALL_BYTES);
	hub_buf_printf(&data, "{\"reconnect_ms\":%d}", RECONNECT_MS);
	gateway_readers_say(client, "bye", client->seq, &data);
	hub_buf_done(&data);
	gateway_client_finish(client);
	gateway_readers_leave(client);
}

/* ---- what they get ---- */

static void send_step(struct gateway_client *client, const struct gateway_step *step)
{
	if (step->frame)
		gateway_frame_send(step->frame, gateway_client_output(client), client->chunked);
}

/* It was full for so long that what has gone meanwhile is not known any more. */
static void say_reset(struct gateway_client *client, uint64_t seq)
{
	struct hub_buf data;
	hub_buf_init(&data, SMALL_BYTES);
	hub_buf_text(&data, "{}");
	gateway_readers_say(client, "reset", seq, &data);
	hub_buf_done(&data);
	client->seq = seq;
}

static void send_changes(
        struct gateway_streams *streams, struct gateway_client *client, const struct gateway_world *world)
{
	uint64_t seq = gateway_hot_seq(world->hot);
	int64_t now_ms = gateway_now_us() / 1000;
	if (!gateway_client_wants(client, GATEWAY_TOPIC_REFERRALS))
		client->seq = seq;
	if (!gateway_hot_can_resume(world->hot, client->seq))
		say_reset(client, seq);
	while (client->seq < seq && gateway_client_pace(client, now_ms) == GATEWAY_PACE_READY) {
		const struct gateway_step *step = gateway_class_step(
		        client->class, streams->frames, world, GATEWAY_TOPIC_REFERRALS, client->seq);
		send_step(client, step);
		client->seq = step->to > client->seq ? step->to : seq;
	}
}

static void send_answers(
        struct gateway_streams *streams, struct gateway_client *client, const struct gateway_world *world)
{
	uint64_t last = gateway_heard_last_answer(world->heard);
	if (client->answers >= last || !gateway_client_has_reached(client, gateway_hot_seq(world->hot)))
		return;
	if (gateway_client_wants(client, GATEWAY_TOPIC_ANSWERS))
		send_step(client, gateway_class_step(client->class, streams->frames, world,
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
			gateway_class_look(
			        class, streams->frames, world, GATEWAY_TOPIC_OVERVIEW, changes, STATE_AGE_MS);
		if (states && class->topics & (1U << GATEWAY_TOPIC_ALERTS))
			gateway_class_look(
			        class, streams->frames, world, GATEWAY_TOPIC_ALERTS, changes, STATE_AGE_MS);
		if (health && class->topics & (1U << GATEWAY_TOPIC_HEALTH))
			gateway_class_look(class, streams->frames, world, GATEWAY_TOPIC_HEALTH, changes, 0);
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
	struct gateway_frame *beat = gateway_frame_new(streams->frames, "beat", id, hub_buf_slice(&data));
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
	if (client->until_ms < world->now_ms) {
		say_bye(client);
		return;
	}
	if (pace == GATEWAY_PACE_WAIT || streams->frames->bytes > FRAME_BYTES)
		return;
	send_changes(streams, client, world);
	send_answers(streams, client, world);
	send_states(client);
	if (beat && gateway_client_has_reached(client, gateway_hot_seq(world->hot)))
		gateway_frame_send(beat, gateway_client_output(client), client->chunked);
	gateway_client_note_unread(client);
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
	gateway_readers_drop_empty(streams);
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

/* ---- life ---- */

int gateway_streams_new(struct gateway *gateway, struct gateway_streams **ret, struct hub_error *reterr)
{
	const struct timeval tick = { 0, TICK_MS * 1000 };
	struct gateway_streams *streams = calloc(1, sizeof(*streams));
	hub_check(streams);
	streams->gateway = gateway;
	streams->frames = &gateway->frames;
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

static bool of_user(const struct gateway_client *client, const void *user)
{
	return hub_str_is(*(const struct hub_str *)user, client->user->name);
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

void gateway_streams_end_user(struct gateway_streams *streams, struct hub_str user)
{
	dismiss(streams, of_user, &user);
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
	gateway_readers_drop_empty(streams);
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
	return streams->frames->bytes;
}
