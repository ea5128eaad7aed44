#include "runtime/follower.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct fenced *hub_follower_find(struct hub_follower *follower, int32_t partition, int64_t epoch)
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
		.foreign = -1,
		.asked_for = -1 };
	snprintf(fenced->tag, sizeof(fenced->tag), "{%s.%" PRId32 "}:", follower->core->name,
	        share->partition);
	snprintf(fenced->key, sizeof(fenced->key), "%sfence", fenced->tag);
	return fenced;
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
		hub_fenced_must_rebuild(fenced, "changes were not followed");
}

/* Brings our list in step with what the worker owns; a partition assigned anew has another epoch. */
void hub_follower_sync(struct hub_follower *follower)
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
		struct fenced *fenced = hub_follower_find(follower, share.partition, share.epoch);
		if (!fenced)
			fenced = adopt(follower, &share);
		if (share.missed)
			on_missed(follower, fenced);
	}
}
