/* referral-router.dead-letters, from history_ms ago on: what could not be decided. The value goes no further than to the listener,
 * which keeps its length. */
#include "base/check.h"
#include "dashboard-gateway/feed/clock.h"
#include "dashboard-gateway/feed/parts.h"

#include <stdlib.h>

struct gateway_letter_topic {
	struct gateway_feed *feed;
	struct gateway_topic topic;
};

static void on_record(void *user, const struct hub_kafka_event *event)
{
	struct gateway_letter_topic *letters = user;
	const struct gateway_feed_listener *listener = &letters->feed->listener;
	if (listener->dead_letter)
		listener->dead_letter(listener->user, event);
}

static void on_lost(void *user, int32_t partition)
{
	struct gateway_letter_topic *letters = user;
	gateway_topic_start(&letters->topic, partition, RD_KAFKA_OFFSET_BEGINNING);
}

static void on_opened(void *user, const struct gateway_topic_answer *answer)
{
	struct gateway_letter_topic *letters = user;
	for (int32_t i = 0; i < answer->partitions; i++)
		gateway_topic_start(&letters->topic, i, answer->since[i]);
}

struct gateway_letter_topic *gateway_letter_topic_new(struct gateway_feed *feed)
{
	struct gateway_letter_topic *letters = calloc(1, sizeof(*letters));
	hub_check(letters);
	letters->feed = feed;
	const struct gateway_source source = { .user = letters, .record = on_record, .lost = on_lost };
	gateway_topic_init(&letters->topic, feed, "referral-router.dead-letters", &source, on_opened);
	gateway_topic_open(&letters->topic, gateway_wall_ms() - feed->history_ms);
	return letters;
}

void gateway_letter_topic_free(struct gateway_letter_topic *letters)
{
	if (!letters)
		return;
	gateway_topic_done(&letters->topic);
	free(letters);
}
