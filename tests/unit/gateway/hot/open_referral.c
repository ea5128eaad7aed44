#include "open_referral.h"

#include "base/check.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>

enum { COUNTIES = 16, CONSORTIA = 3, SENDERS = 40, HOSPITALS = 5, A_SESSION = 5, HOURS = 24, SIXTY = 60 };

static struct hub_str text(char to[OPEN_REFERRAL_TEXT], const char *format, ...)
        __attribute__((format(printf, 2, 3)));

static struct hub_str text(char to[OPEN_REFERRAL_TEXT], const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int len = vsnprintf(to, OPEN_REFERRAL_TEXT, format, args);
	va_end(args);
	return (struct hub_str){ to, (uint32_t)len };
}

void open_referral_fill(struct open_referral *r, uint32_t n, const char *state)
{
	uint32_t county = n % COUNTIES;
	const struct gateway_field fields[OPEN_REFERRAL_FIELDS] = {
		{ HUB_STR("state"), hub_str_from(state) },
		{ HUB_STR("county_id"), text(r->county, "3302%02u", county) },
		{ HUB_STR("consortium_id"), text(r->consortium, "3302%02u-C%u", county, n % CONSORTIA) },
		{ HUB_STR("from_org_id"), text(r->from, "3302%02u-T%03u", county, n % SENDERS) },
		{ HUB_STR("to_org_id"), text(r->to, "3302%02u-H%02u", county, n % HOSPITALS) },
		{ HUB_STR("direction"), HUB_STR("UP") },
		{ HUB_STR("urgency"), HUB_STR("ROUTINE") },
		{ HUB_STR("condition"), HUB_STR("NONE") },
		{ HUB_STR("specialty"), HUB_STR("03.04") },
		{ HUB_STR("need"), HUB_STR("OUTPATIENT") },
		{ HUB_STR("attempt"), HUB_STR("1") },
		{ HUB_STR("path"), HUB_STR("OWN_LEAD") },
		{ HUB_STR("session_id"), text(r->session, "s-20261129-%05u", n / A_SESSION) },
		{ HUB_STR("requested_at"), text(r->requested_at, "2026-11-29T%02u:%02u:%02u+08:00", n % HOURS,
		                                   n % SIXTY, n / HOURS % SIXTY) },
		{ HUB_STR("due"), HUB_STR("answer") },
		{ HUB_STR("due_at"), HUB_STR("2026-11-30T17:00:00+08:00") },
	};
	memcpy(r->fields, fields, sizeof(fields));
	(void)text(r->key, "referral:%s-%07u", r->from, n);
}

void open_referral_put(struct gateway_hot *hot, const struct open_referral *r)
{
	hub_check(gateway_hot_put(hot, 0, hub_str_from(r->key), r->fields, OPEN_REFERRAL_FIELDS, NULL) ==
	          HUB_OK);
}

size_t memory_in_use(void)
{
	struct mallinfo2 info = mallinfo2();
	return info.uordblks + info.hblkhd;
}
