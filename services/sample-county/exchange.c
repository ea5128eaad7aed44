#include "sample-county/exchange.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/map.h"
#include "kafka/reader.h"
#include "kafka/writer.h"
#include "records/catalogue.h"
#include "records/decision_head.h"
#include "records/event_head.h"
#include "records/referral_event_refused.h"
#include "wire/framing.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ARENA_LIMIT = 64 << 20, RECORD_LIMIT = 1 << 20, TOPIC_LEN = 256 };

enum { DECISIONS, DEAD_LETTERS, TOPICS };

struct sample_exchange {
	struct hub_kafka_reader *reader;
	struct hub_kafka_writer *writer;
	char events[TOPIC_LEN], decisions[TOPIC_LEN], dead_letters[TOPIC_LEN];
	int64_t timeout_ms;
	struct hub_map *unanswered; /* "<org>/<event id>" -> itself; several sends of one event are one */
	struct hub_arena *ids;      /* keys of unanswered: until all are */
	struct hub_arena *scratch;  /* one decoded record */
	struct hub_buf value;
	int64_t owed; /* decisions of records whose first one was read */
	struct sample_exchange_counts counts;
};

int sample_exchange_open(
        const struct sample_exchange_options *options, struct sample_exchange **ret, struct hub_error *reterr)
{
	struct sample_exchange *exchange = calloc(1, sizeof(*exchange));
	hub_check(exchange);
	snprintf(exchange->events, TOPIC_LEN, "%sreferral.events", options->prefix);
	snprintf(exchange->decisions, TOPIC_LEN, "%sreferral.decisions", options->prefix);
	snprintf(exchange->dead_letters, TOPIC_LEN, "%sreferral-router.dead-letters", options->prefix);
	exchange->timeout_ms = options->timeout_ms;
	exchange->unanswered = hub_map_new();
	exchange->ids = hub_arena_new(ARENA_LIMIT);
	exchange->scratch = hub_arena_new(ARENA_LIMIT);
	hub_buf_init(&exchange->value, RECORD_LIMIT);
	const char *topics[TOPICS] = { exchange->decisions, exchange->dead_letters };
	const struct hub_kafka_reader_options reader = {
		.properties = options->properties,
		.topics = topics,
		.topic_count = TOPICS,
		.partition = -1,
		.from = HUB_READ_END,
	};
	int rc = hub_kafka_reader_open(&reader, &exchange->reader, reterr);
	if (!rc)
		rc = hub_kafka_writer_open(
		        &options->properties, NULL, (int)options->timeout_ms, &exchange->writer, reterr);
	if (rc) {
		sample_exchange_close(exchange);
		return rc;
	}
	*ret = exchange;
	return 0;
}

void sample_exchange_close(struct sample_exchange *exchange)
{
	if (!exchange)
		return;
	hub_kafka_writer_close(exchange->writer);
	hub_kafka_reader_close(exchange->reader);
	hub_buf_done(&exchange->value);
	hub_map_free(exchange->unanswered);
	hub_arena_free(exchange->ids);
	hub_arena_free(exchange->scratch);
	free(exchange);
}

static struct hub_str event_key(struct hub_arena *arena, struct hub_str org_id, struct hub_str event_id)
{
	return hub_arena_printf(arena, "%.*s/%.*s", HUB_STR_ARG(org_id), HUB_STR_ARG(event_id));
}

int sample_exchange_send(struct sample_exchange *exchange, const struct hub_schema *schema, const void *event,
        struct hub_error *reterr)
{
	const struct hub_event_head *head = event;
	hub_buf_reset(&exchange->value);
	int rc = hub_frame_encode(schema, event, &exchange->value, reterr);
	if (rc)
		return rc;
	const struct hub_kafka_message message = {
		.topic = exchange->events,
		.partition = -1,
		.key = head->county_id,
		.has_key = true,
		.value = hub_buf_slice(&exchange->value),
		.has_value = true,
	};
	rc = hub_kafka_writer_send(exchange->writer, &message, reterr);
	if (rc)
		return rc;
	struct hub_str key = event_key(exchange->ids, head->source_org_id, head->event_id);
	hub_check(!hub_arena_exhausted(exchange->ids));
	hub_map_put(exchange->unanswered, key, exchange);
	exchange->counts.sent++;
	return 0;
}

static void answered(struct sample_exchange *exchange, struct hub_str org_id, struct hub_str event_id)
{
	hub_map_remove(exchange->unanswered, event_key(exchange->scratch, org_id, event_id));
}

static void on_dead_letter(struct sample_exchange *exchange, struct hub_str value)
{
	const struct hub_schema *schema;
	void *record;
	exchange->counts.dead_letters++;
	if (hub_frame_decode(&hub_referral_event_schemas, value, exchange->scratch, &schema, &record, NULL))
		return;
	const struct hub_event_head *head = record;
	answered(exchange, head->source_org_id, head->event_id);
}

static int on_record(struct sample_exchange *exchange, const struct hub_kafka_event *event,
        sample_decision_fn *on_decision, void *user, struct hub_error *reterr)
{
	hub_arena_reset(exchange->scratch);
	if (event->at.topic == DEAD_LETTERS) {
		on_dead_letter(exchange, event->value);
		return 0;
	}
	const struct hub_schema *schema;
	void *record;
	int rc = hub_frame_decode(
	        &hub_referral_decision_schemas, event->value, exchange->scratch, &schema, &record, reterr);
	if (rc)
		return hub_error_wrap(reterr, "%s[%d]@%lld", exchange->decisions, event->at.partition,
		        (long long)event->offset);
	const struct hub_decision_head *head = record;
	exchange->counts.decisions++;
	if (head->has_decided_from)
		exchange->owed += head->decided_from.index == 0 ? head->decided_from.count - 1 : -1;
	if (head->has_answers)
		answered(exchange, head->answers.source_org_id, head->answers.event_id);
	on_decision(user, schema, record);
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static int overdue(const struct sample_exchange *exchange, struct hub_error *reterr)
{
	size_t at = 0;
	struct hub_str key = { 0 };
	void *value;
	hub_map_next(exchange->unanswered, &at, &key, &value);
	return hub_error_set(reterr, HUB_E_RETRY, exchange->events,
	        "%zu events were not answered within %lld s, among them %.*s; is the router running and "
	        "ready?",
	        hub_map_count(exchange->unanswered), (long long)exchange->timeout_ms / 1000,
	        HUB_STR_ARG(key));
}

int sample_exchange_settle(struct sample_exchange *exchange, sample_decision_fn *on_decision, void *user,
        struct hub_error *reterr)
{
	int rc = hub_kafka_writer_flush(exchange->writer, (int)exchange->timeout_ms, reterr);
	int64_t deadline = now_ms() + exchange->timeout_ms;
	while (!rc && (hub_map_count(exchange->unanswered) || exchange->owed > 0)) {
		struct hub_kafka_event event;
		rc = hub_kafka_reader_next(exchange->reader, 1000, &event, reterr);
		if (rc == HUB_E_RETRY)
			rc = 0;
		else if (!rc && event.kind == HUB_KAFKA_RECORD)
			rc = on_record(exchange, &event, on_decision, user, reterr);
		if (!rc && now_ms() > deadline)
			rc = overdue(exchange, reterr);
	}
	if (!rc)
		hub_arena_reset(exchange->ids);
	return rc;
}

struct sample_exchange_counts sample_exchange_counts(const struct sample_exchange *exchange)
{
	return exchange->counts;
}
