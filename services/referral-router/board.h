/* REF-22: a bed board in numbers, and which of them a referral asks for. */
#ifndef REFERRAL_ROUTER_BOARD_H
#define REFERRAL_ROUTER_BOARD_H

#include "records/bed_board.h"
#include "records/referral.h"

/* The bed that a referral of need BED asks for: where it names no kind, a general one. */
enum hub_bed_kind referral_bed_kind(const struct hub_referral *asked);

/* What the hub holds of the free beds: promised, or taken since the report. */
int32_t referral_board_held(const struct hub_bed_board *board);

/* Free beds that can be promised, at least 0. */
int32_t referral_board_free(const struct hub_bed_board *board);

#endif
