/* Up in the order of need, down in the reverse; between them the main thread's event loop. */
#include "daemon/run.h"

#include "admin/admin.h"
#include "daemon/certificate.h"
#include "daemon/clock.h"
#include "daemon/crash_keeper.h"
#include "daemon/deadline.h"
#include "daemon/event_log.h"
#include "daemon/listener.h"
#include "daemon/measures.h"
#include "daemon/probes.h"
#include "daemon/spans.h"
#include "daemon/workers.h"
#include "kafka/kafka.h"
#include "log/log.h"
#include "redis/redis.h"
#include "runtime/runtime.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* SIGTERM promises an end within 5 s. */
enum { STOP_MS = 4500, LEAVE_GROUP_MS = 1000, FOLLOWER_MS = 500, TICK_MS = 500 };

struct run {
	const struct hub_daemon_spec *spec;
	const struct hub_daemon_options *options;
	struct hub_log *log;
	struct hub_metrics *metrics;
	struct hub_listener listener;
	struct hub_observer observer;
	struct hub_topics topics;
	struct hub_kafka *kafka;
	struct hub_redis *redis;
	struct hub_crash_keeper *crash;
	struct hub_runtime *runtime;
	struct hub_workers *workers;
	struct hub_deadline *deadline;
	struct event_base *base;
	struct event *events[4];
	struct hub_admin *admin;
	struct hub_exporter *exporter; /* NULL: no spans are made */
	char group[256];
	int done[2]; /* pipe: the worker tells the loop that it has ended */
	int64_t started_us;
};

static int64_t now_us(void)
{
	return hub_system_clock()->monotonic_us(NULL);
}

/* Returns the age of the worker's last step. */
static int64_t look(struct run *run, struct hub_runtime_status *ret)
{
	hub_runtime_status(run->runtime, ret);
	int64_t age_us = now_us() - (ret->step_us > run->started_us ? ret->step_us : run->started_us);
	hub_probe_waiting(age_us, ret);
	return age_us;
}

static void on_metrics(void *user, struct hub_buf *out)
{
	struct run *run = user;
	struct hub_runtime_status status;
	const char *const owned = "owned", *const restoring = "restoring", *const stopped = "stopped";
	(void)look(run, &status);
	hub_metrics_set(run->metrics, HUB_MEASURE_PARTITIONS, &owned, status.partitions);
	hub_metrics_set(run->metrics, HUB_MEASURE_PARTITIONS, &restoring, status.restoring);
	hub_metrics_set(run->metrics, HUB_MEASURE_PARTITIONS, &stopped, status.stopped);
	hub_metrics_set(run->metrics, HUB_MEASURE_CRASH_SUSPECTS, NULL, status.suspects);
	hub_metrics_set(run->metrics, HUB_MEASURE_REGISTRY_VERSION, NULL, (double)status.registry_version);
	hub_metrics_set(run->metrics, HUB_MEASURE_READY, NULL, status.ready);
	hub_measures_process(run->metrics);
	hub_metrics_write(run->metrics, out);
}

static bool on_live(void *user, struct hub_buf *text, struct hub_buf *json)
{
	struct run *run = user;
	struct hub_runtime_status status;
	return hub_probe_live(look(run, &status), run->options->watchdog_seconds * 1000000, text, json);
}

static bool on_ready(void *user, struct hub_buf *text, struct hub_buf *json)
{
	struct run *run = user;
	struct hub_runtime_status status;
	(void)look(run, &status);
	hub_probe_ready(&status, run->options->instance, text, json);
	return status.ready;
}

static void begin_to_stop(struct run *run)
{
	if (run->deadline)
		return;
	hub_workers_stop(run->workers);
	run->deadline = hub_deadline_start(run->log, STOP_MS, HUB_EXIT_AGAIN);
}

static void on_signal(evutil_socket_t number, short what, void *user)
{
	struct run *run = user;
	(void)what;
	hub_log(run->log, HUB_LOG_STOPPING, hub_log_text("signal", strsignal((int)number)));
	begin_to_stop(run);
}

static void on_worker_done(evutil_socket_t fd, short what, void *user)
{
	struct run *run = user;
	(void)fd;
	(void)what;
	begin_to_stop(run); /* it may have ended by itself: leaving has a deadline too */
	event_base_loopbreak(run->base);
}

/* The watchdog: calls into Kafka's client have been seen never to return. */
static void on_tick(evutil_socket_t fd, short what, void *user)
{
	struct run *run = user;
	struct hub_runtime_status status;
	int64_t age = look(run, &status);
	(void)fd;
	(void)what;
	if (run->deadline || age < run->options->watchdog_seconds * 1000000)
		return;
	hub_log(run->log, HUB_LOG_STUCK, hub_log_int("seconds", age / 1000000),
	        hub_log_int("exit_code", HUB_EXIT_AGAIN));
	_exit(HUB_EXIT_AGAIN);
}

static void tell_done(void *user)
{
	struct run *run = user;
	ssize_t written = write(run->done[1], "", 1);
	(void)written; /* the pipe is empty: one byte always fits */
}

static int open_kafka(struct run *run, struct hub_kafka_properties properties, struct hub_error *reterr)
{
	char id[512];
	snprintf(id, sizeof(id), "%s-%s", run->group, run->options->instance);
	hub_topics_init(&run->topics, run->spec->core, run->options->topic_prefix);
	const struct hub_kafka_options options = {
		.properties = properties,
		.group = run->group,
		.transactional_id = id,
		.topics = (const char *const *)run->topics.names,
		.topic_count = run->topics.count,
		.log = hub_log_kafka,
		.log_user = run->log,
	};
	return hub_kafka_open(&options, &run->kafka, reterr);
}

static int open_redis(struct run *run, struct hub_error *reterr)
{
	const struct hub_redis_options options = {
		.address = run->options->redis_address,
		.username = run->options->redis_username,
		.password = run->options->redis_password,
		.tls = run->options->redis_tls,
		.tls_ca = run->options->redis_tls_ca,
		.database = (int)run->options->redis_database,
		.timeout_ms = (int)run->options->redis_timeout_ms,
	};
	return hub_redis_open(&options, &run->redis, reterr);
}

/* Without it hospitals are served all the same. */
static void open_crash_file(struct run *run)
{
	char name[512];
	struct hub_error error = { 0 };
	snprintf(name, sizeof(name), "%s%s-%s", run->options->topic_prefix, run->spec->core->name,
	        run->options->instance);
	if (hub_crash_keeper_open(run->options->crash_folder, name, &run->crash, &error))
		hub_log(run->log, HUB_LOG_NO_CRASH_FILE, hub_log_text("place", error.place),
		        hub_log_text("text", error.text));
}

static int open_exporter(struct run *run, struct hub_error *reterr)
{
	const struct hub_exporter_options options = {
		.base = run->base,
		.endpoint = run->options->otlp_endpoint,
		.resource = { run->spec->core->name, HUB_VERSION, run->options->instance },
		.log = run->log,
		.metrics = run->metrics,
		.metric = HUB_MEASURE_SPANS,
	};
	return *options.endpoint ? hub_exporter_new(&options, &run->exporter, reterr) : HUB_OK;
}

static void make_runtime(struct run *run)
{
	if (run->exporter)
		run->listener.spans = hub_exporter_queue(run->exporter);
	run->observer = hub_listener_observer(&run->listener);
	const struct hub_runtime_options options = {
		.core = run->spec->core,
		.core_options = run->spec->option_values,
		.topics = &run->topics,
		.kafka = hub_kafka_port(run->kafka),
		.clock = hub_system_clock(),
		.store = hub_redis_port(run->redis),
		.crash_file = hub_crash_keeper_file(run->crash),
		.observer = &run->observer,
		.version = HUB_VERSION,
		.clock_kind = run->options->clock == 0 ? HUB_CLOCK_WALL : HUB_CLOCK_STREAM,
		.write_version = (int32_t)run->options->write_version,
		.batch_events = (uint32_t)run->options->batch_events,
		.batch_us = run->options->batch_ms * 1000,
		.batch_timers = (uint32_t)run->options->batch_timers,
		.skew_ms = run->options->clock_skew_ms,
		.trace_percent = run->exporter ? (uint32_t)run->options->trace_percent : 0,
	};
	run->runtime = hub_runtime_new(&options);
}

static int make_loop(struct run *run, struct hub_error *reterr)
{
	const struct timeval tick = { TICK_MS / 1000, TICK_MS % 1000 * 1000 };
	run->base = event_base_new();
	if (!run->base || pipe(run->done) != 0)
		return hub_error_set(
		        reterr, HUB_E_FATAL, "daemon", "cannot make an event loop: %s", strerror(errno));
	run->events[0] = evsignal_new(run->base, SIGTERM, on_signal, run);
	run->events[1] = evsignal_new(run->base, SIGINT, on_signal, run);
	run->events[2] = event_new(run->base, run->done[0], EV_READ, on_worker_done, run);
	run->events[3] = event_new(run->base, -1, EV_PERSIST, on_tick, run);
	for (int i = 0; i < 4; i++)
		if (!run->events[i] || event_add(run->events[i], i == 3 ? &tick : NULL) != 0)
			return hub_error_set(reterr, HUB_E_FATAL, "daemon", "cannot make an event");
	const struct hub_admin_options admin = {
		.listen = run->options->admin_listen,
		.user = run,
		.metrics = on_metrics,
		.live = on_live,
		.ready = on_ready,
	};
	return hub_admin_new(run->base, &admin, &run->admin, reterr);
}

static int set_up(struct run *run, struct hub_kafka_properties properties, struct hub_error *reterr)
{
	const char *const build[] = { run->spec->core->name, HUB_VERSION };
	run->metrics = hub_measures_new();
	if (!run->metrics)
		return hub_error_set(reterr, HUB_E_FATAL, "daemon", "out of memory");
	snprintf(run->group, sizeof(run->group), "%s%s", run->options->topic_prefix, run->spec->core->name);
	run->listener =
	        (struct hub_listener){ .log = run->log, .metrics = run->metrics, .group = run->group };
	hub_metrics_set(run->metrics, HUB_MEASURE_BUILD_INFO, build, 1);
	hub_metrics_set(run->metrics, HUB_MEASURE_PROCESS_START, NULL,
	        (double)hub_system_clock()->wall_ms(NULL) / 1e3);
	hub_certificate_measure(run->metrics, HUB_MEASURE_CERTIFICATE_END, &properties);
	/* The address first: a second copy by mistake ends before it has touched Kafka. */
	int code = make_loop(run, reterr);
	if (!code)
		code = open_exporter(run, reterr);
	if (!code)
		code = open_kafka(run, properties, reterr);
	if (!code)
		code = open_redis(run, reterr);
	if (code)
		return code;
	open_crash_file(run);
	make_runtime(run);
	return hub_workers_start(run->runtime, run->crash, tell_done, run, &run->workers, reterr);
}

static void tear_down(struct run *run, bool orderly)
{
	hub_admin_free(run->admin);
	hub_exporter_free(run->exporter);
	for (int i = 0; i < 4; i++)
		if (run->events[i])
			event_free(run->events[i]);
	if (run->base)
		event_base_free(run->base);
	if (run->done[1]) {
		close(run->done[0]);
		close(run->done[1]);
	}
	hub_kafka_close(run->kafka, 0);
	hub_runtime_free(run->runtime);
	hub_crash_keeper_close(run->crash, orderly);
	hub_redis_close(run->redis);
	hub_topics_done(&run->topics);
	hub_metrics_free(run->metrics);
}

static int loop(struct run *run)
{
	struct hub_error error = { 0 };
	hub_log(run->log, HUB_LOG_STARTING, hub_log_text("version", HUB_VERSION),
	        hub_log_text("instance", run->options->instance),
	        hub_log_text("admin", run->options->admin_listen), hub_log_int("pid", getpid()));
	event_base_dispatch(run->base);
	int code = hub_workers_join(run->workers, &error);
	/* The partitions are free for others before the hot state is looked after. */
	hub_kafka_close(run->kafka, LEAVE_GROUP_MS);
	run->kafka = NULL;
	if (!code)
		return HUB_EXIT_OK;
	hub_log(run->log, HUB_LOG_FAILED, hub_log_text("place", error.place),
	        hub_log_text("text", error.text), hub_log_text("kind", hub_code_name((enum hub_code)code)),
	        hub_log_int("exit_code", HUB_EXIT_AGAIN));
	return HUB_EXIT_AGAIN;
}

/* The follower is in the midst of writing: its memory cannot be freed, and waiting would help nobody. */
static void leave_as_it_is(struct run *run, int exit_code)
{
	hub_log(run->log, HUB_LOG_STOPPED, hub_log_int("exit_code", exit_code),
	        hub_log_text("text", "the hot state is behind; the next owner catches it up"));
	_exit(exit_code);
}

int hub_daemon_run(const struct hub_daemon_spec *spec, const struct hub_daemon_options *options,
        struct hub_kafka_properties kafka)
{
	struct run run = { .spec = spec, .options = options, .started_us = now_us() };
	struct hub_error error = { 0 };
	run.log = hub_log_new(STDERR_FILENO, (enum hub_log_level)options->log_level,
	        (enum hub_log_form)options->log_format, spec->core->name);
	if (!run.log)
		return HUB_EXIT_UNAVAILABLE;
	hub_event_log_to(run.log);
	int exit_code = HUB_EXIT_UNAVAILABLE;
	int code = set_up(&run, kafka, &error);
	if (code)
		hub_log(run.log, HUB_LOG_CANNOT_START, hub_log_text("place", error.place),
		        hub_log_text("text", error.text), hub_log_int("exit_code", HUB_EXIT_UNAVAILABLE));
	else
		exit_code = loop(&run);
	if (!code && !hub_workers_done(run.workers, FOLLOWER_MS))
		leave_as_it_is(&run, exit_code);
	tear_down(&run, exit_code == HUB_EXIT_OK);
	hub_deadline_met(run.deadline);
	if (!code)
		hub_log(run.log, HUB_LOG_STOPPED, hub_log_int("exit_code", exit_code));
	hub_event_log_to(NULL);
	hub_log_free(run.log);
	return exit_code;
}
