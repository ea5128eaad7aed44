#include "dashboard-gateway/feed/topic.h"

#include "base/check.h"
#include "dashboard-gateway/feed/inside.h"

#include <event2/event.h>

enum { RETRY_S = 1, MISSING_S = 3 };

static void ask(struct gateway_topic *topic);

static void on_answer(void *user, const struct gateway_topic_answer *answer)
{
	struct gateway_topic *topic = user;
	bool missing = answer->error.code == HUB_E_NOT_FOUND;
	topic->asking = false;
	if (topic->stale) { /* asked before it was wanted to be */
		ask(topic);
		return;
	}
	if (!answer->error.code) {
		topic->told_missing = false;
		topic->opened(topic->user, answer);
		return;
	}
	if (missing && !topic->told_missing)
		hub_log(topic->feed->log, HUB_LOG_RETRY, hub_log_text("topic", topic->name),
		        hub_log_text("text", "there is no such topic; it is waited for"));
	topic->told_missing = topic->told_missing || missing;
	event_add(topic->retry, &(struct timeval){ missing ? MISSING_S : RETRY_S, 0 });
}

static void ask(struct gateway_topic *topic)
{
	char name[GATEWAY_NAME_MAX];
	topic->asking = true;
	topic->stale = false;
	gateway_ask_topic(topic->feed, gateway_feed_name(topic->feed, topic->name, name), topic->since_ms,
	        on_answer, topic);
}

static void on_retry(int fd, short what, void *user)
{
	(void)fd, (void)what;
	ask(user);
}

void gateway_topic_init(struct gateway_topic *topic, struct gateway_feed *feed, const char *name,
        const struct gateway_source *source, gateway_topic_fn *opened)
{
	char full[GATEWAY_NAME_MAX];
	*topic = (struct gateway_topic){
		.feed = feed,
		.name = name,
		.opened = opened,
		.user = source->user,
		.number = gateway_consumer_topic(feed->consumer, gateway_feed_name(feed, name, full), source),
	};
	topic->retry = evtimer_new(feed->base, on_retry, topic);
	hub_check(topic->retry);
}

void gateway_topic_done(struct gateway_topic *topic)
{
	if (topic->retry)
		event_free(topic->retry);
	topic->retry = NULL;
}

void gateway_topic_open(struct gateway_topic *topic, int64_t since_ms)
{
	topic->since_ms = since_ms;
	topic->stale = topic->asking;
	event_del(topic->retry);
	if (!topic->asking)
		ask(topic);
}

void gateway_topic_start(struct gateway_topic *topic, int32_t partition, int64_t offset)
{
	gateway_consumer_start(topic->feed->consumer, topic->number, partition, offset);
}
