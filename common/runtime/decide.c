/* Gathered inputs and due timers become a transaction. The core changes a partition's table under its
 * journal; one bad event is taken back to its mark and dead-lettered, the others stand. */
#include "runtime/inside.h"

#include "records/event_head.h"

enum {
	TRANSACTION_RECORDS = 200 * 1000,
	TRANSACTION_BYTES = 256 * 1024 * 1024, /* of its arena: then it is cut, the rest is the next one's */
	QUIET_S = 3600,
	BEHIND_S = 10,
};

bool hub_runtime_transaction_full(const struct hub_runtime *runtime)
{
	return runtime->outgoing.count >= TRANSACTION_RECORDS ||
	       hub_arena_used(runtime->outgoing.arena) >= TRANSACTION_BYTES ||
	       (runtime->outgoing.alone && hub_runtime_touched(runtime));
}

bool hub_runtime_touched(const struct hub_runtime *runtime)
{
	for (uint32_t i = 0; i < runtime->count; i++)
		if (runtime->partitions[i]->touched)
			return true;
	return false;
}

/* Never falls, and rises only when an operator says so; a partition without a state has nothing to keep (I-9). */
static int32_t version_of(const struct hub_runtime *runtime, const struct partition *partition)
{
	int32_t now = partition->position.state_version, wanted = runtime->options.write_version;
	if (now == 0 && wanted == 0)
		return runtime->core->state_version;
	return now > wanted ? now : wanted;
}

void hub_partition_touch(struct hub_runtime *runtime, struct partition *partition)
{
	int64_t version = hub_registry_version(runtime->registry);
	if (partition->touched)
		return;
	partition->touched = true;
	partition->touched_us = hub_runtime_us(runtime);
	partition->next = partition->position;
	partition->next.batch_seq++;
	if (partition->next.registry_version < version)
		partition->next.registry_version = version;
	partition->next.state_version = version_of(runtime, partition);
	hub_table_set_version(partition->table, partition->next.state_version);
}

static int64_t clock_for(struct hub_runtime *runtime, const struct partition *partition, const void *record)
{
	const struct hub_event_head *head = record;
	int64_t clock = runtime->options.clock_kind == HUB_CLOCK_WALL ? runtime->now_ms : head->occurred_at;
	return clock > partition->next.clock_ms ? clock : partition->next.clock_ms;
}

static void note_span(struct hub_runtime *runtime, const struct input *input, const struct hub_schema *schema,
        const char *reason, uint32_t decisions)
{
	const struct hub_span_notice span = {
		.record = schema ? schema->name : "-",
		.topic = runtime->topics->names[input->topic],
		.partition = input->partition->id,
		.offset = input->offset,
		.reason = reason,
		.decisions = decisions,
	};
	hub_trace_note(runtime, &span);
}

static uint32_t *tally(struct hub_runtime *runtime, uint32_t *counts, const struct input *input,
        const struct hub_schema *schema)
{
	uint32_t topic = (uint32_t)input->topic, i = 0;
	const struct hub_schema_set *set = runtime->core->inputs[topic].records;
	while (i < set->count && set->schemas[i] != schema)
		i++;
	return &counts[hub_outgoing_tallies(runtime->core, topic) + i];
}

static void refuse(struct hub_runtime *runtime, const struct input *input, const struct hub_schema *schema,
        const char *reason, struct hub_str detail)
{
	hub_envelope_trace(runtime, input);
	hub_runtime_dead_letter(runtime, input, reason, detail);
	note_span(runtime, input, schema, reason, 0);
	++*tally(runtime, runtime->outgoing.dead, input, schema);
}

static void let_decide(struct hub_runtime *runtime, const struct input *input,
        const struct hub_schema *schema, const void *record)
{
	struct partition *partition = input->partition;
	struct hub_effects effects;
	struct hub_error error = { 0 };
	size_t mark = hub_table_mark(partition->table);
	struct hub_input asked = { runtime->topics->names[input->topic], partition->id, input->offset,
		partition->next.clock_ms, schema, record };
	hub_effects_init(&effects, runtime->outgoing.deciding);
	runtime->core->decide(
	        partition->table, hub_policies_on(&runtime->policies, asked.now_ms), &asked, &effects);
	if (effects.dead_reason) {
		refuse(runtime, input, schema, effects.dead_reason, effects.dead_detail);
		hub_table_rollback(partition->table, mark);
		return;
	}
	hub_envelope_of_input(runtime, input, asked.now_ms, &effects);
	int r = hub_runtime_accept(runtime, partition, mark, &effects, &error);
	if (r < 0) {
		refuse(runtime, input, schema, r == HUB_E_TOO_LARGE ? "TOO_LARGE" : "RULE",
		        hub_str_from(error.text));
		return;
	}
	note_span(runtime, input, schema, NULL, effects.count);
	++*tally(runtime, runtime->outgoing.decided, input, schema);
}

static const char *crashed(struct hub_str *ret_detail)
{
	*ret_detail = HUB_STR("it crashed the process, the second time when it was decided alone");
	return "CRASHED";
}

/* False: not decided, the transaction is full. */
static bool decide_input(struct hub_runtime *runtime, const struct input *input)
{
	struct partition *partition = input->partition;
	const struct hub_schema *schema = NULL;
	struct hub_str detail = { NULL, 0 };
	void *record = NULL;
	if (partition->phase == PHASE_STOPPED)
		return true; /* not even its offset moves */
	enum hub_caution caution = hub_caution_input(runtime, input);
	if (caution == HUB_CAUTION_WAIT)
		return false;
	hub_arena_reset(runtime->outgoing.deciding);
	const char *reason = caution == HUB_CAUTION_CRASHED
	                             ? crashed(&detail)
	                             : hub_input_check(runtime, input, &schema, &record, &detail);
	if (!reason && runtime->options.clock_kind == HUB_CLOCK_STREAM) {
		uint32_t fired = runtime->outgoing.timers;
		if (!hub_runtime_fire_before(runtime, partition, clock_for(runtime, partition, record)))
			return false;
		if (partition->phase == PHASE_STOPPED)
			return true;
		if (hub_runtime_transaction_full(runtime))
			return false;
		if (runtime->outgoing.timers != fired) /* in the memory where the record was */
			reason = hub_input_check(runtime, input, &schema, &record, &detail);
	}
	hub_partition_touch(runtime, partition);
	if (reason) {
		refuse(runtime, input, schema, reason, detail);
	} else {
		partition->next.clock_ms = clock_for(runtime, partition, record);
		let_decide(runtime, input, schema, record);
	}
	partition->next.next[input->topic] = input->offset + 1;
	partition->sources[input->topic].timestamp_ms = input->timestamp_ms;
	return true;
}

/* What lies between the last record and the end is the marks of transactions and what was aborted: nobody is handed those, so the
 * position passes them by the end that was told. Left among them it would be behind the log's start, as if records had been lost,
 * once retention has taken them. The end counts only when all that came before it is decided. */
static bool may_pass(const struct source *source, int64_t next)
{
	return source->gathered_to <= next && source->eof > next;
}

static void pass_ends(struct hub_runtime *runtime, struct partition *partition)
{
	for (uint32_t topic = 0; partition->touched && topic < runtime->topics->input_count; topic++)
		if (may_pass(&partition->sources[topic], partition->next.next[topic]))
			partition->next.next[topic] = partition->sources[topic].eof;
}

static bool is_behind(const struct hub_runtime *runtime, const struct partition *partition)
{
	for (uint32_t topic = 0; topic < runtime->topics->input_count; topic++)
		if (may_pass(&partition->sources[topic], partition->position.next[topic]))
			return true;
	return false;
}

/* A partition that nothing moves is touched once an hour all the same: Kafka forgets an offset that is not committed anew for a
 * week, and retention overtakes a position that stands still. One that has an end to pass is touched soon: until then it looks
 * unread to whoever compares offsets. */
static void touch_quiet(struct hub_runtime *runtime)
{
	int64_t now_us = hub_runtime_us(runtime);
	for (uint32_t i = 0; i < runtime->count; i++) {
		struct partition *partition = runtime->partitions[i];
		int64_t quiet_s = is_behind(runtime, partition) ? BEHIND_S : QUIET_S;
		if (partition->phase == PHASE_RESTORED &&
		        now_us - partition->touched_us >= quiet_s * INT64_C(1000000))
			hub_partition_touch(runtime, partition);
	}
}

bool hub_runtime_decide(struct hub_runtime *runtime)
{
	struct gathered *gathered = &runtime->gathered;
	uint32_t before = gathered->decided;
	int64_t began = hub_runtime_us(runtime);
	hub_outgoing_reset(&runtime->outgoing, runtime->core);
	runtime->outgoing.decided_from_us = began;
	hub_caution_note_batch(runtime);
	while (gathered->decided < gathered->count && !hub_runtime_transaction_full(runtime) &&
	        decide_input(runtime, &gathered->inputs[gathered->decided]))
		gathered->decided++;
	/* A timer waits for every input that was sent before it was due, so also for those of this batch. */
	if (gathered->decided == gathered->count && runtime->options.clock_kind == HUB_CLOCK_WALL)
		hub_runtime_fire_due(runtime);
	touch_quiet(runtime);
	for (uint32_t i = 0; i < runtime->count; i++)
		pass_ends(runtime, runtime->partitions[i]);
	uint32_t count = gathered->decided - before;
	if (count && runtime->observer.decision)
		runtime->observer.decision(runtime->observer.user,
		        (double)(hub_runtime_us(runtime) - began) / 1e6 / count, count);
	if (hub_runtime_touched(runtime))
		return true;
	hub_caution_settled(runtime);
	return false;
}

bool hub_runtime_open(struct hub_runtime *runtime)
{
	hub_outgoing_reset(&runtime->outgoing, runtime->core);
	for (uint32_t i = 0; i < runtime->count; i++)
		if (runtime->partitions[i]->phase == PHASE_RESTORED)
			hub_partition_touch(runtime, runtime->partitions[i]);
	return hub_runtime_touched(runtime);
}
