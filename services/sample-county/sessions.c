/* The sessions that hospitals open, and what patients of their own book. */
#include "base/calendar.h"
#include "base/check.h"
#include "sample-county/day.h"
#include "sample-county/draw.h"

enum { WORKING_DAYS_OPENED = 3, EARLY_DAYS = 20 };

static const struct sample_offer {
	const char *specialty;
	enum hub_need need;
	const char *exam_item;
	int32_t morning, afternoon, expert;
} offers[] = {
#define SESSIONS(specialty, need, exam_item, morning, afternoon, expert)                                     \
	{ specialty, HUB_NEED_##need, exam_item, morning, afternoon, expert },
#include "sample-county/sessions.def"
#undef SESSIONS
};

static int64_t clock_time(int32_t day, int hour, int minute)
{
	return hub_day_start_ms(day) + hour * (int64_t)HUB_HOUR_MS + minute * (int64_t)HUB_MINUTE_MS;
}

/* Patients of the hospital's own take about a third of a session, some give it back. */
static void plan_bookings(struct sample_day *day, struct sample_session *session, int64_t opened_ms)
{
	int64_t day_ends = day->starts_ms + HUB_DAY_MS;
	int64_t last = session->starts_ms < day_ends ? session->starts_ms : day_ends;
	for (int32_t i = 1; i <= session->capacity; i++) {
		uint32_t turn = (uint32_t)i;
		if (!sample_chance(day->seed, "booking", session->id, turn, 330))
			continue;
		int64_t at =
		        sample_between(day->seed, "book", session->id, turn, opened_ms + HUB_MINUTE_MS, last);
		sample_agenda_add(&day->agenda, at, SAMPLE_TAKE, session, i);
		if (sample_chance(day->seed, "give back", session->id, turn, 60))
			sample_agenda_add(
			        &day->agenda, at + 90 * (int64_t)HUB_MINUTE_MS, SAMPLE_FREE, session, i);
	}
}

/* What happens to a session of today now and then. */
static void plan_changes(struct sample_day *day, struct sample_session *session)
{
	if (hub_day_of(session->starts_ms) != day->day)
		return;
	int64_t before = session->starts_ms - HUB_HOUR_MS;
	if (sample_chance(day->seed, "raise", session->id, 0, 50))
		sample_agenda_add(&day->agenda, before, SAMPLE_RAISE, session, 0);
	if (sample_chance(day->seed, "lower", session->id, 0, 12))
		sample_agenda_add(&day->agenda, session->starts_ms + HUB_HOUR_MS, SAMPLE_LOWER, session, 0);
	if (sample_chance(day->seed, "call off", session->id, 0, 18))
		sample_agenda_add(&day->agenda, session->starts_ms + 40 * (int64_t)HUB_MINUTE_MS,
		        SAMPLE_CALL_OFF, session, 0);
	if (sample_chance(day->seed, "take unknown", session->id, 0, 10))
		sample_agenda_add(&day->agenda, before, SAMPLE_TAKE_UNKNOWN, session, 1);
}

struct shift {
	const char *name;
	int from_hour, from_minute, to_hour, to_minute;
	bool expert;
};

static const struct shift morning = { "am", 8, 0, 12, 0, false };
static const struct shift afternoon = { "pm", 13, 30, 17, 0, false };
static const struct shift expert = { "ex", 9, 0, 11, 30, true };

static struct sample_session *open_session(struct sample_day *day, const struct hub_organisation *org,
        const struct sample_offer *offer, const struct shift *shift, int32_t on, int32_t capacity,
        int64_t opened_ms)
{
	struct sample_session *session = hub_arena_alloc(day->arena, sizeof(*session));
	hub_check(session);
	char date[HUB_DATE_LEN + 1];
	hub_day_format(on, date);
	*session = (struct sample_session){
		.id = sample_day_text(day, "%s-%s-%s", date,
		        offer->exam_item ? offer->exam_item : offer->specialty, shift->name),
		.org = org,
		.specialty = offer->specialty,
		.need = offer->need,
		.exam_item = offer->exam_item,
		.expert = shift->expert,
		.starts_ms = clock_time(on, shift->from_hour, shift->from_minute),
		.ends_ms = clock_time(on, shift->to_hour, shift->to_minute),
		.capacity = capacity,
		.revision = 1,
	};
	if (org->memberships.count)
		session->consortium_id = org->memberships.items[0];
	hub_map_put(day->sessions,
	        sample_day_text(day, "%.*s/%.*s", HUB_STR_ARG(org->org_id), HUB_STR_ARG(session->id)),
	        session);
	sample_agenda_add(&day->agenda, opened_ms, SAMPLE_OPEN, session, 0);
	return session;
}

static bool has_specialty(const struct hub_organisation *org, const char *specialty)
{
	for (uint32_t i = 0; i < org->specialties.count; i++)
		if (hub_str_is(org->specialties.items[i], specialty))
			return true;
	return false;
}

static void plan_hospital(
        struct sample_day *day, const struct hub_organisation *org, int32_t on, int64_t *opened_ms)
{
	bool large = org->hospital_level >= 3;
	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		if (!has_specialty(org, offers[i].specialty))
			continue;
		const struct {
			const struct shift *shift;
			int32_t capacity;
		} shifts[] = {
			{ &morning, large ? offers[i].morning : (offers[i].morning + 1) / 2 },
			{ &afternoon, large ? offers[i].afternoon : (offers[i].afternoon + 1) / 2 },
			{ &expert, large ? offers[i].expert : 0 },
		};
		for (size_t j = 0; j < sizeof(shifts) / sizeof(shifts[0]); j++) {
			if (!shifts[j].capacity)
				continue;
			struct sample_session *session = open_session(
			        day, org, &offers[i], shifts[j].shift, on, shifts[j].capacity, *opened_ms);
			plan_bookings(day, session, *opened_ms);
			plan_changes(day, session);
			*opened_ms += 4 * HUB_SECOND_MS;
		}
	}
}

/* A session three weeks ahead: its common part is not open yet, so the first own booking is too early
 * (REF-15). */
static void plan_early(struct sample_day *day, int64_t opened_ms)
{
	const struct hub_organisation *org = day->county->hospitals.items[0];
	int32_t on = hub_workdays_next(&day->county->workdays, day->day + EARLY_DAYS);
	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		if (!offers[i].expert || !has_specialty(org, offers[i].specialty))
			continue;
		struct sample_session *session =
		        open_session(day, org, &offers[i], &expert, on, offers[i].expert, opened_ms);
		if (sample_chance(day->seed, "too early", session->id, 0, 400))
			for (int32_t turn = 1; turn <= 3; turn++)
				sample_agenda_add(&day->agenda, clock_time(day->day, 9, turn), SAMPLE_TAKE,
				        session, turn);
	}
}

void sample_sessions_plan(struct sample_day *day)
{
	const struct sample_county *county = day->county;
	int64_t opened_ms = day->starts_ms + HUB_MINUTE_MS;
	int32_t on = day->day;
	for (int n = 0; n < WORKING_DAYS_OPENED; n++, on = hub_workdays_next(&county->workdays, on + 1))
		for (uint32_t i = 0; i < county->hospitals.count; i++)
			plan_hospital(day, county->hospitals.items[i], on, &opened_ms);
	plan_early(day, opened_ms);
}
