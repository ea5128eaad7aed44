/* Whatever happens to changelog, Redis and router while a gateway joins them: when the join says that the partition is
 * whole, the rows are the fold of the changelog, reach to where it ended when the last fence was read, and stay the
 * fold. Drivers that do it in a wrong way are found out.
 *
 *	gateway_join_random_test [FIRST [LAST]]	runs these seeds */
#include "join_world.h"

#include "base/calendar.h"
#include "dashboard-gateway/hot/hot.h"
#include "dashboard-gateway/hot/join.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TURNS = 400, SEEDS = 3000, TOMBSTONES = 4, PIECE = 3, KEY_MAX = 32, READ_MAX = 200 };

/* What is done wrong on purpose. */
enum fault {
	NOTHING_WRONG,
	FROM_SECOND_FENCE,
	EPOCHS_IGNORED,
	PIECES_WITHOUT_FENCE,
	UNPROVED_FENCE,
	AGE_IGNORED,
	NO_SWEEP,
	SPOILT_ROWS_KEPT,
	UNTIL_FENCE_ONLY,
	FAULTS
};

enum at { IDLE, FENCE_READ, NAMING, READING_VALUES, SECOND_FENCE, SECOND_FENCE_READ, FOLLOWS };

struct gateway {
	struct world *world;
	enum fault fault;
	struct gateway_hot *hot;
	struct gateway_join join;
	enum at at;
	struct gateway_fence fence;
	int cursor;
	bool named[KEYS]; /* in the piece, while its values are not read; then in the snapshot */
	bool kept[KEYS];
	int64_t position;   /* next offset that is fetched */
	int64_t must_reach; /* before it is whole */
	bool was_whole;
	uint32_t joined, by_snapshot;
	struct fold expected;
	char wrong[128]; /* what was found; "": nothing */
};

static struct hub_str key_of(int key, char text[KEY_MAX])
{
	int len = snprintf(text, KEY_MAX, "referral:k%d", key);
	return (struct hub_str){ text, (uint32_t)len };
}

static void put(struct gateway *gateway, int key, int32_t value)
{
	char text[KEY_MAX], digits[KEY_MAX];
	int len = snprintf(digits, sizeof(digits), "%d", value);
	struct gateway_field fields[] = { { HUB_STR("state"), HUB_STR("WAITING") },
		{ HUB_STR("attempt"), { digits, (uint32_t)len } } };
	if (value == 0)
		gateway_hot_remove(gateway->hot, key_of(key, text));
	else
		assert_int_equal(
		        gateway_hot_put(gateway->hot, 0, key_of(key, text), fields, 2, NULL), HUB_OK);
}

static int32_t value_of(const struct gateway *gateway, int key)
{
	char text[KEY_MAX];
	const struct gateway_row *row = gateway_hot_get(gateway->hot, key_of(key, text));
	return row ? ((const struct gateway_referral *)row)->attempt : 0;
}

static bool was_named(void *user, const struct gateway_row *row)
{
	const struct gateway *gateway = user;
	return gateway->kept[row->key.data[row->key.len - 1] - '0'];
}

static void sweep_all(struct gateway *gateway)
{
	if (gateway->fault != SPOILT_ROWS_KEPT)
		gateway_hot_sweep(gateway->hot, 0, NULL, NULL);
}

static struct gateway_fence read_fence(const struct gateway *gateway)
{
	struct gateway_fence fence = gateway_fence_parse(hub_str_from(gateway->world->store.fence));
	if (gateway->fault == EPOCHS_IGNORED && fence.live)
		fence.epoch = 0;
	return fence;
}

static void start_reading(struct gateway *gateway)
{
	gateway->position = gateway->join.from;
	gateway->at = FOLLOWS;
}

/* Anew, as after a restart, or with the rows that are there. */
static void restart(struct gateway *gateway)
{
	if (dice_one_in(&gateway->world->dice, 2)) {
		gateway_hot_free(gateway->hot);
		gateway->hot = gateway_hot_new(TOMBSTONES);
	}
	gateway->join = (struct gateway_join){ .phase = GATEWAY_JOIN_NONE };
	gateway->was_whole = false;
	gateway->at = IDLE;
	gateway->expected = (struct fold){ .until = 0 };
}

static void begin_without(struct gateway *gateway)
{
	gateway->must_reach = gateway->world->high;
	gateway_join_without(&gateway->join, gateway->world->high);
	sweep_all(gateway);
	start_reading(gateway);
}

static void begin(struct gateway *gateway)
{
	const struct world *world = gateway->world;
	int64_t now = gateway->fault == AGE_IGNORED ? gateway->fence.timestamp_ms : world->now_ms;
	gateway->must_reach = world->high;
	gateway->cursor = 0;
	memset(gateway->named, 0, sizeof(gateway->named));
	memset(gateway->kept, 0, sizeof(gateway->kept));
	if (gateway_join_begin(&gateway->join, gateway->fence, world->high, now)) {
		gateway->at = NAMING;
		return;
	}
	sweep_all(gateway);
	start_reading(gateway);
}

static int piece_end(const struct gateway *gateway)
{
	return gateway->cursor + PIECE < KEYS ? gateway->cursor + PIECE : KEYS;
}

static bool piece(struct gateway *gateway)
{
	if (gateway->fault == PIECES_WITHOUT_FENCE)
		return true;
	if (gateway_join_piece(&gateway->join, read_fence(gateway)))
		return true;
	gateway->at = SECOND_FENCE;
	return false;
}

static void read_names(struct gateway *gateway)
{
	if (!piece(gateway))
		return;
	for (int key = gateway->cursor; key < piece_end(gateway); key++)
		gateway->named[key] = gateway->world->store.values[key] != 0;
	gateway->at = READING_VALUES;
}

static void read_values(struct gateway *gateway)
{
	if (!piece(gateway))
		return;
	for (int key = gateway->cursor; key < piece_end(gateway); key++) {
		int32_t value = gateway->world->store.values[key];
		gateway->kept[key] = gateway->named[key] && value;
		if (gateway->kept[key])
			put(gateway, key, value);
	}
	gateway->cursor = piece_end(gateway);
	gateway->at = gateway->cursor < KEYS ? NAMING : SECOND_FENCE;
}

static void end_scan(struct gateway *gateway)
{
	int64_t high = gateway->fault == UNTIL_FENCE_ONLY ? gateway->fence.offset + 1 : gateway->world->high;
	gateway->must_reach = gateway->world->high;
	if (!gateway_join_scanned(&gateway->join, gateway->fence, high)) {
		sweep_all(gateway);
	} else {
		gateway->by_snapshot++;
		if (gateway->fault != NO_SWEEP)
			gateway_hot_sweep(gateway->hot, 0, was_named, gateway);
		if (gateway->fault == UNPROVED_FENCE)
			gateway->join.unproved = false;
		if (gateway->fault == FROM_SECOND_FENCE)
			gateway->join.before = gateway->fence,
			gateway->join.from = gateway->join.next = gateway->fence.offset;
	}
	start_reading(gateway);
}

static void take(struct gateway *gateway, const struct entry *entry, enum gateway_join_verdict verdict)
{
	if (verdict == GATEWAY_JOIN_AGAIN) {
		sweep_all(gateway);
		gateway->position = gateway->join.from;
	} else if (verdict == GATEWAY_JOIN_APPLY && entry->kind == CHANGE) {
		put(gateway, entry->key, entry->value);
	}
}

/* The next record, or the end; now and then one comes again. */
static void fetch(struct gateway *gateway)
{
	struct world *world = gateway->world;
	int64_t stable = world_stable(world);
	if (gateway->position > 0 && gateway->join.from < gateway->position && dice_one_in(&world->dice, 16))
		gateway->position--;
	for (; gateway->position < stable; gateway->position++) {
		const struct entry *entry = &world->log[gateway->position];
		if (entry->kind == GAP || !entry->committed || entry->compacted)
			continue;
		int64_t offset = gateway->position++;
		take(gateway, entry, gateway_join_record(&gateway->join, offset, entry->timestamp_ms));
		return;
	}
	take(gateway, NULL, gateway_join_end(&gateway->join, gateway->position));
}

static void gateway_turn(struct gateway *gateway)
{
	struct dice *dice = &gateway->world->dice;
	switch (gateway->at) {
	case IDLE:
		if (dice_one_in(dice, 12)) {
			begin_without(gateway);
			break;
		}
		gateway->fence = read_fence(gateway);
		gateway->at = FENCE_READ;
		break;
	case FENCE_READ:
		begin(gateway);
		break;
	case NAMING:
		read_names(gateway);
		break;
	case READING_VALUES:
		read_values(gateway);
		break;
	case SECOND_FENCE:
		gateway->fence = read_fence(gateway);
		gateway->at = SECOND_FENCE_READ;
		break;
	case SECOND_FENCE_READ:
		end_scan(gateway);
		break;
	case FOLLOWS:
		for (uint32_t n = dice_below(dice, 6); n > 0; n--)
			fetch(gateway);
		break;
	}
}

/* A key that has changed again behind what was read may lack the record that was compacted away for it. */
static void compare(struct gateway *gateway)
{
	int64_t next = gateway->join.next;
	world_fold(gateway->world, &gateway->expected, next);
	for (int key = 0; key < KEYS; key++) {
		int32_t is = value_of(gateway, key), expected = gateway->expected.values[key];
		if (is != expected && !world_gives_later(gateway->world, &gateway->expected, key, next))
			(void)snprintf(gateway->wrong, sizeof(gateway->wrong), "key %d is %d instead of %d",
			        key, is, expected);
	}
}

static void find_fault(struct gateway *gateway)
{
	if (!gateway_join_whole(&gateway->join)) {
		if (gateway->was_whole)
			(void)snprintf(gateway->wrong, sizeof(gateway->wrong), "is not whole any more");
		return;
	}
	gateway->joined += !gateway->was_whole;
	gateway->was_whole = true;
	if (gateway->join.next < gateway->must_reach)
		(void)snprintf(gateway->wrong, sizeof(gateway->wrong), "is whole at %lld, before %lld",
		        (long long)gateway->join.next, (long long)gateway->must_reach);
	compare(gateway);
}

static void turn(struct gateway *gateway)
{
	struct dice *dice = &gateway->world->dice;
	world_turn(gateway->world);
	if (dice_one_in(dice, 60)) {
		world_sleep(gateway->world);
		restart(gateway);
	} else if (dice_one_in(dice, 40)) {
		restart(gateway);
	}
	if (dice_one_in(dice, 3))
		return;
	gateway_turn(gateway);
	find_fault(gateway);
}

/* With peace, every join comes to its end. */
static void settle(struct gateway *gateway)
{
	world_settle(gateway->world);
	for (int i = 0; i < LOG_MAX && !gateway_join_whole(&gateway->join); i++)
		gateway_turn(gateway);
	find_fault(gateway);
	if (!gateway_join_whole(&gateway->join))
		(void)snprintf(gateway->wrong, sizeof(gateway->wrong), "never becomes whole");
}

struct tally {
	uint32_t joined, by_snapshot;
};

/* False: something was found. */
static bool run(uint32_t seed, enum fault fault, struct tally *tally, char wrong[128])
{
	struct world *world = malloc(sizeof(*world));
	assert_non_null(world);
	world_init(world, seed);
	struct gateway gateway = { .world = world, .fault = fault, .hot = gateway_hot_new(TOMBSTONES) };
	for (int i = 0; i < TURNS && !gateway.wrong[0]; i++)
		turn(&gateway);
	if (!gateway.wrong[0])
		settle(&gateway);
	tally->joined += gateway.joined;
	tally->by_snapshot += gateway.by_snapshot;
	gateway_hot_free(gateway.hot);
	free(world);
	memcpy(wrong, gateway.wrong, sizeof(gateway.wrong));
	return !wrong[0];
}

static uint32_t first_seed = 1, last_seed = SEEDS;

static void rows_are_the_fold_whatever_happens(void **state)
{
	(void)state;
	struct tally tally = { 0 };
	char wrong[128];
	for (uint32_t seed = first_seed; seed <= last_seed; seed++)
		if (!run(seed, NOTHING_WRONG, &tally, wrong))
			fail_msg("seed %u: %s", seed, wrong);
	print_message("%u joins, %u by snapshot\n", tally.joined, tally.by_snapshot);
	assert_true(tally.by_snapshot > tally.joined / 4);
}

static void every_wrong_way_is_found_out(void **state)
{
	(void)state;
	struct tally tally = { 0 };
	char wrong[128];
	for (enum fault fault = NOTHING_WRONG + 1; fault < FAULTS; fault++) {
		uint32_t seed = 1;
		while (seed <= SEEDS && run(seed, fault, &tally, wrong))
			seed++;
		if (seed > SEEDS)
			fail_msg("wrong way %d is not found", (int)fault);
		print_message("wrong way %d: seed %u: %s\n", (int)fault, seed, wrong);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1)
		first_seed = last_seed = (uint32_t)strtoul(argv[1], NULL, 10);
	if (argc > 2)
		last_seed = (uint32_t)strtoul(argv[2], NULL, 10);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_the_fold_whatever_happens),
		cmocka_unit_test(every_wrong_way_is_found_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
