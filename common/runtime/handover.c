#include "runtime/handover.h"

#include "base/check.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { REASON_MAX = 256 };

struct delivery {
	struct hub_arena *arena;
	struct hub_delivery_part *parts;
};

struct hub_handover {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct delivery deliveries[2];
	int filling; /* which one the worker fills; the other is the follower's while given */
	bool given;
	bool away;
	bool woken;
	struct hub_share *shares;
	uint32_t share_count, share_room;
	char reason[REASON_MAX];
};

struct hub_handover *hub_handover_new(size_t limit)
{
	struct hub_handover *handover = calloc(1, sizeof(*handover));
	hub_check(handover != NULL);
	for (int i = 0; i < 2; i++) {
		handover->deliveries[i].arena = hub_arena_new(limit);
		hub_check(handover->deliveries[i].arena != NULL);
	}
	hub_check(pthread_mutex_init(&handover->lock, NULL) == 0);
	hub_check(pthread_cond_init(&handover->changed, NULL) == 0);
	return handover;
}

void hub_handover_free(struct hub_handover *handover)
{
	if (!handover)
		return;
	for (int i = 0; i < 2; i++)
		hub_arena_free(handover->deliveries[i].arena);
	pthread_cond_destroy(&handover->changed);
	pthread_mutex_destroy(&handover->lock);
	free(handover->shares);
	free(handover);
}

static void lock(struct hub_handover *handover)
{
	hub_check(pthread_mutex_lock(&handover->lock) == 0);
}

static void unlock(struct hub_handover *handover)
{
	hub_check(pthread_mutex_unlock(&handover->lock) == 0);
}

/* Waits for a change; false when until_us has come. Time is not asked: a wait that ended early is a change.
 */
static bool wait_change(struct hub_handover *handover, int64_t until_us)
{
	if (until_us == 0)
		return false;
	struct timespec until = { until_us / 1000000, until_us % 1000000 * 1000 };
	return pthread_cond_clockwait(&handover->changed, &handover->lock, CLOCK_MONOTONIC, &until) == 0;
}

static void tell(struct hub_handover *handover)
{
	pthread_cond_broadcast(&handover->changed);
}

static void empty(struct delivery *delivery)
{
	hub_arena_reset(delivery->arena);
	delivery->parts = NULL;
}

static struct hub_share *find(struct hub_handover *handover, int32_t partition, int64_t epoch)
{
	for (uint32_t i = 0; i < handover->share_count; i++)
		if (handover->shares[i].partition == partition && handover->shares[i].epoch == epoch)
			return &handover->shares[i];
	return NULL;
}

void hub_handover_own(struct hub_handover *handover, const struct hub_share *share)
{
	lock(handover);
	if (handover->share_count == handover->share_room) {
		handover->share_room = handover->share_room ? handover->share_room * 2 : 16;
		handover->shares = realloc(handover->shares, handover->share_room * sizeof(*share));
		hub_check(handover->shares != NULL);
	}
	handover->shares[handover->share_count++] = *share;
	unlock(handover);
}

void hub_handover_disown_all(struct hub_handover *handover)
{
	lock(handover);
	handover->share_count = 0;
	empty(&handover->deliveries[handover->filling]);
	unlock(handover);
}

struct hub_arena *hub_handover_arena(struct hub_handover *handover)
{
	return handover->deliveries[handover->filling].arena;
}

static void miss(struct hub_share *share, int64_t value)
{
	(void)value;
	share->missed = true;
}

struct hub_delivery_part *hub_handover_part(struct hub_handover *handover, int32_t partition, int64_t epoch)
{
	struct delivery *filling = &handover->deliveries[handover->filling];
	struct hub_delivery_part **link = &filling->parts;
	for (; *link; link = &(*link)->next)
		if ((*link)->partition == partition && (*link)->epoch == epoch)
			return *link;
	*link = hub_arena_alloc(filling->arena, sizeof(**link));
	if (*link) {
		(*link)->partition = partition;
		(*link)->epoch = epoch;
	} else {
		/* It will be dropped, and cannot say by a part that this one was in it. */
		hub_handover_edit(handover, partition, epoch, miss, 0);
	}
	return *link;
}

static void drop_filling(struct hub_handover *handover)
{
	struct delivery *filling = &handover->deliveries[handover->filling];
	for (struct hub_delivery_part *part = filling->parts; part; part = part->next) {
		struct hub_share *share = find(handover, part->partition, part->epoch);
		if (share)
			share->missed = true;
	}
	empty(filling);
}

bool hub_handover_give(struct hub_handover *handover, int64_t until_us)
{
	struct delivery *filling = &handover->deliveries[handover->filling];
	if (!filling->parts && !hub_arena_exhausted(filling->arena))
		return true;
	lock(handover);
	while (handover->given && !handover->away && wait_change(handover, until_us)) {
	}
	bool free_now = !handover->given && !handover->away && !hub_arena_exhausted(filling->arena);
	if (free_now) {
		handover->given = true;
		handover->filling = !handover->filling;
		empty(&handover->deliveries[handover->filling]);
		tell(handover);
	} else {
		drop_filling(handover);
	}
	unlock(handover);
	return free_now;
}

bool hub_handover_settled(struct hub_handover *handover, int64_t until_us)
{
	lock(handover);
	while (handover->given && wait_change(handover, until_us)) {
	}
	bool settled = !handover->given;
	unlock(handover);
	return settled;
}

const struct hub_delivery_part *hub_handover_take(struct hub_handover *handover, int64_t until_us)
{
	lock(handover);
	while (!handover->given && !handover->woken && wait_change(handover, until_us)) {
	}
	handover->woken = false;
	const struct hub_delivery_part *parts =
	        handover->given ? handover->deliveries[!handover->filling].parts : NULL;
	unlock(handover);
	return parts;
}

void hub_handover_done(struct hub_handover *handover)
{
	lock(handover);
	handover->given = false;
	tell(handover);
	unlock(handover);
}

void hub_handover_away(struct hub_handover *handover, bool away, const char *reason)
{
	lock(handover);
	handover->away = away;
	snprintf(handover->reason, sizeof(handover->reason), "%s", reason);
	tell(handover);
	unlock(handover);
}

void hub_handover_wake(struct hub_handover *handover)
{
	lock(handover);
	handover->woken = true;
	tell(handover);
	unlock(handover);
}

bool hub_handover_share(struct hub_handover *handover, uint32_t index, struct hub_share *ret)
{
	lock(handover);
	bool there = index < handover->share_count;
	if (there)
		*ret = handover->shares[index];
	unlock(handover);
	return there;
}

void hub_handover_edit(struct hub_handover *handover, int32_t partition, int64_t epoch,
        void (*change)(struct hub_share *share, int64_t value), int64_t value)
{
	lock(handover);
	struct hub_share *share = find(handover, partition, epoch);
	if (share)
		change(share, value);
	unlock(handover);
}

void hub_handover_reason(struct hub_handover *handover, char *ret_reason, size_t room)
{
	lock(handover);
	snprintf(ret_reason, room, "%s", handover->reason);
	unlock(handover);
}
