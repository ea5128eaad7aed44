/* Decision sets: the decisions of one input, or of one timer's firing. Most carry one county and lie on one partition, one
 * behind the other; what is said to other counties lies elsewhere. In every partition the sets of one input partition
 * lie in the order of its inputs. */
#include "base/hash.h"
#include "hubctl/verdict_inside.h"
#include "records/decision_head.h"
#include "records/referral_closed.h"
#include "records/session_changed.h"

#include <inttypes.h>
#include <stdio.h>

enum { ID_MAX = 1024 };

unsigned hubctl_verdict_mark(
        struct hubctl_verdict *verdict, int32_t partition, int64_t offset, unsigned marks)
{
	const struct hubctl_audited *audited = &verdict->audited[partition];
	if (offset < audited->low || offset >= audited->committed)
		return 0;
	int64_t at = offset - audited->low;
	uint8_t *byte = &verdict->marks[partition][at / 2];
	unsigned shift = at % 2 ? 4 : 0;
	unsigned before = *byte >> shift & 15U;
	*byte = (uint8_t)(*byte | marks << shift);
	return before;
}

void hubctl_verdict_input(struct hubctl_verdict *verdict, int32_t partition, int64_t offset)
{
	struct hubctl_audited *audited = &verdict->audited[partition];
	if (offset >= audited->committed)
		audited->waiting++;
	else if (offset >= audited->low) {
		audited->inputs++;
		hubctl_verdict_mark(verdict, partition, offset, MARK_PRESENT);
	}
}

/* About an input record, said once. */
static void doubt_input(struct hubctl_verdict *verdict, enum hubctl_doubt doubt, int32_t partition,
        int64_t offset, const char *why)
{
	if (!(hubctl_verdict_mark(verdict, partition, offset, MARK_DOUBT) & MARK_DOUBT))
		hubctl_verdict_say(
		        verdict, doubt, verdict->topics.input, partition, offset, partition, "%s", why);
}

size_t hubctl_verdict_lanes(const struct hubctl_verdict *verdict)
{
	return (size_t)verdict->partitions * 2 * HUBCTL_OUTPUTS * (size_t)verdict->topics.outputs;
}

struct lane *hubctl_verdict_lane(struct hubctl_verdict *verdict, const struct part *part)
{
	size_t of = ((size_t)part->partition * 2 + part->is_transfer) * HUBCTL_OUTPUTS + part->output;
	return &verdict->lanes[of * (size_t)verdict->topics.outputs + (size_t)part->at_partition];
}

static void doubt_part(
        struct hubctl_verdict *verdict, enum hubctl_doubt doubt, const struct part *part, const char *what)
{
	char why[256];
	const char *topic = verdict->topics.output[part->output];
	if (part->is_timer || part->is_transfer) {
		hubctl_verdict_say(verdict, doubt, topic, part->at_partition, part->at, part->partition,
		        "%s: %s %.*s, %s %" PRId64, what, part->is_timer ? "timer" : "what a county said",
		        HUB_STR_ARG(part->timer), part->is_timer ? "transaction" : "at", part->from);
		return;
	}
	snprintf(why, sizeof(why), "%s: %s %" PRId32 ":%" PRId64, what, topic, part->at_partition, part->at);
	doubt_input(verdict, doubt, part->partition, part->from, why);
}

static void doubt_set(struct hubctl_verdict *verdict, struct lane *lane, enum hubctl_doubt doubt,
        const struct part *part, const char *what)
{
	if (!lane->doubtful)
		doubt_part(verdict, doubt, part, what);
	lane->doubtful = true;
}

static uint64_t hash_more(uint64_t hash, int64_t number)
{
	return hub_hash(hash, (struct hub_str){ (const char *)&number, sizeof(number) });
}

/* Of the whole set, wherever its parts lie. */
static uint64_t set_hash(const struct part *part)
{
	int64_t kind = part->is_timer ? 2 : part->is_transfer;
	uint64_t hash = hash_more(hash_more(HUB_HASH_START, kind), part->partition);
	return hash_more(hash_more(hash, (int64_t)part->id), part->from);
}

/* What the lane has of its set joins what other lanes have. */
static void close_set(struct hubctl_verdict *verdict, struct lane *lane)
{
	bool is_new;
	uint64_t *value = hubctl_numbers_at(&verdict->unfinished_by_id, set_hash(&lane->first), &is_new);
	lane->open = false;
	if (value && is_new) {
		struct unfinished *set = hub_arena_alloc(verdict->arena, sizeof(*set));
		if (set) {
			set->first = lane->first;
			set->next = verdict->unfinished;
			verdict->unfinished = set;
		}
		*value = (uint64_t)(uintptr_t)set;
	}
	struct unfinished *set = value ? (struct unfinished *)(uintptr_t)*value : NULL;
	if (!set) {
		verdict->out_of_memory = true;
		return;
	}
	set->taken += lane->taken;
	set->excused |= lane->doubtful;
}

/* A second set of the same timer, or one that is older than the one before. */
static void begin_timer(struct hubctl_verdict *verdict, struct lane *lane, const struct part *part)
{
	bool is_new = false;
	uint64_t here = part->output == HUBCTL_DECISIONS ? part->id : hash_more(part->id, part->at_partition);
	if (!hubctl_numbers_at(&verdict->timers, here, &is_new))
		verdict->out_of_memory = true;
	else if (!is_new)
		doubt_set(verdict, lane, HUBCTL_DOUBT_TIMER, part, "fired twice");
	else if (part->from < lane->last_seq)
		doubt_set(verdict, lane, HUBCTL_DOUBT_ORDER, part, "behind a later transaction");
	if (part->from > lane->last_seq)
		lane->last_seq = part->from;
	verdict->audited[part->partition].timers += is_new && part->output == HUBCTL_DECISIONS;
}

/* An event has its answer among the decisions, so these say whether it was decided. */
static unsigned note_decided(struct hubctl_verdict *verdict, const struct part *part)
{
	unsigned before = hubctl_verdict_mark(verdict, part->partition, part->from, MARK_DECIDED);
	int64_t *first = &verdict->first_seen[part->partition];
	if (*first < 0 || part->from < *first)
		*first = part->from;
	if (!(before & MARK_DECIDED) && part->from < verdict->audited[part->partition].committed)
		verdict->audited[part->partition].decided++;
	return before;
}

static void begin_input(struct hubctl_verdict *verdict, struct lane *lane, const struct part *part)
{
	bool event = !part->is_transfer && part->output == HUBCTL_DECISIONS;
	unsigned before = event ? note_decided(verdict, part) : 0;
	if (before & (MARK_DECIDED | MARK_DEAD) || part->from == lane->last_offset)
		doubt_set(verdict, lane, HUBCTL_DOUBT_DOUBLED, part,
		        before & MARK_DEAD ? "dead-lettered and decided" : "decided twice");
	else if (part->from < lane->last_offset)
		doubt_set(verdict, lane, HUBCTL_DOUBT_ORDER, part, "decided after a later input");
	if (part->from > lane->last_offset)
		lane->last_offset = part->from;
}

static void begin(struct hubctl_verdict *verdict, struct lane *lane, const struct part *part)
{
	lane->doubtful =
	        !lane->seen && verdict->topics.output_cut && part->index > 0; /* the cut went through it */
	lane->seen = lane->open = true;
	lane->first = *part;
	lane->first.timer = part->is_timer ? HUB_STR("of this record") : HUB_STR("");
	lane->last = -1;
	lane->taken = 0;
	if (part->is_timer)
		begin_timer(verdict, lane, part);
	else
		begin_input(verdict, lane, part);
}

static void take(struct hubctl_verdict *verdict, const struct part *part)
{
	struct lane *lane = hubctl_verdict_lane(verdict, part);
	if (lane->open && (lane->first.is_timer != part->is_timer || lane->first.id != part->id))
		close_set(verdict, lane);
	if (!lane->open)
		begin(verdict, lane, part);
	if (part->index <= lane->last) {
		doubt_set(verdict, lane, HUBCTL_DOUBT_DOUBLED, part, "a decision is there twice");
		return;
	}
	if (part->count != lane->first.count)
		doubt_set(verdict, lane, HUBCTL_DOUBT_TORN, part, "decisions of two sets are mixed");
	lane->last = part->index;
	lane->taken++;
	lane->open = lane->taken < lane->first.count;
}

/* Its id is derived from where it comes from: one that is not was not written by the runtime. */
static bool id_fits(const struct hub_decision_head *head)
{
	char id[ID_MAX];
	const struct hub_decided_from *from = &head->decided_from;
	const struct hub_fired_timer *timer = &head->timer;
	if (head->has_decided_from)
		snprintf(id, sizeof(id), "e/%.*s/%" PRId32 "/%" PRId64 "/%" PRId32, HUB_STR_ARG(from->topic),
		        from->partition, from->offset, from->index);
	else
		snprintf(id, sizeof(id), "t/%" PRId32 "/%" PRId64 "/%.*s/%.*s/%" PRId64 "/%" PRId32,
		        timer->partition, timer->batch_seq, HUB_STR_ARG(timer->entity),
		        HUB_STR_ARG(timer->name), timer->due_at, timer->index);
	return hub_str_is(head->event_id, id);
}

static uint64_t timer_hash(const struct hub_fired_timer *timer)
{
	uint64_t hash = hub_hash(HUB_HASH_START, timer->entity);
	hash = hub_hash(hash, HUB_STR("\n"));
	hash = hub_hash(hash, timer->name);
	hash = hub_hash(hash, (struct hub_str){ (const char *)&timer->due_at, sizeof(timer->due_at) });
	return hub_hash(hash, (struct hub_str){ (const char *)&timer->partition, sizeof(timer->partition) });
}

static bool place(
        const struct hubctl_verdict *verdict, const struct hub_decision_head *head, struct part *part)
{
	const struct hub_decided_from *from = &head->decided_from;
	const struct hub_fired_timer *timer = &head->timer;
	if (head->has_decided_from == head->has_timer || !id_fits(head))
		return false;
	part->is_timer = head->has_timer;
	if (head->has_timer) {
		part->id = timer_hash(timer);
		part->from = timer->batch_seq;
		part->partition = timer->partition;
		part->index = timer->index;
		part->count = timer->count;
		part->timer = timer->name;
	} else {
		part->id = (uint64_t)from->offset;
		part->from = from->offset;
		part->partition = from->partition;
		part->index = from->index;
		part->count = from->count;
	}
	part->is_transfer = !head->has_timer && hub_str_is(from->topic, verdict->topics.transfers);
	return part->partition >= 0 && part->partition < verdict->partitions && part->index >= 0 &&
	       part->index < part->count && part->from >= 0 &&
	       (head->has_timer || part->is_transfer || hub_str_is(from->topic, verdict->topics.input));
}

static void note_end(struct hubctl_verdict *verdict, const struct part *part, const void *record)
{
	const struct hub_referral_closed *closed = record;
	bool is_new = true;
	if (closed->head.has_repeat_of)
		return;
	if (!hubctl_numbers_at(&verdict->ended, hub_hash(HUB_HASH_START, closed->referral_id), &is_new))
		verdict->out_of_memory = true;
	if (!is_new)
		hubctl_verdict_say(verdict, HUBCTL_DOUBT_ENDED, verdict->topics.output[part->output],
		        part->at_partition, part->at, part->partition, "referral %.*s has ended before",
		        HUB_STR_ARG(closed->referral_id));
}

void hubctl_verdict_decision(struct hubctl_verdict *verdict, enum hubctl_verdict_output output,
        int32_t partition, int64_t offset, const struct hub_schema *schema, const void *record)
{
	struct part part = { .output = output, .at_partition = partition, .at = offset };
	if (!schema || schema->head != HUB_HEAD_DECISION || partition >= verdict->topics.outputs ||
	        !place(verdict, record, &part)) {
		hubctl_verdict_say(verdict, HUBCTL_DOUBT_SOURCE, verdict->topics.output[output], partition,
		        offset, -1, "%s",
		        schema ? "it names no input or timer of the daemon, or its id is not theirs"
		               : "it cannot be decoded");
		return;
	}
	take(verdict, &part);
	if (schema == &hub_referral_closed_schema)
		note_end(verdict, &part, record);
	else if (schema == &hub_session_changed_schema)
		hubctl_verdict_session_changed(verdict, partition, offset, record);
}

/* What a county said needs no decision, so it is only held against another dead letter. */
static void dead_transfer(struct hubctl_verdict *verdict, int32_t partition, int64_t offset,
        int32_t from_partition, int64_t from_offset)
{
	bool is_new;
	uint64_t hash = hash_more(hash_more(HUB_HASH_START, from_partition), from_offset);
	if (!hubctl_numbers_at(&verdict->dead_transfers, hash, &is_new))
		verdict->out_of_memory = true;
	else if (!is_new)
		hubctl_verdict_say(verdict, HUBCTL_DOUBT_DOUBLED, verdict->topics.dead_letters, partition,
		        offset, from_partition, "dead-lettered twice: %s %" PRId32 ":%" PRId64,
		        verdict->topics.transfers, from_partition, from_offset);
}

void hubctl_verdict_dead_letter(struct hubctl_verdict *verdict, int32_t partition, int64_t offset,
        struct hub_str from_topic, int32_t from_partition, int64_t from_offset)
{
	bool transfer = hub_str_is(from_topic, verdict->topics.transfers);
	if (!(transfer || hub_str_is(from_topic, verdict->topics.input)) || from_partition < 0 ||
	        from_partition >= verdict->partitions || from_offset < 0) {
		hubctl_verdict_say(verdict, HUBCTL_DOUBT_SOURCE, verdict->topics.dead_letters, partition,
		        offset, -1, "its headers name no input of the daemon");
		return;
	}
	if (transfer) {
		dead_transfer(verdict, partition, offset, from_partition, from_offset);
		return;
	}
	unsigned before = hubctl_verdict_mark(verdict, from_partition, from_offset, MARK_DEAD);
	if (before & (MARK_DECIDED | MARK_DEAD))
		doubt_input(verdict, HUBCTL_DOUBT_DOUBLED, from_partition, from_offset,
		        before & MARK_DEAD ? "dead-lettered twice" : "dead-lettered and decided");
	int64_t *first = &verdict->first_seen[from_partition];
	if (*first < 0 || from_offset < *first)
		*first = from_offset;
	if (!(before & MARK_DEAD) && from_offset < verdict->audited[from_partition].committed)
		verdict->audited[from_partition].dead++;
}

/* What was not committed when the audit began may be cut anywhere. */
static bool is_committed(const struct hubctl_verdict *verdict, const struct part *part)
{
	const struct hubctl_audited *audited = &verdict->audited[part->partition];
	if (part->is_timer)
		return part->from <= audited->seq;
	return part->from < (part->is_transfer ? audited->transfers : audited->committed);
}

static void finish_lanes(struct hubctl_verdict *verdict)
{
	for (size_t i = 0; i < hubctl_verdict_lanes(verdict); i++)
		if (verdict->lanes[i].open)
			close_set(verdict, &verdict->lanes[i]);
	for (const struct unfinished *set = verdict->unfinished; set; set = set->next) {
		char what[96];
		if (set->excused || set->taken == set->first.count || !is_committed(verdict, &set->first))
			continue;
		snprintf(what, sizeof(what), "%" PRId32 " of %" PRId32 " decisions are there", set->taken,
		        set->first.count);
		doubt_part(verdict, HUBCTL_DOUBT_TORN, &set->first, what);
	}
}

static void finish_inputs(struct hubctl_verdict *verdict, int32_t partition)
{
	const struct hubctl_audited *audited = &verdict->audited[partition];
	int64_t from = audited->low;
	if (verdict->topics.output_cut) /* what was decided before that is not kept any more */
		from = verdict->first_seen[partition] < 0 ? audited->committed
		                                          : verdict->first_seen[partition];
	for (int64_t offset = from > audited->low ? from : audited->low; offset < audited->committed;
	        offset++) {
		unsigned marks = hubctl_verdict_mark(verdict, partition, offset, 0);
		bool answered = marks & (MARK_DECIDED | MARK_DEAD);
		if (marks & MARK_PRESENT && !answered)
			doubt_input(verdict, HUBCTL_DOUBT_LOST, partition, offset,
			        "committed, but neither decided nor dead-lettered");
		else if (answered && !(marks & MARK_PRESENT))
			doubt_input(verdict, HUBCTL_DOUBT_SOURCE, partition, offset,
			        "decided or dead-lettered, but there is no such input");
	}
}

void hubctl_verdict_finish_sets(struct hubctl_verdict *verdict)
{
	finish_lanes(verdict);
	for (int32_t partition = 0; partition < verdict->partitions; partition++)
		finish_inputs(verdict, partition);
}
