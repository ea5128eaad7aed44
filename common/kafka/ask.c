#include "kafka/ask.h"

#include "kafka/kafka_error.h"

#include <stdbool.h>
#include <time.h>

enum { LEADER_PAUSE_MS = 50, TRIES = 4 };

int hub_kafka_partition_count(
        rd_kafka_t *rk, const char *topic, int timeout_ms, int32_t *ret_count, struct hub_error *reterr)
{
	rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, topic, NULL);
	if (!handle)
		return hub_kafka_from_err(
		        rd_kafka_last_error(), "ask for a topic's partitions", NULL, reterr);
	const struct rd_kafka_metadata *metadata;
	rd_kafka_resp_err_t err = rd_kafka_metadata(rk, 0, handle, &metadata, timeout_ms);
	rd_kafka_topic_destroy(handle);
	if (err)
		return hub_kafka_from_err(err, "ask for a topic's partitions", NULL, reterr);
	int code = HUB_OK;
	if (metadata->topic_cnt != 1 || metadata->topics[0].err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
		code = hub_error_set(reterr, HUB_E_NOT_FOUND, topic, "there is no such topic");
	else if (metadata->topics[0].err)
		code = hub_kafka_from_err(
		        metadata->topics[0].err, "ask for a topic's partitions", NULL, reterr);
	else
		*ret_count = metadata->topics[0].partition_cnt;
	rd_kafka_metadata_destroy(metadata);
	return code;
}

/* The leader has gone, or moved while librdkafka still believes in the former one. */
static bool passes(rd_kafka_resp_err_t err)
{
	return err == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
	       err == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
	       err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
	       err == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || err == RD_KAFKA_RESP_ERR__TRANSPORT ||
	       err == RD_KAFKA_RESP_ERR__TIMED_OUT;
}

/* Not rd_kafka_query_watermark_offsets: whatever it is told, it waits for a leader that has died, or is
 * silent, until socket.timeout.ms. */
static rd_kafka_resp_err_t ask_end(
        rd_kafka_t *rk, const char *topic, int32_t partition, int64_t which, int timeout_ms, int64_t *ret)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_t *item = rd_kafka_topic_partition_list_add(list, topic, partition);
	item->offset = which;
	rd_kafka_resp_err_t err = rd_kafka_offsets_for_times(rk, list, timeout_ms);
	if (!err)
		err = item->err;
	*ret = item->offset;
	rd_kafka_topic_partition_list_destroy(list);
	return err;
}

/* A handle that only asks is not told of a new leader: it keeps what it was once told. */
static void learn_leaders(rd_kafka_t *rk, const char *topic, int timeout_ms)
{
	int32_t count;
	(void)hub_kafka_partition_count(rk, topic, timeout_ms, &count, NULL);
}

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int hub_kafka_ends(rd_kafka_t *rk, const char *topic, int32_t partition, int timeout_ms, int64_t *ret_low,
        int64_t *ret_high, struct hub_error *reterr)
{
	const int try_ms = timeout_ms / TRIES;
	for (int64_t until = now_ms() + timeout_ms;;) {
		rd_kafka_resp_err_t err =
		        ask_end(rk, topic, partition, RD_KAFKA_OFFSET_BEGINNING, try_ms, ret_low);
		if (!err)
			err = ask_end(rk, topic, partition, RD_KAFKA_OFFSET_END, try_ms, ret_high);
		if (!err)
			return HUB_OK;
		if (!passes(err) || now_ms() >= until)
			return hub_kafka_from_err(err, "ask where a partition ends", NULL, reterr);
		learn_leaders(rk, topic, try_ms);
		(void)nanosleep(&(struct timespec){ .tv_nsec = LEADER_PAUSE_MS * 1000000L }, NULL);
	}
}
