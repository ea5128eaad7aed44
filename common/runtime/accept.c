/* The effects of one input or timer become records of the transaction, within limits that are known before
 * anything is produced (I-6): a broker that refuses a record in the middle of a transaction would stop the
 * partition for good. */
#include "runtime/inside.h"

#include "base/check.h"
#include "base/hash.h"
#include "records/decision_head.h"
#include "wire/cloudevent.h"

#include <stdlib.h>

uint32_t hub_outgoing_tallies(const struct hub_core *core, uint32_t topic)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < topic && core->inputs[i].name; i++)
		count += core->inputs[i].records->count + 1;
	return count;
}

void hub_outgoing_reset(struct outgoing *outgoing, const struct hub_core *core)
{
	uint32_t types = hub_outgoing_tallies(core, UINT32_MAX);
	if (!outgoing->decided) {
		outgoing->decided = calloc(types, sizeof(uint32_t));
		outgoing->dead = calloc(types, sizeof(uint32_t));
		hub_check(outgoing->decided && outgoing->dead);
	}
	memset(outgoing->decided, 0, types * sizeof(uint32_t));
	memset(outgoing->dead, 0, types * sizeof(uint32_t));
	outgoing->count = outgoing->timers = outgoing->reason_count = outgoing->span_count = 0;
	outgoing->alone = outgoing->suspect_waits = false;
	hub_arena_reset(outgoing->arena);
}

struct hub_kafka_record *hub_outgoing_add(struct outgoing *outgoing)
{
	if (outgoing->count == outgoing->room) {
		outgoing->room = outgoing->room ? outgoing->room * 2 : 1024;
		outgoing->records = realloc(outgoing->records, outgoing->room * sizeof(*outgoing->records));
		hub_check(outgoing->records != NULL);
	}
	struct hub_kafka_record *record = &outgoing->records[outgoing->count++];
	*record = (struct hub_kafka_record){ 0 };
	return record;
}

/* CloudEvents, and the trace that it belongs to. */
static void add_headers(
        struct hub_runtime *runtime, const struct hub_output *output, struct hub_kafka_record *record)
{
	struct hub_arena *arena = runtime->outgoing.arena;
	struct hub_header *headers =
	        hub_arena_alloc(arena, (HUB_CLOUDEVENT_HEADERS + HUB_TRACE_HEADERS) * sizeof(*headers));
	if (!headers ||
	        !hub_cloudevent_build(output->schema, output->record, runtime->core->name, arena, headers))
		return;
	record->headers = headers;
	record->header_count =
	        HUB_CLOUDEVENT_HEADERS + hub_trace_headers(runtime, headers + HUB_CLOUDEVENT_HEADERS);
}

static int too_large(const char *what, size_t bytes, size_t limit, struct hub_error *reterr)
{
	return hub_error_set(reterr, HUB_E_TOO_LARGE, what, "%s of %zu bytes, limit %zu", what, bytes, limit);
}

/* The output that has the record's type. */
static uint32_t output_of(const struct hub_core *core, const struct hub_schema *schema)
{
	for (uint32_t output = 0; core->outputs[output].name; output++) {
		const struct hub_schema_set *records = core->outputs[output].records;
		for (uint32_t i = 0; i < records->count; i++)
			if (records->schemas[i] == schema)
				return output;
	}
	hub_check(!"every decision has its topic");
	return 0;
}

/* In the form that belongs to the state of who says it: programs of before read it, too (I-9). */
static int add_output(struct hub_runtime *runtime, const struct partition *partition,
        const struct hub_output *output, size_t *bytes, struct hub_error *reterr)
{
	struct hub_buf *scratch = &runtime->outgoing.scratch;
	const struct hub_decision_head *head = output->record;
	hub_check(output->schema->head == HUB_HEAD_DECISION);
	hub_buf_reset(scratch);
	int r = hub_frame_encode_for(
	        output->schema, hub_table_version(partition->table), output->record, scratch, reterr);
	if (r < 0)
		return r;
	if (scratch->len > runtime->options.record_bytes)
		return too_large(output->schema->name, scratch->len, runtime->options.record_bytes, reterr);
	struct hub_kafka_record *record = hub_outgoing_add(&runtime->outgoing);
	uint32_t to = output_of(runtime->core, output->schema);
	record->to.topic = runtime->topics->outputs[to];
	record->to.partition = hub_partition_of(head->county_id, runtime->output_partitions[to]);
	/* The head goes with the decision, the record stays until the commit. */
	record->key = hub_arena_copy(runtime->outgoing.arena, head->county_id);
	record->has_key = record->has_value = true;
	record->value = hub_arena_copy(runtime->outgoing.arena, hub_buf_slice(scratch));
	add_headers(runtime, output, record);
	*bytes += scratch->len;
	return 0;
}

static int add_outputs(struct hub_runtime *runtime, const struct partition *partition,
        const struct hub_effects *effects, size_t *bytes, struct hub_error *reterr)
{
	if (effects->count > runtime->options.effects_count)
		return hub_error_set(reterr, HUB_E_TOO_LARGE, "", "%u decisions from one event, limit %u",
		        effects->count, runtime->options.effects_count);
	for (uint32_t i = 0; i < effects->count; i++) {
		int r = add_output(runtime, partition, &effects->outputs[i], bytes, reterr);
		if (r < 0)
			return r;
	}
	return 0;
}

static int measure_changes(struct hub_runtime *runtime, struct partition *partition, size_t mark,
        size_t *bytes, struct hub_error *reterr)
{
	const struct hub_change *changes;
	uint32_t count = hub_table_changes(partition->table, mark, runtime->outgoing.deciding, &changes);
	for (uint32_t i = 0; i < count; i++) {
		if (changes[i].after.len > runtime->options.record_bytes)
			return too_large("a state record", changes[i].after.len,
			        runtime->options.record_bytes, reterr);
		*bytes += changes[i].after.len;
	}
	return 0;
}

int hub_runtime_accept(struct hub_runtime *runtime, struct partition *partition, size_t mark,
        const struct hub_effects *effects, struct hub_error *reterr)
{
	struct outgoing *outgoing = &runtime->outgoing;
	uint32_t before = outgoing->count;
	size_t bytes = 0;
	int r = add_outputs(runtime, partition, effects, &bytes, reterr);
	if (r == 0)
		r = measure_changes(runtime, partition, mark, &bytes, reterr);
	if (r == 0 && bytes > runtime->options.effects_bytes)
		r = too_large("what one event does", bytes, runtime->options.effects_bytes, reterr);
	if (r == 0 && hub_arena_exhausted(outgoing->deciding))
		r = hub_error_set(reterr, HUB_E_TOO_LARGE, "", "what one event does needs too much memory");
	if (r == 0)
		return 0;
	outgoing->count = before;
	hub_table_rollback(partition->table, mark);
	return r;
}
