#include "kafka/produced.h"

#include "base/check.h"

#include <stdlib.h>

void hub_kafka_produced_reset(struct hub_kafka_produced *produced)
{
	produced->count = 0;
	produced->last = 0;
}

void hub_kafka_produced_done(struct hub_kafka_produced *produced)
{
	free(produced->items);
	*produced = (struct hub_kafka_produced){ 0 };
}

static bool is_at(const struct hub_kafka_produced *produced, uint32_t i, struct hub_topic_partition at)
{
	return produced->items[i].at.topic == at.topic && produced->items[i].at.partition == at.partition;
}

static struct hub_kafka_landing *find(
        const struct hub_kafka_produced *produced, struct hub_topic_partition at)
{
	for (uint32_t i = 0; i < produced->count; i++)
		if (is_at(produced, i, at))
			return &produced->items[i];
	return NULL;
}

static struct hub_kafka_landing *add(struct hub_kafka_produced *produced, struct hub_topic_partition at)
{
	if (produced->count == produced->room) {
		uint32_t room = produced->room ? 2 * produced->room : 64;
		struct hub_kafka_landing *items = realloc(produced->items, room * sizeof(*items));
		hub_check(items);
		produced->items = items;
		produced->room = room;
	}
	produced->items[produced->count] = (struct hub_kafka_landing){ .at = at, .offset = HUB_OFFSET_NONE };
	return &produced->items[produced->count++];
}

void hub_kafka_produced_note(struct hub_kafka_produced *produced, struct hub_topic_partition at,
        int64_t offset, int64_t timestamp_ms)
{
	struct hub_kafka_landing *landing;
	if (produced->last < produced->count && is_at(produced, produced->last, at)) {
		landing = &produced->items[produced->last];
	} else {
		landing = find(produced, at);
		if (!landing)
			landing = add(produced, at);
		produced->last = (uint32_t)(landing - produced->items);
	}
	if (offset > landing->offset) {
		landing->offset = offset;
		landing->timestamp_ms = timestamp_ms;
	}
}

const struct hub_kafka_landing *hub_kafka_produced_find(
        const struct hub_kafka_produced *produced, struct hub_topic_partition at)
{
	return find(produced, at);
}
