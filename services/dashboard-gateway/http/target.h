/* The target of a request ("/api/v1/referrals?limit=20"), taken apart and decoded. Pure. Nothing ambiguous passes: what a proxy in
 * front and this program could read in two ways is refused. */
#ifndef DASHBOARD_GATEWAY_HTTP_TARGET_H
#define DASHBOARD_GATEWAY_HTTP_TARGET_H

#include "base/error.h"
#include "dashboard-gateway/view/view.h"

enum { GATEWAY_TARGET_MAX = 4096, GATEWAY_SEGMENTS = 8, GATEWAY_PARAMS = 24 };

/* Slices lie in text. */
struct gateway_target {
	struct hub_str path; /* before the query, not decoded; lies in what was parsed */
	struct hub_str segments[GATEWAY_SEGMENTS];
	uint32_t segment_count; /* 0: "/" */
	struct gateway_param params[GATEWAY_PARAMS];
	uint32_t param_count;
	char text[GATEWAY_TARGET_MAX];
};

/* HUB_E_INVALID: a byte outside of printable ASCII, a wrong escape, what decodes to NUL, a control character or no UTF-8; a
 * segment that is empty, "." or ".." or holds "/" or "\". HUB_E_TOO_LARGE: longer, deeper or with more parameters than the limits. */
int gateway_target_parse(struct hub_str raw, struct gateway_target *ret, struct hub_error *reterr);

/* The first of that name; the empty slice: not given. */
struct hub_str gateway_target_param(const struct gateway_target *target, const char *name);

/* Text as it stands in a query: everything but letters, digits and "-._~" as %XX. */
void gateway_target_escape(struct hub_str text, struct hub_buf *out);

#endif
