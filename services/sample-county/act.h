/* From a deed to the event that says so. */
#ifndef SAMPLE_COUNTY_ACT_H
#define SAMPLE_COUNTY_ACT_H

#include "sample-county/day.h"
#include "sample-county/exchange.h"

/* Sends what the act amounts to; nothing when it has become pointless (a patient cannot come to a referral
 * that was routed elsewhere since). Errors as sample_exchange_send. */
int sample_act_do(struct sample_day *day, struct sample_exchange *exchange, const struct sample_act *act,
        struct hub_error *reterr);

#endif
