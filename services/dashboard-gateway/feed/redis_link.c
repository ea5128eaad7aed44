#include "dashboard-gateway/feed/redis_link.h"

#include "base/check.h"
#include "dashboard-gateway/feed/inside.h"
#include "dashboard-gateway/feed/resolve.h"
#include "redis/address.h"
#include "redis/tls.h"

#include <event2/event.h>
#include <event2/util.h>
#include <hiredis/adapters/libevent.h>
#include <hiredis/async.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAUSE_FIRST_MS = 100, PAUSE_MOST_MS = 5000 };

struct call {
	struct gateway_redis *redis;
	gateway_reply_fn *fn;
	void *user;
};

struct gateway_redis {
	struct gateway_feed *feed;
	struct hub_redis_address address;
	char *username, *password;
	struct hub_redis_tls *tls; /* NULL: none */
	int database, timeout_ms;
	gateway_redis_fn *told;
	void *user;
	redisAsyncContext *link; /* NULL: none */
	bool up, closing, resolving;
	uint32_t under_way;
	int pause_ms;
	char why[160];
	struct event *silence; /* nothing was heard for timeout_ms */
	struct event *again;   /* the pause is over */
};

/* The last word about a connection, whoever ended it. */
static void lost(struct gateway_redis *redis, const char *why)
{
	/* hiredis knows of a handshake only that the connection ended. */
	if (redis->tls && !redis->up && hub_redis_tls_refusal(redis->tls))
		why = hub_redis_tls_refusal(redis->tls);
	bool first = !redis->feed->state.redis_away;
	redis->link = NULL;
	redis->up = false;
	event_del(redis->silence);
	if (redis->closing)
		return;
	if (first)
		hub_log(redis->feed->log, HUB_LOG_STORE_AWAY, hub_log_text("text", why));
	unsigned char chance;
	evutil_secure_rng_get_bytes(&chance, sizeof(chance));
	int pause_ms = redis->pause_ms / 2 + redis->pause_ms * chance / 512;
	redis->pause_ms = redis->pause_ms * 2 > PAUSE_MOST_MS ? PAUSE_MOST_MS : redis->pause_ms * 2;
	event_add(redis->again, &(struct timeval){ pause_ms / 1000, pause_ms % 1000 * 1000 });
	gateway_feed_redis(redis->feed, false);
	redis->told(redis->user, false);
}

static void listen_for(struct gateway_redis *redis)
{
	const struct timeval most = { redis->timeout_ms / 1000, redis->timeout_ms % 1000 * 1000 };
	if (redis->link && (!redis->up || redis->under_way))
		event_add(redis->silence, &most);
	else
		event_del(redis->silence);
}

static void on_reply(redisAsyncContext *link, void *reply, void *user)
{
	struct call *call = user;
	struct gateway_redis *redis = call->redis;
	(void)link;
	redis->under_way--;
	if (reply)
		listen_for(redis);
	else
		redis->up = false; /* nothing is sent any more on what is just being closed */
	if (call->fn)
		call->fn(call->user, reply);
	free(call);
}

static void send_words(struct gateway_redis *redis, uint32_t count, const struct hub_str *words,
        gateway_reply_fn *fn, void *user)
{
	const char **texts = calloc(count, sizeof(*texts));
	size_t *sizes = calloc(count, sizeof(*sizes));
	struct call *call = malloc(sizeof(*call));
	hub_check(texts && sizes && call);
	for (uint32_t i = 0; i < count; i++) {
		texts[i] = words[i].len ? words[i].data : "";
		sizes[i] = words[i].len;
	}
	*call = (struct call){ redis, fn, user };
	redis->under_way++;
	if (redis->under_way == 1)
		listen_for(redis);
	if (redisAsyncCommandArgv(redis->link, on_reply, call, (int)count, texts, sizes) != REDIS_OK)
		on_reply(redis->link, NULL, call); /* it is being closed */
	free(texts);
	free(sizes);
}

static void end_link(struct gateway_redis *redis, const char *why)
{
	snprintf(redis->why, sizeof(redis->why), "%s", why);
	redis->up = false;
	redisAsyncFree(redis->link); /* answers every call with NULL, now or when the present one returns */
	if (redis->link) /* on_disconnect was not called: it was never connected, or this is within a call */
		lost(redis, redis->why);
}

static bool is_refused(struct gateway_redis *redis, const redisReply *reply)
{
	if (!reply || !redis->link)
		return true;
	if (reply->type == REDIS_REPLY_ERROR)
		end_link(redis, reply->str);
	return reply->type == REDIS_REPLY_ERROR;
}

static void on_auth(void *user, const redisReply *reply)
{
	(void)is_refused(user, reply);
}

/* The last of the greeting. */
static void on_select(void *user, const redisReply *reply)
{
	struct gateway_redis *redis = user;
	if (is_refused(redis, reply))
		return;
	redis->up = true;
	redis->pause_ms = PAUSE_FIRST_MS;
	if (redis->feed->state.redis_away)
		hub_log(redis->feed->log, HUB_LOG_STORE_BACK, hub_log_text("text", "connected"));
	gateway_feed_redis(redis->feed, true);
	redis->told(redis->user, true);
}

static void greet(struct gateway_redis *redis)
{
	char number[16];
	struct hub_str auth[3] = { HUB_STR("AUTH") };
	uint32_t count = 1;
	if (redis->username)
		auth[count++] = hub_str_from(redis->username);
	auth[count++] = hub_str_from(redis->password);
	if (redis->password)
		send_words(redis, count, auth, on_auth, redis);
	snprintf(number, sizeof(number), "%d", redis->database);
	const struct hub_str select[] = { HUB_STR("SELECT"), hub_str_from(number) };
	send_words(redis, 2, select, on_select, redis);
}

static void on_connect(const redisAsyncContext *link, int status)
{
	struct gateway_redis *redis = link->data;
	if (status == REDIS_OK) /* otherwise hiredis frees it after this call */
		greet(redis);
	else
		lost(redis, link->c.errstr[0] ? link->c.errstr : "cannot connect");
}

static void on_disconnect(const redisAsyncContext *link, int status)
{
	struct gateway_redis *redis = link->data;
	if (redis->link == link)
		lost(redis, status != REDIS_OK && link->errstr && *link->errstr ? link->errstr : redis->why);
}

static void on_silence(int fd, short what, void *user)
{
	(void)fd, (void)what;
	end_link(user, "it does not answer");
}

static void open_link(struct gateway_redis *redis, const char *host)
{
	struct hub_error error = { 0 };
	redisAsyncContext *link = redis->address.path[0] ? redisAsyncConnectUnix(redis->address.path)
	                                                 : redisAsyncConnect(host, redis->address.port);
	hub_check(link);
	if (!link->err && redis->tls)
		(void)hub_redis_tls_start(redis->tls, &link->c, &error);
	if (link->err || error.code) {
		snprintf(redis->why, sizeof(redis->why), "%s", link->err ? link->errstr : error.text);
		redisAsyncFree(link);
		lost(redis, redis->why);
		return;
	}
	redis->link = link;
	link->data = redis;
	snprintf(redis->why, sizeof(redis->why), "the connection ended");
	hub_check(redisLibeventAttach(link, redis->feed->base) == REDIS_OK);
	redisAsyncSetConnectCallback(link, on_connect);
	redisAsyncSetDisconnectCallback(link, on_disconnect);
	listen_for(redis);
}

static void on_resolved(void *user, const char *host)
{
	struct gateway_redis *redis = user;
	redis->resolving = false;
	if (host)
		open_link(redis, host);
	else
		lost(redis, "its name has no address");
}

static void connect_now(struct gateway_redis *redis)
{
	if (redis->address.path[0] || gateway_is_address(redis->address.host)) {
		open_link(redis, redis->address.host);
		return;
	}
	redis->resolving = true;
	gateway_resolve(redis->feed->helper, redis->address.host, on_resolved, redis);
}

static void on_again(int fd, short what, void *user)
{
	(void)fd, (void)what;
	connect_now(user);
}

static char *copy(const char *text)
{
	char *copied = text && *text ? strdup(text) : NULL;
	hub_check(copied || !text || !*text);
	return copied;
}

int gateway_redis_new(struct gateway_feed *feed, const struct hub_redis_options *options,
        gateway_redis_fn *told, void *user, struct gateway_redis **ret, struct hub_error *reterr)
{
	struct hub_redis_address address;
	int code = hub_redis_address_parse(options->address, &address, reterr);
	struct hub_redis_tls *tls = NULL;
	if (!code && options->tls)
		code = hub_redis_tls_new(options->tls_ca, address.host, &tls, reterr);
	if (code)
		return code;
	struct gateway_redis *redis = calloc(1, sizeof(*redis));
	hub_check(redis);
	*redis = (struct gateway_redis){ .feed = feed,
		.address = address,
		.username = copy(options->username),
		.password = copy(options->password),
		.tls = tls,
		.database = options->database,
		.timeout_ms = options->timeout_ms,
		.told = told,
		.user = user,
		.pause_ms = PAUSE_FIRST_MS };
	redis->silence = evtimer_new(feed->base, on_silence, redis);
	redis->again = evtimer_new(feed->base, on_again, redis);
	hub_check(redis->silence && redis->again);
	event_add(redis->again, &(struct timeval){ 0, 0 });
	*ret = redis;
	return HUB_OK;
}

void gateway_redis_free(struct gateway_redis *redis)
{
	if (!redis)
		return;
	redis->closing = true;
	if (redis->link)
		redisAsyncFree(redis->link);
	event_free(redis->silence);
	event_free(redis->again);
	hub_redis_tls_free(redis->tls);
	free(redis->username);
	free(redis->password);
	free(redis);
}

bool gateway_redis_up(const struct gateway_redis *redis)
{
	return redis->up;
}

void gateway_redis_send(struct gateway_redis *redis, uint32_t count, const struct hub_str *words,
        gateway_reply_fn *fn, void *user)
{
	hub_check(redis->up);
	send_words(redis, count, words, fn, user);
}
