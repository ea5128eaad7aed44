#include "dashboard-gateway/view/viewer.h"

#include "base/check.h"
#include "dashboard-gateway/view/rules.h"

#include <stdio.h>

/* What a row is to those who look: whose it is. Empty ids match nobody. */
struct scope {
	const struct hub_str *county_ids[2]; /* NULL: none */
	const struct hub_str *consortium_id;
	const struct hub_str *org_ids[3];
	const struct hub_str_array *party_org_ids; /* instead of org_ids; may be NULL */
	bool offer;                                /* what can be booked: no secret within its county */
};

static bool is(const struct hub_str *id, struct hub_str mine)
{
	return id && mine.len && hub_str_eq(*id, mine);
}

static bool of_county(const struct gateway_viewer *viewer, const struct scope *scope)
{
	return is(scope->county_ids[0], viewer->county_id) || is(scope->county_ids[1], viewer->county_id);
}

static bool of_consortium(const struct gateway_viewer *viewer, const struct scope *scope)
{
	return is(scope->consortium_id, viewer->consortium_id) || (scope->offer && of_county(viewer, scope));
}

static bool of_party(const struct gateway_viewer *viewer, const struct scope *scope)
{
	for (size_t i = 0; i < sizeof(scope->org_ids) / sizeof(scope->org_ids[0]); i++)
		if (is(scope->org_ids[i], viewer->org_id))
			return true;
	for (uint32_t i = 0; scope->party_org_ids && i < scope->party_org_ids->count; i++)
		if (is(&scope->party_org_ids->items[i], viewer->org_id))
			return true;
	return scope->offer && of_county(viewer, scope);
}

enum question {
	SENDS = 1,
	CONTROLS = 2,
	OPERATIONS = 4,
	PERSONAL = 8,
	OWN_ORG = 16,
	OWN_COUNTY = 32,
	OWN_CONSORTIUM = 64
};

/* Role by question. The last three say on what the answers depend: what makes a class of viewers. */
static const struct role {
	const char *name;
	bool (*sees)(const struct gateway_viewer *viewer, const struct scope *scope);
	unsigned questions;
} roles[] = {
	[GATEWAY_ROLE_NONE] = { "NONE", NULL, 0 },
	[GATEWAY_ROLE_COUNTY] = { "COUNTY", of_county, SENDS | CONTROLS | OPERATIONS | OWN_ORG | OWN_COUNTY },
	[GATEWAY_ROLE_CONSORTIUM] = { "CONSORTIUM", of_consortium, OWN_CONSORTIUM | OWN_COUNTY },
	[GATEWAY_ROLE_HOSPITAL] = { "HOSPITAL", of_party, SENDS | PERSONAL | OWN_ORG | OWN_COUNTY },
	[GATEWAY_ROLE_READ_ONLY] = { "READ_ONLY", of_county, OPERATIONS | OWN_COUNTY },
};

enum { ROLES = sizeof(roles) / sizeof(roles[0]) };

static const struct role *role_of(const struct gateway_viewer *viewer)
{
	hub_check((unsigned)viewer->role < ROLES);
	return &roles[viewer->role];
}

enum gateway_role gateway_role_of(struct hub_str name)
{
	for (unsigned role = GATEWAY_ROLE_NONE + 1; role < ROLES; role++)
		if (hub_str_is(name, roles[role].name))
			return (enum gateway_role)role;
	return GATEWAY_ROLE_NONE;
}

const char *gateway_role_name(enum gateway_role role)
{
	hub_check((unsigned)role < ROLES);
	return roles[role].name;
}

static bool sees(const struct gateway_viewer *viewer, const struct scope *scope)
{
	const struct role *role = role_of(viewer);
	return role->sees && role->sees(viewer, scope);
}

bool gateway_sees_referral(const struct gateway_viewer *viewer, const struct gateway_referral *referral)
{
	const struct scope scope = {
		.county_ids = { &referral->county_id, &referral->asked_county_id },
		.consortium_id = &referral->consortium_id,
		.org_ids = { &referral->from_org_id, &referral->to_org_id, &referral->asked_org_id },
	};
	return sees(viewer, &scope);
}

bool gateway_could_claim(const struct gateway_viewer *viewer, const struct referral_policy *policy,
        const struct gateway_referral *referral)
{
	return policy && viewer->role == GATEWAY_ROLE_HOSPITAL &&
	       is(&referral->county_id, viewer->county_id) &&
	       (gateway_who(referral, policy, viewer->org_id) & REFERRAL_WHO_HOSPITAL);
}

bool gateway_may_claim(const struct gateway_viewer *viewer, const struct referral_policy *policy,
        const struct gateway_referral *referral)
{
	return hub_str_eq(referral->state, HUB_STR("UNPLACED")) &&
	       gateway_could_claim(viewer, policy, referral);
}

bool gateway_shows_referral(const struct gateway_viewer *viewer, const struct referral_policy *policy,
        const struct gateway_referral *referral)
{
	return gateway_sees_referral(viewer, referral) || gateway_may_claim(viewer, policy, referral);
}

static bool sees_offer(const struct gateway_viewer *viewer, struct hub_str county_id, struct hub_str org_id)
{
	const struct scope scope = { .county_ids = { &county_id }, .org_ids = { &org_id }, .offer = true };
	return sees(viewer, &scope);
}

static bool sees_foreign(const struct gateway_viewer *viewer, const struct gateway_foreign_hold *hold)
{
	const struct scope scope = { .county_ids = { &hold->county_id }, .org_ids = { &hold->org_id } };
	return sees(viewer, &scope);
}

bool gateway_sees_row(const struct gateway_viewer *viewer, const struct gateway_row *row)
{
	const struct gateway_session *session = (const struct gateway_session *)(const void *)row;
	const struct gateway_beds *beds = (const struct gateway_beds *)(const void *)row;
	switch (row->kind) {
	case GATEWAY_REFERRAL:
		return gateway_sees_referral(viewer, (const struct gateway_referral *)(const void *)row);
	case GATEWAY_SESSION:
		return sees_offer(viewer, session->county_id, session->org_id);
	case GATEWAY_BEDS:
		return sees_offer(viewer, beds->county_id, beds->org_id);
	case GATEWAY_FOREIGN_HOLD:
		return sees_foreign(viewer, (const struct gateway_foreign_hold *)(const void *)row);
	default:
		return false;
	}
}

/* A control centre that is named among the parties hears of another county's referral, too. */
bool gateway_sees_decision(const struct gateway_viewer *viewer, const struct hub_str_array *party_org_ids,
        struct hub_str county_id, struct hub_str consortium_id)
{
	const struct scope scope = {
		.county_ids = { &county_id }, .consortium_id = &consortium_id, .party_org_ids = party_org_ids
	};
	return sees(viewer, &scope) || (gateway_may_control(viewer) && of_party(viewer, &scope));
}

bool gateway_sees_publisher(
        const struct gateway_viewer *viewer, struct hub_str county_id, struct hub_str org_id)
{
	const struct scope scope = { .county_ids = { &county_id }, .org_ids = { &org_id } };
	return sees(viewer, &scope);
}

bool gateway_sees_personal(const struct gateway_viewer *viewer)
{
	return role_of(viewer)->questions & PERSONAL;
}

bool gateway_may_send(const struct gateway_viewer *viewer)
{
	return viewer->org_id.len && (role_of(viewer)->questions & SENDS);
}

bool gateway_may_control(const struct gateway_viewer *viewer)
{
	return role_of(viewer)->questions & CONTROLS;
}

bool gateway_sees_operations(const struct gateway_viewer *viewer)
{
	return role_of(viewer)->questions & OPERATIONS;
}

/* The lengths keep ids apart that might hold a blank. */
struct hub_str gateway_viewer_class(const struct gateway_viewer *viewer, char text[GATEWAY_CLASS_MAX])
{
	static const struct hub_str none = { NULL, 0 };
	const struct role *role = role_of(viewer);
	struct hub_str org_id = role->questions & OWN_ORG ? viewer->org_id : none;
	struct hub_str county_id = role->questions & OWN_COUNTY ? viewer->county_id : none;
	struct hub_str consortium_id = role->questions & OWN_CONSORTIUM ? viewer->consortium_id : none;
	int len = snprintf(text, GATEWAY_CLASS_MAX, "%s %u %u %.*s %.*s %.*s", role->name, county_id.len,
	        org_id.len, HUB_STR_ARG(county_id), HUB_STR_ARG(org_id), HUB_STR_ARG(consortium_id));
	hub_check(len > 0 && len < GATEWAY_CLASS_MAX); /* cut, it might be another's */
	return (struct hub_str){ text, (uint32_t)len };
}
