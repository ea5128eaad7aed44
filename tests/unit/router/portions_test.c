/* What one step does is bounded (I-6): a session with many holders or waiters is worked off in portions, by
 * timers that are due at once, in order, and nobody overtakes. */
#include "invariants.h"
#include "partition.h"
#include "story.h"

#include "base/calendar.h"
#include "records/beds_changed.h"
#include "records/referral_routed.h"
#include "records/referral_waitlisted.h"
#include "records/session_changed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MANY = 250, PORTION = 100, LINE = 256, EVENT_LIMIT = 1 << 20 };

struct crowd {
	struct partition *partition;
	struct invariants *invariants;
	struct hub_arena *arena;
	int64_t now_ms;
	int events;
	char last[LINE]; /* the referral that was routed last */
};

static void begin(struct crowd *crowd)
{
	*crowd = (struct crowd){
		.partition = partition_new(CASES_DIR "/county.json"),
		.invariants = invariants_new(),
		.arena = hub_arena_new(EVENT_LIMIT),
		.now_ms = hub_day_start_ms(hub_day_from_ymd(2026, 3, 2)) + 10 * (int64_t)HUB_HOUR_MS,
	};
}

static void end(struct crowd *crowd)
{
	hub_arena_free(crowd->arena);
	invariants_free(crowd->invariants);
	partition_free(crowd->partition);
}

static uint32_t count(struct crowd *crowd, const struct hub_effects *effects, const struct hub_schema *schema)
{
	uint32_t found = 0;
	for (uint32_t i = 0; i < effects->count; i++) {
		if (effects->outputs[i].schema != schema)
			continue;
		found++;
		if (schema == &hub_referral_routed_schema)
			snprintf(crowd->last, LINE, "%.*s",
			        HUB_STR_ARG(((const struct hub_referral_routed *)effects->outputs[i].record)
			                            ->referral_id));
	}
	return found;
}

static const struct hub_effects *say(struct crowd *crowd, const char *line)
{
	const struct hub_schema *schema;
	hub_arena_reset(crowd->arena);
	const void *record =
	        story_read(hub_str_from(line), crowd->now_ms, ++crowd->events, crowd->arena, &schema);
	assert_non_null(record);
	const struct hub_effects *effects = partition_decide(crowd->partition, schema, record, crowd->now_ms);
	invariants_after(crowd->invariants, crowd->partition, schema, record, effects);
	return effects;
}

static const struct hub_effects *fire(struct crowd *crowd, const char *name)
{
	struct hub_timer timer;
	const struct hub_effects *effects =
	        partition_fire(crowd->partition, crowd->now_ms + 1000, &timer, &crowd->now_ms);
	assert_non_null(effects);
	assert_true(hub_str_is(timer.name, name));
	invariants_after(crowd->invariants, crowd->partition, NULL, NULL, effects);
	return effects;
}

static void request_many(struct crowd *crowd)
{
	char line[LINE];
	for (int i = 0; i < MANY; i++) {
		snprintf(
		        line, sizeof(line), "ReferralRequested r%03d T-1 specialty=04.03 diagnosis=S72.0", i);
		say(crowd, line);
	}
}

static void open_session(struct crowd *crowd, const char *id, int capacity, char line[LINE])
{
	(void)crowd;
	snprintf(line, LINE,
	        "SlotsOpened %s H-lead specialty=04.03 capacity=%d starts_at=2026-03-06T08:00 "
	        "ends_at=2026-03-06T12:00",
	        id, capacity);
}

static void test_cancelled_session(void **state)
{
	(void)state;
	struct crowd crowd;
	char line[LINE];
	begin(&crowd);
	open_session(&crowd, "s1", MANY, line);
	say(&crowd, line);
	request_many(&crowd);
	const struct hub_effects *effects = say(&crowd, "SessionCancelled s1 H-lead");
	assert_int_equal(count(&crowd, effects, &hub_referral_waitlisted_schema), PORTION);
	/* Whoever was not reached yet may still act. */
	effects = say(&crowd, "PatientArrived r249 H-lead");
	invariants_check(crowd.invariants, crowd.partition, crowd.now_ms);
	effects = fire(&crowd, "session_reroute");
	assert_int_equal(count(&crowd, effects, &hub_referral_waitlisted_schema), PORTION);
	effects = fire(&crowd, "session_reroute");
	assert_int_equal(count(&crowd, effects, &hub_referral_waitlisted_schema), MANY - 2 * PORTION - 1);
	const struct hub_session_changed *changed = effects->outputs[effects->count - 1].record;
	assert_int_equal(changed->capacity, 1);
	assert_int_equal(changed->used_referred, 1);
	invariants_check(crowd.invariants, crowd.partition, crowd.now_ms);
	end(&crowd);
}

static void test_many_waiters(void **state)
{
	(void)state;
	struct crowd crowd;
	char line[LINE];
	begin(&crowd);
	request_many(&crowd);
	open_session(&crowd, "s1", MANY, line);
	const struct hub_effects *effects = say(&crowd, line);
	assert_int_equal(count(&crowd, effects, &hub_referral_routed_schema), PORTION);
	assert_string_equal(crowd.last, "r099");
	/* A newcomer is no more urgent than those who are still to come: it queues. */
	effects = say(&crowd, "ReferralRequested rlate T-2 specialty=04.03 diagnosis=S72.0");
	assert_int_equal(count(&crowd, effects, &hub_referral_waitlisted_schema), 1);
	/* A more urgent one goes before them, and is not forgotten behind the place that was reached. */
	effects = say(&crowd, "ReferralRequested first T-2 specialty=04.03 diagnosis=S72.0 urgency=URGENT");
	assert_int_equal(count(&crowd, effects, &hub_referral_routed_schema), 1);
	effects = fire(&crowd, "serve");
	assert_int_equal(count(&crowd, effects, &hub_referral_routed_schema), PORTION);
	assert_string_equal(crowd.last, "r199");
	effects = fire(&crowd, "serve");
	assert_int_equal(count(&crowd, effects, &hub_referral_routed_schema), MANY - 2 * PORTION - 1);
	assert_string_equal(crowd.last, "r248");
	invariants_check(crowd.invariants, crowd.partition, crowd.now_ms);
	end(&crowd);
}

/* Who joins the list before the place that was reached, when nothing is open, is its head all the same. */
static void test_joined_before_the_place_that_was_reached(void **state)
{
	(void)state;
	struct crowd crowd;
	char line[LINE];
	begin(&crowd);
	request_many(&crowd);
	open_session(&crowd, "s1", PORTION + 1, line);
	say(&crowd, line);
	const struct hub_effects *effects =
	        say(&crowd, "ReferralRequested first T-2 specialty=04.03 diagnosis=S72.0 urgency=URGENT");
	assert_int_equal(count(&crowd, effects, &hub_referral_routed_schema), 1);
	effects = say(&crowd, "ReferralRequested second T-3 specialty=04.03 diagnosis=S72.0 urgency=URGENT");
	assert_int_equal(count(&crowd, effects, &hub_referral_waitlisted_schema), 1);
	effects = say(&crowd, "ReferralCancelled r007 T-1");
	assert_int_equal(count(&crowd, effects, &hub_referral_routed_schema), 1);
	assert_string_equal(crowd.last, "second");
	invariants_check(crowd.invariants, crowd.partition, crowd.now_ms);
	end(&crowd);
}

/* The same with beds. */
static void test_many_wait_for_beds(void **state)
{
	(void)state;
	struct crowd crowd;
	char line[LINE];
	begin(&crowd);
	say(&crowd, "BedsReported - H-lead bed_kind=GENERAL total=3000 free=0");
	say(&crowd, "BedsReported - H-second bed_kind=GENERAL total=80 free=0");
	for (int i = 0; i < MANY; i++) {
		snprintf(line, sizeof(line), "ReferralRequested r%03d T-1 need=BED bed_kind=GENERAL", i);
		say(&crowd, line);
	}
	const struct hub_effects *effects =
	        say(&crowd, "BedsReported - H-lead bed_kind=GENERAL total=3000 free=2000 revision=2");
	assert_int_equal(count(&crowd, effects, &hub_referral_routed_schema), PORTION);
	assert_string_equal(crowd.last, "r099");
	effects = say(&crowd, "ReferralRequested rlate T-2 need=BED bed_kind=GENERAL");
	assert_int_equal(count(&crowd, effects, &hub_referral_waitlisted_schema), 1);
	/* Who meets the criteria goes before them, and is not forgotten behind the place that was reached. */
	effects = say(&crowd, "ReferralRequested rlast T-2 need=BED bed_kind=GENERAL criteria=heart-bed");
	assert_int_equal(count(&crowd, effects, &hub_referral_routed_schema), 1);
	effects = fire(&crowd, "serve");
	assert_int_equal(count(&crowd, effects, &hub_referral_routed_schema), PORTION);
	assert_string_equal(crowd.last, "r199");
	effects = fire(&crowd, "serve");
	assert_int_equal(count(&crowd, effects, &hub_referral_routed_schema), MANY - 2 * PORTION + 1);
	assert_string_equal(crowd.last, "rlate");
	invariants_check(crowd.invariants, crowd.partition, crowd.now_ms);
	/* However many are said to be free, 1024 are counted. */
	effects = say(&crowd, "BedsReported - H-lead bed_kind=GENERAL total=3000 free=2000 revision=3");
	const struct hub_beds_changed *changed = effects->outputs[0].record;
	assert_int_equal(changed->held, MANY + 2);
	assert_int_equal(changed->free, 1024 - MANY - 2);
	end(&crowd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cancelled_session),
		cmocka_unit_test(test_many_waiters),
		cmocka_unit_test(test_joined_before_the_place_that_was_reached),
		cmocka_unit_test(test_many_wait_for_beds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
