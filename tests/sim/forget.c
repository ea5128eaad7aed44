#include "forget.h"

#include "world.h"

enum { DELETE_RETENTION_MS = 24 * 3600 * 1000, RETENTION_MS = 2 * 3600 * 1000 };

void forget_by_compaction(struct world *world, int32_t partition)
{
	struct kafka *kafka = &world->kafka;
	/* Nobody reads so slowly that a tombstone is gone before it was read: delete.retention.ms is a day. */
	for (int i = 0; i < INSTANCES_MAX; i++)
		for (uint32_t k = 0; k < world->instances[i].client.reading_count; k++)
			if (world->instances[i].client.reading[k].at.topic == kafka->state)
				return;
	log_compact(kafka, (struct hub_topic_partition){ kafka->state, partition },
	        world_broker_ms(world) - DELETE_RETENTION_MS);
}

/* Retention takes what is old, in this world no input that is not decided: time may pass in one leap, with nobody up. */
static int64_t old_until(const struct world *world, struct hub_topic_partition at)
{
	const struct log *log = &world->kafka.logs[at.topic][at.partition];
	int64_t decided = world->check.partitions[at.partition].next[at.topic];
	int64_t before_ms = world_broker_ms(world) - RETENTION_MS, to = log->start;
	while (to < decided && log->entries[to].timestamp_ms < before_ms)
		to++;
	return to;
}

static int64_t all_of(const struct world *world, struct hub_topic_partition at)
{
	return log_stable_end(&world->kafka.logs[at.topic][at.partition]);
}

static void retain(
        struct world *world, int64_t (*until)(const struct world *world, struct hub_topic_partition at))
{
	for (int32_t t = 0; t < INPUTS; t++)
		for (int32_t p = 0; p < world->partitions; p++) {
			struct hub_topic_partition at = { t, p };
			log_retain(&world->kafka, at, until(world, at));
		}
}

void forget_what_is_old(struct world *world)
{
	retain(world, old_until);
}

void forget_all(struct world *world)
{
	struct kafka *kafka = &world->kafka;
	world_tell(world, "retention takes all inputs; the offsets of the second topic are forgotten");
	retain(world, all_of);
	for (int32_t p = 0; p < world->partitions; p++) {
		kafka->group.committed[1][p].next = HUB_OFFSET_NONE;
		kafka->group.committed[1][p].metadata = (struct hub_str){ NULL, 0 };
	}
}
