/* The floor of the benchmark: the least that any exactly-once consumer must do. Consumes a topic and produces
 * each value to another one in transactions, with the daemon's client settings, and nothing else: no
 * decoding, no rules, no state.
 *
 *   bench_floor --brokers B --topic IN --out OUT --events N [--group ID] [--seconds S]
 *
 * Prints one line:
 *   floor events=N seconds=S rate=R peak_mb=M */
#include "kafka/conf.h"

#include <librdkafka/rdkafka.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { BATCH_EVENTS = 20000, BATCH_MS = 100, FLOOR_TIMEOUT_MS = 60000 };

struct floor {
	rd_kafka_t *consumer;
	rd_kafka_t *producer;
	const char *out;
	long events;
};

static double now_s(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what, const char *why)
{
	(void)fprintf(stderr, "bench_floor: %s: %s\n", what, why);
	exit(1);
}

static void must(const char *what, rd_kafka_error_t *error)
{
	if (error)
		die(what, rd_kafka_error_string(error));
}

/* A conf with the daemon's own settings for role: the comparison is about the work, not about knobs. */
static rd_kafka_conf_t *settings(
        enum hub_kafka_role role, const char *brokers, const char *name, const char *value)
{
	struct hub_kafka_property user[] = { { "bootstrap.servers", brokers } };
	struct hub_kafka_property own[] = { { name, value }, { "auto.offset.reset", "earliest" } };
	rd_kafka_conf_t *conf;
	struct hub_error err;
	if (hub_kafka_conf_new(role, &(struct hub_kafka_properties){ user, 1 }, own,
	            role == HUB_KAFKA_GROUP_CONSUMER ? 2 : 1, &conf, &err) < 0)
		die(err.place, err.text);
	return conf;
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk;
	(void)opaque;
	if (message->err)
		die("delivery", rd_kafka_err2str(message->err));
}

static void produce(struct floor *f, const rd_kafka_message_t *m)
{
	for (;;) {
		rd_kafka_resp_err_t err = rd_kafka_producev(f->producer, RD_KAFKA_V_TOPIC(f->out),
		        RD_KAFKA_V_PARTITION(m->partition), RD_KAFKA_V_VALUE(m->payload, m->len),
		        RD_KAFKA_V_KEY(m->key, m->key_len), RD_KAFKA_V_END);
		if (!err)
			return;
		if (err != RD_KAFKA_RESP_ERR__QUEUE_FULL)
			die("produce", rd_kafka_err2str(err));
		(void)rd_kafka_poll(f->producer, 1);
	}
}

/* One transaction: what comes within BATCH_MS, at most BATCH_EVENTS. Returns the events in it. */
static long transaction(struct floor *f)
{
	rd_kafka_message_t **messages = calloc(BATCH_EVENTS, sizeof(*messages));
	rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new(16);
	long count = 0;
	for (double end = now_s() + BATCH_MS / 1000.0; count < BATCH_EVENTS && now_s() < end;) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(f->consumer, count ? 0 : 100);
		if (!m) {
			if (count)
				break;
			continue;
		}
		if (m->err) {
			rd_kafka_message_destroy(m);
			continue;
		}
		messages[count++] = m;
	}
	if (count) {
		must("begin", rd_kafka_begin_transaction(f->producer));
		for (long i = 0; i < count; i++) {
			const rd_kafka_message_t *m = messages[i];
			const char *topic = rd_kafka_topic_name(m->rkt);
			rd_kafka_topic_partition_t *at =
			        rd_kafka_topic_partition_list_find(offsets, topic, m->partition);
			if (!at)
				at = rd_kafka_topic_partition_list_add(offsets, topic, m->partition);
			at->offset = m->offset + 1;
			produce(f, m);
		}
		rd_kafka_consumer_group_metadata_t *group = rd_kafka_consumer_group_metadata(f->consumer);
		must("offsets", rd_kafka_send_offsets_to_transaction(f->producer, offsets, group, -1));
		must("commit", rd_kafka_commit_transaction(f->producer, -1));
		rd_kafka_consumer_group_metadata_destroy(group);
	}
	for (long i = 0; i < count; i++)
		rd_kafka_message_destroy(messages[i]);
	rd_kafka_topic_partition_list_destroy(offsets);
	free(messages);
	return count;
}

static void open_clients(
        struct floor *f, rd_kafka_conf_t *consumer, rd_kafka_conf_t *producer, const char *topic)
{
	char text[256];
	rd_kafka_conf_set_dr_msg_cb(producer, on_delivery);
	f->consumer = rd_kafka_new(RD_KAFKA_CONSUMER, consumer, text, sizeof(text));
	if (!f->consumer)
		die("consumer", text);
	f->producer = rd_kafka_new(RD_KAFKA_PRODUCER, producer, text, sizeof(text));
	if (!f->producer)
		die("producer", text);
	(void)rd_kafka_poll_set_consumer(f->consumer);
	must("init_transactions", rd_kafka_init_transactions(f->producer, FLOOR_TIMEOUT_MS));
	rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
	(void)rd_kafka_topic_partition_list_add(topics, topic, RD_KAFKA_PARTITION_UA);
	rd_kafka_resp_err_t err = rd_kafka_subscribe(f->consumer, topics);
	if (err)
		die("subscribe", rd_kafka_err2str(err));
	rd_kafka_topic_partition_list_destroy(topics);
}

static void run(struct floor *f, double seconds)
{
	long done = 0;
	double first = 0, last = now_s(), give_up = now_s() + seconds;
	while (done < f->events && now_s() < give_up) {
		double begun = now_s();
		long n = transaction(f);
		if (n && !done)
			first = begun;
		if (n)
			last = now_s();
		done += n;
		(void)rd_kafka_poll(f->producer, 0);
	}
	struct rusage usage;
	(void)getrusage(RUSAGE_SELF, &usage);
	(void)printf("floor events=%ld seconds=%.3f rate=%.0f peak_mb=%ld\n", done, last - first,
	        (double)done / (last - first), usage.ru_maxrss / 1024);
	if (done < f->events)
		die("run", "not all events came in time");
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "brokers", required_argument, NULL, 'b' },
		{ "topic", required_argument, NULL, 't' }, { "out", required_argument, NULL, 'o' },
		{ "events", required_argument, NULL, 'n' }, { "seconds", required_argument, NULL, 's' },
		{ "group", required_argument, NULL, 'g' }, { NULL, 0, NULL, 0 } };
	struct floor f = { 0 };
	const char *brokers = NULL, *topic = NULL, *group = "bench-floor";
	double seconds = 120;
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		switch (c) {
		case 'b':
			brokers = optarg;
			break;
		case 't':
			topic = optarg;
			break;
		case 'o':
			f.out = optarg;
			break;
		case 'n':
			f.events = strtol(optarg, NULL, 10);
			break;
		case 'g':
			group = optarg;
			break;
		case 's':
			seconds = strtod(optarg, NULL);
			break;
		default:
			return 64;
		}
	}
	if (!brokers || !topic || !f.out || f.events <= 0)
		die("usage", "bench_floor --brokers B --topic IN --out OUT --events N");
	rd_kafka_conf_t *consumer = settings(HUB_KAFKA_GROUP_CONSUMER, brokers, "group.id", group);
	rd_kafka_conf_t *producer = settings(HUB_KAFKA_PRODUCER, brokers, "transactional.id", group);
	open_clients(&f, consumer, producer, topic);
	run(&f, seconds);
	(void)rd_kafka_consumer_close(f.consumer);
	rd_kafka_destroy(f.producer);
	rd_kafka_destroy(f.consumer);
	return 0;
}
