/* The rules that follow from reference data, held to tests/cases/REF-*.cases by the county of
 * tests/cases/county.json. */
#include "cases.h"
#include "fixture.h"

#include "base/calendar.h"

#include "referral-router/candidates.h"
#include "referral-router/capability.h"
#include "referral-router/criteria.h"
#include "referral-router/deadlines.h"
#include "referral-router/quota.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ARENA = 1 << 20, EXCLUDED_MAX = 16, TEXT_MAX = 256 };

static const struct referral_policy *policy_of(void *user, const struct cases_row *row)
{
	return fixture_policy(user, cases_day(row, "day"));
}

/* "H-lead:REJECTED H-third:EXPIRED" */
static uint32_t read_excluded(const struct cases_row *row, struct referral_exclusion excluded[EXCLUDED_MAX])
{
	static const char *const reasons[] = { "REJECTED", "EXPIRED" };
	struct hub_str rest = cases_get(row, "excluded");
	uint32_t count = 0;
	while (rest.len) {
		const char *colon = memchr(rest.data, ':', rest.len);
		const char *space = memchr(rest.data, ' ', rest.len);
		uint32_t len = space ? (uint32_t)(space - rest.data) : rest.len;
		if (!colon || count == EXCLUDED_MAX || (uint32_t)(colon - rest.data) > len)
			cases_mistake(row, "excluded", "expected e.g. H-lead:REJECTED");
		uint32_t id_len = (uint32_t)(colon - rest.data);
		struct hub_str reason = { colon + 1, len - id_len - 1 };
		excluded[count].org_id = (struct hub_str){ rest.data, id_len };
		excluded[count++].reason_code = reasons[hub_str_is(reason, "EXPIRED")];
		rest = space ? (struct hub_str){ space + 1, rest.len - len - 1 } : HUB_STR("");
	}
	return count;
}

static struct referral_search search_of(
        const struct cases_row *row, struct referral_exclusion excluded[EXCLUDED_MAX])
{
	return (struct referral_search){
		.from_org_id = cases_get(row, "sender"),
		.consortium_id = cases_get(row, "consortium"),
		.specialty = cases_get(row, "specialty"),
		.diagnosis = cases_get(row, "diagnosis"),
		.condition = cases_symbol(row, "condition", &hub_condition_enum, HUB_CONDITION_NONE),
		.preferred_org_id = cases_get(row, "preferred"),
		.urgency = cases_symbol(row, "urgency", &hub_urgency_enum, HUB_URGENCY_URGENT),
		.direction = cases_symbol(row, "direction", &hub_direction_enum, HUB_DIRECTION_UP),
		.need = cases_symbol(row, "need", &hub_need_enum, HUB_NEED_OUTPATIENT),
		.bed_kind = cases_symbol(row, "beds", &hub_bed_kind_enum, HUB_BED_KIND_GENERAL),
		.contract_org_id = cases_get(row, "contract"),
		.home_org_id = cases_get(row, "home"),
		.authorised = cases_yes(row, "authorised"),
		.excluded = excluded,
		.excluded_count = read_excluded(row, excluded),
	};
}

static void put_separator(struct hub_buf *answer, const char *text)
{
	if (hub_buf_slice(answer).len)
		hub_buf_text(answer, text);
}

/* Every walk is held to the search for one organisation: both must say the same. */
static void check_find(const struct referral_policy *policy, const struct referral_search *search,
        const struct referral_candidate *candidate)
{
	struct referral_candidate found;
	assert_true(referral_candidates_find(policy, search, candidate->org_id, &found));
	assert_int_equal(found.tier, candidate->tier);
	assert_int_equal(found.path, candidate->path);
	assert_ptr_equal(found.reason_code, candidate->reason_code);
	assert_int_equal(found.leaves_county, candidate->leaves_county);
	assert_int_equal(found.needs_authorisation, candidate->needs_authorisation);
}

/* Who is asked: the first that may take it, by which path, and why not those before it. */
static void run_asked(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	struct referral_exclusion excluded[EXCLUDED_MAX];
	struct referral_search search = search_of(row, excluded);
	struct hub_arena *arena = hub_arena_new(ARENA);
	struct referral_candidates walk;
	const struct referral_candidate *items, *asked = NULL;
	struct hub_buf barred;
	hub_buf_init(&barred, ARENA);
	uint32_t count;
	referral_candidates_init(&walk, policy_of(user, row), &search, arena);
	while (!asked && referral_candidates_next_tier(&walk, &items, &count)) {
		for (uint32_t i = 0; i < count && !asked; i++) {
			if (!items[i].reason_code)
				asked = &items[i];
			else
				hub_buf_printf(&barred, " %.*s:%s", HUB_STR_ARG(items[i].org_id),
				        items[i].reason_code);
		}
	}
	if (asked)
		hub_buf_printf(
		        answer, "%.*s %s", HUB_STR_ARG(asked->org_id), hub_route_path_name(asked->path));
	else
		hub_buf_text(answer, "nobody");
	if (hub_buf_slice(&barred).len)
		hub_buf_printf(answer, ", not%.*s", HUB_STR_ARG(hub_buf_slice(&barred)));
	hub_buf_done(&barred);
	hub_arena_free(arena);
}

/* Everyone who may take it, tier by tier: "H-lead | H-second H-women | ...". */
static void run_order(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	struct referral_exclusion excluded[EXCLUDED_MAX];
	struct referral_search search = search_of(row, excluded);
	const struct referral_policy *policy = policy_of(user, row);
	struct hub_arena *arena = hub_arena_new(ARENA);
	struct referral_candidates walk;
	const struct referral_candidate *items;
	uint32_t count;
	referral_candidates_init(&walk, policy, &search, arena);
	while (referral_candidates_next_tier(&walk, &items, &count)) {
		const char *separator = " | ";
		for (uint32_t i = 0; i < count; i++) {
			check_find(policy, &search, &items[i]);
			if (items[i].reason_code)
				continue;
			put_separator(answer, separator);
			hub_buf_str(answer, items[i].org_id);
			separator = " ";
		}
	}
	hub_arena_free(arena);
}

/* Whether an organisation may be asked for a diagnosis, and whether its list states it. */
static void run_treats(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	const struct referral_policy *policy = policy_of(user, row);
	struct hub_str org = cases_get(row, "organisation"), diagnosis = cases_get(row, "diagnosis");
	bool allows = referral_capability_allows(policy, org, diagnosis);
	hub_buf_text(answer, referral_capability_states(policy, org, diagnosis) ? "listed"
	                     : allows                                           ? "not restricted"
	                                                                        : "not listed");
}

static void run_quota(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	struct hub_slots_opened session = {
		.org_id = cases_get(row, "hospital"),
		.specialty = cases_get(row, "specialty"),
		.need = cases_symbol(row, "need", &hub_need_enum, HUB_NEED_OUTPATIENT),
		.expert = cases_yes(row, "expert"),
		.starts_at = cases_instant(row, "starts"),
		.capacity = (int32_t)cases_number(row, "capacity"),
		.has_reserved_for_primary = !hub_str_empty(cases_get(row, "reserved")),
		.reserved_for_primary = (int32_t)cases_number(row, "reserved"),
		.has_reserve_released_at = !hub_str_empty(cases_get(row, "released")),
	};
	if (session.has_reserve_released_at)
		session.reserve_released_at = cases_instant(row, "released");
	struct referral_quota quota = referral_quota_of(policy_of(user, row), &session);
	hub_buf_printf(answer, "%d until ", quota.reserved);
	cases_put_instant(answer, quota.released_at_ms);
}

/* When everyone else may take slots of the session; "at once". */
static void run_common_opens(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	struct hub_slots_opened session = {
		.org_id = cases_get(row, "hospital"),
		.specialty = cases_get(row, "specialty"),
		.need = cases_symbol(row, "need", &hub_need_enum, HUB_NEED_OUTPATIENT),
		.expert = cases_yes(row, "expert"),
		.starts_at = cases_instant(row, "starts"),
		.capacity = 10,
		.has_reserved_for_primary = !hub_str_empty(cases_get(row, "reserved")),
		.reserved_for_primary = (int32_t)cases_number(row, "reserved"),
		.has_common_opens_at = !hub_str_empty(cases_get(row, "opens")),
	};
	if (session.has_common_opens_at)
		session.common_opens_at = cases_instant(row, "opens");
	struct referral_quota quota = referral_quota_of(policy_of(user, row), &session);
	if (quota.common_opens_at_ms == INT64_MIN)
		hub_buf_text(answer, "at once");
	else
		cases_put_instant(answer, quota.common_opens_at_ms);
}

static void run_has_policy(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	bool has = referral_quota_has_policy(policy_of(user, row), cases_get(row, "hospital"),
	        cases_get(row, "specialty"), cases_symbol(row, "need", &hub_need_enum, HUB_NEED_OUTPATIENT));
	hub_buf_text(answer, has ? "yes" : "no");
}

static enum hub_urgency urgency_of(const struct cases_row *row)
{
	return cases_symbol(row, "urgency", &hub_urgency_enum, HUB_URGENCY_ROUTINE);
}

static void run_answer_by(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	cases_put_instant(answer, referral_deadline_answer(policy_of(user, row), cases_get(row, "county"),
	                                  urgency_of(row), cases_instant(row, "routed")));
}

static void run_supplement_by(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	cases_put_instant(answer, referral_deadline_supplement(policy_of(user, row), cases_get(row, "county"),
	                                  urgency_of(row), cases_instant(row, "asked")));
}

static void run_left(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	int64_t minutes = referral_deadline_left(policy_of(user, row), cases_get(row, "county"),
	                          urgency_of(row), cases_instant(row, "now"), cases_instant(row, "due")) /
	                  HUB_MINUTE_MS;
	hub_buf_printf(answer, "%d h %02d min", (int)(minutes / 60), (int)(minutes % 60));
}

static void run_working_days(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	cases_put_instant(
	        answer, referral_deadline_working_days(policy_of(user, row), cases_get(row, "county"),
	                        cases_instant(row, "from"), (int32_t)cases_number(row, "days")));
}

static void run_notice(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	cases_put_instant(answer, referral_deadline_notice(policy_of(user, row), cases_get(row, "county"),
	                                  cases_instant(row, "after")));
}

static void run_again(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	cases_put_instant(answer, referral_deadline_next(policy_of(user, row), cases_get(row, "county"),
	                                  cases_instant(row, "due"), cases_instant(row, "now")));
}

/* "child city" */
static struct hub_str_array read_words(
        const struct cases_row *row, const char *column, struct hub_arena *arena)
{
	struct hub_str rest = cases_get(row, column);
	struct hub_str_array words = { hub_arena_alloc(arena, (rest.len + 1) * sizeof(*words.items)), 0 };
	while (rest.len) {
		const char *space = memchr(rest.data, ' ', rest.len);
		uint32_t len = space ? (uint32_t)(space - rest.data) : rest.len;
		words.items[words.count++] = (struct hub_str){ rest.data, len };
		rest = space ? (struct hub_str){ space + 1, rest.len - len - 1 } : HUB_STR("");
	}
	return words;
}

/* Whether the request meets the criteria of its county. */
static void run_criteria(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	static const char *const words[] = { "no criteria", "met", "not met" };
	struct hub_arena *arena = hub_arena_new(ARENA);
	struct hub_referral asked = {
		.direction = cases_symbol(row, "direction", &hub_direction_enum, HUB_DIRECTION_UP),
		.need = cases_symbol(row, "need", &hub_need_enum, HUB_NEED_OUTPATIENT),
		.specialty = cases_get(row, "specialty"),
		.diagnosis = cases_get(row, "diagnosis"),
		.criteria = read_words(row, "names", arena),
	};
	hub_buf_text(answer,
	        words[referral_criteria_judge(policy_of(user, row), cases_get(row, "county"), &asked)]);
	hub_arena_free(arena);
}

static const struct cases_verb verbs[] = {
	{ "asked", run_asked },
	{ "order", run_order },
	{ "treats", run_treats },
	{ "criteria", run_criteria },
	{ "quota", run_quota },
	{ "common-opens", run_common_opens },
	{ "has-policy", run_has_policy },
	{ "answer-by", run_answer_by },
	{ "supplement-by", run_supplement_by },
	{ "left", run_left },
	{ "working-days", run_working_days },
	{ "notice", run_notice },
	{ "again", run_again },
};

static void test_cases(void **state)
{
	char path[TEXT_MAX];
	struct fixture *fixture = fixture_new(CASES_DIR "/county.json");
	snprintf(path, sizeof(path), CASES_DIR "/%s", (const char *)*state);
	unsigned wrong = cases_run(path, verbs, sizeof(verbs) / sizeof(verbs[0]), fixture);
	fixture_free(fixture);
	assert_int_equal(wrong, 0);
}

#define TABLE(file)                                                                                          \
	{                                                                                                    \
		file, test_cases, NULL, NULL, (void *)(uintptr_t)file                                        \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE("REF-01.cases"),
		TABLE("REF-02-receivers.cases"),
		TABLE("REF-03.cases"),
		TABLE("REF-04.cases"),
		TABLE("REF-05-quota.cases"),
		TABLE("REF-15-policy.cases"),
		TABLE("REF-08.cases"),
		TABLE("REF-11.cases"),
		TABLE("REF-19.cases"),
		TABLE("REF-20.cases"),
		TABLE("REF-21.cases"),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
