#include "kafka/reading.h"

#include <stdlib.h>

static int compare(const void *left, const void *right)
{
	const struct hub_topic_partition *a = left; /* the first member of struct hub_kafka_place */
	const struct hub_topic_partition *b = right;
	if (a->topic != b->topic)
		return a->topic < b->topic ? -1 : 1;
	return (a->partition > b->partition) - (a->partition < b->partition);
}

int hub_kafka_reading_set(struct hub_kafka_reading *reading, const struct hub_kafka_offset *from,
        uint32_t count, struct hub_error *reterr)
{
	struct hub_kafka_place *places = NULL;
	if (count > 0) {
		places = calloc(count, sizeof(*places));
		if (!places)
			return hub_error_set(
			        reterr, HUB_E_FATAL, "kafka", "out of memory for %u partitions", count);
	}
	for (uint32_t i = 0; i < count; i++)
		places[i] = (struct hub_kafka_place){ .at = from[i].at,
			.from = from[i].next < 0 ? 0 : from[i].next };
	if (count > 1)
		qsort(places, count, sizeof(*places), compare);
	free(reading->places);
	*reading = (struct hub_kafka_reading){ places, count };
	return HUB_OK;
}

struct hub_kafka_place *hub_kafka_reading_find(
        const struct hub_kafka_reading *reading, struct hub_topic_partition at)
{
	if (reading->count == 0)
		return NULL;
	return bsearch(&at, reading->places, reading->count, sizeof(*reading->places), compare);
}

void hub_kafka_reading_done(struct hub_kafka_reading *reading)
{
	free(reading->places);
	*reading = (struct hub_kafka_reading){ 0 };
}
