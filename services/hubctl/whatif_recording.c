/* What was decided, small enough to be kept for a year: one step for each input and each firing of a timer. */
#include "base/hash.h"
#include "hubctl/whatif.h"
#include "records/referral_event_refused.h"
#include "wire/framing.h"

#include <stdlib.h>

enum { RECORD_MAX = 16 << 20, PARTITIONS_MAX = 1 << 16 };

struct dead {
	uint64_t topic;
	int64_t offset;
};

struct partition {
	struct hubctl_whatif_step *steps;
	uint32_t count, room;
	struct dead *dead;
	uint32_t dead_count, dead_room;
};

struct hubctl_recording {
	const struct hub_core *core;
	struct partition *partitions;
	uint32_t count;
	struct hub_buf scratch;
};

struct hubctl_recording *hubctl_recording_new(const struct hub_core *core)
{
	struct hubctl_recording *recording = calloc(1, sizeof(*recording));
	if (!recording)
		return NULL;
	recording->core = core;
	hub_buf_init(&recording->scratch, RECORD_MAX);
	return recording;
}

void hubctl_recording_free(struct hubctl_recording *recording)
{
	if (!recording)
		return;
	for (uint32_t i = 0; i < recording->count; i++) {
		free(recording->partitions[i].steps);
		free(recording->partitions[i].dead);
	}
	free(recording->partitions);
	hub_buf_done(&recording->scratch);
	free(recording);
}

uint64_t hubctl_cause_of_topic(struct hub_str topic)
{
	return hub_hash(HUB_HASH_START, topic);
}

uint64_t hubctl_cause_of_timer(struct hub_str entity, struct hub_str name)
{
	return hub_hash(hub_hash(hub_hash(HUB_HASH_START, entity), HUB_STR("\n")), name);
}

uint64_t hubctl_decision_hash(const struct hub_schema *schema, const void *record, struct hub_buf *scratch)
{
	hub_buf_reset(scratch);
	if (hub_frame_encode(schema, record, scratch, NULL))
		return 0;
	return hub_hash(HUB_HASH_START, hub_buf_slice(scratch));
}

/* Not ours: what somebody else wrote into the topics is not judged here (hubctl audit does). */
static bool is_partition(int32_t partition)
{
	return partition >= 0 && partition < PARTITIONS_MAX;
}

static struct partition *partition_of(struct hubctl_recording *recording, int32_t partition)
{
	if ((uint32_t)partition >= recording->count) {
		uint32_t count = (uint32_t)partition + 1;
		struct partition *more = realloc(recording->partitions, count * sizeof(*more));
		if (!more)
			return NULL;
		memset(more + recording->count, 0, (count - recording->count) * sizeof(*more));
		recording->partitions = more;
		recording->count = count;
	}
	return &recording->partitions[partition];
}

/* Room for one more; false when memory is out. */
static bool room_for(void **items, uint32_t count, uint32_t *room, size_t size)
{
	if (count < *room)
		return true;
	uint32_t more = *room ? *room * 2 : 1024;
	void *bigger = realloc(*items, more * size);
	if (!bigger)
		return false;
	*items = bigger;
	*room = more;
	return true;
}

static struct hubctl_whatif_step step_of(const struct hub_decision_head *head)
{
	struct hubctl_whatif_step step = { .at_ms = head->occurred_at,
		.registry_version = head->registry_version,
		.timer = head->has_timer,
		.seen = 1 };
	if (head->has_timer) {
		step.place = head->timer.due_at;
		step.seq = head->timer.batch_seq;
		step.cause = hubctl_cause_of_timer(head->timer.entity, head->timer.name);
		step.count = head->timer.count;
	} else {
		step.place = head->decided_from.offset;
		step.cause = hubctl_cause_of_topic(head->decided_from.topic);
		step.count = head->decided_from.count;
	}
	for (; step.read_count < head->inputs_read.count && step.read_count < HUBCTL_WHATIF_TOPICS;
	        step.read_count++)
		step.read[step.read_count] = head->inputs_read.items[step.read_count];
	return step;
}

static bool same_step(const struct hubctl_whatif_step *a, const struct hubctl_whatif_step *b)
{
	return a->timer == b->timer && a->cause == b->cause && a->place == b->place && a->seq == b->seq;
}

static void join(struct hubctl_whatif_step *step, const struct hubctl_whatif_step *part)
{
	step->seen += part->seen;
	step->said += part->said;
	step->refused = step->refused && part->refused;
}

bool hubctl_recording_decision(
        struct hubctl_recording *recording, const struct hub_schema *schema, const void *record)
{
	const struct hub_decision_head *head = record;
	int32_t own = head->has_timer ? head->timer.partition : head->decided_from.partition;
	if (head->has_timer == head->has_decided_from || !is_partition(own))
		return true;
	struct partition *p = partition_of(recording, own);
	if (!p || !room_for((void **)&p->steps, p->count, &p->room, sizeof(*p->steps)))
		return false;
	struct hubctl_whatif_step step = step_of(head);
	step.said = hubctl_decision_hash(schema, record, &recording->scratch);
	step.refused = schema == &hub_referral_event_refused_schema;
	if (p->count && same_step(&p->steps[p->count - 1], &step))
		join(&p->steps[p->count - 1], &step);
	else
		p->steps[p->count++] = step;
	return true;
}

bool hubctl_recording_dead(
        struct hubctl_recording *recording, struct hub_str topic, int32_t partition, int64_t offset)
{
	if (!is_partition(partition))
		return true;
	struct partition *p = partition_of(recording, partition);
	if (!p || !room_for((void **)&p->dead, p->dead_count, &p->dead_room, sizeof(*p->dead)))
		return false;
	p->dead[p->dead_count++] = (struct dead){ hubctl_cause_of_topic(topic), offset };
	return true;
}

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_identity(const void *a, const void *b)
{
	const struct hubctl_whatif_step *x = a, *y = b;
	if (x->timer != y->timer)
		return x->timer ? 1 : -1;
	if (x->cause != y->cause)
		return x->cause < y->cause ? -1 : 1;
	int order = compare(x->place, y->place);
	return order ? order : compare(x->seq, y->seq);
}

static int64_t read_by(const struct hubctl_whatif_step *step)
{
	int64_t sum = 0;
	for (int i = 0; i < HUBCTL_WHATIF_TOPICS; i++)
		sum += step->read[i];
	return sum;
}

/* Each input moves one offset on, so the sum tells the order; timers come behind the input before them. */
static int by_turn(const void *a, const void *b)
{
	const struct hubctl_whatif_step *x = a, *y = b;
	int order = compare(read_by(x), read_by(y));
	if (!order)
		order = x->timer - y->timer;
	if (!order)
		order = compare(x->seq, y->seq);
	if (!order)
		order = compare(x->place, y->place);
	return order ? order : (x->cause > y->cause) - (x->cause < y->cause);
}

static int dead_order(const void *a, const void *b)
{
	const struct dead *x = a, *y = b;
	if (x->topic != y->topic)
		return x->topic < y->topic ? -1 : 1;
	return compare(x->offset, y->offset);
}

/* Steps whose decisions lie on several partitions were read in parts. */
static void join_parts(struct partition *p)
{
	uint32_t kept = 0;
	qsort(p->steps, p->count, sizeof(*p->steps), by_identity);
	for (uint32_t i = 0; i < p->count; i++) {
		if (kept && same_step(&p->steps[kept - 1], &p->steps[i]))
			join(&p->steps[kept - 1], &p->steps[i]);
		else
			p->steps[kept++] = p->steps[i];
	}
	p->count = kept;
}

bool hubctl_recording_finish(struct hubctl_recording *recording)
{
	bool ordered = true;
	for (uint32_t i = 0; i < recording->count; i++) {
		struct partition *p = &recording->partitions[i];
		if (p->count) {
			join_parts(p);
			qsort(p->steps, p->count, sizeof(*p->steps), by_turn);
			for (uint32_t n = 0; n < p->count; n++)
				ordered = ordered && p->steps[n].read_count;
		}
		if (p->dead_count)
			qsort(p->dead, p->dead_count, sizeof(*p->dead), dead_order);
	}
	return ordered;
}

uint32_t hubctl_recording_partitions(const struct hubctl_recording *recording)
{
	return recording->count;
}

struct hubctl_whatif_step *hubctl_recording_steps(
        const struct hubctl_recording *recording, int32_t partition, uint32_t *ret_count)
{
	bool there = partition >= 0 && (uint32_t)partition < recording->count;
	*ret_count = there ? recording->partitions[partition].count : 0;
	return there ? recording->partitions[partition].steps : NULL;
}

bool hubctl_recording_is_dead(
        const struct hubctl_recording *recording, struct hub_str topic, int32_t partition, int64_t offset)
{
	if (partition < 0 || (uint32_t)partition >= recording->count)
		return false;
	const struct partition *p = &recording->partitions[partition];
	const struct dead wanted = { hubctl_cause_of_topic(topic), offset };
	return p->dead_count && bsearch(&wanted, p->dead, p->dead_count, sizeof(*p->dead), dead_order);
}
