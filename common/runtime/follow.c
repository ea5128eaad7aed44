#include "runtime/follow.h"

#include "base/check.h"
#include "runtime/core.h"
#include "runtime/fence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	EXCHANGE_LIMIT = 1024 * 1024 * 1024,
	DECODE_LIMIT = 64 * 1024 * 1024,
	LOOK_US = 1000 * 1000,
	BACKOFF_MIN_US = 200 * 1000,
	BACKOFF_MAX_US = 2000 * 1000,
	WIPE_PAGES = 20, /* of SCAN in one turn */
};

enum standing { CLAIMING, WIPING, WRITING, LIVE, STALE };

struct fenced {
	int32_t partition;
	int64_t epoch;
	int64_t restored_at, restored_ms;
	enum standing standing;
	bool rebuild;    /* CLAIMING: not even a fence at our position will do */
	char why[128];   /* the rebuild */
	int64_t foreign; /* epoch of a fence that belongs to another changelog; -1: none */
	bool told_stale;
	char tag[128];
	char key[136];                  /* of the fence */
	char wrote[HUB_FENCE_TEXT_MAX]; /* what we left there; "" nothing */
	int64_t at;                     /* LIVE: offset of the hot state */
	int64_t timestamp_ms;           /* of the last position that we know */
	char cursor[24];                /* WIPING: SCAN's */
	uint32_t snapshot;              /* WRITING: its number */
	bool began;                     /* ... and its first piece is there */
};

struct hub_follower {
	const struct hub_core *core;
	const char *state_topic;
	const struct hub_store_port *store;
	const struct hub_clock_port *clock;
	const struct hub_observer *observer;
	struct hub_handover *handover;
	struct fenced *fenced; /* count of them */
	uint32_t count, room;
	struct hub_arena *arena; /* one exchange, or a watch and its write */
	struct hub_arena *decoded;
	struct hub_store_sink sink;
	bool away;
	uint32_t faults;
	int64_t retry_at_us, look_at_us;
	char away_reason[256];
};

struct hub_follower *hub_follower_new(const struct hub_core *core, const char *state_topic,
        const struct hub_store_port *store, const struct hub_clock_port *clock,
        const struct hub_observer *observer, struct hub_handover *handover)
{
	struct hub_follower *follower = calloc(1, sizeof(*follower));
	hub_check(follower != NULL);
	follower->core = core;
	follower->state_topic = state_topic;
	follower->store = store;
	follower->clock = clock;
	follower->observer = observer;
	follower->handover = handover;
	follower->arena = hub_arena_new(EXCHANGE_LIMIT);
	follower->decoded = hub_arena_new(DECODE_LIMIT);
	hub_check(follower->arena != NULL && follower->decoded != NULL);
	hub_store_sink_init(&follower->sink, follower->arena, HUB_STR(""));
	return follower;
}

void hub_follower_free(struct hub_follower *follower)
{
	if (!follower)
		return;
	hub_store_sink_done(&follower->sink);
	hub_arena_free(follower->arena);
	hub_arena_free(follower->decoded);
	free(follower->fenced);
	free(follower);
}

static int64_t now_us(const struct hub_follower *follower)
{
	return follower->clock->monotonic_us(follower->clock->user);
}

static void notice(struct hub_follower *follower, enum hub_notice_code code, const struct fenced *fenced,
        int64_t offset, const char *text)
{
	struct hub_notice said = { code, fenced ? follower->state_topic : NULL,
		fenced ? fenced->partition : -1, offset, text };
	if (follower->observer->notice)
		follower->observer->notice(follower->observer->user, &said);
}

/* ---- what is owned
 * ----------------------------------------------------------------------------------------------- */

static struct fenced *find(struct hub_follower *follower, int32_t partition, int64_t epoch)
{
	for (uint32_t i = 0; i < follower->count; i++)
		if (follower->fenced[i].partition == partition && follower->fenced[i].epoch == epoch)
			return &follower->fenced[i];
	return NULL;
}

static struct fenced *adopt(struct hub_follower *follower, const struct hub_share *share)
{
	if (follower->count == follower->room) {
		follower->room = follower->room ? follower->room * 2 : 16;
		follower->fenced = realloc(follower->fenced, follower->room * sizeof(*follower->fenced));
		hub_check(follower->fenced != NULL);
	}
	struct fenced *fenced = &follower->fenced[follower->count++];
	*fenced = (struct fenced){ .partition = share->partition,
		.epoch = share->epoch,
		.restored_at = share->restored_at,
		.restored_ms = share->restored_ms,
		.timestamp_ms = share->restored_ms,
		.standing = CLAIMING,
		.foreign = -1 };
	snprintf(fenced->tag, sizeof(fenced->tag), "{%s.%" PRId32 "}:", follower->core->name,
	        share->partition);
	snprintf(fenced->key, sizeof(fenced->key), "%sfence", fenced->tag);
	return fenced;
}

static void must_rebuild(struct fenced *fenced, const char *why)
{
	if (fenced->standing == CLAIMING && fenced->rebuild)
		return;
	fenced->standing = CLAIMING;
	fenced->rebuild = true;
	snprintf(fenced->why, sizeof(fenced->why), "%s", why);
}

static void missed_seen(struct hub_share *share, int64_t value)
{
	(void)value;
	share->missed = false;
}

/* A delivery that was dropped matters, unless a snapshot will be asked for that is newer. */
static void on_missed(struct hub_follower *follower, struct fenced *fenced)
{
	hub_handover_edit(follower->handover, fenced->partition, fenced->epoch, missed_seen, 0);
	if (fenced->standing != WIPING && fenced->standing != STALE)
		must_rebuild(fenced, "changes were not followed");
}

/* Brings our list in step with what the worker owns; a partition assigned anew has another epoch. */
static void sync_shares(struct hub_follower *follower)
{
	struct hub_share share;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < follower->count; i++) {
		bool owned = false;
		for (uint32_t k = 0; !owned && hub_handover_share(follower->handover, k, &share); k++)
			owned = share.partition == follower->fenced[i].partition &&
			        share.epoch == follower->fenced[i].epoch;
		if (owned)
			follower->fenced[kept++] = follower->fenced[i];
	}
	follower->count = kept;
	for (uint32_t k = 0; hub_handover_share(follower->handover, k, &share); k++) {
		struct fenced *fenced = find(follower, share.partition, share.epoch);
		if (!fenced)
			fenced = adopt(follower, &share);
		if (share.missed)
			on_missed(follower, fenced);
	}
}

/* ---- faults
 * ------------------------------------------------------------------------------------------------------ */

static void went_away(struct hub_follower *follower, const struct hub_error *error)
{
	int64_t wait = BACKOFF_MIN_US << (follower->faults < 4 ? follower->faults : 4);
	if (wait > BACKOFF_MAX_US)
		wait = BACKOFF_MAX_US;
	wait += follower->clock->random(follower->clock->user) % (wait / 4);
	follower->faults++;
	follower->retry_at_us = now_us(follower) + wait;
	snprintf(follower->away_reason, sizeof(follower->away_reason), "the store is away: %.200s",
	        error->text);
	if (follower->away)
		return;
	follower->away = true;
	notice(follower, HUB_NOTICE_STORE_AWAY, NULL, -1, error->text);
	if (follower->observer->store)
		follower->observer->store(follower->observer->user, false, error->text);
}

static void came_back(struct hub_follower *follower)
{
	if (!follower->away)
		return;
	follower->away = false;
	notice(follower, HUB_NOTICE_STORE_BACK, NULL, -1, "");
	if (follower->observer->store)
		follower->observer->store(follower->observer->user, true, "");
}

/* A write that did not end well. What was sent may be there or not; changes that were not sent are lost to
 * us: either way only a rebuild makes the content certain. */
static void on_write_failed(
        struct hub_follower *follower, struct fenced *fenced, int r, const struct hub_error *error)
{
	must_rebuild(fenced, error->text);
	follower->store->disconnect(follower->store->user);
	if (r != HUB_E_REFUSED)
		went_away(follower, error);
}

/* ---- fences
 * ------------------------------------------------------------------------------------------------------ */

enum verdict { INTACT, AT_OUR_POSITION, LATER_OWNER, NOT_OURS };

static enum verdict judge(const struct fenced *fenced, struct hub_str text)
{
	struct hub_fence fence;
	if (fenced->wrote[0] && !fenced->rebuild && hub_str_is(text, fenced->wrote))
		return INTACT;
	if (!hub_fence_parse(text, &fence))
		return NOT_OURS;
	if (fence.epoch > fenced->epoch && fence.epoch != fenced->foreign)
		return LATER_OWNER;
	if (fenced->standing == CLAIMING && !fenced->rebuild && fence.live &&
	        fence.offset == fenced->restored_at && fence.timestamp_ms == fenced->restored_ms)
		return AT_OUR_POSITION;
	return NOT_OURS;
}

static void ask_high(struct hub_share *share, int64_t value)
{
	share->wants_high = value != 0;
	share->high = -1;
}

static bool share_of(struct hub_follower *follower, const struct fenced *fenced, struct hub_share *ret)
{
	for (uint32_t i = 0; hub_handover_share(follower->handover, i, ret); i++)
		if (ret->partition == fenced->partition && ret->epoch == fenced->epoch)
			return true;
	return false;
}

/* A higher epoch is a later owner's, unless it lies beyond the changelog's end: then it belongs to another
 * changelog. The worker is asked for that end; until it answers, the fence is left alone. */
static void on_later_owner(struct hub_follower *follower, struct fenced *fenced, struct hub_str text)
{
	struct hub_share share;
	struct hub_fence fence;
	if (!share_of(follower, fenced, &share) || !hub_fence_parse(text, &fence))
		return;
	fenced->standing = STALE;
	hub_handover_edit(follower->handover, fenced->partition, fenced->epoch, ask_high, share.high < 0);
	if (share.high < 0)
		return;
	if (fence.epoch >= share.high) {
		fenced->foreign = fence.epoch;
		must_rebuild(fenced, "the fence belongs to another changelog");
	} else if (!fenced->told_stale) {
		fenced->told_stale = true;
		notice(follower, HUB_NOTICE_FENCE_STALE, fenced, fence.epoch,
		        "a later owner's fence is there");
	}
}

static void begin_write(struct hub_follower *follower, const struct fenced *fenced)
{
	struct hub_str multi[] = { HUB_STR("MULTI") };
	hub_store_sink_reset(&follower->sink);
	follower->sink.tag = hub_str_from(fenced->tag);
	hub_store_sink_add(&follower->sink, multi, 1);
}

static bool end_write(struct hub_follower *follower, struct fenced *fenced, bool live, int64_t offset)
{
	struct hub_error error = { 0 };
	char text[HUB_FENCE_TEXT_MAX];
	struct hub_fence fence = { fenced->epoch, live, live ? offset : -1, fenced->timestamp_ms };
	hub_fence_format(&fence, text);
	int r = hub_fence_write(follower->store, hub_str_from(fenced->key), text, &follower->sink, &error);
	if (r < 0) {
		on_write_failed(follower, fenced, r, &error);
		return false;
	}
	memcpy(fenced->wrote, text, sizeof(text));
	follower->faults = 0;
	came_back(follower);
	return true;
}

/* WATCH, GET and judge. False: the store is away. */
static bool look_closely(struct hub_follower *follower, struct fenced *fenced, enum verdict *ret_verdict,
        struct hub_str *ret_text)
{
	struct hub_error error = { 0 };
	hub_arena_reset(follower->arena);
	int r = hub_fence_watch(
	        follower->store, hub_str_from(fenced->key), follower->arena, ret_text, &error);
	if (r < 0) {
		on_write_failed(follower, fenced, r, &error);
		return false;
	}
	*ret_verdict = judge(fenced, *ret_text);
	return true;
}

/* ---- rebuild
 * ----------------------------------------------------------------------------------------------------- */

/* Under the WATCH of look_closely: whatever fence is there, it is neither ours nor a later owner's. */
static void begin_rebuild(struct hub_follower *follower, struct fenced *fenced)
{
	notice(follower, HUB_NOTICE_FENCE_REBUILDING, fenced, -1, fenced->why);
	begin_write(follower, fenced);
	if (!end_write(follower, fenced, false, -1))
		return;
	fenced->rebuild = false;
	fenced->standing = WIPING;
	snprintf(fenced->cursor, sizeof(fenced->cursor), "0");
}

static void want_snapshot(struct hub_share *share, int64_t value)
{
	share->wants = (uint32_t)value;
}

static void claim(struct hub_follower *follower, struct fenced *fenced)
{
	enum verdict verdict;
	struct hub_str text;
	if (!look_closely(follower, fenced, &verdict, &text))
		return;
	if (verdict == LATER_OWNER)
		on_later_owner(follower, fenced, text);
	else
		begin_rebuild(follower, fenced);
}

/* One page of SCAN into the deletes of the write in the making. */
static int scan(
        struct hub_follower *follower, struct fenced *fenced, uint32_t *ret_found, struct hub_error *reterr)
{
	const struct hub_store_reply *reply;
	struct hub_str words[] = { HUB_STR("SCAN"), hub_str_from(fenced->cursor), HUB_STR("MATCH"),
		hub_arena_printf(follower->arena, "%s*", fenced->tag), HUB_STR("COUNT"), HUB_STR("1000") };
	struct hub_store_command command = { words, 6 };
	int r = follower->store->exchange(
	        follower->store->user, &command, 1, follower->arena, &reply, reterr);
	if (r < 0)
		return r;
	if (reply->kind != HUB_REPLY_ARRAY || reply->count != 2)
		return hub_error_set(reterr, HUB_E_INVALID, "", "the store answers SCAN with: %.*s",
		        HUB_STR_ARG(reply->bytes));
	snprintf(fenced->cursor, sizeof(fenced->cursor), "%.*s", HUB_STR_ARG(reply->items[0].bytes));
	for (uint32_t i = 0; i < reply->items[1].count; i++) {
		struct hub_str key = reply->items[1].items[i].bytes;
		if (hub_str_is(key, fenced->key))
			continue;
		struct hub_str del[] = { HUB_STR("DEL"), key };
		hub_store_sink_add(&follower->sink, del, 2);
		++*ret_found;
	}
	return 0;
}

/* Some pages of the wipe. Between SCAN and the deletes the fence is watched and compared, like for every
 * write. */
static void wipe(struct hub_follower *follower, struct fenced *fenced)
{
	struct hub_error error = { 0 };
	enum verdict verdict;
	struct hub_str text;
	uint32_t found = 0;
	if (!look_closely(follower, fenced, &verdict, &text))
		return;
	if (verdict != INTACT) {
		must_rebuild(fenced, "the fence is not as it was left");
		return;
	}
	begin_write(follower, fenced);
	for (int page = 0; page < WIPE_PAGES; page++) {
		int r = scan(follower, fenced, &found, &error);
		if (r < 0) {
			on_write_failed(follower, fenced, r, &error);
			return;
		}
		if (strcmp(fenced->cursor, "0") == 0)
			break;
	}
	if (found && !end_write(follower, fenced, false, -1))
		return;
	if (strcmp(fenced->cursor, "0") != 0)
		return;
	fenced->standing = WRITING;
	fenced->began = false;
	fenced->snapshot++;
	hub_handover_edit(
	        follower->handover, fenced->partition, fenced->epoch, want_snapshot, fenced->snapshot);
}

/* ---- following
 * --------------------------------------------------------------------------------------------------- */

static void project_all(struct hub_follower *follower, const struct hub_change *changes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		hub_project(follower->core, &changes[i], follower->decoded, &follower->sink);
}

static void write_changes(
        struct hub_follower *follower, struct fenced *fenced, const struct hub_delivery_part *part)
{
	begin_write(follower, fenced);
	project_all(follower, part->changes, part->change_count);
	if (!end_write(follower, fenced, true, part->fence))
		return;
	if (fenced->standing == CLAIMING)
		notice(follower, HUB_NOTICE_FENCE_CLAIMED, fenced, part->fence, "");
	fenced->standing = LIVE;
	fenced->at = part->fence;
}

/* Changes that came with or before the first piece are in the snapshot already. */
static void write_piece(
        struct hub_follower *follower, struct fenced *fenced, const struct hub_delivery_part *part)
{
	bool piece = part->snapshot == fenced->snapshot;
	bool last = piece && part->last;
	if (piece && !fenced->began && !part->first) {
		must_rebuild(fenced, "the beginning of the snapshot was not followed");
		return;
	}
	begin_write(follower, fenced);
	if (fenced->began)
		project_all(follower, part->changes, part->change_count);
	if (piece)
		project_all(follower, part->piece, part->piece_count);
	if (!end_write(follower, fenced, last, part->fence))
		return;
	fenced->began = true;
	if (!last)
		return;
	fenced->standing = LIVE;
	fenced->at = part->fence;
	notice(follower, HUB_NOTICE_FENCE_LIVE, fenced, part->fence, "");
}

static void follow(struct hub_follower *follower, struct fenced *fenced, const struct hub_delivery_part *part)
{
	enum verdict verdict;
	struct hub_str text;
	fenced->timestamp_ms = part->timestamp_ms;
	bool waits_for_piece =
	        fenced->standing == WRITING && !fenced->began && part->snapshot != fenced->snapshot;
	if (fenced->standing == WIPING || fenced->standing == STALE || waits_for_piece || fenced->rebuild)
		return;
	if (!look_closely(follower, fenced, &verdict, &text))
		return;
	if (verdict == INTACT && fenced->standing == WRITING) {
		write_piece(follower, fenced, part);
	} else if (verdict == INTACT || verdict == AT_OUR_POSITION) {
		write_changes(follower, fenced, part);
	} else if (verdict == LATER_OWNER) {
		on_later_owner(follower, fenced, text);
	} else {
		must_rebuild(
		        fenced, fenced->wrote[0] ? "the fence is not as it was left" : "not at our position");
	}
}

/* ---- looking after
 * ----------------------------------------------------------------------------------------------- */

static void on_look(struct hub_follower *follower, struct fenced *fenced, struct hub_str text)
{
	enum verdict verdict = judge(fenced, text);
	if (fenced->standing == CLAIMING || verdict == INTACT)
		return; /* claiming looks for itself */
	if (verdict == LATER_OWNER)
		on_later_owner(follower, fenced, text);
	else
		must_rebuild(fenced, text.len ? "the fence is not as it was left" : "the fence is gone");
}

/* All fences in one round trip: owners look every second, also when there is nothing to follow. */
static void look(struct hub_follower *follower)
{
	struct hub_error error = { 0 };
	const struct hub_store_reply *replies;
	hub_arena_reset(follower->arena);
	hub_store_sink_reset(&follower->sink);
	struct hub_str ping[] = { HUB_STR("PING") };
	hub_store_sink_add(&follower->sink, ping, 1);
	for (uint32_t i = 0; i < follower->count; i++) {
		struct hub_str get[] = { HUB_STR("GET"), hub_str_from(follower->fenced[i].key) };
		hub_store_sink_add(&follower->sink, get, 2);
	}
	int r = follower->store->exchange(follower->store->user, follower->sink.commands,
	        follower->sink.count, follower->arena, &replies, &error);
	if (r < 0) {
		follower->store->disconnect(follower->store->user);
		went_away(follower, &error);
		return;
	}
	came_back(follower);
	for (uint32_t i = 0; i < follower->count; i++) {
		const struct hub_store_reply *reply = &replies[i + 1];
		if (reply->kind == HUB_REPLY_BYTES || reply->kind == HUB_REPLY_NIL)
			on_look(follower, &follower->fenced[i],
			        reply->kind == HUB_REPLY_BYTES ? reply->bytes : HUB_STR(""));
	}
}

static void look_if_due(struct hub_follower *follower)
{
	int64_t now = now_us(follower);
	if (!follower->away && now < follower->look_at_us)
		return;
	follower->look_at_us = now + LOOK_US;
	look(follower);
}

/* True: one more turn would get on with it. */
static bool tend(struct hub_follower *follower, struct fenced *fenced)
{
	if (fenced->standing == CLAIMING && fenced->rebuild)
		claim(follower, fenced);
	else if (fenced->standing == WIPING)
		wipe(follower, fenced);
	else
		return false;
	return !follower->away && (fenced->standing == WIPING || fenced->standing == CLAIMING);
}

static void report(struct hub_follower *follower)
{
	struct hub_share share;
	char reason[256] = "";
	for (uint32_t i = 0; hub_handover_share(follower->handover, i, &share); i++) {
		const struct fenced *fenced = find(follower, share.partition, share.epoch);
		bool live = fenced && fenced->standing == LIVE;
		if (follower->observer->fence)
			follower->observer->fence(follower->observer->user, share.partition,
			        live ? share.fence - fenced->at : -1);
		if (!live && !reason[0])
			snprintf(reason, sizeof(reason), "the hot state of partition %" PRId32 " is %s",
			        share.partition,
			        fenced && fenced->standing == STALE ? "a later owner's"
			                                            : "being written anew");
	}
	hub_handover_away(
	        follower->handover, follower->away, follower->away ? follower->away_reason : reason);
}

bool hub_follower_step(struct hub_follower *follower, int64_t until_us)
{
	bool more = false;
	const struct hub_delivery_part *parts = hub_handover_take(follower->handover, until_us);
	sync_shares(follower);
	bool gave_up = follower->away && now_us(follower) < follower->retry_at_us;
	for (const struct hub_delivery_part *part = parts; part; part = part->next) {
		struct fenced *fenced = find(follower, part->partition, part->epoch);
		if (!fenced)
			continue;
		if (gave_up || follower->away)
			must_rebuild(fenced, "changes were not followed");
		else
			follow(follower, fenced, part);
	}
	if (parts)
		hub_handover_done(follower->handover);
	if (!gave_up)
		look_if_due(follower);
	for (uint32_t i = 0; i < follower->count && !follower->away; i++)
		more |= tend(follower, &follower->fenced[i]);
	report(follower);
	return more;
}
