/* The rules of two-way referral (REF) as a pure core: what the daemon, the simulator and the tests run. No
 * I/O, no clock, no globals; time comes with the input. services/referral-router/README.md leads from rule to
 * file to test. */
#ifndef REFERRAL_ROUTER_REFERRAL_CORE_H
#define REFERRAL_ROUTER_REFERRAL_CORE_H

#include "runtime/core.h"

/* name, inputs, records, table, policy, decide, fire, project. */
extern const struct hub_core referral_router_core;

#endif
