#include "plan.h"

#include "kafka.h"
#include "redis.h"

#include <string.h>

enum { LEAST = 180, MOST_MORE = 260, KINDS_OF_EVENT = 22, KINDS_OF_NONSENSE = 14 };

static const char *const names[ACTS] = { "event", "repeat", "nonsense", "publisher's transaction", "registry",
	"kill", "stop", "pause", "rebalance", "broker fault", "broker away", "slow markers", "slow reading",
	"compaction", "redis away", "redis fault", "redis emptied", "redis replica kept",
	"redis replica promoted", "redis cut", "clock", "time", "look", "county deaf" };

const char *plan_act_name(enum act act)
{
	return names[act];
}

/* How often each kind happens in a run that has it, in thousandths; the rest are events. Most runs have some kinds
 * only: faults that are always there hide what needs a quiet world. */
static const uint32_t usual[ACTS] = {
	[ACT_AGAIN] = 60,
	[ACT_HOSTILE] = 40,
	[ACT_OPEN_TRANSACTION] = 12,
	[ACT_REGISTRY] = 8,
	[ACT_KILL] = 25,
	[ACT_STOP] = 10,
	[ACT_PAUSE] = 20,
	[ACT_REBALANCE] = 20,
	[ACT_KAFKA_FAULT] = 40,
	[ACT_KAFKA_AWAY] = 6,
	[ACT_SLOW_MARKERS] = 10,
	[ACT_STALL] = 12,
	[ACT_COMPACT] = 10,
	[ACT_REDIS_AWAY] = 8,
	[ACT_REDIS_FAULT] = 30,
	[ACT_REDIS_EMPTY] = 6,
	[ACT_REDIS_KEEP] = 10,
	[ACT_REDIS_STALE] = 6,
	[ACT_REDIS_CUT] = 8,
	[ACT_CLOCK] = 6,
	[ACT_LATER] = 15,
	[ACT_LOOK] = 30,
	[ACT_COUNTY_DEAF] = 8,
};

static enum act draw(struct dice *dice, const uint32_t weights[ACTS])
{
	uint32_t at = roll(dice, 1000);
	for (int i = 0; i < ACTS; i++) {
		if (at < weights[i])
			return (enum act)i;
		at -= weights[i];
	}
	return ACT_EVENT;
}

static void fill_fault(struct dice *dice, struct action *action)
{
	static const enum call calls[] = { CALL_COMMITTED, CALL_WATERMARKS, CALL_COUNT, CALL_INIT, CALL_BEGIN,
		CALL_PRODUCE, CALL_SEND_OFFSETS, CALL_COMMIT, CALL_COMMIT, CALL_COMMIT, CALL_COMMIT,
		CALL_ABORT };
	enum call call = calls[roll(dice, sizeof(calls) / sizeof(calls[0]))];
	action->b = call;
	action->c = FAULT_RETRY;
	action->d = 1 + roll(dice, 2);
	if ((call == CALL_PRODUCE || call == CALL_SEND_OFFSETS || call == CALL_COMMIT) && one_in(dice, 2))
		action->c = FAULT_ABORT;
	if (call == CALL_COMMIT && roll(dice, 3)) {
		action->c = FAULT_UNKNOWN_DONE + roll(dice, FAULTS - FAULT_UNKNOWN_DONE);
		action->d = 1;
	}
}

static uint32_t minutes(struct dice *dice)
{
	static const uint32_t some[] = { 30, 60, 61, 120, 180, 600, 3600, 4000, 20000, 90000 };
	return some[roll(dice, 10)];
}

static void fill(struct dice *dice, struct action *action)
{
	static const int32_t clocks[] = { 0, 0, 0, 800, -800, 20000, -20000, 200000, -200000, 500000 };
	action->a = roll(dice, 1u << 20);
	action->b = roll(dice, 1u << 20);
	action->c = roll(dice, 1u << 20);
	action->d = roll(dice, 1u << 20);
	switch (action->act) {
	case ACT_EVENT:
		action->a = roll(dice, KINDS_OF_EVENT);
		break;
	case ACT_HOSTILE:
		action->a = roll(dice, KINDS_OF_NONSENSE);
		break;
	case ACT_OPEN_TRANSACTION:
		action->b = roll(dice, 3000);
		action->c = roll(dice, 2);
		break;
	case ACT_KILL:
		action->b = roll(dice, 60);
		break;
	case ACT_PAUSE:
		action->b = roll(dice, 60);
		action->c = one_in(dice, 3) ? roll(dice, 1000) : 4000 + roll(dice, 9000);
		break;
	case ACT_KAFKA_FAULT:
		fill_fault(dice, action);
		break;
	case ACT_KAFKA_AWAY:
	case ACT_STALL:
	case ACT_REDIS_AWAY:
		action->b = roll(dice, 4000);
		break;
	case ACT_SLOW_MARKERS:
		action->b = roll(dice, 8000);
		break;
	case ACT_REDIS_FAULT:
		action->b = roll(dice, 4);
		action->c = 1 + roll(dice, REDIS_FAULTS - 1);
		break;
	case ACT_REDIS_CUT:
		action->b = 1 + roll(dice, 12);
		break;
	case ACT_CLOCK:
		action->b = (uint32_t)clocks[roll(dice, 10)];
		break;
	case ACT_LATER:
	case ACT_COUNTY_DEAF:
		action->b = minutes(dice);
		break;
	default:
		break;
	}
}

bool plan_is_about_instance(enum act act)
{
	return act == ACT_KILL || act == ACT_STOP || act == ACT_PAUSE || act == ACT_KAFKA_FAULT ||
	       act == ACT_STALL || act == ACT_REDIS_FAULT || act == ACT_CLOCK;
}

void plan_make(struct plan *plan, uint64_t seed)
{
	static const uint32_t batches[] = { 0, 0, 1, 2, 5, 20 };
	struct dice dice = dice_of(seed, 'P');
	uint32_t weights[ACTS], pace_ms = 20 + roll(&dice, 220);
	memset(plan, 0, sizeof(*plan));
	plan->seed = seed;
	plan->instances = 1 + roll(&dice, INSTANCES_MAX);
	plan->partitions = 1 + roll(&dice, PARTITIONS_MAX);
	plan->follow_inline = one_in(&dice, 4);
	plan->record_bytes = one_in(&dice, 4) ? 2500 : 0;
	plan->batch_events = batches[roll(&dice, 6)];
	plan->snapshot_records = 1 + roll(&dice, 40);
	plan->batch_timers = one_in(&dice, 4) ? 1 + roll(&dice, 3) : 0;
	for (int i = 0; i < ACTS; i++)
		weights[i] = one_in(&dice, 2) ? 0 : usual[i] * (1 + roll(&dice, 2));
	plan->count = LEAST + roll(&dice, MOST_MORE);
	int64_t at_us = 2 * 1000 * 1000;
	for (uint32_t i = 0; i < plan->count; i++) {
		struct action *action = &plan->actions[i];
		action->act = draw(&dice, weights);
		fill(&dice, action);
		if (plan_is_about_instance(action->act))
			action->a %= plan->instances;
		at_us += one_in(&dice, 4) ? roll(&dice, 4 * pace_ms) * 1000 : roll(&dice, pace_ms) * 1000;
		action->at_us = at_us;
		if (action->act == ACT_LATER)
			at_us += (int64_t)action->b * 1000 * 1000;
	}
	plan->end_us = at_us;
}

void plan_make_quiet(struct plan *plan, uint64_t seed, uint32_t events, enum act act, uint32_t call)
{
	plan_make(plan, seed);
	plan->instances = plan->partitions = 2;
	plan->follow_inline = false;
	for (uint32_t i = 1; i < plan->count; i++) {
		struct action *action = &plan->actions[i];
		action->off = action->act != ACT_EVENT || events == 0;
		events -= !action->off;
	}
	plan->actions[0] = (struct action){ .act = act, .at_us = 1100 * 1000, .b = call, .c = 9000 };
}

/* ---- in words */

static const char *const call_words[CALLS] = { "", "poll", "committed", "watermarks", "partition_count",
	"init_transactions", "begin", "produce", "send_offsets", "commit", "abort" };

static const char *const fault_words[FAULTS] = { "", "no answer", "an abort is wanted",
	"done, but the answer is lost", "lost on its way", "late, and its answer lost",
	"done; a copy of it arrives later" };

static const char *const redis_words[REDIS_FAULTS] = { "", "the connection breaks before it arrives",
	"the connection breaks before the answer", "one command inside fails",
	"somebody touches the fence before" };

static void print_rest(const struct action *action, FILE *out)
{
	switch (action->act) {
	case ACT_REDIS_AWAY:
		fprintf(out, "Redis is away for %u ms", action->b);
		break;
	case ACT_REDIS_FAULT:
		fprintf(out, "instance %u's write %u to Redis from now: %s", action->a, action->b + 1,
		        redis_words[action->c]);
		break;
	case ACT_REDIS_CUT:
		fprintf(out, "Redis restarts without its last %u writes", action->b);
		break;
	case ACT_CLOCK:
		fprintf(out, "the wall clock of instance %u is now %d ms off", action->a, (int32_t)action->b);
		break;
	case ACT_LATER:
		fprintf(out, "%u s pass", action->b);
		break;
	case ACT_COUNTY_DEAF:
		fprintf(out, "the counties of partition %u (of as many as there are) hear no other for %u s",
		        action->a, action->b);
		break;
	case ACT_OPEN_TRANSACTION:
		fprintf(out, "a publisher's transaction is open for %u ms%s", action->b,
		        action->c ? ", and aborted" : "");
		break;
	case ACT_EVENT:
	case ACT_HOSTILE:
		fprintf(out, "%s (kind %u)", names[action->act], action->a);
		break;
	default:
		fprintf(out, "%s", names[action->act]);
		break;
	}
}

void plan_print(const struct action *action, int64_t at_us, FILE *out)
{
	fprintf(out, "%12.6f  * ", (double)at_us / 1e6);
	switch (action->act) {
	case ACT_KILL:
		fprintf(out, "instance %u is killed at its call %u from now", action->a, action->b + 1);
		break;
	case ACT_PAUSE:
		fprintf(out, "instance %u is paused for %u ms at its call %u from now", action->a, action->c,
		        action->b + 1);
		break;
	case ACT_STOP:
		fprintf(out, "instance %u is stopped in order", action->a);
		break;
	case ACT_STALL:
		fprintf(out, "instance %u reads no input for %u ms", action->a, action->b);
		break;
	case ACT_KAFKA_FAULT:
		fprintf(out, "instance %u's next %s: %s, %u time(s)", action->a, call_words[action->b],
		        fault_words[action->c], action->d);
		break;
	case ACT_KAFKA_AWAY:
		fprintf(out, "the brokers are away for %u ms", action->b);
		break;
	case ACT_SLOW_MARKERS:
		fprintf(out, "markers take seconds, for %u ms", action->b);
		break;
	default:
		print_rest(action, out);
		break;
	}
	fputc('\n', out);
}
