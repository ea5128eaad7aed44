#include "dashboard-gateway/auth/audit.h"

#include <stdio.h>

/* The paths of /api/v1. */
static const char *const resources[] = {
	"/session",
	"/me",
	"/organisations",
	"/overview",
	"/alerts",
	"/alerts/{id}/acknowledgements",
	"/referrals",
	"/referrals/{id}",
	"/referrals/{id}/history",
	"/referrals/{id}/allowed-events",
	"/referrals/{id}/events",
	"/answers/{event_id}",
	"/slots",
	"/beds",
	"/freshness",
	"/dead-letters",
	"/dead-letters/{id}/replays",
	"/events",
};

enum {
	STATUS_UNAUTHORIZED = 401,
	STATUS_FORBIDDEN = 403,
	STATUS_CONFLICT = 409,
	STATUS_PRECONDITION = 412,
	STATUS_ERROR = 400
};
enum { ID_MAX = 128, COUNTY_MAX = 16, CLIENT_MAX = 64, TRACE_LEN = 32 };

static struct hub_str resource_of(struct hub_str resource)
{
	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		if (hub_str_is(resource, resources[i]))
			return hub_str_from(resources[i]);
	}
	return HUB_STR("other");
}

/* Text of only such characters, not longer than most; empty otherwise. */
static struct hub_str only(struct hub_str text, size_t most, bool (*good)(char c))
{
	for (uint32_t i = 0; i < text.len; i++) {
		if (!good(text.data[i]))
			return (struct hub_str){ 0 };
	}
	return text.len <= most ? text : (struct hub_str){ 0 };
}

static bool visible(char c)
{
	return c > ' ' && c < 0x7f;
}

static bool hexadecimal(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool of_address(char c)
{
	return hexadecimal(c) || (c >= 'A' && c <= 'F') || c == '.' || c == ':';
}

/* The answer shows that the subject is there and that the user may see it: it was shown, changed, or is not in the state
 * that the request took it to be in. */
static bool subject_known(int status)
{
	return status < STATUS_ERROR || status == STATUS_CONFLICT || status == STATUS_PRECONDITION;
}

static enum hub_access_action action_of(const struct gateway_access *access)
{
	bool denied = access->status == STATUS_UNAUTHORIZED || access->status == STATUS_FORBIDDEN;
	return denied && access->action != HUB_ACCESS_ACTION_LOGIN ? HUB_ACCESS_ACTION_DENIED
	                                                           : access->action;
}

static enum hub_access_role role_of(const struct gateway_viewer *viewer)
{
	static const enum hub_access_role roles[] = {
		[GATEWAY_ROLE_NONE] = HUB_ACCESS_ROLE_NOBODY,
		[GATEWAY_ROLE_COUNTY] = HUB_ACCESS_ROLE_COUNTY,
		[GATEWAY_ROLE_CONSORTIUM] = HUB_ACCESS_ROLE_CONSORTIUM,
		[GATEWAY_ROLE_HOSPITAL] = HUB_ACCESS_ROLE_HOSPITAL,
		[GATEWAY_ROLE_READ_ONLY] = HUB_ACCESS_ROLE_READ_ONLY,
	};
	return viewer ? roles[viewer->role] : HUB_ACCESS_ROLE_NOBODY;
}

static struct hub_str cut(struct hub_str text, uint32_t most)
{
	return (struct hub_str){ text.data, text.len < most ? text.len : most };
}

void gateway_audit_fill(
        const struct gateway_viewer *viewer, const struct gateway_access *access, struct gateway_audit *ret)
{
	static const struct gateway_viewer nobody;
	const struct gateway_viewer *who = viewer ? viewer : &nobody;
	int len = snprintf(ret->event_id, sizeof(ret->event_id), "access/%llx/%llx",
	        (unsigned long long)access->epoch, (unsigned long long)access->number);
	ret->record = (struct hub_access_recorded){
		.head = { .event_id = { ret->event_id, (uint32_t)len },
		        .occurred_at = access->at_ms,
		        .county_id = cut(who->county_id, COUNTY_MAX),
		        .consortium_id = cut(who->consortium_id, ID_MAX),
		        .source_org_id = cut(who->org_id, ID_MAX) },
		.user = cut(viewer ? who->user : access->login_user, ID_MAX),
		.role = role_of(viewer),
		.action = action_of(access),
		.resource = resource_of(access->resource),
		.status = access->status,
		.client = only(access->client, CLIENT_MAX, of_address),
		.trace_id = only(access->trace_id, TRACE_LEN, hexadecimal),
		.event_ref = only(access->event_ref, ID_MAX, visible),
	};
	if (subject_known(access->status))
		ret->record.subject_id = only(access->subject, ID_MAX, visible);
}
