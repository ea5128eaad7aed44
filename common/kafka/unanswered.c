#include "kafka/unanswered.h"

#include <stdbool.h>
#include <stddef.h>

static const struct {
	int request;
	const char *name;
} requests[] = {
	{ 24, "AddPartitionsToTxn" },
	{ 25, "AddOffsetsToTxn" },
	{ 26, "EndTxn" },
	{ 28, "TxnOffsetCommit" },
};

enum { REQUEST_COUNT = sizeof(requests) / sizeof(requests[0]) };

static const char *name_of(int request)
{
	for (size_t i = 0; i < REQUEST_COUNT; i++)
		if (requests[i].request == request)
			return requests[i].name;
	return NULL;
}

/* The broker may have heard the request, or may hear it yet. Not when it never left its queue, as while a broker is
 * down; and not when the handle itself goes. */
static bool was_lost(rd_kafka_resp_err_t err)
{
	return err && err != RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE && err != RD_KAFKA_RESP_ERR__DESTROY;
}

/* Called with each answer, and when there will be none. */
static rd_kafka_resp_err_t on_response(rd_kafka_t *rk, int socket, const char *broker, int32_t broker_id,
        int16_t request, int16_t version, int32_t correlation, size_t size, int64_t rtt,
        rd_kafka_resp_err_t err, void *user)
{
	(void)rk, (void)socket, (void)broker, (void)broker_id, (void)version, (void)correlation, (void)size,
	        (void)rtt;
	struct hub_kafka_unanswered *unanswered = user;
	if (was_lost(err) && name_of(request))
		atomic_store(&unanswered->request, request);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_new(
        rd_kafka_t *rk, const rd_kafka_conf_t *conf, void *user, char *text, size_t size)
{
	(void)conf, (void)text, (void)size;
	return rd_kafka_interceptor_add_on_response_received(rk, "unanswered", on_response, user);
}

void hub_kafka_unanswered_watch(struct hub_kafka_unanswered *unanswered, rd_kafka_conf_t *conf)
{
	atomic_init(&unanswered->request, 0);
	(void)rd_kafka_conf_interceptor_add_on_new(conf, "unanswered", on_new, unanswered);
}

const char *hub_kafka_unanswered_name(const struct hub_kafka_unanswered *unanswered)
{
	return name_of(atomic_load(&unanswered->request));
}
