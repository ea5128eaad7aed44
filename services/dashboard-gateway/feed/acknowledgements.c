/* dashboard-gateway.acknowledgements, from its beginning: which alerts somebody has taken on. Compacted, so it stays short. */
#include "base/check.h"
#include "dashboard-gateway/feed/parts.h"
#include "records/topic.h"

#include <stdlib.h>

enum { RECORD_MEMORY = 1 << 20 };

static const char name[] = "dashboard-gateway.acknowledgements";

struct gateway_acknowledgements {
	struct gateway_feed *feed;
	struct gateway_topic topic;
	struct hub_arena *arena;
	const struct hub_schema_set *schemas;
};

static void on_record(void *user, const struct hub_kafka_event *event)
{
	struct gateway_acknowledgements *acknowledgements = user;
	const struct gateway_feed_listener *listener = &acknowledgements->feed->listener;
	const struct hub_schema *schema;
	void *record;
	hub_arena_reset(acknowledgements->arena);
	if (event->has_value && listener->acknowledgement &&
	        hub_frame_decode(acknowledgements->schemas, event->value, acknowledgements->arena, &schema,
	                &record, NULL) == HUB_OK)
		listener->acknowledgement(listener->user, record);
}

static void start(struct gateway_acknowledgements *acknowledgements, int32_t partition)
{
	gateway_topic_start(&acknowledgements->topic, partition, RD_KAFKA_OFFSET_BEGINNING);
}

static void on_lost(void *user, int32_t partition)
{
	start(user, partition);
}

static void on_opened(void *user, const struct gateway_topic_answer *answer)
{
	for (int32_t i = 0; i < answer->partitions; i++)
		start(user, i);
}

struct gateway_acknowledgements *gateway_acknowledgements_new(struct gateway_feed *feed)
{
	const struct hub_topic_spec *spec = hub_topic_by_name(hub_str_from(name));
	if (!spec || !spec->records)
		return NULL;
	struct gateway_acknowledgements *acknowledgements = calloc(1, sizeof(*acknowledgements));
	hub_check(acknowledgements);
	acknowledgements->feed = feed;
	acknowledgements->schemas = spec->records;
	acknowledgements->arena = hub_arena_new(RECORD_MEMORY);
	hub_check(acknowledgements->arena);
	const struct gateway_source source = {
		.user = acknowledgements, .record = on_record, .lost = on_lost
	};
	gateway_topic_init(&acknowledgements->topic, feed, name, &source, on_opened);
	gateway_topic_open(&acknowledgements->topic, -1);
	return acknowledgements;
}

void gateway_acknowledgements_free(struct gateway_acknowledgements *acknowledgements)
{
	if (!acknowledgements)
		return;
	gateway_topic_done(&acknowledgements->topic);
	hub_arena_free(acknowledgements->arena);
	free(acknowledgements);
}
