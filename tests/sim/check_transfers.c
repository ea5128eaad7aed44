/* The hand-shake between counties, when everything that they have said to each other has been decided: whatever one county
 * holds for another is wanted there, and whatever a referral has elsewhere is held there. */
#include "check.h"
#include "county.h"
#include "world.h"

#include "base/hash.h"
#include "records/foreign_hold_state.h"
#include "records/referral_state.h"

#include <stdio.h>
#include <stdlib.h>

enum { NAME = 256 };

/* What that county keeps under the key: two may number their referrals alike. */
static const void *record_of(
        struct check *check, struct hub_str county_id, const char *key, enum fact_kind kind)
{
	int32_t p = hub_partition_of(county_id, check->world->partitions);
	const struct fact *fact = hub_map_get(check->partitions[p].facts, hub_str_from(key));
	return fact && fact->kind == kind ? fact->record : NULL;
}

static void check_referral(struct check *check, const struct hub_referral_state *referral)
{
	const struct hub_abroad *abroad = &referral->abroad;
	char key[NAME];
	bool waits = referral->stage == HUB_REFERRAL_STAGE_WAITING;
	snprintf(key, sizeof(key), "foreign_hold:%.*s/%d", HUB_STR_ARG(referral->referral.referral_id),
	        abroad->attempt);
	const struct hub_foreign_hold_state *hold = record_of(check, abroad->county_id, key, FACT_FOREIGN);
	if (!hold || !hub_str_eq(hold->org_id, abroad->org_id) ||
	        hold->phase != (waits ? HUB_FOREIGN_HOLD_PHASE_WAITING : HUB_FOREIGN_HOLD_PHASE_HELD))
		check_failed(check->world, "%s: the referral counts on it, but it is %s", key,
		        hold ? hub_foreign_hold_phase_name(hold->phase) : "not there");
	if (!waits &&
	        (!hub_str_eq(hold->session_id, abroad->session_id) || hold->bed_held != abroad->bed_held))
		check_failed(check->world, "%s: the referral counts on another session, or on a bed", key);
}

static void check_hold(struct check *check, const struct fact *fact)
{
	const struct hub_foreign_hold_state *hold = fact->record;
	char key[NAME], attempt[16];
	if (hold->phase == HUB_FOREIGN_HOLD_PHASE_ENDED)
		return;
	uint32_t slash = hold->transfer_id.len;
	while (slash > 0 && hold->transfer_id.data[slash - 1] != '/')
		slash--;
	snprintf(key, sizeof(key), "referral:%.*s", (int)slash - 1, hold->transfer_id.data);
	snprintf(attempt, sizeof(attempt), "%.*s", (int)(hold->transfer_id.len - slash),
	        hold->transfer_id.data + slash);
	const struct hub_referral_state *referral =
	        record_of(check, hold->home_county_id, key, FACT_REFERRAL);
	if (!referral || !referral->has_abroad || referral->abroad.attempt != atoi(attempt))
		check_failed(check->world, "%.*s is held for nobody", HUB_STR_ARG(fact->key));
}

void check_transfers(struct check *check)
{
	for (int32_t p = 0; p < check->world->partitions; p++) {
		const struct checked_partition *partition = &check->partitions[p];
		for (uint32_t i = 0; i < partition->count; i++) {
			const struct fact *fact = partition->all[i];
			const struct hub_referral_state *referral = fact->record;
			if (fact->kind == FACT_FOREIGN)
				check_hold(check, fact);
			if (fact->kind != FACT_REFERRAL || !referral->has_abroad)
				continue;
			if (referral->stage == HUB_REFERRAL_STAGE_ASKING_COUNTY)
				check_failed(check->world, "%.*s asks a county that has nothing more to hear",
				        HUB_STR_ARG(fact->key));
			check_referral(check, referral);
		}
	}
}
