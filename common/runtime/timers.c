/* Timers are state; the owner fires them. By the wall clock one that is due at D fires only after every input
 * of its partition has been read past the high watermark that was asked at a time >= D, so an answer that was
 * sent in time is never overtaken. By the stream's clock those that are due before an input fire before it.
 */
#include "runtime/inside.h"

#include <inttypes.h>

enum { ASK_EVERY_US = 1000 * 1000 };

/* Only what is decided counts as read: called when no gathered input is left. */
static bool read_past_marks(const struct hub_runtime *runtime, const struct partition *partition)
{
	for (uint32_t topic = 0; topic < runtime->topics->input_count; topic++) {
		const struct source *source = &partition->sources[topic];
		int64_t next =
		        partition->touched ? partition->next.next[topic] : partition->position.next[topic];
		if (next < source->mark && source->eof < source->mark)
			return false;
	}
	return true;
}

static bool ask(struct hub_runtime *runtime, struct partition *partition)
{
	const struct hub_kafka_port *kafka = runtime->kafka;
	struct hub_error error = { 0 };
	int64_t asked_ms = hub_runtime_wall_ms(runtime), low;
	int r = 0;
	for (uint32_t topic = 0; r == 0 && topic < runtime->topics->input_count; topic++) {
		struct hub_topic_partition at = { (int32_t)topic, partition->id };
		r = kafka->watermarks(kafka->user, at, &low, &partition->sources[topic].mark, &error);
	}
	partition->next_ask_us = hub_runtime_us(runtime) + ASK_EVERY_US;
	partition->asked_ms = r == 0 ? asked_ms : INT64_MIN;
	if (r < 0)
		hub_runtime_tell(runtime, HUB_NOTICE_RETRY, 0, partition->id, -1,
		        "timers wait for the inputs' ends: %s", error.text);
	return r == 0;
}

static bool wants_marks(struct hub_runtime *runtime, struct partition *partition, int64_t now_ms)
{
	struct hub_timer timer;
	if (now_ms < partition->asked_ms)
		partition->asked_ms = INT64_MIN; /* the clock was set back: what was later is earlier now */
	return partition->phase == PHASE_RESTORED && hub_table_first_timer(partition->table, &timer) &&
	       timer.due_at_ms <= now_ms && partition->asked_ms < timer.due_at_ms &&
	       hub_runtime_us(runtime) >= partition->next_ask_us;
}

/* A question that fails has waited for seconds: the other partitions have their turn at the next steps, and what can be decided is
 * decided between. */
void hub_runtime_ask_marks(struct hub_runtime *runtime)
{
	int64_t now_ms = hub_runtime_wall_ms(runtime);
	for (uint32_t i = 0; i < runtime->count; i++) {
		struct partition *partition = runtime->partitions[runtime->ask_turn++ % runtime->count];
		if (wants_marks(runtime, partition, now_ms) && !ask(runtime, partition))
			return;
	}
}

int64_t hub_runtime_timer_wait_us(struct hub_runtime *runtime, int64_t most_us)
{
	int64_t wait = most_us, now_ms = hub_runtime_wall_ms(runtime), now_us = hub_runtime_us(runtime);
	for (uint32_t i = 0; runtime->options.clock_kind == HUB_CLOCK_WALL && i < runtime->count; i++) {
		const struct partition *partition = runtime->partitions[i];
		struct hub_timer timer;
		if (partition->phase != PHASE_RESTORED || !hub_table_first_timer(partition->table, &timer))
			continue;
		int64_t until = (timer.due_at_ms - now_ms) * 1000;
		if (until <= 0 && partition->asked_ms < timer.due_at_ms)
			until = partition->next_ask_us - now_us;
		else if (until <= 0 && !read_past_marks(runtime, partition))
			continue; /* the inputs that it waits for end the wait */
		if (until < wait)
			wait = until < 0 ? 0 : until;
	}
	return wait;
}

static bool moved(const struct partition *partition, const struct hub_timer *fired, int64_t now_ms)
{
	struct hub_timer first;
	return !hub_table_first_timer(partition->table, &first) || first.due_at_ms > now_ms ||
	       !hub_str_eq(first.entity, fired->entity) || !hub_str_eq(first.name, fired->name);
}

/* Whether the first timer may be fired now. */
static bool may_fire(struct hub_runtime *runtime, struct partition *partition, const struct hub_timer *timer)
{
	enum hub_caution caution = hub_caution_timer(runtime, partition, timer);
	if (caution == HUB_CAUTION_CRASHED)
		hub_partition_stop(runtime, partition,
		        "timer %.*s of %.*s crashed the process, the second time when it was fired alone "
		        "(I-6)",
		        HUB_STR_ARG(timer->name), HUB_STR_ARG(timer->entity));
	return caution == HUB_CAUTION_GO;
}

static void note_span(struct hub_runtime *runtime, const struct partition *partition,
        const struct hub_timer *timer, uint32_t decisions)
{
	const struct hub_span_notice span = {
		.record = hub_arena_printf(runtime->outgoing.arena, "%.*s", HUB_STR_ARG(timer->name)).data,
		.partition = partition->id,
		.offset = -1,
		.decisions = decisions,
	};
	if (span.record)
		hub_trace_note(runtime, &span);
}

/* Fires the first timer, in the memory of whatever was decided before. False: the partition was stopped. */
static bool fire(struct hub_runtime *runtime, struct partition *partition, struct hub_timer timer)
{
	struct hub_arena *arena = runtime->outgoing.deciding;
	struct hub_effects effects;
	struct hub_error error = { 0 };
	size_t mark = hub_table_mark(partition->table);
	hub_partition_touch(runtime, partition);
	hub_arena_reset(arena);
	timer.entity = hub_arena_copy(arena, timer.entity); /* the table's; firing changes it */
	timer.name = hub_arena_copy(arena, timer.name);
	int64_t now_ms = partition->next.clock_ms;
	hub_effects_init(&effects, arena);
	runtime->core->fire(
	        partition->table, hub_policies_on(&runtime->policies, now_ms), &timer, now_ms, &effects);
	int r = 0;
	if (effects.dead_reason)
		r = hub_error_set(&error, HUB_E_INVALID, "", "it was refused: %s", effects.dead_reason);
	else if (!moved(partition, &timer, now_ms))
		r = hub_error_set(&error, HUB_E_INVALID, "", "it was neither removed nor moved");
	hub_envelope_of_timer(runtime, partition, &timer, now_ms, &effects);
	if (r == 0)
		r = hub_runtime_accept(runtime, partition, mark, &effects, &error);
	if (r == 0) {
		runtime->outgoing.timers++;
		note_span(runtime, partition, &timer, effects.count);
		if (runtime->observer.timer)
			runtime->observer.timer(
			        runtime->observer.user, (double)(now_ms - timer.due_at_ms) / 1000);
		return true;
	}
	/* There is no input to dead-letter: a program that cannot decide its own timer must not decide at
	 * all. */
	hub_table_rollback(partition->table, mark);
	hub_partition_stop(runtime, partition, "timer %.*s of %.*s: %s", HUB_STR_ARG(timer.name),
	        HUB_STR_ARG(timer.entity), error.text);
	return false;
}

static void fire_partition(struct hub_runtime *runtime, struct partition *partition)
{
	struct hub_timer timer;
	int64_t clock = partition->touched ? partition->next.clock_ms : partition->position.clock_ms;
	int64_t now_ms = runtime->now_ms > clock ? runtime->now_ms : clock;
	for (uint32_t n = 0; n < runtime->options.batch_timers; n++) {
		if (!hub_table_first_timer(partition->table, &timer) || timer.due_at_ms > now_ms ||
		        timer.due_at_ms > partition->asked_ms || hub_runtime_transaction_full(runtime))
			return;
		if (!may_fire(runtime, partition, &timer))
			return;
		hub_partition_touch(runtime, partition);
		partition->next.clock_ms = now_ms;
		if (!fire(runtime, partition, timer))
			return;
	}
}

void hub_runtime_fire_due(struct hub_runtime *runtime)
{
	hub_runtime_ask_marks(runtime);
	for (uint32_t i = 0; i < runtime->count; i++) {
		struct partition *partition = runtime->partitions[i];
		if (partition->phase == PHASE_RESTORED && partition->asked_ms != INT64_MIN &&
		        read_past_marks(runtime, partition))
			fire_partition(runtime, partition);
	}
}

bool hub_runtime_fire_before(struct hub_runtime *runtime, struct partition *partition, int64_t before_ms)
{
	struct hub_timer timer;
	while (hub_table_first_timer(partition->table, &timer) && timer.due_at_ms < before_ms) {
		if (hub_runtime_transaction_full(runtime))
			return false;
		if (!may_fire(runtime, partition, &timer))
			return partition->phase == PHASE_STOPPED;
		hub_partition_touch(runtime, partition);
		if (partition->next.clock_ms < timer.due_at_ms)
			partition->next.clock_ms = timer.due_at_ms;
		if (!fire(runtime, partition, timer))
			return true; /* it was stopped */
	}
	return true;
}
