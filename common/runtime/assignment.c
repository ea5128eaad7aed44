/* Partitions come and go. The order matters (tests/model): group metadata in the callback, stable committed offsets, then the changelog's high watermark; after that the changelog is read
 * (restore.c). */
#include "runtime/inside.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdlib.h>

static int count_of(struct hub_runtime *runtime, int32_t topic, int32_t *ret, struct hub_error *reterr)
{
	return runtime->kafka->partition_count(runtime->kafka->user, topic, ret, reterr);
}

/* An event, its state and its position lie on the same partition number of different topics. */
static int look_at_topics(struct hub_runtime *runtime, struct hub_error *reterr)
{
	const struct hub_topics *topics = runtime->topics;
	int r = count_of(runtime, 0, &runtime->partition_count, reterr);
	for (int32_t topic = 1; r == 0 && topic <= topics->state; topic++) {
		int32_t count;
		r = count_of(runtime, topic, &count, reterr);
		if (r < 0 || topic == topics->registry || count == runtime->partition_count)
			continue;
		return hub_error_set(reterr, HUB_E_FATAL, topics->names[topic],
		        "%s has %" PRId32 " partitions, %s has %" PRId32 ": they must be equal",
		        topics->names[topic], count, topics->names[0], runtime->partition_count);
	}
	for (uint32_t i = 0; r == 0 && i < topics->output_count; i++)
		r = count_of(runtime, topics->outputs[i], &runtime->output_partitions[i], reterr);
	if (r == 0)
		r = count_of(runtime, topics->dead_letters, &runtime->dead_letter_partitions, reterr);
	return r;
}

/* The group is joined last: a member that cannot see a topic or begin a transaction would be given its share of the
 * partitions, and decide none of it. */
int hub_runtime_start(struct hub_runtime *runtime, struct hub_error *reterr)
{
	int r = look_at_topics(runtime, reterr);
	if (r == 0)
		r = runtime->kafka->init_transactions(runtime->kafka->user, reterr);
	if (r == 0)
		r = runtime->kafka->join(runtime->kafka->user, reterr);
	if (r < 0)
		return r;
	runtime->by_id = calloc((size_t)runtime->partition_count, sizeof(struct partition *));
	hub_check(runtime->by_id != NULL);
	runtime->faults = 0;
	runtime->stage = STAGE_JOINING;
	return 0;
}

static struct partition *partition_new(struct hub_runtime *runtime, int32_t id)
{
	struct partition *partition = calloc(1, sizeof(*partition));
	hub_check(partition != NULL);
	partition->id = id;
	partition->table = hub_table_new(runtime->core->table);
	hub_position_init(&partition->position);
	partition->restored_at = partition->restored_ms = -1;
	partition->epoch = partition->fence = -1;
	partition->asked_ms = INT64_MIN;
	return partition;
}

void hub_runtime_drop_partitions(struct hub_runtime *runtime)
{
	hub_gathered_drop(&runtime->gathered);
	if (runtime->handover)
		hub_handover_disown_all(runtime->handover);
	runtime->snapshot.number = 0;
	for (uint32_t i = 0; i < runtime->count; i++) {
		runtime->by_id[runtime->partitions[i]->id] = NULL;
		hub_table_free(runtime->partitions[i]->table);
		free(runtime->partitions[i]);
	}
	free(runtime->partitions);
	runtime->partitions = NULL;
	runtime->count = 0;
	runtime->faults = 0;
	runtime->retry_at_us = 0;
}

int hub_runtime_on_assign(
        struct hub_runtime *runtime, const struct hub_kafka_event *event, struct hub_error *reterr)
{
	hub_runtime_drop_partitions(runtime);
	runtime->stage = STAGE_IDLE;
	int r = hub_runtime_read_nothing(runtime, reterr);
	if (r < 0 || event->partition_count == 0)
		return r;
	r = runtime->kafka->take_group_metadata(runtime->kafka->user, reterr);
	if (r == HUB_E_RETRY) {
		/* Offsets sent without a valid membership would be checked by nobody. */
		runtime->stage = STAGE_JOINING;
		hub_runtime_tell(
		        runtime, HUB_NOTICE_LOST, -1, -1, -1, "the assignment was lost before it began");
		return 0;
	}
	if (r < 0)
		return r;
	runtime->partitions = calloc(event->partition_count, sizeof(struct partition *));
	hub_check(runtime->partitions != NULL);
	for (uint32_t i = 0; i < event->partition_count; i++) {
		int32_t id = event->partitions[i];
		hub_check(id >= 0 && id < runtime->partition_count && !runtime->by_id[id]);
		runtime->by_id[id] = runtime->partitions[runtime->count++] = partition_new(runtime, id);
		hub_runtime_tell(runtime, HUB_NOTICE_ASSIGNED, 0, id, -1, "restoring");
	}
	runtime->assigned_at_us = hub_runtime_us(runtime);
	runtime->stage = STAGE_ASSIGNED;
	return 0;
}

int hub_runtime_on_revoke(
        struct hub_runtime *runtime, const struct hub_kafka_event *event, struct hub_error *reterr)
{
	/* Nothing is open between two steps; what is committed may still be on its way to the hot state. */
	if (!event->lost && runtime->handover)
		hub_runtime_finish(runtime, 1000 * 1000);
	for (uint32_t i = 0; i < runtime->count; i++)
		hub_runtime_tell(runtime, event->lost ? HUB_NOTICE_LOST : HUB_NOTICE_REVOKED, 0,
		        runtime->partitions[i]->id, -1, "%s", event->lost ? "taken away" : "given back");
	hub_runtime_drop_partitions(runtime);
	runtime->stage = STAGE_JOINING;
	return hub_runtime_read_nothing(runtime, reterr);
}

static int ask_committed(struct hub_runtime *runtime, struct hub_error *reterr)
{
	uint32_t inputs = runtime->topics->input_count, count = 0;
	struct hub_kafka_offset *offsets = calloc((size_t)runtime->count * inputs, sizeof(*offsets));
	struct hub_arena *arena = hub_arena_new(16 * 1024 * 1024);
	hub_check(offsets != NULL && arena != NULL);
	for (uint32_t i = 0; i < runtime->count; i++)
		for (uint32_t topic = 0; topic < inputs; topic++)
			offsets[count++].at =
			        (struct hub_topic_partition){ (int32_t)topic, runtime->partitions[i]->id };
	int r = runtime->kafka->committed_stable(runtime->kafka->user, offsets, count, arena, reterr);
	for (uint32_t i = 0; r == 0 && i < count; i++)
		runtime->partitions[i / inputs]->sources[i % inputs].committed =
		        (struct hub_committed){ offsets[i].next,
			        hub_position_seq_parse(offsets[i].metadata) };
	hub_arena_free(arena);
	free(offsets);
	return r;
}

static int ask_ends(struct hub_runtime *runtime, struct partition *partition, struct hub_error *reterr)
{
	const struct hub_kafka_port *kafka = runtime->kafka;
	struct hub_topic_partition changelog = { runtime->topics->state, partition->id };
	int r = kafka->watermarks(
	        kafka->user, changelog, &partition->restore_low, &partition->restore_to, reterr);
	partition->restore_next = partition->restore_low;
	for (uint32_t topic = 0; r == 0 && topic < runtime->topics->input_count; topic++) {
		struct hub_topic_partition at = { (int32_t)topic, partition->id };
		r = kafka->watermarks(kafka->user, at, &partition->sources[topic].low,
		        &partition->sources[topic].high, reterr);
	}
	return r;
}

int hub_runtime_ask_positions(struct hub_runtime *runtime, struct hub_error *reterr)
{
	struct hub_topic_partition registry = { runtime->topics->registry, 0 };
	int64_t low;
	int r = ask_committed(runtime, reterr);
	for (uint32_t i = 0; r == 0 && i < runtime->count; i++)
		r = ask_ends(runtime, runtime->partitions[i], reterr);
	if (r == 0)
		r = runtime->kafka->watermarks(
		        runtime->kafka->user, registry, &low, &runtime->registry_to, reterr);
	if (r < 0)
		return r;
	runtime->registry_read = runtime->registry_next >= runtime->registry_to;
	for (uint32_t i = 0; i < runtime->count; i++)
		if (runtime->partitions[i]->restore_low == runtime->partitions[i]->restore_to)
			hub_runtime_on_changelog_read(runtime, runtime->partitions[i]);
	r = hub_runtime_read_changelogs(runtime, reterr);
	if (r < 0)
		return r;
	runtime->faults = 0;
	runtime->stage = STAGE_RESTORING;
	return 0;
}
