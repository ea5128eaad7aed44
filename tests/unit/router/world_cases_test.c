/* The rules about a referral's life, held to tests/cases by the county of tests/cases/county.json. Each row
 * is a world of its own. */
#include "cases.h"
#include "script.h"

#include "base/calendar.h"

#include "referral-router/allowed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TEXT_MAX = 256 };

static struct script *play(const struct cases_row *row, const char *column)
{
	struct script *script = script_new(CASES_DIR "/county.json");
	if (!script_play(script, cases_get(row, "first")) || !script_play(script, cases_get(row, column)))
		cases_mistake(row, column, "not understood");
	return script;
}

/* Where everybody is after the events. */
static void run_end(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	(void)user;
	struct script *script = play(row, "events");
	script_put_referrals(script, answer);
	script_put_sessions(script, answer);
	script_put_beds(script, answer);
	script_free(script);
}

/* What an organisation is told. */
static void run_told(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	(void)user;
	struct script *script = play(row, "events");
	script_put_told(script, cases_get(row, "who"), answer);
	script_free(script);
}

/* How the last event is answered: one more in words, or one in the language of story.h. */
static void run_answer(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	(void)user;
	struct script *script = play(row, "events");
	struct hub_str line = cases_get(row, "said");
	if (!hub_str_empty(line) && !script_say(script, line))
		cases_mistake(row, "said", "not understood");
	script_put_answer(script, answer);
	script_free(script);
}

/* The drugs that the receiver of the last ReferralRouted lacks. */
static void run_shortages(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	(void)user;
	struct script *script = play(row, "events");
	struct hub_str line = cases_get(row, "said");
	if (!hub_str_empty(line) && !script_say(script, line))
		cases_mistake(row, "said", "not understood");
	script_put_shortages(script, answer);
	script_free(script);
}

/* When somebody was told LONG_STAY. */
static void run_long_stay(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	(void)user;
	struct script *script = play(row, "events");
	script_put_long_stays(script, answer);
	script_free(script);
}

static const struct hub_referral_state *state_of(struct script *script, struct hub_str id)
{
	struct hub_effects effects;
	hub_effects_init(&effects, partition_arena(script_partition(script)));
	struct referral_world world = { .table = partition_table(script_partition(script)), .out = &effects };
	return referral_world_referral(&world, id);
}

/* What an organisation may say about r1 now. */
static void run_allowed(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	(void)user;
	struct script *script = play(row, "events");
	const struct hub_referral_state *referral = state_of(script, HUB_STR("r1"));
	if (referral) {
		struct partition *partition = script_partition(script);
		unsigned who = referral_allowed_who(
		        partition_policy(partition, script_now_ms(script)), referral, cases_get(row, "who"));
		struct hub_str_array names = referral_allowed(
		        referral->stage, referral->referral.direction, who, partition_arena(partition));
		for (uint32_t i = 0; i < names.count; i++)
			hub_buf_printf(answer, "%s%.*s", i ? " " : "", HUB_STR_ARG(names.items[i]));
	}
	script_free(script);
}

static const struct cases_verb verbs[] = {
	{ "end", run_end },
	{ "told", run_told },
	{ "answer", run_answer },
	{ "shortages", run_shortages },
	{ "long-stay", run_long_stay },
	{ "allowed", run_allowed },
};

static void test_cases(void **state)
{
	char path[TEXT_MAX];
	snprintf(path, sizeof(path), CASES_DIR "/%s", (const char *)*state);
	assert_int_equal(cases_run(path, verbs, sizeof(verbs) / sizeof(verbs[0]), NULL), 0);
}

#define TABLE(file)                                                                                          \
	{                                                                                                    \
		file, test_cases, NULL, NULL, (void *)(uintptr_t)file                                        \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE("REF-01-authorised.cases"),
		TABLE("REF-01-transfers.cases"),
		TABLE("REF-02.cases"),
		TABLE("REF-05.cases"),
		TABLE("REF-06.cases"),
		TABLE("REF-07.cases"),
		TABLE("REF-08-claims.cases"),
		TABLE("REF-10.cases"),
		TABLE("REF-12.cases"),
		TABLE("REF-13.cases"),
		TABLE("REF-14.cases"),
		TABLE("REF-15.cases"),
		TABLE("REF-16.cases"),
		TABLE("REF-17.cases"),
		TABLE("REF-18.cases"),
		TABLE("REF-22.cases"),
		TABLE("waiting-list.cases"),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
