/* I-9 */
#include "referral-router/state_version.h"

#include "records/beds_reported.h"
#include "records/out_of_county_authorised.h"
#include "records/referral_requested.h"
#include "records/supplement_requested.h"

bool referral_version_is_newest(const struct referral_world *world)
{
	return hub_table_version(world->table) >= REFERRAL_STATE_VERSION;
}

/* What may leave the county keeps what it asked there; a hospital that asked for more is counted; beds are state of
 * their own. */
bool referral_version_needs_newest(const struct hub_schema *schema, const void *record)
{
	if (schema == &hub_referral_requested_schema) {
		const struct hub_referral_requested *requested = record;
		return requested->referral.out_of_county_authorised ||
		       requested->referral.need == HUB_NEED_BED;
	}
	return schema == &hub_out_of_county_authorised_schema || schema == &hub_supplement_requested_schema ||
	       schema == &hub_beds_reported_schema;
}
