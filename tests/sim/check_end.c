/* When there are no more faults, everything must mend itself; this is how it looks then. */
#include "check.h"
#include "world.h"

#include <stdio.h>

/* The newest input that should be decided is before it. */
static int64_t inputs_end(const struct log *log)
{
	int64_t end = log->end;
	while (end > 0 && !log_is_visible(&log->entries[end - 1]))
		end--;
	return end;
}

static const char *fact_words(struct check *check, const struct fact *fact, int64_t now_ms)
{
	struct hub_str words = hub_arena_printf(check->world->arena, "a timer of %.*s is overdue by %lld ms",
	        HUB_STR_ARG(fact->key), (long long)(now_ms - fact->due_ms));
	return words.data;
}

/* NULL, or what is missing. */
static const char *missing(struct check *check, int32_t p)
{
	struct world *world = check->world;
	struct checked_partition *partition = &check->partitions[p];
	int64_t live_at, now_ms = world_broker_ms(world);
	for (int topic = 0; topic < INPUTS; topic++) {
		const struct log *log = &world->kafka.logs[topic][p];
		if (partition->next[topic] < inputs_end(log))
			return "inputs are not decided";
		if (partition->next[topic] < log_stable_end(log))
			return "the end of an input is not passed: retention would take what the position "
			       "stands at";
	}
	for (uint32_t i = 0; i < partition->count; i++)
		if (partition->all[i]->kind != FACT_NONE && partition->all[i]->due_ms < now_ms - 3000)
			return fact_words(check, partition->all[i], now_ms);
	if (!partition->has_position)
		return "nobody ever had it";
	for (int topic = 0; topic < INPUTS; topic++)
		if (world->kafka.group.committed[topic][p].next != partition->next[topic])
			return "a committed offset is not the position";
	if (!check_hot(check, p, &live_at))
		return "its hot state is not LIVE";
	if (live_at != partition->position_at)
		return "its hot state is behind";
	return NULL;
}

bool check_is_quiet(struct check *check)
{
	for (int i = 0; i < PRODUCERS_MAX; i++)
		if (check->world->kafka.producers[i].state != PRODUCER_EMPTY)
			return false;
	for (int32_t p = 0; p < check->world->partitions; p++)
		if (missing(check, p))
			return false;
	return true;
}

void check_end(struct check *check)
{
	for (int32_t p = 0; p < check->world->partitions; p++) {
		const char *what = missing(check, p);
		if (what)
			check_failed(check->world, "partition %d, long after the last fault: %s", p, what);
	}
	if (!check_is_quiet(check))
		check_failed(check->world, "long after the last fault a transaction is still open");
}
