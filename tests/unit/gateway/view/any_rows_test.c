/* What must hold for any rows: a tile's and an alert's count is the total of its list, a list's pages are all of it, nobody gets what
 * is not theirs, a desk's own walk meets what a look at every row would. And what 100,000 rows cost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "world.h"

#include "base/calendar.h"
#include "dashboard-gateway/view/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { OUT_MAX = 32 * 1024 * 1024, TEXT_MAX = 400 };

static uint64_t chance = 3;

static uint32_t draw(uint32_t below)
{
	chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(chance >> 33) % below;
}

static const char *pick(const char *const *words, uint32_t count)
{
	return words[draw(count)];
}
#define PICK(...)                                                                                            \
	pick((const char *const[]){ __VA_ARGS__ },                                                           \
	        sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

static void random_time(char *text, const char *name)
{
	char when[HUB_TIME_LEN + 1];
	hub_time_format(at(WORLD_NOW) + ((int64_t)draw(2000) - 1500) * HUB_MINUTE_MS, when);
	(void)snprintf(text + strlen(text), 2 * (size_t)TEXT_MAX - strlen(text), " %s=%s", name, when);
}

static void random_row(struct world *world, int number)
{
	char key[40], text[2 * TEXT_MAX];
	const char *stage = PICK("WAITING", "ASKING_COUNTY", "ROUTED", "SUPPLEMENTING", "ACCEPTED", "ARRIVED",
	        "UNPLACED", "COMPLETED", "RETURNED");
	bool ended = strcmp(stage, "COMPLETED") == 0 || strcmp(stage, "RETURNED") == 0;
	bool here = draw(4) > 0;
	(void)snprintf(key, sizeof(key), "referral:R-%d", number);
	(void)snprintf(text, sizeof(text), "state=%s county_id=%s consortium_id=%s from_org_id=%s", stage,
	        here ? COUNTY : OTHER_COUNTY, here ? PICK("QX-1", "QX-2") : "BS-1",
	        here ? PICK(TOWN, VALLEY) : OTHER_TOWN);
	if (draw(2) || ended)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), " to_org_id=%s",
		        PICK(LEAD, THIRD, OTHER_LEAD, CITY_HOSPITAL));
	if (ended) {
		random_time(text, "ended_at");
		world_put(world, key, text);
		return;
	}
	(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
	        " direction=%s urgency=%s condition=%s waits_for=%s due=%s attempt=%u",
	        PICK("UP", "UP", "DOWN"), PICK("EMERGENCY", "URGENT", "ROUTINE"),
	        PICK("NONE", "NONE", "STROKE"), PICK("SLOT", "BED", "AUTHORISATION"),
	        PICK("answer", "arrival", "completion", "waiting_notice", "supplement_return",
	                "supplement_remind", "transfer"),
	        draw(3));
	if (!draw(5))
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
		        " asked_county_id=%s asked_org_id=%s", here ? OTHER_COUNTY : COUNTY,
		        here ? OTHER_LEAD : LEAD);
	random_time(text, "due_at");
	random_time(text, "requested_at");
	if (draw(2))
		random_time(text, "accepted_at");
	if (draw(3) == 0)
		random_time(text, "arrived_at");
	world_put(world, key, text);
}

static const struct gateway_viewer *people(uint32_t *ret_count)
{
	static struct gateway_viewer all[10];
	uint32_t count = 0;
	for (int role = GATEWAY_ROLE_NONE; role <= GATEWAY_ROLE_READ_ONLY; role++)
		all[count++] = viewer((enum gateway_role)role);
	all[count++] = desk(TOWN);
	all[count++] = desk(THIRD);
	all[count++] = desk(OTHER_LEAD);
	all[count++] = desk(CITY_HOSPITAL);
	all[count] = viewer(GATEWAY_ROLE_COUNTY);
	all[count++].county_id = HUB_STR(OTHER_COUNTY);
	*ret_count = count;
	return all;
}

typedef int view_fn(
        const struct gateway_world *, const struct gateway_viewer *, struct hub_buf *, struct hub_error *);

static json_t *answer(const struct world *world, const struct gateway_viewer *who, view_fn *view)
{
	struct hub_buf out;
	struct hub_error err = { 0 };
	hub_buf_init(&out, OUT_MAX);
	return parsed(view(&world->view, who, &out, &err), &err, &out);
}

static void check_counts(const struct world *world, const struct gateway_viewer *who, json_t *items)
{
	json_t *item;
	size_t i;
	json_array_foreach(items, i, item)
	{
		const char *query = json_string_value(json_object_get(item, "query"));
		if (query && json_integer_value(json_object_get(item, "count")) != total(world, who, query))
			fail_msg("%s: %lld, its list has %lld", query,
			        (long long)json_integer_value(json_object_get(item, "count")),
			        (long long)total(world, who, query));
	}
}

static void check_flows(const struct world *world, const struct gateway_viewer *who, json_t *flows)
{
	json_t *flow;
	size_t i;
	json_array_foreach(flows, i, flow)
	{
		char query[200];
		const char *from = json_string_value(json_object_get(flow, "from_org_id"));
		const char *to = json_string_value(json_object_get(flow, "to_org_id"));
		(void)snprintf(query, sizeof(query), "from=%s&to=%s", from, to);
		assert_int_equal(
		        json_integer_value(json_object_get(flow, "count")), total(world, who, query));
		(void)snprintf(query, sizeof(query), "from=%s&to=%s&overdue=true", from, to);
		assert_int_equal(
		        json_integer_value(json_object_get(flow, "overdue")), total(world, who, query));
		(void)snprintf(query, sizeof(query), "from=%s&to=%s&worklist=green_channel", from, to);
		assert_int_equal(
		        json_integer_value(json_object_get(flow, "green")), total(world, who, query));
	}
}

static void check_unplaced(const struct world *world, const struct gateway_viewer *who, json_t *senders)
{
	json_t *sender;
	size_t i;
	json_array_foreach(senders, i, sender)
	{
		char query[200];
		(void)snprintf(query, sizeof(query), "worklist=unplaced&from=%s",
		        json_string_value(json_object_get(sender, "from_org_id")));
		assert_int_equal(
		        json_integer_value(json_object_get(sender, "count")), total(world, who, query));
	}
}

/* All pages of a query: as many as its total, each once, each the viewer's to see. */
static void check_pages(const struct world *world, const struct gateway_viewer *who, const char *query)
{
	char next[1500];
	int64_t shown = 0, expected = total(world, who, query);
	json_t *seen = json_object();
	(void)snprintf(next, sizeof(next), "%s&limit=17", query);
	for (;;) {
		json_t *page = list(world, who, next), *item;
		size_t i;
		json_array_foreach(json_object_get(page, "items"), i, item)
		{
			const char *id = json_string_value(json_object_get(item, "referral_id"));
			assert_null(json_object_get(seen, id));
			json_object_set_new(seen, id, json_true());
			assert_true(gateway_shows_referral(
			        who, world->policy, gateway_hot_referral(world->hot, hub_str_from(id))));
			shown++;
		}
		assert_int_equal(json_integer_value(json_object_get(page, "total")), expected);
		const char *cursor = json_string_value(json_object_get(page, "next"));
		if (cursor)
			(void)snprintf(next, sizeof(next), "%s&limit=17&cursor=%s", query, cursor);
		json_decref(page);
		if (!cursor)
			break;
	}
	assert_int_equal(shown, expected);
	json_decref(seen);
}

static void test_any_rows(void **state)
{
	(void)state;
	struct world *world = world_new();
	uint32_t count;
	const struct gateway_viewer *who = people(&count);
	for (int i = 0; i < 600; i++)
		random_row(world, i);
	for (uint32_t i = 0; i < count; i++) {
		json_t *overview = answer(world, &who[i], gateway_view_overview);
		json_t *alerts = answer(world, &who[i], gateway_view_alerts);
		assert_int_equal(json_array_size(json_object_get(overview, "tiles")), 5);
		assert_true(json_array_size(json_object_get(alerts, "items")) <= 7);
		check_counts(world, &who[i], json_object_get(overview, "tiles"));
		check_counts(world, &who[i], json_object_get(alerts, "items"));
		check_flows(world, &who[i], json_object_get(overview, "flows"));
		check_unplaced(world, &who[i], json_object_get(overview, "unplaced_from"));
		check_pages(world, &who[i], "sort=due");
		check_pages(world, &who[i], "sort=requested&worklist=all");
		check_pages(world, &who[i], "sort=urgency&urgency=URGENT");
		check_pages(world, &who[i], "state=COMPLETED");
		check_pages(world, &who[i], "q=R-1");
		json_decref(overview);
		json_decref(alerts);
	}
	struct gateway_viewer nobody = viewer(GATEWAY_ROLE_NONE);
	assert_int_equal(total(world, &nobody, ""), 0);
	world_free(world);
}

/* A walk by viewer meets what a look at every row would show, each once: after rows came, moved to others, went and came back. */
static void expect_own_rows(const struct world *world, const struct gateway_viewer *who)
{
	const struct gateway_row *row;
	const struct gateway_referral *referral;
	json_t *met = json_object();
	size_t seen = 0;
	for (size_t i = 0; (referral = gateway_referrals_each(&world->view, who, &i));) {
		assert_true(gateway_shows_referral(who, world->policy, referral) && !referral->row.gone);
		assert_null(json_object_getn(met, referral->referral_id.data, referral->referral_id.len));
		json_object_setn_new(met, referral->referral_id.data, referral->referral_id.len, json_true());
	}
	for (size_t i = 0; (row = gateway_hot_each(world->hot, GATEWAY_REFERRAL, &i));)
		seen += gateway_shows_referral(
		        who, world->policy, (const struct gateway_referral *)(const void *)row);
	assert_int_equal(json_object_size(met), seen);
	json_decref(met);
}

static void test_rows_of_a_viewer(void **state)
{
	(void)state;
	struct world *world = world_new();
	uint32_t count;
	const struct gateway_viewer *who = people(&count);
	for (int step = 0; step < 6000; step++) {
		char key[40];
		int number = (int)draw(200);
		(void)snprintf(key, sizeof(key), "referral:R-%d", number);
		if (draw(4))
			random_row(world, number);
		else
			gateway_hot_remove(world->hot, hub_str_from(key));
		if (step % 50 == 0)
			for (uint32_t i = 0; i < count; i++)
				expect_own_rows(world, &who[i]);
	}
	world_free(world);
}

static double ms_of(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) * 1e3 + (double)(to->tv_nsec - from->tv_nsec) / 1e6;
}

/* 100,000 rows: how much CPU time a page and an overview take, printed. Held far above what it is, for slow and busy machines. */
static void test_speed(void **state)
{
	(void)state;
	enum { ROWS = 100000, ROUNDS = 5 };
	struct world *world = world_new();
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY), hospital = desk(LEAD);
	for (int i = 0; i < ROWS; i++)
		random_row(world, i);
	static const char *const what[] = { "page of a county", "page of a desk", "overdue", "overview",
		"alerts" };
	for (size_t w = 0; w < sizeof(what) / sizeof(what[0]); w++) {
		double best = 1e9;
		for (int round = 0; round < ROUNDS; round++) {
			struct timespec from, to;
			struct hub_buf out, next;
			struct gateway_param late = { HUB_STR("worklist"), HUB_STR("overdue") };
			hub_buf_init(&out, OUT_MAX);
			hub_buf_init(&next, OUT_MAX);
			clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
			if (w < 3)
				assert_int_equal(
				        gateway_view_referrals(&world->view, w == 1 ? &hospital : &county,
				                &late, w == 2, &out, &next, NULL),
				        0);
			else if (w == 3)
				assert_int_equal(gateway_view_overview(&world->view, &county, &out, NULL), 0);
			else
				assert_int_equal(gateway_view_alerts(&world->view, &county, &out, NULL), 0);
			clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
			if (ms_of(&from, &to) < best)
				best = ms_of(&from, &to);
			hub_buf_done(&out);
			hub_buf_done(&next);
		}
		printf("# %d rows, %s: %.2f ms\n", ROWS, what[w], best);
		assert_true(best < 500);
	}
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_rows),
		cmocka_unit_test(test_rows_of_a_viewer),
		cmocka_unit_test(test_speed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
