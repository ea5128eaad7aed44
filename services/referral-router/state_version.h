/* I-9: what a partition whose state is of an earlier version does not do, so that programs of before can still go on
 * with it. The one place that knows which version what needs. */
#ifndef REFERRAL_ROUTER_STATE_VERSION_H
#define REFERRAL_ROUTER_STATE_VERSION_H

#include "referral-router/world.h"

/* The newest: hub_core.state_version. */
enum { REFERRAL_STATE_VERSION = 2 };

/* Whether the partition's state is of the newest version. */
bool referral_version_is_newest(const struct referral_world *world);

/* Whether deciding the event would need the newest version. */
bool referral_version_needs_newest(const struct hub_schema *schema, const void *record);

#endif
