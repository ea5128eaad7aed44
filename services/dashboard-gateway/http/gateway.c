#include "dashboard-gateway/http/gateway.h"

#include "admin/admin.h"
#include "base/calendar.h"
#include "daemon/certificate.h"
#include "daemon/clock.h"
#include "daemon/daemon.h"
#include "daemon/deadline.h"
#include "daemon/event_log.h"
#include "dashboard-gateway/feed/feed.h"
#include "dashboard-gateway/http/bodies.h"
#include "dashboard-gateway/http/files.h"
#include "dashboard-gateway/http/limits.h"
#include "dashboard-gateway/http/listen.h"
#include "dashboard-gateway/http/repeats.h"
#include "dashboard-gateway/http/server.h"
#include "dashboard-gateway/http/stream.h"
#include "dashboard-gateway/http/tracing.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	TOMBSTONES = 20000,
	STORIES = 500000,
	LETTERS = 10000,
	REPEATS = 8192,
	BODIES = 32,
	LIMIT_WINDOW_MS = 10000,
	STOP_MS = 5000,       /* to its end, whatever happens */
	LAST_WORDS_MS = 2500, /* for answers that are under way */
	LOOK_MS = 50,
};

int64_t gateway_now_ms(void)
{
	return hub_system_clock()->wall_ms(NULL);
}

int64_t gateway_now_us(void)
{
	return hub_system_clock()->monotonic_us(NULL);
}

struct gateway_world gateway_world(const struct gateway *gateway)
{
	struct gateway_world world = {
		.hot = gateway->hot,
		.policy = gateway->policy,
		.registry = gateway->registry,
		.stories = gateway->stories,
		.heard = gateway->heard,
		.alerts = gateway->alerts,
		.letters = gateway->letters,
		.epoch = gateway->epoch,
		.now_ms = gateway_now_ms(),
	};
	if (gateway->feed)
		gateway_feed_state(gateway->feed, &world.feed);
	return world;
}

struct sought {
	struct hub_str region_id;
	const struct hub_region *found;
};

static void visit(void *user, const void *record)
{
	struct sought *sought = user;
	const struct hub_region *region = record;
	if (hub_str_eq(region->region_id, sought->region_id))
		sought->found = region;
}

const struct hub_region *gateway_region(const struct gateway *gateway, struct hub_str region_id)
{
	struct sought sought = { .region_id = region_id };
	hub_registry_each(
	        gateway->registry, &hub_region_schema, hub_day_of(gateway_now_ms()), visit, &sought);
	return sought.found;
}

/* ---- stopping ---- */

/* One run: what only main's loop needs. */
struct running {
	struct gateway *gateway;
	struct event *signals[2], *look;
	struct hub_deadline *deadline;
	int64_t until_us;
};

static void on_look(evutil_socket_t fd, short what, void *user)
{
	struct running *running = user;
	(void)fd;
	(void)what;
	if (!gateway_server_busy(running->gateway->server) || gateway_now_us() > running->until_us)
		event_base_loopbreak(running->gateway->base);
}

static void on_signal(evutil_socket_t number, short what, void *user)
{
	const struct timeval look = { 0, LOOK_MS * 1000 };
	struct running *running = user;
	struct gateway *gateway = running->gateway;
	(void)what;
	if (gateway->stopping)
		return;
	hub_log(gateway->log, HUB_LOG_STOPPING, hub_log_text("signal", strsignal((int)number)));
	gateway->stopping = true;
	running->deadline = hub_deadline_start(gateway->log, STOP_MS, HUB_EXIT_AGAIN);
	running->until_us = gateway_now_us() + LAST_WORDS_MS * INT64_C(1000);
	gateway_server_stop(gateway->server);
	gateway_streams_bye(gateway->streams);
	event_add(running->look, &look);
}

/* ---- setting up ---- */

/* Every reader is a file: as many as the system allows. */
static void raise_files(const struct gateway *gateway)
{
	struct rlimit limit;
	rlim_t wanted = (rlim_t)gateway->options->connections + 256;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
		hub_log(gateway->log, HUB_LOG_FEW_FILES, hub_log_int("files", (int64_t)limit.rlim_cur),
		        hub_log_int("wanted", (int64_t)wanted));
}

static void make_tables(struct gateway *gateway)
{
	struct gateway_limits_options limits = {
		.burst = (uint32_t)gateway->options->burst,
		.window_ms = LIMIT_WINDOW_MS,
	};
	randombytes_buf(&limits.seed, sizeof(limits.seed));
	gateway->hot = gateway_hot_new(TOMBSTONES);
	gateway->stories = gateway_stories_new(STORIES);
	gateway->heard = gateway_heard_new();
	gateway->alerts = gateway_alerts_new();
	gateway->letters = gateway_letters_new(LETTERS);
	gateway->limits = gateway_limits_new(&limits);
	gateway->bodies = gateway_bodies_new(BODIES);
	gateway->repeats = gateway_repeats_new(REPEATS);
}

static int open_auth(struct gateway *gateway, struct hub_error *reterr)
{
	const struct gateway_options *options = gateway->options;
	const struct gateway_auth_options auth = {
		.base = gateway->base,
		.users_file = options->users_file,
		.session_key_file = options->session_key_file,
		.session_ms = options->session_minutes * HUB_MINUTE_MS,
		.oidc_issuer = options->oidc_issuer,
		.oidc_audience = options->oidc_audience,
		.oidc_jwks = options->oidc_jwks,
		.claim_role = options->claim_role,
		.claim_org = options->claim_org,
		.claim_consortium = options->claim_consortium,
		.log = gateway->log,
	};
	return gateway_auth_new(&auth, &gateway->auth, reterr);
}

/* A stream was let in by what its user was at its beginning. */
static void on_user_changed(void *arg, struct hub_str user)
{
	const struct gateway *gateway = arg;
	gateway_streams_end_user(gateway->streams, user);
}

static int make_loop(struct running *running, struct hub_error *reterr)
{
	struct gateway *gateway = running->gateway;
	gateway->base = event_base_new();
	if (!gateway->base)
		return hub_error_set(
		        reterr, HUB_E_FATAL, "gateway", "cannot make an event loop: %s", strerror(errno));
	running->signals[0] = evsignal_new(gateway->base, SIGTERM, on_signal, running);
	running->signals[1] = evsignal_new(gateway->base, SIGINT, on_signal, running);
	running->look = event_new(gateway->base, -1, EV_PERSIST, on_look, running);
	if (!running->signals[0] || !running->signals[1] || !running->look ||
	        event_add(running->signals[0], NULL) != 0 || event_add(running->signals[1], NULL) != 0)
		return hub_error_set(reterr, HUB_E_FATAL, "gateway", "cannot make an event");
	return HUB_OK;
}

/* The addresses first: a second copy by mistake ends before it has touched Kafka. */
static int set_up(struct running *running, struct hub_kafka_properties kafka, struct hub_error *reterr)
{
	struct gateway *gateway = running->gateway;
	const char *const build[] = { "dashboard-gateway", HUB_VERSION };
	if (sodium_init() < 0)
		return hub_error_set(reterr, HUB_E_FATAL, "gateway", "libsodium finds no source of chance");
	gateway->metrics = gateway_measures_new();
	if (!gateway->metrics)
		return hub_error_set(reterr, HUB_E_FATAL, "gateway", "out of memory");
	hub_metrics_set(gateway->metrics, GATEWAY_MEASURE_BUILD_INFO, build, 1);
	hub_metrics_set(gateway->metrics, GATEWAY_MEASURE_PROCESS_START, NULL, (double)gateway->epoch / 1e3);
	hub_certificate_measure(gateway->metrics, GATEWAY_MEASURE_CERTIFICATE_END, &kafka);
	raise_files(gateway);
	make_tables(gateway);
	int code = make_loop(running, reterr);
	if (!code)
		code = gateway_files_new(gateway->options->web_folder, &gateway->files, reterr);
	if (!code)
		code = open_auth(gateway, reterr);
	if (!code)
		code = gateway_tracing_new(gateway, &gateway->tracing, reterr);
	if (!code)
		code = gateway_streams_new(gateway, &gateway->streams, reterr);
	if (!code)
		gateway_auth_watch(gateway->auth, on_user_changed, gateway);
	if (!code)
		code = gateway_server_new(gateway, &gateway->server, reterr);
	if (!code)
		code = gateway_open_admin(gateway, reterr);
	return code ? code : gateway_open_feed(gateway, kafka, reterr);
}

/* What is under way is answered by the feed's end; then the connections go, and with them the streams' readers. */
static void tear_down(struct running *running)
{
	struct gateway *gateway = running->gateway;
	struct gateway_feed *feed = gateway->feed;
	gateway->feed = NULL; /* what is answered now is told to nobody any more */
	gateway_feed_free(feed);
	gateway_auth_free(gateway->auth);
	hub_admin_free(gateway->admin);
	gateway_server_free(gateway->server);
	gateway_streams_free(gateway->streams);
	gateway_tracing_free(gateway->tracing);
	for (int i = 0; i < 2; i++)
		if (running->signals[i])
			event_free(running->signals[i]);
	if (running->look)
		event_free(running->look);
	if (gateway->base)
		event_base_free(gateway->base);
	gateway_files_free(gateway->files);
	gateway_repeats_free(gateway->repeats);
	gateway_bodies_free(gateway->bodies);
	gateway_limits_free(gateway->limits);
	gateway_letters_free(gateway->letters);
	gateway_alerts_free(gateway->alerts);
	gateway_heard_free(gateway->heard);
	gateway_stories_free(gateway->stories);
	gateway_hot_free(gateway->hot);
	referral_policy_free(gateway->policy);
	hub_metrics_free(gateway->metrics);
}

int gateway_run(const struct gateway_options *options, struct hub_kafka_properties kafka)
{
	struct gateway gateway = { .options = options, .epoch = (uint64_t)gateway_now_ms() };
	struct running running = { .gateway = &gateway };
	struct hub_error error = { 0 };
	gateway.log = hub_log_new(STDERR_FILENO, (enum hub_log_level)options->log_level,
	        (enum hub_log_form)options->log_format, "dashboard-gateway");
	if (!gateway.log)
		return HUB_EXIT_UNAVAILABLE;
	hub_event_log_to(gateway.log);
	int exit_code = HUB_EXIT_OK;
	if (set_up(&running, kafka, &error)) {
		exit_code = HUB_EXIT_UNAVAILABLE;
		hub_log(gateway.log, HUB_LOG_CANNOT_START, hub_log_text("place", error.place),
		        hub_log_text("text", error.text), hub_log_int("exit_code", exit_code));
	} else {
		hub_log(gateway.log, HUB_LOG_STARTING, hub_log_text("version", HUB_VERSION),
		        hub_log_text("listen", options->listen), hub_log_text("admin", options->admin_listen),
		        hub_log_int("pid", getpid()));
		event_base_dispatch(gateway.base);
	}
	tear_down(&running);
	hub_deadline_met(running.deadline);
	if (exit_code == HUB_EXIT_OK)
		hub_log(gateway.log, HUB_LOG_STOPPED, hub_log_int("exit_code", exit_code));
	hub_event_log_to(NULL);
	hub_log_free(gateway.log);
	return exit_code;
}
