/* A batch that crashed the process is run again, each input and timer of it in a transaction of its own; the one
 * that crashes again is alone then, and known (I-6). An input becomes a dead letter CRASHED. A timer has no input
 * to set aside and belongs to the entity's state, which only the core may change: its partition stops.
 *
 * Model. The crash file (crash_port.h) holds what is being decided, as ranges of offsets and due times, from before
 * the core sees it until after the commit; and the suspects: what was noted when an earlier process died of a
 * signal of its worker, or, with a print, the one thing that was noted alone. A suspect leaves the list when its
 * partition has passed it, wherever that was decided; what another instance owns stays on the list. Any other end
 * (kill -9, out of memory, exit 75) accuses nobody, since caution is slow: some 10 ms an event.
 *
 * Bound. An event that always crashes ends each instance at most twice: in a batch, then alone. So with n instances it
 * is set aside after at most 2n crashes, and after two when the partition does not move.
 *
 * Order. What is written here is read by the next process only, so program order is enough; the compiler is held to
 * it where the core is called next. */
#include "runtime/inside.h"

#include "base/hash.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>

static uint64_t print_of_input(const struct input *input)
{
	return hub_hash(hub_hash(HUB_HASH_START, input->key), input->value) | 1;
}

static uint64_t print_of_timer(const struct hub_timer *timer)
{
	return hub_hash(hub_hash(HUB_HASH_START, timer->entity), timer->name) | 1;
}

/* Its number, or -1: not a topic that this program reads. */
static int32_t topic_of(const struct hub_runtime *runtime, const struct hub_crash_entry *entry)
{
	for (uint32_t topic = 0; topic < runtime->topics->input_count; topic++)
		if (runtime->topic_hashes[topic] == entry->topic)
			return (int32_t)topic;
	return -1;
}

static bool same_place(const struct hub_crash_entry *a, const struct hub_crash_entry *b)
{
	return a->kind == b->kind && a->partition == b->partition && a->topic == b->topic &&
	       a->print == b->print;
}

static void add(struct hub_crash_list *list, struct hub_crash_entry entry)
{
	if (list->count < HUB_CRASH_ENTRIES_MAX)
		list->entries[list->count++] = entry;
}

/* ---- the former process ---- */

static void suspect(struct hub_crash_list *suspects, const struct hub_crash_entry *noted)
{
	for (uint32_t i = 0; i < suspects->count; i++) {
		struct hub_crash_entry *known = &suspects->entries[i];
		if (!same_place(known, noted) || (known->print && known->from != noted->from))
			continue;
		known->from = known->from < noted->from ? known->from : noted->from;
		known->to = known->to > noted->to ? known->to : noted->to;
		return;
	}
	add(suspects, *noted);
}

/* before: the entry before it in the note; of a partition's inputs and timers the inputs are told. */
static void tell(struct hub_runtime *runtime, const struct hub_crash_entry *entry,
        const struct hub_crash_entry *before, int signal)
{
	int32_t topic = topic_of(runtime, entry);
	bool inputs = entry->kind == HUB_CRASH_INPUTS;
	if (entry->print)
		hub_runtime_tell(runtime, HUB_NOTICE_CRASHED, topic, entry->partition,
		        inputs ? entry->from : -1,
		        "signal %d, while this %s was decided alone: it will not be decided again", signal,
		        inputs ? "input" : "timer");
	else if (inputs)
		hub_runtime_tell(runtime, HUB_NOTICE_CRASHED, topic, entry->partition, entry->from,
		        "signal %d, while inputs up to %" PRId64 " were decided: now one at a time", signal,
		        entry->to - 1);
	else if (!before || before->partition != entry->partition)
		hub_runtime_tell(runtime, HUB_NOTICE_CRASHED, topic, entry->partition, -1,
		        "signal %d, while timers were fired: now one at a time", signal);
}

void hub_caution_init(struct hub_runtime *runtime)
{
	struct hub_crash_file *file = runtime->options.crash_file;
	if (!file)
		return;
	for (uint32_t topic = 0; topic < runtime->topics->input_count; topic++)
		runtime->topic_hashes[topic] =
		        hub_hash(HUB_HASH_START, hub_str_from(runtime->topics->names[topic]));
	if (file->layout != HUB_CRASH_LAYOUT || file->noted.count > HUB_CRASH_ENTRIES_MAX ||
	        file->suspects.count > HUB_CRASH_ENTRIES_MAX) {
		memset(file, 0, sizeof(*file));
		file->layout = HUB_CRASH_LAYOUT;
	}
	for (uint32_t i = 0; file->signal && i < file->noted.count; i++) {
		const struct hub_crash_entry *entry = &file->noted.entries[i];
		suspect(&file->suspects, entry);
		tell(runtime, entry, i ? entry - 1 : NULL, file->signal);
	}
	file->noted.count = 0;
	file->signal = 0;
}

/* ---- what is being decided ---- */

static int64_t clock_of(const struct hub_runtime *runtime, const struct partition *partition)
{
	return runtime->now_ms > partition->position.clock_ms ? runtime->now_ms
	                                                      : partition->position.clock_ms;
}

static void note_partition(struct hub_runtime *runtime, const struct partition *partition)
{
	struct hub_crash_list *noted = &runtime->options.crash_file->noted;
	struct hub_timer timer;
	uint32_t before = noted->count;
	for (uint32_t topic = 0; topic < runtime->topics->input_count; topic++) {
		int64_t from = partition->position.next[topic], to = partition->sources[topic].gathered_to;
		if (from < to)
			add(noted, (struct hub_crash_entry){ HUB_CRASH_INPUTS, partition->id,
			                   runtime->topic_hashes[topic], from, to, 0 });
	}
	if (!hub_table_first_timer(partition->table, &timer) && noted->count == before)
		return;
	int64_t until = clock_of(runtime, partition) + 1;
	if (noted->count > before || timer.due_at_ms < until)
		add(noted,
		        (struct hub_crash_entry){ HUB_CRASH_TIMERS, partition->id, 0, INT64_MIN, until, 0 });
}

void hub_caution_note_batch(struct hub_runtime *runtime)
{
	struct hub_crash_file *file = runtime->options.crash_file;
	if (!file)
		return;
	file->noted.count = 0;
	for (uint32_t i = 0; i < runtime->count; i++)
		if (runtime->partitions[i]->phase == PHASE_RESTORED)
			note_partition(runtime, runtime->partitions[i]);
	atomic_signal_fence(memory_order_seq_cst);
}

static enum hub_caution note_alone(struct hub_runtime *runtime, struct hub_crash_entry entry)
{
	struct hub_crash_list *noted = &runtime->options.crash_file->noted;
	if (hub_runtime_touched(runtime)) {
		runtime->outgoing.suspect_waits = true;
		return HUB_CAUTION_WAIT;
	}
	runtime->outgoing.alone = true;
	noted->count = 0;
	add(noted, entry);
	atomic_signal_fence(memory_order_seq_cst);
	return HUB_CAUTION_GO;
}

/* ---- who is suspected ---- */

static bool covers(const struct hub_crash_entry *known, const struct hub_crash_entry *one)
{
	return known->kind == one->kind && known->partition == one->partition && known->topic == one->topic &&
	       known->from <= one->from && one->from < known->to;
}

/* By the stream's clock timers fire on behalf of the input before which they are due. */
static bool on_behalf(const struct hub_runtime *runtime, const struct hub_crash_entry *known,
        const struct hub_crash_entry *one)
{
	return runtime->options.clock_kind == HUB_CLOCK_STREAM && one->kind == HUB_CRASH_TIMERS &&
	       known->kind == HUB_CRASH_INPUTS && known->partition == one->partition;
}

static enum hub_caution judge(struct hub_runtime *runtime, struct hub_crash_entry one)
{
	const struct hub_crash_list *suspects = &runtime->options.crash_file->suspects;
	bool suspected = false;
	for (uint32_t i = 0; i < suspects->count; i++) {
		const struct hub_crash_entry *known = &suspects->entries[i];
		bool covered = covers(known, &one);
		if (covered && known->print == one.print)
			return HUB_CAUTION_CRASHED;
		suspected = suspected || (known->print == 0 && (covered || on_behalf(runtime, known, &one)));
	}
	return suspected ? note_alone(runtime, one) : HUB_CAUTION_GO;
}

static bool nobody_suspected(const struct hub_runtime *runtime)
{
	return !runtime->options.crash_file || runtime->options.crash_file->suspects.count == 0;
}

enum hub_caution hub_caution_input(struct hub_runtime *runtime, const struct input *input)
{
	if (nobody_suspected(runtime))
		return HUB_CAUTION_GO;
	enum hub_caution caution =
	        judge(runtime, (struct hub_crash_entry){ HUB_CRASH_INPUTS, input->partition->id,
	                               runtime->topic_hashes[input->topic], input->offset, input->offset + 1,
	                               print_of_input(input) });
	if (caution == HUB_CAUTION_CRASHED) {
		hub_envelope_trace(runtime, input);
		hub_runtime_tell(runtime, HUB_NOTICE_POISON, input->topic, input->partition->id,
		        input->offset, "it goes to the dead letters");
	}
	return caution;
}

enum hub_caution hub_caution_timer(
        struct hub_runtime *runtime, const struct partition *partition, const struct hub_timer *timer)
{
	if (nobody_suspected(runtime))
		return HUB_CAUTION_GO;
	return judge(runtime, (struct hub_crash_entry){ HUB_CRASH_TIMERS, partition->id, 0, timer->due_at_ms,
	                              timer->due_at_ms + 1, print_of_timer(timer) });
}

/* ---- afterwards ---- */

static bool passed(struct hub_runtime *runtime, const struct hub_crash_entry *entry)
{
	struct hub_timer timer;
	if (!runtime->by_id || entry->partition < 0 || entry->partition >= runtime->partition_count)
		return false;
	const struct partition *partition = runtime->by_id[entry->partition];
	if (!partition || partition->phase != PHASE_RESTORED)
		return false;
	if (entry->kind == HUB_CRASH_TIMERS)
		return !hub_table_first_timer(partition->table, &timer) || timer.due_at_ms >= entry->to;
	int32_t topic = topic_of(runtime, entry);
	return topic < 0 || partition->position.next[topic] >= entry->to;
}

void hub_caution_settled(struct hub_runtime *runtime)
{
	struct hub_crash_file *file = runtime->options.crash_file;
	if (!file)
		return;
	file->noted.count = 0;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < file->suspects.count; i++)
		if (!passed(runtime, &file->suspects.entries[i]))
			file->suspects.entries[kept++] = file->suspects.entries[i];
	file->suspects.count = kept;
	atomic_signal_fence(memory_order_seq_cst);
}
