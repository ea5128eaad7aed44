#include "kafka.h"
#include "world.h"

#include "base/check.h"
#include "base/map.h"

#include <stdlib.h>

static struct entry *add(struct log *log)
{
	if (log->end == log->room) {
		log->room = log->room ? 2 * log->room : 256;
		log->entries = realloc(log->entries, (size_t)log->room * sizeof(*log->entries));
		hub_check(log->entries != NULL);
	}
	struct entry *entry = &log->entries[log->end++];
	*entry = (struct entry){ .writer = -1 };
	return entry;
}

static const struct hub_header *copy_headers(
        struct world *world, const struct hub_header *headers, uint32_t count)
{
	struct hub_header *copy = count ? hub_arena_alloc(world->arena, count * sizeof(*copy)) : NULL;
	for (uint32_t i = 0; copy && i < count; i++)
		copy[i] = (struct hub_header){ hub_arena_copy(world->arena, headers[i].name),
			hub_arena_copy(world->arena, headers[i].value) };
	return copy;
}

int64_t log_append(
        struct kafka *kafka, struct hub_topic_partition at, const struct hub_kafka_record *record, int writer)
{
	struct world *world = kafka->world;
	struct log *log = &kafka->logs[at.topic][at.partition];
	struct entry *entry = add(log);
	*entry = (struct entry){ .kind = ENTRY_RECORD,
		.writer = writer,
		.settled = writer < 0,
		.committed = writer < 0,
		.timestamp_ms = world_broker_ms(world),
		.key = hub_arena_copy(world->arena, record->key),
		.has_key = record->has_key,
		.value = hub_arena_copy(world->arena, record->value),
		.has_value = record->has_value,
		.headers = copy_headers(world, record->headers, record->header_count),
		.header_count = record->header_count };
	if (writer >= 0 && log->open[writer] < 0)
		log->open[writer] = log->end - 1;
	world_stir(world);
	return log->end - 1;
}

void log_mark(struct kafka *kafka, struct hub_topic_partition at, int producer, bool commit)
{
	struct log *log = &kafka->logs[at.topic][at.partition];
	for (int64_t i = log->open[producer]; i >= 0 && i < log->end; i++)
		if (log->entries[i].writer == producer)
			log->entries[i].settled = true;
	log->open[producer] = -1;
	struct entry *marker = add(log);
	marker->kind = commit ? ENTRY_COMMIT : ENTRY_ABORT;
	marker->settled = true;
	marker->timestamp_ms = world_broker_ms(kafka->world);
	world_stir(kafka->world);
}

int64_t log_stable_end(const struct log *log)
{
	int64_t end = log->end;
	for (int i = 0; i < PRODUCERS_MAX; i++)
		if (log->open[i] >= 0 && log->open[i] < end)
			end = log->open[i];
	return end;
}

bool log_is_visible(const struct entry *entry)
{
	return entry->kind == ENTRY_RECORD && entry->settled && entry->committed && !entry->compacted;
}

void log_retain(struct kafka *kafka, struct hub_topic_partition at, int64_t before)
{
	struct log *log = &kafka->logs[at.topic][at.partition];
	if (log->start < before)
		log->start = before;
}

/* The newest entry of each key stays, and the newest of all; tombstones go when they are old. As in Kafka, nothing at
 * or past the last stable offset is touched. */
void log_compact(struct kafka *kafka, struct hub_topic_partition at, int64_t delete_before_ms)
{
	struct log *log = &kafka->logs[at.topic][at.partition];
	struct hub_map *newer = hub_map_new();
	int64_t end = log_stable_end(log);
	for (int64_t i = end - 1; i >= 0; i--) {
		struct entry *entry = &log->entries[i];
		if (entry->kind != ENTRY_RECORD || entry->compacted)
			continue;
		if (!entry->committed || hub_map_get(newer, entry->key))
			entry->compacted = true;
		else
			hub_map_put(newer, entry->key, entry);
		if (!entry->has_value && entry->timestamp_ms < delete_before_ms && i < end - 1)
			entry->compacted = true;
	}
	hub_map_free(newer);
}
