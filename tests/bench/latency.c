/* Latency of a running program: publishes the benchmark's load at a steady rate and waits for the decision that
 * answers each event, read_committed. Counted from the moment at which an event was due, so that a publisher that
 * is held up counts. Prints one line:
 *   latency rate=R events=N unanswered=U p50_ms=A p99_ms=B p999_ms=C max_ms=D
 *
 *   bench_latency --brokers B --events TOPIC --decisions TOPIC --rate R --seconds S --run ID
 *                 [--publisher batch|five|free]
 *
 * batch: waits 5 ms for company; five: sends at once, at most five requests in flight; free: sends at once, as
 * many requests as it likes (librdkafka's own setting). */
#include "load.h"

#include "kafka/reader.h"
#include "records/catalogue.h"
#include "records/decision_head.h"
#include "wire/framing.h"

#include <librdkafka/rdkafka.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { GIVE_UP_S = 30, FLUSH_MS = 30000 };

struct run {
	const char *brokers, *events_topic, *decisions_topic, *id, *publisher;
	double rate, seconds;
	rd_kafka_t *producer;
	struct hub_kafka_reader *reader;
	struct hub_arena *arena;
	double *latency_ms; /* by event number; negative: not answered yet */
	double begun;       /* when the first event was due */
	uint64_t sent, total, answered;
};

static double now_s(clockid_t clock)
{
	struct timespec t;
	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void die(const char *what, const char *why)
{
	(void)fprintf(stderr, "bench_latency: %s: %s\n", what, why);
	exit(1);
}

static double due(const struct run *run, uint64_t n)
{
	return run->begun + (double)n / run->rate;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
	char text[256];
	if (rd_kafka_conf_set(conf, name, value, text, sizeof(text)) != RD_KAFKA_CONF_OK)
		die(name, text);
}

/* A publisher as any hospital could have it: librdkafka's settings but for those that the run is about. */
static rd_kafka_t *publisher_of(const struct run *run)
{
	char text[256];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	set(conf, "bootstrap.servers", run->brokers);
	set(conf, "partitioner", "murmur2_random");
	set(conf, "linger.ms", strcmp(run->publisher, "batch") == 0 ? "5" : "0");
	if (strcmp(run->publisher, "five") == 0)
		set(conf, "max.in.flight.requests.per.connection", "5");
	rd_kafka_t *producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof(text));
	if (!producer)
		die("publisher", text);
	return producer;
}

static void open_clients(struct run *run)
{
	struct hub_error err;
	struct hub_kafka_property reads[] = { { "bootstrap.servers", run->brokers },
		{ "fetch.wait.max.ms", "5" } };
	struct hub_kafka_reader_options options = { .properties = { .items = reads, .count = 2 },
		.topics = &run->decisions_topic,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_END };
	if (hub_kafka_reader_open(&options, &run->reader, &err) < 0)
		die(err.place, err.text);
	run->producer = publisher_of(run);
}

static void send_one(struct run *run, struct hub_buf *buf)
{
	struct hub_str key;
	bench_event(run->sent, run->id, (int64_t)(now_s(CLOCK_REALTIME) * 1000), buf, &key);
	struct hub_str value = hub_buf_slice(buf);
	rd_kafka_resp_err_t err = rd_kafka_producev(run->producer, RD_KAFKA_V_TOPIC(run->events_topic),
	        RD_KAFKA_V_KEY(key.data, key.len), RD_KAFKA_V_VALUE((void *)(uintptr_t)value.data, value.len),
	        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK), RD_KAFKA_V_END);
	if (err)
		die("publish", rd_kafka_err2str(err));
	run->sent++;
}

static void send_due(struct run *run, struct hub_buf *buf)
{
	while (run->sent < run->total && due(run, run->sent) <= now_s(CLOCK_MONOTONIC))
		send_one(run, buf);
	(void)rd_kafka_poll(run->producer, 0);
}

/* The number in "<run>-<n>"; false when it is not of this run. */
static bool number_of(const struct run *run, struct hub_str id, uint64_t *ret_n)
{
	uint32_t at = (uint32_t)strlen(run->id) + 1;
	if (id.len <= at || memcmp(id.data, run->id, at - 1) != 0 || id.data[at - 1] != '-')
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
	if (!head->has_answers || !number_of(run, head->answers.event_id, &n) || run->latency_ms[n] >= 0)
		return;
	run->latency_ms[n] = (now_s(CLOCK_MONOTONIC) - due(run, n)) * 1000;
	run->answered++;
}

static void measure(struct run *run)
{
	struct hub_buf buf;
	struct hub_kafka_event event;
	struct hub_error err;
	hub_buf_init(&buf, 1 << 20);
	run->begun = now_s(CLOCK_MONOTONIC) + 0.2;
	double end = run->begun + run->seconds + GIVE_UP_S;
	while (run->answered < run->total && now_s(CLOCK_MONOTONIC) < end) {
		send_due(run, &buf);
		int r = hub_kafka_reader_next(run->reader, 1, &event, &err);
		if (r < 0 && r != HUB_E_RETRY)
			die(err.place, err.text);
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

/* The first tenth warms up. An event without an answer has waited until now, at least. */
static void report(struct run *run)
{
	uint64_t skip = run->total / 10, count = run->total - skip;
	double *values = run->latency_ms + skip;
	for (uint64_t i = 0; i < run->total; i++)
		if (run->latency_ms[i] < 0)
			run->latency_ms[i] = (now_s(CLOCK_MONOTONIC) - due(run, i)) * 1000;
	qsort(values, count, sizeof(double), by_value);
	(void)printf("latency rate=%.0f events=%llu unanswered=%llu p50_ms=%.1f p99_ms=%.1f p999_ms=%.1f "
	             "max_ms=%.1f\n",
	        run->rate, (unsigned long long)run->total, (unsigned long long)(run->total - run->answered),
	        values[count / 2], values[count * 99 / 100], values[count * 999 / 1000], values[count - 1]);
}

static bool parse(int argc, char **argv, struct run *run)
{
	static const struct option options[] = { { "brokers", required_argument, NULL, 'b' },
		{ "events", required_argument, NULL, 'e' }, { "decisions", required_argument, NULL, 'd' },
		{ "rate", required_argument, NULL, 'r' }, { "seconds", required_argument, NULL, 's' },
		{ "run", required_argument, NULL, 'i' }, { "publisher", required_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 } };
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (c == 'b')
			run->brokers = optarg;
		else if (c == 'e')
			run->events_topic = optarg;
		else if (c == 'd')
			run->decisions_topic = optarg;
		else if (c == 'r')
			run->rate = strtod(optarg, NULL);
		else if (c == 's')
			run->seconds = strtod(optarg, NULL);
		else if (c == 'i')
			run->id = optarg;
		else if (c == 'p')
			run->publisher = optarg;
		else
			return false;
	}
	return run->brokers && run->events_topic && run->decisions_topic && run->rate > 0 && run->seconds > 0;
}

int main(int argc, char **argv)
{
	struct run run = { .rate = 1000, .seconds = 20, .id = "l", .publisher = "batch" };
	if (!parse(argc, argv, &run)) {
		(void)fprintf(stderr, "usage: bench_latency --brokers B --events TOPIC --decisions TOPIC\n");
		return 64;
	}
	run.total = (uint64_t)(run.rate * run.seconds) / 10 * 10;
	run.latency_ms = calloc(run.total, sizeof(double));
	run.arena = hub_arena_new(16 << 20);
	if (!run.latency_ms || !run.arena || !run.total)
		return 1;
	for (uint64_t i = 0; i < run.total; i++)
		run.latency_ms[i] = -1;
	open_clients(&run);
	measure(&run);
	report(&run);
	(void)rd_kafka_flush(run.producer, FLUSH_MS);
	rd_kafka_destroy(run.producer);
	hub_kafka_reader_close(run.reader);
	hub_arena_free(run.arena);
	free(run.latency_ms);
	return 0;
}
