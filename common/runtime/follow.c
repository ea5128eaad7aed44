#include "runtime/follower.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	EXCHANGE_LIMIT = 1024 * 1024 * 1024,
	DECODE_LIMIT = 64 * 1024 * 1024,
	LOOK_US = 1000 * 1000,
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

int64_t hub_follower_us(const struct hub_follower *follower)
{
	return follower->clock->monotonic_us(follower->clock->user);
}

void hub_follower_tell(struct hub_follower *follower, enum hub_notice_code code, const struct fenced *fenced,
        int64_t offset, const char *text)
{
	const struct hub_notice said = {
		.code = code,
		.topic = fenced ? follower->state_topic : NULL,
		.partition = fenced ? fenced->partition : -1,
		.offset = offset,
		.text = text,
	};
	if (follower->observer->notice)
		follower->observer->notice(follower->observer->user, &said);
}

static void project_all(struct hub_follower *follower, const struct hub_change *changes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		hub_project(follower->core, &changes[i], follower->decoded, &follower->sink);
}

static void write_changes(
        struct hub_follower *follower, struct fenced *fenced, const struct hub_delivery_part *part)
{
	hub_fenced_begin_write(follower, fenced);
	project_all(follower, part->changes, part->change_count);
	if (!hub_fenced_end_write(follower, fenced, true, part->fence))
		return;
	if (fenced->standing == CLAIMING)
		hub_follower_tell(follower, HUB_NOTICE_FENCE_CLAIMED, fenced, part->fence, "");
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
		hub_fenced_must_rebuild(fenced, "the beginning of the snapshot was not followed");
		return;
	}
	hub_fenced_begin_write(follower, fenced);
	if (fenced->began)
		project_all(follower, part->changes, part->change_count);
	if (piece)
		project_all(follower, part->piece, part->piece_count);
	if (!hub_fenced_end_write(follower, fenced, last, part->fence))
		return;
	fenced->began = true;
	if (!last)
		return;
	fenced->standing = LIVE;
	fenced->at = part->fence;
	hub_follower_tell(follower, HUB_NOTICE_FENCE_LIVE, fenced, part->fence, "");
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
	if (!hub_fenced_look(follower, fenced, &verdict, &text))
		return;
	if (verdict == INTACT && fenced->standing == WRITING) {
		write_piece(follower, fenced, part);
	} else if (verdict == INTACT || verdict == AT_OUR_POSITION) {
		write_changes(follower, fenced, part);
	} else if (verdict == LATER_OWNER) {
		hub_fenced_on_later_owner(follower, fenced, text);
	} else {
		hub_fenced_must_rebuild(
		        fenced, fenced->wrote[0] ? "the fence is not as it was left" : "not at our position");
	}
}

static void on_look(struct hub_follower *follower, struct fenced *fenced, struct hub_str text)
{
	enum verdict verdict = hub_fenced_judge(fenced, text);
	if (fenced->standing == CLAIMING || verdict == INTACT)
		return; /* claiming looks for itself */
	if (verdict == LATER_OWNER)
		hub_fenced_on_later_owner(follower, fenced, text);
	else
		hub_fenced_must_rebuild(
		        fenced, text.len ? "the fence is not as it was left" : "the fence is gone");
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
		hub_follower_went_away(follower, &error);
		return;
	}
	hub_follower_came_back(follower);
	for (uint32_t i = 0; i < follower->count; i++) {
		const struct hub_store_reply *reply = &replies[i + 1];
		if (reply->kind == HUB_REPLY_BYTES || reply->kind == HUB_REPLY_NIL)
			on_look(follower, &follower->fenced[i],
			        reply->kind == HUB_REPLY_BYTES ? reply->bytes : HUB_STR(""));
	}
}

static void look_if_due(struct hub_follower *follower)
{
	int64_t now = hub_follower_us(follower);
	if (!follower->away && now < follower->look_at_us)
		return;
	follower->look_at_us = now + LOOK_US;
	look(follower);
}

/* True: one more turn would get on with it. */
static bool tend(struct hub_follower *follower, struct fenced *fenced)
{
	if (fenced->standing == CLAIMING && fenced->rebuild)
		hub_fenced_claim(follower, fenced);
	else if (fenced->standing == WIPING)
		hub_fenced_wipe(follower, fenced);
	else
		return false;
	return !follower->away && (fenced->standing == WIPING || fenced->standing == CLAIMING);
}

static void report(struct hub_follower *follower)
{
	struct hub_share share;
	char reason[256] = "";
	for (uint32_t i = 0; hub_handover_share(follower->handover, i, &share); i++) {
		const struct fenced *fenced = hub_follower_find(follower, share.partition, share.epoch);
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
	hub_follower_sync(follower);
	bool gave_up = follower->away && hub_follower_us(follower) < follower->retry_at_us;
	for (const struct hub_delivery_part *part = parts; part; part = part->next) {
		struct fenced *fenced = hub_follower_find(follower, part->partition, part->epoch);
		if (!fenced)
			continue;
		if (gave_up || follower->away)
			hub_fenced_must_rebuild(fenced, "changes were not followed");
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
