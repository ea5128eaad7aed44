#include "dashboard-gateway/auth/jwks_source.h"

#include "dashboard-gateway/auth/fetch.h"
#include "dashboard-gateway/auth/file.h"
#include "dashboard-gateway/auth/worker.h"
#include "log/log.h"

#include <event2/event.h>
#include <stdlib.h>
#include <time.h>

enum {
	EVERY_MS = 10 * 60 * 1000,
	RETRY_MS = 30 * 1000,
	UNKNOWN_MS = 60 * 1000,
	TIMEOUT_MS = 10 * 1000,
	LOOK_MS = 2000
};

struct gateway_jwks_source {
	struct gateway_jwks_options options;
	char *where;
	struct gateway_jwks *keys;
	struct event *timer;
	bool url;
	/* file */
	struct gateway_file_mark mark;
	/* URL */
	struct gateway_worker *worker;
	atomic_bool stop;
	bool asking;
	int64_t asked_ms; /* when last for an unknown key */
};

/* A request on its way; what the thread needs is its own. */
struct asking {
	struct gateway_job job;
	struct gateway_jwks_source *source; /* of it the thread touches only stop, where and timeout */
	struct hub_buf text;
	int code;
	struct hub_error err;
};

static int64_t monotonic_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void set_timer(struct gateway_jwks_source *source, int ms)
{
	const struct timeval after = { ms / 1000, ms % 1000 * 1000 };
	evtimer_add(source->timer, &after);
}

static int take_text(struct gateway_jwks_source *source, struct hub_str text, struct hub_error *err)
{
	struct gateway_jwks *keys = NULL;
	int result = gateway_jwks_parse(source->url ? "jwks" : source->where, text, &keys, err);
	if (result)
		return result;
	gateway_jwks_free(source->keys);
	source->keys = keys;
	hub_log(source->options.log, HUB_LOG_KEYS_READ, hub_log_int("keys", gateway_jwks_count(keys)));
	return HUB_OK;
}

static void log_failure(struct gateway_jwks_source *source, const struct hub_error *err)
{
	hub_log(source->options.log, HUB_LOG_KEYS_BAD, hub_log_text("place", err->place),
	        hub_log_text("text", err->text),
	        hub_log_int("keys", source->keys ? gateway_jwks_count(source->keys) : 0));
}

static int read_file(struct gateway_jwks_source *source, struct hub_error *err)
{
	struct hub_buf text;
	hub_buf_init(&text, GATEWAY_JWKS_TEXT_MAX);
	int result = gateway_file_read(source->where, false, &text, &source->mark, err);
	if (!result)
		result = take_text(source, hub_buf_slice(&text), err);
	hub_buf_done(&text);
	return result;
}

static void look_at_file(struct gateway_jwks_source *source)
{
	struct hub_error err = { 0 };
	bool known = source->mark.inode != 0;
	if (!gateway_file_changed(source->where, &source->mark) || read_file(source, &err) == HUB_OK)
		return;
	bool gone = err.code == HUB_E_NOT_FOUND;
	if (gone) /* told once */
		source->mark = (struct gateway_file_mark){ 0 };
	if (!gone || known)
		log_failure(source, &err);
}

static void run_asking(struct gateway_job *job)
{
	struct asking *asking = (struct asking *)job;
	struct gateway_jwks_source *source = asking->source;
	asking->code = gateway_fetch(
	        source->where, source->options.timeout_ms, &source->stop, &asking->text, &asking->err);
}

static void free_asking(struct gateway_job *job)
{
	struct asking *asking = (struct asking *)job;
	hub_buf_done(&asking->text);
	free(asking);
}

static void on_answer(struct gateway_job *job)
{
	struct asking *asking = (struct asking *)job;
	struct gateway_jwks_source *source = asking->source;
	source->asking = false;
	if (!asking->code)
		asking->code = take_text(source, hub_buf_slice(&asking->text), &asking->err);
	if (asking->code)
		log_failure(source, &asking->err);
	set_timer(source, asking->code ? source->options.retry_ms : source->options.every_ms);
	free_asking(job);
}

static void ask(struct gateway_jwks_source *source)
{
	struct asking *asking = source->asking ? NULL : calloc(1, sizeof(*asking));
	if (!asking)
		return;
	asking->job = (struct gateway_job){ run_asking, on_answer, free_asking, NULL };
	asking->source = source;
	hub_buf_init(&asking->text, GATEWAY_JWKS_TEXT_MAX);
	source->asking = gateway_worker_add(source->worker, &asking->job);
	if (!source->asking)
		free_asking(&asking->job);
}

static void on_timer(int fd, short what, void *user)
{
	struct gateway_jwks_source *source = user;
	(void)fd;
	(void)what;
	if (source->url) {
		ask(source);
		set_timer(source, source->options.every_ms);
	} else {
		look_at_file(source);
		set_timer(source, LOOK_MS);
	}
}

void gateway_jwks_source_unknown(struct gateway_jwks_source *source)
{
	int64_t now_ms = monotonic_ms();
	if (!source->url) {
		look_at_file(source);
	} else if (now_ms - source->asked_ms >= source->options.unknown_ms) {
		source->asked_ms = now_ms;
		ask(source);
	}
}

static void fill_in(struct gateway_jwks_options *options)
{
	options->every_ms = options->every_ms ? options->every_ms : EVERY_MS;
	options->retry_ms = options->retry_ms ? options->retry_ms : RETRY_MS;
	options->unknown_ms = options->unknown_ms ? options->unknown_ms : UNKNOWN_MS;
	options->timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_MS;
}

static int start(struct gateway_jwks_source *source, struct hub_error *err)
{
	if (!source->url) {
		set_timer(source, LOOK_MS);
		return read_file(source, err);
	}
	int result = gateway_worker_new(source->options.base, 1, &source->worker, err);
	if (result)
		return result;
	source->asked_ms = monotonic_ms();
	ask(source);
	return HUB_OK;
}

int gateway_jwks_source_new(const struct gateway_jwks_options *options, struct gateway_jwks_source **ret,
        struct hub_error *reterr)
{
	struct gateway_jwks_source *source = calloc(1, sizeof(*source));
	int result = HUB_OK;
	if (source) {
		source->options = *options;
		fill_in(&source->options);
		source->url = gateway_fetch_is_url(options->where);
		source->where = strdup(options->where);
		source->timer = evtimer_new(options->base, on_timer, source);
	}
	if (!source || !source->where || !source->timer)
		result = hub_error_set(reterr, HUB_E_FATAL, "jwks", "out of memory");
	if (!result)
		result = start(source, reterr);
	if (result) {
		gateway_jwks_source_free(source);
		return result;
	}
	*ret = source;
	return HUB_OK;
}

void gateway_jwks_source_free(struct gateway_jwks_source *source)
{
	if (!source)
		return;
	atomic_store(&source->stop, true);
	gateway_worker_free(source->worker);
	if (source->timer)
		event_free(source->timer);
	gateway_jwks_free(source->keys);
	free(source->where);
	free(source);
}

const struct gateway_jwks *gateway_jwks_source_keys(const struct gateway_jwks_source *source)
{
	return source->keys;
}
