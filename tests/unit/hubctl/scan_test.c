/* Reading topics, over partitions that are made up here instead of a broker's. */
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
	(void)properties, (void)group, (void)topic, (void)timeout_ms, (void)arena, (void)ret_positions;
	*ret_count = PARTITIONS;
	return hub_error_set(reterr, HUB_E_FATAL, "", "nobody asks");
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

#define SCAN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCAN_TEST(what_a_signal_ends_before_the_end_is_no_answer),
		SCAN_TEST(a_signal_is_the_end_of_following_once_it_follows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
