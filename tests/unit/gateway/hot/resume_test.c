/* The list of changes against a plain model of it: "changes after n", tombstones, resuming, sweeps. */
#include "dice.h"

#include "dashboard-gateway/hot/hot.h"
#include "dashboard-gateway/hot/recent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { IDS_MAX = 1500, PARTITIONS = 3, SEEDS = 300, TURNS = 400, KEY_MAX = 48 };

/* A row as the model has it; held: there, or gone and kept. */
struct known {
	bool held, gone;
	uint64_t seq;
	uint32_t value;
	int32_t partition;
};

struct model {
	struct dice dice;
	struct gateway_hot *hot;
	struct known ids[IDS_MAX];
	uint32_t count; /* ids in use */
	uint32_t tombstones, gone, there;
	uint64_t seq, dropped;
};

/* Half of the ids are sessions. */
static struct hub_str key_of(uint32_t id, char text[KEY_MAX])
{
	int len = snprintf(text, KEY_MAX, id % 2 ? "session:H1:%u" : "referral:%u", id);
	return (struct hub_str){ text, (uint32_t)len };
}

static uint32_t id_of(const struct gateway_row *row)
{
	char text[KEY_MAX];
	(void)snprintf(text, sizeof(text), "%.*s", HUB_STR_ARG(row->key));
	return (uint32_t)strtoul(strrchr(text, ':') + 1, NULL, 10);
}

static void put(struct model *model, uint32_t id)
{
	struct known *known = &model->ids[id];
	char key[KEY_MAX], digits[KEY_MAX];
	uint32_t value = dice_below(&model->dice, 4);
	int len = snprintf(digits, sizeof(digits), "%u", value);
	struct gateway_field fields[] = { { HUB_STR("state"), HUB_STR("WAITING") },
		{ HUB_STR("phase"), HUB_STR("OPEN") },
		{ id % 2 ? HUB_STR("open") : HUB_STR("attempt"), { digits, (uint32_t)len } } };
	int32_t partition = (int32_t)(id % PARTITIONS);
	assert_int_equal(gateway_hot_put(model->hot, partition, key_of(id, key), fields, 3, NULL), HUB_OK);
	bool was_there = known->held && !known->gone;
	if (was_there && known->value == value)
		return;
	model->gone -= known->held && known->gone;
	model->there += !was_there;
	*known = (struct known){ true, false, ++model->seq, value, partition };
}

static void drop_oldest(struct model *model)
{
	struct known *oldest = NULL;
	for (uint32_t id = 0; id < model->count; id++) {
		struct known *known = &model->ids[id];
		if (known->held && known->gone && (!oldest || known->seq < oldest->seq))
			oldest = known;
	}
	assert_non_null(oldest);
	model->dropped = oldest->seq;
	model->gone--;
	*oldest = (struct known){ 0 };
}

static void forget(struct model *model, struct known *known)
{
	known->gone = true;
	known->seq = ++model->seq;
	model->gone++;
	model->there--;
}

static void remove_one(struct model *model, uint32_t id)
{
	char key[KEY_MAX];
	gateway_hot_remove(model->hot, key_of(id, key));
	if (!model->ids[id].held || model->ids[id].gone)
		return;
	forget(model, &model->ids[id]);
	while (model->gone > model->tombstones)
		drop_oldest(model);
}

static bool keep_even_values(void *user, const struct gateway_row *row)
{
	const struct model *model = user;
	return model->ids[id_of(row)].value % 2 == 0;
}

static struct known *oldest_of(
        struct model *model, int32_t partition, bool keeps, uint64_t after, uint64_t until)
{
	struct known *oldest = NULL;
	for (uint32_t id = 0; id < model->count; id++) {
		struct known *known = &model->ids[id];
		if (!known->held || known->gone || known->partition != partition || known->seq <= after ||
		        known->seq > until || (keeps && known->value % 2 == 0))
			continue;
		if (!oldest || known->seq < oldest->seq)
			oldest = known;
	}
	return oldest;
}

static void sweep(struct model *model)
{
	int32_t partition = (int32_t)dice_below(&model->dice, PARTITIONS);
	bool keeps = dice_one_in(&model->dice, 2);
	uint64_t after = 0, until = model->seq;
	gateway_hot_sweep(model->hot, partition, keeps ? keep_even_values : NULL, model);
	for (struct known *known; (known = oldest_of(model, partition, keeps, after, until));) {
		after = known->seq;
		forget(model, known);
	}
	while (model->gone > model->tombstones)
		drop_oldest(model);
}

static int by_seq(const void *a, const void *b)
{
	const struct known *one = *(const struct known *const *)a, *other = *(const struct known *const *)b;
	return (one->seq > other->seq) - (one->seq < other->seq);
}

static void expect_walk(const struct model *model, uint64_t after)
{
	const struct known *expected[IDS_MAX];
	uint32_t count = 0, at = 0;
	for (uint32_t id = 0; id < model->count; id++)
		if (model->ids[id].held && model->ids[id].seq > after)
			expected[count++] = &model->ids[id];
	qsort(expected, count, sizeof(expected[0]), by_seq);
	for (const struct gateway_row *row = gateway_hot_after(model->hot, after); row;
	        row = row->newer, at++) {
		const struct known *known = &model->ids[id_of(row)];
		assert_true(at < count && known == expected[at]);
		assert_int_equal(row->seq, known->seq);
		assert_int_equal(row->gone, known->gone);
		assert_int_equal(row->partition, known->partition);
		assert_int_equal(row->kind == GATEWAY_SESSION
		                         ? ((const struct gateway_session *)row)->open
		                         : ((const struct gateway_referral *)row)->attempt,
		        known->value);
	}
	assert_int_equal(at, count);
}

static void expect_gets(const struct model *model)
{
	char key[KEY_MAX];
	for (uint32_t id = 0; id < model->count; id++) {
		const struct known *known = &model->ids[id];
		const struct gateway_row *row = gateway_hot_get(model->hot, key_of(id, key));
		assert_int_equal(row != NULL, known->held && !known->gone);
	}
}

static void expect_each(const struct model *model)
{
	uint32_t count = 0;
	for (int kind = GATEWAY_REFERRAL; kind <= GATEWAY_SESSION; kind++) {
		const struct gateway_row *row;
		uint32_t of_kind = 0;
		for (size_t at = 0; (row = gateway_hot_each(model->hot, kind, &at)); of_kind++)
			assert_true(model->ids[id_of(row)].held && !model->ids[id_of(row)].gone);
		assert_int_equal(of_kind, gateway_hot_count(model->hot, kind));
		count += of_kind;
	}
	assert_int_equal(count, model->there);
}

static void expect_all(struct model *model)
{
	uint64_t after = dice_below(&model->dice, (uint32_t)model->seq + 2);
	assert_int_equal(gateway_hot_seq(model->hot), model->seq);
	expect_walk(model, after);
	expect_walk(model, 0);
	expect_gets(model);
	expect_each(model);
	assert_int_equal(
	        gateway_hot_can_resume(model->hot, after), after >= model->dropped && after <= model->seq);
	assert_true(gateway_hot_can_resume(model->hot, model->seq));
	assert_true(gateway_hot_can_resume(model->hot, model->dropped));
	assert_false(model->dropped && gateway_hot_can_resume(model->hot, model->dropped - 1));
	assert_false(gateway_hot_can_resume(model->hot, model->seq + 1));
}

static void turn(struct model *model)
{
	uint32_t many = dice_one_in(&model->dice, 20) ? model->count : 1 + dice_below(&model->dice, 8);
	uint32_t what = dice_below(&model->dice, 12);
	for (uint32_t i = 0; i < many && what < 11; i++) {
		uint32_t id = many == model->count ? i : dice_below(&model->dice, model->count);
		if (what < 7)
			put(model, id);
		else
			remove_one(model, id);
	}
	if (what == 11)
		sweep(model);
}

static void run(uint32_t seed)
{
	static const uint32_t kept[] = { 0, 1, 5, 100, IDS_MAX };
	struct model *model = calloc(1, sizeof(*model));
	assert_non_null(model);
	model->dice.state = seed;
	model->count = seed % 10 ? 1 + dice_below(&model->dice, 60) : IDS_MAX;
	model->tombstones = kept[dice_below(&model->dice, sizeof(kept) / sizeof(kept[0]))];
	model->hot = gateway_hot_new(model->tombstones);
	expect_all(model);
	for (int i = 0; i < (seed % 10 ? TURNS : TURNS / 10); i++) {
		turn(model);
		if (i % 8 == 0)
			expect_all(model);
	}
	expect_all(model);
	gateway_hot_free(model->hot);
	free(model);
}

static uint32_t first_seed = 1, last_seed = SEEDS;

static void changes_are_told_as_they_were(void **state)
{
	(void)state;
	for (uint32_t seed = first_seed; seed <= last_seed; seed++) {
		print_message("seed %u\r", seed);
		run(seed);
	}
}

/* From the beginning, and from one signpost to the next, it is never far. */
static void expect_signposts(const struct gateway_recent *recent)
{
	uint32_t since = 0, at = 0;
	for (const struct gateway_row *row = recent->oldest; row; row = row->newer) {
		bool posted = at < recent->count && recent->posts[at].row == row;
		assert_int_equal(posted, row->signpost);
		assert_true(!posted || recent->posts[at].seq == row->seq);
		at += posted;
		since = posted ? 0 : since + 1;
		assert_true(since < GATEWAY_SIGNPOST_EVERY);
	}
	assert_int_equal(at, recent->count);
}

static void a_signpost_is_never_far(void **state)
{
	(void)state;
	struct dice dice = { 7 };
	struct gateway_recent recent = { .oldest = NULL };
	static struct gateway_row rows[IDS_MAX];
	for (uint32_t i = 0; i < IDS_MAX; i++)
		gateway_recent_add(&recent, &rows[i]);
	expect_signposts(&recent);
	assert_int_equal(recent.count, IDS_MAX / GATEWAY_SIGNPOST_EVERY);
	for (uint32_t i = 0; i < 20 * IDS_MAX; i++) {
		struct gateway_row *row =
		        &rows[dice_below(&dice, dice_one_in(&dice, 3) ? IDS_MAX : IDS_MAX / 4)];
		gateway_recent_remove(&recent, row);
		gateway_recent_add(&recent, row);
		if (i % 16 == 0)
			expect_signposts(&recent);
	}
	for (uint32_t i = 0; i < IDS_MAX; i++)
		gateway_recent_remove(&recent, &rows[i]);
	assert_int_equal(recent.count, 0);
	assert_null(recent.oldest);
	assert_null(recent.newest);
	gateway_recent_done(&recent);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		first_seed = last_seed = (uint32_t)strtoul(argv[1], NULL, 10);
	if (argc > 2)
		last_seed = (uint32_t)strtoul(argv[2], NULL, 10);
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_signpost_is_never_far),
		cmocka_unit_test(changes_are_told_as_they_were) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
