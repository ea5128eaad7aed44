#include "kafka/kafka.h"

#include "kafka/consumer.h"
#include "kafka/producer.h"

#include <stdlib.h>
#include <string.h>

struct hub_kafka {
	struct hub_kafka_port port;
	struct hub_kafka_consumer *consumer;
	struct hub_kafka_producer *producer;
	char **topics; /* owned copies */
	uint32_t topic_count;
	uint32_t polls;
};

/* How often a busy poll also looks at the producer. */
enum { SERVE_PRODUCER_EVERY = 1024 };

static int on_poll(void *user, int64_t wait_us, struct hub_kafka_event *ret, struct hub_error *reterr)
{
	struct hub_kafka *kafka = user;
	struct hub_error failure;
	if (wait_us > 0 || ++kafka->polls % SERVE_PRODUCER_EVERY == 0) {
		if (hub_kafka_producer_serve(kafka->producer, &failure)) {
			*ret = (struct hub_kafka_event){
				.kind = HUB_KAFKA_ERROR, .at = { -1, -1 }, .error = failure
			};
			return HUB_OK;
		}
	}
	return hub_kafka_consumer_poll(kafka->consumer, wait_us, ret, reterr);
}

static int on_join(void *user, struct hub_error *reterr)
{
	return hub_kafka_consumer_join(((struct hub_kafka *)user)->consumer, reterr);
}

static int on_assign(
        void *user, const struct hub_kafka_offset *from, uint32_t count, struct hub_error *reterr)
{
	return hub_kafka_consumer_assign(((struct hub_kafka *)user)->consumer, from, count, reterr);
}

static int on_committed(void *user, struct hub_kafka_offset *in_out, uint32_t count, struct hub_arena *arena,
        struct hub_error *reterr)
{
	return hub_kafka_consumer_committed(
	        ((struct hub_kafka *)user)->consumer, in_out, count, arena, reterr);
}

static int on_watermarks(void *user, struct hub_topic_partition at, int64_t *ret_low, int64_t *ret_high,
        struct hub_error *reterr)
{
	return hub_kafka_consumer_watermarks(
	        ((struct hub_kafka *)user)->consumer, at, ret_low, ret_high, reterr);
}

static int on_take_metadata(void *user, struct hub_error *reterr)
{
	return hub_kafka_consumer_take_metadata(((struct hub_kafka *)user)->consumer, reterr);
}

static int64_t on_known_high(void *user, struct hub_topic_partition at)
{
	return hub_kafka_consumer_known_high(((struct hub_kafka *)user)->consumer, at);
}

static int on_partition_count(void *user, int32_t topic, int32_t *ret_count, struct hub_error *reterr)
{
	return hub_kafka_consumer_partition_count(
	        ((struct hub_kafka *)user)->consumer, topic, ret_count, reterr);
}

static int on_init_transactions(void *user, struct hub_error *reterr)
{
	return hub_kafka_producer_init_transactions(((struct hub_kafka *)user)->producer, reterr);
}

static int on_begin(void *user, struct hub_error *reterr)
{
	return hub_kafka_producer_begin(((struct hub_kafka *)user)->producer, reterr);
}

static int on_produce(void *user, const struct hub_kafka_record *record, struct hub_error *reterr)
{
	return hub_kafka_producer_produce(((struct hub_kafka *)user)->producer, record, reterr);
}

static int on_send_offsets(
        void *user, const struct hub_kafka_offset *offsets, uint32_t count, struct hub_error *reterr)
{
	struct hub_kafka *kafka = user;
	return hub_kafka_producer_send_offsets(
	        kafka->producer, offsets, count, hub_kafka_consumer_metadata(kafka->consumer), reterr);
}

static int on_commit(void *user, struct hub_error *reterr)
{
	return hub_kafka_producer_commit(((struct hub_kafka *)user)->producer, reterr);
}

static int on_abort(void *user, struct hub_error *reterr)
{
	return hub_kafka_producer_abort(((struct hub_kafka *)user)->producer, reterr);
}

static int on_produced_offset(
        void *user, struct hub_topic_partition at, int64_t *ret_offset, int64_t *ret_timestamp_ms)
{
	return hub_kafka_producer_produced(
	        ((struct hub_kafka *)user)->producer, at, ret_offset, ret_timestamp_ms);
}

static const struct hub_kafka_port port_functions = {
	.poll = on_poll,
	.join = on_join,
	.assign = on_assign,
	.committed_stable = on_committed,
	.watermarks = on_watermarks,
	.take_group_metadata = on_take_metadata,
	.known_high = on_known_high,
	.partition_count = on_partition_count,
	.init_transactions = on_init_transactions,
	.begin = on_begin,
	.produce = on_produce,
	.send_offsets = on_send_offsets,
	.commit = on_commit,
	.abort = on_abort,
	.produced_offset = on_produced_offset,
};

static bool copy_topics(struct hub_kafka *kafka, const struct hub_kafka_options *options)
{
	kafka->topics = calloc(options->topic_count, sizeof(char *));
	if (!kafka->topics)
		return false;
	kafka->topic_count = options->topic_count;
	for (uint32_t i = 0; i < options->topic_count; i++) {
		kafka->topics[i] = strdup(options->topics[i]);
		if (!kafka->topics[i])
			return false;
	}
	return true;
}

int hub_kafka_open(const struct hub_kafka_options *options, struct hub_kafka **ret, struct hub_error *reterr)
{
	struct hub_kafka *kafka = calloc(1, sizeof(*kafka));
	if (!kafka || !copy_topics(kafka, options)) {
		hub_kafka_close(kafka, 0);
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
	}
	struct hub_kafka_options own = *options;
	own.topics = (const char *const *)kafka->topics;
	int code = hub_kafka_producer_new(&own, &kafka->producer, reterr);
	if (!code)
		code = hub_kafka_consumer_new(&own, &kafka->consumer, reterr);
	if (code) {
		hub_kafka_close(kafka, 0);
		return code;
	}
	kafka->port = port_functions;
	kafka->port.user = kafka;
	*ret = kafka;
	return HUB_OK;
}

void hub_kafka_close(struct hub_kafka *kafka, int wait_ms)
{
	if (!kafka)
		return;
	hub_kafka_producer_free(kafka->producer);
	hub_kafka_consumer_free(kafka->consumer, wait_ms);
	for (uint32_t i = 0; kafka->topics && i < kafka->topic_count; i++)
		free(kafka->topics[i]);
	free(kafka->topics);
	free(kafka);
}

const struct hub_kafka_port *hub_kafka_port(struct hub_kafka *kafka)
{
	return &kafka->port;
}
