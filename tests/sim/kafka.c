#include "kafka.h"
#include "world.h"

#include "base/check.h"

#include <stdlib.h>

void kafka_init(struct kafka *kafka, struct world *world)
{
	*kafka = (struct kafka){ .world = world,
		.dice = dice_of(world->seed, 'K'),
		.topic_count = (int32_t)world->topics.count,
		.registry = world->topics.registry,
		.state = world->topics.state,
		.outputs = world->topics.outputs,
		.output_count = world->topics.output_count,
		.dead_letters = world->topics.dead_letters,
		.partitions = world->partitions };
	for (int t = 0; t < TOPICS_MAX; t++)
		for (int p = 0; p < PARTITIONS_MAX; p++)
			for (int i = 0; i < PRODUCERS_MAX; i++)
				kafka->logs[t][p].open[i] = -1;
	for (int t = 0; t < INPUTS; t++)
		for (int p = 0; p < PARTITIONS_MAX; p++)
			kafka->group.committed[t][p].next = HUB_OFFSET_NONE;
	hub_check(world->topics.input_count == INPUTS && world->topics.count <= TOPICS_MAX);
}

void kafka_done(struct kafka *kafka)
{
	for (int t = 0; t < TOPICS_MAX; t++)
		for (int p = 0; p < PARTITIONS_MAX; p++)
			free(kafka->logs[t][p].entries);
}

void kafka_tick(struct kafka *kafka)
{
	txn_tick(kafka);
	group_tick(kafka);
}

int64_t kafka_next_us(const struct kafka *kafka)
{
	int64_t txn = txn_next_us(kafka), group = group_next_us(kafka);
	return txn < group ? txn : group;
}
