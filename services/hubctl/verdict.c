#include "hubctl/verdict_inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name, *meaning;
} doubts[] = {
	[HUBCTL_DOUBT_LOST] = { "lost",
	        "an input that was committed has neither a decision nor a dead letter" },
	[HUBCTL_DOUBT_DOUBLED] = { "doubled", "an input was decided or dead-lettered more than once" },
	[HUBCTL_DOUBT_TORN] = { "torn", "not all decisions of one input or timer are there" },
	[HUBCTL_DOUBT_ORDER] = { "order", "decided after what came later" },
	[HUBCTL_DOUBT_TIMER] = { "timer", "a timer fired twice" },
	[HUBCTL_DOUBT_SOURCE] = { "source",
	        "a decision or dead letter that does not come from an input or timer" },
	[HUBCTL_DOUBT_ENDED] = { "ended", "a referral ended more than once (I-5)" },
	[HUBCTL_DOUBT_SLOTS] = { "slots", "the slots of a session do not add up (I-4)" },
	[HUBCTL_DOUBT_POSITION] = { "position", "state and committed offsets disagree" },
};

const char *hubctl_doubt_name(enum hubctl_doubt doubt)
{
	return doubts[doubt].name;
}

const char *hubctl_doubt_meaning(enum hubctl_doubt doubt)
{
	return doubts[doubt].meaning;
}

static bool make_marks(struct hubctl_verdict *verdict)
{
	for (int32_t p = 0; p < verdict->partitions; p++) {
		int64_t inputs = verdict->audited[p].committed - verdict->audited[p].low;
		verdict->first_seen[p] = -1;
		verdict->marks[p] = calloc(inputs > 0 ? (size_t)inputs / 2 + 1 : 1, 1);
		if (!verdict->marks[p])
			return false;
	}
	for (size_t i = 0; i < hubctl_verdict_lanes(verdict); i++)
		verdict->lanes[i].last_offset = verdict->lanes[i].last_seq = -1;
	return true;
}

struct hubctl_verdict *hubctl_verdict_new(const struct hubctl_verdict_topics *topics,
        struct hubctl_audited *audited, int32_t partitions, uint32_t keep, struct hub_arena *arena)
{
	struct hubctl_verdict *verdict = calloc(1, sizeof(*verdict));
	size_t count = (size_t)partitions;
	if (!verdict)
		return NULL;
	verdict->topics = *topics;
	verdict->audited = audited;
	verdict->partitions = partitions;
	verdict->keep = keep;
	verdict->arena = arena;
	verdict->marks = calloc(count + 1, sizeof(uint8_t *));
	verdict->first_seen = calloc(count + 1, sizeof(int64_t));
	verdict->lanes = calloc(hubctl_verdict_lanes(verdict) + 1, sizeof(struct lane));
	verdict->pending = calloc(count + 1, sizeof(struct pending));
	verdict->sessions = hub_map_new();
	verdict->doubtful = hub_arena_alloc(arena, ((size_t)keep + 1) * sizeof(struct hubctl_doubtful));
	if (verdict->marks && verdict->first_seen && verdict->lanes && verdict->pending &&
	        verdict->sessions && verdict->doubtful && make_marks(verdict))
		return verdict;
	hubctl_verdict_free(verdict);
	return NULL;
}

void hubctl_verdict_free(struct hubctl_verdict *verdict)
{
	if (!verdict)
		return;
	for (int32_t p = 0; verdict->marks && p < verdict->partitions; p++)
		free(verdict->marks[p]);
	hubctl_verdict_free_slots(verdict);
	hub_map_free(verdict->sessions);
	hubctl_numbers_done(&verdict->timers);
	hubctl_numbers_done(&verdict->ended);
	hubctl_numbers_done(&verdict->holders);
	hubctl_numbers_done(&verdict->unfinished_by_id);
	hubctl_numbers_done(&verdict->dead_transfers);
	free(verdict->marks);
	free(verdict->first_seen);
	free(verdict->lanes);
	free(verdict->pending);
	free(verdict);
}

void hubctl_verdict_doubt(struct hubctl_verdict *verdict, enum hubctl_doubt doubt, const char *topic,
        int32_t partition, int64_t offset, int32_t input_partition, struct hub_str why)
{
	verdict->counts[doubt]++;
	if (input_partition >= 0 && input_partition < verdict->partitions)
		verdict->audited[input_partition].doubts++;
	if (verdict->doubtful_count < verdict->keep)
		verdict->doubtful[verdict->doubtful_count++] = (struct hubctl_doubtful){ doubt, topic,
			partition, offset, hub_arena_copy(verdict->arena, why) };
}

void hubctl_verdict_say(struct hubctl_verdict *verdict, enum hubctl_doubt doubt, const char *topic,
        int32_t partition, int64_t offset, int32_t input_partition, const char *format, ...)
{
	char why[512];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	size_t kept = len < 0 ? 0 : (size_t)len < sizeof(why) ? (size_t)len : sizeof(why) - 1;
	hubctl_verdict_doubt(verdict, doubt, topic, partition, offset, input_partition,
	        (struct hub_str){ why, (uint32_t)kept });
}

bool hubctl_verdict_finish(struct hubctl_verdict *verdict)
{
	hubctl_verdict_finish_sets(verdict);
	hubctl_verdict_finish_slots(verdict);
	return !verdict->out_of_memory;
}

uint64_t hubctl_verdict_count(const struct hubctl_verdict *verdict, enum hubctl_doubt doubt)
{
	return verdict->counts[doubt];
}

const struct hubctl_doubtful *hubctl_verdict_doubtful(
        const struct hubctl_verdict *verdict, uint32_t *ret_count)
{
	*ret_count = verdict->doubtful_count;
	return verdict->doubtful;
}

struct hubctl_verdict_sums hubctl_verdict_sums(const struct hubctl_verdict *verdict)
{
	struct hubctl_verdict_sums sums = { .ended = verdict->ended.count };
	for (const struct session *session = verdict->first_session; session; session = session->next) {
		if (!session->exists)
			continue;
		sums.sessions++;
		sums.held += (uint64_t)session->held;
		sums.used += (uint64_t)session->used_referred;
		sums.booked += (uint64_t)session->used_own;
	}
	return sums;
}
