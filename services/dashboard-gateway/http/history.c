/* GET .../history: the decisions of a referral, fetched by their places. */
#include "dashboard-gateway/feed/feed.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/handlers.h"
#include "dashboard-gateway/http/reply.h"
#include "dashboard-gateway/http/views.h"
#include "records/catalogue.h"

enum { FETCH_MS = 5000, ARENA_BYTES = 64 << 20, ANSWER_BYTES = 8 << 20, RETRY_S = 3 };

static uint32_t decode(const struct hub_kafka_event *events, uint32_t count, struct hub_arena *arena,
        struct gateway_decision decisions[GATEWAY_STORY_PLACES])
{
	uint32_t known = 0;
	for (uint32_t i = 0; i < count && known < GATEWAY_STORY_PLACES; i++) {
		struct gateway_decision *each = &decisions[known];
		void *record;
		if (!events[i].has_value || hub_frame_decode(&hub_referral_decision_schemas, events[i].value,
		                                    arena, &each->schema, &record, NULL))
			continue;
		each->partition = events[i].at.partition;
		each->offset = events[i].offset;
		each->record = record;
		known++;
	}
	return known;
}

static void reply(struct gateway_exchange *exchange, const struct hub_kafka_event *events, uint32_t count)
{
	struct gateway_world world = gateway_world(exchange->gateway);
	struct gateway_decision decisions[GATEWAY_STORY_PLACES];
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	struct hub_error err = { 0 };
	struct hub_buf body;
	hub_buf_init(&body, ANSWER_BYTES);
	uint32_t known = decode(events, count, arena, decisions);
	int code = gateway_view_history(
	        &world, &exchange->identity.viewer, exchange->subject, decisions, known, &body, &err);
	if (!code)
		gateway_reply_json(exchange, 200, &body);
	else
		gateway_refuse_view(exchange, code, &err);
	hub_buf_done(&body);
	hub_arena_free(arena);
}

static void on_fetched(
        void *user, const struct hub_kafka_event *events, uint32_t count, const struct hub_error *err)
{
	struct gateway_exchange *exchange = user;
	const struct gateway_problem problem = {
		.id = GATEWAY_PROBLEM_KAFKA_AWAY,
		.detail = "Kafka has not told the story in time: try again",
		.retry_s = RETRY_S,
	};
	if (err->code)
		gateway_refuse(exchange, &problem);
	else
		reply(exchange, events, count);
}

void gateway_handle_history(struct gateway_exchange *exchange)
{
	struct gateway *gateway = exchange->gateway;
	struct gateway_world world = gateway_world(gateway);
	struct gateway_place places[GATEWAY_STORY_PLACES];
	struct hub_error err = { 0 };
	if (gateway_refuse_unready(exchange, &world))
		return;
	const struct gateway_referral *row = gateway_hot_referral(world.hot, exchange->subject);
	if (!row || !gateway_shows_referral(&exchange->identity.viewer, world.policy, row)) {
		gateway_refuse_view(exchange, HUB_E_NOT_FOUND, &err);
		return;
	}
	if (gateway_not_modified(exchange, &world))
		return;
	uint32_t count = gateway_stories_places(gateway->stories, exchange->subject, places);
	if (!count)
		reply(exchange, NULL, 0);
	else
		gateway_feed_fetch(
		        gateway->feed, "referral.decisions", places, count, FETCH_MS, on_fetched, exchange);
}
