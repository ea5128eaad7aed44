#include "broker.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

static char *bytes_copy(struct hub_str bytes)
{
	char *copy = malloc(bytes.len + 1);
	hub_check(copy != NULL);
	if (bytes.len)
		memcpy(copy, bytes.data, bytes.len);
	copy[bytes.len] = '\0';
	return copy;
}

void broker_init(struct broker *broker, int32_t partitions)
{
	*broker = (struct broker){
		.now_us = 1000000, .wall_offset_ms = 1750000000000, .partition_count = partitions
	};
	broker->broker_offset_ms = broker->wall_offset_ms;
	for (int t = 0; t < TOPICS; t++)
		for (int p = 0; p < PARTITIONS; p++)
			broker->committed[t][p].next = HUB_OFFSET_NONE;
}

void broker_done(struct broker *broker)
{
	for (int t = 0; t < TOPICS; t++)
		for (int p = 0; p < PARTITIONS; p++) {
			struct topic_log *log = &broker->logs[t][p];
			for (uint32_t i = 0; i < log->count; i++) {
				struct stored *record = &log->records[i];
				for (uint32_t h = 0; h < record->header_count; h++) {
					free((char *)(uintptr_t)record->headers[h].name.data);
					free((char *)(uintptr_t)record->headers[h].value.data);
				}
				free(record->key);
				free(record->value);
			}
			free(log->records);
			free((char *)(uintptr_t)broker->committed[t][p].metadata.data);
		}
}

static int64_t store(struct broker *broker, struct hub_topic_partition at, struct hub_str key, bool has_key,
        struct hub_str value, bool has_value, const struct hub_header *headers, uint32_t header_count,
        int writer)
{
	struct topic_log *log = &broker->logs[at.topic][at.partition];
	log->records = realloc(log->records, (log->count + 1) * sizeof(*log->records));
	struct stored *record = &log->records[log->count++];
	*record = (struct stored){ .offset = log->end++,
		.key = has_key ? bytes_copy(key) : NULL,
		.key_len = key.len,
		.value = has_value ? bytes_copy(value) : NULL,
		.value_len = value.len,
		.header_count = header_count,
		.writer = writer,
		.visible = writer < 0,
		.timestamp_ms = broker->broker_offset_ms + broker->now_us / 1000 };
	hub_check(header_count <= 24);
	for (uint32_t h = 0; h < header_count; h++)
		record->headers[h] =
		        (struct hub_header){ { bytes_copy(headers[h].name), headers[h].name.len },
			        { bytes_copy(headers[h].value), headers[h].value.len } };
	return record->offset;
}

int64_t broker_append(struct broker *broker, int32_t topic, int32_t partition, struct hub_str key,
        struct hub_str value, const struct hub_header *headers, uint32_t header_count)
{
	struct hub_topic_partition at = { topic, partition };
	return store(broker, at, key, key.data != NULL, value, value.data != NULL, headers, header_count, -1);
}

uint32_t broker_visible_count(struct broker *broker, int32_t topic, int32_t partition)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < broker->logs[topic][partition].count; i++)
		n += broker->logs[topic][partition].records[i].visible;
	return n;
}

const struct stored *broker_visible(struct broker *broker, int32_t topic, int32_t partition, uint32_t n)
{
	struct topic_log *log = &broker->logs[topic][partition];
	for (uint32_t i = 0; i < log->count; i++)
		if (log->records[i].visible && n-- == 0)
			return &log->records[i];
	return NULL;
}

struct hub_str stored_header(const struct stored *record, const char *name)
{
	for (uint32_t h = 0; h < record->header_count; h++)
		if (hub_str_is(record->headers[h].name, name))
			return record->headers[h].value;
	return (struct hub_str){ NULL, 0 };
}

static int64_t stable_end(const struct topic_log *log)
{
	for (uint32_t i = 0; i < log->count; i++)
		if (log->records[i].writer >= 0)
			return log->records[i].offset;
	return log->end;
}

/* ---- group
 * ------------------------------------------------------------------------------------------------------- */

static void enqueue(struct member *member, struct hub_kafka_event event)
{
	hub_check(member->queued < QUEUE);
	member->queue[member->queued++] = event;
}

void member_revoke(struct member *member, bool lost)
{
	enqueue(member, (struct hub_kafka_event){ .kind = HUB_KAFKA_REVOKE, .lost = lost });
}

void broker_assign(struct broker *broker, struct member *member, const int32_t *partitions, uint32_t count)
{
	broker->generation++;
	memcpy(member->partitions, partitions, count * sizeof(*partitions));
	enqueue(member, (struct hub_kafka_event){ .kind = HUB_KAFKA_ASSIGN,
	                        .offset = broker->generation,
	                        .partitions = member->partitions,
	                        .partition_count = count });
}

/* ---- port
 * -------------------------------------------------------------------------------------------------------- */

static bool fails(struct member *member, enum call call, int *ret_code, struct hub_error *reterr)
{
	if (member->fail_call != call || member->fail_times == 0)
		return false;
	if (--member->fail_times == 0)
		member->fail_call = CALL_NONE;
	*ret_code = hub_error_set(reterr, member->fail_code, "", "as the test wants it");
	return true;
}

static bool next_of(struct member *member, uint32_t i, struct hub_kafka_event *ret)
{
	struct hub_kafka_offset *from = &member->reading[i];
	struct topic_log *log = &member->broker->logs[from->at.topic][from->at.partition];
	int64_t end = stable_end(log);
	if (member->failed[i] || (member->hold && from->at.topic == 0))
		return false;
	for (uint32_t k = 0; k < log->count; k++) {
		struct stored *record = &log->records[k];
		if (record->offset < from->next || record->offset >= end || !record->visible)
			continue;
		*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_RECORD,
			.at = from->at,
			.offset = record->offset,
			.timestamp_ms = record->timestamp_ms,
			.key = { record->key, record->key_len },
			.has_key = record->key != NULL,
			.value = { record->value, record->value_len },
			.has_value = record->value != NULL,
			.headers = record->headers,
			.header_count = record->header_count };
		from->next = record->offset + 1;
		member->eof_told[i] = false;
		return true;
	}
	if (from->next < end || !member->eof_told[i]) {
		if (from->next < end)
			from->next = end;
		member->eof_told[i] = true;
		*ret = (struct hub_kafka_event){
			.kind = HUB_KAFKA_EOF, .at = from->at, .offset = from->next
		};
		return true;
	}
	return false;
}

static void note_failed(struct member *member, const struct hub_kafka_event *event)
{
	for (uint32_t i = 0; event->kind == HUB_KAFKA_ERROR && i < member->reading_count; i++)
		member->failed[i] |= member->reading[i].at.topic == event->at.topic &&
		                     member->reading[i].at.partition == event->at.partition;
}

static int port_poll(void *user, int64_t wait_us, struct hub_kafka_event *ret, struct hub_error *reterr)
{
	struct member *member = user;
	(void)reterr;
	member->poll_in_transaction |= member->in_transaction;
	if (member->queued && (member->joined || member->queue[0].kind == HUB_KAFKA_ERROR)) {
		*ret = member->queue[0];
		if (ret->kind == HUB_KAFKA_ASSIGN)
			member->assigned_in = (int)ret->offset;
		note_failed(member, ret);
		memmove(member->queue, member->queue + 1, (size_t)--member->queued * sizeof(*member->queue));
		return 0;
	}
	for (uint32_t k = 0; k < member->reading_count; k++) {
		uint32_t i = member->turn++ % member->reading_count;
		if (next_of(member, i, ret))
			return 0;
	}
	*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_NOTHING };
	member->broker->now_us += wait_us;
	return 0;
}

static int port_join(void *user, struct hub_error *reterr)
{
	struct member *member = user;
	(void)reterr;
	member->joined = true;
	return 0;
}

static int port_assign(
        void *user, const struct hub_kafka_offset *from, uint32_t count, struct hub_error *reterr)
{
	struct member *member = user;
	(void)reterr;
	hub_check(count <= 64);
	member->assigns++;
	if (count)
		memcpy(member->reading, from, count * sizeof(*from));
	memset(member->eof_told, 0, sizeof(member->eof_told));
	memset(member->failed, 0, sizeof(member->failed));
	member->reading_count = count;
	return 0;
}

static int port_committed(void *user, struct hub_kafka_offset *in_out, uint32_t count,
        struct hub_arena *arena, struct hub_error *reterr)
{
	struct member *member = user;
	int r;
	if (fails(member, CALL_COMMITTED, &r, reterr))
		return r;
	/* Stable: offsets of a transaction that is open are waited for. */
	for (int i = 0; i < member->broker->member_count; i++)
		if (member->broker->members[i]->sent_count)
			return hub_error_set(reterr, HUB_E_RETRY, "", "offsets are pending");
	for (uint32_t i = 0; i < count; i++) {
		const struct hub_kafka_offset *c =
		        &member->broker->committed[in_out[i].at.topic][in_out[i].at.partition];
		in_out[i].next = c->next;
		in_out[i].metadata = hub_arena_copy(arena, c->metadata);
	}
	return 0;
}

static int port_watermarks(void *user, struct hub_topic_partition at, int64_t *ret_low, int64_t *ret_high,
        struct hub_error *reterr)
{
	struct member *member = user;
	int r;
	member->watermark_calls++;
	if (fails(member, CALL_WATERMARKS, &r, reterr))
		return r;
	*ret_low = member->broker->logs[at.topic][at.partition].start;
	*ret_high = member->broker->logs[at.topic][at.partition].end;
	return 0;
}

static int port_metadata(void *user, struct hub_error *reterr)
{
	struct member *member = user;
	/* The group has moved on before the callback ran: the membership is lost. */
	if (!member->has_metadata || member->assigned_in != member->broker->generation)
		return hub_error_set(reterr, HUB_E_RETRY, "", "no valid membership");
	member->generation = member->broker->generation;
	return 0;
}

static int64_t port_known_high(void *user, struct hub_topic_partition at)
{
	struct member *member = user;
	return member->broker->logs[at.topic][at.partition].end;
}

static int port_count(void *user, int32_t topic, int32_t *ret_count, struct hub_error *reterr)
{
	struct member *member = user;
	int code;
	(void)topic;
	if (fails(member, CALL_COUNT, &code, reterr))
		return code;
	*ret_count = member->broker->partition_count;
	return 0;
}

static void end_transaction(struct member *member, bool commit);

static int port_init(void *user, struct hub_error *reterr)
{
	struct member *member = user;
	int r;
	if (fails(member, CALL_INIT, &r, reterr))
		return r;
	for (struct member *former = member->predecessor; former; former = former->predecessor)
		if (former->in_transaction)
			end_transaction(former, false);
	return 0;
}

static int port_begin(void *user, struct hub_error *reterr)
{
	struct member *member = user;
	int r;
	if (fails(member, CALL_BEGIN, &r, reterr))
		return r;
	hub_check(!member->in_transaction);
	member->in_transaction = true;
	member->sent_count = 0;
	return 0;
}

static int port_produce(void *user, const struct hub_kafka_record *record, struct hub_error *reterr)
{
	struct member *member = user;
	int r;
	if (fails(member, CALL_PRODUCE, &r, reterr))
		return r;
	hub_check(member->in_transaction);
	member->produced[record->to.topic][record->to.partition] =
	        store(member->broker, record->to, record->key, record->has_key, record->value,
	                record->has_value, record->headers, record->header_count, member->id);
	struct topic_log *log = &member->broker->logs[record->to.topic][record->to.partition];
	log->records[log->count - 1].lent = record->value;
	return 0;
}

/* A real client reads what it was lent as late as this: with the address sanitizer, memory that has been given back is found. */
static void read_what_was_lent(const struct member *member)
{
	for (int t = 0; t < TOPICS; t++)
		for (int p = 0; p < PARTITIONS; p++) {
			const struct topic_log *log = &member->broker->logs[t][p];
			for (uint32_t i = 0; i < log->count; i++) {
				const struct stored *record = &log->records[i];
				if (record->writer == member->id && record->lent.len)
					hub_check(memcmp(record->lent.data, record->value,
					                  record->value_len) == 0);
			}
		}
}

static int port_send_offsets(
        void *user, const struct hub_kafka_offset *offsets, uint32_t count, struct hub_error *reterr)
{
	struct member *member = user;
	int r;
	hub_check(member->in_transaction && count > 0);
	if (fails(member, CALL_SEND_OFFSETS, &r, reterr))
		return r;
	if (member->generation != member->broker->generation)
		return hub_error_set(reterr, HUB_E_REFUSED, "", "unknown member");
	for (uint32_t i = 0; i < count; i++) {
		hub_check(offsets[i].next >= 0);
		member->sent[i] = offsets[i];
		member->sent[i].metadata =
		        (struct hub_str){ bytes_copy(offsets[i].metadata), offsets[i].metadata.len };
	}
	member->sent_count = count;
	return 0;
}

static void end_transaction(struct member *member, bool commit)
{
	struct broker *broker = member->broker;
	for (int t = 0; t < TOPICS; t++)
		for (int p = 0; p < PARTITIONS; p++) {
			struct topic_log *log = &broker->logs[t][p];
			bool marker = false;
			for (uint32_t i = 0; i < log->count; i++) {
				if (log->records[i].writer != member->id)
					continue;
				log->records[i].writer = -1;
				log->records[i].visible = commit;
				marker = true;
			}
			log->end += marker;
		}
	for (uint32_t i = 0; i < member->sent_count; i++) {
		struct hub_kafka_offset *sent = &member->sent[i];
		struct hub_kafka_offset *to = &broker->committed[sent->at.topic][sent->at.partition];
		if (commit) {
			free((char *)(uintptr_t)to->metadata.data);
			*to = *sent;
		} else {
			free((char *)(uintptr_t)sent->metadata.data);
		}
	}
	member->sent_count = 0;
	member->in_transaction = false;
}

static int port_commit(void *user, struct hub_error *reterr)
{
	struct member *member = user;
	int r;
	hub_check(member->in_transaction && member->sent_count > 0);
	if (member->before_commit)
		member->before_commit(member->user);
	if (fails(member, CALL_COMMIT, &r, reterr)) {
		if (member->commit_anyway)
			end_transaction(member, true);
		return r;
	}
	end_transaction(member, true);
	member->commits++;
	return 0;
}

static int port_abort(void *user, struct hub_error *reterr)
{
	struct member *member = user;
	int r;
	if (fails(member, CALL_ABORT, &r, reterr))
		return r;
	read_what_was_lent(member);
	end_transaction(member, false);
	member->aborts++;
	return 0;
}

static int port_produced_offset(
        void *user, struct hub_topic_partition at, int64_t *ret_offset, int64_t *ret_timestamp_ms)
{
	struct member *member = user;
	const struct topic_log *log = &member->broker->logs[at.topic][at.partition];
	*ret_offset = member->produced[at.topic][at.partition];
	for (uint32_t i = 0; i < log->count; i++)
		if (log->records[i].offset == *ret_offset)
			*ret_timestamp_ms = log->records[i].timestamp_ms;
	return 0;
}

/* ---- clock
 * ------------------------------------------------------------------------------------------------------- */

static int64_t clock_wall(void *user)
{
	struct broker *broker = ((struct member *)user)->broker;
	return broker->wall_offset_ms + broker->now_us / 1000;
}

static int64_t clock_monotonic(void *user)
{
	return ((struct member *)user)->broker->now_us;
}

static void clock_sleep(void *user, int64_t us)
{
	((struct member *)user)->broker->now_us += us;
}

static uint32_t clock_random(void *user)
{
	(void)user;
	return 4; /* fair */
}

void member_init(struct member *member, struct broker *broker)
{
	*member = (struct member){ .broker = broker, .id = broker->member_count, .has_metadata = true };
	member->port = (struct hub_kafka_port){ member, port_poll, port_join, port_assign, port_committed,
		port_watermarks, port_metadata, port_known_high, port_count, port_init, port_begin,
		port_produce, port_send_offsets, port_commit, port_abort, port_produced_offset };
	member->clock =
	        (struct hub_clock_port){ member, clock_wall, clock_monotonic, clock_sleep, clock_random };
	broker->members[broker->member_count++] = member;
}
