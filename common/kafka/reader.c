/* librdkafka's simple consumer: every partition's fetcher feeds one queue, no group is involved. */
#include "kafka/reader.h"

#include "kafka/ask.h"
#include "kafka/conf.h"
#include "kafka/kafka_error.h"
#include "kafka/message.h"

#include <stdlib.h>
#include <string.h>

enum { DEFAULT_TIMEOUT_MS = 10000 };

struct track {
	rd_kafka_topic_t *handle; /* borrowed from the reader's */
	int32_t topic;
	int32_t partition;
	int64_t start; /* where reading begins */
	int64_t end;   /* where the partition ended at the opening */
	bool started;
	bool at_end;
};

struct hub_kafka_reader {
	struct hub_kafka_handle *handle;
	rd_kafka_t *rk; /* its */
	rd_kafka_queue_t *queue;
	rd_kafka_topic_t **handles;
	uint32_t topic_count;
	struct track *tracks;
	uint32_t track_count;
	uint32_t open_tracks; /* not yet at their end */
	bool end_told;
	struct hub_kafka_headers headers;
	rd_kafka_message_t *message;
	bool has_trouble;
	struct hub_error trouble;
};

static void on_error(void *user, int err, const char *reason)
{
	struct hub_kafka_reader *reader = user;
	hub_kafka_from_err((rd_kafka_resp_err_t)err, "read", reason, &reader->trouble);
	reader->has_trouble = true;
}

static int take_handle(struct hub_kafka_reader *reader, const struct hub_kafka_reader_options *options,
        struct hub_error *reterr)
{
	const struct hub_kafka_property own[] = { { "isolation.level", "read_uncommitted" } };
	int code = hub_kafka_borrow(
	        HUB_KAFKA_READER, &options->properties, own, options->uncommitted, &reader->handle, reterr);
	if (code)
		return code;
	reader->rk = reader->handle->rk;
	reader->handle->hears = on_error;
	reader->handle->user = reader;
	return HUB_OK;
}

static int add_tracks(
        struct hub_kafka_reader *reader, int32_t topic, int32_t first, int32_t past, struct hub_error *reterr)
{
	size_t count = reader->track_count + (size_t)(past - first);
	struct track *tracks = realloc(reader->tracks, count * sizeof(*tracks));
	if (!tracks)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory for %zu partitions", count);
	reader->tracks = tracks;
	for (int32_t partition = first; partition < past; partition++)
		tracks[reader->track_count++] =
		        (struct track){ reader->handles[topic], topic, partition, 0, 0, false, false };
	return HUB_OK;
}

static int list_tracks(struct hub_kafka_reader *reader, const struct hub_kafka_reader_options *options,
        int timeout_ms, struct hub_error *reterr)
{
	reader->handles = calloc(options->topic_count + 1, sizeof(rd_kafka_topic_t *));
	if (!reader->handles)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
	for (uint32_t i = 0; i < options->topic_count; i++, reader->topic_count++) {
		const char *name = options->topics[i];
		reader->handles[i] = rd_kafka_topic_new(reader->rk, name, NULL);
		if (!reader->handles[i])
			return hub_kafka_from_err(rd_kafka_last_error(), "make a topic handle", NULL, reterr);
		int32_t count;
		int code = hub_kafka_partition_count(reader->rk, name, timeout_ms, &count, reterr);
		if (code)
			return code;
		int32_t only = options->partition;
		if (only >= count)
			return hub_error_set(reterr, HUB_E_NOT_FOUND, name,
			        "has no partition %d, only 0 to %d", only, count - 1);
		code = add_tracks(
		        reader, (int32_t)i, only < 0 ? 0 : only, only < 0 ? count : only + 1, reterr);
		if (code)
			return code;
	}
	return HUB_OK;
}

static int offset_at(struct hub_kafka_reader *reader, const struct track *track, int64_t since_ms,
        int timeout_ms, int64_t *ret, struct hub_error *reterr)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_t *item =
	        rd_kafka_topic_partition_list_add(list, rd_kafka_topic_name(track->handle), track->partition);
	item->offset = since_ms;
	rd_kafka_resp_err_t err = rd_kafka_offsets_for_times(reader->rk, list, timeout_ms);
	if (!err)
		err = item->err;
	int64_t offset = item->offset;
	rd_kafka_topic_partition_list_destroy(list);
	if (err)
		return hub_kafka_from_err(err, "ask for the offset of a time", NULL, reterr);
	*ret = offset < 0 ? track->end : offset;
	return HUB_OK;
}

static int start_of(struct hub_kafka_reader *reader, rd_kafka_t *asked, struct track *track,
        const struct hub_kafka_reader_options *options, int timeout_ms, int64_t *ret,
        struct hub_error *reterr)
{
	int64_t low, high;
	int code = hub_kafka_ends(
	        asked, rd_kafka_topic_name(track->handle), track->partition, timeout_ms, &low, &high, reterr);
	if (code)
		return code;
	track->end = high;
	int64_t start = low;
	if (options->from == HUB_READ_END)
		start = high;
	else if (options->from == HUB_READ_OFFSET)
		start = options->from_value;
	else if (options->from == HUB_READ_EACH)
		start = (uint32_t)track->partition < options->from_count
		                ? options->from_each[track->partition]
		                : high;
	else if (options->from == HUB_READ_LAST)
		start = high - options->from_value;
	else if (options->from == HUB_READ_TIME)
		return offset_at(reader, track, options->from_value, timeout_ms, ret, reterr);
	*ret = start < low ? low : start > high ? high : start;
	return HUB_OK;
}

/* All ends are asked for before the first fetch: an answer would wait behind a fetch on the same connection.
 */
static int find_starts(struct hub_kafka_reader *reader, rd_kafka_t *asked,
        const struct hub_kafka_reader_options *options, int timeout_ms, struct hub_error *reterr)
{
	int code = HUB_OK;
	for (uint32_t i = 0; !code && i < reader->track_count; i++) {
		struct track *track = &reader->tracks[i];
		code = start_of(reader, asked, track, options, timeout_ms, &track->start, reterr);
	}
	return code;
}

/* A handle that reads committed records is told the last stable offset as the end. */
static int find_settled_starts(struct hub_kafka_reader *reader,
        const struct hub_kafka_reader_options *options, int timeout_ms, struct hub_error *reterr)
{
	struct hub_kafka_handle *query;
	int code = hub_kafka_borrow(HUB_KAFKA_QUERY, &options->properties, NULL, 0, &query, reterr);
	if (code)
		return code;
	code = find_starts(reader, query->rk, options, timeout_ms, reterr);
	code = hub_kafka_say_why(query->rk, &query->logger, code, reterr);
	hub_kafka_give_back(query);
	return code;
}

static int start_tracks(struct hub_kafka_reader *reader, const struct hub_kafka_reader_options *options,
        int timeout_ms, struct hub_error *reterr)
{
	int code = options->settled ? find_settled_starts(reader, options, timeout_ms, reterr)
	                            : find_starts(reader, reader->rk, options, timeout_ms, reterr);
	if (code)
		return code;
	reader->queue = rd_kafka_queue_new(reader->rk);
	for (uint32_t i = 0; i < reader->track_count; i++) {
		struct track *track = &reader->tracks[i];
		if (rd_kafka_consume_start_queue(
		            track->handle, track->partition, track->start, reader->queue) != 0)
			return hub_kafka_from_err(rd_kafka_last_error(), "start reading", NULL, reterr);
		track->started = true;
		track->at_end = track->start >= track->end;
		reader->open_tracks += !track->at_end;
	}
	return HUB_OK;
}

int hub_kafka_reader_open(const struct hub_kafka_reader_options *options, struct hub_kafka_reader **ret,
        struct hub_error *reterr)
{
	struct hub_kafka_reader *reader = calloc(1, sizeof(*reader));
	if (!reader)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
	int timeout_ms = options->timeout_ms ? options->timeout_ms : DEFAULT_TIMEOUT_MS;
	int code = take_handle(reader, options, reterr);
	if (!code)
		code = list_tracks(reader, options, timeout_ms, reterr);
	if (!code)
		code = start_tracks(reader, options, timeout_ms, reterr);
	if (code) {
		if (reader->handle)
			hub_kafka_say_why(reader->rk, &reader->handle->logger, code, reterr);
		hub_kafka_reader_close(reader);
		return code;
	}
	*ret = reader;
	return HUB_OK;
}

static struct track *track_of(struct hub_kafka_reader *reader, const rd_kafka_message_t *message)
{
	for (uint32_t i = 0; i < reader->track_count; i++) {
		struct track *track = &reader->tracks[i];
		if (track->partition == message->partition &&
		        strcmp(rd_kafka_topic_name(track->handle), rd_kafka_topic_name(message->rkt)) == 0)
			return track;
	}
	return NULL;
}

static void note_place(struct hub_kafka_reader *reader, struct track *track, int64_t next)
{
	if (track->at_end || next < track->end)
		return;
	track->at_end = true;
	reader->open_tracks--;
}

/* True: *ret is an event for the caller. */
static int take(struct hub_kafka_reader *reader, bool *ret_told, struct hub_kafka_event *ret,
        struct hub_error *reterr)
{
	rd_kafka_message_t *message = reader->message;
	struct track *track = message->rkt ? track_of(reader, message) : NULL;
	if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF && track) {
		note_place(reader, track, message->offset);
		return HUB_OK;
	}
	if (message->err || !track)
		return hub_kafka_from_err(message->err, "read", rd_kafka_message_errstr(message), reterr);
	note_place(reader, track, message->offset + 1);
	*ret_told = true;
	return hub_kafka_event_of(message, track->topic, &reader->headers, ret, reterr);
}

int hub_kafka_reader_next(
        struct hub_kafka_reader *reader, int wait_ms, struct hub_kafka_event *ret, struct hub_error *reterr)
{
	for (;;) {
		if (reader->message)
			rd_kafka_message_destroy(reader->message);
		reader->message = NULL;
		if (reader->open_tracks == 0 && !reader->end_told) {
			reader->end_told = true;
			*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_EOF };
			return HUB_OK;
		}
		reader->message = rd_kafka_consume_queue(reader->queue, wait_ms);
		if (!reader->message) {
			rd_kafka_poll(reader->rk, 0);
			*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_NOTHING };
			bool trouble = reader->has_trouble;
			reader->has_trouble = false;
			if (trouble && reterr)
				*reterr = reader->trouble;
			return trouble ? (int)reader->trouble.code : HUB_OK;
		}
		bool told = false;
		int code = take(reader, &told, ret, reterr);
		if (code || told)
			return code;
	}
}

void hub_kafka_reader_close(struct hub_kafka_reader *reader)
{
	if (!reader)
		return;
	if (reader->message)
		rd_kafka_message_destroy(reader->message);
	for (uint32_t i = 0; i < reader->track_count; i++)
		if (reader->tracks[i].started)
			rd_kafka_consume_stop(reader->tracks[i].handle, reader->tracks[i].partition);
	if (reader->queue)
		rd_kafka_queue_destroy(reader->queue);
	for (uint32_t i = 0; reader->handles && reader->handles[i]; i++)
		rd_kafka_topic_destroy(reader->handles[i]);
	if (reader->handle)
		hub_kafka_give_back(reader->handle);
	hub_kafka_headers_done(&reader->headers);
	free(reader->handles);
	free(reader->tracks);
	free(reader);
}
