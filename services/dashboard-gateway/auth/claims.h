/* What a verified token says, made into who asks: issuer, audience and times are checked here, role and organisation taken
 * from the claims that the configuration names. Pure: time comes with the call. */
#ifndef DASHBOARD_GATEWAY_AUTH_CLAIMS_H
#define DASHBOARD_GATEWAY_AUTH_CLAIMS_H

#include "dashboard-gateway/auth/auth.h"

/* Clocks of issuer and gateway may differ so much. */
enum { GATEWAY_CLAIMS_LEEWAY_MS = 60 * 1000 };

struct gateway_claims_rules {
	const char *issuer, *audience;
	const char *claim_role, *claim_org, *claim_consortium;
};

/* payload: the JSON of a token whose signature holds. HUB_E_INVALID: text says which claim, without its value. */
int gateway_claims_read(const struct gateway_claims_rules *rules, struct hub_str payload, int64_t now_ms,
        struct gateway_identity *ret, struct hub_error *reterr);

#endif
