/* Fills a topic with the benchmark's load, or prints what the programs have to know before (counties.h).
 *
 *   bench_preload --registry | --directory | --schemas
 *   bench_preload --brokers B --topic T --events N [--from N] [--run ID] [--start MS] */
#include "counties.h"
#include "load.h"

#include "kafka/writer.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static int failed(const struct hub_error *err)
{
	(void)fprintf(stderr, "bench_preload: %s: %s\n", err->place, err->text);
	return 1;
}

static int fill(const char *brokers, const char *topic, uint64_t from, uint64_t events, const char *run,
        int64_t start_ms)
{
	struct hub_kafka_property items[] = { { "bootstrap.servers", brokers }, { "linger.ms", "20" } };
	struct hub_kafka_properties properties = { items, 2 };
	struct hub_kafka_writer *writer;
	struct hub_error err;
	struct hub_buf buf;
	if (hub_kafka_writer_open(&properties, NULL, 30000, &writer, &err) < 0)
		return failed(&err);
	hub_buf_init(&buf, 1 << 20);
	for (uint64_t n = from; n < from + events; n++) {
		struct hub_str key;
		bench_event(n, run, start_ms + (int64_t)n, &buf, &key);
		struct hub_kafka_message message = { .topic = topic,
			.partition = -1,
			.key = key,
			.has_key = true,
			.value = hub_buf_slice(&buf),
			.has_value = true };
		if (hub_kafka_writer_send(writer, &message, &err) < 0)
			return failed(&err);
	}
	if (hub_kafka_writer_flush(writer, 120000, &err) < 0)
		return failed(&err);
	(void)printf("preloaded %llu events\n", (unsigned long long)hub_kafka_writer_acknowledged(writer));
	hub_kafka_writer_close(writer);
	hub_buf_done(&buf);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "registry", no_argument, NULL, 'r' },
		{ "directory", no_argument, NULL, 'd' }, { "schemas", no_argument, NULL, 'f' },
		{ "brokers", required_argument, NULL, 'b' }, { "topic", required_argument, NULL, 't' },
		{ "events", required_argument, NULL, 'n' }, { "run", required_argument, NULL, 'i' },
		{ "start", required_argument, NULL, 's' }, { "from", required_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 } };
	const char *brokers = NULL, *topic = NULL, *run = "b";
	uint64_t events = 0, from = 0;
	int64_t start_ms = INT64_C(1767222000000); /* a Thursday, 2026-01-01 07:00 */
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (c) {
		case 'r':
			bench_counties_registry();
			return 0;
		case 'd':
			bench_counties_directory();
			return 0;
		case 'f':
			bench_counties_schemas();
			return 0;
		case 'b':
			brokers = optarg;
			break;
		case 't':
			topic = optarg;
			break;
		case 'n':
			events = strtoull(optarg, NULL, 10);
			break;
		case 'i':
			run = optarg;
			break;
		case 'o':
			from = strtoull(optarg, NULL, 10);
			break;
		case 's':
			start_ms = strtoll(optarg, NULL, 10);
			break;
		default:
			return 64;
		}
	}
	if (!brokers || !topic || !events) {
		(void)fprintf(stderr, "usage: bench_preload --registry | --brokers B --topic T --events N\n");
		return 64;
	}
	return fill(brokers, topic, from, events, run, start_ms);
}
