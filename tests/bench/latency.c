/* Latency of the running hub: publishes the benchmark's load at a steady rate and waits for the decision that
 * answers each event, read_committed. Prints one line: latency rate=R events=N p50_ms=A p99_ms=B max_ms=C
 *
 *   bench_latency --brokers B --events TOPIC --decisions TOPIC --rate R --seconds S --run ID */
#include "load.h"

#include "kafka/reader.h"
#include "kafka/writer.h"
#include "records/catalogue.h"
#include "records/decision_head.h"
#include "wire/framing.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct run {
	const char *brokers, *events_topic, *decisions_topic, *id;
	double rate, seconds;
	struct hub_kafka_writer *writer;
	struct hub_kafka_reader *reader;
	struct hub_arena *arena;
	double *sent_at; /* by event number, seconds */
	double *latency; /* of the answered ones, in order of answer */
	uint64_t sent, total, answered;
};

static double now_s(clockid_t clock)
{
	struct timespec t;
	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void die(const struct hub_error *err)
{
	(void)fprintf(stderr, "bench_latency: %s: %s\n", err->place, err->text);
	exit(1);
}

static void open_clients(struct run *run)
{
	struct hub_error err;
	struct hub_kafka_property writes[] = { { "bootstrap.servers", run->brokers }, { "linger.ms", "5" } };
	struct hub_kafka_property reads[] = { { "bootstrap.servers", run->brokers },
		{ "fetch.wait.max.ms", "5" } };
	struct hub_kafka_reader_options options = { .properties = { reads, 2 },
		.topics = &run->decisions_topic,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_END };
	if (hub_kafka_writer_open(
	            &(struct hub_kafka_properties){ writes, 2 }, NULL, 30000, &run->writer, &err) < 0 ||
	        hub_kafka_reader_open(&options, &run->reader, &err) < 0)
		die(&err);
}

static void send_due(struct run *run, double begun, struct hub_buf *buf)
{
	struct hub_error err;
	for (double now = now_s(CLOCK_MONOTONIC);
	        run->sent < run->total && begun + (double)run->sent / run->rate <= now;) {
		struct hub_str key;
		bench_event(run->sent, run->id, (int64_t)(now_s(CLOCK_REALTIME) * 1000), buf, &key);
		struct hub_kafka_message message = { .topic = run->events_topic,
			.partition = -1,
			.key = key,
			.has_key = true,
			.value = hub_buf_slice(buf),
			.has_value = true };
		run->sent_at[run->sent++] = now_s(CLOCK_MONOTONIC);
		if (hub_kafka_writer_send(run->writer, &message, &err) < 0)
			die(&err);
	}
}

/* The number in "<run>-<n>"; false when it is not of this run. */
static bool number_of(const struct run *run, struct hub_str id, uint64_t *ret_n)
{
	uint32_t at = (uint32_t)strlen(run->id) + 1;
	if (id.len <= at || memcmp(id.data, run->id, at - 1) != 0)
		return false;
	for (*ret_n = 0; at < id.len; at++)
		*ret_n = *ret_n * 10 + (uint64_t)(id.data[at] - '0');
	return *ret_n < run->sent;
}

static void take(struct run *run, struct hub_str value)
{
	const struct hub_schema *schema;
	void *record;
	uint64_t n;
	hub_arena_reset(run->arena);
	if (hub_frame_decode(&hub_referral_decision_schemas, value, run->arena, &schema, &record, NULL) < 0)
		return;
	const struct hub_decision_head *head = record;
	if (!head->has_answers || !number_of(run, head->answers.event_id, &n) || run->sent_at[n] == 0)
		return;
	run->latency[run->answered++] = (now_s(CLOCK_MONOTONIC) - run->sent_at[n]) * 1000;
	run->sent_at[n] = 0;
}

static void measure(struct run *run)
{
	struct hub_buf buf;
	struct hub_kafka_event event;
	struct hub_error err;
	hub_buf_init(&buf, 1 << 20);
	double begun = now_s(CLOCK_MONOTONIC);
	while (run->answered < run->total && now_s(CLOCK_MONOTONIC) < begun + run->seconds + 30) {
		send_due(run, begun, &buf);
		int r = hub_kafka_reader_next(run->reader, 1, &event, &err);
		if (r < 0 && r != HUB_E_RETRY)
			die(&err);
		if (r == 0 && event.kind == HUB_KAFKA_RECORD)
			take(run, event.value);
	}
	hub_buf_done(&buf);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static int report(struct run *run)
{
	if (!run->answered || run->answered < run->total) {
		(void)fprintf(stderr, "bench_latency: %llu of %llu events were answered\n",
		        (unsigned long long)run->answered, (unsigned long long)run->total);
		return 1;
	}
	/* The first tenth warms up. */
	uint64_t skip = run->answered / 10, count = run->answered - skip;
	qsort(run->latency + skip, count, sizeof(double), by_value);
	(void)printf("latency rate=%.0f events=%llu p50_ms=%.1f p99_ms=%.1f max_ms=%.1f\n", run->rate,
	        (unsigned long long)run->total, run->latency[skip + count / 2],
	        run->latency[skip + count * 99 / 100], run->latency[skip + count - 1]);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "brokers", required_argument, NULL, 'b' },
		{ "events", required_argument, NULL, 'e' }, { "decisions", required_argument, NULL, 'd' },
		{ "rate", required_argument, NULL, 'r' }, { "seconds", required_argument, NULL, 's' },
		{ "run", required_argument, NULL, 'i' }, { NULL, 0, NULL, 0 } };
	struct run run = { .rate = 1000, .seconds = 20, .id = "l" };
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (c) {
		case 'b':
			run.brokers = optarg;
			break;
		case 'e':
			run.events_topic = optarg;
			break;
		case 'd':
			run.decisions_topic = optarg;
			break;
		case 'r':
			run.rate = strtod(optarg, NULL);
			break;
		case 's':
			run.seconds = strtod(optarg, NULL);
			break;
		case 'i':
			run.id = optarg;
			break;
		default:
			return 64;
		}
	}
	if (!run.brokers || !run.events_topic || !run.decisions_topic || run.rate <= 0 || run.seconds <= 0) {
		(void)fprintf(stderr, "usage: bench_latency --brokers B --events TOPIC --decisions TOPIC\n");
		return 64;
	}
	run.total = (uint64_t)(run.rate * run.seconds) / 10 * 10;
	run.sent_at = calloc(run.total, sizeof(double));
	run.latency = calloc(run.total, sizeof(double));
	run.arena = hub_arena_new(16 << 20);
	if (!run.sent_at || !run.latency || !run.arena)
		return 1;
	open_clients(&run);
	measure(&run);
	int r = report(&run);
	hub_kafka_writer_close(run.writer);
	hub_kafka_reader_close(run.reader);
	hub_arena_free(run.arena);
	free(run.sent_at);
	free(run.latency);
	return r;
}
