#include "hubctl/positions.h"

#include "hubctl/scan.h"
#include "kafka/group_offsets.h"
#include "kafka/reader.h"
#include "referral-router/referral_core.h"

int hubctl_positions_init(struct hubctl *hubctl, struct hubctl_positions *ret, struct hub_error *reterr)
{
	struct hub_group_position *ends;
	*ret = (struct hubctl_positions){ .daemon = referral_router_core.name };
	hub_topics_init(&ret->topics, &referral_router_core, hubctl->settings->prefix);
	int result = hub_kafka_group_positions(&hubctl->settings->kafka, hubctl_topic(hubctl, ret->daemon),
	        ret->topics.names[0], (int)hubctl->settings->timeout_ms, hubctl->arena, &ends, &ret->count,
	        reterr);
	if (result)
		return result == HUB_E_NOT_FOUND ? hubctl_no_topic(reterr) : result;
	ret->partitions = hub_arena_alloc(hubctl->arena, (ret->count + 1) * sizeof(*ret->partitions));
	if (!ret->partitions)
		return hub_error_set(reterr, HUB_E_FATAL, "", "out of memory");
	for (uint32_t i = 0; i < ret->count; i++) {
		hub_position_init(&ret->partitions[i].position);
		ret->partitions[i].empty = true;
		ret->partitions[i].at = -1;
	}
	return HUB_OK;
}

void hubctl_positions_done(struct hubctl_positions *positions)
{
	if (positions->topics.names)
		hub_topics_done(&positions->topics);
}

int hubctl_positions_ask(struct hubctl *hubctl, struct hubctl_positions *positions, struct hub_error *reterr)
{
	uint32_t inputs = positions->topics.input_count, count = positions->count * inputs;
	struct hub_kafka_offset *offsets = hub_arena_alloc(hubctl->arena, (count + 1) * sizeof(*offsets));
	const struct hub_kafka_group group = { &hubctl->settings->kafka,
		hubctl_topic(hubctl, positions->daemon), (const char *const *)positions->topics.names,
		(int)hubctl->settings->timeout_ms };
	if (!offsets)
		return hub_error_set(reterr, HUB_E_FATAL, "", "out of memory");
	for (uint32_t i = 0; i < count; i++)
		offsets[i].at = (struct hub_topic_partition){ (int32_t)(i % inputs), (int32_t)(i / inputs) };
	int result = hub_kafka_group_offsets(&group, offsets, count, hubctl->arena, reterr);
	for (uint32_t i = 0; !result && i < count; i++)
		positions->partitions[i / inputs].committed[i % inputs] =
		        (struct hub_committed){ offsets[i].next,
			        hub_position_seq_parse(offsets[i].metadata) };
	return result;
}

void hubctl_positions_note(struct hubctl_positions *positions, const struct hub_kafka_event *event)
{
	struct hub_error error = { 0 };
	if (event->at.partition >= (int32_t)positions->count)
		return;
	struct hubctl_position *p = &positions->partitions[event->at.partition];
	p->empty = false;
	if (!event->has_key || !hub_str_eq(event->key, HUB_POSITION_KEY))
		return;
	hub_position_decode(
	        event->has_value ? event->value : HUB_STR(""), &positions->topics, &p->position, &error);
	p->damage = error;
	p->found = true;
	p->at = event->offset;
}

static enum hubctl_scan_next visit(void *user, const struct hub_kafka_event *event)
{
	hubctl_positions_note(user, event);
	return HUBCTL_GO_ON;
}

int hubctl_positions_read(struct hubctl *hubctl, struct hubctl_positions *positions, struct hub_error *reterr)
{
	struct hub_str topic = hub_arena_printf(hubctl->arena, "%s.state", positions->daemon);
	struct hubctl_scan scan = { .topics = &topic.data,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_BEGINNING,
		.settled = true,
		.visit = visit,
		.user = positions };
	return topic.len ? hubctl_scan(hubctl, &scan, reterr) : HUB_E_FATAL;
}

int hubctl_position_check(
        const struct hubctl_positions *positions, uint32_t partition, struct hub_error *reterr)
{
	const struct hubctl_position *p = &positions->partitions[partition];
	if (p->damage.code != HUB_OK) {
		if (reterr)
			*reterr = p->damage;
		return HUB_E_INVALID;
	}
	return hub_position_check(&p->position, p->found, p->empty, p->committed, &positions->topics, reterr);
}
