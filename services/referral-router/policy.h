/* What the referral rules know from reference data: the registry as it holds on one day, arranged for the
 * questions that the rules ask. Built anew after each load and at each day on which a record begins or ends;
 * never changed in between, so it is shared freely.
 *
 * Memory and time: for 3,000 organisations about 1 MB and 2 ms (tests/unit/router/policy_test.c prints both).
 * Records are borrowed from the registry: the policy lives at most until the registry's next load ends.
 * Slices passed in are not kept. Ids that the registry does not know give NULL, the empty slice or false,
 * never an error: the caller turns that into its refusal. */
#ifndef REFERRAL_ROUTER_POLICY_H
#define REFERRAL_ROUTER_POLICY_H

#include "base/workdays.h"
#include "records/consortium.h"
#include "records/organisation.h"
#include "records/referral_limits.h"
#include "registry/registry.h"

struct referral_policy;

/* day: as hub_day_of() (Asia/Shanghai). Never NULL: memory that is out aborts, as everywhere at start-up. */
struct referral_policy *referral_policy_new(const struct hub_registry *registry, int32_t day);
void referral_policy_free(struct referral_policy *policy); /* accepts NULL */

/* What is wrong in the records that hold on day, though each may be decoded: one line each. */
void referral_policy_faults(const struct hub_registry *registry, int32_t day,
        void (*tell)(void *user, const char *text), void *user);

/* Bytes that the view takes beside the registry's own records. */
size_t referral_policy_bytes(const struct referral_policy *policy);

/* NULL: unknown, or not valid on the policy's day. */
const struct hub_organisation *referral_policy_org(
        const struct referral_policy *policy, struct hub_str org_id);
const struct hub_consortium *referral_policy_consortium(
        const struct referral_policy *policy, struct hub_str consortium_id);

/* The county (a city hospital: the city) under whose key an organisation publishes; empty when unknown. */
struct hub_str referral_policy_county_of(const struct referral_policy *policy, struct hub_str org_id);

/* Whether the organisation belongs to the consortium: by its memberships, or as its lead hospital. */
bool referral_policy_is_member(
        const struct referral_policy *policy, struct hub_str org_id, struct hub_str consortium_id);

/* Whether the organisation states the specialty, or none at all: then nobody has entered them. */
bool referral_policy_may_have_specialty(
        const struct referral_policy *policy, struct hub_str org_id, struct hub_str specialty);

/* Whether it leads a county consortium: such senders come first at city hospitals (REF-05). */
bool referral_policy_is_lead(const struct referral_policy *policy, struct hub_str org_id);

/* The same, where county_id is a city's: the hospitals there are city hospitals. */
bool referral_policy_leads_at(
        const struct referral_policy *policy, struct hub_str county_id, struct hub_str org_id);

/* The control centre that is told, may authorise and cancel; empty when the region has none. */
struct hub_str referral_policy_control_org(const struct referral_policy *policy, struct hub_str county_id);

/* The limits of a county: its own, else its city's, its province's, everyone's, else the defaults. A value
 * out of its range counts as not given: the default holds (limits.h). Never NULL. */
const struct hub_referral_limits *referral_policy_limits(
        const struct referral_policy *policy, struct hub_str county_id);

/* The working days of a county, chosen in the same way year by year (REF-19). Never NULL. */
const struct hub_workdays *referral_policy_workdays(
        const struct referral_policy *policy, struct hub_str county_id);

#endif
