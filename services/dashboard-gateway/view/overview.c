/* /overview: the tiles, what is left, and who sends whom where; all in one pass over the rows. */
#include "base/check.h"
#include "base/map.h"
#include "dashboard-gateway/view/heard.h"
#include "dashboard-gateway/view/offers.h"
#include "dashboard-gateway/view/rows.h"
#include "dashboard-gateway/view/worklists.h"

#include <stdlib.h>

enum { FLOWS_MAX = 500, PAIR_MAX = 300, FLOW_BYTES = 64 * 1024 * 1024 };

/* Each tile is a worklist and carries its name. */
static const enum gateway_worklist tiles[] = { GATEWAY_WAITING, GATEWAY_OVERDUE, GATEWAY_UNPLACED,
	GATEWAY_AWAITING_AUTHORISATION, GATEWAY_GREEN_CHANNEL };
enum { TILES = sizeof(tiles) / sizeof(tiles[0]) };

struct flow {
	struct hub_str from, to;                         /* to is empty: nobody has it */
	int64_t count, urgent, green, overdue, unplaced; /* the last where to is empty */
};

struct sums {
	const struct gateway_world *world;
	const struct gateway_viewer *viewer;
	struct hub_arena *arena;
	struct hub_map *flows; /* "from\nto" */
	int64_t counts[TILES], oldest[TILES];
};

/* NULL: the arena is exhausted. */
static struct flow *flow_of(struct sums *sums, struct hub_str from, struct hub_str to)
{
	char text[PAIR_MAX];
	struct hub_str pair = { text, from.len + 1 + to.len };
	if (pair.len > PAIR_MAX)
		return NULL;
	if (from.len)
		memcpy(text, from.data, from.len);
	text[from.len] = '\n';
	if (to.len)
		memcpy(text + from.len + 1, to.data, to.len);
	struct flow *flow = hub_map_get(sums->flows, pair);
	if (flow)
		return flow;
	flow = hub_arena_alloc(sums->arena, sizeof(*flow));
	pair = hub_arena_copy(sums->arena, pair);
	if (!flow || !pair.len)
		return NULL;
	flow->from = from;
	flow->to = to;
	hub_map_put(sums->flows, pair, flow);
	return flow;
}

static void add_to_flow(
        struct sums *sums, const struct gateway_referral *referral, const bool on[GATEWAY_WORKLISTS])
{
	struct hub_str nobody = { NULL, 0 };
	struct flow *unplaced = on[GATEWAY_UNPLACED] ? flow_of(sums, referral->from_org_id, nobody) : NULL;
	if (unplaced)
		unplaced->unplaced++;
	struct flow *flow =
	        referral->ended ? NULL : flow_of(sums, referral->from_org_id, referral->to_org_id);
	if (!flow)
		return;
	flow->count++;
	flow->urgent += referral->urgency == HUB_URGENCY_EMERGENCY || referral->urgency == HUB_URGENCY_URGENT;
	flow->green += on[GATEWAY_GREEN_CHANNEL];
	flow->overdue += on[GATEWAY_OVERDUE];
}

static void add_referral(struct sums *sums, const struct gateway_referral *referral)
{
	bool on[GATEWAY_WORKLISTS] = { false };
	for (int i = 0; i < TILES; i++) {
		on[tiles[i]] = gateway_on_worklist(tiles[i], sums->world, sums->viewer, referral);
		if (!on[tiles[i]])
			continue;
		int64_t since = gateway_on_worklist_since(tiles[i], sums->world, referral);
		sums->counts[i]++;
		if (since != GATEWAY_NO_TIME &&
		        (sums->oldest[i] == GATEWAY_NO_TIME || since < sums->oldest[i]))
			sums->oldest[i] = since;
	}
	add_to_flow(sums, referral, on);
}

static void add_all(struct sums *sums)
{
	const struct gateway_referral *referral;
	for (int i = 0; i < TILES; i++)
		sums->oldest[i] = GATEWAY_NO_TIME;
	for (size_t at = 0; (referral = gateway_referrals_each(sums->world, sums->viewer, &at));)
		add_referral(sums, referral);
}

static void put_tiles(struct gateway_json *json, const struct sums *sums)
{
	gateway_json_array(json, "tiles");
	for (int i = 0; i < TILES; i++) {
		const char *name = gateway_worklist_name(tiles[i]);
		char query[64] = "worklist=";
		hub_check(strlen(name) < sizeof(query) - strlen(query));
		memcpy(query + strlen(query), name, strlen(name) + 1);
		gateway_json_object(json, NULL);
		gateway_json_text(json, "id", hub_str_from(name));
		gateway_json_int(json, "count", sums->counts[i]);
		gateway_json_time(json, "oldest_at", sums->oldest[i]);
		gateway_json_text(json, "worklist", hub_str_from(name));
		gateway_json_text(json, "query", hub_str_from(query));
		gateway_json_end_object(json);
	}
	gateway_json_end_array(json);
}

static void put_left(struct gateway_json *json, const struct sums *sums)
{
	int64_t free_beds = 0, total = 0, boards = 0, open = 0, capacity = 0, sessions = 0;
	const struct gateway_beds *beds;
	const struct gateway_session *session;
	for (size_t at = 0; (beds = gateway_beds_each(sums->world, sums->viewer, &at)); boards++) {
		free_beds += beds->free;
		total += beds->total;
	}
	for (size_t at = 0; (session = gateway_sessions_each(sums->world, sums->viewer, &at)); sessions++) {
		open += session->open;
		capacity += session->capacity;
	}
	gateway_json_object(json, "beds");
	gateway_json_int(json, "free", free_beds);
	gateway_json_int(json, "total", total);
	gateway_json_int(json, "boards", boards);
	gateway_json_end_object(json);
	gateway_json_object(json, "slots");
	gateway_json_int(json, "open", open);
	gateway_json_int(json, "capacity", capacity);
	gateway_json_int(json, "sessions", sessions);
	gateway_json_end_object(json);
}

/* The strongest first. */
static int by_count(const void *left, const void *right)
{
	const struct flow *a = *(const struct flow *const *)left, *b = *(const struct flow *const *)right;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	int order = hub_str_cmp(a->from, b->from);
	return order ? order : hub_str_cmp(a->to, b->to);
}

static uint32_t list_flows(const struct sums *sums, const struct flow **list)
{
	struct hub_str key;
	void *value;
	uint32_t count = 0;
	for (size_t at = 0; hub_map_next(sums->flows, &at, &key, &value);)
		list[count++] = value;
	qsort(list, count, sizeof(*list), by_count);
	return count;
}

static void put_flow(struct gateway_json *json, const struct flow *flow)
{
	gateway_json_object(json, NULL);
	gateway_json_text(json, "from_org_id", flow->from);
	gateway_json_text(json, "to_org_id", flow->to);
	gateway_json_int(json, "count", flow->count);
	gateway_json_int(json, "urgent", flow->urgent);
	gateway_json_int(json, "green", flow->green);
	gateway_json_int(json, "overdue", flow->overdue);
	gateway_json_end_object(json);
}

static void put_flows(struct gateway_json *json, const struct sums *sums)
{
	const struct flow **list =
	        hub_arena_alloc(sums->arena, (hub_map_count(sums->flows) + 1) * sizeof(*list));
	uint32_t count = list ? list_flows(sums, list) : 0, shown = 0;
	gateway_json_array(json, "flows");
	for (uint32_t i = 0; i < count && shown < FLOWS_MAX; i++) {
		if (!list[i]->to.len)
			continue;
		put_flow(json, list[i]);
		shown++;
	}
	gateway_json_end_array(json);
	gateway_json_array(json, "unplaced_from");
	for (uint32_t i = 0; i < count; i++) {
		if (list[i]->to.len || !list[i]->unplaced)
			continue;
		gateway_json_object(json, NULL);
		gateway_json_text(json, "from_org_id", list[i]->from);
		gateway_json_int(json, "count", list[i]->unplaced);
		gateway_json_end_object(json);
	}
	gateway_json_end_array(json);
}

/* Of those that the viewer hears of, the one that was silent for longest. */
static void put_oldest_source(struct gateway_json *json, const struct sums *sums)
{
	struct gateway_publisher publisher, oldest = { .last_ms = INT64_MAX };
	const struct gateway_heard *heard = sums->world->heard;
	for (size_t at = 0; heard && gateway_heard_each(heard, sums->world->now_ms, &at, &publisher);)
		if (gateway_sees_publisher(sums->viewer, publisher.county_id, publisher.org_id) &&
		        publisher.last_ms < oldest.last_ms)
			oldest = publisher;
	if (!oldest.org_id.len) {
		gateway_json_null(json, "oldest_source");
		return;
	}
	gateway_json_object(json, "oldest_source");
	gateway_json_text(json, "org_id", oldest.org_id);
	gateway_json_time(json, "last_event_at", oldest.last_ms);
	gateway_json_end_object(json);
}

int gateway_view_overview(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_buf *out, struct hub_error *reterr)
{
	struct sums sums = {
		.world = world, .viewer = viewer, .arena = hub_arena_new(FLOW_BYTES), .flows = hub_map_new()
	};
	struct gateway_json json = gateway_json(out);
	hub_check(sums.arena != NULL);
	add_all(&sums);
	gateway_json_object(&json, NULL);
	gateway_json_head(&json, world, false);
	put_oldest_source(&json, &sums);
	put_tiles(&json, &sums);
	put_left(&json, &sums);
	put_flows(&json, &sums);
	gateway_json_end_object(&json);
	hub_map_free(sums.flows);
	hub_arena_free(sums.arena);
	return gateway_json_done(&json, reterr);
}
