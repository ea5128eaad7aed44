/* Each resource as JSON, against golden/<name>.json (HUB_GOLDEN_UPDATE=1 writes them); and what must never be in any of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filled.h"

#include <stdio.h>
#include <stdlib.h>

enum { OUT_MAX = 16 * 1024 * 1024 };

/* A request, by name; a referral's id or an event's where it needs one. */
typedef int shown_fn(const struct world *world, const struct gateway_viewer *who, const char *what,
        struct hub_buf *out, struct hub_error *err);

static int with_params(const struct world *world, const struct gateway_viewer *who, const char *what,
        struct hub_buf *out, struct hub_error *err,
        int (*view)(const struct gateway_world *, const struct gateway_viewer *, const struct gateway_param *,
                uint32_t, struct hub_buf *, struct hub_buf *, struct hub_error *))
{
	struct hub_buf next;
	struct query query = query_of(what);
	hub_buf_init(&next, OUT_MAX);
	int code = view(&world->view, who, query.items, query.count, out, &next, err);
	hub_buf_done(&next);
	return code;
}

static int referrals(const struct world *world, const struct gateway_viewer *who, const char *what,
        struct hub_buf *out, struct hub_error *err)
{
	return with_params(world, who, what, out, err, gateway_view_referrals);
}

static int slots(const struct world *world, const struct gateway_viewer *who, const char *what,
        struct hub_buf *out, struct hub_error *err)
{
	return with_params(world, who, what, out, err, gateway_view_slots);
}

static int beds(const struct world *world, const struct gateway_viewer *who, const char *what,
        struct hub_buf *out, struct hub_error *err)
{
	return with_params(world, who, what, out, err, gateway_view_beds);
}

static int dead_letters(const struct world *world, const struct gateway_viewer *who, const char *what,
        struct hub_buf *out, struct hub_error *err)
{
	return with_params(world, who, what, out, err, gateway_view_dead_letters);
}

static int referral(const struct world *world, const struct gateway_viewer *who, const char *what,
        struct hub_buf *out, struct hub_error *err)
{
	return gateway_view_referral(&world->view, who, hub_str_from(what), out, err);
}

static int allowed(const struct world *world, const struct gateway_viewer *who, const char *what,
        struct hub_buf *out, struct hub_error *err)
{
	return gateway_view_allowed(&world->view, who, hub_str_from(what), out, err);
}

static int history(const struct world *world, const struct gateway_viewer *who, const char *what,
        struct hub_buf *out, struct hub_error *err)
{
	uint32_t count;
	const struct gateway_decision *story = world_story(what, &count);
	return gateway_view_history(&world->view, who, hub_str_from(what), story, count, out, err);
}

static int answer(const struct world *world, const struct gateway_viewer *who, const char *what,
        struct hub_buf *out, struct hub_error *err)
{
	return gateway_view_answer(&world->view, who, hub_str_from(what), out, err);
}

static int answers(const struct world *world, const struct gateway_viewer *who, const char *what,
        struct hub_buf *out, struct hub_error *err)
{
	uint64_t number;
	(void)what, (void)err;
	gateway_view_answers(&world->view, who, 0, out, &number);
	if (!out->len)
		hub_buf_text(out, "null");
	return HUB_OK;
}

static int changes(const struct world *world, const struct gateway_viewer *who, const char *what,
        struct hub_buf *out, struct hub_error *err)
{
	uint64_t seq;
	(void)what, (void)err;
	gateway_view_changes(&world->view, who, 0, 100, out, &seq);
	if (!out->len)
		hub_buf_text(out, "null");
	return HUB_OK;
}

#define PLAIN(name)                                                                                          \
	static int name(const struct world *world, const struct gateway_viewer *who, const char *what,       \
	        struct hub_buf *out, struct hub_error *err)                                                  \
	{                                                                                                    \
		(void)what;                                                                                  \
		return gateway_view_##name(&world->view, who, out, err);                                     \
	}
PLAIN(organisations)
PLAIN(overview)
PLAIN(alerts)
PLAIN(freshness)

static const struct resource {
	const char *name;
	shown_fn *shown;
	const char *what;
} resources[] = {
	{ "referrals", referrals, "" },
	{ "referrals-page", referrals, "limit=2&sort=requested" },
	{ "referrals-ended", referrals, "state=COMPLETED" },
	{ "referral", referral, "990121-T01-1" },
	{ "referral-ended", referral, "990121-T01-8" },
	{ "allowed-events", allowed, "990121-T01-1" },
	{ "history", history, "990121-T01-1" },
	{ "history-waiting", history, "990121-T01-2" },
	{ "slots", slots, "" },
	{ "slots-open", slots, "open=true&need=OUTPATIENT&org=990121-H01" },
	{ "beds", beds, "" },
	{ "organisations", organisations, "" },
	{ "overview", overview, "" },
	{ "alerts", alerts, "" },
	{ "freshness", freshness, "" },
	{ "dead-letters", dead_letters, "" },
	{ "answer-refused", answer, "dashboard-11" },
	{ "answers", answers, "" },
	{ "changes", changes, "" },
};
enum { RESOURCES = sizeof(resources) / sizeof(resources[0]) };

static char *dump(json_t *json)
{
	char *text = json_dumps(json, JSON_INDENT(1) | JSON_ENCODE_ANY);
	assert_non_null(text);
	return text;
}

static void golden(const char *who, const char *name, json_t *json)
{
	char path[400];
	(void)snprintf(path, sizeof(path), "%s/%s.%s.json", GOLDEN, name, who);
	if (getenv("HUB_GOLDEN_UPDATE")) {
		assert_int_equal(json_dump_file(json, path, JSON_INDENT(1) | JSON_ENCODE_ANY), 0);
		return;
	}
	json_error_t error;
	json_t *expected = json_load_file(path, JSON_DECODE_ANY, &error);
	if (!expected)
		fail_msg("%s: %s (HUB_GOLDEN_UPDATE=1 writes it)", path, error.text);
	if (!json_equal(json, expected)) {
		char *got = dump(json);
		print_message("%s\n", got);
		free(got);
		fail_msg("%s is another", path);
	}
	json_decref(expected);
}

static const struct {
	const char *name;
	enum gateway_role role;
	const char *org_id; /* of a desk */
} people[] = {
	{ "county", GATEWAY_ROLE_COUNTY, NULL },
	{ "consortium", GATEWAY_ROLE_CONSORTIUM, NULL },
	{ "read-only", GATEWAY_ROLE_READ_ONLY, NULL },
	{ "lead", GATEWAY_ROLE_HOSPITAL, LEAD },
	{ "town", GATEWAY_ROLE_HOSPITAL, TOWN },
	{ "elsewhere", GATEWAY_ROLE_HOSPITAL, OTHER_LEAD },
	{ "nobody", GATEWAY_ROLE_NONE, NULL },
};
enum { PEOPLE = sizeof(people) / sizeof(people[0]) };

static struct gateway_viewer person(int i)
{
	return people[i].org_id ? desk(people[i].org_id) : viewer(people[i].role);
}

/* The whole of every resource for a control centre and for a desk; for the others what they must not see is searched. */
static void test_golden(void **state)
{
	(void)state;
	static const int shown_to[] = { 0, 3 };
	struct world *world = world_new();
	world_fill(world);
	for (int i = 0; i < 2; i++) {
		struct gateway_viewer who = person(shown_to[i]);
		for (int r = 0; r < RESOURCES; r++) {
			struct hub_buf out;
			struct hub_error err = { 0 };
			hub_buf_init(&out, OUT_MAX);
			int code = resources[r].shown(world, &who, resources[r].what, &out, &err);
			if (code == HUB_E_NOT_FOUND) {
				hub_buf_done(&out);
				json_t *none = json_pack("{s:s}", "not_found", err.text);
				golden(people[shown_to[i]].name, resources[r].name, none);
				json_decref(none);
				continue;
			}
			json_t *json = parsed(code, &err, &out);
			golden(people[shown_to[i]].name, resources[r].name, json);
			json_decref(json);
		}
	}
	world_free(world);
	world_forget();
}

static bool holds(const struct hub_buf *out, const char *word)
{
	return out->len && memmem(out->data, out->len, word, strlen(word)) != NULL;
}

/* Bytes, not members: nothing that a party alone may read is anywhere in an answer to anybody else. */
static void test_nothing_personal(void **state)
{
	(void)state;
	struct world *world = world_new();
	int read = 0;
	world_fill(world);
	for (int i = 0; i < PEOPLE; i++) {
		struct gateway_viewer who = person(i);
		bool party = people[i].org_id && strcmp(people[i].org_id, OTHER_LEAD) != 0;
		for (int r = 0; r < RESOURCES; r++) {
			struct hub_buf out;
			hub_buf_init(&out, OUT_MAX);
			(void)resources[r].shown(world, &who, resources[r].what, &out, NULL);
			assert_false(holds(&out, SEALED));
			assert_false(holds(&out, "Zhang San"));
			assert_false(holds(&out, "<"));
			if (!party && (holds(&out, PSEUDONYM) || holds(&out, FREE_TEXT)))
				fail_msg("%s for %s: %.*s", resources[r].name, people[i].name, (int)out.len,
				        out.data);
			read += party && holds(&out, PSEUDONYM) && holds(&out, FREE_TEXT);
			hub_buf_done(&out);
		}
	}
	assert_int_equal(read, 2); /* the history, for sender and receiver */
	world_free(world);
	world_forget();
}

/* Others' rows in no answer: the county's to a desk elsewhere, the neighbour's to the county, anything to nobody. */
static void test_nothing_of_others(void **state)
{
	(void)state;
	static const struct {
		int person;
		const char *word;
	} never[] = {
		{ 0, "990122-T01-10" },
		{ 0, "S5" },
		{ 1, "990122-T01-10" },
		{ 1, "990121-T02-4" },
		{ 2, "990122-T01-10" },
		{ 3, "990121-T01-2" },
		{ 3, "990121-T02-5" },
		{ 4, "990121-T02-5" },
		{ 5, "990121-T" },
		{ 5, "990121-H" },
		{ 5, "S1" },
		{ 6, "9901" },
	};
	struct world *world = world_new();
	world_fill(world);
	for (size_t n = 0; n < sizeof(never) / sizeof(never[0]); n++) {
		struct gateway_viewer who = person(never[n].person);
		for (int r = 0; r < RESOURCES; r++) {
			struct hub_buf out;
			hub_buf_init(&out, OUT_MAX);
			(void)resources[r].shown(world, &who, resources[r].what, &out, NULL);
			bool own_words = resources[r].shown == allowed || resources[r].shown == referral ||
			                 resources[r].shown == history;
			if (holds(&out, never[n].word) && !(never[n].person == 5 && own_words))
				fail_msg("%s for %s holds %s: %.*s", resources[r].name,
				        people[never[n].person].name, never[n].word, (int)out.len, out.data);
			hub_buf_done(&out);
		}
	}
	world_free(world);
	world_forget();
}

/* What a viewer may not see and what is not there are the same answer. */
static void test_not_found(void **state)
{
	(void)state;
	struct world *world = world_new();
	world_fill(world);
	struct gateway_viewer town = desk(TOWN), other = desk(OTHER_LEAD);
	shown_fn *const single[] = { referral, allowed, history };
	for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
		struct hub_error hidden = { 0 }, absent = { 0 };
		struct hub_buf out;
		hub_buf_init(&out, OUT_MAX);
		assert_int_equal(single[i](world, &other, "990121-T01-1", &out, &hidden), HUB_E_NOT_FOUND);
		assert_int_equal(single[i](world, &other, "no-such", &out, &absent), HUB_E_NOT_FOUND);
		assert_string_equal(hidden.text, absent.text);
		assert_int_equal(out.len, 0);
		assert_int_equal(single[i](world, &town, "990121-T01-1", &out, &absent), HUB_OK);
		hub_buf_done(&out);
	}
	struct hub_buf out;
	hub_buf_init(&out, OUT_MAX);
	assert_int_equal(answer(world, &town, "dashboard-11", &out, NULL), HUB_E_NOT_FOUND);
	assert_int_equal(freshness(world, &town, "", &out, NULL), HUB_E_NOT_FOUND);
	assert_int_equal(dead_letters(world, &town, "", &out, NULL), HUB_E_NOT_FOUND);
	assert_int_equal(out.len, 0);
	hub_buf_done(&out);
	world_free(world);
	world_forget();
}

static void expect_incomplete(const struct world *world, const char *codes)
{
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY);
	json_t *json = list(world, &county, ""), *code;
	char got[100] = "";
	size_t i;
	json_array_foreach(json_object_get(json, "incomplete"), i, code)
	{
		(void)snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s ", json_string_value(code));
	}
	assert_string_equal(got, codes);
	assert_int_equal(json_is_true(json_object_get(json, "complete")), codes[0] == '\0');
	json_decref(json);
}

static void test_what_is_missing_is_said(void **state)
{
	(void)state;
	struct world *world = world_new();
	expect_incomplete(world, "");
	world->view.feed.redis_away = true;
	expect_incomplete(world, "redis_away ");
	world->view.feed.whole = 15;
	expect_incomplete(world, "redis_away joining ");
	world->view.feed.redis_away = false;
	world->view.feed.kafka_away = true;
	world->view.feed.history_percent = 20;
	expect_incomplete(world, "kafka_away joining ");
	world_free(world);
}

/* Before reference data is there nothing may be sent, and all else is shown. */
static void test_without_reference_data(void **state)
{
	(void)state;
	struct world *world = world_new();
	world_fill(world);
	world->view.policy = NULL;
	world->view.registry = NULL;
	for (int i = 0; i < PEOPLE; i++) {
		struct gateway_viewer who = person(i);
		for (int r = 0; r < RESOURCES; r++) {
			struct hub_buf out;
			hub_buf_init(&out, OUT_MAX);
			int code = resources[r].shown(world, &who, resources[r].what, &out, NULL);
			assert_true(code == HUB_OK || code == HUB_E_NOT_FOUND);
			assert_false(holds(&out, "ReferralAccepted\""));
			hub_buf_done(&out);
		}
	}
	world_free(world);
	world_forget();
}

/* Too small a buffer is an error, not half an answer. */
static void test_full(void **state)
{
	(void)state;
	struct world *world = world_new();
	world_fill(world);
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY);
	struct hub_buf out;
	struct hub_error err = { 0 };
	hub_buf_init(&out, 300);
	assert_int_equal(referrals(world, &county, "", &out, &err), HUB_E_TOO_LARGE);
	hub_buf_done(&out);
	world_free(world);
	world_forget();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_nothing_personal),
		cmocka_unit_test(test_nothing_of_others),
		cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_what_is_missing_is_said),
		cmocka_unit_test(test_without_reference_data),
		cmocka_unit_test(test_full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
