/* One partition's fence: looking at it, judging it, writing under it; and what a store that fails means. */
#include "runtime/follower.h"

#include <stdio.h>

enum { BACKOFF_MIN_US = 200 * 1000, BACKOFF_MAX_US = 2000 * 1000 };

void hub_follower_went_away(struct hub_follower *follower, const struct hub_error *error)
{
	int64_t wait = BACKOFF_MIN_US << (follower->faults < 4 ? follower->faults : 4);
	if (wait > BACKOFF_MAX_US)
		wait = BACKOFF_MAX_US;
	wait += follower->clock->random(follower->clock->user) % (wait / 4);
	follower->faults++;
	follower->retry_at_us = hub_follower_us(follower) + wait;
	snprintf(follower->away_reason, sizeof(follower->away_reason), "the store is away: %.200s",
	        error->text);
	if (follower->away)
		return;
	follower->away = true;
	hub_follower_tell(follower, HUB_NOTICE_STORE_AWAY, NULL, -1, error->text);
	if (follower->observer->store)
		follower->observer->store(follower->observer->user, false, error->text);
}

void hub_follower_came_back(struct hub_follower *follower)
{
	if (!follower->away)
		return;
	follower->away = false;
	hub_follower_tell(follower, HUB_NOTICE_STORE_BACK, NULL, -1, "");
	if (follower->observer->store)
		follower->observer->store(follower->observer->user, true, "");
}

/* A write that did not end well. What was sent may be there or not; changes that were not sent are lost to
 * us: either way only a rebuild makes the content certain. */
void hub_fenced_write_failed(
        struct hub_follower *follower, struct fenced *fenced, int r, const struct hub_error *error)
{
	hub_fenced_must_rebuild(fenced, error->text);
	follower->store->disconnect(follower->store->user);
	if (r != HUB_E_REFUSED)
		hub_follower_went_away(follower, error);
}

enum verdict hub_fenced_judge(const struct fenced *fenced, struct hub_str text)
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
	(void)value;
	share->asks++;
}

static bool share_of(struct hub_follower *follower, const struct fenced *fenced, struct hub_share *ret)
{
	for (uint32_t i = 0; hub_handover_share(follower->handover, i, ret); i++)
		if (ret->partition == fenced->partition && ret->epoch == fenced->epoch)
			return true;
	return false;
}

/* A higher epoch is a later owner's, unless it lies beyond the changelog's end: then it belongs to another
 * changelog. That end is asked through the worker, after this epoch was seen (an earlier answer may be older
 * than it); until the answer is there the fence is left alone. */
void hub_fenced_on_later_owner(struct hub_follower *follower, struct fenced *fenced, struct hub_str text)
{
	struct hub_share share;
	struct hub_fence fence;
	if (!share_of(follower, fenced, &share) || !hub_fence_parse(text, &fence))
		return;
	fenced->standing = STALE;
	if (fenced->asked_for != fence.epoch) {
		fenced->asked_for = fence.epoch;
		fenced->asked_as = share.asks + 1;
		hub_handover_edit(follower->handover, fenced->partition, fenced->epoch, ask_high, 0);
		return;
	}
	if (share.answered != fenced->asked_as)
		return;
	fenced->asked_for = -1;
	if (fence.epoch >= share.high) {
		fenced->foreign = fence.epoch;
		hub_fenced_must_rebuild(fenced, "the fence belongs to another changelog");
	} else if (!fenced->told_stale) {
		fenced->told_stale = true;
		hub_follower_tell(follower, HUB_NOTICE_FENCE_STALE, fenced, fence.epoch,
		        "a later owner's fence is there");
	}
}

void hub_fenced_begin_write(struct hub_follower *follower, const struct fenced *fenced)
{
	struct hub_str multi[] = { HUB_STR("MULTI") };
	hub_store_sink_reset(&follower->sink);
	follower->sink.tag = hub_str_from(fenced->tag);
	hub_store_sink_add(&follower->sink, multi, 1);
}

bool hub_fenced_end_write(struct hub_follower *follower, struct fenced *fenced, bool live, int64_t offset)
{
	struct hub_error error = { 0 };
	char text[HUB_FENCE_TEXT_MAX];
	struct hub_fence fence = { fenced->epoch, live, live ? offset : -1, fenced->timestamp_ms,
		live ? -1 : ++fenced->writes };
	hub_fence_format(&fence, text);
	int r = hub_fence_write(follower->store, hub_str_from(fenced->key), text, &follower->sink, &error);
	if (r < 0) {
		hub_fenced_write_failed(follower, fenced, r, &error);
		return false;
	}
	memcpy(fenced->wrote, text, sizeof(text));
	follower->faults = 0;
	hub_follower_came_back(follower);
	return true;
}

/* WATCH, GET and judge. False: the store is away. */
bool hub_fenced_look(struct hub_follower *follower, struct fenced *fenced, enum verdict *ret_verdict,
        struct hub_str *ret_text)
{
	struct hub_error error = { 0 };
	hub_arena_reset(follower->arena);
	int r = hub_fence_watch(
	        follower->store, hub_str_from(fenced->key), follower->arena, ret_text, &error);
	if (r < 0) {
		hub_fenced_write_failed(follower, fenced, r, &error);
		return false;
	}
	*ret_verdict = hub_fenced_judge(fenced, *ret_text);
	return true;
}
