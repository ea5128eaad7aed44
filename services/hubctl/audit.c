/* hubctl audit: whether each input was decided once and whole, from the topics alone. The hub may run meanwhile: the
 * committed offsets are asked first, and every topic is then read until the transactions that were open have ended, so
 * what those offsets cover is there. */
#include "hubctl/audit.h"

#include "hubctl/commands.h"
#include "hubctl/event_text.h"
#include "hubctl/scan.h"
#include "records/catalogue.h"
#include "wire/framing.h"

#include <stdlib.h>

enum { KEEP_DEFAULT = 100, KEEP_MAX = 1000000, RECORD_LIMIT = 16 << 20 };

enum { STATE, INPUT, OUTPUT, DEAD_LETTERS, TRANSFERS, TOPICS };
static const char *const topics[TOPICS] = {
	"referral-router.state",
	"referral.events",
	"referral.decisions",
	"referral-router.dead-letters",
	"referral.transfers",
};

static const struct hub_schema *decode(
        struct hubctl_audit *audit, const struct hub_schema_set *set, struct hub_str value, void **ret_record)
{
	const struct hub_schema *schema;
	return hub_frame_decode(set, value, audit->record, &schema, ret_record, NULL) == HUB_OK ? schema
	                                                                                        : NULL;
}

static enum hubctl_scan_next visit_state(void *user, const struct hub_kafka_event *event)
{
	struct hubctl_audit *audit = user;
	const struct hub_schema *schema = NULL;
	void *record = NULL;
	if (event->at.partition >= (int32_t)audit->positions.count || !event->has_key)
		return HUBCTL_GO_ON;
	hub_arena_reset(audit->record);
	hubctl_positions_note(&audit->positions, event);
	if (event->has_value)
		schema = decode(audit, &hub_referral_router_state_schemas, event->value, &record);
	hubctl_verdict_state(audit->verdict, event->at.partition, event->offset, event->key, schema, record);
	return HUBCTL_GO_ON;
}

static void take_dead_letter(struct hubctl_audit *audit, const struct hub_kafka_event *event)
{
	struct hub_str partition = hubctl_header(event, "hub_dlq_partition");
	struct hub_str offset = hubctl_header(event, "hub_dlq_offset");
	/* Both are plain numbers like a batch_seq. */
	hubctl_verdict_dead_letter(audit->verdict, event->at.partition, event->offset,
	        hubctl_header(event, "hub_dlq_topic"), (int32_t)hub_position_seq_parse(partition),
	        hub_position_seq_parse(offset));
}

static enum hubctl_scan_next visit(void *user, const struct hub_kafka_event *event)
{
	struct hubctl_audit *audit = user;
	void *record = NULL;
	hub_arena_reset(audit->record);
	if (event->at.topic == INPUT - 1 && event->at.partition < (int32_t)audit->positions.count) {
		hubctl_verdict_input(audit->verdict, event->at.partition, event->offset);
	} else if (event->at.topic == OUTPUT - 1) {
		const struct hub_schema *schema =
		        decode(audit, &hub_referral_decision_schemas, event->value, &record);
		hubctl_verdict_decision(
		        audit->verdict, HUBCTL_DECISIONS, event->at.partition, event->offset, schema, record);
	} else if (event->at.topic == TRANSFERS - 1) {
		const struct hub_schema *schema =
		        decode(audit, &hub_referral_transfer_schemas, event->value, &record);
		hubctl_verdict_decision(
		        audit->verdict, HUBCTL_TRANSFERS, event->at.partition, event->offset, schema, record);
	} else if (event->at.topic == DEAD_LETTERS - 1) {
		take_dead_letter(audit, event);
	}
	return HUBCTL_GO_ON;
}

static int read_topics(struct hubctl_audit *audit, int first, int past, struct hub_error *err)
{
	struct hubctl_scan scan = { .topics = topics + first,
		.topic_count = (uint32_t)(past - first),
		.partition = -1,
		.from = HUB_READ_BEGINNING,
		.settled = true,
		.visit = first == STATE ? visit_state : visit,
		.user = audit };
	return hubctl_scan(audit->hubctl, &scan, err);
}

static int ends_of(struct hubctl_audit *audit, int topic, struct hub_group_position **ret,
        uint32_t *ret_count, struct hub_error *err)
{
	struct hubctl *hubctl = audit->hubctl;
	int result = hub_kafka_group_positions(&hubctl->settings->kafka,
	        hubctl_topic(hubctl, audit->positions.daemon), hubctl_topic(hubctl, topics[topic]),
	        (int)hubctl->settings->timeout_ms, hubctl->arena, ret, ret_count, err);
	return result == HUB_E_NOT_FOUND ? hubctl_no_topic(err) : result;
}

/* A partition that was never committed may still have a position (its offsets expired): nothing is below 0. */
static int prepare(struct hubctl_audit *audit, uint32_t keep, struct hub_error *err)
{
	struct hubctl *hubctl = audit->hubctl;
	struct hub_group_position *inputs, *outputs, *transfers;
	uint32_t count, output_count, transfer_count;
	int result = ends_of(audit, INPUT, &inputs, &count, err);
	if (!result)
		result = ends_of(audit, OUTPUT, &outputs, &output_count, err);
	if (!result)
		result = ends_of(audit, TRANSFERS, &transfers, &transfer_count, err);
	if (result)
		return result;
	audit->audited = hub_arena_alloc(hubctl->arena, (count + 1) * sizeof(*audit->audited));
	for (uint32_t i = 0; audit->audited && i < audit->positions.count; i++) {
		const struct hub_committed *committed = &audit->positions.partitions[i].committed[0];
		audit->audited[i] = (struct hubctl_audited){ .low = inputs[i].low,
			.committed = committed->next == HUB_OFFSET_NONE ? 0 : committed->next,
			.transfers = committed[1].next == HUB_OFFSET_NONE ? 0 : committed[1].next,
			.seq = committed->seq };
		if (audit->audited[i].committed > inputs[i].high)
			audit->audited[i].committed = inputs[i].high; /* told as a doubt about the position */
	}
	for (uint32_t i = 0; i < output_count; i++)
		audit->output_cut = audit->output_cut || outputs[i].low > 0;
	for (uint32_t i = 0; i < transfer_count; i++)
		audit->output_cut = audit->output_cut || transfers[i].low > 0;
	const struct hubctl_verdict_topics names = { hubctl_topic(hubctl, topics[INPUT]),
		hubctl_topic(hubctl, topics[TRANSFERS]), { topics[OUTPUT], topics[TRANSFERS] },
		topics[DEAD_LETTERS], topics[STATE],
		(int32_t)(output_count > transfer_count ? output_count : transfer_count), audit->output_cut };
	audit->record = hub_arena_new(RECORD_LIMIT);
	if (audit->audited && audit->record)
		audit->verdict = hubctl_verdict_new(
		        &names, audit->audited, (int32_t)audit->positions.count, keep, hubctl->arena);
	return audit->verdict ? HUB_OK : hub_error_set(err, HUB_E_FATAL, "", "out of memory");
}

/* The hub went on between the two times that its offsets were asked: the position lies between them. */
static bool moved_on(const struct hubctl_audit *audit, uint32_t i)
{
	const struct hubctl_position *p = &audit->positions.partitions[i];
	const struct hub_committed *now = &p->committed[0];
	return p->found && p->damage.code == HUB_OK && p->position.batch_seq >= audit->audited[i].seq &&
	       p->position.batch_seq < now->seq && p->position.next[0] >= audit->audited[i].committed &&
	       p->position.next[0] <= now->next;
}

static int judge_positions(struct hubctl_audit *audit, struct hub_error *err)
{
	int result = hubctl_positions_ask(audit->hubctl, &audit->positions, err);
	for (uint32_t i = 0; !result && i < audit->positions.count; i++) {
		struct hub_error why = { 0 };
		if (hubctl_position_check(&audit->positions, i, &why) == HUB_OK || moved_on(audit, i))
			continue;
		hubctl_verdict_doubt(audit->verdict, HUBCTL_DOUBT_POSITION, topics[STATE], (int32_t)i,
		        audit->positions.partitions[i].at, (int32_t)i, hub_str_from(why.text));
	}
	return result;
}

static int run(struct hubctl_audit *audit, uint32_t keep, struct hub_error *err)
{
	int result = hubctl_positions_init(audit->hubctl, &audit->positions, err);
	if (!result)
		result = hubctl_positions_ask(audit->hubctl, &audit->positions, err);
	if (!result)
		result = prepare(audit, keep, err);
	if (!result)
		result = read_topics(audit, STATE, INPUT, err);
	if (!result)
		result = judge_positions(audit, err);
	if (!result)
		result = read_topics(audit, INPUT, TOPICS, err);
	if (!result && !hubctl_verdict_finish(audit->verdict))
		result = hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	return result;
}

uint64_t hubctl_audit_doubts(const struct hubctl_audit *audit)
{
	uint64_t sum = 0;
	for (int i = 0; i < HUBCTL_DOUBTS; i++)
		sum += hubctl_verdict_count(audit->verdict, (enum hubctl_doubt)i);
	return sum;
}

int hubctl_audit(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	struct hubctl_audit audit = { .hubctl = hubctl };
	int64_t keep;
	if (hubctl_arg_number(hubctl->args, "limit", 1, KEEP_MAX, KEEP_DEFAULT, &keep, &err))
		return hubctl_usage(hubctl, &err);
	int result = run(&audit, (uint32_t)keep, &err);
	bool doubts = !result && hubctl_audit_doubts(&audit);
	if (!result && hubctl->json)
		hubctl_audit_put_json(&audit);
	else if (!result)
		hubctl_audit_put(&audit);
	hubctl_verdict_free(audit.verdict);
	hub_arena_free(audit.record);
	hubctl_positions_done(&audit.positions);
	if (result)
		return hubctl_fail(hubctl, &err);
	return doubts ? HUBCTL_ATTENTION : HUBCTL_DONE;
}
