#include "kafka/kafka_error.h"

#include <stddef.h>

/* What a bare code means outside of librdkafka's own flags. Transient: the cluster or the way to it; access
 * that is refused is waited for too, since an operator mends it without a restart of ours. */
static const struct {
	rd_kafka_resp_err_t err;
	enum hub_code code;
} meanings[] = {
	{ RD_KAFKA_RESP_ERR__TRANSPORT, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__TIMED_OUT, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__RESOLVE, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__SSL, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__AUTHENTICATION, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__WAIT_COORD, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__WAIT_CACHE, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__IN_PROGRESS, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__PREV_IN_PROGRESS, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__RETRY, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__INTR, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__QUEUE_FULL, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__PARTIAL, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__BAD_MSG, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_NOT_COORDINATOR, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_NOT_CONTROLLER, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, HUB_E_RETRY },
	{ RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, HUB_E_TOO_LARGE },
	{ RD_KAFKA_RESP_ERR__INVALID_ARG, HUB_E_INVALID },
};

static enum hub_code meaning_of(rd_kafka_resp_err_t err)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].err == err)
			return meanings[i].code;
	return HUB_E_FATAL;
}

int hub_kafka_from_err(
        rd_kafka_resp_err_t err, const char *doing, const char *detail, struct hub_error *reterr)
{
	if (err == RD_KAFKA_RESP_ERR_NO_ERROR)
		return HUB_OK;
	return hub_error_set(reterr, meaning_of(err), "kafka", "cannot %s: %s (%s)", doing,
	        detail && *detail ? detail : rd_kafka_err2str(err), rd_kafka_err2name(err));
}

static int take_error(
        rd_kafka_error_t *error, const char *doing, enum hub_code otherwise, struct hub_error *reterr)
{
	if (!error)
		return HUB_OK;
	enum hub_code code = otherwise;
	if (rd_kafka_error_is_fatal(error))
		code = HUB_E_FATAL;
	else if (rd_kafka_error_txn_requires_abort(error))
		code = HUB_E_ABORT;
	else if (rd_kafka_error_is_retriable(error))
		code = HUB_E_RETRY;
	int result = hub_error_set(reterr, code, "kafka", "cannot %s: %s (%s)", doing,
	        rd_kafka_error_string(error), rd_kafka_error_name(error));
	rd_kafka_error_destroy(error);
	return result;
}

int hub_kafka_from_error(rd_kafka_error_t *error, const char *doing, struct hub_error *reterr)
{
	return take_error(error, doing, error ? meaning_of(rd_kafka_error_code(error)) : HUB_OK, reterr);
}

int hub_kafka_from_commit_error(rd_kafka_error_t *error, struct hub_error *reterr)
{
	return take_error(error, "commit the transaction", HUB_E_UNKNOWN, reterr);
}
