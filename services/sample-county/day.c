#include "sample-county/day.h"

#include "base/calendar.h"
#include "base/check.h"
#include "sample-county/draw.h"

#include <stdarg.h>
#include <stdio.h>

enum { ARENA_LIMIT = 256 << 20, EMERGENCY = 1001 };

static const struct sample_demand demands[] = {
#define DEMAND(weight, specialty, need, exam_item, condition, urgent, sender, diagnosis)                     \
	{ weight, specialty, HUB_NEED_##need, exam_item, HUB_CONDITION_##condition, urgent,                  \
		SAMPLE_SENDER_##sender, diagnosis },
#include "sample-county/demand.def"
#undef DEMAND
};

/* When people come: shares of the hours 0 to 23. Emergencies come around the clock. */
static const uint8_t by_hour[24] = { 0, 0, 0, 0, 0, 0, 1, 4, 14, 17, 16, 9, 3, 6, 12, 11, 8, 3, 1, 1, 0, 0, 0,
	0 };
static const uint8_t emergencies_by_hour[24] = { 2, 2, 2, 2, 2, 3, 4, 6, 6, 6, 6, 5, 4, 4, 5, 5, 5, 5, 6, 6,
	5, 4, 3, 2 };

struct hub_str sample_day_text(struct sample_day *day, const char *format, ...)
{
	char text[256];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	hub_check(n >= 0 && (size_t)n < sizeof(text));
	struct hub_str copy = hub_arena_copy(day->arena, hub_str_from(text));
	hub_check(!hub_arena_exhausted(day->arena));
	return copy;
}

static const struct sample_demand *pick_demand(const struct sample_day *day, struct hub_str id)
{
	uint32_t total = 0;
	for (size_t i = 0; i < sizeof(demands) / sizeof(demands[0]); i++)
		total += demands[i].weight;
	uint32_t at = sample_draw(day->seed, "demand", id, 0, total);
	const struct sample_demand *demand = demands;
	for (; at >= demand->weight; demand++)
		at -= demand->weight;
	return demand;
}

static int64_t pick_time(const struct sample_day *day, struct hub_str id, const uint8_t hours[24])
{
	uint32_t total = 0;
	for (int hour = 0; hour < 24; hour++)
		total += hours[hour];
	uint32_t at = sample_draw(day->seed, "hour", id, 0, total);
	int hour = 0;
	for (; at >= hours[hour]; hour++)
		at -= hours[hour];
	return day->starts_ms + hour * (int64_t)HUB_HOUR_MS +
	       sample_draw(day->seed, "moment", id, 0, HUB_HOUR_MS);
}

/* The n-th organisation that may send such a referral. */
static const struct hub_organisation *pick_sender(
        const struct sample_day *day, struct hub_str id, enum sample_sender sender)
{
	const struct sample_county *county = day->county;
	if (sender == SAMPLE_SENDER_LEAD || sender == SAMPLE_SENDER_DOWN)
		return county->hospitals.items[0];
	/* A health centre sends as much as six village clinics. */
	const struct hub_organisation *org;
	uint32_t turn = 0;
	do {
		org = county->primary
		              .items[sample_draw(day->seed, "sender", id, turn, county->primary.count)];
		turn++;
	} while ((org->kind == HUB_ORGANISATION_KIND_VILLAGE_CLINIC &&
	                 !sample_chance(day->seed, "clinic", id, turn, 170)) ||
	         (sender == SAMPLE_SENDER_TCM && org->memberships.count < 2 && turn < 1000));
	return org;
}

static struct sample_referral *new_referral(struct sample_day *day, struct hub_str name)
{
	struct sample_referral *referral = hub_arena_alloc(day->arena, sizeof(*referral));
	hub_check(referral);
	const struct sample_demand *demand = pick_demand(day, name);
	referral->demand = demand;
	referral->from = pick_sender(day, name, demand->sender);
	referral->home = demand->sender == SAMPLE_SENDER_DOWN ? pick_sender(day, name, SAMPLE_SENDER_PRIMARY)
	                                                      : referral->from;
	const struct hub_str_array *memberships = &referral->from->memberships;
	if (memberships->count)
		referral->consortium_id =
		        memberships->items[demand->sender == SAMPLE_SENDER_TCM ? memberships->count - 1 : 0];
	referral->id =
	        sample_day_text(day, "%.*s-%.*s", HUB_STR_ARG(referral->from->org_id), HUB_STR_ARG(name));
	referral->patient_id =
	        sample_day_text(day, "p-%08x%08x", sample_draw(day->seed, "patient", name, 0, UINT32_MAX),
	                sample_draw(day->seed, "patient", name, 1, UINT32_MAX));
	bool maternal = hub_str_starts_with(hub_str_from(demand->specialty), HUB_STR("05."));
	referral->sex =
	        maternal || sample_chance(day->seed, "sex", name, 0, 500) ? HUB_SEX_FEMALE : HUB_SEX_MALE;
	int32_t year;
	int month, dom;
	hub_day_to_ymd(day->day, &year, &month, &dom);
	bool child = hub_str_is(hub_str_from(demand->specialty), "07");
	int64_t age = child      ? sample_between(day->seed, "age", name, 0, 0, 13)
	              : maternal ? sample_between(day->seed, "age", name, 0, 19, 44)
	                         : sample_between(day->seed, "age", name, 0, 22, 88);
	referral->birth_year = year - (int32_t)age;
	if (demand->urgent_permille == EMERGENCY)
		referral->urgency = HUB_URGENCY_EMERGENCY;
	else if (sample_chance(day->seed, "urgent", name, 0, demand->urgent_permille))
		referral->urgency = HUB_URGENCY_URGENT;
	else
		referral->urgency = HUB_URGENCY_ROUTINE;
	hub_map_put(day->referrals, referral->id, referral);
	return referral;
}

/* Mistakes and second thoughts that follow from a request of its own accord; the rest follows from decisions.
 */
static void plan_referral(struct sample_day *day, uint32_t number)
{
	int year, month, dom;
	hub_day_to_ymd(day->day, &year, &month, &dom);
	struct hub_str name = sample_day_text(day, "%02d%02d-%04u", month, dom, number);
	struct sample_referral *referral = new_referral(day, name);
	bool emergency = referral->urgency == HUB_URGENCY_EMERGENCY;
	int64_t at = pick_time(day, name, emergency ? emergencies_by_hour : by_hour);
	referral->requested_ms = at;
	sample_agenda_add(&day->agenda, at, SAMPLE_REQUEST, referral, 0);
	if (sample_chance(day->seed, "again", name, 0, 14))
		sample_agenda_add(&day->agenda,
		        at + sample_between(day->seed, "again", name, 1, 20000, 900000), SAMPLE_REQUEST_AGAIN,
		        referral, 0);
	if (sample_chance(day->seed, "anew", name, 0, 5))
		sample_agenda_add(&day->agenda,
		        at + sample_between(day->seed, "anew", name, 1, 60000, 3600000), SAMPLE_REQUEST_ANEW,
		        referral, 0);
	if (!emergency && sample_chance(day->seed, "double", name, 0, 4))
		sample_agenda_add(&day->agenda,
		        at + sample_between(day->seed, "double", name, 1, 600000, 3600000),
		        SAMPLE_REQUEST_DOUBLE, referral, 0);
	if (sample_chance(day->seed, "unknown", name, 0, 2))
		sample_agenda_add(&day->agenda, at, SAMPLE_ACCEPT_UNKNOWN, referral, 0);
}

void sample_day_plan(struct sample_day *day, const struct sample_county *county, int32_t number,
        uint64_t seed, uint32_t referrals)
{
	*day = (struct sample_day){
		.seed = seed,
		.day = number,
		.starts_ms = hub_day_start_ms(number),
		.county = county,
		.arena = hub_arena_new(ARENA_LIMIT),
		.referrals = hub_map_new(),
		.sessions = hub_map_new(),
	};
	sample_sessions_plan(day);
	sample_beds_plan(day);
	for (uint32_t i = 1; i <= referrals; i++)
		plan_referral(day, i);
}

void sample_day_done(struct sample_day *day)
{
	sample_agenda_done(&day->agenda);
	hub_map_free(day->referrals);
	hub_map_free(day->sessions);
	hub_arena_free(day->arena);
}
