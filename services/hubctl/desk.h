/* What the commands of a referral desk have in common: the reference data of today, and the referrals as the router's
 * state topic has them. */
#ifndef HUBCTL_DESK_H
#define HUBCTL_DESK_H

#include "hubctl/hubctl.h"
#include "records/referral_state.h"
#include "records/referral_stub.h"
#include "referral-router/policy.h"

struct hubctl_desk {
	struct hubctl *hubctl;
	struct hub_registry *registry;
	struct referral_policy *policy;     /* today's */
	int32_t partition;                  /* of --county; -1: all */
	const struct hub_organisation *org; /* at the desk */
};

/* org_id: who sits there. HUB_E_NOT_FOUND: the reference data has no such organisation. */
int hubctl_desk_open(
        struct hubctl *hubctl, const char *org_id, struct hubctl_desk *ret, struct hub_error *reterr);
void hubctl_desk_close(struct hubctl_desk *desk);

/* One referral: one of the two is set. HUB_E_NOT_FOUND: the state knows none. */
int hubctl_desk_referral(struct hubctl_desk *desk, const char *referral_id,
        const struct hub_referral_state **ret_state, const struct hub_referral_stub **ret_stub,
        struct hub_error *reterr);

/* All that have not ended: *ret (count of them) in hubctl->arena. */
int hubctl_desk_referrals(struct hubctl_desk *desk, const struct hub_referral_state *const **ret,
        uint32_t *ret_count, struct hub_error *reterr);

/* The names of the records that the desk may send about it (REF-18). */
struct hub_str_array hubctl_desk_may(struct hubctl_desk *desk, const struct hub_referral_state *state);

#endif
