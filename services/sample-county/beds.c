/* REF-22: hospitals report the beds of each ward in the morning, at noon and in the evening. */
#include "sample-county/beds.h"

#include "base/calendar.h"
#include "base/check.h"
#include "sample-county/draw.h"

/* Of a hundred beds so many are free at most. */
enum { FREE_PERCENT = 3, REPORTS = 3 };

static const int hours[REPORTS] = { 7, 12, 18 };

static void plan_ward(
        struct sample_day *day, const struct hub_organisation *org, const struct hub_bed_count *beds)
{
	struct sample_ward *ward = hub_arena_alloc(day->arena, sizeof(*ward));
	hub_check(ward);
	*ward = (struct sample_ward){ org, beds->kind, beds->count };
	for (int n = 0; n < REPORTS; n++)
		sample_agenda_add(&day->agenda,
		        day->starts_ms + hours[n] * (int64_t)HUB_HOUR_MS +
		                sample_draw(day->seed, "beds", org->org_id, (uint32_t)n, 20 * HUB_MINUTE_MS),
		        SAMPLE_BEDS, ward, n);
}

void sample_beds_plan(struct sample_day *day)
{
	const struct sample_orgs *hospitals = &day->county->hospitals;
	for (uint32_t i = 0; i < hospitals->count; i++) {
		const struct hub_organisation *org = hospitals->items[i];
		for (uint32_t k = 0; k < org->beds.count && org->memberships.count; k++)
			plan_ward(day, org, &org->beds.items[k]);
	}
}

int32_t sample_ward_free(const struct sample_day *day, const struct sample_ward *ward, int32_t n)
{
	int64_t most = ward->beds * FREE_PERCENT / 100 + 1;
	return (int32_t)sample_between(
	        day->seed, hub_bed_kind_name(ward->kind), ward->org->org_id, (uint32_t)n, 0, most);
}
