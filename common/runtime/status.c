/* Readiness and lag, for whoever asks from outside. */
#include "runtime/inside.h"

#include <inttypes.h>
#include <stdio.h>

enum { LAG_EVERY_US = 1000 * 1000 };

static const char *of_stage(const struct hub_runtime *runtime)
{
	switch (runtime->stage) {
	case STAGE_STARTING:
		return runtime->faults ? runtime->hindrance : "starting";
	case STAGE_JOINING:
		return "waiting for the group to assign partitions";
	case STAGE_REFUSED:
		return runtime->hindrance;
	case STAGE_ASSIGNED:
		return runtime->faults ? runtime->hindrance : "asking for committed offsets";
	case STAGE_RESTORING:
		return "restoring state";
	case STAGE_OPENING:
		return runtime->faults ? runtime->hindrance : "opening the first transaction";
	case STAGE_SUSPENDED:
		return runtime->hindrance[0] ? runtime->hindrance : "opening the first transaction";
	case STAGE_IDLE:
	case STAGE_DECIDING:
		break;
	}
	return runtime->broker_away ? runtime->broker_reason : "";
}

static void say_restoring(const struct hub_runtime *runtime, char *reason, size_t room)
{
	uint32_t left = 0;
	const struct partition *held_up = NULL;
	for (uint32_t i = 0; i < runtime->count; i++) {
		left += !runtime->partitions[i]->restored;
		if (runtime->partitions[i]->held_up)
			held_up = runtime->partitions[i];
	}
	if (held_up)
		snprintf(reason, room, "restoring: a transaction is open in %s[%" PRId32 "]",
		        runtime->topics->names[runtime->topics->state], held_up->id);
	else if (left)
		snprintf(reason, room, "restoring state");
	else
		snprintf(reason, room, "reading the registry");
}

static void fill(struct hub_runtime *runtime, struct hub_runtime_status *status)
{
	*status = (struct hub_runtime_status){ .partitions = runtime->count,
		.registry_version = hub_registry_version(runtime->registry),
		.step_us = hub_runtime_us(runtime) };
	if (runtime->options.crash_file)
		status->suspects = runtime->options.crash_file->suspects.count;
	snprintf(status->reason, sizeof(status->reason), "%s", of_stage(runtime));
	if (runtime->stage == STAGE_RESTORING)
		say_restoring(runtime, status->reason, sizeof(status->reason));
	if (!runtime->broker_away)
		hub_unreadable_say(runtime, status->reason, sizeof(status->reason));
	for (uint32_t i = 0; i < runtime->count; i++) {
		const struct partition *partition = runtime->partitions[i];
		status->restoring += partition->phase == PHASE_RESTORING;
		if (partition->phase != PHASE_STOPPED)
			continue;
		if (status->stopped++ == 0 && !status->reason[0])
			snprintf(status->reason, sizeof(status->reason),
			        "partition %" PRId32 " is stopped: %.200s", partition->id, partition->reason);
	}
	status->ready = status->reason[0] == '\0';
	if (runtime->handover)
		hub_handover_reason(runtime->handover, status->store_reason, sizeof(status->store_reason));
}

static void tell_readiness(struct hub_runtime *runtime, const struct hub_runtime_status *status)
{
	if (status->ready == runtime->told_ready && strcmp(status->reason, runtime->told_reason) == 0)
		return;
	if (status->ready != runtime->told_ready || !status->ready)
		hub_runtime_tell(runtime, status->ready ? HUB_NOTICE_READY : HUB_NOTICE_NOT_READY, -1, -1, -1,
		        "%s", status->reason);
	runtime->told_ready = status->ready;
	memcpy(runtime->told_reason, status->reason, sizeof(runtime->told_reason));
	if (runtime->observer.ready)
		runtime->observer.ready(runtime->observer.user, status->ready, status->reason);
}

void hub_runtime_publish_status(struct hub_runtime *runtime)
{
	struct hub_runtime_status status;
	fill(runtime, &status);
	tell_readiness(runtime, &status);
	pthread_mutex_lock(&runtime->status_lock);
	runtime->status = status;
	pthread_mutex_unlock(&runtime->status_lock);
}

void hub_runtime_status(struct hub_runtime *runtime, struct hub_runtime_status *ret)
{
	pthread_mutex_lock(&runtime->status_lock);
	*ret = runtime->status;
	pthread_mutex_unlock(&runtime->status_lock);
}

static void report(struct hub_runtime *runtime, const struct partition *partition, uint32_t topic)
{
	struct hub_topic_partition at = { (int32_t)topic, partition->id };
	const struct source *source = &partition->sources[topic];
	int64_t high = runtime->kafka->known_high(runtime->kafka->user, at);
	int64_t next = partition->position.next[topic];
	int64_t records = high > next ? high - next : 0;
	bool all_read = records == 0 || source->eof >= next;
	double seconds =
	        all_read || source->timestamp_ms == 0
	                ? 0
	                : ((double)hub_runtime_wall_ms(runtime) - (double)source->timestamp_ms) / 1000;
	runtime->observer.lag(runtime->observer.user, runtime->topics->names[topic], partition->id,
	        all_read ? 0 : records, seconds < 0 ? 0 : seconds);
}

void hub_runtime_report_lag(struct hub_runtime *runtime)
{
	int64_t now = hub_runtime_us(runtime);
	if (!runtime->observer.lag || now < runtime->lag_at_us)
		return;
	runtime->lag_at_us = now + LAG_EVERY_US;
	for (uint32_t i = 0; i < runtime->count; i++)
		for (uint32_t topic = 0; topic < runtime->topics->input_count; topic++)
			if (runtime->partitions[i]->phase == PHASE_RESTORED)
				report(runtime, runtime->partitions[i], topic);
}
