/* One transaction: outputs and dead letters, the changed state, last the PartitionPosition of each touched
 * partition, and the next offsets of all its inputs, moved or not (without them Kafka would not check that we
 * are still in the group).
 *
 * Its end is one of: committed; aborted, so nothing happened, and memory is taken back; unknown, so the
 * process ends. */
#include "runtime/inside.h"

#include "base/check.h"

#include <stdlib.h>

enum { RETRY_MIN_US = 5 * 1000, RETRY_MAX_US = 500 * 1000, GIVE_UP_US = 60 * 1000 * 1000 };

/* One call of the port that is repeated while it says RETRY. */
struct attempt {
	struct hub_runtime *runtime;
	int64_t until_us;
	int64_t pause_us;
};

static struct attempt attempt_of(struct hub_runtime *runtime)
{
	return (struct attempt){ runtime, hub_runtime_us(runtime) + GIVE_UP_US, RETRY_MIN_US };
}

static bool again(struct attempt *attempt, int r)
{
	const struct hub_clock_port *clock = attempt->runtime->options.clock;
	if (r != HUB_E_RETRY || hub_runtime_us(attempt->runtime) >= attempt->until_us)
		return false;
	clock->sleep_us(clock->user, attempt->pause_us + clock->random(clock->user) % attempt->pause_us);
	if (attempt->pause_us < RETRY_MAX_US)
		attempt->pause_us *= 2;
	return true;
}

static int produce(
        struct hub_runtime *runtime, const struct hub_kafka_record *record, struct hub_error *reterr)
{
	int r = runtime->kafka->produce(runtime->kafka->user, record, reterr);
	if (r != HUB_E_RETRY)
		return r; /* no clock is asked for each record */
	struct attempt attempt = attempt_of(runtime);
	while (again(&attempt, r))
		r = runtime->kafka->produce(runtime->kafka->user, record, reterr);
	return r;
}

static int produce_state(struct hub_runtime *runtime, struct partition *partition, struct hub_str key,
        struct hub_str value, struct hub_error *reterr)
{
	struct hub_kafka_record record = { .to = { runtime->topics->state, partition->id },
		.key = key,
		.has_key = true,
		.value = value,
		.has_value = value.len > 0 };
	return produce(runtime, &record, reterr);
}

/* Only the last value of an entity is written, however often the batch changed it. */
static int produce_partition(
        struct hub_runtime *runtime, struct partition *partition, struct hub_error *reterr)
{
	struct outgoing *outgoing = &runtime->outgoing;
	partition->change_count =
	        hub_table_changes(partition->table, 0, outgoing->committing, &partition->changes);
	hub_check(!hub_arena_exhausted(outgoing->committing));
	for (uint32_t i = 0; i < partition->change_count; i++) {
		const struct hub_change *change = &partition->changes[i];
		int r = produce_state(runtime, partition, change->key, change->after, reterr);
		if (r < 0)
			return r;
	}
	hub_buf_reset(&outgoing->scratch);
	hub_position_encode(&partition->next, runtime->topics, &outgoing->scratch);
	struct hub_str bytes = hub_arena_copy(outgoing->committing, hub_buf_slice(&outgoing->scratch));
	return produce_state(runtime, partition, HUB_POSITION_KEY, bytes, reterr);
}

static int send_offsets(struct hub_runtime *runtime, struct hub_error *reterr)
{
	struct hub_arena *arena = runtime->outgoing.committing;
	uint32_t inputs = runtime->topics->input_count, count = 0;
	struct hub_kafka_offset *offsets = hub_arena_alloc(arena, sizeof(*offsets) * runtime->count * inputs);
	hub_check(offsets != NULL);
	for (uint32_t i = 0; i < runtime->count; i++) {
		const struct partition *partition = runtime->partitions[i];
		char text[HUB_SEQ_TEXT_MAX];
		if (!partition->touched)
			continue;
		hub_position_seq_text(partition->next.batch_seq, text);
		struct hub_str seq = hub_arena_copy(arena, hub_str_from(text));
		for (uint32_t topic = 0; topic < inputs; topic++)
			offsets[count++] = (struct hub_kafka_offset){ { (int32_t)topic, partition->id },
				partition->next.next[topic], seq };
	}
	struct attempt attempt = attempt_of(runtime);
	int r;
	do
		r = runtime->kafka->send_offsets(runtime->kafka->user, offsets, count, reterr);
	while (again(&attempt, r));
	return r;
}

static int write_all(struct hub_runtime *runtime, struct hub_error *reterr)
{
	struct outgoing *outgoing = &runtime->outgoing;
	int r = 0;
	for (uint32_t i = 0; r == 0 && i < outgoing->count; i++)
		r = produce(runtime, &outgoing->records[i], reterr);
	for (uint32_t i = 0; r == 0 && i < runtime->count; i++)
		if (runtime->partitions[i]->touched)
			r = produce_partition(runtime, runtime->partitions[i], reterr);
	return r < 0 ? r : send_offsets(runtime, reterr);
}

static int run_transaction(struct hub_runtime *runtime, struct hub_error *reterr)
{
	const struct hub_kafka_port *kafka = runtime->kafka;
	struct attempt attempt = attempt_of(runtime);
	int r;
	do
		r = kafka->begin(kafka->user, reterr);
	while (again(&attempt, r));
	if (r < 0)
		return r == HUB_E_ABORT || r == HUB_E_UNKNOWN ? r : HUB_E_FATAL;
	r = write_all(runtime, reterr);
	if (r < 0)
		return r;
	attempt = attempt_of(runtime);
	do
		r = kafka->commit(kafka->user, reterr);
	while (again(&attempt, r));
	return r == HUB_E_RETRY ? HUB_E_UNKNOWN : r;
}

static int abort_transaction(struct hub_runtime *runtime, struct hub_error *reterr)
{
	struct attempt attempt = attempt_of(runtime);
	int r;
	do
		r = runtime->kafka->abort(runtime->kafka->user, reterr);
	while (again(&attempt, r));
	return r < 0 ? HUB_E_FATAL : 0;
}

/* Nothing happened: memory is again the fold of the committed changelog (I-3), and the inputs will be read
 * again. */
static void take_back(struct hub_runtime *runtime)
{
	for (uint32_t i = 0; i < runtime->count; i++) {
		struct partition *partition = runtime->partitions[i];
		hub_table_rollback(partition->table, 0);
		partition->touched = false;
	}
	hub_gathered_drop(&runtime->gathered);
}

static int settle_partition(
        struct hub_runtime *runtime, struct partition *partition, struct hub_error *reterr)
{
	struct hub_topic_partition changelog = { runtime->topics->state, partition->id };
	int r = runtime->kafka->produced_offset(
	        runtime->kafka->user, changelog, &partition->fence, &partition->fence_ms);
	if (r < 0 || partition->fence < 0)
		return hub_error_set(reterr, HUB_E_UNKNOWN, runtime->topics->names[changelog.topic],
		        "committed, but the broker does not say where the position lies");
	runtime->broker_ms = partition->fence_ms;
	runtime->broker_from_us = runtime->outgoing.began_us;
	runtime->broker_to_us = hub_runtime_us(runtime);
	partition->position = partition->next;
	partition->touched = false;
	if (partition->epoch < 0) {
		partition->epoch = partition->fence;
		hub_runtime_tell(runtime, HUB_NOTICE_OPENED, runtime->topics->state, partition->id,
		        partition->epoch, "deciding from transaction %lld on",
		        (long long)partition->position.batch_seq);
		hub_runtime_own(runtime, partition);
	}
	hub_runtime_deliver(runtime, partition); /* before the journal goes: it holds the former values */
	hub_table_commit(partition->table);
	return 0;
}

static void tell_input_tallies(struct hub_runtime *runtime, uint32_t topic)
{
	const struct hub_schema_set *set = runtime->core->inputs[topic].records;
	const struct hub_observer *observer = &runtime->observer;
	uint32_t first = hub_outgoing_tallies(runtime->core, topic);
	const uint32_t *decided = &runtime->outgoing.decided[first], *dead = &runtime->outgoing.dead[first];
	for (uint32_t i = 0; observer->events && i <= set->count; i++) {
		const char *record = i < set->count ? set->schemas[i]->name : "-";
		if (decided[i])
			observer->events(observer->user, record, "decided", decided[i]);
		if (dead[i])
			observer->events(observer->user, record, "dead_letter", dead[i]);
	}
}

static void tell_tallies(struct hub_runtime *runtime)
{
	const struct hub_observer *observer = &runtime->observer;
	const struct outgoing *outgoing = &runtime->outgoing;
	for (uint32_t topic = 0; topic < runtime->topics->input_count; topic++)
		tell_input_tallies(runtime, topic);
	for (uint32_t i = 0; observer->dead_letter && i < outgoing->reason_count; i++)
		observer->dead_letter(observer->user, outgoing->reasons[i]);
}

static int settle(struct hub_runtime *runtime, struct hub_error *reterr)
{
	int r = 0;
	for (uint32_t i = 0; r == 0 && i < runtime->count; i++)
		if (runtime->partitions[i]->touched)
			r = settle_partition(runtime, runtime->partitions[i], reterr);
	if (r < 0)
		return r;
	tell_tallies(runtime);
	hub_trace_tell(runtime);
	runtime->faults = 0;
	runtime->hindrance[0] = '\0';
	runtime->broker_away = false;
	return 0;
}

static void tell_outcome(struct hub_runtime *runtime, int r, const struct hub_error *error)
{
	int64_t began_us = runtime->outgoing.began_us, ended_us = hub_runtime_us(runtime);
	const char *outcome = r == 0               ? "committed"
	                      : r == HUB_E_ABORT   ? "aborted"
	                      : r == HUB_E_REFUSED ? "refused"
	                                           : "unknown";
	hub_pace_note(&runtime->pace, began_us, ended_us);
	if (runtime->observer.transaction)
		runtime->observer.transaction(
		        runtime->observer.user, outcome, (double)(ended_us - began_us) / 1e6);
	if (r == HUB_E_ABORT)
		hub_runtime_tell(runtime, HUB_NOTICE_ABORTED, -1, -1, -1, "%s", error->text);
	if (r == HUB_E_REFUSED)
		hub_runtime_tell(runtime, HUB_NOTICE_REFUSED, -1, -1, -1, "%s", error->text);
}

int hub_runtime_commit(struct hub_runtime *runtime, struct hub_error *reterr)
{
	runtime->outgoing.began_us = hub_runtime_us(runtime);
	hub_arena_reset(runtime->outgoing.committing);
	int r = run_transaction(runtime, reterr);
	if (r == HUB_E_RETRY)
		r = HUB_E_ABORT; /* no answer for long, but nothing asked for the end either */
	tell_outcome(runtime, r, reterr);
	if (r == 0) {
		r = settle(runtime, reterr);
		hub_caution_settled(runtime);
		return r;
	}
	hub_caution_settled(runtime);
	/* Until the transaction has ended the client may be sending what the tables hold: nothing is taken from them before. */
	runtime->tables_ahead = true;
	if (r != HUB_E_ABORT && r != HUB_E_REFUSED)
		return r == HUB_E_UNKNOWN ? r : HUB_E_FATAL;
	struct hub_error why = *reterr;
	if (abort_transaction(runtime, reterr) < 0)
		return HUB_E_FATAL;
	take_back(runtime);
	runtime->tables_ahead = false;
	*reterr = why;
	return r == HUB_E_REFUSED ? r : HUB_E_RETRY;
}
