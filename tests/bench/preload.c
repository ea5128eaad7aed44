/* Fills a topic with the benchmark's load, or prints what the programs have to know before (counties.h).
 *
 *   bench_preload --registry | --directory | --schemas
 *   bench_preload --brokers B --topic T --events N [--first N] [--mix open|settled] [--run ID]
 *                 [--start MS]
 *
 * Events number first on, one a millisecond of the load's time from start on. */
#include "counties.h"
#include "load.h"

#include "kafka/writer.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THURSDAY_AT_SEVEN INT64_C(1767222000000) /* 2026-01-01 07:00 */

enum { OPEN_MS = 30000, FLUSH_MS = 120000 };

static int failed(const struct hub_error *err)
{
	(void)fprintf(stderr, "bench_preload: %s: %s\n", err->place, err->text);
	return 1;
}

struct fill {
	const char *brokers, *topic, *run;
	uint64_t first, events;
	int64_t start_ms;
	bench_event_fn *event;
};

static int send_all(const struct fill *fill, struct hub_kafka_writer *writer, struct hub_error *reterr)
{
	struct hub_buf buf;
	int r = 0;
	hub_buf_init(&buf, 1 << 20);
	for (uint64_t n = fill->first; r == 0 && n < fill->first + fill->events; n++) {
		struct hub_str key;
		fill->event(n, fill->run, fill->start_ms + (int64_t)n, &buf, &key);
		struct hub_kafka_message message = { .topic = fill->topic,
			.partition = -1,
			.key = key,
			.has_key = true,
			.value = hub_buf_slice(&buf),
			.has_value = true };
		r = hub_kafka_writer_send(writer, &message, reterr);
	}
	hub_buf_done(&buf);
	return r < 0 ? r : hub_kafka_writer_flush(writer, FLUSH_MS, reterr);
}

static int run(const struct fill *fill)
{
	struct hub_kafka_property items[] = { { "bootstrap.servers", fill->brokers }, { "linger.ms", "20" } };
	struct hub_kafka_properties properties = { .items = items, .count = 2 };
	struct hub_kafka_writer *writer;
	struct hub_error err;
	if (hub_kafka_writer_open(&properties, NULL, OPEN_MS, &writer, &err) < 0)
		return failed(&err);
	int r = send_all(fill, writer, &err);
	if (r == 0)
		(void)printf(
		        "preloaded %llu events\n", (unsigned long long)hub_kafka_writer_acknowledged(writer));
	hub_kafka_writer_close(writer);
	return r < 0 ? failed(&err) : 0;
}

/* What needs no broker. */
static bool print(int option)
{
	if (option == 'r')
		bench_counties_registry();
	else if (option == 'd')
		bench_counties_directory();
	else if (option == 'f')
		bench_counties_schemas();
	else
		return false;
	return true;
}

static bool set(struct fill *fill, int option, const char *value)
{
	if (option == 'b')
		fill->brokers = value;
	else if (option == 't')
		fill->topic = value;
	else if (option == 'n')
		fill->events = strtoull(value, NULL, 10);
	else if (option == 'o')
		fill->first = strtoull(value, NULL, 10);
	else if (option == 'm')
		fill->event = strcmp(value, "settled") == 0 ? bench_event_settled : bench_event;
	else if (option == 'i')
		fill->run = value;
	else if (option == 's')
		fill->start_ms = strtoll(value, NULL, 10);
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "registry", no_argument, NULL, 'r' },
		{ "directory", no_argument, NULL, 'd' }, { "schemas", no_argument, NULL, 'f' },
		{ "brokers", required_argument, NULL, 'b' }, { "topic", required_argument, NULL, 't' },
		{ "events", required_argument, NULL, 'n' }, { "first", required_argument, NULL, 'o' },
		{ "mix", required_argument, NULL, 'm' }, { "run", required_argument, NULL, 'i' },
		{ "start", required_argument, NULL, 's' }, { NULL, 0, NULL, 0 } };
	struct fill fill = { .run = "b", .start_ms = THURSDAY_AT_SEVEN, .event = bench_event };
	bool understood = true;
	for (int c; understood && (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (print(c))
			return 0;
		understood = set(&fill, c, optarg);
	}
	if (!understood || !fill.brokers || !fill.topic || !fill.events) {
		(void)fprintf(stderr, "usage: bench_preload --registry | --brokers B --topic T --events N\n");
		return 64;
	}
	return run(&fill);
}
