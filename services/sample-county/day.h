/* The day as its people know it: who is ill, which sessions there are, what is planned. Pure. */
#ifndef SAMPLE_COUNTY_DAY_H
#define SAMPLE_COUNTY_DAY_H

#include "base/arena.h"
#include "base/map.h"
#include "records/condition.h"
#include "records/need.h"
#include "records/sex.h"
#include "records/urgency.h"

#include "sample-county/agenda.h"
#include "sample-county/county.h"

enum sample_sender { SAMPLE_SENDER_PRIMARY, SAMPLE_SENDER_TCM, SAMPLE_SENDER_LEAD, SAMPLE_SENDER_DOWN };

/* A row of demand.def. */
struct sample_demand {
	uint32_t weight;
	const char *specialty;
	enum hub_need need;
	const char *exam_item;
	enum hub_condition condition;
	uint32_t urgent_permille;
	enum sample_sender sender;
	const char *diagnosis;
};

/* How far a referral is, as its sender has been told. */
enum sample_stage {
	SAMPLE_PLANNED,
	SAMPLE_SENT,
	SAMPLE_WAITING,
	SAMPLE_ROUTED,
	SAMPLE_ACCEPTED,
	SAMPLE_ARRIVED,
	SAMPLE_UNPLACED,
	SAMPLE_ENDED,
};

struct sample_referral {
	struct hub_str id;
	struct hub_str patient_id;
	enum hub_sex sex;
	int32_t birth_year;
	const struct sample_demand *demand;
	const struct hub_organisation *from;
	struct hub_str consortium_id;
	enum hub_urgency urgency;
	const struct hub_organisation *home; /* of the patient */
	struct hub_str event_id;             /* of the request; empty until sent */
	int64_t requested_ms;
	enum sample_stage stage;
	/* as routed last */
	struct hub_str to_org_id;
	int32_t attempt;
	bool has_session;
	int64_t starts_ms, ends_ms;
};

struct sample_session {
	struct hub_str id;
	const struct hub_organisation *org;
	struct hub_str consortium_id;
	const char *specialty;
	enum hub_need need;
	const char *exam_item;
	bool expert;
	int64_t starts_ms, ends_ms;
	int32_t capacity;
	int32_t revision;
	bool cancelled;
	int32_t free; /* for patients of its own, as the hub said last */
};

struct sample_day {
	uint64_t seed;
	int32_t day;
	int64_t starts_ms; /* 00:00 of it in Shanghai */
	const struct sample_county *county;
	struct hub_arena *arena;
	struct sample_agenda agenda;
	struct hub_map *referrals; /* by id */
	struct hub_map *sessions;  /* by "<org>/<session>" */
};

/* Draws the whole day: referrals wished for, sessions, own bookings, mistakes. county is borrowed. */
void sample_day_plan(struct sample_day *day, const struct sample_county *county, int32_t number,
        uint64_t seed, uint32_t referrals);
void sample_day_done(struct sample_day *day);

/* The sessions of the day and their bookings go into the agenda (sessions.c). */
void sample_sessions_plan(struct sample_day *day);

/* What the hospitals report of their beds (beds.c). */
void sample_beds_plan(struct sample_day *day);

/* What a decision of the hub makes people do next, not before floor_ms (react.c). */
void sample_day_react(
        struct sample_day *day, const struct hub_schema *schema, const void *decision, int64_t floor_ms);

/* Text in the day's arena. */
struct hub_str sample_day_text(struct sample_day *day, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

#endif
