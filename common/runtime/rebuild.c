/* Writing a partition's hot state anew: claim (REBUILDING), wipe, then the worker's snapshot (follow.c). */
#include "runtime/follower.h"

#include <stdio.h>

enum { WIPE_PAGES = 20 /* of SCAN in one turn */ };

void hub_fenced_must_rebuild(struct fenced *fenced, const char *why)
{
	if (fenced->standing == CLAIMING && fenced->rebuild)
		return;
	fenced->standing = CLAIMING;
	fenced->rebuild = true;
	snprintf(fenced->why, sizeof(fenced->why), "%s", why);
}

/* Under the WATCH of hub_fenced_look: whatever fence is there, it is neither ours nor a later owner's. */
static void begin_rebuild(struct hub_follower *follower, struct fenced *fenced)
{
	hub_follower_tell(follower, HUB_NOTICE_FENCE_REBUILDING, fenced, -1, fenced->why);
	hub_fenced_begin_write(follower, fenced);
	if (!hub_fenced_end_write(follower, fenced, false, -1))
		return;
	fenced->rebuild = false;
	fenced->foreign = -1;
	fenced->standing = WIPING;
	snprintf(fenced->cursor, sizeof(fenced->cursor), "0");
}

void hub_fenced_claim(struct hub_follower *follower, struct fenced *fenced)
{
	enum verdict verdict;
	struct hub_str text;
	if (!hub_fenced_look(follower, fenced, &verdict, &text))
		return;
	if (verdict == LATER_OWNER)
		hub_fenced_on_later_owner(follower, fenced, text);
	else
		begin_rebuild(follower, fenced);
}

static void want_snapshot(struct hub_share *share, int64_t value)
{
	share->wants = (uint32_t)value;
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
void hub_fenced_wipe(struct hub_follower *follower, struct fenced *fenced)
{
	struct hub_error error = { 0 };
	enum verdict verdict;
	struct hub_str text;
	uint32_t found = 0;
	if (!hub_fenced_look(follower, fenced, &verdict, &text))
		return;
	if (verdict != INTACT) {
		hub_fenced_must_rebuild(fenced, "the fence is not as it was left");
		return;
	}
	hub_fenced_begin_write(follower, fenced);
	for (int page = 0; page < WIPE_PAGES; page++) {
		int r = scan(follower, fenced, &found, &error);
		if (r < 0) {
			hub_fenced_write_failed(follower, fenced, r, &error);
			return;
		}
		if (strcmp(fenced->cursor, "0") == 0)
			break;
	}
	if (found && !hub_fenced_end_write(follower, fenced, false, -1))
		return;
	if (strcmp(fenced->cursor, "0") != 0)
		return;
	fenced->standing = WRITING;
	fenced->began = false;
	fenced->snapshot++;
	hub_handover_edit(
	        follower->handover, fenced->partition, fenced->epoch, want_snapshot, fenced->snapshot);
}
