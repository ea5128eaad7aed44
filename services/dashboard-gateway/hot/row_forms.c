/* The tables of row.h: which field of hot-state.json goes to which member. */
#include "dashboard-gateway/hot/row.h"
#include "records/bed_kind.h"
#include "records/condition.h"
#include "records/foreign_hold_phase.h"
#include "records/referral_stage.h"
#include "records/route_path.h"
#include "records/session_phase.h"
#include "records/waits_for.h"

#include <stddef.h>

#define COUNT_OF(array) (uint32_t)(sizeof(array) / sizeof((array)[0]))
/* The offset of a member; the build fails when its form has another size. */
#define PLACE(row, member, type)                                                                             \
	(offsetof(struct row, member) +                                                                      \
	        0 * sizeof(char[sizeof(((struct row *)NULL)->member) == sizeof(type) ? 1 : -1]))
#define MEMBER(row, member, type, form, enumeration)                                                         \
	{                                                                                                    \
		HUB_STR(#member), form, PLACE(row, member, type), enumeration                                \
	}
#define TEXT(row, member) MEMBER(row, member, struct hub_str, GATEWAY_TEXT, NULL)
#define SYMBOL(row, member, symbols) MEMBER(row, member, struct hub_str, GATEWAY_SYMBOL, &symbols)
#define CHOICE(row, member, symbols) MEMBER(row, member, enum hub_need, GATEWAY_CHOICE, &symbols)
#define NUMBER(row, member) MEMBER(row, member, int32_t, GATEWAY_NUMBER, NULL)
#define TIME(row, member) MEMBER(row, member, int64_t, GATEWAY_TIME, NULL)
#define YES(row, member) MEMBER(row, member, bool, GATEWAY_YES, NULL)

/* hub.referral.ReferralStage has the symbols of FinalState among its own. */
static const struct gateway_member referral_members[] = {
	SYMBOL(gateway_referral, state, hub_referral_stage_enum),
	TEXT(gateway_referral, county_id),
	TEXT(gateway_referral, consortium_id),
	TEXT(gateway_referral, from_org_id),
	TEXT(gateway_referral, to_org_id),
	CHOICE(gateway_referral, direction, hub_direction_enum),
	CHOICE(gateway_referral, urgency, hub_urgency_enum),
	SYMBOL(gateway_referral, condition, hub_condition_enum),
	TEXT(gateway_referral, specialty),
	CHOICE(gateway_referral, need, hub_need_enum),
	TEXT(gateway_referral, exam_item),
	NUMBER(gateway_referral, attempt),
	SYMBOL(gateway_referral, path, hub_route_path_enum),
	TEXT(gateway_referral, session_id),
	SYMBOL(gateway_referral, bed_kind, hub_bed_kind_enum),
	TEXT(gateway_referral, asked_county_id),
	TEXT(gateway_referral, asked_org_id),
	SYMBOL(gateway_referral, waits_for, hub_waits_for_enum),
	TIME(gateway_referral, requested_at),
	TIME(gateway_referral, accepted_at),
	TIME(gateway_referral, arrived_at),
	TEXT(gateway_referral, due),
	TIME(gateway_referral, due_at),
	TIME(gateway_referral, ended_at),
};

static const struct gateway_member session_members[] = {
	SYMBOL(gateway_session, phase, hub_session_phase_enum),
	TEXT(gateway_session, county_id),
	TEXT(gateway_session, org_id),
	TEXT(gateway_session, session_id),
	TEXT(gateway_session, specialty),
	CHOICE(gateway_session, need, hub_need_enum),
	TEXT(gateway_session, exam_item),
	YES(gateway_session, expert),
	TIME(gateway_session, starts_at),
	TIME(gateway_session, ends_at),
	NUMBER(gateway_session, capacity),
	NUMBER(gateway_session, reserved),
	NUMBER(gateway_session, open),
	NUMBER(gateway_session, open_reserved),
	NUMBER(gateway_session, held),
	NUMBER(gateway_session, used_referred),
	NUMBER(gateway_session, used_own),
};

static const struct gateway_member beds_members[] = {
	TEXT(gateway_beds, county_id),
	TEXT(gateway_beds, org_id),
	SYMBOL(gateway_beds, bed_kind, hub_bed_kind_enum),
	TIME(gateway_beds, reported_at),
	NUMBER(gateway_beds, total),
	NUMBER(gateway_beds, reported_free),
	NUMBER(gateway_beds, held),
	NUMBER(gateway_beds, arrived),
	NUMBER(gateway_beds, free),
};

static const struct gateway_member foreign_hold_members[] = {
	SYMBOL(gateway_foreign_hold, phase, hub_foreign_hold_phase_enum),
	TEXT(gateway_foreign_hold, county_id),
	TEXT(gateway_foreign_hold, home_county_id),
	TEXT(gateway_foreign_hold, org_id),
	TEXT(gateway_foreign_hold, session_id),
	YES(gateway_foreign_hold, bed_held),
	TIME(gateway_foreign_hold, requested_at),
};

/* Only a stub says when it ended. */
static void finish_referral(void *row, struct hub_str id)
{
	struct gateway_referral *referral = row;
	referral->referral_id = id;
	referral->ended = referral->ended_at != GATEWAY_NO_TIME;
}

/* A transfer is <referral_id>/<attempt>. */
static void finish_foreign_hold(void *row, struct hub_str id)
{
	struct gateway_foreign_hold *hold = row;
	const char *slash = id.len ? memrchr(id.data, '/', id.len) : NULL;
	hold->transfer_id = id;
	hold->referral_id = slash ? (struct hub_str){ id.data, (uint32_t)(slash - id.data) } : id;
}

static const struct gateway_row_form forms[GATEWAY_KINDS] = {
	{ HUB_STR("referral:"), GATEWAY_REFERRAL, sizeof(struct gateway_referral), referral_members,
	        COUNT_OF(referral_members), "state", finish_referral },
	{ HUB_STR("session:"), GATEWAY_SESSION, sizeof(struct gateway_session), session_members,
	        COUNT_OF(session_members), "phase", NULL },
	{ HUB_STR("beds:"), GATEWAY_BEDS, sizeof(struct gateway_beds), beds_members, COUNT_OF(beds_members),
	        "bed_kind", NULL },
	{ HUB_STR("foreign_hold:"), GATEWAY_FOREIGN_HOLD, sizeof(struct gateway_foreign_hold),
	        foreign_hold_members, COUNT_OF(foreign_hold_members), "phase", finish_foreign_hold },
};

const struct gateway_row_form *gateway_row_form_of(struct hub_str key)
{
	for (uint32_t i = 0; i < GATEWAY_KINDS; i++)
		if (hub_str_starts_with(key, forms[i].prefix))
			return &forms[i];
	return NULL;
}

const struct gateway_row_form *gateway_row_form_of_kind(enum gateway_kind kind)
{
	return &forms[kind];
}
