/* An input that cannot be decided goes to the daemon's dead-letter topic in the same transaction, bytes and headers untouched
 * (also its trace's), with the reason, and the span in which it was refused, in headers of its own. What the input brought under
 * their names, hub_dlq_*, is left out: a sender does not say where a letter came from. Of one that is larger than an input may be
 * only the reason and how large it was are kept: hub_dlq_left_out. */
#include "runtime/inside.h"

#include "base/check.h"
#include "effects/dead_letters.h"

#include <inttypes.h>
#include <stdlib.h>

enum { DLQ_HEADERS = 10, TOLD_MAX = 20 /* of one transaction; the metric counts all */ };

static void note_reason(struct outgoing *outgoing, const char *reason)
{
	if (outgoing->reason_count == outgoing->reason_room) {
		outgoing->reason_room = outgoing->reason_room ? outgoing->reason_room * 2 : 16;
		outgoing->reasons = realloc(outgoing->reasons, outgoing->reason_room * sizeof(const char *));
		hub_check(outgoing->reasons != NULL);
	}
	outgoing->reasons[outgoing->reason_count++] = reason;
}

static struct hub_str number(struct hub_arena *arena, int64_t value)
{
	return hub_arena_printf(arena, "%" PRId64, value);
}

void hub_runtime_dead_letter(
        struct hub_runtime *runtime, const struct input *input, const char *reason, struct hub_str detail)
{
	struct hub_arena *arena = runtime->outgoing.arena;
	/* The last one only where something was left out. */
	uint32_t own = input->weight > INPUT_BYTES ? DLQ_HEADERS : DLQ_HEADERS - 1;
	hub_check(
	        hub_dead_letter_reason(hub_str_from(reason)) != NULL); /* so that operators find its remedy */
	struct hub_header *headers = hub_arena_alloc(arena, (input->header_count + own) * sizeof(*headers));
	const struct hub_header ours[DLQ_HEADERS] = {
		{ HUB_STR("hub_dlq_reason"), hub_str_from(reason) },
		{ HUB_STR("hub_dlq_detail"), hub_arena_copy(arena, detail) },
		{ HUB_STR("hub_dlq_topic"), hub_str_from(runtime->topics->names[input->topic]) },
		{ HUB_STR("hub_dlq_partition"), number(arena, input->partition->id) },
		{ HUB_STR("hub_dlq_offset"), number(arena, input->offset) },
		{ HUB_STR("hub_dlq_timestamp"), number(arena, input->timestamp_ms) },
		{ HUB_STR("hub_dlq_daemon"), hub_str_from(runtime->core->name) },
		{ HUB_STR("hub_dlq_version"), hub_str_from(runtime->options.version) },
		{ HUB_STR("hub_dlq_traceparent"), runtime->outgoing.tracing.parent },
		{ HUB_STR("hub_dlq_left_out"), number(arena, (int64_t)input->weight) },
	};
	struct hub_kafka_record *record = hub_outgoing_add(&runtime->outgoing);
	record->to.topic = runtime->topics->dead_letters;
	record->to.partition = input->partition->id % runtime->dead_letter_partitions;
	record->key = input->key;
	record->has_key = input->has_key;
	record->value = input->value;
	record->has_value = input->has_value;
	if (headers) {
		uint32_t kept = 0;
		for (uint32_t i = 0; i < input->header_count; i++)
			if (!hub_dead_letter_owns(input->headers[i].name))
				headers[kept++] = input->headers[i];
		memcpy(headers + kept, ours, own * sizeof(*ours));
		record->headers = headers;
		record->header_count = kept + own;
	}
	note_reason(&runtime->outgoing, reason);
	if (runtime->outgoing.reason_count > TOLD_MAX)
		return; /* a flood of rubbish is no reason to flood the log */
	hub_runtime_tell(runtime, HUB_NOTICE_DEAD_LETTER, input->topic, input->partition->id, input->offset,
	        "%s: %.*s", reason, HUB_STR_ARG(detail));
}
