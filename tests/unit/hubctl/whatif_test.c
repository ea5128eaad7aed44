/* What was recorded is made again exactly, whatever the clock was; what was not is found; another policy decides
 * otherwise from its moment on. Random months of the county of tests/cases/county.json. */
#include "recorder.h"
#include "story.h"

#include "base/calendar.h"
#include "hubctl/whatif_answers.h"
#include "hubctl/whatif_count.h"
#include "records/catalogue.h"
#include "records/referral_limits.h"
#include "referral-router/referral_core.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { EVENTS = 1500, LINE = 256, HOUR = HUB_HOUR_MS };

/* In 4 (by the stream) and 16 (by the wall) it matters where a timer that said nothing fired. */
static const uint64_t seeds[] = { 1, 2, 4, 16 };

struct months {
	struct recorder *recorder;
	struct hub_arena *arena;
	uint64_t random;
	int64_t now_ms;
	int number, referrals, sessions;
	bool dense; /* milliseconds between events, not hours: what goes on by timer meets the next events */
};

static uint32_t roll(struct months *m, uint32_t sides)
{
	m->random = m->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(m->random >> 33) % sides;
}

static int64_t first_morning(void)
{
	return hub_day_start_ms(hub_day_from_ymd(2026, 3, 2)) + 8 * HOUR;
}

static void say(struct months *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct months *m, const char *format, ...)
{
	char line[LINE];
	const struct hub_schema *schema;
	va_list args;
	va_start(args, format);
	int len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	hub_arena_reset(m->arena);
	void *record = story_read(
	        (struct hub_str){ line, (uint32_t)len }, m->now_ms, m->number++, m->arena, &schema);
	assert_non_null(record);
	recorder_decide(m->recorder, schema, record, m->now_ms);
}

static void open_session(struct months *m)
{
	int64_t starts_ms = m->now_ms + (int64_t)(1 + roll(m, 72)) * HOUR;
	struct hub_buf times;
	hub_buf_init(&times, LINE);
	hub_buf_printf(&times, "starts_at=%lld ends_at=%lld", (long long)starts_ms,
	        (long long)(starts_ms + 4 * HOUR));
	say(m, "SlotsOpened s%d %s capacity=%u %.*s", m->sessions++, roll(m, 2) ? "H-lead" : "H-second",
	        1 + roll(m, 6), (int)times.len, times.data);
	hub_buf_done(&times);
}

static void one_event(struct months *m)
{
	static const char *const answers[] = { "ReferralAccepted", "PatientArrived", "PatientNoShow",
		"ReferralCompleted" };
	unsigned which = m->referrals ? (unsigned)(m->referrals - 1) -
	                                        roll(m, m->referrals < 20 ? (uint32_t)m->referrals : 20)
	                              : 0;
	const char *org = roll(m, 3) ? "H-lead" : "H-second";
	switch (roll(m, 10)) {
	case 0:
	case 1:
		open_session(m);
		break;
	case 2:
	case 3:
	case 4:
		say(m, "ReferralRequested r%d T-%u urgency=%s", m->referrals++, 1 + roll(m, 2),
		        roll(m, 3) ? "ROUTINE" : "EMERGENCY");
		break;
	case 5:
		say(m, "ReferralRejected r%u %s reason_code=NO_CAPACITY", which, org);
		break;
	case 6:
		say(m, "ReferralCancelled r%u T-%u", which, 1 + roll(m, 2));
		break;
	case 7:
		if (m->sessions)
			say(m, "SessionCancelled s%u %s",
			        (unsigned)m->sessions - 1 - roll(m, (uint32_t)m->sessions), org);
		break;
	default:
		say(m, "%s r%u %s", answers[roll(m, 4)], which, org);
	}
}

/* By the wall clock timers fire in their turn, which may be after an input that came later than they were due. */
static void play(struct months *m, bool wall)
{
	for (int i = 0; i < EVENTS; i++) {
		m->now_ms += m->dense ? roll(m, 3) : roll(m, 4 * HOUR) + (roll(m, 2) ? 1 : 0);
		if (!wall)
			recorder_fire(m->recorder, m->now_ms - 1, false, 0);
		one_event(m);
		if (wall && roll(m, 3) == 0)
			recorder_fire(m->recorder, m->now_ms, true, m->now_ms);
		if (i == EVENTS / 4) {
			struct hub_referral_limits limits =
			        *(const struct hub_referral_limits *)hub_referral_limits_schema.defaults;
			limits.head.valid_from = HUB_STR("2026-01-15");
			limits.answer_emergency_minutes = 30;
			limits.reroutes_per_event = 1;
			recorder_load(m->recorder, &hub_referral_limits_schema, &limits);
		}
	}
	recorder_finish(m->recorder);
}

static struct months begin(uint64_t seed)
{
	return (struct months){ .recorder = recorder_new(CASES_DIR "/county.json"),
		.arena = hub_arena_new(1 << 22),
		.random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1,
		.now_ms = first_morning() };
}

static void end(struct months *m)
{
	recorder_free(m->recorder);
	hub_arena_free(m->arena);
}

struct outcome {
	struct hubctl_whatif_result result;
	struct hub_arena *arena;
};

static struct outcome run_with(struct months *m, const struct hubctl_reference *over, uint32_t over_count,
        struct hubctl_whatif_options options)
{
	uint32_t count;
	const struct hubctl_reference *references = recorder_references(m->recorder, &count);
	struct outcome outcome = { .arena = hub_arena_new(1 << 22) };
	const struct hubctl_whatif_source source = recorder_source(m->recorder);
	options.core = &referral_router_core;
	options.prefix = "p.";
	options.recording = recorder_recording(m->recorder);
	options.recorded = hubctl_policies_new(&referral_router_core, references, count, NULL, 0);
	if (over)
		options.other =
		        hubctl_policies_new(&referral_router_core, references, count, over, over_count);
	options.to_ms = INT64_MAX;
	options.arena = outcome.arena;
	options.keep = 5;
	assert_true(hubctl_whatif_run(&options, 0, &source, &outcome.result));
	hubctl_policies_free(options.recorded);
	hubctl_policies_free(options.other);
	return outcome;
}

static void again_exactly(bool wall, bool dense)
{
	uint64_t silent = 0;
	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		struct months m = begin(seeds[i]);
		m.dense = dense;
		play(&m, wall);
		struct outcome o =
		        run_with(&m, NULL, 0, (struct hubctl_whatif_options){ .from_ms = INT64_MIN });
		if (o.result.different)
			fail_msg("seed %llu: %llu steps differ, the first at %lld: %.*s",
			        (unsigned long long)seeds[i], (unsigned long long)o.result.different,
			        (long long)o.result.differences[0].at_ms,
			        HUB_STR_ARG(o.result.differences[0].what));
		assert_int_equal(o.result.compared, recorder_decisions(m.recorder));
		assert_int_equal(o.result.same, o.result.compared);
		silent += recorder_silent(m.recorder);
		hub_arena_free(o.arena);
		end(&m);
	}
	assert_true(dense || silent > 100); /* timers that left no trace are among them */
}

static void the_stream_s_clock_is_made_again(void **state)
{
	(void)state;
	again_exactly(false, false);
	again_exactly(false, true);
}

static void the_wall_s_clock_is_made_again(void **state)
{
	(void)state;
	again_exactly(true, false);
	again_exactly(true, true);
}

static void what_was_not_decided_so_is_found(void **state)
{
	(void)state;
	struct months m = begin(1);
	recorder_tamper(m.recorder, 700);
	play(&m, true);
	struct outcome o = run_with(&m, NULL, 0, (struct hubctl_whatif_options){ .from_ms = INT64_MIN });
	assert_int_equal(o.result.different, 1);
	assert_int_equal(o.result.difference_count, 1);
	assert_true(o.result.compared - o.result.same >= 1 && o.result.compared - o.result.same < 20);
	hub_arena_free(o.arena);
	end(&m);
}

struct sides {
	struct hubctl_count *happened, *would;
	struct hubctl_answers *answers;
};

static bool nowhere(void *user, struct hub_str org_id, struct hub_str county_id)
{
	(void)user;
	(void)org_id;
	(void)county_id;
	return false;
}

static void happened(void *user, const struct hub_schema *schema, const void *record)
{
	hubctl_count_take(((struct sides *)user)->happened, schema, record);
}

static void would(void *user, const struct hub_schema *schema, const void *record)
{
	hubctl_count_take(((struct sides *)user)->would, schema, record);
	hubctl_answers_decided(((struct sides *)user)->answers, schema, record);
}

static bool adapt(void *user, const struct hub_table *table, const struct hubctl_whatif_step *step,
        const struct hubctl_whatif_input *input, struct hub_arena *arena)
{
	return hubctl_answers_adapt(((struct sides *)user)->answers, table, step, input, arena);
}

static bool resume(void *user, struct hubctl_whatif_input *ret)
{
	return hubctl_answers_resume(((struct sides *)user)->answers, ret);
}

static struct sides sides_from(int64_t from_ms)
{
	return (struct sides){ hubctl_count_new(from_ms, INT64_MAX, HUB_STR(""), nowhere, NULL),
		hubctl_count_new(from_ms, INT64_MAX, HUB_STR(""), nowhere, NULL), hubctl_answers_new() };
}

static void sides_end(struct sides *sides)
{
	hubctl_count_free(sides->happened);
	hubctl_count_free(sides->would);
	hubctl_answers_free(sides->answers);
}

/* The record laid over has the key of the loaded limits: emergencies may take a day, in every version. */
static struct hubctl_reference patient_limits(struct hub_arena *arena)
{
	struct hub_referral_limits limits =
	        *(const struct hub_referral_limits *)hub_referral_limits_schema.defaults;
	struct hub_buf key, value;
	limits.head.valid_from = HUB_STR("2026-01-15");
	limits.answer_emergency_minutes = 1440;
	hub_buf_init(&key, 4096);
	hub_buf_init(&value, 4096);
	assert_int_equal(hub_registry_key(&hub_referral_limits_schema, &limits, &key, NULL), 0);
	assert_int_equal(hub_frame_encode(&hub_referral_limits_schema, &limits, &value, NULL), 0);
	struct hubctl_reference over = { hub_arena_copy(arena, hub_buf_slice(&key)),
		hub_arena_copy(arena, hub_buf_slice(&value)), 0 };
	hub_buf_done(&key);
	hub_buf_done(&value);
	return over;
}

static void another_policy_decides_from_its_moment_on(void **state)
{
	(void)state;
	struct months m = begin(3);
	int64_t from_ms = first_morning() + 60 * (int64_t)HUB_DAY_MS;
	struct sides sides = sides_from(from_ms);
	recorder_listen(m.recorder, happened, &sides);
	play(&m, false);
	struct hub_arena *arena = hub_arena_new(1 << 16);
	struct hubctl_reference over = patient_limits(arena);
	struct outcome o = run_with(&m, &over, 1,
	        (struct hubctl_whatif_options){ .from_ms = from_ms,
	                .decided = would,
	                .adapt = adapt,
	                .resume = resume,
	                .user = &sides });
	struct hubctl_totals before, after;
	assert_true(hubctl_count_totals(sides.happened, &before) && hubctl_count_totals(sides.would, &after));
	assert_int_equal(o.result.different, 0);
	assert_true(o.result.compared > 100 && o.result.compared < recorder_decisions(m.recorder));
	assert_int_equal(after.requested, before.requested);
	assert_true(before.requested > 50 && before.placed > 0);
	assert_true(after.expired < before.expired);
	sides_end(&sides);
	hub_arena_free(arena);
	hub_arena_free(o.arena);
	end(&m);
}

static void the_same_policy_by_the_stream_s_clock_is_what_happened(void **state)
{
	(void)state;
	struct months m = begin(4);
	struct sides sides = sides_from(INT64_MIN);
	recorder_listen(m.recorder, happened, &sides);
	play(&m, false);
	const struct hubctl_reference none = { 0 };
	struct outcome o = run_with(&m, &none, 0,
	        (struct hubctl_whatif_options){ .from_ms = INT64_MIN,
	                .decided = would,
	                .adapt = adapt,
	                .resume = resume,
	                .user = &sides });
	struct hubctl_totals before, after;
	assert_true(hubctl_count_totals(sides.happened, &before) && hubctl_count_totals(sides.would, &after));
	assert_int_equal(o.result.compared, 0);
	assert_int_equal(after.requested, before.requested);
	assert_int_equal(after.placed, before.placed);
	assert_int_equal(after.expired, before.expired);
	assert_int_equal(after.events_refused, before.events_refused);
	assert_int_equal(after.slots_unused, before.slots_unused);
	assert_int_equal(after.wait_p90_ms, before.wait_p90_ms);
	sides_end(&sides);
	hub_arena_free(o.arena);
	end(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_stream_s_clock_is_made_again),
		cmocka_unit_test(the_wall_s_clock_is_made_again),
		cmocka_unit_test(what_was_not_decided_so_is_found),
		cmocka_unit_test(another_policy_decides_from_its_moment_on),
		cmocka_unit_test(the_same_policy_by_the_stream_s_clock_is_what_happened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
