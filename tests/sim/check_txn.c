#include "check.h"
#include "world.h"

#include "base/check.h"
#include "records/catalogue.h"
#include "records/decision_head.h"
#include "records/partition_position.h"
#include "records/referral_event_refused.h"
#include "wire/framing.h"

#include <stdio.h>
#include <stdlib.h>

/* A wall clock may be five minutes off, and be known to a minute. */
enum { MOST_AHEAD_MS = (5 + 1) * 60 * 1000 + 1000, FORGET_MS = 24 * 3600 * 1000 };

/* The decisions of one input or timer, as far as seen. */
struct set {
	int32_t count; /* of all; 0: none seen */
	int32_t seen;
	int32_t answers; /* to the event itself */
	bool *index;
	bool dead;
};

/* What one transaction does to one partition. */
struct share {
	bool has_position;
	int64_t position_at;
	struct hub_partition_position position;
	int64_t next[INPUTS];
	struct set *sets[INPUTS]; /* from the former position on; room of them */
	int64_t room[INPUTS];
	struct hub_map *timers; /* "entity name due" -> struct set */
	int64_t first_due_ms;   /* of those that fired */
	bool any;
};

static void decode(struct check *check, const struct hub_schema_set *set, struct hub_str value,
        const struct hub_schema **ret_schema, void **ret_record)
{
	if (hub_frame_decode(set, value, check->arena, ret_schema, ret_record, NULL) < 0)
		check_failed(check->world, "a record of ours cannot be decoded");
}

/* ---- decisions and dead letters */

static void note(struct check *check, struct set *set, int32_t index, int32_t count, const char *what)
{
	if (set->dead || (set->count && set->count != count) || index < 0 || index >= count)
		check_failed(
		        check->world, "%s: decision %d of %d does not fit to the others", what, index, count);
	if (!set->index)
		set->index = hub_arena_alloc(check->arena, (size_t)count);
	if (set->index[index])
		check_failed(check->world, "%s: decision %d of %d is there twice", what, index, count);
	set->index[index] = true;
	set->count = count;
	set->seen++;
}

/* Its number; the run ends when it is none of the inputs. */
static int input_named(struct check *check, struct hub_str name)
{
	for (int topic = 0; topic < INPUTS; topic++)
		if (hub_str_is(name, check->world->topics.names[topic]))
			return topic;
	check_failed(check->world, "%.*s is no input", HUB_STR_ARG(name));
}

static struct set *set_of_input(
        struct check *check, struct share *shares, int topic, int32_t partition, int64_t offset)
{
	struct share *share = &shares[partition];
	const struct checked_partition *before = &check->partitions[partition];
	if (offset < before->next[topic] || offset >= share->next[topic])
		check_failed(check->world,
		        "partition %d: the input at %lld is decided by a transaction that goes from %lld to "
		        "%lld",
		        partition, (long long)offset, (long long)before->next[topic],
		        (long long)share->next[topic]);
	return &share->sets[topic][offset - before->next[topic]];
}

static struct set *set_of_timer(struct check *check, struct share *share, const struct hub_fired_timer *timer)
{
	struct hub_str key = hub_arena_printf(check->arena, "%.*s %.*s %lld", HUB_STR_ARG(timer->entity),
	        HUB_STR_ARG(timer->name), (long long)timer->due_at);
	struct set *set = hub_map_get(share->timers, key);
	if (set)
		return set;
	if (hub_map_get(check->partitions[timer->partition].fired, key))
		check_failed(check->world, "the timer %.*s fires a second time", HUB_STR_ARG(key));
	set = hub_arena_alloc(check->arena, sizeof(*set));
	hub_map_put(share->timers, key, set);
	return set;
}

/* I-8: the same event sent again has no effect as long as what it is about is remembered: at least a day here. */
static void note_applied(struct check *check, int32_t partition, const struct hub_decision_head *head)
{
	const struct entry *input =
	        &check->world->kafka.logs[0][partition].entries[head->decided_from.offset];
	int64_t before_ms = (intptr_t)hub_map_get(check->applied, input->value);
	if (before_ms && head->occurred_at - before_ms < FORGET_MS)
		check_failed(check->world, "the input at %lld of partition %d is a repeat, and has an effect",
		        (long long)head->decided_from.offset, partition);
	hub_map_put(check->applied, input->value, (void *)(intptr_t)head->occurred_at);
}

static void on_decision(struct check *check, struct share *shares, const struct hub_schema_set *set_of_topic,
        const struct entry *entry)
{
	const struct hub_schema *schema;
	void *record;
	decode(check, set_of_topic, entry->value, &schema, &record);
	const struct hub_decision_head *head = record;
	if (head->has_timer == head->has_decided_from)
		check_failed(check->world, "a decision comes from an input or from a timer");
	int32_t partition = head->has_timer ? head->timer.partition : head->decided_from.partition;
	if (partition < 0 || partition >= check->world->partitions || !shares[partition].has_position)
		check_failed(check->world, "a decision of partition %d without its position", partition);
	struct share *share = &shares[partition];
	if (head->has_timer) {
		if (head->occurred_at < head->timer.due_at ||
		        head->timer.batch_seq != share->position.batch_seq)
			check_failed(check->world,
			        "a timer of %.*s fires too early, or in another transaction",
			        HUB_STR_ARG(head->timer.entity));
		if (head->timer.due_at < share->first_due_ms)
			share->first_due_ms = head->timer.due_at;
		note(check, set_of_timer(check, share, &head->timer), head->timer.index, head->timer.count,
		        "a timer");
	} else {
		int topic = input_named(check, head->decided_from.topic);
		struct set *set = set_of_input(check, shares, topic, partition, head->decided_from.offset);
		note(check, set, head->decided_from.index, head->decided_from.count, "an input");
		set->answers += head->has_answers;
		if (head->has_answers && !head->has_repeat_of && schema != &hub_referral_event_refused_schema)
			note_applied(check, partition, head);
	}
	world_tell_record(check->world, "  decided", set_of_topic, entry->value);
	check->decisions++;
	check_decision(check, partition, schema, record);
}

static struct hub_str header_text(const struct entry *entry, const char *name)
{
	for (uint32_t i = 0; i < entry->header_count; i++)
		if (hub_str_is(entry->headers[i].name, name))
			return entry->headers[i].value;
	return (struct hub_str){ NULL, 0 };
}

static int64_t header_number(const struct entry *entry, const char *name)
{
	char text[24];
	struct hub_str value = header_text(entry, name);
	snprintf(text, sizeof(text), "%.*s", HUB_STR_ARG(value));
	return value.len ? strtoll(text, NULL, 10) : -1;
}

static bool has_header(const struct entry *entry, const char *name, const char *value)
{
	for (uint32_t i = 0; i < entry->header_count; i++)
		if (hub_str_is(entry->headers[i].name, name) && hub_str_is(entry->headers[i].value, value))
			return true;
	return false;
}

/* Nobody is accused of a crash who has no part in it. */
static void check_crashed(struct check *check, const struct entry *dead_letter, const struct entry *input)
{
	if (has_header(dead_letter, "hub_dlq_reason", "CRASHED") &&
	        !memmem(input->value.data, input->value.len, "poison-", 7))
		check_failed(check->world, "an input is dead-lettered CRASHED that crashed nobody");
}

static void on_dead_letter(struct check *check, struct share *shares, const struct entry *entry)
{
	int64_t partition = header_number(entry, "hub_dlq_partition"),
	        offset = header_number(entry, "hub_dlq_offset");
	if (partition < 0 || partition >= check->world->partitions || !shares[partition].has_position)
		check_failed(check->world, "a dead letter without its partition's position");
	int topic = input_named(check, header_text(entry, "hub_dlq_topic"));
	struct set *set = set_of_input(check, shares, topic, (int32_t)partition, offset);
	const struct entry *input = &check->world->kafka.logs[topic][partition].entries[offset];
	if (set->dead || set->count)
		check_failed(check->world, "the dead letter of %lld is there twice, or it was decided",
		        (long long)offset);
	if (!hub_str_eq(input->value, entry->value) || !hub_str_eq(input->key, entry->key))
		check_failed(check->world, "the dead letter of %lld has other bytes", (long long)offset);
	check_crashed(check, entry, input);
	set->dead = true;
	check->dead_letters++;
}

/* ---- the transaction as a whole */

typedef void visit(
        struct check *check, struct share *shares, int32_t partition, int64_t offset, const struct entry *);

static void each(struct check *check, struct share *shares, int producer, int32_t topic, visit *visit_one)
{
	const struct kafka *kafka = &check->world->kafka;
	for (int32_t p = 0; p < kafka->partitions; p++) {
		const struct log *log = &kafka->logs[topic][p];
		for (int64_t i = log->open[producer]; i >= 0 && i < log->end; i++)
			if (log->entries[i].writer == producer && !log->entries[i].settled)
				visit_one(check, shares, p, i, &log->entries[i]);
	}
}

static void find_position(struct check *check, struct share *shares, int32_t partition, int64_t offset,
        const struct entry *entry)
{
	struct share *share = &shares[partition];
	const struct hub_schema *schema;
	void *record;
	if (share->has_position)
		check_failed(check->world, "partition %d: a state record after the position", partition);
	share->any = true;
	if (!hub_str_is(entry->key, "position"))
		return;
	decode(check, &hub_referral_router_state_schemas, entry->value, &schema, &record);
	share->has_position = true;
	share->position_at = offset;
	share->position = *(const struct hub_partition_position *)record;
	if (share->position.inputs.count != INPUTS)
		check_failed(check->world, "partition %d: the position names %u inputs", partition,
		        share->position.inputs.count);
	for (int topic = 0; topic < INPUTS; topic++)
		share->next[topic] = share->position.inputs.items[topic].next_offset;
}

static void visit_decision(struct check *check, struct share *shares, int32_t partition, int64_t offset,
        const struct entry *entry)
{
	(void)partition;
	(void)offset;
	on_decision(check, shares, &hub_referral_decision_schemas, entry);
}

/* What one county says to another is an output, too: of the same sets. */
static void visit_transfer(struct check *check, struct share *shares, int32_t partition, int64_t offset,
        const struct entry *entry)
{
	(void)partition;
	(void)offset;
	on_decision(check, shares, &hub_referral_transfer_schemas, entry);
}

static void visit_dead_letter(struct check *check, struct share *shares, int32_t partition, int64_t offset,
        const struct entry *entry)
{
	(void)partition;
	(void)offset;
	on_dead_letter(check, shares, entry);
}

static void visit_state(struct check *check, struct share *shares, int32_t partition, int64_t offset,
        const struct entry *entry)
{
	(void)shares;
	(void)offset;
	check_state_record(check, partition, entry);
}

static void begin_share(struct check *check, int32_t partition, struct share *share)
{
	const struct checked_partition *before = &check->partitions[partition];
	const struct hub_partition_position *now = &share->position;
	if (share->any && !share->has_position)
		check_failed(check->world, "partition %d: state without a position", partition);
	if (!share->has_position)
		return;
	for (int topic = 0; topic < INPUTS; topic++)
		if (share->next[topic] < before->next[topic] || now->batch_seq != before->batch_seq + 1)
			check_failed(check->world,
			        "partition %d: position %lld, transaction %lld comes after %lld, %lld",
			        partition, (long long)share->next[topic], (long long)now->batch_seq,
			        (long long)before->next[topic], (long long)before->batch_seq);
	if (now->clock_ms < before->clock_ms || now->registry_version < before->registry_version ||
	        now->state_version < before->state_version)
		check_failed(
		        check->world, "partition %d: clock, registry or state version goes back", partition);
	if (now->clock_ms > world_broker_ms(check->world) + MOST_AHEAD_MS)
		check_failed(check->world, "partition %d is decided %lld s ahead of the broker's clock",
		        partition, (long long)(now->clock_ms - world_broker_ms(check->world)) / 1000);
	for (int topic = 0; topic < INPUTS; topic++) {
		share->room[topic] = share->next[topic] - before->next[topic];
		share->sets[topic] =
		        hub_arena_alloc(check->arena, (size_t)share->room[topic] * sizeof(struct set) + 1);
	}
	share->timers = hub_map_new();
	share->first_due_ms = INT64_MAX;
}

static bool is_input(const struct entry *entry)
{
	return entry->kind == ENTRY_RECORD && !(entry->settled && !entry->committed);
}

/* Every event has its answer and all its decisions; what a county says may need none. */
static void check_input(
        struct check *check, int topic, int32_t partition, int64_t offset, const struct set *set)
{
	const struct entry *entry = &check->world->kafka.logs[topic][partition].entries[offset];
	bool event = topic == 0, whole = set->count == set->seen;
	bool answered = set->dead || (set->count > 0 && whole);
	if (event && answered && set->answers != !set->dead)
		check_failed(check->world, "partition %d: the input at %lld has %d answers", partition,
		        (long long)offset, set->answers);
	if (event ? is_input(entry) != answered : !whole || (set->seen > 0 && !is_input(entry)))
		check_failed(check->world,
		        "partition %d: the input at %lld of topic %d has %d of %d decisions", partition,
		        (long long)offset, topic, set->seen, set->count);
}

static void check_inputs(struct check *check, int topic, int32_t partition, const struct share *share)
{
	const struct checked_partition *before = &check->partitions[partition];
	const struct log *log = &check->world->kafka.logs[topic][partition];
	for (int64_t i = 0; i < share->room[topic]; i++)
		check_input(check, topic, partition, before->next[topic] + i, &share->sets[topic][i]);
	/* An input that was sent before the timer was due comes first. */
	for (int64_t i = share->next[topic]; i < log->end; i++)
		if (is_input(&log->entries[i]) && share->first_due_ms != INT64_MAX &&
		        log->entries[i].timestamp_ms < share->first_due_ms - check->wall_ahead_ms)
			check_failed(check->world,
			        "partition %d: a timer due at %lld overtakes the input at %lld of %lld",
			        partition, (long long)share->first_due_ms, (long long)i,
			        (long long)log->entries[i].timestamp_ms);
}

static void check_timers(struct check *check, int32_t partition, const struct share *share)
{
	struct hub_str key;
	void *value;
	for (size_t at = 0; hub_map_next(share->timers, &at, &key, &value);) {
		const struct set *set = value;
		if (set->seen != set->count)
			check_failed(check->world, "the timer %.*s has %d of %d decisions", HUB_STR_ARG(key),
			        set->seen, set->count);
		struct hub_str kept = hub_arena_copy(check->world->arena, key);
		hub_map_put(check->partitions[partition].fired, kept, check);
		check->timers++;
	}
}

static void check_offsets(struct check *check, const struct producer *producer, const struct share *shares)
{
	uint32_t touched = 0;
	for (int32_t p = 0; p < check->world->partitions; p++) {
		char seq[24];
		const struct share *share = &shares[p];
		int found = 0;
		touched += share->has_position;
		if (!share->has_position)
			continue;
		snprintf(seq, sizeof(seq), "%lld", (long long)share->position.batch_seq);
		for (uint32_t i = 0; i < producer->pending_count; i++)
			found += producer->pending[i].at.partition == p &&
			         producer->pending[i].next == share->next[producer->pending[i].at.topic] &&
			         hub_str_is(producer->pending[i].metadata, seq);
		if (found != INPUTS)
			check_failed(check->world,
			        "partition %d: the offsets that are committed are not the position", p);
	}
	if (INPUTS * touched != producer->pending_count)
		check_failed(check->world, "%u offsets, positions of %u partitions", producer->pending_count,
		        touched);
}

static void finish_share(struct check *check, int32_t partition, struct share *share)
{
	struct checked_partition *of = &check->partitions[partition];
	for (int topic = 0; topic < INPUTS; topic++)
		check_inputs(check, topic, partition, share);
	check_timers(check, partition, share);
	hub_map_free(share->timers);
	world_tell(check->world, "committed: partition %d, inputs %lld to %lld, transaction %lld", partition,
	        (long long)of->next[0], (long long)share->next[0], (long long)share->position.batch_seq);
	of->has_position = true;
	of->position_at = share->position_at;
	memcpy(of->next, share->next, sizeof(of->next));
	of->batch_seq = share->position.batch_seq;
	of->clock_ms = share->position.clock_ms;
	of->registry_version = share->position.registry_version;
	of->state_version = share->position.state_version;
}

void check_transaction(struct world *world, int producer)
{
	struct check *check = &world->check;
	struct share shares[PARTITIONS_MAX] = { { false } };
	if (producer >= INSTANCES_MAX)
		return;
	hub_arena_reset(check->arena);
	check->commits++;
	each(check, shares, producer, world->kafka.state, find_position);
	for (int32_t p = 0; p < world->partitions; p++)
		begin_share(check, p, &shares[p]);
	each(check, shares, producer, world->kafka.outputs[0], visit_decision);
	each(check, shares, producer, world->kafka.outputs[1], visit_transfer);
	each(check, shares, producer, world->kafka.dead_letters, visit_dead_letter);
	check_offsets(check, &world->kafka.producers[producer], shares);
	each(check, shares, producer, world->kafka.state, visit_state);
	for (int32_t p = 0; p < world->partitions; p++) {
		if (!shares[p].has_position)
			continue;
		finish_share(check, p, &shares[p]);
		check_state(check, p);
	}
}
