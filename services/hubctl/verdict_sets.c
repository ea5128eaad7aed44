/* Decision sets. The decisions of one input (or of one timer's firing) carry one county, so they lie on one partition,
 * one behind the other, and the sets of one input partition lie there in the order of its inputs. */
#include "base/hash.h"
#include "hubctl/verdict_inside.h"
#include "records/decision_head.h"
#include "records/referral_closed.h"
#include "records/session_changed.h"

#include <inttypes.h>
#include <stdio.h>

enum { ID_MAX = 1024 };

/* One decision as its head places it. */
struct part {
	bool is_timer;
	uint64_t id;
	int64_t from; /* input offset, or the timer's transaction */
	int32_t partition, index, count;
	int32_t at_partition; /* where it lies */
	int64_t at;
	struct hub_str timer; /* for a person */
};

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

static void doubt_set(struct hubctl_verdict *verdict, struct lane *lane, enum hubctl_doubt doubt,
        const struct part *part, const char *what)
{
	char why[256];
	if (lane->doubtful)
		return;
	lane->doubtful = true;
	if (!part->is_timer) {
		snprintf(why, sizeof(why), "%s: %s %" PRId32 ":%" PRId64, what, verdict->topics.output,
		        part->at_partition, part->at);
		doubt_input(verdict, doubt, part->partition, part->from, why);
		return;
	}
	hubctl_verdict_say(verdict, doubt, verdict->topics.output, part->at_partition, part->at,
	        part->partition, "%s: timer %.*s, transaction %" PRId64, what, HUB_STR_ARG(part->timer),
	        part->from);
}

static void close_torn(struct hubctl_verdict *verdict, struct lane *lane, int32_t partition, int32_t output)
{
	char what[96];
	const struct part part = { .is_timer = lane->is_timer,
		.from = lane->from,
		.partition = partition,
		.at_partition = output,
		.at = lane->first_at,
		.timer = HUB_STR("of this record") };
	snprintf(what, sizeof(what), "%" PRId32 " of %" PRId32 " decisions are there", lane->next,
	        lane->count);
	doubt_set(verdict, lane, HUBCTL_DOUBT_TORN, &part, what);
	lane->open = false;
}

/* A second set of the same timer, or one that is older than the one before. */
static void begin_timer(struct hubctl_verdict *verdict, struct lane *lane, const struct part *part)
{
	bool is_new = false;
	if (!hubctl_numbers_at(&verdict->timers, part->id, &is_new))
		verdict->out_of_memory = true;
	else if (!is_new)
		doubt_set(verdict, lane, HUBCTL_DOUBT_TIMER, part, "fired twice");
	else if (part->from < lane->last_seq)
		doubt_set(verdict, lane, HUBCTL_DOUBT_ORDER, part, "behind a later transaction");
	if (part->from > lane->last_seq)
		lane->last_seq = part->from;
	verdict->audited[part->partition].timers += is_new;
}

static void begin_input(struct hubctl_verdict *verdict, struct lane *lane, const struct part *part)
{
	unsigned before = hubctl_verdict_mark(verdict, part->partition, part->from, MARK_DECIDED);
	if (before & (MARK_DECIDED | MARK_DEAD) || part->from == lane->last_offset)
		doubt_set(verdict, lane, HUBCTL_DOUBT_DOUBLED, part,
		        before & MARK_DEAD ? "dead-lettered and decided" : "decided twice");
	else if (part->from < lane->last_offset)
		doubt_set(verdict, lane, HUBCTL_DOUBT_ORDER, part, "decided after a later input");
	if (part->from > lane->last_offset)
		lane->last_offset = part->from;
	int64_t *first = &verdict->first_seen[part->partition];
	if (*first < 0 || part->from < *first)
		*first = part->from;
	if (!(before & MARK_DECIDED) && part->from < verdict->audited[part->partition].committed)
		verdict->audited[part->partition].decided++;
}

static void begin(struct hubctl_verdict *verdict, struct lane *lane, const struct part *part)
{
	bool first = !lane->seen;
	lane->seen = true;
	lane->open = true;
	lane->doubtful = first && verdict->topics.output_cut && part->index > 0; /* the cut went through it */
	lane->is_timer = part->is_timer;
	lane->id = part->id;
	lane->from = part->from;
	lane->count = part->count;
	lane->first_at = part->at;
	lane->next = part->index;
	if (part->is_timer)
		begin_timer(verdict, lane, part);
	else
		begin_input(verdict, lane, part);
	if (part->index != 0)
		doubt_set(verdict, lane, HUBCTL_DOUBT_TORN, part, "its first decisions are missing");
}

static void take(struct hubctl_verdict *verdict, const struct part *part)
{
	struct lane *lane = &verdict->lanes[part->partition * verdict->topics.outputs + part->at_partition];
	if (lane->open && (lane->is_timer != part->is_timer || lane->id != part->id))
		close_torn(verdict, lane, part->partition, part->at_partition);
	if (!lane->open)
		begin(verdict, lane, part);
	else if (part->index < lane->next)
		doubt_set(verdict, lane, HUBCTL_DOUBT_DOUBLED, part, "a decision is there twice");
	else if (part->index > lane->next || part->count != lane->count)
		doubt_set(verdict, lane, HUBCTL_DOUBT_TORN, part, "decisions before this one are missing");
	if (part->index >= lane->next)
		lane->next = part->index + 1;
	lane->last_at = part->at;
	lane->open = lane->next < lane->count;
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
	return part->partition >= 0 && part->partition < verdict->partitions && part->index >= 0 &&
	       part->index < part->count && part->from >= 0 &&
	       (head->has_timer || hub_str_is(from->topic, verdict->topics.input));
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
		hubctl_verdict_say(verdict, HUBCTL_DOUBT_ENDED, verdict->topics.output, part->at_partition,
		        part->at, part->partition, "referral %.*s has ended before",
		        HUB_STR_ARG(closed->referral_id));
}

void hubctl_verdict_decision(struct hubctl_verdict *verdict, int32_t partition, int64_t offset,
        const struct hub_schema *schema, const void *record)
{
	struct part part = { .at_partition = partition, .at = offset };
	if (!schema || schema->head != HUB_HEAD_DECISION || !place(verdict, record, &part)) {
		hubctl_verdict_say(verdict, HUBCTL_DOUBT_SOURCE, verdict->topics.output, partition, offset,
		        -1, "%s",
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

void hubctl_verdict_dead_letter(struct hubctl_verdict *verdict, int32_t partition, int64_t offset,
        struct hub_str from_topic, int32_t from_partition, int64_t from_offset)
{
	if (!hub_str_is(from_topic, verdict->topics.input) || from_partition < 0 ||
	        from_partition >= verdict->partitions || from_offset < 0) {
		hubctl_verdict_say(verdict, HUBCTL_DOUBT_SOURCE, verdict->topics.dead_letters, partition,
		        offset, -1, "its headers name no input of the daemon");
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

/* An open set belongs to the end only when its transaction had not committed when the audit began. */
static void finish_lanes(struct hubctl_verdict *verdict, int32_t partition)
{
	const struct hubctl_audited *audited = &verdict->audited[partition];
	for (int32_t output = 0; output < verdict->topics.outputs; output++) {
		struct lane *lane = &verdict->lanes[partition * verdict->topics.outputs + output];
		bool committed =
		        lane->is_timer ? lane->from <= audited->seq : lane->from < audited->committed;
		if (lane->open && committed)
			close_torn(verdict, lane, partition, output);
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
	for (int32_t partition = 0; partition < verdict->partitions; partition++) {
		finish_lanes(verdict, partition);
		finish_inputs(verdict, partition);
	}
}
