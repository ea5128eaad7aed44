/* Every role, and none, meets every kind of row, as party and not; and every question that a role is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dashboard-gateway/view/viewer.h"

#include <stdio.h>

#define HERE "990121"
#define THERE "990122"
#define MINE "990121-H01"

static const enum gateway_role roles[] = { GATEWAY_ROLE_NONE, GATEWAY_ROLE_COUNTY, GATEWAY_ROLE_CONSORTIUM,
	GATEWAY_ROLE_HOSPITAL, GATEWAY_ROLE_READ_ONLY };
enum { ROLES = sizeof(roles) / sizeof(roles[0]) };

static struct gateway_viewer person(enum gateway_role role)
{
	return (struct gateway_viewer){ .user = HUB_STR("u"),
		.role = role,
		.org_id = HUB_STR(MINE),
		.county_id = HUB_STR(HERE),
		.consortium_id = HUB_STR("QX-1") };
}

/* seen: one letter a role in the order above: none, county, consortium, hospital, read-only; "-" sees it not. */
static void expect(const char *what, const char *seen,
        bool (*sees)(const struct gateway_viewer *, const void *), const void *row)
{
	char got[ROLES + 1] = "";
	for (int i = 0; i < ROLES; i++) {
		struct gateway_viewer who = person(roles[i]);
		got[i] = sees(&who, row) ? "NCGHR"[i] : '-';
	}
	if (strcmp(got, seen) != 0)
		fail_msg("%s: seen by %s, expected %s", what, got, seen);
}

static bool sees_row(const struct gateway_viewer *who, const void *row)
{
	return gateway_sees_row(who, row);
}

static void test_referrals(void **state)
{
	(void)state;
	static const struct {
		const char *what, *seen;
		const char *county, *consortium, *from, *to, *asked_county, *asked_org;
	} rows[] = {
		{ "own county, others'", "-C--R", HERE, "QX-2", "990121-T02", "990121-H05", "", "" },
		{ "own consortium", "-CG-R", HERE, "QX-1", "990121-T02", "990121-H05", "", "" },
		{ "sent by us", "-C-HR", HERE, "QX-2", MINE, "", "", "" },
		{ "addressed to us", "-C-HR", HERE, "QX-2", "990121-T02", MINE, "", "" },
		{ "another county asks us", "-C-HR", THERE, "BS-1", "990122-T01", "", HERE, MINE },
		{ "another county has one at ours", "---H-", THERE, "BS-1", "990122-T01", MINE, "", "" },
		{ "another county asks our county", "-C--R", THERE, "BS-1", "990122-T01", "", HERE,
		        "990121-H05" },
		{ "another county's", "-----", THERE, "BS-1", "990122-T01", "990122-H01", "", "" },
		{ "nobody's", "-----", "", "", "", "", "", "" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct gateway_referral row = { .row.kind = GATEWAY_REFERRAL,
			.county_id = hub_str_from(rows[i].county),
			.consortium_id = hub_str_from(rows[i].consortium),
			.from_org_id = hub_str_from(rows[i].from),
			.to_org_id = hub_str_from(rows[i].to),
			.asked_county_id = hub_str_from(rows[i].asked_county),
			.asked_org_id = hub_str_from(rows[i].asked_org) };
		expect(rows[i].what, rows[i].seen, sees_row, &row);
	}
}

static void test_offers(void **state)
{
	(void)state;
	struct gateway_session here = {
		.row.kind = GATEWAY_SESSION, .county_id = HUB_STR(HERE), .org_id = HUB_STR("990121-H05")
	};
	struct gateway_session there = {
		.row.kind = GATEWAY_SESSION, .county_id = HUB_STR(THERE), .org_id = HUB_STR("990122-H01")
	};
	struct gateway_session own = {
		.row.kind = GATEWAY_SESSION, .county_id = HUB_STR(THERE), .org_id = HUB_STR(MINE)
	};
	struct gateway_beds beds_here = {
		.row.kind = GATEWAY_BEDS, .county_id = HUB_STR(HERE), .org_id = HUB_STR("990121-H05")
	};
	struct gateway_beds beds_there = {
		.row.kind = GATEWAY_BEDS, .county_id = HUB_STR(THERE), .org_id = HUB_STR("990122-H01")
	};
	expect("a session of the county", "-CGHR", sees_row, &here);
	expect("a session elsewhere", "-----", sees_row, &there);
	expect("our session, filed elsewhere", "---H-", sees_row, &own);
	expect("beds of the county", "-CGHR", sees_row, &beds_here);
	expect("beds elsewhere", "-----", sees_row, &beds_there);
}

static void test_foreign_holds(void **state)
{
	(void)state;
	struct gateway_foreign_hold at_ours = { .row.kind = GATEWAY_FOREIGN_HOLD,
		.county_id = HUB_STR(HERE),
		.home_county_id = HUB_STR(THERE),
		.org_id = HUB_STR(MINE) };
	struct gateway_foreign_hold at_others = { .row.kind = GATEWAY_FOREIGN_HOLD,
		.county_id = HUB_STR(HERE),
		.home_county_id = HUB_STR(THERE),
		.org_id = HUB_STR("990121-H05") };
	struct gateway_foreign_hold elsewhere = { .row.kind = GATEWAY_FOREIGN_HOLD,
		.county_id = HUB_STR(THERE),
		.home_county_id = HUB_STR(HERE),
		.org_id = HUB_STR("990122-H01") };
	expect("held at ours", "-C-HR", sees_row, &at_ours);
	expect("held at another hospital of the county", "-C--R", sees_row, &at_others);
	expect("held elsewhere", "-----", sees_row, &elsewhere);
}

struct decision {
	const char *county, *consortium;
	struct hub_str parties[2];
};

static bool sees_decision(const struct gateway_viewer *who, const void *row)
{
	const struct decision *decision = row;
	struct hub_str parties[2] = { decision->parties[0], decision->parties[1] };
	struct hub_str_array array = { parties, 2 };
	return gateway_sees_decision(
	        who, &array, hub_str_from(decision->county), hub_str_from(decision->consortium));
}

static void test_decisions(void **state)
{
	(void)state;
	struct decision own = { HERE, "QX-2", { HUB_STR("990121-T02"), HUB_STR("990121-H05") } };
	struct decision party = { HERE, "QX-2", { HUB_STR("990121-T02"), HUB_STR(MINE) } };
	struct decision consortium = { HERE, "QX-1", { HUB_STR("990121-T02"), HUB_STR("") } };
	struct decision foreign = { THERE, "BS-1", { HUB_STR("990122-T01"), HUB_STR("990122-H01") } };
	struct decision told = { THERE, "BS-1", { HUB_STR("990122-T01"), HUB_STR(MINE) } };
	expect("a decision of the county", "-C--R", sees_decision, &own);
	expect("a decision for us", "-C-HR", sees_decision, &party);
	expect("a decision of the consortium", "-CG-R", sees_decision, &consortium);
	expect("a decision of another county", "-----", sees_decision, &foreign);
	expect("a decision of another county that names us", "-C-H-", sees_decision, &told);
}

struct publisher {
	struct hub_str county_id, org_id;
};

static bool sees_publisher(const struct gateway_viewer *who, const void *row)
{
	const struct publisher *publisher = row;
	return gateway_sees_publisher(who, publisher->county_id, publisher->org_id);
}

static void test_publishers(void **state)
{
	(void)state;
	struct publisher own = { HUB_STR(HERE), HUB_STR(MINE) },
	                 others = { HUB_STR(HERE), HUB_STR("990121-H05") };
	struct publisher elsewhere = { HUB_STR(THERE), HUB_STR("990122-H01") };
	expect("we", "-C-HR", sees_publisher, &own);
	expect("another of the county", "-C--R", sees_publisher, &others);
	expect("another county's", "-----", sees_publisher, &elsewhere);
}

static bool always(const struct gateway_viewer *who, const void *question)
{
	static bool (*const questions[])(const struct gateway_viewer *) = { gateway_may_send,
		gateway_may_control, gateway_sees_operations, gateway_sees_personal };
	return questions[*(const int *)question](who);
}

/* Somebody of whom no county, consortium or organisation is known is not of what names none. */
static void test_nameless(void **state)
{
	(void)state;
	struct gateway_referral referral = { .row.kind = GATEWAY_REFERRAL };
	struct gateway_session session = { .row.kind = GATEWAY_SESSION };
	struct gateway_beds beds = { .row.kind = GATEWAY_BEDS };
	struct gateway_foreign_hold hold = { .row.kind = GATEWAY_FOREIGN_HOLD };
	struct hub_str none = { NULL, 0 };
	struct hub_str_array parties = { &none, 1 };
	for (int i = 0; i < ROLES; i++) {
		struct gateway_viewer who = { .role = roles[i] };
		assert_false(gateway_sees_row(&who, &referral.row));
		assert_false(gateway_sees_row(&who, &session.row));
		assert_false(gateway_sees_row(&who, &beds.row));
		assert_false(gateway_sees_row(&who, &hold.row));
		assert_false(gateway_sees_decision(&who, &parties, none, none));
		assert_false(gateway_sees_publisher(&who, none, none));
	}
}

static void test_questions(void **state)
{
	(void)state;
	static const int question[] = { 0, 1, 2, 3 };
	expect("sends", "-C-H-", always, &question[0]);
	expect("controls", "-C---", always, &question[1]);
	expect("sees operations", "-C--R", always, &question[2]);
	expect("sees personal data", "---H-", always, &question[3]);
	struct gateway_viewer nameless = { .role = GATEWAY_ROLE_HOSPITAL };
	assert_false(gateway_may_send(&nameless));
}

static void test_names(void **state)
{
	(void)state;
	for (int i = 0; i < ROLES; i++)
		assert_int_equal(gateway_role_of(hub_str_from(gateway_role_name(roles[i]))), roles[i]);
	assert_int_equal(gateway_role_of(HUB_STR("county")), GATEWAY_ROLE_NONE);
	assert_int_equal(gateway_role_of(HUB_STR("")), GATEWAY_ROLE_NONE);
}

static bool same_class(const struct gateway_viewer *a, const struct gateway_viewer *b)
{
	char one[GATEWAY_CLASS_MAX], two[GATEWAY_CLASS_MAX];
	return hub_str_eq(gateway_viewer_class(a, one), gateway_viewer_class(b, two));
}

/* Whoever sees something else is of another class; whoever sees the same may share. */
static void test_classes(void **state)
{
	(void)state;
	for (int i = 0; i < ROLES; i++) {
		struct gateway_viewer one = person(roles[i]), two = one;
		two.user = HUB_STR("somebody else");
		assert_true(same_class(&one, &two));
		for (int other = 0; other < ROLES; other++) {
			struct gateway_viewer as = person(roles[other]);
			assert_int_equal(same_class(&one, &as), i == other);
		}
		two.county_id = HUB_STR(THERE);
		assert_int_equal(same_class(&one, &two), roles[i] == GATEWAY_ROLE_NONE);
	}
	struct gateway_viewer one = person(GATEWAY_ROLE_HOSPITAL), two = one;
	two.org_id = HUB_STR("990121-H05");
	assert_false(same_class(&one, &two));
	one.role = two.role = GATEWAY_ROLE_READ_ONLY;
	assert_true(same_class(&one, &two));
	one.role = two.role = GATEWAY_ROLE_CONSORTIUM;
	assert_true(same_class(&one, &two));
	two.consortium_id = HUB_STR("QX-2");
	assert_false(same_class(&one, &two));
	one = person(GATEWAY_ROLE_HOSPITAL);
	two = one;
	one.county_id = HUB_STR("1 2"), one.org_id = HUB_STR("3");
	two.county_id = HUB_STR("1"), two.org_id = HUB_STR("2 3");
	assert_false(same_class(&one, &two));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_referrals),
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_foreign_holds),
		cmocka_unit_test(test_decisions),
		cmocka_unit_test(test_publishers),
		cmocka_unit_test(test_nameless),
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_classes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
