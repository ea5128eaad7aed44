#include "hubctl/whatif_read.h"

#include "hubctl/event_text.h"
#include "hubctl/scan.h"
#include "runtime/position.h"
#include "wire/framing.h"

#include <stdlib.h>

enum { RECORD_MAX = 64 << 20, OUTPUTS_MAX = 7, WAIT_MS = 200 };

static const char *const registry_topic[] = { "registry" };

struct references {
	struct hubctl *hubctl;
	struct hubctl_reference *items;
	uint32_t count, room;
};

static enum hubctl_scan_next take_reference(void *user, const struct hub_kafka_event *event)
{
	struct references *r = user;
	if (r->count == r->room) {
		uint32_t more = r->room ? r->room * 2 : 1024;
		struct hubctl_reference *bigger = hub_arena_alloc(r->hubctl->arena, more * sizeof(*bigger));
		if (!bigger)
			return HUBCTL_ENOUGH;
		if (r->count)
			memcpy(bigger, r->items, r->count * sizeof(*bigger));
		r->items = bigger;
		r->room = more;
	}
	r->items[r->count++] = (struct hubctl_reference){ hub_arena_copy(r->hubctl->arena, event->key),
		hub_arena_copy(r->hubctl->arena, event->value), event->offset };
	return HUBCTL_GO_ON;
}

int hubctl_whatif_read_registry(
        struct hubctl *hubctl, struct hubctl_reference **ret, uint32_t *ret_count, struct hub_error *reterr)
{
	struct references references = { .hubctl = hubctl };
	struct hubctl_scan scan = { .topics = registry_topic,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_BEGINNING,
		.visit = take_reference,
		.user = &references };
	int result = hubctl_scan(hubctl, &scan, reterr);
	if (!result && hub_arena_exhausted(hubctl->arena))
		result = hub_error_set(reterr, HUB_E_FATAL, "", "out of memory");
	*ret = references.items;
	*ret_count = references.count;
	return result;
}

struct reading {
	const struct hub_core *core;
	struct hubctl_recording *recording;
	struct hub_arena *arena;
	uint32_t outputs; /* the topic behind them: dead letters */
	void (*decided)(void *user, const struct hub_schema *schema, const void *record);
	void *user;
	bool out_of_memory;
};

static enum hubctl_scan_next take(void *user, const struct hub_kafka_event *event)
{
	struct reading *r = user;
	const struct hub_schema *schema;
	void *record;
	uint32_t output = (uint32_t)event->at.topic;
	hub_arena_reset(r->arena);
	if (output == r->outputs) {
		/* Both are plain numbers like a batch_seq. */
		int64_t partition = hub_position_seq_parse(hubctl_header(event, "hub_dlq_partition"));
		int64_t offset = hub_position_seq_parse(hubctl_header(event, "hub_dlq_offset"));
		r->out_of_memory = !hubctl_recording_dead(
		        r->recording, hubctl_header(event, "hub_dlq_topic"), (int32_t)partition, offset);
	} else if (event->has_value && hub_frame_decode(r->core->outputs[output].records, event->value,
	                                       r->arena, &schema, &record, NULL) == HUB_OK) {
		r->out_of_memory = !hubctl_recording_decision(r->recording, schema, record);
		if (r->decided)
			r->decided(r->user, schema, record);
	}
	return r->out_of_memory ? HUBCTL_ENOUGH : HUBCTL_GO_ON;
}

int hubctl_whatif_read_decisions(struct hubctl *hubctl, const struct hub_core *core,
        struct hubctl_recording *recording,
        void (*decided)(void *user, const struct hub_schema *schema, const void *record), void *user,
        struct hub_error *reterr)
{
	const char *topics[OUTPUTS_MAX + 1];
	struct reading reading = { .core = core,
		.recording = recording,
		.arena = hub_arena_new(RECORD_MAX),
		.decided = decided,
		.user = user };
	for (; reading.outputs < OUTPUTS_MAX && core->outputs[reading.outputs].name; reading.outputs++)
		topics[reading.outputs] = core->outputs[reading.outputs].name;
	struct hub_str dead = hub_arena_printf(hubctl->arena, "%s.dead-letters", core->name);
	topics[reading.outputs] = dead.data;
	struct hubctl_scan scan = { .topics = topics,
		.topic_count = reading.outputs + 1,
		.partition = -1,
		.from = HUB_READ_BEGINNING,
		.settled = true,
		.visit = take,
		.user = &reading };
	int result = reading.arena && dead.data ? hubctl_scan(hubctl, &scan, reterr) : HUB_E_FATAL;
	if (!reading.arena || reading.out_of_memory)
		result = hub_error_set(reterr, HUB_E_FATAL, "", "out of memory");
	hub_arena_free(reading.arena);
	if (!hubctl_recording_finish(recording) && !result)
		result = hub_error_set(reterr, HUB_E_INVALID, "inputs_read",
		        "decisions of a daemon that did not tell in which order it took its inputs (before "
		        "version "
		        "0.1) cannot be made again");
	return result;
}

void hubctl_whatif_log_init(
        struct hubctl_whatif_log *log, struct hubctl *hubctl, const struct hub_core *core, int32_t partition)
{
	*log = (struct hubctl_whatif_log){ .hubctl = hubctl, .core = core, .partition = partition };
}

void hubctl_whatif_log_done(struct hubctl_whatif_log *log)
{
	for (size_t i = 0; i < sizeof(log->lanes) / sizeof(log->lanes[0]); i++) {
		hub_kafka_reader_close(log->lanes[i].reader);
		hub_arena_free(log->lanes[i].arena);
	}
}

static int open_lane(struct hubctl_whatif_log *log, uint32_t topic)
{
	struct hubctl_whatif_lane *lane = &log->lanes[topic];
	const char *name = hubctl_topic(log->hubctl, log->core->inputs[topic].name);
	const struct hub_kafka_reader_options options = {
		.properties = log->hubctl->settings->kafka,
		.topics = &name,
		.topic_count = 1,
		.partition = log->partition,
		.from = HUB_READ_BEGINNING,
		.timeout_ms = log->hubctl->settings->timeout_ms,
	};
	lane->arena = hub_arena_new(RECORD_MAX);
	if (!lane->arena)
		return hub_error_set(&log->error, HUB_E_FATAL, "", "out of memory");
	return hub_kafka_reader_open(&options, &lane->reader, &log->error);
}

/* Holds the next event, unless there is none. */
static void hold(struct hubctl_whatif_log *log, uint32_t topic)
{
	struct hubctl_whatif_lane *lane = &log->lanes[topic];
	int64_t began_ms = hubctl_now_ms();
	if (!lane->reader && open_lane(log, topic))
		lane->ended = true;
	while (!lane->held && !lane->ended) {
		struct hub_error err = { 0 };
		int result = hub_kafka_reader_next(lane->reader, WAIT_MS, &lane->event, &err);
		bool late = hubctl_now_ms() - began_ms > log->hubctl->settings->timeout_ms;
		if (hubctl_stopped() || (result && (result != HUB_E_RETRY || late))) {
			log->error = err;
			lane->ended = true;
		} else if (!result && lane->event.kind == HUB_KAFKA_RECORD) {
			lane->held = true;
		} else if (!result && lane->event.kind == HUB_KAFKA_EOF) {
			lane->ended = true;
		}
	}
}

bool hubctl_whatif_log_next(void *user, uint32_t topic, int64_t below, struct hubctl_whatif_input *ret)
{
	struct hubctl_whatif_log *log = user;
	struct hubctl_whatif_lane *lane = &log->lanes[topic];
	hold(log, topic);
	if (!lane->held || lane->event.offset >= below)
		return false;
	lane->held = false;
	hub_arena_reset(lane->arena);
	*ret = (struct hubctl_whatif_input){ .topic = topic, .offset = lane->event.offset };
	if (!lane->event.has_value || hub_frame_decode(log->core->inputs[topic].records, lane->event.value,
	                                      lane->arena, &ret->schema, &ret->record, NULL))
		ret->schema = NULL;
	return true;
}

int hubctl_whatif_check_log(struct hubctl *hubctl, const struct hub_core *core, uint32_t *ret_partitions,
        struct hub_error *reterr)
{
	for (uint32_t topic = 0; core->inputs[topic].name; topic++) {
		struct hub_group_position *positions;
		const char *name = hubctl_topic(hubctl, core->inputs[topic].name);
		int result = hub_kafka_group_positions(&hubctl->settings->kafka,
		        hubctl_topic(hubctl, core->name), name, (int)hubctl->settings->timeout_ms,
		        hubctl->arena, &positions, ret_partitions, reterr);
		if (result)
			return result == HUB_E_NOT_FOUND ? hubctl_no_topic(reterr) : result;
		for (uint32_t i = 0; i < *ret_partitions; i++)
			if (positions[i].low > 0)
				return hub_error_set(reterr, HUB_E_INVALID, name,
				        "partition %u begins at offset %lld: what came before is gone "
				        "(retention.ms), and the state that followed from it cannot be made "
				        "again",
				        i, (long long)positions[i].low);
	}
	return HUB_OK;
}
