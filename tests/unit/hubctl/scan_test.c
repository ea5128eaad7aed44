/* Reading topics, forwards and backwards, over partitions that are made up here instead of a broker's. */
#include "hubctl/backwards.h"
#include "hubctl/scan.h"
#include "kafka/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { PARTITIONS = 3, SEEN_MAX = 64 };

/* One partition: its offsets, and at which of them a reader finds a record (up to four). Times are offsets. */
struct partition {
	int64_t low, high;
	int64_t records[4];
	uint32_t count;
};

static struct world {
	struct partition partitions[PARTITIONS];
	int64_t from[PARTITIONS]; /* of the reader that is open */
	uint32_t partition, next; /* where it stands */
	bool end_told;
	uint32_t opened;
	bool stopped;
	int64_t now_ms, ms_of_a_record;
} w;

bool hubctl_stopped(void)
{
	return w.stopped;
}

int64_t hubctl_now_ms(void)
{
	return w.now_ms;
}

const char *hubctl_topic(struct hubctl *hubctl, const char *name)
{
	(void)hubctl;
	return name;
}

int hub_kafka_group_positions(const struct hub_kafka_properties *properties, const char *group,
        const char *topic, int timeout_ms, struct hub_arena *arena, struct hub_group_position **ret_positions,
        uint32_t *ret_count, struct hub_error *reterr)
{
	(void)properties, (void)group, (void)topic, (void)timeout_ms, (void)reterr;
	*ret_count = PARTITIONS;
	*ret_positions = hub_arena_alloc(arena, PARTITIONS * sizeof(**ret_positions));
	for (int32_t p = 0; p < PARTITIONS; p++)
		(*ret_positions)[p] =
		        (struct hub_group_position){ p, -1, w.partitions[p].low, w.partitions[p].high };
	return HUB_OK;
}

int hub_kafka_reader_open(const struct hub_kafka_reader_options *options, struct hub_kafka_reader **ret,
        struct hub_error *reterr)
{
	(void)reterr;
	for (int32_t p = 0; p < PARTITIONS; p++) {
		bool read = options->partition < 0 || options->partition == p;
		w.from[p] = !read ? INT64_MAX : options->from == HUB_READ_EACH ? options->from_each[p] : 0;
	}
	w.partition = w.next = 0;
	w.end_told = false;
	w.opened++;
	*ret = (struct hub_kafka_reader *)&w;
	return HUB_OK;
}

int hub_kafka_reader_next(
        struct hub_kafka_reader *reader, int wait_ms, struct hub_kafka_event *ret, struct hub_error *reterr)
{
	(void)reader, (void)wait_ms, (void)reterr;
	while (w.partition < PARTITIONS) {
		const struct partition *p = &w.partitions[w.partition];
		while (w.next < p->count) {
			int64_t offset = p->records[w.next++];
			if (offset < w.from[w.partition])
				continue;
			w.now_ms += w.ms_of_a_record;
			*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_RECORD,
				.at = { 0, (int32_t)w.partition },
				.offset = offset,
				.timestamp_ms = offset };
			return HUB_OK;
		}
		w.partition++;
		w.next = 0;
	}
	*ret = (struct hub_kafka_event){ .kind = w.end_told ? HUB_KAFKA_NOTHING : HUB_KAFKA_EOF };
	w.end_told = true;
	return HUB_OK;
}

void hub_kafka_reader_close(struct hub_kafka_reader *reader)
{
	(void)reader;
}

struct seeing {
	struct hub_topic_partition at[SEEN_MAX];
	int64_t offsets[SEEN_MAX];
	uint32_t count, stop_after;
	int64_t wanted; /* of each partition */
};

static void note(struct seeing *s, const struct hub_kafka_event *event)
{
	assert_true(s->count < SEEN_MAX);
	s->at[s->count] = event->at;
	s->offsets[s->count++] = event->offset;
	w.stopped = s->stop_after && s->count >= s->stop_after;
}

static enum hubctl_scan_next visit(void *user, const struct hub_kafka_event *event)
{
	note(user, event);
	return HUBCTL_GO_ON;
}

static enum hubctl_scan_next visit_backwards(
        void *user, const struct hub_kafka_event *event, struct hubctl_reach *reach)
{
	note(user, event);
	reach->found++;
	return HUBCTL_GO_ON;
}

static bool more(void *user, int32_t partition, const struct hubctl_reach *reach)
{
	(void)partition;
	return reach->found < ((struct seeing *)user)->wanted;
}

static struct hubctl hubctl;
static struct hubctl_settings settings;
static const char topic[] = "referral.decisions";

/* Partition 0: the newest record is the last. 1: 100,000 offsets hold nothing. 2: nothing at all. */
static int set_up(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	w.now_ms = 1000;
	w.partitions[0] = (struct partition){ 0, 500, { 10, 300, 400, 498 }, 4 };
	w.partitions[1] = (struct partition){ 7, 100600, { 8, 400, 590, 599 }, 4 };
	w.partitions[2] = (struct partition){ 50, 150000, { 0 }, 0 };
	settings.timeout_ms = 1000;
	hubctl = (struct hubctl){ .settings = &settings, .arena = hub_arena_new(1 << 20) };
	return hubctl.arena == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	hub_arena_free(hubctl.arena);
	return 0;
}

static int scan(struct seeing *s, bool follow, struct hub_error *err)
{
	const char *name = topic;
	const struct hubctl_scan scan = { .topics = &name,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_BEGINNING,
		.follow = follow,
		.visit = visit,
		.user = s };
	return hubctl_scan(&hubctl, &scan, err);
}

static void what_a_signal_ends_before_the_end_is_no_answer(void **state)
{
	(void)state;
	struct hub_error err = { 0 };
	struct seeing whole = { 0 }, part = { .stop_after = 5 };
	assert_int_equal(scan(&whole, false, &err), HUB_OK);
	assert_int_equal(whole.count, 8);
	assert_int_equal(scan(&part, false, &err), HUB_E_INTERRUPTED);
	assert_int_equal(part.count, 5);
	assert_int_equal(err.code, HUB_E_INTERRUPTED);
}

static void end(void *user)
{
	(void)user;
	w.stopped = true;
}

static void a_signal_is_the_end_of_following_once_it_follows(void **state)
{
	(void)state;
	struct hub_error err = { 0 };
	struct seeing s = { .stop_after = 2 };
	const char *name = topic;
	assert_int_equal(scan(&s, true, &err), HUB_E_INTERRUPTED);
	w.stopped = false;
	s = (struct seeing){ 0 };
	const struct hubctl_scan follow = { .topics = &name,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_BEGINNING,
		.follow = true,
		.visit = visit,
		.at_end = end,
		.user = &s };
	assert_int_equal(hubctl_scan(&hubctl, &follow, &err), HUB_OK);
	assert_int_equal(s.count, 8);
}

static int backwards(struct seeing *s, struct hubctl_backwards back, struct hubctl_reach **ret)
{
	struct hub_error err = { 0 };
	uint32_t count;
	back.topic = topic;
	back.visit = visit_backwards;
	back.more = more;
	back.user = s;
	int result = hubctl_backwards(&hubctl, &back, ret, &count, &err);
	assert_int_equal(count, PARTITIONS);
	return result;
}

static void enough_in_the_first_window(void **state)
{
	(void)state;
	struct seeing s = { .wanted = 0 };
	struct hubctl_reach *reach;
	assert_int_equal(
	        backwards(&s, (struct hubctl_backwards){ .partition = -1, .window = 100 }, &reach), HUB_OK);
	assert_int_equal(w.opened, 1);
	assert_int_equal(s.count, 2);
	assert_int_equal(reach[0].from, 400);
	assert_int_equal(reach[0].next, 499);
	assert_int_equal(reach[0].oldest_ms, 400);
	assert_int_equal(reach[1].from, 100500);
	assert_int_equal(reach[1].next, 100500); /* behind it may be what an open transaction wrote */
	assert_true(reach[1].oldest_ms == INT64_MAX);
}

/* Only where it is wanted, and each record once. */
static void further_back_where_nothing_was(void **state)
{
	(void)state;
	struct seeing s = { .wanted = 1 };
	struct hubctl_reach *reach;
	assert_int_equal(
	        backwards(&s, (struct hubctl_backwards){ .partition = -1, .window = 100 }, &reach), HUB_OK);
	assert_int_equal(s.count, 6);
	assert_int_equal(reach[0].from, 400);
	assert_int_equal(reach[1].from, 7);
	assert_int_equal(s.offsets[2], 8);
	assert_true(hubctl_reached_beginning(&reach[1]) && hubctl_reached_beginning(&reach[2]));
	assert_false(hubctl_reached_beginning(&reach[0]));
}

static void all_of_it(void **state)
{
	(void)state;
	struct seeing s = { .wanted = 1000 };
	struct hubctl_reach *reach;
	assert_int_equal(
	        backwards(&s, (struct hubctl_backwards){ .partition = 0, .window = 100 }, &reach), HUB_OK);
	assert_int_equal(s.count, 4);
	/* The first window, then what lies before it. */
	assert_int_equal(s.offsets[0], 400);
	assert_int_equal(s.offsets[1], 498);
	assert_int_equal(s.offsets[2], 10);
	assert_int_equal(reach[0].next, 499);
	assert_true(reach[1].from == INT64_MAX);
}

/* What is known of a partition is what was read whole. */
static void without_time_for_what_lies_further_back(void **state)
{
	(void)state;
	struct seeing s = { .wanted = 1 };
	struct hubctl_reach *reach;
	w.ms_of_a_record = 60;
	assert_int_equal(
	        backwards(&s, (struct hubctl_backwards){ .partition = -1, .window = 100, .further_ms = 100 },
	                &reach),
	        HUB_E_RETRY);
	assert_int_equal(reach[0].from, 400);
	assert_true(reach[1].from > 599 && reach[1].from < INT64_MAX);
	s.count = 0;
	assert_int_equal(
	        backwards(&s, (struct hubctl_backwards){ .partition = -1, .window = 100, .until_ms = 1 },
	                &reach),
	        HUB_E_RETRY);
	assert_true(reach[0].from == INT64_MAX);
}

static void a_signal_ends_it_too(void **state)
{
	(void)state;
	struct seeing s = { .wanted = 1, .stop_after = 3 };
	struct hubctl_reach *reach;
	assert_int_equal(backwards(&s, (struct hubctl_backwards){ .partition = -1, .window = 100 }, &reach),
	        HUB_E_INTERRUPTED);
}

#define SCAN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCAN_TEST(what_a_signal_ends_before_the_end_is_no_answer),
		SCAN_TEST(a_signal_is_the_end_of_following_once_it_follows),
		SCAN_TEST(enough_in_the_first_window),
		SCAN_TEST(further_back_where_nothing_was),
		SCAN_TEST(all_of_it),
		SCAN_TEST(without_time_for_what_lies_further_back),
		SCAN_TEST(a_signal_ends_it_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
