/* REF-22: free beds of the whole consortium are one board; among equal candidates the one with a free bed wins. */
#include "referral-router/beds.h"

#include "base/check.h"
#include "referral-router/board.h"
#include "referral-router/refusals.h"
#include "referral-router/waiting.h"

/* NULL: never reported. */
static struct hub_bed_board *board_for(
        struct referral_world *world, const struct hub_referral *asked, struct hub_str org_id)
{
	return referral_world_beds(world, org_id, referral_bed_kind(asked));
}

static struct hub_bed_board *board_of(struct referral_world *world, const struct hub_referral_state *referral)
{
	return board_for(world, &referral->referral, referral->to_org_id);
}

/* Decided: a board never reported: NO_SLOT_NEEDED. */
bool referral_beds_known(
        struct referral_world *world, const struct hub_referral *asked, struct hub_str org_id)
{
	return board_for(world, asked, org_id) != NULL;
}

bool referral_beds_seen(struct referral_world *world, const struct hub_referral *asked, struct hub_str org_id)
{
	const struct hub_bed_board *board =
	        asked->need == HUB_NEED_BED ? board_for(world, asked, org_id) : NULL;
	return board && referral_board_free(board) > 0;
}

bool referral_beds_find(struct referral_world *world, const struct hub_referral_state *referral,
        struct hub_str org_id, struct referral_target *ret_target)
{
	const struct hub_bed_board *board = board_for(world, &referral->referral, org_id);
	ret_target->has_bed = board && referral_board_free(board) > 0 &&
	                      referral_waiting_in_turn(world, referral, &board->timers, board->serve_after);
	return ret_target->has_bed;
}

void referral_beds_hold(struct referral_world *world, struct hub_referral_state *referral)
{
	struct hub_bed_board *board = board_of(world, referral);
	if (!board)
		return;
	hub_check(referral_board_free(board) > 0);
	board->held++;
	referral->bed_held = true;
	referral_world_put_beds(world, board);
	hub_effects_rule(world->out, "REF-22");
}

static struct referral_freed freed_by(const struct hub_bed_board *board)
{
	return (struct referral_freed){
		.any = true, .bed = true, .org_id = board->org_id, .bed_kind = board->bed_kind
	};
}

/* A referral that is cancelled, rejected, expired or a no-show gives the bed back. */
struct referral_freed referral_beds_give_back(
        struct referral_world *world, struct hub_referral_state *referral)
{
	struct hub_bed_board *board = board_of(world, referral);
	referral->bed_held = false;
	if (!board)
		return (struct referral_freed){ .any = false };
	board->held--;
	referral_world_put_beds(world, board);
	hub_effects_rule(world->out, "REF-22");
	return freed_by(board);
}

static void add_arrival(struct referral_world *world, struct hub_bed_board *board, int64_t at_ms)
{
	uint32_t count = board->arrivals.count;
	int64_t *items = hub_arena_alloc(world->out->arena, (count + 1) * sizeof(*items));
	if (!items)
		return;
	if (count)
		memcpy(items, board->arrivals.items, count * sizeof(*items));
	items[count] = at_ms;
	board->arrivals.items = items;
	board->arrivals.count = count + 1;
}

/* The patient lies in it. A report at or after the arrival counts the bed as taken; until one comes, we do. */
struct referral_freed referral_beds_use(struct referral_world *world, struct hub_referral_state *referral)
{
	struct hub_bed_board *board = board_of(world, referral);
	/* Of an arrival in our own hospital that another county tells us (REF-01), we know when we heard of it. */
	int64_t arrived_ms = world->cause ? world->cause->occurred_at : world->now_ms;
	referral->bed_held = false;
	if (!board)
		return (struct referral_freed){ .any = false };
	board->held--;
	bool reported = board->reported_at >= arrived_ms;
	if (!reported)
		add_arrival(world, board, arrived_ms);
	referral_world_put_beds(world, board);
	hub_effects_rule(world->out, "REF-22");
	return reported ? freed_by(board) : (struct referral_freed){ .any = false };
}

static void drop_arrivals(struct hub_bed_board *board)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < board->arrivals.count; i++)
		if (board->arrivals.items[i] > board->reported_at)
			board->arrivals.items[kept++] = board->arrivals.items[i];
	board->arrivals.count = kept;
}

static bool well_formed(struct referral_world *world, const struct hub_beds_reported *reported)
{
	if (reported->free >= 0 && reported->free <= reported->total)
		return true;
	hub_effects_dead_letter(world->out, "RULE", HUB_STR("BedsReported.free: 0 to total"));
	return false;
}

static void take_over(struct hub_bed_board *board, const struct hub_beds_reported *reported)
{
	board->county_id = reported->head.county_id;
	board->consortium_id = reported->head.consortium_id;
	board->org_id = reported->org_id;
	board->bed_kind = reported->bed_kind;
	board->revision = reported->revision;
	board->reported_at = reported->head.occurred_at;
	board->total = reported->total;
	board->free = reported->free;
	drop_arrivals(board);
}

void referral_beds_report(struct referral_world *world, const struct hub_beds_reported *reported)
{
	world->own_key = referral_world_beds_key(world, reported->org_id, reported->bed_kind);
	if (!well_formed(world, reported) || !referral_refuse_unless_own(world, reported->org_id))
		return;
	struct hub_bed_board *board = referral_world_beds(world, reported->org_id, reported->bed_kind);
	/* I-8: a lower or equal revision changes nothing. */
	if (board && reported->revision <= board->revision) {
		hub_effects_rule(world->out, "I-8");
		referral_tell_beds(world, board, true);
		return;
	}
	if (!board)
		board = hub_arena_alloc(world->out->arena, sizeof(*board));
	if (!board)
		return;
	take_over(board, reported);
	hub_effects_rule(world->out, "REF-22");
	referral_world_put_beds(world, board);
	referral_waiting_serve_freed(world, freed_by(board));
	board = referral_world_beds(world, reported->org_id, reported->bed_kind);
	if (board)
		referral_tell_beds(world, board, false);
}
