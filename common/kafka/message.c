#include "kafka/message.h"

#include "base/check.h"

#include <stdlib.h>

void hub_kafka_headers_done(struct hub_kafka_headers *headers)
{
	free(headers->items);
	*headers = (struct hub_kafka_headers){ 0 };
}

static int take_headers(rd_kafka_message_t *message, struct hub_kafka_headers *room,
        struct hub_kafka_event *ret, struct hub_error *reterr)
{
	rd_kafka_headers_t *headers;
	rd_kafka_resp_err_t err = rd_kafka_message_headers(message, &headers);
	if (err) {
		ret->headers_unreadable = err != RD_KAFKA_RESP_ERR__NOENT; /* it reads 100,000 of them */
		return HUB_OK;
	}
	size_t count = rd_kafka_header_cnt(headers);
	if (count > room->room) {
		struct hub_header *more = realloc(room->items, count * sizeof(*more));
		if (!more)
			return hub_error_set(
			        reterr, HUB_E_FATAL, "kafka", "out of memory for %zu headers", count);
		room->items = more;
		room->room = (uint32_t)count;
	}
	for (size_t i = 0; i < count; i++) {
		const char *name;
		const void *value;
		size_t len;
		if (rd_kafka_header_get_all(headers, i, &name, &value, &len) != RD_KAFKA_RESP_ERR_NO_ERROR)
			break;
		room->items[i] =
		        (struct hub_header){ hub_str_from(name), { value, value ? (uint32_t)len : 0 } };
		ret->header_count = (uint32_t)i + 1;
	}
	ret->headers = room->items;
	return HUB_OK;
}

int hub_kafka_event_of(rd_kafka_message_t *message, int32_t topic, struct hub_kafka_headers *headers,
        struct hub_kafka_event *ret, struct hub_error *reterr)
{
	*ret = (struct hub_kafka_event){
		.kind = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF ? HUB_KAFKA_EOF : HUB_KAFKA_RECORD,
		.at = { topic, message->partition },
		.offset = message->offset,
	};
	if (ret->kind == HUB_KAFKA_EOF)
		return HUB_OK;
	rd_kafka_timestamp_type_t type;
	ret->timestamp_ms = rd_kafka_message_timestamp(message, &type);
	ret->has_key = message->key != NULL;
	if (ret->has_key)
		ret->key = (struct hub_str){ message->key, (uint32_t)message->key_len };
	ret->has_value = message->payload != NULL;
	if (ret->has_value)
		ret->value = (struct hub_str){ message->payload, (uint32_t)message->len };
	return take_headers(message, headers, ret, reterr);
}

rd_kafka_headers_t *hub_kafka_headers_copy(const struct hub_header *headers, uint32_t count)
{
	if (count == 0)
		return NULL;
	rd_kafka_headers_t *copy = rd_kafka_headers_new(count);
	for (uint32_t i = 0; i < count; i++)
		rd_kafka_header_add(copy, headers[i].name.data, (ssize_t)headers[i].name.len,
		        headers[i].value.data, (ssize_t)headers[i].value.len);
	return copy;
}

void *hub_kafka_bytes(struct hub_str bytes)
{
	static const char nothing[1];
	return (void *)(uintptr_t)(bytes.len ? bytes.data : nothing);
}

char *hub_kafka_text(struct hub_str text)
{
	if (text.len == 0)
		return NULL;
	char *copy = malloc((size_t)text.len + 1);
	hub_check(copy);
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return copy;
}
