/* The member's life: join, poll, answer rebalances by assign. Everything runs on the caller's thread,
 * inside poll. */
#include "kafka/consumer.h"

#include "base/check.h"
#include "kafka/ask.h"
#include "kafka/conf.h"
#include "kafka/kafka_error.h"
#include "kafka/membership.h"
#include "kafka/message.h"
#include "kafka/reading.h"

#include <stdio.h>
#include <stdlib.h>

/* Short, so that a daemon that is asked to stop is not held up; whoever asks repeats. */
enum { ANSWER_WAIT_MS = 2000 };

struct hub_kafka_consumer {
	struct hub_kafka_logger logger; /* first: librdkafka's opaque */
	rd_kafka_t *member;
	rd_kafka_t *query;
	const char *const *topics; /* borrowed */
	uint32_t topic_count;

	struct hub_kafka_reading reading; /* what the last assign() said */
	struct hub_kafka_headers headers;
	rd_kafka_message_t *message; /* the last event's, until the next poll */
	int32_t last_topic;          /* records come in runs of one topic */

	bool held;       /* message comes after an event that was told first */
	bool rebalanced; /* the callback ran; not told yet */
	bool unanswered; /* told; no assign() yet */
	bool revoked;
	bool lost;
	int32_t *partitions; /* of the rebalance, owned */
	uint32_t partition_count;
	rd_kafka_consumer_group_metadata_t *offered; /* as it was in the callback */
	rd_kafka_consumer_group_metadata_t *taken;

	bool has_trouble;
	struct hub_error trouble;
};

static int32_t topic_of(struct hub_kafka_consumer *consumer, const char *name)
{
	if (strcmp(consumer->topics[consumer->last_topic], name) == 0)
		return consumer->last_topic;
	for (uint32_t i = 0; i < consumer->topic_count; i++)
		if (strcmp(consumer->topics[i], name) == 0)
			return consumer->last_topic = (int32_t)i;
	return -1;
}

static void note_partitions(struct hub_kafka_consumer *consumer, const rd_kafka_topic_partition_list_t *list)
{
	free(consumer->partitions);
	consumer->partition_count = 0;
	consumer->partitions = malloc(sizeof(int32_t) * (size_t)(list->cnt + 1));
	hub_check(consumer->partitions);
	for (int i = 0; i < list->cnt; i++)
		if (strcmp(list->elems[i].topic, consumer->topics[0]) == 0)
			consumer->partitions[consumer->partition_count++] = list->elems[i].partition;
}

/* Lost, and not only when librdkafka says so: a membership that ends while a revocation already waits to be
 * polled (a worker that was busy for longer than max.poll.interval.ms) leaves no other trace than an empty
 * member id. */
static bool is_lost(rd_kafka_t *member)
{
	if (rd_kafka_assignment_lost(member))
		return true;
	rd_kafka_consumer_group_metadata_t *now = rd_kafka_consumer_group_metadata(member);
	bool lost = hub_kafka_membership_check(now, NULL) != HUB_OK;
	if (now)
		rd_kafka_consumer_group_metadata_destroy(now);
	return lost;
}

static void on_rebalance(
        rd_kafka_t *member, rd_kafka_resp_err_t err, rd_kafka_topic_partition_list_t *list, void *user)
{
	struct hub_kafka_consumer *consumer = user;
	note_partitions(consumer, list);
	consumer->rebalanced = true;
	consumer->unanswered = false;
	consumer->revoked = err != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
	consumer->lost = consumer->revoked && is_lost(member);
	if (consumer->offered)
		rd_kafka_consumer_group_metadata_destroy(consumer->offered);
	consumer->offered = consumer->revoked ? NULL : rd_kafka_consumer_group_metadata(member);
	/* Without this the same poll would go on and return a record across the boundary. */
	rd_kafka_yield(member);
}

static void on_error(rd_kafka_t *member, int err, const char *reason, void *user)
{
	struct hub_kafka_consumer *consumer = user;
	char text[256];
	if (err == RD_KAFKA_RESP_ERR__FATAL) {
		rd_kafka_resp_err_t cause = rd_kafka_fatal_error(member, text, sizeof(text));
		hub_error_set(&consumer->trouble, HUB_E_FATAL, "kafka", "the consumer failed: %s (%s)", text,
		        rd_kafka_err2name(cause));
		consumer->has_trouble = true;
	} else if (!consumer->has_trouble) {
		hub_kafka_from_err((rd_kafka_resp_err_t)err, "consume", reason, &consumer->trouble);
		consumer->trouble.code = HUB_E_RETRY; /* librdkafka goes on by itself */
		consumer->has_trouble = true;
	}
}

static int make_member(struct hub_kafka_consumer *consumer, const struct hub_kafka_options *options,
        struct hub_error *reterr)
{
	const struct hub_kafka_property own[] = { { "group.id", options->group },
		{ "client.id", options->transactional_id } };
	rd_kafka_conf_t *conf;
	int code = hub_kafka_conf_new(HUB_KAFKA_GROUP_CONSUMER, &options->properties, own, 2, &conf, reterr);
	if (code)
		return code;
	hub_kafka_conf_opaque(conf, &consumer->logger);
	rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
	rd_kafka_conf_set_error_cb(conf, on_error);
	code = hub_kafka_handle_new(HUB_KAFKA_GROUP_CONSUMER, conf, &consumer->member, reterr);
	if (code)
		return code;
	rd_kafka_poll_set_consumer(consumer->member);
	return HUB_OK;
}

static int make_query(struct hub_kafka_consumer *consumer, const struct hub_kafka_options *options,
        struct hub_error *reterr)
{
	const struct hub_kafka_property own[] = { { "client.id", options->transactional_id } };
	rd_kafka_conf_t *conf;
	int code = hub_kafka_conf_new(HUB_KAFKA_QUERY, &options->properties, own, 1, &conf, reterr);
	if (code)
		return code;
	hub_kafka_conf_opaque(conf, &consumer->logger);
	return hub_kafka_handle_new(HUB_KAFKA_QUERY, conf, &consumer->query, reterr);
}

int hub_kafka_consumer_new(
        const struct hub_kafka_options *options, struct hub_kafka_consumer **ret, struct hub_error *reterr)
{
	struct hub_kafka_consumer *consumer = calloc(1, sizeof(*consumer));
	if (!consumer)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
	consumer->logger = (struct hub_kafka_logger){ .fn = options->log, .user = options->log_user };
	consumer->topics = options->topics;
	consumer->topic_count = options->topic_count;
	int code = make_member(consumer, options, reterr);
	if (!code)
		code = make_query(consumer, options, reterr);
	if (code) {
		hub_kafka_consumer_free(consumer, 0);
		return code;
	}
	*ret = consumer;
	return HUB_OK;
}

int hub_kafka_consumer_join(struct hub_kafka_consumer *consumer, struct hub_error *reterr)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, consumer->topics[0], RD_KAFKA_PARTITION_UA);
	rd_kafka_resp_err_t err = rd_kafka_subscribe(consumer->member, list);
	rd_kafka_topic_partition_list_destroy(list);
	return hub_kafka_from_err(err, "join the group", NULL, reterr);
}

static void drop_message(struct hub_kafka_consumer *consumer)
{
	if (consumer->message)
		rd_kafka_message_destroy(consumer->message);
	consumer->message = NULL;
}

/* Leaving tells the group's others at once; without an answer they wait for the session time-out, which is
 * safe too. */
static void leave(struct hub_kafka_consumer *consumer, int wait_ms)
{
	rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(consumer->member);
	rd_kafka_error_t *error = rd_kafka_consumer_close_queue(consumer->member, queue);
	if (error)
		rd_kafka_error_destroy(error);
	for (int waited = 0; !rd_kafka_consumer_closed(consumer->member) && waited < wait_ms; waited += 50) {
		rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 50);
		if (!event)
			continue;
		if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE)
			rd_kafka_assign(consumer->member, NULL);
		rd_kafka_event_destroy(event);
	}
	rd_kafka_queue_destroy(queue);
}

void hub_kafka_consumer_free(struct hub_kafka_consumer *consumer, int wait_ms)
{
	if (!consumer)
		return;
	drop_message(consumer);
	if (consumer->offered)
		rd_kafka_consumer_group_metadata_destroy(consumer->offered);
	if (consumer->taken)
		rd_kafka_consumer_group_metadata_destroy(consumer->taken);
	if (consumer->member) {
		leave(consumer, wait_ms);
		rd_kafka_destroy_flags(consumer->member, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
	}
	if (consumer->query)
		rd_kafka_destroy(consumer->query);
	hub_kafka_reading_done(&consumer->reading);
	hub_kafka_headers_done(&consumer->headers);
	free(consumer->partitions);
	free(consumer);
}

static void tell_rebalance(struct hub_kafka_consumer *consumer, struct hub_kafka_event *ret)
{
	consumer->rebalanced = false;
	consumer->unanswered = true;
	*ret = (struct hub_kafka_event){
		.kind = consumer->revoked ? HUB_KAFKA_REVOKE : HUB_KAFKA_ASSIGN,
		.partitions = consumer->partitions,
		.partition_count = consumer->partition_count,
		.lost = consumer->lost,
	};
}

/* True when something was told: an event that comes before the message in hand. */
static bool tell_first(struct hub_kafka_consumer *consumer, struct hub_kafka_event *ret)
{
	if (consumer->rebalanced) {
		tell_rebalance(consumer, ret);
		return true;
	}
	if (consumer->has_trouble) {
		consumer->has_trouble = false;
		*ret = (struct hub_kafka_event){
			.kind = HUB_KAFKA_ERROR, .at = { -1, -1 }, .error = consumer->trouble
		};
		return true;
	}
	return false;
}

/* What librdkafka goes on with differs: a fetch that is refused it repeats, and tells neither of the repeated refusals nor of
 * their end; a batch that it cannot read (a wrong checksum, an unknown form) it passes over. */
static void tell_place_error(
        struct hub_kafka_consumer *consumer, struct hub_kafka_place *place, struct hub_kafka_event *ret)
{
	rd_kafka_message_t *message = consumer->message;
	const char *topic = consumer->topics[place->at.topic];
	char doing[300];
	place->failed = true;
	*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_ERROR, .at = place->at };
	snprintf(doing, sizeof(doing), "read %s[%d]", topic, message->partition);
	hub_kafka_from_err(message->err, doing, rd_kafka_message_errstr(message), &ret->error);
	if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
		hub_error_set(&ret->error, HUB_E_NOT_FOUND, "kafka",
		        "%s[%d]: the records to go on from are not in the log any more; they were never read",
		        topic, message->partition);
	else
		ret->error.code = HUB_E_RETRY;
}

/* Of the group, or of a topic as a whole; librdkafka goes on by itself. */
static void tell_member_error(struct hub_kafka_consumer *consumer, struct hub_kafka_event *ret)
{
	rd_kafka_message_t *message = consumer->message;
	*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_ERROR, .at = { -1, -1 } };
	hub_kafka_from_err(message->err, "consume", rd_kafka_message_errstr(message), &ret->error);
	if (message->err != RD_KAFKA_RESP_ERR__FATAL)
		ret->error.code = HUB_E_RETRY;
}

/* Whether the message in hand is to be told. Not: of a partition that is not read since the last assign, or has failed since;
 * a record from before it. */
static bool is_wanted(struct hub_kafka_consumer *consumer, const struct hub_kafka_place *place)
{
	const rd_kafka_message_t *message = consumer->message;
	bool is_error = message->err && message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF;
	return place && !place->failed && (is_error || message->offset >= place->from);
}

static int tell_message(struct hub_kafka_consumer *consumer, bool *ret_told, struct hub_kafka_event *ret,
        struct hub_error *reterr)
{
	rd_kafka_message_t *message = consumer->message;
	struct hub_topic_partition at = { -1, message->partition };
	if (message->rkt)
		at.topic = topic_of(consumer, rd_kafka_topic_name(message->rkt));
	bool is_error = message->err && message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF;
	bool of_member =
	        is_error && (at.topic < 0 || at.partition < 0 || message->err == RD_KAFKA_RESP_ERR__FATAL);
	struct hub_kafka_place *place =
	        of_member || at.topic < 0 ? NULL : hub_kafka_reading_find(&consumer->reading, at);
	*ret_told = of_member || is_wanted(consumer, place);
	if (of_member)
		tell_member_error(consumer, ret);
	else if (*ret_told && is_error)
		tell_place_error(consumer, place, ret);
	else if (*ret_told)
		return hub_kafka_event_of(message, at.topic, &consumer->headers, ret, reterr);
	return HUB_OK;
}

int hub_kafka_consumer_poll(struct hub_kafka_consumer *consumer, int64_t wait_us, struct hub_kafka_event *ret,
        struct hub_error *reterr)
{
	if (consumer->unanswered) {
		int code = hub_kafka_consumer_assign(consumer, NULL, 0, reterr);
		if (code)
			return code;
	}
	for (int wait_ms = (int)((wait_us + 999) / 1000);; wait_ms = 0) {
		if (!consumer->held) {
			drop_message(consumer);
			consumer->message = rd_kafka_consumer_poll(consumer->member, wait_ms);
		}
		consumer->held = tell_first(consumer, ret);
		if (consumer->held)
			return HUB_OK;
		if (!consumer->message) {
			*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_NOTHING };
			return HUB_OK;
		}
		bool told;
		int code = tell_message(consumer, &told, ret, reterr);
		if (told)
			return code;
	}
}

static rd_kafka_topic_partition_list_t *list_of(
        const struct hub_kafka_consumer *consumer, const struct hub_kafka_offset *from, uint32_t count)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
	for (uint32_t i = 0; i < count; i++) {
		hub_check(from[i].at.topic >= 0 && (uint32_t)from[i].at.topic < consumer->topic_count);
		rd_kafka_topic_partition_list_add(
		        list, consumer->topics[from[i].at.topic], from[i].at.partition)
		        ->offset = from[i].next < 0 ? RD_KAFKA_OFFSET_BEGINNING : from[i].next;
	}
	return list;
}

/* An assign only begins to stop the fetchers that it takes away; a second one that finds them still stopping
 * trips an assertion in librdkafka (rd_kafka_assignment_partition_stopped; 2.0.2). A stop is an operation of
 * librdkafka's main thread, and so is its answer, in a queue that keeps order: after two questions to that
 * thread both are behind us. */
static void await_stops(struct hub_kafka_consumer *consumer)
{
	for (int i = 0; i < 2; i++) {
		rd_kafka_topic_partition_list_t *list;
		if (rd_kafka_assignment(consumer->member, &list) == RD_KAFKA_RESP_ERR_NO_ERROR)
			rd_kafka_topic_partition_list_destroy(list);
	}
}

/* librdkafka takes only a list for the answer to an assignment, be it an empty one, and only NULL for that to a
 * revocation. Answered by the other, it waits on, and as long as it waits it neither joins a new generation nor
 * sees that its membership has ended (rd_kafka_cgrp_assign, rd_kafka_cgrp_unassign; 2.0.2 and 2.11.1). */
static rd_kafka_topic_partition_list_t *answer_of(
        const struct hub_kafka_consumer *consumer, const struct hub_kafka_offset *from, uint32_t count)
{
	bool to_revoke = consumer->unanswered && consumer->revoked;
	hub_check(!to_revoke || count == 0);
	return to_revoke ? NULL : list_of(consumer, from, count);
}

int hub_kafka_consumer_assign(struct hub_kafka_consumer *consumer, const struct hub_kafka_offset *from,
        uint32_t count, struct hub_error *reterr)
{
	rd_kafka_topic_partition_list_t *list = answer_of(consumer, from, count);
	rd_kafka_resp_err_t err = rd_kafka_assign(consumer->member, list);
	await_stops(consumer);
	if (list)
		rd_kafka_topic_partition_list_destroy(list);
	if (err)
		return hub_kafka_from_err(err, "assign partitions", NULL, reterr);
	consumer->unanswered = false;
	consumer->held = false;
	return hub_kafka_reading_set(&consumer->reading, from, count, reterr);
}

int hub_kafka_consumer_committed(struct hub_kafka_consumer *consumer, struct hub_kafka_offset *in_out,
        uint32_t count, struct hub_arena *arena, struct hub_error *reterr)
{
	rd_kafka_topic_partition_list_t *list = list_of(consumer, in_out, count);
	/* Stable, i.e. waiting for the offsets of a transaction that is being ended, since the member is
	 * read_committed. */
	rd_kafka_resp_err_t err = rd_kafka_committed(consumer->member, list, ANSWER_WAIT_MS);
	for (int i = 0; !err && i < list->cnt; i++)
		err = list->elems[i].err;
	for (uint32_t i = 0; !err && i < count; i++) {
		const rd_kafka_topic_partition_t *found = &list->elems[i];
		const struct hub_str metadata = { found->metadata, (uint32_t)found->metadata_size };
		in_out[i].next = found->offset < 0 ? HUB_OFFSET_NONE : found->offset;
		in_out[i].metadata = hub_arena_copy(arena, metadata);
	}
	rd_kafka_topic_partition_list_destroy(list);
	return hub_kafka_from_err(err, "read the committed offsets", NULL, reterr);
}

int hub_kafka_consumer_watermarks(struct hub_kafka_consumer *consumer, struct hub_topic_partition at,
        int64_t *ret_low, int64_t *ret_high, struct hub_error *reterr)
{
	int code = hub_kafka_ends(consumer->query, consumer->topics[at.topic], at.partition, ANSWER_WAIT_MS,
	        ret_low, ret_high, reterr);
	return hub_kafka_say_why(consumer->query, &consumer->logger, code, reterr);
}

int64_t hub_kafka_consumer_known_high(struct hub_kafka_consumer *consumer, struct hub_topic_partition at)
{
	int64_t low, high;
	rd_kafka_resp_err_t err = rd_kafka_get_watermark_offsets(
	        consumer->member, consumer->topics[at.topic], at.partition, &low, &high);
	return err || high < 0 ? -1 : high;
}

int hub_kafka_consumer_partition_count(
        struct hub_kafka_consumer *consumer, int32_t topic, int32_t *ret_count, struct hub_error *reterr)
{
	int code = hub_kafka_partition_count(
	        consumer->query, consumer->topics[topic], ANSWER_WAIT_MS, ret_count, reterr);
	return hub_kafka_say_why(consumer->query, &consumer->logger, code, reterr);
}

int hub_kafka_consumer_take_metadata(struct hub_kafka_consumer *consumer, struct hub_error *reterr)
{
	int code = hub_kafka_membership_check(consumer->offered, reterr);
	if (code)
		return code;
	if (consumer->taken)
		rd_kafka_consumer_group_metadata_destroy(consumer->taken);
	consumer->taken = consumer->offered;
	consumer->offered = NULL;
	return HUB_OK;
}

const rd_kafka_consumer_group_metadata_t *hub_kafka_consumer_metadata(
        const struct hub_kafka_consumer *consumer)
{
	return consumer->taken;
}
