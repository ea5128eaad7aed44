/* GET /events: where a reader enters the stream. */
#include "dashboard-gateway/http/files.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/handlers.h"
#include "dashboard-gateway/http/readers.h"
#include "dashboard-gateway/http/reply.h"
#include "dashboard-gateway/http/stream.h"
#include "dashboard-gateway/http/views.h"
#include "dashboard-gateway/view/json.h"

#include <event2/buffer.h>
#include <inttypes.h>
#include <stdio.h>

enum { RETRY_S = 5, SMALL_BYTES = 1024 };

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
	gateway_json_int(&json, "heartbeat_s", GATEWAY_BEAT_S);
	gateway_json_text(&json, "build", hub_str_from(gateway_files_build(client->gateway->files)));
	gateway_json_time(&json, "server_time", world->now_ms);
	gateway_json_end_object(&json);
	gateway_readers_say(client, "hello", client->seq, &data);
	if (asking->has_after && !asking->resumed) {
		hub_buf_reset(&data);
		hub_buf_text(&data, "{}");
		gateway_readers_say(client, "reset", client->seq, &data);
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
	struct gateway_world world = gateway_world(exchange->gateway);
	struct gateway_client *client = gateway_readers_enter(exchange, asking->topics);
	asking->resumed = asking->has_after && asking->after.epoch == world.epoch &&
	                  gateway_hot_can_resume(world.hot, asking->after.seq);
	client->seq = asking->resumed ? asking->after.seq : gateway_hot_seq(world.hot);
	client->answers = gateway_heard_last_answer(world.heard);
	say_retry(client);
	say_hello(client, &world, asking);
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
