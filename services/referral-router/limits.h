/* The ranges of the limits in reference data (REF-05, 08, 13, 16, 17): one table for the router, which takes the default in
 * place of a value that is out of its range, and for `hubctl registry`, which refuses it. Pure. */
#ifndef REFERRAL_ROUTER_LIMITS_H
#define REFERRAL_ROUTER_LIMITS_H

#include "records/referral_limits.h"

/* Tells each value that is out of its range, and what was expected, in the order of the table. */
void referral_limits_check(const struct hub_referral_limits *limits,
        void (*tell)(void *user, const char *field, const char *expected), void *user);

#endif
