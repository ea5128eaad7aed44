/* One transaction at a time: begin, produce, send offsets, commit or abort. Delivery reports and errors are
 * served on the caller's thread by whichever call comes next. */
#include "kafka/producer.h"

#include "base/check.h"
#include "kafka/conf.h"
#include "kafka/kafka_error.h"
#include "kafka/message.h"
#include "kafka/produced.h"
#include "kafka/unanswered.h"

#include <stdlib.h>

enum { ANSWER_WAIT_MS = 2000, WAIT_FOREVER = -1, SERVE_EVERY = 256 };

struct hub_kafka_producer {
	struct hub_kafka_logger logger; /* first: librdkafka's opaque */
	rd_kafka_t *rk;
	const char *const *topics;  /* borrowed */
	rd_kafka_topic_t **handles; /* one a topic */
	uint32_t topic_count;

	struct hub_kafka_produced produced; /* of this transaction */
	uint64_t queued;
	uint64_t delivered;
	struct hub_kafka_unanswered unanswered;

	bool failed;
	struct hub_error failure;
};

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *user)
{
	(void)rk;
	struct hub_kafka_producer *producer = user;
	if (message->err)
		return; /* the transaction can only be aborted now, and librdkafka says so at its next call */
	rd_kafka_timestamp_type_t type;
	struct hub_topic_partition at = { (int32_t)(intptr_t)message->_private, message->partition };
	producer->delivered++;
	hub_kafka_produced_note(
	        &producer->produced, at, message->offset, rd_kafka_message_timestamp(message, &type));
}

static void on_error(rd_kafka_t *rk, int err, const char *reason, void *user)
{
	struct hub_kafka_producer *producer = user;
	char text[256];
	hub_kafka_hear(&producer->logger, err, reason);
	if (err == RD_KAFKA_RESP_ERR__FATAL) {
		rd_kafka_resp_err_t cause = rd_kafka_fatal_error(rk, text, sizeof(text));
		hub_error_set(&producer->failure, HUB_E_FATAL, "kafka", "the producer failed: %s (%s)", text,
		        rd_kafka_err2name(cause));
		producer->failed = true;
	}
}

static int make_handles(struct hub_kafka_producer *producer, struct hub_error *reterr)
{
	producer->handles = calloc(producer->topic_count, sizeof(rd_kafka_topic_t *));
	if (!producer->handles)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
	for (uint32_t i = 0; i < producer->topic_count; i++) {
		producer->handles[i] = rd_kafka_topic_new(producer->rk, producer->topics[i], NULL);
		if (!producer->handles[i])
			return hub_kafka_from_err(rd_kafka_last_error(), "make a topic handle", NULL, reterr);
	}
	return HUB_OK;
}

static int make_rk(struct hub_kafka_producer *producer, const struct hub_kafka_options *options,
        struct hub_error *reterr)
{
	const struct hub_kafka_property own[] = {
		{ "transactional.id", options->transactional_id },
		{ "client.id", options->transactional_id },
	};
	rd_kafka_conf_t *conf;
	int code = hub_kafka_conf_new(HUB_KAFKA_PRODUCER, &options->properties, own, 2, &conf, reterr);
	if (code)
		return code;
	hub_kafka_conf_opaque(conf, &producer->logger);
	rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
	rd_kafka_conf_set_error_cb(conf, on_error);
	hub_kafka_unanswered_watch(&producer->unanswered, conf);
	return hub_kafka_handle_new(HUB_KAFKA_PRODUCER, conf, &producer->rk, reterr);
}

int hub_kafka_producer_new(
        const struct hub_kafka_options *options, struct hub_kafka_producer **ret, struct hub_error *reterr)
{
	struct hub_kafka_producer *producer = calloc(1, sizeof(*producer));
	if (!producer)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
	producer->logger = (struct hub_kafka_logger){ .fn = options->log, .user = options->log_user };
	producer->topics = options->topics;
	producer->topic_count = options->topic_count;
	int code = make_rk(producer, options, reterr);
	if (!code)
		code = make_handles(producer, reterr);
	if (code) {
		hub_kafka_producer_free(producer);
		return code;
	}
	*ret = producer;
	return HUB_OK;
}

void hub_kafka_producer_free(struct hub_kafka_producer *producer)
{
	if (!producer)
		return;
	for (uint32_t i = 0; producer->handles && i < producer->topic_count; i++)
		if (producer->handles[i])
			rd_kafka_topic_destroy(producer->handles[i]);
	free(producer->handles);
	if (producer->rk) {
		rd_kafka_purge(producer->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
		rd_kafka_destroy(producer->rk);
	}
	hub_kafka_produced_done(&producer->produced);
	free(producer);
}

bool hub_kafka_producer_serve(struct hub_kafka_producer *producer, struct hub_error *ret)
{
	rd_kafka_poll(producer->rk, 0);
	if (producer->failed)
		*ret = producer->failure;
	return producer->failed;
}

int hub_kafka_producer_init_transactions(struct hub_kafka_producer *producer, struct hub_error *reterr)
{
	int code = hub_kafka_from_error(rd_kafka_init_transactions(producer->rk, ANSWER_WAIT_MS),
	        "claim the transactional id", reterr);
	return hub_kafka_say_why(producer->rk, &producer->logger, code, reterr);
}

/* A request of this epoch may still be on its way: the process is to be restarted after this transaction. */
static bool epoch_is_spent(const struct hub_kafka_producer *producer, struct hub_error *reterr)
{
	const char *request = hub_kafka_unanswered_name(&producer->unanswered);
	if (request)
		hub_error_set(reterr, HUB_E_UNKNOWN, "kafka",
		        "the answer to a request of a transaction (%s) was lost; a new epoch is needed",
		        request);
	return request != NULL;
}

int hub_kafka_producer_begin(struct hub_kafka_producer *producer, struct hub_error *reterr)
{
	rd_kafka_poll(producer->rk, 0);
	if (epoch_is_spent(producer, reterr))
		return HUB_E_UNKNOWN;
	int code =
	        hub_kafka_from_error(rd_kafka_begin_transaction(producer->rk), "begin a transaction", reterr);
	if (code)
		return code;
	hub_kafka_produced_reset(&producer->produced);
	producer->queued = producer->delivered = 0;
	return HUB_OK;
}

static rd_kafka_error_t *enqueue(struct hub_kafka_producer *producer, const struct hub_kafka_record *record)
{
	rd_kafka_headers_t *headers = hub_kafka_headers_copy(record->headers, record->header_count);
	rd_kafka_vu_t what[] = {
		{ .vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = producer->handles[record->to.topic] },
		{ .vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = record->to.partition },
		{ .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = 0 }, /* the value stays the caller's */
		{ .vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = (void *)(intptr_t)record->to.topic },
		{ .vtype = RD_KAFKA_VTYPE_KEY,
		        .u.mem = { record->has_key ? hub_kafka_bytes(record->key) : NULL, record->key.len } },
		{ .vtype = RD_KAFKA_VTYPE_VALUE,
		        .u.mem = { record->has_value ? hub_kafka_bytes(record->value) : NULL,
		                record->value.len } },
		{ .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers },
	};
	size_t count = sizeof(what) / sizeof(what[0]) - (headers ? 0 : 1);
	rd_kafka_error_t *error = rd_kafka_produceva(producer->rk, what, count);
	if (error && headers)
		rd_kafka_headers_destroy(headers);
	return error;
}

/* A record that is refused because the transaction has failed already gives a bare state error. */
static int refused(struct hub_kafka_producer *producer, rd_kafka_error_t *error, struct hub_error *reterr)
{
	bool state = rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR__STATE;
	int code = hub_kafka_from_error(error, "produce a record", reterr);
	char text[256];
	if (state && !rd_kafka_fatal_error(producer->rk, text, sizeof(text))) {
		code = HUB_E_ABORT;
		if (reterr)
			reterr->code = HUB_E_ABORT;
	}
	return code;
}

int hub_kafka_producer_produce(
        struct hub_kafka_producer *producer, const struct hub_kafka_record *record, struct hub_error *reterr)
{
	hub_check(record->to.topic >= 0 && (uint32_t)record->to.topic < producer->topic_count);
	for (;;) {
		rd_kafka_error_t *error = enqueue(producer, record);
		if (!error)
			break;
		if (rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR__QUEUE_FULL)
			return refused(producer, error, reterr);
		rd_kafka_error_destroy(error);
		rd_kafka_poll(producer->rk, 10);
	}
	if (++producer->queued % SERVE_EVERY == 0)
		rd_kafka_poll(producer->rk, 0);
	return HUB_OK;
}

/* The group's coordinator says that this member's generation is over. */
static bool is_refusal(rd_kafka_resp_err_t err)
{
	return err == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION || err == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID ||
	       err == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID || err == RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS;
}

static int offsets_result(rd_kafka_error_t *error, struct hub_error *reterr)
{
	bool refused_offsets =
	        error && is_refusal(rd_kafka_error_code(error)) && !rd_kafka_error_is_fatal(error);
	int code = hub_kafka_from_error(error, "send the offsets", reterr);
	if (!refused_offsets)
		return code;
	if (reterr)
		reterr->code = HUB_E_REFUSED;
	return HUB_E_REFUSED;
}

int hub_kafka_producer_send_offsets(struct hub_kafka_producer *producer,
        const struct hub_kafka_offset *offsets, uint32_t count,
        const rd_kafka_consumer_group_metadata_t *metadata, struct hub_error *reterr)
{
	hub_check(metadata && count > 0);
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
	for (uint32_t i = 0; i < count; i++) {
		const struct hub_kafka_offset *offset = &offsets[i];
		rd_kafka_topic_partition_t *item = rd_kafka_topic_partition_list_add(
		        list, producer->topics[offset->at.topic], offset->at.partition);
		item->offset = offset->next;
		item->metadata = hub_kafka_text(offset->metadata); /* the list frees it */
		item->metadata_size = offset->metadata.len;
	}
	rd_kafka_error_t *error =
	        rd_kafka_send_offsets_to_transaction(producer->rk, list, metadata, WAIT_FOREVER);
	rd_kafka_poll(producer->rk, 0);
	rd_kafka_topic_partition_list_destroy(list);
	return offsets_result(error, reterr);
}

int hub_kafka_producer_commit(struct hub_kafka_producer *producer, struct hub_error *reterr)
{
	int code =
	        hub_kafka_from_commit_error(rd_kafka_commit_transaction(producer->rk, WAIT_FOREVER), reterr);
	rd_kafka_poll(producer->rk, 0);
	return code;
}

/* Aborting before the first record has reached the broker can fail for good. */
static void await_first_delivery(struct hub_kafka_producer *producer)
{
	for (int waited = 0; producer->queued && !producer->delivered && waited < ANSWER_WAIT_MS;
	        waited += 10)
		if (rd_kafka_outq_len(producer->rk) == 0 || rd_kafka_poll(producer->rk, 10) < 0)
			return;
}

int hub_kafka_producer_abort(struct hub_kafka_producer *producer, struct hub_error *reterr)
{
	/* The new epoch will abort it; to do so first has been seen to take 13 s while a broker is away. */
	if (epoch_is_spent(producer, reterr))
		return HUB_E_UNKNOWN;
	await_first_delivery(producer);
	int code = hub_kafka_from_error(
	        rd_kafka_abort_transaction(producer->rk, WAIT_FOREVER), "abort the transaction", reterr);
	rd_kafka_poll(producer->rk, 0);
	return code;
}

int hub_kafka_producer_produced(const struct hub_kafka_producer *producer, struct hub_topic_partition at,
        int64_t *ret_offset, int64_t *ret_timestamp_ms)
{
	const struct hub_kafka_landing *landing = hub_kafka_produced_find(&producer->produced, at);
	if (!landing)
		return HUB_E_NOT_FOUND;
	*ret_offset = landing->offset;
	*ret_timestamp_ms = landing->timestamp_ms;
	return HUB_OK;
}
