/* A decision as a step in a referral's story: in which state it left the referral, and which rule says so. */
#ifndef DASHBOARD_GATEWAY_VIEW_STEPS_H
#define DASHBOARD_GATEWAY_VIEW_STEPS_H

#include "dashboard-gateway/view/json.h"
#include "wire/schema.h"

/* "ROUTED", "COMPLETED", ...; empty: the decision leaves it where it was. */
struct hub_str gateway_step_state(const struct hub_schema *schema, const void *record);
/* "REF-08"; for a refusal that names none "REF-12". */
struct hub_str gateway_step_rule(const struct hub_schema *schema, const void *record);

/* What the "no" means to the person who gets it: the remedy of the router's own table; empty: not known. */
struct hub_str gateway_remedy(struct hub_str reason_code, struct hub_str rule, struct hub_str reason);

/* "refused": {"reason_code", "rule", "reason", "remedy"}, word for word. remedy: as gateway_remedy says. */
void gateway_json_refused(struct gateway_json *json, const char *name, struct hub_str reason_code,
        struct hub_str rule, struct hub_str reason, bool with_remedy);

#endif
