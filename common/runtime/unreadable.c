/* Partitions that the client could not read, each until it has been read again: the others go on meanwhile, so nothing but this
 * list knows of it. The client delivers nothing more of such a partition (kafka_port.h); so what is read is said anew from
 * time to time, and its answer is a record, an end, or the error once more. */
#include "runtime/inside.h"

#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

enum { TRY_MIN_US = 200 * 1000, TRY_MAX_US = 5000 * 1000 };

struct unreadable {
	struct hub_topic_partition at;
	char text[256];
};

static bool same(struct hub_topic_partition a, struct hub_topic_partition b)
{
	return a.topic == b.topic && a.partition == b.partition;
}

static struct unreadable *find(const struct hub_runtime *runtime, struct hub_topic_partition at)
{
	for (uint32_t i = 0; i < runtime->unreadable_count; i++)
		if (same(runtime->unreadable[i].at, at))
			return &runtime->unreadable[i];
	return NULL;
}

static void tell_once_a_topic(struct hub_runtime *runtime, const struct hub_kafka_event *event)
{
	for (uint32_t i = 0; i < runtime->unreadable_count; i++)
		if (runtime->unreadable[i].at.topic == event->at.topic)
			return;
	hub_runtime_tell(
	        runtime, HUB_NOTICE_RETRY, event->at.topic, event->at.partition, -1, "%s", event->error.text);
}

void hub_unreadable_note(struct hub_runtime *runtime, const struct hub_kafka_event *event)
{
	struct unreadable *entry = find(runtime, event->at);
	if (!entry) {
		tell_once_a_topic(runtime, event);
		size_t size = (runtime->unreadable_count + 1) * sizeof(*runtime->unreadable);
		runtime->unreadable = realloc(runtime->unreadable, size);
		hub_check(runtime->unreadable != NULL);
		if (runtime->unreadable_count == 0) {
			runtime->unreadable_tries = 0;
			runtime->try_at_us = hub_runtime_us(runtime) + TRY_MIN_US;
		}
		entry = &runtime->unreadable[runtime->unreadable_count++];
		entry->at = event->at;
	}
	snprintf(entry->text, sizeof(entry->text), "%.240s", event->error.text);
}

void hub_unreadable_heard(struct hub_runtime *runtime, struct hub_topic_partition at)
{
	struct unreadable *entry = find(runtime, at);
	if (!entry)
		return;
	struct unreadable *last = &runtime->unreadable[--runtime->unreadable_count];
	memmove(entry, entry + 1, (size_t)(last - entry) * sizeof(*entry));
}

static bool is_among(const struct hub_kafka_offset *reading, uint32_t count, struct hub_topic_partition at)
{
	for (uint32_t i = 0; i < count; i++)
		if (same(reading[i].at, at))
			return true;
	return false;
}

void hub_unreadable_keep(struct hub_runtime *runtime, const struct hub_kafka_offset *reading, uint32_t count)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < runtime->unreadable_count; i++)
		if (is_among(reading, count, runtime->unreadable[i].at))
			runtime->unreadable[kept++] = runtime->unreadable[i];
	runtime->unreadable_count = kept;
}

void hub_unreadable_say(const struct hub_runtime *runtime, char *reason, size_t room)
{
	if (runtime->unreadable_count)
		snprintf(reason, room, "%s%s", runtime->unreadable[0].text,
		        runtime->unreadable_count > 1 ? ", and others" : "");
}

static int read_again(struct hub_runtime *runtime, struct hub_error *reterr)
{
	switch (runtime->stage) {
	case STAGE_RESTORING:
		return hub_runtime_read_changelogs(runtime, reterr);
	case STAGE_DECIDING:
		return hub_runtime_read_inputs(runtime, reterr);
	case STAGE_REFUSED:
	case STAGE_OPENING:
	case STAGE_SUSPENDED:
		return hub_runtime_read_registry(runtime, reterr);
	case STAGE_STARTING:
	case STAGE_JOINING:
	case STAGE_IDLE:
	case STAGE_ASSIGNED:
		break;
	}
	return 0;
}

/* Inputs that wait to be decided would be read twice. */
int hub_unreadable_try(struct hub_runtime *runtime, struct hub_error *reterr)
{
	int64_t now_us = hub_runtime_us(runtime);
	if (runtime->unreadable_count == 0 || runtime->gathered.count > 0 || now_us < runtime->try_at_us)
		return 0;
	int64_t wait_us = (int64_t)TRY_MIN_US << ++runtime->unreadable_tries;
	if (wait_us >= TRY_MAX_US) {
		wait_us = TRY_MAX_US;
		runtime->unreadable_tries--; /* it is long enough */
	}
	runtime->try_at_us = now_us + wait_us;
	return read_again(runtime, reterr);
}
