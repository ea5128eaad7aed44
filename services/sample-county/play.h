/* One day in lockstep with the hub: the events of five minutes go out, all answers are read, what they make
 * people do goes into the agenda, then the next five minutes. */
#ifndef SAMPLE_COUNTY_PLAY_H
#define SAMPLE_COUNTY_PLAY_H

#include "sample-county/day.h"
#include "sample-county/exchange.h"

/* Told after each slice: how far the day is. */
typedef void sample_progress_fn(void *user, int64_t at_ms, const struct sample_exchange *exchange);

/* Errors as the exchange. */
int sample_day_play(struct sample_day *day, struct sample_exchange *exchange, sample_progress_fn *progress,
        void *user, struct hub_error *reterr);

#endif
