/* The rules on one partition's table, with the heads of decisions as the runtime fills them. */
#include "hubctl/whatif_inside.h"

#include "wire/framing.h"

enum { STEP_MAX = 512 << 20, RECORD_MAX = 16 << 20 };

bool hubctl_replay_init(
        struct hubctl_replay *replay, const struct hubctl_whatif_options *options, int32_t partition)
{
	*replay = (struct hubctl_replay){ .options = options,
		.policies = options->recorded,
		.partition = partition,
		.table = hub_table_new(options->core->table),
		.arena = hub_arena_new(STEP_MAX),
		.clock_ms = INT64_MIN,
		.version = -1 };
	hub_buf_init(&replay->scratch, RECORD_MAX);
	return replay->table && replay->arena;
}

void hubctl_replay_done(struct hubctl_replay *replay)
{
	hub_table_free(replay->table);
	hub_arena_free(replay->arena);
	hub_buf_done(&replay->scratch);
}

void hubctl_replay_settle(struct hubctl_replay *replay)
{
	hub_table_commit(replay->table);
}

void hubctl_replay_begin(struct hubctl_replay *replay)
{
	hub_arena_reset(replay->arena);
	hub_effects_init(&replay->effects, replay->arena);
}

void hubctl_replay_clock(struct hubctl_replay *replay, int64_t at_ms)
{
	if (replay->clock_ms < at_ms)
		replay->clock_ms = at_ms;
}

static struct hub_decision_head *head_of(struct hubctl_replay *replay, uint32_t i)
{
	struct hub_decision_head *head = replay->effects.outputs[i].record;
	head->occurred_at = replay->clock_ms;
	head->registry_version = replay->version;
	if (replay->step)
		head->inputs_read = (struct hub_long_array){ replay->step->read, replay->step->read_count };
	return head;
}

static void fill_of_input(
        struct hubctl_replay *replay, const struct hubctl_whatif_input *input, struct hub_str topic)
{
	uint32_t count = replay->effects.count;
	for (uint32_t i = 0; i < count; i++) {
		struct hub_decision_head *head = head_of(replay, i);
		head->event_id = hub_arena_printf(replay->arena, "e/%.*s/%d/%lld/%u", HUB_STR_ARG(topic),
		        (int)replay->partition, (long long)input->offset, i);
		head->has_decided_from = true;
		head->decided_from = (struct hub_decided_from){ topic, replay->partition, input->offset,
			(int32_t)i, (int32_t)count };
	}
}

static void fill_of_timer(struct hubctl_replay *replay, const struct hub_timer *timer)
{
	uint32_t count = replay->effects.count;
	int64_t seq = replay->step ? replay->step->seq : 0;
	for (uint32_t i = 0; i < count; i++) {
		struct hub_decision_head *head = head_of(replay, i);
		head->event_id = hub_arena_printf(replay->arena, "t/%d/%lld/%.*s/%.*s/%lld/%u",
		        (int)replay->partition, (long long)seq, HUB_STR_ARG(timer->entity),
		        HUB_STR_ARG(timer->name), (long long)timer->due_at_ms, i);
		head->has_timer = true;
		head->timer = (struct hub_fired_timer){ timer->entity, timer->name, timer->due_at_ms,
			replay->partition, seq, (int32_t)i, (int32_t)count };
	}
}

static bool settle(struct hubctl_replay *replay, size_t mark)
{
	if (!replay->effects.dead_reason && !hub_arena_exhausted(replay->arena))
		return true;
	hub_table_rollback(replay->table, mark);
	replay->effects.count = 0;
	return false;
}

bool hubctl_replay_decide(
        struct hubctl_replay *replay, const struct hubctl_whatif_input *input, struct hub_str topic)
{
	size_t mark = hub_table_mark(replay->table);
	const struct hub_input asked = { topic.data, replay->partition, input->offset, replay->clock_ms,
		input->schema, input->record };
	hub_effects_init(&replay->effects, replay->arena);
	replay->options->core->decide(replay->table,
	        hubctl_policies_on(replay->policies, replay->version, replay->clock_ms), &asked,
	        &replay->effects);
	if (!settle(replay, mark))
		return false;
	fill_of_input(replay, input, topic);
	return true;
}

bool hubctl_replay_due(struct hubctl_replay *replay, int64_t until_ms, struct hub_timer *ret)
{
	if (!hub_table_first_timer(replay->table, ret) || ret->due_at_ms > until_ms)
		return false;
	ret->entity = hub_arena_copy(replay->arena, ret->entity);
	ret->name = hub_arena_copy(replay->arena, ret->name);
	return true;
}

bool hubctl_replay_fire(struct hubctl_replay *replay, const struct hub_timer *timer)
{
	size_t mark = hub_table_mark(replay->table);
	hub_effects_init(&replay->effects, replay->arena);
	replay->options->core->fire(replay->table,
	        hubctl_policies_on(replay->policies, replay->version, replay->clock_ms), timer,
	        replay->clock_ms, &replay->effects);
	if (!settle(replay, mark))
		return false;
	fill_of_timer(replay, timer);
	return true;
}

bool hubctl_replay_agrees(struct hubctl_replay *replay, const struct hubctl_whatif_step *step)
{
	uint64_t said = 0;
	if ((int64_t)replay->effects.count != step->count || step->seen != step->count)
		return false;
	for (uint32_t i = 0; i < replay->effects.count; i++)
		said += hubctl_decision_hash(replay->effects.outputs[i].schema,
		        replay->effects.outputs[i].record, &replay->scratch);
	return said == step->said;
}

void hubctl_replay_tell(struct hubctl_replay *replay)
{
	const struct hubctl_whatif_options *options = replay->options;
	for (uint32_t i = 0; options->decided && i < replay->effects.count; i++)
		options->decided(
		        options->user, replay->effects.outputs[i].schema, replay->effects.outputs[i].record);
}
