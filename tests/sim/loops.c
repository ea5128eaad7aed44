/* Supplements, claims, authorisations: mostly where they make sense, now and then anywhere. */
#include "county.h"
#include "draft.h"

#include "records/catalogue.h"
#include "records/out_of_county_authorised.h"
#include "records/referral_claimed.h"
#include "records/supplement_requested.h"
#include "records/supplemented.h"

#include <stdio.h>

enum loop { ASK, SUPPLEMENT, CLAIM, AUTHORISE, LOOPS };

static enum loop sensible(struct draft *draft, const struct hub_referral_state *referral)
{
	if (one_in(&draft->dice, 6))
		return (enum loop)roll(&draft->dice, LOOPS);
	switch (referral->stage) {
	case HUB_REFERRAL_STAGE_SUPPLEMENTING:
		return SUPPLEMENT;
	case HUB_REFERRAL_STAGE_UNPLACED:
		return CLAIM;
	case HUB_REFERRAL_STAGE_WAITING:
		return AUTHORISE;
	default:
		return ASK;
	}
}

/* Who says it. */
static void choose_org(struct draft *draft, const struct hub_referral_state *referral, enum loop loop)
{
	struct hub_str org = loop == SUPPLEMENT || !referral->has_to_org_id ? referral->referral.from_org_id
	                                                                    : referral->to_org_id;
	if (loop == CLAIM)
		county_org(draft->org, 'H', 1 + roll(&draft->dice, HOSPITALS), draft->county);
	else if (loop == AUTHORISE)
		county_org(draft->org, 'C', 0, draft->county);
	else
		snprintf(draft->org, sizeof(draft->org), "%.*s", HUB_STR_ARG(org));
}

void loops_act(struct draft *draft, const struct hub_referral_state *referral)
{
	enum loop loop = sensible(draft, referral);
	for (draft->county = 0; draft->county < COUNTIES - 1; draft->county++)
		if (hub_str_is(referral->county_id, county_ids[draft->county]))
			break;
	choose_org(draft, referral, loop);
	struct hub_event_head head = head_of(draft, draft->org);
	struct hub_str id = referral->referral.referral_id, org = hub_str_from(draft->org);
	struct hub_supplement_requested asked = { .head = head, .referral_id = id, .org_id = org };
	struct hub_supplemented supplemented = { .head = head, .referral_id = id, .org_id = org };
	struct hub_referral_claimed claimed = { head, id, org };
	struct hub_out_of_county_authorised authorised = { head, id, org };
	if (loop == ASK)
		say(draft, &hub_supplement_requested_schema, &asked);
	else if (loop == SUPPLEMENT)
		say(draft, &hub_supplemented_schema, &supplemented);
	else if (loop == CLAIM)
		say(draft, &hub_referral_claimed_schema, &claimed);
	else
		say(draft, &hub_out_of_county_authorised_schema, &authorised);
}
