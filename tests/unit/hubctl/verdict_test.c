/* What hubctl audit concludes from records that are fed to it: whole, torn, doubled, lost, out of order. */
#include "hubctl/verdict.h"

#include "records/bed_board.h"
#include "records/booking_state.h"
#include "records/foreign_hold_state.h"
#include "records/partition_position.h"
#include "records/referral_closed.h"
#include "records/referral_progressed.h"
#include "records/referral_state.h"
#include "records/session_changed.h"
#include "records/session_state.h"
#include "records/transfer_queried.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { PARTITIONS = 2, KEEP = 8 };

struct bench {
	struct hub_arena *arena;
	struct hubctl_audited audited[PARTITIONS];
	struct hubctl_verdict *verdict;
	int64_t out[PARTITIONS], said[PARTITIONS], state;
};

/* Inputs 0 .. committed - 1 of partition 0, all of them there. */
static void begin(struct bench *b, int64_t committed, bool cut)
{
	*b = (struct bench){ .arena = hub_arena_new(1 << 20) };
	const struct hubctl_verdict_topics topics = { "p.referral.events", "p.referral.transfers",
		{ "decisions", "transfers" }, "dead-letters", "state", PARTITIONS, cut };
	b->audited[0] = (struct hubctl_audited){ .committed = committed, .seq = 9 };
	b->verdict = hubctl_verdict_new(&topics, b->audited, PARTITIONS, KEEP, b->arena);
	assert_non_null(b->verdict);
	for (int64_t offset = 0; offset < committed; offset++)
		hubctl_verdict_input(b->verdict, 0, offset);
}

static void done(struct bench *b)
{
	hubctl_verdict_free(b->verdict);
	hub_arena_free(b->arena);
}

static struct hub_decision_head from_input(struct bench *b, int64_t offset, int32_t index, int32_t count)
{
	return (struct hub_decision_head){
		.event_id =
		        hub_arena_printf(b->arena, "e/p.referral.events/0/%lld/%d", (long long)offset, index),
		.has_decided_from = true,
		.decided_from = { HUB_STR("p.referral.events"), 0, offset, index, count },
	};
}

static struct hub_decision_head from_timer(
        struct bench *b, int64_t seq, int64_t due, int32_t index, int32_t count)
{
	return (struct hub_decision_head){
		.event_id = hub_arena_printf(b->arena, "t/0/%lld/referral:r/answer/%lld/%d", (long long)seq,
		        (long long)due, index),
		.has_timer = true,
		.timer = { HUB_STR("referral:r"), HUB_STR("answer"), due, 0, seq, index, count },
	};
}

static void decided(struct bench *b, struct hub_decision_head head)
{
	struct hub_referral_progressed record = { .head = head };
	hubctl_verdict_decision(
	        b->verdict, HUBCTL_DECISIONS, 1, b->out[1]++, &hub_referral_progressed_schema, &record);
}

static void dead(struct bench *b, int64_t offset)
{
	hubctl_verdict_dead_letter(b->verdict, 0, b->out[0]++, HUB_STR("p.referral.events"), 0, offset);
}

/* The verdict is this doubt, so often, about the input at offset (or -1), and nothing else. */
static void assert_only(struct bench *b, enum hubctl_doubt doubt, uint64_t count, int64_t offset)
{
	uint32_t kept;
	assert_true(hubctl_verdict_finish(b->verdict));
	const struct hubctl_doubtful *found = hubctl_verdict_doubtful(b->verdict, &kept);
	for (int i = 0; i < HUBCTL_DOUBTS; i++)
		assert_int_equal(
		        hubctl_verdict_count(b->verdict, (enum hubctl_doubt)i), i == (int)doubt ? count : 0);
	assert_int_equal(kept, count);
	if (count && offset >= 0)
		assert_int_equal(found[0].offset, offset);
	done(b);
}

static void what_is_whole_is_in_no_doubt(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, 4, false);
	decided(&b, from_input(&b, 0, 0, 1));
	decided(&b, from_input(&b, 1, 0, 2));
	decided(&b, from_input(&b, 1, 1, 2));
	decided(&b, from_timer(&b, 2, 500, 0, 2));
	decided(&b, from_timer(&b, 2, 500, 1, 2));
	decided(&b, from_timer(&b, 2, 700, 0, 1));
	dead(&b, 2);
	decided(&b, from_input(&b, 3, 0, 1));
	decided(&b, from_input(&b, 4, 0, 1)); /* beyond what was committed when the audit began */
	decided(&b, from_input(&b, 5, 0, 3)); /* ... and its transaction was cut there */
	assert_int_equal(b.audited[0].inputs, 4);
	assert_int_equal(b.audited[0].decided, 3);
	assert_int_equal(b.audited[0].dead, 1);
	assert_int_equal(b.audited[0].timers, 2);
	assert_only(&b, HUBCTL_DOUBT_LOST, 0, -1);
}

/* A decision that is said to another county, in the other topic. */
static void said(struct bench *b, int32_t partition, struct hub_decision_head head)
{
	struct hub_transfer_queried record = { .head = head };
	hubctl_verdict_decision(b->verdict, HUBCTL_TRANSFERS, partition, b->said[partition]++,
	        &hub_transfer_queried_schema, &record);
}

static struct hub_decision_head from_county(struct bench *b, int64_t offset, int32_t index, int32_t count)
{
	struct hub_decision_head head = from_input(b, offset, index, count);
	head.event_id =
	        hub_arena_printf(b->arena, "e/p.referral.transfers/0/%lld/%d", (long long)offset, index);
	head.decided_from.topic = HUB_STR("p.referral.transfers");
	return head;
}

static void sets_lie_in_both_topics(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, 2, false);
	b.audited[0].transfers = 3;
	decided(&b, from_input(&b, 0, 1, 3));
	decided(&b, from_input(&b, 1, 0, 1));
	decided(&b, from_timer(&b, 2, 500, 0, 2));
	decided(&b, from_county(&b, 1, 1, 2)); /* what the county said at 0 needed no decision */
	said(&b, 0, from_input(&b, 0, 0, 3));
	said(&b, 1, from_input(&b, 0, 2, 3));
	said(&b, 1, from_timer(&b, 2, 500, 1, 2));
	said(&b, 0, from_county(&b, 1, 0, 2));
	said(&b, 0, from_county(&b, 2, 0, 1));
	assert_int_equal(b.audited[0].decided, 2);
	assert_int_equal(b.audited[0].timers, 1);
	assert_only(&b, HUBCTL_DOUBT_LOST, 0, -1);

	begin(&b, 1, false); /* what should have been said to the other county is not there */
	decided(&b, from_input(&b, 0, 1, 2));
	assert_only(&b, HUBCTL_DOUBT_TORN, 1, 0);

	begin(&b, 0, false); /* ... by a county that was told something */
	b.audited[0].transfers = 1;
	said(&b, 1, from_county(&b, 0, 0, 2));
	assert_only(&b, HUBCTL_DOUBT_TORN, 1, 0);

	begin(&b, 1, false); /* said twice */
	decided(&b, from_input(&b, 0, 0, 2));
	said(&b, 1, from_input(&b, 0, 1, 2));
	said(&b, 1, from_input(&b, 0, 1, 2));
	assert_only(&b, HUBCTL_DOUBT_DOUBLED, 1, 0);

	begin(&b, 0, false);
	b.audited[0].transfers = 2;
	said(&b, 1, from_county(&b, 1, 0, 1));
	said(&b, 1, from_county(&b, 0, 0, 1));
	hubctl_verdict_dead_letter(b.verdict, 0, 0, HUB_STR("p.referral.transfers"), 0, 1);
	assert_only(&b, HUBCTL_DOUBT_ORDER, 1, 1);
}

static void a_lost_input_is_named(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, 3, false);
	decided(&b, from_input(&b, 0, 0, 1));
	decided(&b, from_input(&b, 2, 0, 1));
	assert_only(&b, HUBCTL_DOUBT_LOST, 1, 1);
}

static void torn_sets_are_named(void **state)
{
	(void)state;
	static const int32_t missing[3][2] = { { 1, 2 }, { 0, 2 }, { 0, 1 } };
	for (int m = 0; m < 3; m++) {
		struct bench b;
		begin(&b, 2, false);
		decided(&b, from_input(&b, 0, missing[m][0], 3));
		decided(&b, from_input(&b, 0, missing[m][1], 3));
		decided(&b, from_input(&b, 1, 0, 1));
		assert_only(&b, HUBCTL_DOUBT_TORN, 1, 0);
	}
	struct bench b;
	begin(&b, 1, false);
	decided(&b, from_input(&b, 0, 0, 2)); /* the last set of the topic */
	assert_only(&b, HUBCTL_DOUBT_TORN, 1, 0);
}

static void doubled_sets_and_records_are_named(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, 2, false);
	for (int twice = 0; twice < 2; twice++)
		for (int32_t i = 0; i < 2; i++)
			decided(&b, from_input(&b, 0, i, 2));
	decided(&b, from_input(&b, 1, 0, 1));
	assert_only(&b, HUBCTL_DOUBT_DOUBLED, 1, 0);

	begin(&b, 1, false);
	decided(&b, from_input(&b, 0, 0, 2));
	decided(&b, from_input(&b, 0, 0, 2));
	decided(&b, from_input(&b, 0, 1, 2));
	assert_only(&b, HUBCTL_DOUBT_DOUBLED, 1, 0);

	begin(&b, 1, false);
	decided(&b, from_input(&b, 0, 0, 1));
	dead(&b, 0);
	assert_only(&b, HUBCTL_DOUBT_DOUBLED, 1, 0);

	begin(&b, 1, false);
	dead(&b, 0);
	dead(&b, 0);
	assert_only(&b, HUBCTL_DOUBT_DOUBLED, 1, 0);

	begin(&b, 2, false); /* long after */
	decided(&b, from_input(&b, 0, 0, 1));
	decided(&b, from_input(&b, 1, 0, 1));
	decided(&b, from_input(&b, 0, 0, 1));
	assert_only(&b, HUBCTL_DOUBT_DOUBLED, 1, 0);
}

static void order_and_timers(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, 2, false);
	decided(&b, from_input(&b, 1, 0, 1));
	decided(&b, from_input(&b, 0, 0, 1));
	assert_only(&b, HUBCTL_DOUBT_ORDER, 1, 0);

	begin(&b, 0, false);
	decided(&b, from_timer(&b, 3, 500, 0, 1));
	decided(&b, from_timer(&b, 4, 500, 0, 1));
	assert_only(&b, HUBCTL_DOUBT_TIMER, 1, 1);

	begin(&b, 0, false);
	decided(&b, from_timer(&b, 4, 500, 0, 1));
	decided(&b, from_timer(&b, 3, 600, 0, 1));
	assert_only(&b, HUBCTL_DOUBT_ORDER, 1, 1);

	begin(&b, 0, false);
	decided(&b, from_timer(&b, 4, 500, 0, 2));
	decided(&b, from_timer(&b, 5, 600, 0, 1));
	assert_only(&b, HUBCTL_DOUBT_TORN, 1, 0);
}

static void decisions_that_come_from_nowhere(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, 0, false);
	struct hub_decision_head head = from_input(&b, 0, 0, 1);
	head.event_id = HUB_STR("e/p.referral.events/0/0/1");
	decided(&b, head);
	assert_only(&b, HUBCTL_DOUBT_SOURCE, 1, 0);

	begin(&b, 0, false);
	hubctl_verdict_decision(b.verdict, HUBCTL_DECISIONS, 1, 7, NULL, NULL);
	assert_only(&b, HUBCTL_DOUBT_SOURCE, 1, 7);

	begin(&b, 0, false);
	hubctl_verdict_dead_letter(b.verdict, 1, 7, HUB_STR("other"), 0, 0);
	assert_only(&b, HUBCTL_DOUBT_SOURCE, 1, 7);

	begin(&b, 1, false); /* its input is not in the log */
	decided(&b, from_input(&b, 0, 0, 1));
	b.audited[0].committed = 1;
	hubctl_verdict_free(b.verdict);
	const struct hubctl_verdict_topics topics = { "p.referral.events", "t", { "d", "t" }, "l", "s",
		PARTITIONS, false };
	b.verdict = hubctl_verdict_new(&topics, b.audited, PARTITIONS, KEEP, b.arena);
	decided(&b, from_input(&b, 0, 0, 1));
	assert_only(&b, HUBCTL_DOUBT_SOURCE, 1, 0);
}

static void what_retention_took_is_not_judged(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, 4, true);
	decided(&b, from_input(&b, 2, 1, 2)); /* the cut goes through it */
	decided(&b, from_input(&b, 3, 0, 1));
	assert_only(&b, HUBCTL_DOUBT_LOST, 0, -1);
	begin(&b, 4, true);
	decided(&b, from_input(&b, 1, 0, 1));
	decided(&b, from_input(&b, 3, 0, 1));
	assert_only(&b, HUBCTL_DOUBT_LOST, 1, 2);
}

static void a_referral_ends_once(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, 3, false);
	for (int64_t offset = 0; offset < 3; offset++) {
		struct hub_referral_closed closed = { .head = from_input(&b, offset, 0, 1),
			.referral_id = HUB_STR("r1") };
		closed.head.has_repeat_of = offset == 1; /* answered by the present state */
		hubctl_verdict_decision(
		        b.verdict, HUBCTL_DECISIONS, 1, offset, &hub_referral_closed_schema, &closed);
	}
	assert_int_equal(hubctl_verdict_sums(b.verdict).ended, 1);
	assert_only(&b, HUBCTL_DOUBT_ENDED, 1, 2);
}

static void put_state(struct bench *b, const char *key, const struct hub_schema *schema, const void *record)
{
	hubctl_verdict_state(b->verdict, 0, b->state++, hub_str_from(key), schema, record);
}

static void position(struct bench *b)
{
	struct hub_partition_position record = { .batch_seq = 1 };
	put_state(b, "position", &hub_partition_position_schema, &record);
}

static void session(struct bench *b, int32_t held, int32_t own)
{
	struct hub_session_state record = { .org_id = HUB_STR("H1"),
		.session_id = HUB_STR("s"),
		.reserved = { .open = 1 },
		.common = { .open = 1, .held = held, .used_own = own } };
	put_state(b, "session:H1:s", &hub_session_state_schema, &record);
}

static void referral(struct bench *b, const char *key, enum hub_referral_stage stage)
{
	struct hub_referral_state record = { .stage = stage,
		.has_to_org_id = true,
		.to_org_id = HUB_STR("H1"),
		.has_session_id = true,
		.session_id = HUB_STR("s") };
	put_state(b, key, &hub_referral_state_schema, &record);
}

static void slots_have_their_holders(void **state)
{
	(void)state;
	struct hub_booking_state taken = { HUB_STR("H1"), HUB_STR("s"), HUB_STR("b"), true, HUB_STR("") };
	struct bench b;
	begin(&b, 0, false);
	session(&b, 0, 0);
	position(&b);
	referral(&b, "referral:a", HUB_REFERRAL_STAGE_ROUTED);
	referral(&b, "referral:b", HUB_REFERRAL_STAGE_ACCEPTED);
	put_state(&b, "booking:H1:s:b", &hub_booking_state_schema, &taken);
	session(&b, 2, 1);
	position(&b);
	put_state(&b, "referral:a", NULL, NULL);
	session(&b, 1, 1);
	position(&b);
	session(&b, 5, 5); /* of a transaction that lies beyond the end of the reading */
	assert_int_equal(hubctl_verdict_sums(b.verdict).held, 1);
	assert_only(&b, HUBCTL_DOUBT_SLOTS, 0, -1);

	begin(&b, 0, false); /* given back twice */
	session(&b, 0, 0);
	referral(&b, "referral:a", HUB_REFERRAL_STAGE_ROUTED);
	position(&b);
	assert_only(&b, HUBCTL_DOUBT_SLOTS, 1, 0);

	begin(&b, 0, false);
	session(&b, -1, 0);
	position(&b);
	assert_only(&b, HUBCTL_DOUBT_SLOTS, 1, 0);

	begin(&b, 0, false);
	referral(&b, "referral:a", HUB_REFERRAL_STAGE_ROUTED); /* in a session that is not there */
	position(&b);
	assert_only(&b, HUBCTL_DOUBT_SLOTS, 1, -1);
}

static void board(struct bench *b, int32_t held)
{
	struct hub_bed_board record = {
		.org_id = HUB_STR("H1"), .bed_kind = HUB_BED_KIND_GENERAL, .total = 9, .free = 3, .held = held
	};
	put_state(b, "beds:H1:GENERAL", &hub_bed_board_schema, &record);
}

static void beds_have_their_holders(void **state)
{
	(void)state;
	struct hub_referral_state holder = { .stage = HUB_REFERRAL_STAGE_ROUTED,
		.has_to_org_id = true,
		.to_org_id = HUB_STR("H1"),
		.bed_held = true };
	struct bench b;
	begin(&b, 0, false);
	board(&b, 1);
	put_state(&b, "referral:a", &hub_referral_state_schema, &holder);
	position(&b);
	assert_only(&b, HUBCTL_DOUBT_SLOTS, 0, -1);

	begin(&b, 0, false); /* for another county's */
	struct hub_foreign_hold_state foreign = {
		.phase = HUB_FOREIGN_HOLD_PHASE_HELD, .org_id = HUB_STR("H1"), .bed_held = true
	};
	board(&b, 1);
	put_state(&b, "foreign_hold:a/1", &hub_foreign_hold_state_schema, &foreign);
	position(&b);
	assert_only(&b, HUBCTL_DOUBT_SLOTS, 0, -1);

	begin(&b, 0, false); /* held for a referral that has ended */
	board(&b, 1);
	put_state(&b, "referral:a", &hub_referral_state_schema, &holder);
	put_state(&b, "referral:a", NULL, NULL);
	position(&b);
	assert_only(&b, HUBCTL_DOUBT_SLOTS, 1, 0);
}

static void told_slots_add_up(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, 1, false);
	struct hub_session_changed changed = {
		.head = from_input(&b, 0, 0, 1), .capacity = 3, .open = 1, .held = 1
	};
	hubctl_verdict_decision(b.verdict, HUBCTL_DECISIONS, 1, 0, &hub_session_changed_schema, &changed);
	assert_only(&b, HUBCTL_DOUBT_SLOTS, 1, 0);
}

static void only_some_are_kept_and_all_are_counted(void **state)
{
	(void)state;
	struct bench b;
	begin(&b, 100, false);
	uint32_t kept;
	assert_true(hubctl_verdict_finish(b.verdict));
	hubctl_verdict_doubtful(b.verdict, &kept);
	assert_int_equal(kept, KEEP);
	assert_int_equal(hubctl_verdict_count(b.verdict, HUBCTL_DOUBT_LOST), 100);
	assert_int_equal(b.audited[0].doubts, 100);
	done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_whole_is_in_no_doubt),
		cmocka_unit_test(sets_lie_in_both_topics),
		cmocka_unit_test(a_lost_input_is_named),
		cmocka_unit_test(torn_sets_are_named),
		cmocka_unit_test(doubled_sets_and_records_are_named),
		cmocka_unit_test(order_and_timers),
		cmocka_unit_test(decisions_that_come_from_nowhere),
		cmocka_unit_test(what_retention_took_is_not_judged),
		cmocka_unit_test(a_referral_ends_once),
		cmocka_unit_test(slots_have_their_holders),
		cmocka_unit_test(beds_have_their_holders),
		cmocka_unit_test(told_slots_add_up),
		cmocka_unit_test(only_some_are_kept_and_all_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
