/* One partition of the router with a virtual clock: the core, its table and a registry, as the runtime drives
 * them. Every event is a batch of its own. A mistake of the test ends it with a line that says why. */
#ifndef TESTS_PARTITION_H
#define TESTS_PARTITION_H

#include "post.h"

#include "effects/effects.h"
#include "table/table.h"

#include "referral-router/policy.h"
#include "referral-router/referral_core.h"

struct partition;

/* registry: a JSON file as fixture.h reads it. */
struct partition *partition_new(const char *registry);
void partition_free(struct partition *partition);

/* Decides one event at now_ms and commits. The effects are borrowed until the next call; what a dead letter
 * changed is taken back. */
const struct hub_effects *partition_decide(
        struct partition *partition, const struct hub_schema *schema, const void *record, int64_t now_ms);

/* The same, and takes everything back. */
void partition_try(
        struct partition *partition, const struct hub_schema *schema, const void *record, int64_t now_ms);

/* Fires the first timer that is due at until_ms or earlier, at its time (never earlier than what was last);
 * NULL: there is none. timer: a copy that is borrowed as the effects. */
const struct hub_effects *partition_fire(
        struct partition *partition, int64_t until_ms, struct hub_timer *ret_timer, int64_t *ret_now_ms);

/* Decides the oldest of what the counties have said to each other (referral.transfers) and is under way; NULL: nothing
 * is. The record is borrowed as the effects. All counties of the test are in this one partition. */
const struct hub_effects *partition_deliver(struct partition *partition, int64_t now_ms,
        const struct hub_schema **ret_schema, const void **ret_record);

/* Of what is under way: a county may be silent. */
struct post *partition_post(struct partition *partition);

/* That county decides what others ask of it as one whose state is of an earlier version (I-9): it holds nothing. */
void partition_is_old(struct partition *partition, struct hub_str county_id, bool old);

/* Nothing is under way between counties, and what one has asked it has been told: false once one of them was old. */
bool partition_is_at_rest(const struct partition *partition);

/* Changes of the last decision or firing, in the order of the journal. */
uint32_t partition_changes(const struct partition *partition, const struct hub_change **ret_changes);

struct hub_table *partition_table(struct partition *partition);
const struct referral_policy *partition_policy(struct partition *partition, int64_t now_ms);
struct hub_arena *partition_arena(struct partition *partition);

#endif
