/* What keeps the runtime from deciding, said in one line for readiness: a fault that is being waited out, a
 * registry that is empty or behind, a clock that is not to be believed. */
#include "runtime/inside.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	BACKOFF_MIN_US = 100 * 1000,
	BACKOFF_MAX_US = 5000 * 1000,
	LOOK_AGAIN_US = 200 * 1000,
	VAGUE_US = 60 * 1000 * 1000,
	PROBE_US = 1000 * 1000
};

void hub_runtime_note_fault(struct hub_runtime *runtime, const struct hub_error *error)
{
	const struct hub_clock_port *clock = runtime->options.clock;
	int64_t wait = (int64_t)BACKOFF_MIN_US << (runtime->faults < 6 ? runtime->faults : 6);
	if (wait > BACKOFF_MAX_US)
		wait = BACKOFF_MAX_US;
	wait = wait / 2 + clock->random(clock->user) % (wait / 2); /* jitter: instances fail together */
	runtime->faults++;
	runtime->retry_at_us = hub_runtime_us(runtime) + wait;
	snprintf(runtime->hindrance, sizeof(runtime->hindrance), "%.250s", error->text);
	hub_runtime_tell(runtime, HUB_NOTICE_RETRY, -1, -1, -1, "%s", error->text);
}

bool hub_runtime_broker_time_is_vague(const struct hub_runtime *runtime)
{
	return runtime->broker_to_us - runtime->broker_from_us > VAGUE_US;
}

/* Commits tell the broker's time (the changelog's topics use LogAppendTime). A clock that jumped would carry
 * every deadline with it, for good, since the runtime's clock never goes back. */
static bool clock_is_off(struct hub_runtime *runtime)
{
	if (runtime->options.clock_kind == HUB_CLOCK_STREAM || runtime->broker_ms < 0)
		return false;
	/* Between these two: the commit may have taken long (brokers away, this process stopped). */
	int64_t now_us = hub_runtime_us(runtime), elapsed_ms = runtime->now_ms - runtime->broker_ms;
	int64_t least = elapsed_ms - (now_us - runtime->broker_from_us) / 1000;
	int64_t most = elapsed_ms - (now_us - runtime->broker_to_us) / 1000;
	int64_t ahead = least > 0 ? least : most < 0 ? most : 0;
	if (ahead <= runtime->options.skew_ms && ahead >= -runtime->options.skew_ms)
		return false;
	snprintf(runtime->hindrance, sizeof(runtime->hindrance), "the clock is %" PRId64 " s %s the broker's",
	        (ahead < 0 ? -ahead : ahead) / 1000, ahead < 0 ? "behind" : "ahead of");
	return true;
}

static bool partition_is_ahead(struct hub_runtime *runtime, const struct partition *partition)
{
	const struct hub_position *position = &partition->position;
	int64_t version = hub_registry_version(runtime->registry);
	if (position->registry_version > version) {
		snprintf(runtime->hindrance, sizeof(runtime->hindrance),
		        "the registry is read up to %" PRId64 ", partition %" PRId32
		        " was decided by %" PRId64,
		        version, partition->id, position->registry_version);
		return true;
	}
	int64_t ahead = position->clock_ms - runtime->now_ms;
	if (runtime->options.clock_kind == HUB_CLOCK_STREAM || ahead <= runtime->options.skew_ms)
		return false;
	snprintf(runtime->hindrance, sizeof(runtime->hindrance),
	        "partition %" PRId32 " has been decided %" PRId64 " s ahead of this clock", partition->id,
	        ahead / 1000);
	return true;
}

/* The time that is judged is the time by which is decided: the clock may jump at any moment. */
bool hub_runtime_hindered(struct hub_runtime *runtime)
{
	runtime->now_ms = hub_runtime_wall_ms(runtime);
	if (hub_registry_version(runtime->registry) < 0) {
		snprintf(runtime->hindrance, sizeof(runtime->hindrance), "the registry is empty");
		return true;
	}
	if (clock_is_off(runtime))
		return true;
	for (uint32_t i = 0; i < runtime->count; i++)
		if (runtime->partitions[i]->phase == PHASE_RESTORED &&
		        partition_is_ahead(runtime, runtime->partitions[i]))
			return true;
	return false;
}

/* Inputs stop until resume(); what was read and not decided will be read again. */
int hub_runtime_suspend(struct hub_runtime *runtime, struct hub_error *reterr)
{
	hub_gathered_drop(&runtime->gathered);
	runtime->stage = STAGE_SUSPENDED;
	return hub_runtime_read_registry(runtime, reterr);
}

int hub_runtime_resume(struct hub_runtime *runtime, struct hub_error *reterr)
{
	if (hub_runtime_hindered(runtime)) {
		runtime->retry_at_us = hub_runtime_us(runtime) + LOOK_AGAIN_US;
		return 0;
	}
	int r = hub_runtime_read_inputs(runtime, reterr);
	if (r == 0)
		runtime->stage = STAGE_DECIDING;
	return r;
}

/* The client says when it loses the brokers, not when it finds them again; with no input, only asking shows
 * it. */
int hub_runtime_probe_broker(struct hub_runtime *runtime, struct hub_error *reterr)
{
	struct hub_topic_partition registry = { runtime->topics->registry, 0 };
	int64_t low, high;
	if (!runtime->broker_away || runtime->stage == STAGE_STARTING /* which asks by itself */ ||
	        hub_runtime_us(runtime) < runtime->probe_at_us)
		return 0;
	int r = runtime->kafka->watermarks(runtime->kafka->user, registry, &low, &high, reterr);
	runtime->probe_at_us = hub_runtime_us(runtime) + PROBE_US;
	if (r == 0)
		runtime->broker_away = false;
	return r == HUB_E_RETRY ? 0 : r;
}
