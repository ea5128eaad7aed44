/* REF-22 */
#include "referral-router/board.h"

/* So many free beds of a kind are counted, which bounds the board's record: far above what a hospital has. */
enum { MOST_FREE = 1024 };

enum hub_bed_kind referral_bed_kind(const struct hub_referral *asked)
{
	return asked->has_bed_kind ? asked->bed_kind : HUB_BED_KIND_GENERAL;
}

int32_t referral_board_held(const struct hub_bed_board *board)
{
	return board->held + (int32_t)board->arrivals.count;
}

int32_t referral_board_free(const struct hub_bed_board *board)
{
	int32_t free = board->free < MOST_FREE ? board->free : MOST_FREE;
	int32_t left = free - referral_board_held(board);
	return left > 0 ? left : 0;
}
