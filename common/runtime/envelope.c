/* The part of each decision's head that is the runtime's: where it comes from, as data and as an id that can
 * be derived again, so that an auditor can prove from the topics alone that no transaction was torn, lost or
 * doubled. */
#include "runtime/inside.h"

#include "records/decision_head.h"

/* Shared by all decisions of one input or timer. input: the one that decides, whose offset has not moved yet; NULL: a timer. */
static struct hub_long_array read_so_far(
        struct hub_runtime *runtime, const struct partition *partition, const struct input *input)
{
	uint32_t count = runtime->topics->input_count;
	struct hub_long_array read = { hub_arena_alloc(runtime->outgoing.arena, count * sizeof(int64_t)), 0 };
	for (; read.items && read.count < count; read.count++) {
		int64_t next = partition->next.next[read.count];
		read.items[read.count] = next == HUB_OFFSET_NONE ? 0 : next;
	}
	if (read.items && input)
		read.items[input->topic] = input->offset + 1;
	return read;
}

static struct hub_decision_head *common(struct hub_runtime *runtime, struct hub_effects *effects, uint32_t i,
        int64_t now_ms, struct hub_long_array read)
{
	struct hub_decision_head *head = effects->outputs[i].record;
	head->inputs_read = read;
	head->occurred_at = now_ms;
	head->registry_version = hub_registry_version(runtime->registry);
	return head;
}

static void slash(struct hub_buf *id, int64_t number)
{
	hub_buf_byte(id, '/');
	hub_buf_decimal(id, number);
}

/* begin/index: the numbered copy of what all decisions of one input or timer have in common. */
static struct hub_str numbered(struct hub_runtime *runtime, size_t begin_len, uint32_t i)
{
	struct hub_buf *id = &runtime->outgoing.scratch;
	id->len = begin_len;
	slash(id, i);
	return hub_arena_copy(runtime->outgoing.arena, hub_buf_slice(id));
}

static struct hub_str topic_of(const struct hub_runtime *runtime, const struct input *input)
{
	return hub_str_from(runtime->topics->names[input->topic]);
}

/* What the ids of all decisions of an input begin with, in scratch. */
static void begin_input(struct hub_runtime *runtime, const struct input *input)
{
	struct hub_buf *id = &runtime->outgoing.scratch;
	hub_buf_reset(id);
	hub_buf_text(id, "e/");
	hub_buf_str(id, topic_of(runtime, input));
	slash(id, input->partition->id);
	slash(id, input->offset);
}

void hub_envelope_trace(struct hub_runtime *runtime, const struct input *input)
{
	begin_input(runtime, input);
	hub_trace_input(runtime, input, hub_buf_slice(&runtime->outgoing.scratch));
}

void hub_envelope_of_input(
        struct hub_runtime *runtime, const struct input *input, int64_t now_ms, struct hub_effects *effects)
{
	hub_envelope_trace(runtime, input);
	size_t begin_len = runtime->outgoing.scratch.len;
	struct hub_long_array read = read_so_far(runtime, input->partition, input);
	for (uint32_t i = 0; i < effects->count; i++) {
		struct hub_decision_head *head = common(runtime, effects, i, now_ms, read);
		head->event_id = numbered(runtime, begin_len, i);
		head->has_decided_from = true;
		head->decided_from = (struct hub_decided_from){ topic_of(runtime, input),
			input->partition->id, input->offset, (int32_t)i, (int32_t)effects->count };
	}
}

void hub_envelope_of_timer(struct hub_runtime *runtime, const struct partition *partition,
        const struct hub_timer *timer, int64_t now_ms, struct hub_effects *effects)
{
	struct hub_buf *id = &runtime->outgoing.scratch;
	hub_buf_reset(id);
	hub_buf_text(id, "t");
	slash(id, partition->id);
	slash(id, partition->next.batch_seq);
	hub_buf_byte(id, '/');
	hub_buf_str(id, timer->entity);
	hub_buf_byte(id, '/');
	hub_buf_str(id, timer->name);
	slash(id, timer->due_at_ms);
	hub_trace_timer(runtime, hub_buf_slice(id));
	size_t begin_len = id->len;
	struct hub_long_array read = read_so_far(runtime, partition, NULL);
	for (uint32_t i = 0; i < effects->count; i++) {
		struct hub_decision_head *head = common(runtime, effects, i, now_ms, read);
		head->event_id = numbered(runtime, begin_len, i);
		head->has_timer = true;
		head->timer = (struct hub_fired_timer){ timer->entity, timer->name, timer->due_at_ms,
			partition->id, partition->next.batch_seq, (int32_t)i, (int32_t)effects->count };
	}
}
