/* Files of reference data: what is accepted, and that each mistake is told with its line and what to do. */
#include "hubctl/refdata.h"

#include "base/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const char county[] =
        "{\n"
        "  \"//\": \"comments may stand anywhere\",\n"
        "  \"defaults\": {\"valid_from\": \"2026-01-01\", \"applies_to_region_id\": \"330281\"},\n"
        "  \"Region\": [\n"
        "    {\"region_id\": \"330281\", \"name\": \"余姚市\", \"kind\": \"COUNTY\", \"control_org_id\": "
        "\"H1\", \"//\": \"a comment\"}\n"
        "  ],\n"
        "  \"Consortium\": [\n"
        "    {\"consortium_id\": \"yy-1\", \"name\": \"第一医共体\", \"form\": \"COUNTY_CONSORTIUM\", "
        "\"region_id\": \"330281\",\n"
        "     \"lead_org_id\": \"H1\"}\n"
        "  ],\n"
        "  \"Organisation\": [\n"
        "    {\"org_id\": \"H1\", \"name\": \"余姚市人民医院\", \"kind\": \"HOSPITAL\", \"level\": "
        "\"COUNTY\", \"county_id\": \"330281\",\n"
        "     \"memberships\": [\"yy-1\"]}\n"
        "  ]\n"
        "}\n";

struct world {
	struct hub_arena *arena;
	struct hubctl_refdata *refdata;
	struct hubctl_problems problems;
};

static int up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	w->arena = hub_arena_new(1 << 24);
	w->refdata = hubctl_refdata_new(w->arena);
	w->problems.arena = w->arena;
	*state = w;
	return 0;
}

static int down(void **state)
{
	struct world *w = *state;
	hubctl_refdata_free(w->refdata);
	hub_arena_free(w->arena);
	free(w);
	return 0;
}

static void read_file(struct world *w, const char *file, const char *text)
{
	hubctl_refdata_read(w->refdata, file, hub_str_from(text), &w->problems);
}

/* Exactly one problem, at line, whose path and text begin and contain as said. */
static void assert_problem(struct world *w, uint32_t line, const char *path, const char *text)
{
	const struct hubctl_problem *p = &w->problems.items[0];
	if (w->problems.count == 0)
		fail_msg("no problem, but expected: %s", text);
	if (w->problems.count != 1)
		fail_msg("%u problems, the second: %.*s", w->problems.count,
		        HUB_STR_ARG(w->problems.items[1].text));
	if (!hub_str_is(p->path, path) || p->line != line ||
	        !memmem(p->text.data, p->text.len, text, strlen(text)))
		fail_msg("line %u, %.*s: %.*s", p->line, HUB_STR_ARG(p->path), HUB_STR_ARG(p->text));
}

static void a_right_file_has_no_problem(void **state)
{
	struct world *w = *state;
	const struct hubctl_entry *const *entries;
	read_file(w, "a.json", county);
	hubctl_refdata_check(w->refdata, &w->problems);
	assert_int_equal(w->problems.count, 0);
	assert_int_equal(hubctl_refdata_sorted(w->refdata, &entries), 3);
	assert_true(hub_str_is(entries[0]->key, "Consortium:yy-1:2026-01-01"));
	assert_true(hub_str_is(entries[1]->id, "Organisation:H1"));
}

static void mistakes_of_one_record_name_their_line(void **state)
{
	static const struct {
		const char *text;
		uint32_t line;
		const char *path;
		const char *told;
	} cases[] = {
		{ "{\n\"Region\": [\n", 3, "", "not JSON" },
		{ "[]", 1, "", "expected one object of record types" },
		{ "{\"defaults\": 1}", 1, "defaults", "expected an object of fields" },
		{ "{\n \"Organisatoin\": []}", 2, "Organisatoin", "did you mean Organisation" },
		{ "{\n \"RegistryLoaded\": []}", 2, "RegistryLoaded", "no such record type" },
		{ "{\n \"Region\": {}}", 2, "Region", "expected an array" },
		{ "{\"Region\": [\n 7]}", 2, "Region[0]", "expected an object" },
		{ "{\"Region\": [\n{\"region_id\": \"1\",\n \"nmae\": \"x\"}]}", 2, "Region[0]",
		        "did you mean" },
		{ "{\"Region\": [\n{\"valid_from\": \"2026-01-01\", \"region_id\": \"1\", \"name\": \"x\",\n"
		  "\"kind\": \"VILLAGE\", \"control_org_id\": \"a\"}]}",
		        3, "Region[0].kind", "COUNTY" },
		{ "{\"Region\": [{\"valid_from\": \"2026-01-01\", \"region_id\": \"1\", \"name\": \"x\",\n"
		  "\"kind\": \"UNKNOWN\", \"control_org_id\": \"a\"}]}",
		        2, "Region[0].kind", "UNKNOWN" },
		{ "{\"Region\": [{\n\"valid_from\": \"2026-02-30\", \"region_id\": \"1\", \"name\": \"x\",\n"
		  "\"kind\": \"CITY\", \"control_org_id\": \"a\"}]}",
		        2, "Region[0].valid_from", "not a date" },
		{ "{\"Region\": [{\n\"valid_from\": \"2026-02-01\", \"region_id\": \"1\", \"name\": \"x\",\n"
		  "\"kind\": \"CITY\", \"control_org_id\": \"a\",\n \"valid_to\": \"soon\"}]}",
		        4, "Region[0].valid_to", "not a date" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		void *fresh;
		(void)state;
		up(&fresh);
		read_file(fresh, "a.json", cases[i].text);
		assert_problem(fresh, cases[i].line, cases[i].path, cases[i].told);
		down(&fresh);
	}
}

static void the_same_record_twice_is_told_with_both_places(void **state)
{
	struct world *w = *state;
	read_file(w, "a.json", county);
	read_file(w, "b.json",
	        "{\"Region\": [\n{\"region_id\": \"330281\", \"name\": \"x\", \"kind\": \"COUNTY\",\n"
	        "\"control_org_id\": \"H1\", \"valid_from\": \"2026-01-01\"}]}");
	assert_problem(w, 2, "Region[0]", "already in a.json, line 5");
}

static void references_must_exist_and_hold(void **state)
{
	static const struct {
		const char *text;
		uint32_t line;
		const char *path;
		const char *told;
	} cases[] = {
		{ "{\"Organisation\": [{\"valid_from\": \"2026-02-01\", \"org_id\": \"T1\", \"name\": "
		  "\"x\",\n"
		  "\"kind\": \"HOSPITAL\", \"level\": \"COUNTY\", \"county_id\": \"330281\",\n"
		  "\"memberships\": [\"yy-1\",\n\"yy-9\"]}]}",
		        4, "Organisation[0].memberships[1]", "no Consortium \"yy-9\"" },
		{ "{\"Organisation\": [{\"valid_from\": \"2026-02-01\", \"org_id\": \"T1\", \"name\": "
		  "\"x\",\n"
		  "\"kind\": \"HOSPITAL\", \"level\": \"COUNTY\",\n\"county_id\": \"330282\"}]}",
		        3, "Organisation[0].county_id", "no Region \"330282\"" },
		{ "{\"Organisation\": [{\"valid_from\": \"2025-02-01\", \"valid_to\": \"2025-03-01\", "
		  "\"org_id\": \"T1\",\n"
		  "\"name\": \"x\", \"kind\": \"HOSPITAL\", \"level\": \"COUNTY\",\n\"county_id\": "
		  "\"330281\"}]}",
		        3, "Organisation[0].county_id", "it holds from 2026-01-01" },
		{ "{\"Organisation\": [{\"valid_from\": \"2026-02-01\", \"org_id\": \"T1\",\n"
		  "\"valid_to\": \"2026-02-01\",\n"
		  "\"name\": \"x\", \"kind\": \"HOSPITAL\", \"level\": \"COUNTY\",\n\"county_id\": \"\"}]}",
		        2, "Organisation[0].valid_to", "later than valid_from" },
		{ "{\"WorkingCalendar\": [{\"valid_from\": \"2026-01-01\", \"year\": 2026, \"days_off\": [\n"
		  "\"2026-01-01\",\n\"2026-1-2\"]}]}",
		        3, "WorkingCalendar[0].days_off[1]", "not a date" },
		{ "{\"SlotReleasePolicy\": [{\"valid_from\": \"2026-01-01\", \"org_id\": \"H1\", \"need\": "
		  "\"OUTPATIENT\",\n"
		  "\"reserved_share\": 30}]}",
		        2, "SlotReleasePolicy[0].reserved_share", "between 0 and 1" },
		{ "{\"ReferralLimits\": [{\"valid_from\": \"2026-01-01\",\n\"answer_urgent_minutes\": 0}]}",
		        2, "ReferralLimits[0].answer_urgent_minutes", "from 1 to 527040, not 0" },
		{ "{\"ReferralLimits\": [{\"valid_from\": \"2026-01-01\",\n\"reserved_share_exam\": 30}]}", 2,
		        "ReferralLimits[0].reserved_share_exam", "between 0 and 1" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		void *fresh;
		(void)state;
		up(&fresh);
		struct world *w = fresh;
		read_file(w, "a.json", county);
		read_file(w, "b.json", cases[i].text);
		hubctl_refdata_check(w->refdata, &w->problems);
		assert_problem(w, cases[i].line, cases[i].path, cases[i].told);
		down(&fresh);
	}
}

/* What the files of `w` would write, fed to a second set as if it were the topic. */
static struct hubctl_refdata *loaded(struct world *w)
{
	const struct hubctl_entry *const *entries;
	uint32_t count = hubctl_refdata_sorted(w->refdata, &entries);
	struct hubctl_refdata *topic = hubctl_refdata_new(w->arena);
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(
		        hubctl_refdata_loaded(topic, entries[i]->key, entries[i]->value, NULL), HUB_OK);
	return topic;
}

static enum hubctl_change change_of(
        struct world *w, struct hubctl_refdata *refdata, const char *key, struct hub_str *fields)
{
	const struct hubctl_entry *const *entries;
	uint32_t count = hubctl_refdata_sorted(refdata, &entries);
	for (uint32_t i = 0; i < count; i++)
		if (hub_str_is(entries[i]->key, key))
			return hubctl_refdata_change(entries[i], w->arena, fields);
	fail_msg("no %s", key);
	return HUBCTL_NEW;
}

static void only_what_changed_would_be_written(void **state)
{
	struct world *w = *state;
	read_file(w, "a.json", county);
	struct hubctl_refdata *topic = loaded(w);
	char *edited = strdup(county);
	memcpy(strstr(edited, "人民"), "中心", strlen("人民"));
	hubctl_refdata_read(topic, "a.json", hub_str_from(edited), &w->problems);
	hubctl_refdata_read(topic, "b.json",
	        HUB_STR("{\"Organisation\": [{\"org_id\": \"H1\", \"name\": \"later\", \"kind\": "
	                "\"HOSPITAL\", \"level\": "
	                "\"COUNTY\", \"county_id\": \"330281\", \"valid_from\": \"2026-07-01\"}]}"),
	        &w->problems);
	hubctl_refdata_check(topic, &w->problems);
	assert_int_equal(w->problems.count, 0);
	struct hub_str fields = { 0 };
	assert_int_equal(change_of(w, topic, "Region:330281:2026-01-01", &fields), HUBCTL_SAME);
	assert_int_equal(change_of(w, topic, "Organisation:H1:2026-07-01", &fields), HUBCTL_NEW);
	assert_int_equal(change_of(w, topic, "Organisation:H1:2026-01-01", &fields), HUBCTL_CHANGED);
	assert_true(hub_str_is(fields, "name"));
	hubctl_refdata_free(topic);
	free(edited);
}

static void the_newest_version_that_has_begun_holds(void **state)
{
	struct world *w = *state;
	read_file(w, "a.json", county);
	read_file(w, "b.json",
	        "{\"Organisation\": [{\"org_id\": \"H1\", \"name\": \"later\", \"kind\": \"HOSPITAL\", "
	        "\"level\": "
	        "\"COUNTY\", \"county_id\": \"330281\", \"valid_from\": \"2026-07-01\", \"valid_to\": "
	        "\"2026-08-01\"}]}");
	const struct hubctl_entry *const *entries;
	assert_int_equal(hubctl_refdata_sorted(w->refdata, &entries), 4);
	const struct hubctl_entry *first = entries[1], *second = entries[2];
	assert_null(hubctl_refdata_holds(w->refdata, first, hub_day_from_ymd(2025, 12, 31)));
	assert_ptr_equal(hubctl_refdata_holds(w->refdata, first, hub_day_from_ymd(2026, 6, 30)), first);
	assert_ptr_equal(hubctl_refdata_holds(w->refdata, first, hub_day_from_ymd(2026, 7, 1)), second);
	assert_null(hubctl_refdata_holds(w->refdata, first, hub_day_from_ymd(2026, 8, 1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_right_file_has_no_problem, up, down),
		cmocka_unit_test(mistakes_of_one_record_name_their_line),
		cmocka_unit_test_setup_teardown(the_same_record_twice_is_told_with_both_places, up, down),
		cmocka_unit_test(references_must_exist_and_hold),
		cmocka_unit_test_setup_teardown(only_what_changed_would_be_written, up, down),
		cmocka_unit_test_setup_teardown(the_newest_version_that_has_begun_holds, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
