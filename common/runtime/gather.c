/* Takes in whatever the group's consumer has: inputs into the batch, reference data, changelogs while
 * restoring, and rebalances, which end a gathering and drop what it had (nothing of it was decided). */
#include "runtime/inside.h"

#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	RESTORE_TURN_US = 100 * 1000,
	CLOCK_EVERY = 64,
	HEADER_LENS = 2 /* bytes, at least */,
	KEY_KEPT = 1024
};

void hub_gathered_drop(struct gathered *gathered)
{
	hub_arena_reset(gathered->arena);
	gathered->count = gathered->decided = 0;
	gathered->bytes = 0;
}

static struct hub_str put(char **at, struct hub_str bytes)
{
	struct hub_str copy = { *at, bytes.len };
	if (bytes.len)
		memcpy(*at, bytes.data, bytes.len);
	*at += bytes.len;
	return copy;
}

/* On the wire, at least. */
static size_t weight_of(const struct hub_kafka_event *event)
{
	size_t bytes = (size_t)event->key.len + event->value.len;
	for (uint32_t i = 0; i < event->header_count; i++)
		bytes += HEADER_LENS + (size_t)event->headers[i].name.len + event->headers[i].value.len;
	return bytes;
}

static struct hub_kafka_event without_content(const struct hub_kafka_event *event)
{
	struct hub_kafka_event left = *event;
	left.has_value = false;
	left.value = (struct hub_str){ NULL, 0 };
	left.header_count = 0;
	if (left.key.len > KEY_KEPT) {
		left.has_key = false;
		left.key = (struct hub_str){ NULL, 0 };
	}
	return left;
}

/* The event's bytes go at the next poll. */
static void copy_bytes(struct gathered *gathered, struct input *input, const struct hub_kafka_event *event)
{
	size_t headers = event->header_count * sizeof(struct hub_header);
	size_t bytes = (size_t)event->key.len + event->value.len;
	for (uint32_t i = 0; i < event->header_count; i++)
		bytes += (size_t)event->headers[i].name.len + event->headers[i].value.len;
	char *at = hub_arena_alloc(gathered->arena, headers + bytes);
	hub_check(at != NULL);
	input->headers = (struct hub_header *)(void *)at;
	input->header_count = event->header_count;
	at += headers;
	input->key = put(&at, event->key);
	input->value = put(&at, event->value);
	for (uint32_t i = 0; i < event->header_count; i++) {
		input->headers[i].name = put(&at, event->headers[i].name);
		input->headers[i].value = put(&at, event->headers[i].value);
	}
	gathered->bytes += headers + bytes;
}

static void add_input(struct hub_runtime *runtime, const struct hub_kafka_event *event)
{
	struct gathered *gathered = &runtime->gathered;
	struct partition *partition = runtime->by_id[event->at.partition];
	if (runtime->stage != STAGE_DECIDING || !partition || partition->phase != PHASE_RESTORED ||
	        event->offset < partition->position.next[event->at.topic])
		return;
	if (gathered->count == gathered->room) {
		gathered->room = gathered->room ? gathered->room * 2 : 1024;
		gathered->inputs = realloc(gathered->inputs, gathered->room * sizeof(struct input));
		hub_check(gathered->inputs != NULL);
	}
	struct hub_kafka_event left;
	size_t weight = weight_of(event);
	if (weight > INPUT_BYTES) {
		left = without_content(event);
		event = &left;
	}
	struct input *input = &gathered->inputs[gathered->count++];
	*input = (struct input){ .partition = partition,
		.topic = event->at.topic,
		.offset = event->offset,
		.timestamp_ms = event->timestamp_ms,
		.weight = weight,
		.has_key = event->has_key,
		.has_value = event->has_value,
		.headers_unreadable = event->headers_unreadable };
	partition->sources[event->at.topic].gathered_to = event->offset + 1;
	copy_bytes(gathered, input, event);
}

static void on_record(struct hub_runtime *runtime, const struct hub_kafka_event *event)
{
	if (event->at.topic < (int32_t)runtime->topics->input_count)
		add_input(runtime, event);
	else if (event->at.topic == runtime->topics->registry)
		hub_runtime_on_registry_record(runtime, event);
	else if (event->at.topic == runtime->topics->state)
		hub_runtime_on_state_record(runtime, event);
}

static void on_eof(struct hub_runtime *runtime, const struct hub_kafka_event *event)
{
	if (event->at.topic == runtime->topics->registry)
		hub_runtime_on_registry_eof(runtime, event);
	else if (event->at.topic == runtime->topics->state)
		hub_runtime_on_state_eof(runtime, event);
	else if (runtime->by_id[event->at.partition])
		runtime->by_id[event->at.partition]->sources[event->at.topic].eof = event->offset;
}

/* Retention was faster than we: what was never read is gone. The partition stops, since only a person can say
 * what follows from that; the others go on. */
static bool stop_where_records_are_missing(struct hub_runtime *runtime, const struct hub_kafka_event *event)
{
	if (event->error.code != HUB_E_NOT_FOUND || !runtime->by_id || event->at.topic < 0 ||
	        event->at.topic >= (int32_t)runtime->topics->input_count)
		return false;
	struct partition *partition = runtime->by_id[event->at.partition];
	if (!partition)
		return false;
	if (partition->phase != PHASE_STOPPED)
		hub_partition_stop(runtime, partition, "%s", event->error.text);
	return true;
}

static int on_error(
        struct hub_runtime *runtime, const struct hub_kafka_event *event, struct hub_error *reterr)
{
	if (stop_where_records_are_missing(runtime, event))
		return 0;
	if (event->error.code != HUB_E_RETRY) {
		*reterr = event->error;
		return event->error.code;
	}
	if (event->at.topic >= 0) {
		hub_unreadable_note(runtime, event);
		return 0;
	}
	if (!runtime->broker_away)
		hub_runtime_tell(runtime, HUB_NOTICE_RETRY, -1, -1, -1, "%s", event->error.text);
	runtime->broker_away = true;
	snprintf(runtime->broker_reason, sizeof(runtime->broker_reason), "%.250s", event->error.text);
	return 0;
}

/* One poll. *ret_more: something came. */
static int take(struct hub_runtime *runtime, int64_t wait_us, bool *ret_more, struct hub_error *reterr)
{
	struct hub_kafka_event event = { 0 };
	int r = runtime->kafka->poll(runtime->kafka->user, wait_us, &event, reterr);
	if (r < 0)
		return r;
	*ret_more = event.kind != HUB_KAFKA_NOTHING;
	if (event.kind == HUB_KAFKA_RECORD || event.kind == HUB_KAFKA_EOF) {
		runtime->broker_away = false;
		if (runtime->unreadable_count)
			hub_unreadable_heard(runtime, event.at);
	}
	switch (event.kind) {
	case HUB_KAFKA_NOTHING:
		break;
	case HUB_KAFKA_RECORD:
		on_record(runtime, &event);
		break;
	case HUB_KAFKA_EOF:
		on_eof(runtime, &event);
		break;
	case HUB_KAFKA_ASSIGN:
		return hub_runtime_on_assign(runtime, &event, reterr);
	case HUB_KAFKA_REVOKE:
		return hub_runtime_on_revoke(runtime, &event, reterr);
	case HUB_KAFKA_ERROR:
		return on_error(runtime, &event, reterr);
	}
	return 0;
}

static bool full(const struct hub_runtime *runtime)
{
	return runtime->gathered.count >= runtime->options.batch_events ||
	       runtime->gathered.bytes >= runtime->options.batch_bytes;
}

/* Until nothing more is there, the batch is full, the time has passed, or a rebalance came. */
static int drain(struct hub_runtime *runtime, enum stage stage, int64_t until_us, struct hub_error *reterr)
{
	bool more = true;
	int r = 0;
	for (uint32_t n = 1; r == 0 && more && runtime->stage == stage && !full(runtime); n++) {
		if (n % CLOCK_EVERY == 0 && hub_runtime_us(runtime) >= until_us)
			break;
		r = take(runtime, 0, &more, reterr);
	}
	return r;
}

static int64_t first_wait_us(struct hub_runtime *runtime)
{
	int64_t wait = runtime->options.idle_us;
	if (hub_runtime_follower_waits(runtime))
		return 0;
	if (runtime->stage == STAGE_DECIDING)
		return hub_runtime_timer_wait_us(runtime, wait);
	int64_t until_retry = runtime->retry_at_us - hub_runtime_us(runtime);
	if (runtime->stage == STAGE_STARTING || runtime->stage == STAGE_ASSIGNED ||
	        runtime->stage == STAGE_OPENING || runtime->stage == STAGE_SUSPENDED)
		return until_retry <= 0 ? 0 : until_retry < wait ? until_retry : wait;
	return wait;
}

/* Waits until something comes. The ends of partitions that come before a record are no reason to begin: whoever took them
 * for the first of a batch would not breathe before the records behind them. */
static int take_first(struct hub_runtime *runtime, bool *ret_more, struct hub_error *reterr)
{
	enum stage stage = runtime->stage;
	int64_t wait_us = first_wait_us(runtime);
	int r;
	do {
		r = take(runtime, wait_us, ret_more, reterr);
		wait_us = 0;
	} while (r == 0 && *ret_more && runtime->stage == STAGE_DECIDING && runtime->stage == stage &&
	         runtime->gathered.count == 0);
	return r;
}

/* Transactions are not begun back to back (pace.h). The wait comes before the draining, so that nothing waits
 * in a drained batch; with a whole batch queued there is no wait. */
static void breathe(struct hub_runtime *runtime)
{
	const struct hub_clock_port *clock = runtime->options.clock;
	int64_t wait = hub_pace_next_us(&runtime->pace) - hub_runtime_us(runtime);
	if (wait > 0 && !runtime->gathered.was_full)
		clock->sleep_us(clock->user, wait);
}

int hub_runtime_gather(struct hub_runtime *runtime, struct hub_error *reterr)
{
	enum stage stage = runtime->stage;
	bool more = false;
	if (runtime->gathered.decided == runtime->gathered.count)
		hub_gathered_drop(&runtime->gathered);
	int r = hub_runtime_probe_broker(runtime, reterr);
	if (r == 0)
		r = hub_unreadable_try(runtime, reterr);
	if (r == 0)
		r = take_first(runtime, &more, reterr);
	if (r < 0 || !more || runtime->stage != stage)
		return r;
	int64_t turn_us = RESTORE_TURN_US;
	if (runtime->gathered.count > 0) {
		breathe(runtime);
		turn_us = runtime->options.batch_us;
	}
	r = drain(runtime, stage, hub_runtime_us(runtime) + turn_us, reterr);
	runtime->gathered.was_full = full(runtime);
	return r;
}
