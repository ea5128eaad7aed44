/* The floor of the benchmark: the least that any exactly-once consumer must do. Consumes a topic and produces
 * each value to another one in transactions, with the daemon's client settings, and nothing else: no
 * decoding, no rules, no state.
 *
 *   bench_floor --brokers B --topic IN --out OUT --events N [--group ID]
 *               [--decisions D --states S --state-topic T]
 *
 * With --decisions it writes as many records as a router does: of 1,000 events D records with CloudEvents
 * headers to OUT and S to T. When all events are done it stays until it is ended, so that what it cost can be
 * looked at. */
#include "kafka/conf.h"

#include <librdkafka/rdkafka.h>

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BATCH_EVENTS = 20000, BATCH_MS = 100, FLOOR_TIMEOUT_MS = 60000 };

struct floor {
	rd_kafka_t *consumer;
	rd_kafka_t *producer;
	const char *out, *state_topic;
	long events;
	long decisions, states;         /* of 1,000 events; without state_topic one plain record each */
	long decisions_due, states_due; /* thousandths of a record */
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
	if (hub_kafka_conf_new(role, &(struct hub_kafka_properties){ .items = user, .count = 1 }, own,
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

/* Headers as a decision has them, their id made from the event's place. */
static rd_kafka_headers_t *cloudevent(const rd_kafka_message_t *m)
{
	static const char *const fixed[][2] = { { "ce_specversion", "1.0" },
		{ "ce_source", "/hub/referral-router" }, { "ce_type", "hub.referral.ReferralRouted" },
		{ "ce_time", "2026-01-01T07:00:00.000+08:00" }, { "content-type", "application/avro" } };
	char id[64];
	(void)snprintf(
	        id, sizeof(id), "e/referral.events/%d/%lld/0", (int)m->partition, (long long)m->offset);
	rd_kafka_headers_t *headers = rd_kafka_headers_new(6);
	(void)rd_kafka_header_add(headers, "ce_id", -1, id, -1);
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		(void)rd_kafka_header_add(headers, fixed[i][0], -1, fixed[i][1], -1);
	return headers;
}

static void produce_one(struct floor *f, const char *topic, const rd_kafka_message_t *m, bool with_headers)
{
	for (;;) {
		rd_kafka_headers_t *headers = with_headers ? cloudevent(m) : NULL;
		rd_kafka_vu_t fields[] = {
			{ .vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic },
			{ .vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = m->partition },
			{ .vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = { m->payload, m->len } },
			{ .vtype = RD_KAFKA_VTYPE_KEY, .u.mem = { m->key, m->key_len } },
			{ .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers },
		};
		rd_kafka_error_t *error = rd_kafka_produceva(f->producer, fields, headers ? 5 : 4);
		if (!error)
			return;
		if (headers)
			rd_kafka_headers_destroy(headers);
		if (rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR__QUEUE_FULL)
			die("produce", rd_kafka_error_string(error));
		rd_kafka_error_destroy(error);
		(void)rd_kafka_poll(f->producer, 1);
	}
}

static void produce(struct floor *f, const rd_kafka_message_t *m)
{
	if (!f->state_topic) {
		produce_one(f, f->out, m, false);
		return;
	}
	for (f->decisions_due += f->decisions; f->decisions_due >= 1000; f->decisions_due -= 1000)
		produce_one(f, f->out, m, true);
	for (f->states_due += f->states; f->states_due >= 1000; f->states_due -= 1000)
		produce_one(f, f->state_topic, m, false);
}

/* What comes within BATCH_MS, at most BATCH_EVENTS. */
static long gather(struct floor *f, rd_kafka_message_t **messages)
{
	long count = 0;
	for (double end = now_s() + BATCH_MS / 1000.0; count < BATCH_EVENTS && now_s() < end;) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(f->consumer, count ? 0 : 100);
		if (m && m->err)
			rd_kafka_message_destroy(m);
		else if (m)
			messages[count++] = m;
		else if (count)
			break;
	}
	return count;
}

static void note_offset(rd_kafka_topic_partition_list_t *offsets, const rd_kafka_message_t *m)
{
	const char *topic = rd_kafka_topic_name(m->rkt);
	rd_kafka_topic_partition_t *at = rd_kafka_topic_partition_list_find(offsets, topic, m->partition);
	if (!at)
		at = rd_kafka_topic_partition_list_add(offsets, topic, m->partition);
	at->offset = m->offset + 1;
}

/* One transaction. Returns the events in it. */
static long transaction(struct floor *f)
{
	rd_kafka_message_t **messages = calloc(BATCH_EVENTS, sizeof(*messages));
	if (!messages)
		die("memory", "none left");
	rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new(16);
	long count = gather(f, messages);
	if (count) {
		must("begin", rd_kafka_begin_transaction(f->producer));
		for (long i = 0; i < count; i++) {
			note_offset(offsets, messages[i]);
			produce(f, messages[i]);
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

static void parse(
        int argc, char **argv, struct floor *f, const char **brokers, const char **topic, const char **group)
{
	static const struct option options[] = { { "brokers", required_argument, NULL, 'b' },
		{ "topic", required_argument, NULL, 't' }, { "out", required_argument, NULL, 'o' },
		{ "events", required_argument, NULL, 'n' }, { "group", required_argument, NULL, 'g' },
		{ "decisions", required_argument, NULL, 'd' }, { "states", required_argument, NULL, 's' },
		{ "state-topic", required_argument, NULL, 'S' }, { NULL, 0, NULL, 0 } };
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (c == 'b')
			*brokers = optarg;
		else if (c == 't')
			*topic = optarg;
		else if (c == 'o')
			f->out = optarg;
		else if (c == 'n')
			f->events = strtol(optarg, NULL, 10);
		else if (c == 'g')
			*group = optarg;
		else if (c == 'd')
			f->decisions = strtol(optarg, NULL, 10);
		else if (c == 's')
			f->states = strtol(optarg, NULL, 10);
		else if (c == 'S')
			f->state_topic = optarg;
		else
			exit(64);
	}
	if (!*brokers || !*topic || !f->out || f->events <= 0)
		die("usage", "bench_floor --brokers B --topic IN --out OUT --events N");
}

int main(int argc, char **argv)
{
	struct floor f = { .out = NULL };
	const char *brokers = NULL, *topic = NULL, *group = "bench-floor";
	parse(argc, argv, &f, &brokers, &topic, &group);
	rd_kafka_conf_t *consumer = settings(HUB_KAFKA_GROUP_CONSUMER, brokers, "group.id", group);
	rd_kafka_conf_t *producer = settings(HUB_KAFKA_PRODUCER, brokers, "transactional.id", group);
	open_clients(&f, consumer, producer, topic);
	for (long done = 0; done < f.events; (void)rd_kafka_poll(f.producer, 0))
		done += transaction(&f);
	for (;;)
		(void)pause();
}
