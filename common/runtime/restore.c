/* A partition's state is the fold of its changelog (I-3), read read_committed until an EOF at or past the
 * high watermark that was asked at assignment. Then its position is held against the committed offsets. */
#include "runtime/inside.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void hub_partition_stop(struct hub_runtime *runtime, struct partition *partition, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(partition->reason, sizeof(partition->reason), format, args);
	va_end(args);
	partition->phase = PHASE_STOPPED;
	runtime->reassign = true;
	hub_runtime_tell(runtime, HUB_NOTICE_STOPPED, 0, partition->id, -1, "%s", partition->reason);
}

static struct partition *restoring(struct hub_runtime *runtime, int32_t id)
{
	if (runtime->stage != STAGE_RESTORING || id < 0 || id >= runtime->partition_count)
		return NULL;
	struct partition *partition = runtime->by_id[id];
	return partition && !partition->restored ? partition : NULL;
}

static int fold(struct hub_runtime *runtime, struct partition *partition, const struct hub_kafka_event *event,
        struct hub_error *reterr)
{
	struct hub_str value = event->has_value ? event->value : HUB_STR("");
	if (!hub_str_eq(event->key, HUB_POSITION_KEY))
		return hub_table_fold(partition->table, event->key, value, reterr);
	int r = hub_position_decode(value, runtime->topics, &partition->position, reterr);
	if (r < 0)
		return r;
	partition->found_position = true;
	partition->restored_at = event->offset;
	partition->restored_ms = event->timestamp_ms;
	return 0;
}

void hub_runtime_on_state_record(struct hub_runtime *runtime, const struct hub_kafka_event *event)
{
	struct hub_error error = { 0 };
	struct partition *partition = restoring(runtime, event->at.partition);
	if (!partition || event->offset < partition->restore_next)
		return;
	partition->restore_next = event->offset + 1;
	if (fold(runtime, partition, event, &error) < 0 && partition->fold_error.code == HUB_OK)
		hub_error_set(&partition->fold_error, HUB_E_INVALID, "",
		        "state record at offset %" PRId64 ": %s", event->offset, error.text);
}

void hub_runtime_on_changelog_read(struct hub_runtime *runtime, struct partition *partition)
{
	double seconds = (double)(hub_runtime_us(runtime) - runtime->assigned_at_us) / 1e6;
	partition->restored = true;
	hub_runtime_tell(runtime, HUB_NOTICE_RESTORED, runtime->topics->state, partition->id,
	        partition->restored_at, "%zu records, %zu bytes in %.3f s", hub_table_count(partition->table),
	        hub_table_bytes(partition->table), seconds);
	if (runtime->observer.restored)
		runtime->observer.restored(runtime->observer.user, partition->id, seconds);
}

void hub_runtime_on_state_eof(struct hub_runtime *runtime, const struct hub_kafka_event *event)
{
	struct partition *partition = restoring(runtime, event->at.partition);
	if (!partition)
		return;
	/* An earlier one is the last stable offset: a transaction is open there, and it may become state. */
	partition->held_up = event->offset < partition->restore_to;
	if (!partition->held_up)
		hub_runtime_on_changelog_read(runtime, partition);
}

/* Where each input is read from. A log that was cut before we read it, or begun anew, is not for us to decide
 * about. */
static int find_starts(struct hub_runtime *runtime, struct partition *partition, struct hub_error *reterr)
{
	for (uint32_t topic = 0; topic < runtime->topics->input_count; topic++) {
		const struct source *source = &partition->sources[topic];
		int64_t *next = &partition->position.next[topic];
		if (*next == HUB_OFFSET_NONE)
			*next = source->low;
		if (*next < source->low)
			return hub_error_set(reterr, HUB_E_INVALID, "",
			        "%s was cut: the next offset is %" PRId64 ", its log starts at %" PRId64,
			        runtime->topics->names[topic], *next, source->low);
		if (*next > source->high)
			return hub_error_set(reterr, HUB_E_INVALID, "",
			        "%s is shorter than what was read: the next offset is %" PRId64
			        ", its log ends at %" PRId64,
			        runtime->topics->names[topic], *next, source->high);
	}
	return 0;
}

static int check(struct hub_runtime *runtime, struct partition *partition, struct hub_error *reterr)
{
	struct hub_committed committed[HUB_INPUTS_MAX];
	if (partition->position.state_version > runtime->core->state_version)
		return hub_error_set(reterr, HUB_E_INVALID, "",
		        "its state has version %" PRId32 ", this program knows %" PRId32
		        ": start the newer program, a version never falls (I-9)",
		        partition->position.state_version, runtime->core->state_version);
	if (partition->fold_error.code != HUB_OK) {
		*reterr = partition->fold_error;
		return HUB_E_INVALID;
	}
	for (uint32_t topic = 0; topic < runtime->topics->input_count; topic++)
		committed[topic] = partition->sources[topic].committed;
	int r = hub_position_check(&partition->position, partition->found_position,
	        hub_table_count(partition->table) == 0, committed, runtime->topics, reterr);
	return r < 0 ? r : find_starts(runtime, partition, reterr);
}

bool hub_runtime_restored(struct hub_runtime *runtime)
{
	for (uint32_t i = 0; i < runtime->count; i++)
		if (!runtime->partitions[i]->restored)
			return false;
	if (!runtime->registry_read)
		return false;
	for (uint32_t i = 0; i < runtime->count; i++) {
		struct partition *partition = runtime->partitions[i];
		struct hub_error error = { 0 };
		if (partition->phase != PHASE_RESTORING)
			continue;
		if (check(runtime, partition, &error) < 0) {
			hub_partition_stop(runtime, partition, "%s%s%s", error.place,
			        error.place[0] ? ": " : "", error.text);
			continue;
		}
		partition->phase = PHASE_RESTORED;
		partition->next = partition->position;
	}
	runtime->stage = STAGE_OPENING;
	return true;
}
