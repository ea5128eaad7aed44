#include "partition.h"

#include "fixture.h"

#include "base/calendar.h"
#include "base/check.h"
#include "records/decision_head.h"

#include <stdio.h>
#include <stdlib.h>

enum { STEP_LIMIT = 256 << 20 };

enum { CODE_ROOM = 17, OLD_MAX = 4 };

struct partition {
	struct hub_registry *registry;
	struct referral_policy *policy;
	int32_t policy_until; /* the day on which it holds no longer */
	struct hub_table *table;
	struct post *post;
	char old[OLD_MAX][CODE_ROOM]; /* counties; empty: none */
	bool had_old;
	struct hub_arena *arena;
	struct hub_effects effects;
	const struct hub_change *changes;
	uint32_t change_count;
	int64_t offset;
	int64_t now_ms;
};

struct partition *partition_new(const char *registry)
{
	struct partition *partition = calloc(1, sizeof(*partition));
	hub_check(partition != NULL);
	partition->registry = fixture_registry(registry);
	partition->table = hub_table_new(referral_router_core.table);
	partition->arena = hub_arena_new(STEP_LIMIT);
	partition->post = post_new();
	partition->policy_until = INT32_MIN;
	return partition;
}

void partition_free(struct partition *partition)
{
	referral_router_core.policy_free(partition->policy);
	hub_table_free(partition->table);
	hub_registry_free(partition->registry);
	post_free(partition->post);
	hub_arena_free(partition->arena);
	free(partition);
}

const struct referral_policy *partition_policy(struct partition *partition, int64_t now_ms)
{
	int32_t day = hub_day_of(now_ms);
	if (day >= partition->policy_until) {
		referral_router_core.policy_free(partition->policy);
		partition->policy = referral_router_core.policy_new(partition->registry, day, NULL);
		partition->policy_until = hub_registry_next_change(partition->registry, day);
	}
	return partition->policy;
}

struct hub_table *partition_table(struct partition *partition)
{
	return partition->table;
}

struct hub_arena *partition_arena(struct partition *partition)
{
	return partition->arena;
}

uint32_t partition_changes(const struct partition *partition, const struct hub_change **ret_changes)
{
	*ret_changes = partition->changes;
	return partition->change_count;
}

static void begin(struct partition *partition, int64_t now_ms)
{
	hub_table_commit(partition->table);
	hub_arena_reset(partition->arena);
	hub_effects_init(&partition->effects, partition->arena);
	hub_check(now_ms >= partition->now_ms);
	partition->now_ms = now_ms;
}

/* Changes stay in the journal, and so readable, until the next step begins. */
static const struct hub_effects *finish(struct partition *partition)
{
	hub_check(!hub_arena_exhausted(partition->arena));
	if (partition->effects.dead_reason) {
		hub_table_rollback(partition->table, 0);
		partition->effects.count = 0;
	}
	post_put(partition->post, &partition->effects);
	partition->change_count =
	        hub_table_changes(partition->table, 0, partition->arena, &partition->changes);
	return &partition->effects;
}

static void decide(
        struct partition *partition, const struct hub_schema *schema, const void *record, int64_t now_ms)
{
	const struct hub_input input = {
		.topic = schema->head == HUB_HEAD_DECISION ? "referral.transfers" : "referral.events",
		.offset = partition->offset++,
		.now_ms = now_ms,
		.schema = schema,
		.record = record,
	};
	referral_router_core.decide(
	        partition->table, partition_policy(partition, now_ms), &input, &partition->effects);
}

const struct hub_effects *partition_decide(
        struct partition *partition, const struct hub_schema *schema, const void *record, int64_t now_ms)
{
	begin(partition, now_ms);
	decide(partition, schema, record, now_ms);
	return finish(partition);
}

/* Its place among those that are old; -1: it is none. */
static int old_of(const struct partition *partition, struct hub_str county_id)
{
	int at = OLD_MAX - 1;
	while (at >= 0 && !hub_str_is(county_id, partition->old[at]))
		at--;
	return at;
}

const struct hub_effects *partition_deliver(struct partition *partition, int64_t now_ms,
        const struct hub_schema **ret_schema, const void **ret_record)
{
	void *record;
	begin(partition, now_ms);
	if (!post_take(partition->post, partition->arena, ret_schema, &record))
		return NULL;
	*ret_record = record;
	int32_t version = hub_table_version(partition->table);
	if (old_of(partition, ((const struct hub_decision_head *)record)->county_id) >= 0)
		hub_table_set_version(partition->table, 1);
	decide(partition, *ret_schema, record, now_ms);
	hub_table_set_version(partition->table, version);
	return finish(partition);
}

struct post *partition_post(struct partition *partition)
{
	return partition->post;
}

void partition_is_old(struct partition *partition, struct hub_str county_id, bool old)
{
	int at = old_of(partition, old ? HUB_STR("") : county_id);
	hub_check(at >= 0 && county_id.len < CODE_ROOM);
	snprintf(partition->old[at], CODE_ROOM, "%.*s", old ? (int)county_id.len : 0, county_id.data);
	partition->had_old = true;
}

bool partition_is_at_rest(const struct partition *partition)
{
	return post_is_empty(partition->post) && !partition->had_old;
}

void partition_try(
        struct partition *partition, const struct hub_schema *schema, const void *record, int64_t now_ms)
{
	begin(partition, now_ms);
	decide(partition, schema, record, now_ms);
	hub_table_rollback(partition->table, 0);
}

const struct hub_effects *partition_fire(
        struct partition *partition, int64_t until_ms, struct hub_timer *ret_timer, int64_t *ret_now_ms)
{
	struct hub_timer timer;
	if (!hub_table_first_timer(partition->table, &timer) || timer.due_at_ms > until_ms)
		return NULL;
	*ret_now_ms = timer.due_at_ms > partition->now_ms ? timer.due_at_ms : partition->now_ms;
	begin(partition, *ret_now_ms);
	timer.entity = hub_arena_copy(partition->arena, timer.entity);
	timer.name = hub_arena_copy(partition->arena, timer.name);
	*ret_timer = timer;
	referral_router_core.fire(partition->table, partition_policy(partition, *ret_now_ms), &timer,
	        *ret_now_ms, &partition->effects);
	struct hub_timer next;
	/* A timer that has fired is removed or moved to later than now. */
	if (hub_table_first_timer(partition->table, &next))
		hub_check(next.due_at_ms > *ret_now_ms || !hub_str_eq(next.entity, timer.entity) ||
		          !hub_str_eq(next.name, timer.name));
	return finish(partition);
}
