#include "runtime/position.h"

#include "base/check.h"
#include "records/partition_position.h"
#include "wire/framing.h"

#include <inttypes.h>
#include <stdio.h>

enum { DECODE_LIMIT = 64 * 1024 };

void hub_position_init(struct hub_position *position)
{
	*position = (struct hub_position){ .registry_version = -1 };
	for (int i = 0; i < HUB_INPUTS_MAX; i++)
		position->next[i] = HUB_OFFSET_NONE;
}

static int from_record(const struct hub_partition_position *record, const struct hub_topics *topics,
        struct hub_position *ret, struct hub_error *reterr)
{
	hub_position_init(ret);
	ret->batch_seq = record->batch_seq;
	ret->clock_ms = record->clock_ms;
	ret->registry_version = record->registry_version;
	ret->state_version = record->state_version;
	for (uint32_t i = 0; i < record->inputs.count; i++) {
		const struct hub_input_position *input = &record->inputs.items[i];
		uint32_t topic = 0;
		while (topic < topics->input_count && !hub_str_is(input->topic, topics->names[topic]))
			topic++;
		/* Deciding without it would forget where it stands: the next program would read it twice. */
		if (topic == topics->input_count)
			return hub_error_set(reterr, HUB_E_INVALID, "PartitionPosition.inputs",
			        "the position names input %.*s, which this program does not read",
			        HUB_STR_ARG(input->topic));
		ret->next[topic] = input->next_offset;
	}
	return 0;
}

int hub_position_decode(struct hub_str value, const struct hub_topics *topics, struct hub_position *ret,
        struct hub_error *reterr)
{
	const struct hub_schema *const known[] = { &hub_partition_position_schema };
	const struct hub_schema_set set = { .schemas = known, .count = 1 };
	const struct hub_schema *schema;
	void *record;
	struct hub_arena *arena = hub_arena_new(DECODE_LIMIT);
	hub_check(arena != NULL);
	int r = hub_frame_decode(&set, value, arena, &schema, &record, reterr);
	if (r == 0)
		r = from_record(record, topics, ret, reterr);
	else
		r = hub_error_set(reterr, HUB_E_INVALID, "PartitionPosition", "the position cannot be read");
	hub_arena_free(arena);
	return r;
}

void hub_position_encode(
        const struct hub_position *position, const struct hub_topics *topics, struct hub_buf *out)
{
	struct hub_input_position inputs[HUB_INPUTS_MAX];
	struct hub_partition_position record = {
		.inputs = { inputs, 0 },
		.batch_seq = position->batch_seq,
		.clock_ms = position->clock_ms,
		.registry_version = position->registry_version,
		.state_version = position->state_version,
	};
	for (uint32_t i = 0; i < topics->input_count; i++)
		if (position->next[i] != HUB_OFFSET_NONE)
			inputs[record.inputs.count++] =
			        (struct hub_input_position){ hub_str_from(topics->names[i]),
				        position->next[i] };
	hub_check(hub_frame_encode(&hub_partition_position_schema, &record, out, NULL) == 0);
}

void hub_position_seq_text(int64_t batch_seq, char text[HUB_SEQ_TEXT_MAX])
{
	snprintf(text, HUB_SEQ_TEXT_MAX, "%" PRId64, batch_seq);
}

int64_t hub_position_seq_parse(struct hub_str text)
{
	int64_t seq = 0;
	if (text.len == 0 || text.len > 18)
		return -1;
	for (uint32_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return -1;
		seq = seq * 10 + (text.data[i] - '0');
	}
	return seq;
}

static int check_input(const struct hub_position *position, const struct hub_committed *committed,
        const char *topic, int64_t next, struct hub_error *reterr)
{
	if (committed->next != next)
		return hub_error_set(reterr, HUB_E_INVALID, topic,
		        "state and committed offset disagree: the position says %" PRId64
		        ", the group %" PRId64,
		        next, committed->next);
	if (committed->seq != position->batch_seq)
		return hub_error_set(reterr, HUB_E_INVALID, topic,
		        "state and committed offset disagree: transaction %" PRId64
		        " wrote the state, %" PRId64 " committed the offset",
		        position->batch_seq, committed->seq);
	return 0;
}

int hub_position_check(const struct hub_position *position, bool found, bool empty,
        const struct hub_committed *committed, const struct hub_topics *topics, struct hub_error *reterr)
{
	bool any = false;
	for (uint32_t i = 0; i < topics->input_count; i++)
		any |= committed[i].next != HUB_OFFSET_NONE;
	if (!found && any)
		return hub_error_set(reterr, HUB_E_INVALID, topics->names[topics->state],
		        "offsets are committed, but the changelog holds no position");
	if (!found && !empty)
		return hub_error_set(reterr, HUB_E_INVALID, topics->names[topics->state],
		        "the changelog holds state, but no position");
	/* Each offset that is there carries the transaction's number, so one of them proves that the position is its own. The others
	 * may have expired: Kafka keeps the offset of a topic that the group does not subscribe for seven days after its commit.
	 * With none of them left (nobody was in the group for so long, or it was deleted) the position is the newest truth. An
	 * input in neither was added by an upgrade: it starts at its beginning. */
	for (uint32_t i = 0; i < topics->input_count; i++) {
		int r = 0;
		if (committed[i].next != HUB_OFFSET_NONE)
			r = check_input(position, &committed[i], topics->names[i], position->next[i], reterr);
		if (r < 0)
			return r;
	}
	return 0;
}
