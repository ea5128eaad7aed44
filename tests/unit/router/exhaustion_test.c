/* Memory that runs out in the middle of a decision: whatever was done so far is taken back, nothing breaks.
 * Each kind of step is tried with every size of arena, from hardly any to enough. */
#include "fixture.h"
#include "story.h"

#include "base/calendar.h"
#include "base/hash.h"
#include "referral-router/referral_core.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LINES_LIMIT = 8 << 20, ENOUGH = 64 << 10, STEP = 40 };

static const char *const before[] = {
	"SlotsOpened s1 H-lead specialty=04.03 capacity=3 starts_at=2026-03-06T08:00 "
	"ends_at=2026-03-06T12:00",
	"SlotsOpened s2 H-second specialty=04.03 capacity=1 starts_at=2026-03-07T08:00 "
	"ends_at=2026-03-07T12:00",
	"SlotTaken s1 H-lead booking_id=b1",
	"ReferralRequested r1 T-1 specialty=04.03 diagnosis=S72.0",
	"ReferralRequested r2 T-2 specialty=04.03 diagnosis=S72.0",
	"ReferralRequested r3 T-3 specialty=04.03 diagnosis=S72.0",
	"ReferralRequested r4 T-3 specialty=04.03 diagnosis=S72.0",
	"ReferralAccepted r1 H-lead",
	"SupplementRequested r3 H-second text=why?",
	"ReferralRequested r5 T-1 specialty=21 need=CONSULT diagnosis=M54.5",
	"ReferralRejected r5 H-lead",
	"ReferralRejected r5 H-rehab",
	"ReferralRejected r5 H-tcm",
	"BedsReported - H-lead bed_kind=GENERAL total=9 free=1",
	"BedsReported - H-second bed_kind=GENERAL total=9 free=0",
	"ReferralRequested b1 T-1 need=BED bed_kind=GENERAL",
	"ReferralRequested b2 T-2 need=BED bed_kind=GENERAL criteria=heart-bed",
	"ReferralRequested d1 H-lead direction=DOWN diagnosis=I10 patient.contract_org_id=T-1",
};

static const char *const tried[] = {
	"ReferralRequested r9 T-1 need=CONSULT",
	"ReferralRequested r9 T-1 specialty=04.03 diagnosis=S72.0",
	"ReferralRequested r1 T-1 specialty=04.03 diagnosis=S72.0",
	"ReferralRequested r9 H-lead direction=DOWN diagnosis=I10 patient.home_org_id=T-1 medications=N02/3",
	"ReferralRequested r9 T-1 need=BED bed_kind=GENERAL criteria=heart-bed",
	"BedsReported - H-second bed_kind=GENERAL total=9 free=3 revision=2",
	"ReferralCancelled b1 T-1",
	"PatientArrived b1 H-lead",
	"ReturnConfirmed d1 T-1",
	"SlotsOpened s3 H-lead specialty=04.03 capacity=3 starts_at=2026-03-06T08:00 "
	"ends_at=2026-03-06T12:00",
	"SlotsOpened s1 H-lead revision=2 specialty=04.03 capacity=5 starts_at=2026-03-06T08:00 "
	"ends_at=2026-03-06T12:00",
	"SlotFreed s1 H-lead booking_id=b1",
	"SlotTaken s1 H-lead booking_id=b2",
	"SessionCancelled s1 H-lead",
	"ReferralRejected r1 H-lead reason=\"no bed\"",
	"PatientArrived r1 H-lead",
	"PatientNoShow r1 H-lead",
	"ReferralCompleted r1 H-lead summary=done",
	"ReferralCancelled r4 T-3",
	"SupplementRequested r2 H-lead text=why?",
	"Supplemented r3 T-3 text=so",
	"ReferralClaimed r5 H-tcm",
	"OutOfCountyAuthorised r2 H-control",
	"OutOfCountyAuthorised r4 H-control",
};

struct place {
	struct fixture *fixture;
	struct hub_table *table;
	struct hub_arena *lines;
	int64_t now_ms;
	int events;
};

static uint64_t digest(const struct hub_table *table)
{
	struct hub_str key, value;
	uint64_t sum = hub_table_count(table);
	for (size_t at = 0; hub_table_each(table, &at, &key, &value);)
		sum += hub_hash(hub_hash(HUB_HASH_START, key), value);
	return sum;
}

/* True when the arena was large enough. */
static bool decide(struct place *place, const struct hub_schema *schema, const void *record, size_t room)
{
	struct hub_arena *arena = hub_arena_new(room);
	struct hub_effects effects;
	const struct hub_input input = { .now_ms = place->now_ms, .schema = schema, .record = record };
	hub_effects_init(&effects, arena);
	referral_router_core.decide(
	        place->table, fixture_policy(place->fixture, hub_day_of(place->now_ms)), &input, &effects);
	bool enough = !hub_arena_exhausted(arena);
	hub_arena_free(arena);
	return enough;
}

static bool fire_first(struct place *place, size_t room)
{
	struct hub_arena *arena = hub_arena_new(room);
	struct hub_effects effects;
	struct hub_timer timer;
	hub_effects_init(&effects, arena);
	assert_true(hub_table_first_timer(place->table, &timer));
	referral_router_core.fire(place->table, fixture_policy(place->fixture, hub_day_of(timer.due_at_ms)),
	        &timer, timer.due_at_ms, &effects);
	bool enough = !hub_arena_exhausted(arena);
	hub_arena_free(arena);
	return enough;
}

static const void *event(struct place *place, const char *line, const struct hub_schema **ret_schema)
{
	const void *record =
	        story_read(hub_str_from(line), place->now_ms, ++place->events, place->lines, ret_schema);
	assert_non_null(record);
	return record;
}

static void begin(struct place *place)
{
	*place = (struct place){
		.fixture = fixture_new(CASES_DIR "/county.json"),
		.table = hub_table_new(referral_router_core.table),
		.lines = hub_arena_new(LINES_LIMIT),
		.now_ms = hub_day_start_ms(hub_day_from_ymd(2026, 3, 2)) + 10 * (int64_t)HUB_HOUR_MS,
	};
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		const struct hub_schema *schema;
		const void *record = event(place, before[i], &schema);
		assert_true(decide(place, schema, record, ENOUGH));
	}
	hub_table_commit(place->table);
}

static void end(struct place *place)
{
	hub_table_free(place->table);
	hub_arena_free(place->lines);
	fixture_free(place->fixture);
}

static void test_events(void **state)
{
	(void)state;
	struct place place;
	begin(&place);
	uint64_t was = digest(place.table);
	for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
		const struct hub_schema *schema;
		const void *record = event(&place, tried[i], &schema);
		bool enough = false;
		int tries = 0;
		for (size_t room = STEP; room < ENOUGH && !enough; room += STEP, tries++) {
			enough = decide(&place, schema, record, room);
			hub_table_rollback(place.table, 0);
			assert_true(digest(place.table) == was);
		}
		assert_true(enough && tries > 5);
	}
	end(&place);
}

static void test_timers(void **state)
{
	(void)state;
	struct place place;
	begin(&place);
	for (int i = 0; i < 40; i++) {
		uint64_t was = digest(place.table);
		bool enough = false;
		for (size_t room = STEP; room < ENOUGH && !enough; room += STEP) {
			enough = fire_first(&place, room);
			if (!enough)
				hub_table_rollback(place.table, 0);
			assert_true(enough || digest(place.table) == was);
		}
		assert_true(enough);
		hub_table_commit(place.table);
	}
	end(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_events), cmocka_unit_test(test_timers) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
