#include "kafka/ask.h"

#include "kafka/kafka_error.h"

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
