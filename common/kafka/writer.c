#include "kafka/writer.h"

#include "kafka/conf.h"
#include "kafka/kafka_error.h"
#include "kafka/message.h"

#include <stdlib.h>

enum { WAIT_FOREVER = -1 };

struct hub_kafka_writer {
	struct hub_kafka_logger logger; /* first: librdkafka's opaque */
	rd_kafka_t *rk;
	uint64_t acknowledged;
	int64_t last_offset;
	bool failed; /* a delivery did; told once */
	struct hub_error failure;
};

static int delivery_failure(rd_kafka_resp_err_t err, const char *topic, struct hub_error *reterr)
{
	int code = hub_kafka_from_err(err, "write", NULL, reterr);
	bool unknown = err == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
	               err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
	               err == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
	if (unknown)
		return hub_error_set(reterr, HUB_E_NOT_FOUND, topic, "there is no such topic or partition");
	return code;
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *user)
{
	(void)rk;
	struct hub_kafka_writer *writer = user;
	if (!message->err) {
		writer->acknowledged++;
		writer->last_offset = message->offset;
	} else if (!writer->failed) {
		writer->failed = true;
		delivery_failure(message->err, rd_kafka_topic_name(message->rkt), &writer->failure);
	}
}

static int take_failure(struct hub_kafka_writer *writer, struct hub_error *reterr)
{
	rd_kafka_poll(writer->rk, 0);
	if (!writer->failed)
		return HUB_OK;
	writer->failed = false;
	if (reterr)
		*reterr = writer->failure;
	return writer->failure.code;
}

int hub_kafka_writer_open(const struct hub_kafka_properties *properties, const char *transactional_id,
        int timeout_ms, struct hub_kafka_writer **ret, struct hub_error *reterr)
{
	struct hub_kafka_writer *writer = calloc(1, sizeof(*writer));
	if (!writer)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
	writer->last_offset = HUB_OFFSET_NONE;
	const struct hub_kafka_property own[] = { { "transactional.id", transactional_id } };
	rd_kafka_conf_t *conf;
	int code = hub_kafka_conf_new(
	        HUB_KAFKA_WRITER, properties, own, transactional_id ? 1 : 0, &conf, reterr);
	if (!code) {
		hub_kafka_conf_opaque(conf, &writer->logger);
		rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
		code = hub_kafka_handle_new(HUB_KAFKA_WRITER, conf, &writer->rk, reterr);
	}
	if (!code && transactional_id)
		code = hub_kafka_from_error(rd_kafka_init_transactions(writer->rk, timeout_ms),
		        "claim the transactional id", reterr);
	if (code) {
		if (writer->rk)
			hub_kafka_say_why(writer->rk, &writer->logger, code, reterr);
		hub_kafka_writer_close(writer);
		return code;
	}
	*ret = writer;
	return HUB_OK;
}

int hub_kafka_writer_begin(struct hub_kafka_writer *writer, struct hub_error *reterr)
{
	return hub_kafka_from_error(rd_kafka_begin_transaction(writer->rk), "begin a transaction", reterr);
}

int hub_kafka_writer_commit(struct hub_kafka_writer *writer, struct hub_error *reterr)
{
	int code = hub_kafka_from_commit_error(rd_kafka_commit_transaction(writer->rk, WAIT_FOREVER), reterr);
	int failure = take_failure(writer, code == HUB_E_ABORT ? reterr : NULL);
	return code ? code : failure;
}

int hub_kafka_writer_abort(struct hub_kafka_writer *writer, struct hub_error *reterr)
{
	int code = hub_kafka_from_error(
	        rd_kafka_abort_transaction(writer->rk, WAIT_FOREVER), "abort the transaction", reterr);
	rd_kafka_poll(writer->rk, 0);
	writer->failed = false; /* what was aborted counts as never sent */
	return code;
}

static rd_kafka_error_t *enqueue(struct hub_kafka_writer *writer, const struct hub_kafka_message *message)
{
	rd_kafka_headers_t *headers = hub_kafka_headers_copy(message->headers, message->header_count);
	rd_kafka_vu_t what[] = {
		{ .vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = message->topic },
		{ .vtype = RD_KAFKA_VTYPE_PARTITION,
		        .u.i32 = message->partition < 0 ? RD_KAFKA_PARTITION_UA : message->partition },
		{ .vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY },
		{ .vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = message->timestamp_ms },
		{ .vtype = RD_KAFKA_VTYPE_KEY,
		        .u.mem = { message->has_key ? hub_kafka_bytes(message->key) : NULL,
		                message->key.len } },
		{ .vtype = RD_KAFKA_VTYPE_VALUE,
		        .u.mem = { message->has_value ? hub_kafka_bytes(message->value) : NULL,
		                message->value.len } },
		{ .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers },
	};
	rd_kafka_error_t *error =
	        rd_kafka_produceva(writer->rk, what, sizeof(what) / sizeof(what[0]) - (headers ? 0 : 1));
	if (error && headers)
		rd_kafka_headers_destroy(headers);
	return error;
}

int hub_kafka_writer_send(
        struct hub_kafka_writer *writer, const struct hub_kafka_message *message, struct hub_error *reterr)
{
	for (;;) {
		int code = take_failure(writer, reterr);
		if (code)
			return code;
		rd_kafka_error_t *error = enqueue(writer, message);
		if (!error)
			return HUB_OK;
		rd_kafka_resp_err_t err = rd_kafka_error_code(error);
		if (err != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
			code = hub_kafka_from_error(error, "write", reterr);
			return code == HUB_E_RETRY ? delivery_failure(err, message->topic, reterr) : code;
		}
		rd_kafka_error_destroy(error);
		rd_kafka_poll(writer->rk, 10);
	}
}

int hub_kafka_writer_flush(struct hub_kafka_writer *writer, int timeout_ms, struct hub_error *reterr)
{
	rd_kafka_resp_err_t err = rd_kafka_flush(writer->rk, timeout_ms);
	int code = take_failure(writer, reterr);
	return code ? code : hub_kafka_from_err(err, "wait for acknowledgements", NULL, reterr);
}

int64_t hub_kafka_writer_last_offset(const struct hub_kafka_writer *writer)
{
	return writer->last_offset;
}

uint64_t hub_kafka_writer_acknowledged(const struct hub_kafka_writer *writer)
{
	return writer->acknowledged;
}

void hub_kafka_writer_close(struct hub_kafka_writer *writer)
{
	if (!writer)
		return;
	if (writer->rk) {
		rd_kafka_purge(writer->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
		rd_kafka_destroy(writer->rk);
	}
	free(writer);
}
