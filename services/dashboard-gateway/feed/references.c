/* Topic registry, from its beginning: all reference data, kept whole. The listener is told when all was read first, then of each
 * load as it ends (what was made of the registry before must not be used after that), and when a day begins. */
#include "base/calendar.h"
#include "base/check.h"
#include "dashboard-gateway/feed/clock.h"
#include "dashboard-gateway/feed/parts.h"
#include "records/catalogue.h"

#include <event2/event.h>
#include <stdlib.h>

enum { LOOK_AT_CLOCK_S = 5 };

struct gateway_references {
	struct gateway_feed *feed;
	struct gateway_topic topic;
	struct hub_registry *registry;
	struct event *clock;
	int32_t day;
	bool read; /* to the end, once */
	uint64_t faults;
};

static void tell(struct gateway_references *references)
{
	struct gateway_feed *feed = references->feed;
	feed->state.registry_version = hub_registry_version(references->registry);
	references->day = hub_day_of(gateway_wall_ms());
	if (feed->listener.registry)
		feed->listener.registry(feed->listener.user, references->registry);
	gateway_feed_judge_ready(feed);
	gateway_feed_changed(feed);
}

static void on_record(void *user, const struct hub_kafka_event *event)
{
	struct gateway_references *references = user;
	struct hub_error error = { 0 };
	bool loaded = false;
	int code = hub_registry_feed(references->registry, event->key,
	        event->has_value ? event->value : HUB_STR(""), event->offset, &loaded, &error);
	if (code && references->faults++ == 0)
		hub_log(references->feed->log, HUB_LOG_REGISTRY_BAD,
		        hub_log_text("topic", references->topic.name), hub_log_int("offset", event->offset),
		        hub_log_text("text", error.text));
	if (loaded && references->read)
		tell(references);
}

static void on_end(void *user, int32_t partition, int64_t offset)
{
	struct gateway_references *references = user;
	(void)partition, (void)offset;
	if (references->read || hub_registry_version(references->registry) < 0)
		return; /* a hub without reference data has nothing to show */
	references->read = true;
	tell(references);
}

static void on_lost(void *user, int32_t partition)
{
	struct gateway_references *references = user;
	(void)partition;
	gateway_topic_open(&references->topic, -1);
}

static void on_opened(void *user, const struct gateway_topic_answer *answer)
{
	struct gateway_references *references = user;
	gateway_topic_start(&references->topic, 0, answer->low[0]);
}

static void on_clock(int fd, short what, void *user)
{
	(void)fd, (void)what;
	struct gateway_references *references = user;
	if (references->read && hub_day_of(gateway_wall_ms()) != references->day)
		tell(references);
}

struct gateway_references *gateway_references_new(struct gateway_feed *feed)
{
	struct gateway_references *references = calloc(1, sizeof(*references));
	hub_check(references);
	references->feed = feed;
	references->registry = hub_registry_new(&hub_registry_schemas);
	const struct gateway_source source = {
		.user = references, .record = on_record, .end = on_end, .lost = on_lost
	};
	gateway_topic_init(&references->topic, feed, "registry", &source, on_opened);
	gateway_topic_open(&references->topic, -1);
	references->clock = event_new(feed->base, -1, EV_PERSIST, on_clock, references);
	hub_check(references->clock);
	event_add(references->clock, &(struct timeval){ LOOK_AT_CLOCK_S, 0 });
	return references;
}

bool gateway_references_read(const struct gateway_references *references)
{
	return references->read;
}

void gateway_references_free(struct gateway_references *references)
{
	if (!references)
		return;
	gateway_topic_done(&references->topic);
	event_free(references->clock);
	hub_registry_free(references->registry);
	free(references);
}
