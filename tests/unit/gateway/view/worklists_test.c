/* Which referral is on which list, and since when one is overdue, as tables; the order of a list; what is wrong with a query. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "world.h"

#include "base/calendar.h"
#include "dashboard-gateway/view/overdue.h"

#include <stdio.h>

enum { OUT_MAX = 1024 * 1024, TEXT_MAX = 400 };

/* The lists that hold the row, by name, in the order of the table. */
static void lists_of(const struct world *world, const struct gateway_viewer *who, char text[TEXT_MAX])
{
	text[0] = '\0';
	for (int i = GATEWAY_TO_ANSWER; i < GATEWAY_WORKLISTS; i++) {
		char query[64];
		(void)snprintf(
		        query, sizeof(query), "worklist=%s", gateway_worklist_name((enum gateway_worklist)i));
		if (total(world, who, query))
			(void)snprintf(text + strlen(text), TEXT_MAX - strlen(text), "%s%s",
			        text[0] ? " " : "", gateway_worklist_name((enum gateway_worklist)i));
	}
}

/* Sender 990121-T01. county, sender and receiver: the lists that the three find it on. */
static const struct {
	const char *fields, *county, *sender, *receiver;
} on_lists[] = {
	{ "state=ROUTED to_org_id=990121-H01 due=answer due_at=2026-11-27T11:00:00+08:00", "to_answer", "",
	        "to_answer" },
	{ "state=ROUTED to_org_id=990121-H01 due=answer due_at=2026-11-27T09:59:59+08:00",
	        "to_answer overdue", "overdue", "to_answer overdue" },
	{ "state=ROUTED direction=DOWN to_org_id=990121-H01", "to_answer to_confirm", "",
	        "to_answer to_confirm" },
	{ "state=SUPPLEMENTING to_org_id=990121-H01 due=supplement_remind "
	  "due_at=2026-11-27T20:00:00+08:00",
	        "to_supplement", "to_supplement", "" },
	{ "state=SUPPLEMENTING to_org_id=990121-H01 due=supplement_return "
	  "due_at=2026-11-27T10:30:00+08:00",
	        "to_supplement overdue", "to_supplement overdue", "overdue" },
	{ "state=WAITING waits_for=SLOT due=waiting_notice due_at=2026-11-28T09:00:00+08:00",
	        "waiting waiting_long", "waiting waiting_long", "" },
	{ "state=WAITING waits_for=BED need=BED bed_kind=GENERAL "
	  "requested_at=2026-11-27T09:30:00+08:00",
	        "waiting", "waiting", "" },
	{ "state=WAITING waits_for=AUTHORISATION", "awaiting_authorisation leaving_county",
	        "awaiting_authorisation leaving_county", "" },
	{ "state=WAITING waits_for=SLOT requested_at=2026-11-27T09:30:00+08:00 "
	  "asked_county_id=990100 asked_org_id=990100-H01",
	        "waiting leaving_county", "waiting leaving_county", "" },
	{ "state=ASKING_COUNTY asked_county_id=990100 asked_org_id=990100-H01 due=transfer "
	  "due_at=2026-11-27T09:00:00+08:00",
	        "leaving_county", "leaving_county", "" },
	{ "state=UNPLACED due=waiting_notice due_at=2026-11-27T09:00:00+08:00", "returned_to_me unplaced",
	        "returned_to_me unplaced", "unplaced" },
	{ "state=RETURNED to_org_id=990121-H01 ended_at=2026-11-27T09:00:00+08:00", "returned_to_me",
	        "returned_to_me", "" },
	{ "state=COMPLETED to_org_id=990121-H01 ended_at=2026-11-27T09:00:00+08:00", "", "", "" },
	{ "state=ACCEPTED direction=DOWN to_org_id=990121-H01 accepted_at=2026-11-27T09:00:00+08:00",
	        "to_confirm", "", "to_confirm" },
	{ "state=ARRIVED direction=DOWN to_org_id=990121-H01", "to_confirm", "", "to_confirm" },
	{ "state=ARRIVED to_org_id=990121-H01 due=long_stay due_at=2026-11-26T09:00:00+08:00", "", "", "" },
	{ "state=ROUTED to_org_id=990121-H01 urgency=EMERGENCY condition=STROKE path=GREEN_CHANNEL",
	        "to_answer green_channel", "green_channel", "to_answer green_channel" },
	{ "state=CANCELLED condition=STROKE ended_at=2026-11-27T09:00:00+08:00", "", "", "" },
};

static void test_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(on_lists) / sizeof(on_lists[0]); i++) {
		struct world *world = world_new();
		char text[TEXT_MAX];
		world_put(world, "referral:R1", on_lists[i].fields);
		struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY), sender = desk(TOWN),
		                      receiver = desk(LEAD);
		const struct {
			const struct gateway_viewer *who;
			const char *expected;
		} lists[] = { { &county, on_lists[i].county }, { &sender, on_lists[i].sender },
			{ &receiver, on_lists[i].receiver } };
		for (int j = 0; j < 3; j++) {
			lists_of(world, lists[j].who, text);
			if (strcmp(text, lists[j].expected) != 0)
				fail_msg("%s for %.*s: \"%s\", expected \"%s\"", on_lists[i].fields,
				        HUB_STR_ARG(lists[j].who->org_id), text, lists[j].expected);
		}
		world_free(world);
	}
}

/* Deadlines that passed; the hub has set the next timer already. "" : in time. */
static void test_overdue_since(void **state)
{
	(void)state;
	static const struct {
		const char *fields, *since;
	} rows[] = {
		{ "state=ACCEPTED to_org_id=990121-H01 accepted_at=2026-11-26T09:00:00+08:00 due=arrival "
		  "due_at=2026-11-28T09:00:00+08:00",
		        "2026-11-27T09:00:00+08:00" },
		{ "state=ACCEPTED to_org_id=990121-H01 accepted_at=2026-11-26T11:00:00+08:00 due=arrival "
		  "due_at=2026-11-27T11:00:00+08:00",
		        "" },
		{ "state=ACCEPTED to_org_id=990121-H01 session_id=S1 accepted_at=2026-11-20T09:00:00+08:00 "
		  "due=arrival "
		  "due_at=2026-12-01T12:00:00+08:00",
		        "" },
		{ "state=ACCEPTED to_org_id=990121-H01 session_id=S0 accepted_at=2026-11-20T09:00:00+08:00 "
		  "due=arrival "
		  "due_at=2026-11-27T12:00:00+08:00",
		        "2026-11-26T12:00:00+08:00" },
		{ "state=ACCEPTED attempt=2 to_org_id=990121-H01 accepted_at=2026-11-20T09:00:00+08:00 "
		  "due=arrival "
		  "due_at=2026-11-27T12:00:00+08:00",
		        "" },
		{ "state=ACCEPTED to_org_id=990121-H01 accepted_at=2026-11-26T09:00:00+08:00 "
		  "due=waiting_notice "
		  "due_at=2026-11-28T09:00:00+08:00",
		        "2026-11-26T09:00:00+08:00" },
		{ "state=ARRIVED to_org_id=990121-H01 arrived_at=2026-11-19T09:00:00+08:00 due=completion "
		  "due_at=2026-11-27T12:00:00+08:00",
		        "2026-11-26T09:00:00+08:00" },
		{ "state=ARRIVED to_org_id=990121-H01 arrived_at=2026-11-21T09:00:00+08:00 due=completion "
		  "due_at=2026-11-28T09:00:00+08:00",
		        "" },
		{ "state=ACCEPTED direction=DOWN to_org_id=990121-H01 accepted_at=2026-11-20T09:00:00+08:00 "
		  "due=return_confirm "
		  "due_at=2026-11-27T12:00:00+08:00",
		        "2026-11-25T09:00:00+08:00" },
		{ "state=SUPPLEMENTING to_org_id=990121-H01 due=supplement_return "
		  "due_at=2026-11-27T10:30:00+08:00",
		        "2026-11-27T09:30:00+08:00" },
		/* over a weekend */
		{ "state=SUPPLEMENTING urgency=ROUTINE to_org_id=990121-H01 due=supplement_return "
		  "due_at=2026-11-30T00:20:00+08:00",
		        "2026-11-27T08:00:00+08:00" },
		{ "state=ROUTED to_org_id=990121-H01 due=answer due_at=2026-11-27T09:00:00+08:00",
		        "2026-11-27T09:00:00+08:00" },
		{ "state=WAITING waits_for=SLOT due=waiting_notice due_at=2026-11-27T09:00:00+08:00", "" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world *world = world_new();
		world_put(world, "session:990121-H01:S1", "ends_at=2026-11-30T12:00:00+08:00");
		world_put(world, "session:990121-H01:S0", "ends_at=2026-11-25T12:00:00+08:00");
		world_put(world, "referral:R1", rows[i].fields);
		int64_t since = gateway_overdue_since(gateway_hot_referral(world->hot, HUB_STR("R1")),
		        world->hot, world->policy, world->view.now_ms);
		int64_t expected = rows[i].since[0] ? at(rows[i].since) : GATEWAY_NO_TIME;
		if (since != expected)
			fail_msg("%s: since %lld, expected %lld", rows[i].fields, (long long)since,
			        (long long)expected);
		world_free(world);
	}
}

/* The order of the page: what is overdue, then what is due next, then what has no deadline. */
static void test_order(void **state)
{
	(void)state;
	static const struct {
		const char *query, *order;
	} orders[] = {
		{ "", "late1 late2 soon later none" },
		{ "sort=requested", "later soon late2 none late1" },
		{ "sort=urgency", "late2 soon later late1 none" },
		{ "overdue=true", "late1 late2" },
		{ "overdue=false", "soon later none" },
		{ "due_before=2026-11-27T10:30:00+08:00", "late1 late2 soon" },
		{ "org=990121-H05", "later" },
		{ "to=990121-H01&from=990121-T01", "late1 late2 soon none" },
		{ "specialty=03.05", "none" },
		{ "urgency=ROUTINE", "late1 none" },
		{ "q=late", "late1 late2 later" },
		{ "state=COMPLETED", "done2 done1" },
		{ "q=done", "done2 done1" },
	};
	struct world *world = world_new();
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY);
	world_put(world, "referral:late1",
	        "state=ROUTED to_org_id=990121-H01 urgency=ROUTINE due=answer "
	        "due_at=2026-11-27T09:00:00+08:00 requested_at=2026-11-27T07:05:00+08:00");
	world_put(world, "referral:late2",
	        "state=ROUTED to_org_id=990121-H01 urgency=EMERGENCY due=answer "
	        "due_at=2026-11-27T09:30:00+08:00 requested_at=2026-11-27T07:03:00+08:00");
	world_put(world, "referral:soon",
	        "state=ROUTED to_org_id=990121-H01 due=answer due_at=2026-11-27T10:10:00+08:00 "
	        "requested_at=2026-11-27T07:02:00+08:00");
	world_put(world, "referral:later",
	        "state=ROUTED to_org_id=990121-H05 due=answer due_at=2026-11-27T11:00:00+08:00 "
	        "requested_at=2026-11-27T07:01:00+08:00");
	world_put(world, "referral:none",
	        "state=ACCEPTED to_org_id=990121-H01 urgency=ROUTINE specialty=03.05 "
	        "requested_at=2026-11-27T07:04:00+08:00");
	world_put(world, "referral:done1",
	        "state=COMPLETED to_org_id=990121-H01 ended_at=2026-11-26T09:00:00+08:00");
	world_put(world, "referral:done2",
	        "state=COMPLETED to_org_id=990121-H01 ended_at=2026-11-27T09:00:00+08:00");
	for (size_t o = 0; o < sizeof(orders) / sizeof(orders[0]); o++) {
		char got[TEXT_MAX] = "";
		json_t *page = list(world, &county, orders[o].query), *item;
		size_t i;
		json_array_foreach(json_object_get(page, "items"), i, item)
		{
			(void)snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s", i ? " " : "",
			        json_string_value(json_object_get(item, "referral_id")));
		}
		if (strcmp(got, orders[o].order) != 0)
			fail_msg("%s: %s, expected %s", orders[o].query, got, orders[o].order);
		json_decref(page);
	}
	world_free(world);
}

/* What becomes overdue while somebody turns pages keeps its place. */
static void test_time_passes_between_pages(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY);
	for (int i = 0; i < 10; i++) {
		char key[40], fields[120];
		(void)snprintf(key, sizeof(key), "referral:R%d", i);
		(void)snprintf(fields, sizeof(fields),
		        "state=ROUTED to_org_id=990121-H01 due=answer due_at=2026-11-27T10:0%d:00+08:00", i);
		world_put(world, key, fields);
	}
	json_t *page = list(world, &county, "limit=4");
	char query[1200];
	(void)snprintf(query, sizeof(query), "limit=200&cursor=%s",
	        json_string_value(json_object_get(page, "next")));
	json_decref(page);
	world->view.now_ms += HUB_HOUR_MS;
	page = list(world, &county, query);
	assert_int_equal(json_array_size(json_object_get(page, "items")), 6);
	assert_string_equal(json_string_value(json_object_get(
	                            json_array_get(json_object_get(page, "items"), 0), "referral_id")),
	        "R4");
	json_decref(page);
	world_free(world);
}

static void test_errors(void **state)
{
	(void)state;
	static const struct {
		const char *query, *place, *text;
	} errors[] = {
		{ "worklist=mine", "worklist",
		        "expected one of: all, to_answer, to_supplement, returned_to_me, to_confirm, "
		        "waiting, waiting_long, unplaced, "
		        "awaiting_authorisation, leaving_county, overdue, green_channel" },
		{ "state=OPEN", "state", "expected a value of hub.referral.ReferralStage, such as ROUTING" },
		{ "urgency=UNKNOWN", "urgency",
		        "expected a value of hub.referral.Urgency, such as EMERGENCY" },
		{ "overdue=yes", "overdue", "expected true or false" },
		{ "due_before=tomorrow", "due_before", "expected a time such as 2026-11-29T08:05:00+08:00" },
		{ "sort=age", "sort", "expected one of: due, requested, urgency" },
		{ "limit=1000", "limit", "expected a whole number from 1 to 200" },
		{ "cursor=00", "cursor", "expected the `next` of an answer to the same query" },
		{ "wroklist=overdue", "wroklist", "there is no such parameter here" },
		{ "<b>=1", "<b>", "there is no such parameter here" },
		{ "org=a&org=b", "org", "it is given twice" },
	};
	struct world *world = world_new();
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY);
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct query query = query_of(errors[i].query);
		struct hub_error err = { 0 };
		struct hub_buf out, next;
		hub_buf_init(&out, OUT_MAX);
		hub_buf_init(&next, OUT_MAX);
		assert_int_equal(gateway_view_referrals(
		                         &world->view, &county, query.items, query.count, &out, &next, &err),
		        HUB_E_INVALID);
		assert_string_equal(err.place, errors[i].place);
		assert_string_equal(err.text, errors[i].text);
		assert_int_equal(out.len, 0);
		hub_buf_done(&out);
		hub_buf_done(&next);
	}
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_overdue_since),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_time_passes_between_pages),
		cmocka_unit_test(test_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
