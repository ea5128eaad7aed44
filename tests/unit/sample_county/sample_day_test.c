/* The sample day: chance that depends on nothing but seed and name, a queue in order, the same day twice. */
#include "sample-county/day.h"
#include "sample-county/draw.h"

#include "base/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void draws_are_even_and_repeatable(void **state)
{
	(void)state;
	uint32_t found[10] = { 0 };
	for (uint32_t turn = 0; turn < 10000; turn++) {
		uint32_t draw = sample_draw(1, "test", HUB_STR("x"), turn, 10);
		assert_int_equal(draw, sample_draw(1, "test", HUB_STR("x"), turn, 10));
		found[draw]++;
	}
	for (int i = 0; i < 10; i++)
		assert_in_range(found[i], 850, 1150);
	assert_int_not_equal(sample_draw(1, "a", HUB_STR("x"), 0, UINT32_MAX),
	        sample_draw(1, "b", HUB_STR("x"), 0, UINT32_MAX));
	assert_int_not_equal(sample_draw(1, "a", HUB_STR("x"), 0, UINT32_MAX),
	        sample_draw(2, "a", HUB_STR("x"), 0, UINT32_MAX));
	for (uint32_t turn = 0; turn < 1000; turn++)
		assert_in_range(sample_between(1, "t", HUB_STR("x"), turn, 5, 7), 5, 7);
}

static void the_agenda_is_in_order(void **state)
{
	(void)state;
	struct sample_agenda agenda = { 0 };
	for (uint32_t i = 0; i < 5000; i++)
		sample_agenda_add(&agenda, sample_draw(1, "at", HUB_STR("x"), i, 100), SAMPLE_REQUEST, NULL,
		        (int32_t)i);
	struct sample_act before = { .at_ms = -1 }, act;
	assert_false(sample_agenda_next(&agenda, 0, &act));
	for (uint32_t i = 0; i < 5000; i++) {
		assert_true(sample_agenda_next(&agenda, 100, &act));
		assert_true(
		        act.at_ms > before.at_ms || (act.at_ms == before.at_ms && act.order > before.order));
		before = act;
	}
	assert_false(sample_agenda_next(&agenda, INT64_MAX, &act));
	sample_agenda_done(&agenda);
}

/* A county of one hospital and two who refer to it. */
static void make_county(struct sample_county *county, struct hub_organisation orgs[3])
{
	static struct hub_str memberships[] = { { "C1", 2 }, { "C2", 2 } };
	static struct hub_str specialties[] = { { "03.04", 5 }, { "32.02", 5 } };
	static const char *const ids[] = { "H1", "T1", "V1" };
	for (int i = 0; i < 3; i++)
		orgs[i] = (struct hub_organisation){ .org_id = hub_str_from(ids[i]),
			.memberships = { memberships, 2 },
			.hospital_level = i ? 0 : 3 };
	orgs[0].specialties = (struct hub_str_array){ specialties, 2 };
	orgs[1].kind = HUB_ORGANISATION_KIND_TOWNSHIP_HEALTH_CENTRE;
	orgs[2].kind = HUB_ORGANISATION_KIND_VILLAGE_CLINIC;
	*county = (struct sample_county){ .county_id = HUB_STR("990121") };
	county->hospitals.items[county->hospitals.count++] = &orgs[0];
	county->primary.items[county->primary.count++] = &orgs[1];
	county->primary.items[county->primary.count++] = &orgs[2];
}

static void a_seed_gives_one_day(void **state)
{
	(void)state;
	struct hub_organisation orgs[3];
	struct sample_county county;
	make_county(&county, orgs);
	struct sample_day one, two;
	int32_t monday = hub_day_from_ymd(2026, 11, 23);
	sample_day_plan(&one, &county, monday, 7, 300);
	sample_day_plan(&two, &county, monday, 7, 300);
	assert_int_equal(hub_map_count(one.referrals), 300);
	struct sample_act a, b;
	uint32_t requests = 0;
	int64_t ends_ms = hub_day_start_ms(monday + 1);
	while (sample_agenda_next(&one.agenda, ends_ms, &a)) {
		assert_true(sample_agenda_next(&two.agenda, ends_ms, &b));
		assert_true(a.at_ms == b.at_ms && a.deed == b.deed && a.order == b.order);
		assert_true(a.at_ms >= hub_day_start_ms(monday));
		requests += a.deed == SAMPLE_REQUEST;
	}
	assert_false(sample_agenda_next(&two.agenda, ends_ms, &b));
	assert_int_equal(requests, 300);
	sample_day_done(&one);
	sample_day_done(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_are_even_and_repeatable),
		cmocka_unit_test(the_agenda_is_in_order),
		cmocka_unit_test(a_seed_gives_one_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
