/* The state machine: every stage meets every event, and the README shows what the table says. */
#include "invariants.h"
#include "partition.h"
#include "story.h"

#include "base/calendar.h"
#include "base/check.h"
#include "records/catalogue.h"
#include "records/referral_event_refused.h"
#include "records/referral_progressed.h"
#include "records/supplement_requested.h"
#include "referral-router/due.h"
#include "referral-router/machine.h"
#include "referral-router/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA_LIMIT = 8 << 20, LINE = 256, TEXT_LIMIT = 1 << 20 };

static const char begin_mark[] = "<!-- state machine -->\n", end_mark[] = "<!-- end -->\n";

struct meeting {
	struct partition *partition;
	struct invariants *invariants;
	struct hub_arena *arena;
	struct hub_effects nothing;
	struct referral_world world;
	int64_t now_ms;
	int events;
};

static void begin(struct meeting *meeting)
{
	meeting->partition = partition_new(CASES_DIR "/county.json");
	meeting->invariants = invariants_new();
	meeting->arena = hub_arena_new(ARENA_LIMIT);
	meeting->now_ms = hub_day_start_ms(hub_day_from_ymd(2026, 3, 2)) + 8 * (int64_t)HUB_HOUR_MS;
	hub_effects_init(&meeting->nothing, meeting->arena);
	meeting->world = (struct referral_world){
		.table = partition_table(meeting->partition),
		.policy = partition_policy(meeting->partition, meeting->now_ms),
		.out = &meeting->nothing,
		.now_ms = meeting->now_ms,
	};
}

static void end(struct meeting *meeting)
{
	invariants_free(meeting->invariants);
	partition_free(meeting->partition);
	hub_arena_free(meeting->arena);
}

static const struct hub_effects *say(struct meeting *meeting, const char *line)
{
	const struct hub_schema *schema;
	const void *record =
	        story_read(hub_str_from(line), meeting->now_ms, ++meeting->events, meeting->arena, &schema);
	hub_check(record != NULL);
	const struct hub_effects *effects =
	        partition_decide(meeting->partition, schema, record, meeting->now_ms);
	invariants_after(meeting->invariants, meeting->partition, schema, record, effects);
	return effects;
}

static enum hub_final_state final_of(enum hub_referral_stage stage)
{
	const char *name = hub_referral_stage_name(stage);
	for (uint32_t i = 0; i < hub_final_state_enum.count; i++) {
		if (strcmp(hub_final_state_enum.symbols[i], name) == 0)
			return (enum hub_final_state)i;
	}
	return HUB_FINAL_STATE_UNKNOWN;
}

/* r1 of T-2 stands in that stage, with H-lead where the stage has a hospital. */
static void put_in(struct meeting *meeting, enum hub_referral_stage stage, enum hub_direction direction)
{
	say(meeting, "ReferralRequested r1 T-2 need=CONSULT specialty=21 diagnosis=M54.5");
	hub_table_commit(meeting->world.table);
	if (referral_machine_ended(stage)) {
		const struct hub_referral_stub stub = {
			.county_id = HUB_STR("990121"),
			.consortium_id = HUB_STR("GENERAL"),
			.source_org_id = HUB_STR("T-2"),
			.from_org_id = HUB_STR("T-2"),
			.has_to_org_id = true,
			.to_org_id = HUB_STR("H-lead"),
			.final_state = final_of(stage),
			.direction = HUB_DIRECTION_UP,
			.urgency = HUB_URGENCY_ROUTINE,
			.need = HUB_NEED_CONSULT,
			.forget_at = meeting->now_ms + HUB_DAY_MS,
		};
		referral_world_put_stub(&meeting->world, HUB_STR("r1"), &stub);
		return;
	}
	struct hub_referral_state *referral = referral_world_referral(&meeting->world, HUB_STR("r1"));
	referral->stage = stage;
	referral->referral.direction = direction;
	referral->has_to_org_id = stage == HUB_REFERRAL_STAGE_ROUTED ||
	                          stage == HUB_REFERRAL_STAGE_SUPPLEMENTING ||
	                          stage == HUB_REFERRAL_STAGE_ACCEPTED || stage == HUB_REFERRAL_STAGE_ARRIVED;
	referral_world_put_referral(&meeting->world, referral);
	hub_table_commit(meeting->world.table);
}

static const char *sender_of(unsigned who)
{
	return who & REFERRAL_WHO_ADDRESSED ? "H-lead"
	       : who & REFERRAL_WHO_SENDER  ? "T-2"
	       : who & REFERRAL_WHO_CONTROL ? "H-control"
	                                    : "H-tcm";
}

static void must_refuse(const struct hub_effects *effects, const struct partition *partition,
        const char *code, const char *rule)
{
	const struct hub_change *changes;
	assert_int_equal(effects->count, 1);
	assert_ptr_equal(effects->outputs[0].schema, &hub_referral_event_refused_schema);
	const struct hub_referral_event_refused *refused = effects->outputs[0].record;
	assert_true(hub_str_is(refused->reason_code, code));
	assert_true(hub_str_is(refused->rule, rule));
	assert_true(refused->reason.len > 0);
	assert_int_equal(partition_changes(partition, &changes), 0);
}

/* What the table says must have happened. */
static void must_move(struct meeting *meeting, const struct referral_transition *row)
{
	const struct hub_referral_state *referral = referral_world_referral(&meeting->world, HUB_STR("r1"));
	const struct hub_referral_stub *stub = referral_world_stub(&meeting->world, HUB_STR("r1"));
	if (referral_machine_ended(row->to)) {
		assert_non_null(stub);
		assert_int_equal(stub->final_state, final_of(row->to));
		return;
	}
	assert_non_null(referral);
	/* ROUTING passes within the event: here the next hospital is asked. */
	assert_int_equal(
	        referral->stage, row->to == HUB_REFERRAL_STAGE_ROUTING ? HUB_REFERRAL_STAGE_ROUTED : row->to);
}

static void meet(enum hub_referral_stage stage, enum referral_event event, enum hub_direction direction)
{
	struct meeting meeting = { 0 };
	char line[LINE];
	unsigned who = referral_machine_who(event);
	begin(&meeting);
	put_in(&meeting, stage, direction);
	const struct hub_referral_state *referral = referral_world_referral(&meeting.world, HUB_STR("r1"));
	bool has_say = !(who & REFERRAL_WHO_ADDRESSED) || (referral && referral->has_to_org_id);
	const struct referral_transition *row = referral_machine_find(stage, event);
	snprintf(line, sizeof(line), "%s r1 %s", referral_machine_event_name(event), sender_of(who));
	const struct hub_effects *effects = say(&meeting, line);
	if (!referral)
		must_refuse(effects, meeting.partition, "ENDED", "");
	else if (!has_say)
		must_refuse(effects, meeting.partition, "NOT_YOURS", "");
	else if (row && !referral_machine_concerns(event, direction))
		must_refuse(effects, meeting.partition, "RULE", row->rule);
	else if (row)
		must_move(&meeting, row);
	else
		must_refuse(effects, meeting.partition, "WRONG_STATE", "");
	end(&meeting);
}

static void test_every_stage_meets_every_event(void **state)
{
	(void)state;
	for (int stage = HUB_REFERRAL_STAGE_WAITING; stage < REFERRAL_STAGE_COUNT; stage++) {
		for (int event = 0; event < REFERRAL_EVENT_COUNT; event++) {
			if (!referral_machine_event_name(event)[0])
				continue;
			meet(stage, event, HUB_DIRECTION_UP);
			/* The only one that is otherwise (REF-16). */
			if (event == REFERRAL_EVENT_CONFIRMED)
				meet(stage, event, HUB_DIRECTION_DOWN);
		}
	}
}

static void test_nobody_else_has_a_say(void **state)
{
	(void)state;
	for (int event = 0; event < REFERRAL_EVENT_COUNT; event++) {
		struct meeting meeting = { 0 };
		char line[LINE];
		if (!referral_machine_event_name(event)[0])
			continue;
		begin(&meeting);
		put_in(&meeting, HUB_REFERRAL_STAGE_ROUTED, HUB_DIRECTION_UP);
		snprintf(line, sizeof(line), "%s r1 V-1", referral_machine_event_name(event));
		must_refuse(say(&meeting, line), meeting.partition, "NOT_YOURS", "");
		end(&meeting);
	}
}

/* Rows are unique; what has not ended can go on, what has ended cannot. */
static void test_table(void **state)
{
	(void)state;
	uint32_t count;
	const struct referral_transition *rows = referral_machine_rows(&count);
	bool leaves[REFERRAL_STAGE_COUNT] = { false };
	for (uint32_t i = 0; i < count; i++) {
		assert_ptr_equal(referral_machine_find(rows[i].from, rows[i].event), &rows[i]);
		assert_false(referral_machine_ended(rows[i].from));
		leaves[rows[i].from] = true;
	}
	for (int stage = 1; stage < REFERRAL_STAGE_COUNT; stage++)
		assert_true(leaves[stage] != referral_machine_ended(stage));
}

/* An ended referral takes at most 200 bytes, however long its ids and its story were. */
static void test_stub_is_small(void **state)
{
	(void)state;
	struct meeting meeting = { 0 };
	char line[LINE], id[] = "990121-T-2-2026-03-02-0000000001";
	struct hub_str value;
	begin(&meeting);
	snprintf(
	        line, sizeof(line), "ReferralRequested %s T-2 need=CONSULT specialty=21 diagnosis=M54.5", id);
	say(&meeting, line);
	for (int i = 0; i < 2; i++) {
		snprintf(line, sizeof(line), "ReferralRejected %s %s", id, i ? "H-rehab" : "H-lead");
		say(&meeting, line);
	}
	snprintf(line, sizeof(line), "PatientArrived %s H-tcm", id);
	say(&meeting, line);
	snprintf(line, sizeof(line), "ReferralCompleted %s H-tcm summary=\"%0100d\"", id, 0);
	say(&meeting, line);
	snprintf(line, sizeof(line), "referral:%s", id);
	assert_true(hub_table_get(meeting.world.table, hub_str_from(line), &value));
	assert_in_range(value.len, 1, 200);
	end(&meeting);
}

/* REF-13: both sides hear what the hospital asks, with its documents. */
static void test_documents_are_heard(void **state)
{
	(void)state;
	struct meeting meeting = { 0 };
	begin(&meeting);
	put_in(&meeting, HUB_REFERRAL_STAGE_ROUTED, HUB_DIRECTION_UP);
	const struct hub_schema *schema;
	struct hub_supplement_requested *asked =
	        story_read(HUB_STR("SupplementRequested r1 H-lead text=why?"), meeting.now_ms, 9,
	                meeting.arena, &schema);
	struct hub_attachment form = { .kind = HUB_STR("FORM"), .url = HUB_STR("https://example.org/form") };
	asked->attachments = (struct hub_attachment_array){ &form, 1 };
	const struct hub_effects *effects =
	        partition_decide(meeting.partition, schema, asked, meeting.now_ms);
	const struct hub_referral_progressed *told = effects->outputs[0].record;
	assert_int_equal(effects->count, 1);
	assert_int_equal(told->head.party_org_ids.count, 2);
	assert_true(told->has_said && hub_str_is(told->said.text, "why?"));
	assert_int_equal(told->said.attachments.count, 1);
	assert_true(hub_str_is(told->said.attachments.items[0].kind, "FORM"));
	end(&meeting);
}

static void put_who(unsigned who, struct hub_buf *out)
{
	static const char *const names[] = { "sender", "addressed hospital", "control centre",
		"any hospital" };
	const char *separator = "";
	for (unsigned i = 0; i < 4; i++) {
		if (!(who & 1u << i))
			continue;
		hub_buf_printf(out, "%s%s", separator, names[i]);
		separator = ", ";
	}
}

static void put_diagram(struct hub_buf *out)
{
	uint32_t count;
	const struct referral_transition *rows = referral_machine_rows(&count);
	hub_buf_text(out, "```mermaid\nflowchart LR\n");
	for (uint32_t i = 0; i < count; i++)
		hub_buf_printf(out, "  %s -->|\"%s\"| %s\n", hub_referral_stage_name(rows[i].from),
		        referral_machine_event_meaning(rows[i].event), hub_referral_stage_name(rows[i].to));
	hub_buf_text(out, "```\n\n| state | |\n|---|---|\n");
	for (int stage = 1; stage < REFERRAL_STAGE_COUNT; stage++)
		hub_buf_printf(out, "| %s | %s%s |\n", hub_referral_stage_name(stage),
		        referral_machine_ended(stage) ? "ended: " : "",
		        referral_machine_stage_meaning(stage));
	hub_buf_text(out, "\n| record | who may say it |\n|---|---|\n");
	for (int event = 0; event < REFERRAL_EVENT_COUNT; event++) {
		if (!referral_machine_event_name(event)[0])
			continue;
		hub_buf_printf(out, "| `%s` | ", referral_machine_event_name(event));
		put_who(referral_machine_who(event), out);
		hub_buf_text(out, " |\n");
	}
}

/* The README as it should be: what stands outside the marks is a person's. */
static void test_readme(void **state)
{
	(void)state;
	char *text = calloc(1, TEXT_LIMIT);
	FILE *file = fopen(ROUTER_README, "r");
	struct hub_buf wanted;
	assert_non_null(file);
	text[fread(text, 1, TEXT_LIMIT - 1, file)] = '\0';
	fclose(file);
	char *from = strstr(text, begin_mark), *to = from ? strstr(from, end_mark) : NULL;
	assert_non_null(to);
	hub_buf_init(&wanted, TEXT_LIMIT);
	hub_buf_bytes(&wanted, text, (size_t)(from - text) + strlen(begin_mark));
	put_diagram(&wanted);
	hub_buf_text(&wanted, to);
	bool same = hub_str_is(hub_buf_slice(&wanted), text);
	if (!same && getenv("HUB_README_UPDATE")) {
		file = fopen(ROUTER_README, "w");
		assert_non_null(file);
		fwrite(wanted.data, 1, wanted.len, file);
		fclose(file);
		same = true;
	}
	hub_buf_done(&wanted);
	free(text);
	assert_true(same);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_every_stage_meets_every_event),
		cmocka_unit_test(test_nobody_else_has_a_say),
		cmocka_unit_test(test_stub_is_small),
		cmocka_unit_test(test_documents_are_heard),
		cmocka_unit_test(test_readme),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
