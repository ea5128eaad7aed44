#include "kafka/ask.h"

#include "kafka/kafka_error.h"

#include <stdbool.h>
#include <time.h>

enum { LEADER_PAUSE_MS = 50 };

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

static bool has_no_leader(rd_kafka_resp_err_t err)
{
	return err == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
	       err == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
	       err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || err == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

int hub_kafka_ends(rd_kafka_t *rk, const char *topic, int32_t partition, int timeout_ms, int64_t *ret_low,
        int64_t *ret_high, struct hub_error *reterr)
{
	for (int waited_ms = 0;; waited_ms += LEADER_PAUSE_MS) {
		rd_kafka_resp_err_t err =
		        rd_kafka_query_watermark_offsets(rk, topic, partition, ret_low, ret_high, timeout_ms);
		if (!err)
			return HUB_OK;
		if (!has_no_leader(err) || waited_ms >= timeout_ms)
			return hub_kafka_from_err(err, "ask where a partition ends", NULL, reterr);
		(void)nanosleep(&(struct timespec){ .tv_nsec = LEADER_PAUSE_MS * 1000000L }, NULL);
	}
}
