/* referral.decisions, from history_ms ago on: for the index of each referral's story, the answers to what was sent here, and
 * who was heard of. Those that were there before the start are told as old. */
#include "base/check.h"
#include "dashboard-gateway/feed/clock.h"
#include "dashboard-gateway/feed/parts.h"
#include "records/catalogue.h"
#include "wire/framing.h"

#include <stdlib.h>

enum { DECISION_MEMORY = 8 << 20, PERCENT = 100 };

struct stretch {
	int64_t from, end, next; /* the old ones, and how far they are read */
};

struct gateway_decisions {
	struct gateway_feed *feed;
	struct gateway_topic topic;
	struct hub_arena *arena;
	struct stretch *stretches; /* by partition */
	int32_t count;
	uint64_t unread;
};

static void count_percent(struct gateway_decisions *decisions)
{
	int64_t all = 0, read = 0;
	for (int32_t i = 0; i < decisions->count; i++) {
		const struct stretch *stretch = &decisions->stretches[i];
		all += stretch->end - stretch->from;
		read += (stretch->next < stretch->end ? stretch->next : stretch->end) - stretch->from;
	}
	uint32_t percent = all > 0 ? (uint32_t)(read * PERCENT / all) : PERCENT;
	if (percent == decisions->feed->state.history_percent)
		return;
	decisions->feed->state.history_percent = percent;
	gateway_feed_changed(decisions->feed);
}

static bool read_on(struct gateway_decisions *decisions, int32_t partition, int64_t next)
{
	struct stretch *stretch = &decisions->stretches[partition];
	bool old = stretch->next < stretch->end;
	stretch->next = next;
	if (old)
		count_percent(decisions);
	return old;
}

static void on_record(void *user, const struct hub_kafka_event *event)
{
	struct gateway_decisions *decisions = user;
	const struct gateway_feed_listener *listener = &decisions->feed->listener;
	const struct hub_schema *schema;
	void *record;
	bool old = event->offset < decisions->stretches[event->at.partition].end;
	hub_arena_reset(decisions->arena);
	/* Of a schema that this program does not know yet: the rows follow the changelog all the same. */
	if (hub_frame_decode(&hub_referral_decision_schemas, event->has_value ? event->value : HUB_STR(""),
	            decisions->arena, &schema, &record, NULL) != HUB_OK)
		decisions->unread++;
	else if (listener->decision && schema->head == HUB_HEAD_DECISION)
		listener->decision(listener->user, event->at.partition, event->offset, schema, record, old);
	read_on(decisions, event->at.partition, event->offset + 1);
}

static void on_end(void *user, int32_t partition, int64_t offset)
{
	read_on(user, partition, offset);
}

static void on_lost(void *user, int32_t partition)
{
	struct gateway_decisions *decisions = user;
	/* Cut off while it was read, or made anew: whatever there is now. */
	decisions->stretches[partition] = (struct stretch){ 0, 0, 0 };
	count_percent(decisions);
	gateway_topic_start(&decisions->topic, partition, RD_KAFKA_OFFSET_BEGINNING);
}

static void on_opened(void *user, const struct gateway_topic_answer *answer)
{
	struct gateway_decisions *decisions = user;
	decisions->stretches = calloc((size_t)answer->partitions, sizeof(*decisions->stretches));
	hub_check(decisions->stretches);
	decisions->count = answer->partitions;
	for (int32_t i = 0; i < answer->partitions; i++) {
		decisions->stretches[i] =
		        (struct stretch){ answer->since[i], answer->high[i], answer->since[i] };
		gateway_topic_start(&decisions->topic, i, answer->since[i]);
	}
	count_percent(decisions);
}

struct gateway_decisions *gateway_decisions_new(struct gateway_feed *feed)
{
	struct gateway_decisions *decisions = calloc(1, sizeof(*decisions));
	hub_check(decisions);
	decisions->feed = feed;
	decisions->arena = hub_arena_new(DECISION_MEMORY);
	hub_check(decisions->arena);
	const struct gateway_source source = {
		.user = decisions, .record = on_record, .end = on_end, .lost = on_lost
	};
	gateway_topic_init(&decisions->topic, feed, "referral.decisions", &source, on_opened);
	gateway_topic_open(&decisions->topic, gateway_wall_ms() - feed->history_ms);
	return decisions;
}

void gateway_decisions_free(struct gateway_decisions *decisions)
{
	if (!decisions)
		return;
	gateway_topic_done(&decisions->topic);
	hub_arena_free(decisions->arena);
	free(decisions->stretches);
	free(decisions);
}
