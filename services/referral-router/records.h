/* Between the records of the contract and the router's own: what an event said, what stays of an ended
 * referral. */
#ifndef REFERRAL_ROUTER_RECORDS_H
#define REFERRAL_ROUTER_RECORDS_H

#include "records/referral_requested.h"

#include "referral-router/world.h"

/* A referral as it begins: in ROUTING. */
struct hub_referral_state *referral_record_begin(
        struct referral_world *world, const struct hub_referral_requested *requested);

/* What stays when it has ended, in at most REFERRAL_STUB_BYTES as a state record. */
enum { REFERRAL_STUB_BYTES = 200 };
struct hub_referral_stub referral_record_end(
        struct referral_world *world, const struct hub_referral_state *referral);

#endif
