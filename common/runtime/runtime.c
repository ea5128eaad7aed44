#include "runtime/inside.h"

#include "base/check.h"
#include "records/catalogue.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	BATCH_EVENTS = 20000,
	BATCH_BYTES = 32 * 1024 * 1024,
	BATCH_US = 100 * 1000,
	BATCH_TIMERS = 1000,
	IDLE_US = 100 * 1000,
	SKEW_MS = 5 * 60 * 1000,
	EFFECTS_COUNT = 1000,
	EFFECTS_BYTES = 8 * 1024 * 1024,
	RECORD_BYTES = 900 * 1000, /* under the broker's 1 MiB with key and headers */
	SNAPSHOT_RECORDS = 10 * 1000,
	TRANSACTION_LIMIT = 1024 * 1024 * 1024,
	DECIDING_LIMIT = 64 * 1024 * 1024,
	DELIVERY_LIMIT = 512 * 1024 * 1024,
};

static void fill_defaults(struct hub_runtime_options *options)
{
	static const struct hub_observer nobody = { 0 };
	if (!options->observer)
		options->observer = &nobody;
	if (!options->version)
		options->version = "";
	if (options->write_version > options->core->state_version)
		options->write_version = options->core->state_version;
	options->batch_events = options->batch_events ? options->batch_events : BATCH_EVENTS;
	options->batch_bytes = options->batch_bytes ? options->batch_bytes : BATCH_BYTES;
	options->batch_us = options->batch_us ? options->batch_us : BATCH_US;
	options->batch_timers = options->batch_timers ? options->batch_timers : BATCH_TIMERS;
	options->idle_us = options->idle_us ? options->idle_us : IDLE_US;
	options->skew_ms = options->skew_ms ? options->skew_ms : SKEW_MS;
	options->effects_count = options->effects_count ? options->effects_count : EFFECTS_COUNT;
	options->effects_bytes = options->effects_bytes ? options->effects_bytes : EFFECTS_BYTES;
	options->record_bytes = options->record_bytes ? options->record_bytes : RECORD_BYTES;
	options->snapshot_records = options->snapshot_records ? options->snapshot_records : SNAPSHOT_RECORDS;
}

struct hub_runtime *hub_runtime_new(const struct hub_runtime_options *options)
{
	struct hub_runtime *runtime = calloc(1, sizeof(*runtime));
	hub_check(runtime != NULL);
	runtime->options = *options;
	fill_defaults(&runtime->options);
	runtime->observer = *runtime->options.observer;
	runtime->core = options->core;
	runtime->topics = options->topics;
	runtime->kafka = options->kafka;
	hub_check(options->topics->input_count > 0 && options->topics->input_count <= HUB_INPUTS_MAX);
	runtime->stage = STAGE_STARTING;
	runtime->broker_ms = -1;
	runtime->registry = hub_registry_new(&hub_registry_schemas);
	hub_policies_init(&runtime->policies, options->core, runtime->registry, options->core_options,
	        hub_runtime_on_registry_fault, runtime);
	/* A record may be as large as the whole of a small batch, and each costs some alignment. */
	runtime->gathered.arena = hub_arena_new(2 * (size_t)runtime->options.batch_bytes + 64 * 1024 * 1024);
	runtime->outgoing.arena = hub_arena_new(TRANSACTION_LIMIT);
	runtime->outgoing.deciding = hub_arena_new(DECIDING_LIMIT);
	runtime->outgoing.committing = hub_arena_new(TRANSACTION_LIMIT);
	runtime->snapshot.arena = hub_arena_new(TRANSACTION_LIMIT);
	hub_check(runtime->gathered.arena && runtime->outgoing.arena && runtime->outgoing.deciding &&
	          runtime->outgoing.committing && runtime->snapshot.arena);
	hub_buf_init(&runtime->outgoing.scratch, runtime->options.effects_bytes);
	hub_outgoing_reset(&runtime->outgoing, runtime->core);
	hub_check(pthread_mutex_init(&runtime->status_lock, NULL) == 0);
	if (options->store && options->core->project) {
		runtime->handover = hub_handover_new(DELIVERY_LIMIT);
		runtime->follower =
		        hub_follower_new(options->core, options->topics->names[options->topics->state],
		                options->store, options->clock, &runtime->observer, runtime->handover);
	}
	hub_caution_init(runtime);
	hub_runtime_publish_status(runtime);
	return runtime;
}

void hub_runtime_free(struct hub_runtime *runtime)
{
	if (!runtime)
		return;
	hub_runtime_drop_partitions(runtime);
	hub_follower_free(runtime->follower);
	hub_handover_free(runtime->handover);
	hub_policies_done(&runtime->policies);
	hub_registry_free(runtime->registry);
	hub_arena_free(runtime->gathered.arena);
	free(runtime->gathered.inputs);
	hub_arena_free(runtime->outgoing.arena);
	hub_arena_free(runtime->outgoing.deciding);
	hub_arena_free(runtime->outgoing.committing);
	free(runtime->outgoing.records);
	free(runtime->outgoing.decided);
	free(runtime->outgoing.dead);
	free(runtime->outgoing.reasons);
	free(runtime->outgoing.spans);
	hub_buf_done(&runtime->outgoing.scratch);
	hub_arena_free(runtime->snapshot.arena);
	free(runtime->unreadable);
	free(runtime->by_id);
	pthread_mutex_destroy(&runtime->status_lock);
	free(runtime);
}

int64_t hub_runtime_us(const struct hub_runtime *runtime)
{
	return runtime->options.clock->monotonic_us(runtime->options.clock->user);
}

int64_t hub_runtime_wall_ms(const struct hub_runtime *runtime)
{
	return runtime->options.clock->wall_ms(runtime->options.clock->user);
}

void hub_runtime_tell(struct hub_runtime *runtime, enum hub_notice_code code, int32_t topic,
        int32_t partition, int64_t offset, const char *format, ...)
{
	char text[512];
	if (!runtime->observer.notice)
		return;
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	bool about_input = code == HUB_NOTICE_DEAD_LETTER || code == HUB_NOTICE_POISON;
	const struct hub_notice notice = {
		.code = code,
		.topic = topic < 0 ? NULL : runtime->topics->names[topic],
		.partition = partition,
		.offset = offset,
		.text = text,
		.trace = about_input ? &runtime->outgoing.tracing.span : NULL,
	};
	runtime->observer.notice(runtime->observer.user, &notice);
}

void hub_runtime_follow(struct hub_runtime *runtime, int64_t wait_us)
{
	if (!runtime->follower) {
		runtime->options.clock->sleep_us(runtime->options.clock->user, wait_us);
		return;
	}
	int64_t until = runtime->follower_has_more || wait_us == 0 ? 0 : hub_runtime_us(runtime) + wait_us;
	runtime->follower_has_more = hub_follower_step(runtime->follower, until);
}

void hub_runtime_wake(struct hub_runtime *runtime)
{
	if (runtime->handover)
		hub_handover_wake(runtime->handover);
}

void hub_runtime_finish(struct hub_runtime *runtime, int64_t wait_us)
{
	hub_runtime_serve_follower(runtime);
	if (runtime->handover)
		hub_handover_settled(runtime->handover, hub_runtime_us(runtime) + wait_us);
}
