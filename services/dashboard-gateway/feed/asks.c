#include "dashboard-gateway/feed/asks.h"

#include "base/check.h"
#include "dashboard-gateway/feed/inside.h"
#include "kafka/ask.h"
#include "kafka/kafka_error.h"

#include <stdlib.h>
#include <string.h>

struct question {
	struct gateway_job job; /* first */
	struct gateway_feed *feed;
	rd_kafka_t *rk;
	char *topic;
	int64_t since_ms;
	bool reachable; /* the broker answered something */
	struct gateway_topic_answer answer;
	gateway_topic_fn *fn;
	void *user;
};

int gateway_ask_offsets(rd_kafka_t *rk, const char *topic, int32_t count, int64_t which, int64_t *ret,
        struct hub_error *reterr)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(count);
	for (int32_t i = 0; i < count; i++)
		rd_kafka_topic_partition_list_add(list, topic, i)->offset = which;
	rd_kafka_resp_err_t err = rd_kafka_offsets_for_times(rk, list, GATEWAY_ASK_MS);
	for (int i = 0; !err && i < list->cnt; i++) {
		err = list->elems[i].err;
		ret[list->elems[i].partition] = list->elems[i].offset;
	}
	rd_kafka_topic_partition_list_destroy(list);
	return hub_kafka_from_err(err, "ask for offsets", NULL, reterr);
}

static int64_t *room_for(int32_t partitions)
{
	int64_t *offsets = calloc((size_t)partitions + 1, sizeof(*offsets));
	hub_check(offsets);
	return offsets;
}

static int ask(struct question *question, struct hub_error *reterr)
{
	struct gateway_topic_answer *answer = &question->answer;
	int code = hub_kafka_partition_count(
	        question->rk, question->topic, GATEWAY_ASK_MS, &answer->partitions, reterr);
	question->reachable = code == HUB_OK || code == HUB_E_NOT_FOUND;
	if (code)
		return code;
	answer->low = room_for(answer->partitions);
	answer->high = room_for(answer->partitions);
	code = gateway_ask_offsets(question->rk, question->topic, answer->partitions,
	        RD_KAFKA_OFFSET_BEGINNING, answer->low, reterr);
	if (!code)
		code = gateway_ask_offsets(question->rk, question->topic, answer->partitions,
		        RD_KAFKA_OFFSET_END, answer->high, reterr);
	if (code || question->since_ms < 0)
		return code;
	answer->since = room_for(answer->partitions);
	code = gateway_ask_offsets(
	        question->rk, question->topic, answer->partitions, question->since_ms, answer->since, reterr);
	for (int32_t i = 0; !code && i < answer->partitions; i++)
		if (answer->since[i] < 0) /* nothing so young */
			answer->since[i] = answer->high[i];
	return code;
}

static void work(struct gateway_job *job)
{
	struct question *question = (struct question *)job;
	rd_kafka_poll(question->rk, 0);
	int code = ask(question, &question->answer.error);
	question->answer.error.code = (enum hub_code)code;
}

static void done(struct gateway_job *job, bool stopped)
{
	struct question *question = (struct question *)job;
	if (!stopped) {
		gateway_feed_kafka(question->feed, question->reachable);
		question->fn(question->user, &question->answer);
	}
	free(question->answer.low);
	free(question->answer.high);
	free(question->answer.since);
	free(question->topic);
	free(question);
}

void gateway_ask_topic(
        struct gateway_feed *feed, const char *topic, int64_t since_ms, gateway_topic_fn *fn, void *user)
{
	struct question *question = calloc(1, sizeof(*question));
	hub_check(question);
	*question = (struct question){ .job = { .work = work, .done = done },
		.feed = feed,
		.rk = feed->query,
		.topic = strdup(topic),
		.since_ms = since_ms,
		.fn = fn,
		.user = user };
	hub_check(question->topic);
	gateway_helper_add(feed->helper, &question->job);
}
