/* The connection to Redis, and the snapshot through it, against a server that says what the test wants. */
#include "dashboard-gateway/feed/clock.h"
#include "dashboard-gateway/feed/fences.h"
#include "dashboard-gateway/feed/keys.h"
#include "dashboard-gateway/feed/redis_link.h"
#include "dashboard-gateway/feed/snapshot.h"
#include "feed_world.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TIMEOUT_MS = 200, CONNECTIONS = 8 };

/* Answers each command by the first of its rules that the command begins with. */
struct rule {
	const char *command; /* its words, a blank between them; "" fits all */
	const char *answer;  /* or "close", or "exec": the next of execs */
};

struct server {
	struct feed_world *world;
	struct evconnlistener *listener;
	struct bufferevent *connections[CONNECTIONS];
	int accepted;
	int port;
	const struct rule *rules;
	const char *execs[2]; /* what the first and the second EXEC are answered */
	int exec_count;
	char heard[4096]; /* the commands, a line each */
};

struct told {
	int ups, downs;
};

static struct server server;
static struct told told;
static struct gateway_redis *redis;

/* One command of an array of bulk strings as "WORD word ...". False: not all is there yet. */
static bool read_command(struct evbuffer *input, char *text, size_t size)
{
	char *all = (char *)evbuffer_pullup(input, -1), *at = all;
	size_t len = evbuffer_get_length(input), used = 0;
	if (!all || !memchr(all, '\n', len))
		return false;
	long words = strtol(at + 1, &at, 10);
	for (at += 2; words > 0; words--) {
		if (at >= all + len || !memchr(at, '\n', (size_t)(all + len - at)))
			return false;
		long n = strtol(at + 1, &at, 10);
		at += 2;
		if (at + n + 2 > all + len)
			return false;
		used += (size_t)snprintf(text + used, size - used, "%s%.*s", used ? " " : "", (int)n, at);
		at += n + 2;
	}
	evbuffer_drain(input, (size_t)(at - all));
	return true;
}

static void drop(int i)
{
	if (server.connections[i])
		bufferevent_free(server.connections[i]);
	server.connections[i] = NULL;
}

static void answer(struct bufferevent *connection, const char *command)
{
	for (const struct rule *rule = server.rules; rule->command; rule++) {
		if (strncmp(command, rule->command, strlen(rule->command)) != 0)
			continue;
		if (strcmp(rule->answer, "close") == 0)
			drop(server.accepted - 1);
		else if (strcmp(rule->answer, "exec") == 0 && server.exec_count < 2)
			evbuffer_add_printf(
			        bufferevent_get_output(connection), "%s", server.execs[server.exec_count++]);
		else
			bufferevent_write(connection, rule->answer, strlen(rule->answer));
		return;
	}
}

static void on_read(struct bufferevent *connection, void *user)
{
	char command[1024];
	int mine = server.accepted - 1;
	(void)user;
	while (server.connections[mine] == connection &&
	        read_command(bufferevent_get_input(connection), command, sizeof(command))) {
		size_t len = strlen(server.heard);
		snprintf(server.heard + len, sizeof(server.heard) - len, "%s\n", command);
		answer(connection, command);
	}
}

static void on_accept(struct evconnlistener *listener, int fd, struct sockaddr *address, int len, void *user)
{
	(void)listener, (void)address, (void)len, (void)user;
	assert_true(server.accepted < CONNECTIONS);
	struct bufferevent *connection =
	        bufferevent_socket_new(server.world->feed.base, fd, BEV_OPT_CLOSE_ON_FREE);
	server.connections[server.accepted++] = connection;
	bufferevent_setcb(connection, on_read, NULL, NULL, NULL);
	bufferevent_enable(connection, EV_READ);
}

static void listen_on(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	server.listener = evconnlistener_new_bind(server.world->feed.base, on_accept, NULL,
	        LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, 8, (struct sockaddr *)&at, sizeof(at));
	assert_non_null(server.listener);
	getsockname(evconnlistener_get_fd(server.listener), (struct sockaddr *)&at, &len);
	server.port = ntohs(at.sin_port);
}

static void on_told(void *user, bool up)
{
	struct told *count = user;
	count->ups += up;
	count->downs += !up;
}

static void connect_to(const struct rule *rules, const char *username, const char *password)
{
	char address[64];
	server.rules = rules;
	snprintf(address, sizeof(address), "127.0.0.1:%d", server.port);
	const struct hub_redis_options options = { .address = address,
		.username = username,
		.password = password,
		.database = 3,
		.timeout_ms = TIMEOUT_MS };
	assert_int_equal(
	        gateway_redis_new(&server.world->feed, &options, on_told, &told, &redis, NULL), HUB_OK);
	server.world->feed.redis = redis;
}

static const struct rule friendly[] = { { "AUTH", "+OK\r\n" }, { "SELECT", "+OK\r\n" },
	{ "PING", "+PONG\r\n" }, { "SILENCE", "" }, { "CLOSE", "close" }, { "NONSENSE", "what?\r\n" },
	{ NULL, NULL } };

static void on_notify(int fd, short what, void *user)
{
	(void)fd, (void)what, (void)user;
}

static int setup(void **state)
{
	*state = NULL;
	memset(&server, 0, sizeof(server));
	memset(&told, 0, sizeof(told));
	server.world = feed_world_new();
	server.world->feed.notify = evtimer_new(server.world->feed.base, on_notify, NULL);
	listen_on(0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gateway_redis_free(redis);
	for (int i = 0; i < CONNECTIONS; i++)
		drop(i);
	if (server.listener)
		evconnlistener_free(server.listener);
	event_free(server.world->feed.notify);
	feed_world_free(server.world);
	return 0;
}

struct reply {
	int count;
	bool lost;
	char text[64];
};

static void on_reply(void *user, const redisReply *reply)
{
	struct reply *kept = user;
	kept->count++;
	kept->lost = !reply;
	if (reply && reply->str)
		snprintf(kept->text, sizeof(kept->text), "%s", reply->str);
}

static void send_word(const char *word, struct reply *reply)
{
	const struct hub_str words[] = { hub_str_from(word) };
	gateway_redis_send(redis, 1, words, on_reply, reply);
}

static void it_greets_asks_and_is_answered(void **state)
{
	(void)state;
	struct reply reply = { 0 };
	connect_to(friendly, "gateway", "secret");
	assert_false(gateway_redis_up(redis));
	assert_true(feed_world_run_to(server.world, &told.ups, 1, 2000));
	assert_true(gateway_redis_up(redis));
	send_word("PING", &reply);
	assert_true(feed_world_run_to(server.world, &reply.count, 1, 2000));
	assert_string_equal(reply.text, "PONG");
	assert_string_equal(server.heard, "AUTH gateway secret\nSELECT 3\nPING\n");
	/* It stays up without being asked anything. */
	int never = 0;
	assert_false(feed_world_run_to(server.world, &never, 1, 3 * TIMEOUT_MS));
	assert_int_equal(told.downs, 0);
	assert_null(strstr(feed_world_log(server.world), "secret"));
}

static void a_refused_password_is_told_and_tried_again(void **state)
{
	(void)state;
	static const struct rule refusing[] = { { "AUTH", "-WRONGPASS no\r\n" },
		{ "SELECT", "-NOAUTH no\r\n" }, { NULL, NULL } };
	connect_to(refusing, NULL, "wrong");
	assert_true(feed_world_run_to(server.world, &told.downs, 2, 3000));
	assert_int_equal(told.ups, 0);
	assert_true(server.world->feed.state.redis_away);
	server.rules = friendly;
	assert_true(feed_world_run_to(server.world, &told.ups, 1, 5000));
	assert_false(server.world->feed.state.redis_away);
	/* Told in the log once. */
	const char *log = feed_world_log(server.world), *first = strstr(log, "STORE_AWAY");
	assert_non_null(first);
	assert_non_null(strstr(log, "WRONGPASS"));
	assert_null(strstr(first + 1, "STORE_AWAY"));
	assert_non_null(strstr(log, "STORE_BACK"));
}

static const struct rule unfriendly[] = { { "CLOSE", "close" }, { "NONSENSE", "what?\r\n" }, { NULL, NULL } };

static void is_lost_by(const char *word, int most_ms)
{
	struct reply first = { 0 }, second = { 0 };
	connect_to(friendly, NULL, NULL);
	assert_true(feed_world_run_to(server.world, &told.ups, 1, 2000));
	int64_t began_us = gateway_steady_us();
	server.rules = unfriendly;
	send_word(word, &first);
	send_word("PING", &second);
	assert_true(feed_world_run_to(server.world, &told.downs, 1, 2000));
	server.rules = friendly;
	assert_true(gateway_steady_us() - began_us < most_ms * INT64_C(1000));
	assert_int_equal(first.count, 1);
	assert_true(first.lost);
	assert_int_equal(second.count, 1);
	assert_true(second.lost);
	assert_true(feed_world_run_to(server.world, &told.ups, 2, 3000)); /* and there again */
	send_word("PING", &second);
	assert_true(feed_world_run_to(server.world, &second.count, 2, 2000));
	assert_false(second.lost);
	assert_int_equal(told.downs, 1);
}

static void silence_ends_it(void **state)
{
	(void)state;
	is_lost_by("SILENCE", 10 * TIMEOUT_MS);
}

static void so_does_the_other_side(void **state)
{
	(void)state;
	is_lost_by("CLOSE", TIMEOUT_MS);
}

static void so_does_nonsense(void **state)
{
	(void)state;
	is_lost_by("NONSENSE", TIMEOUT_MS);
}

static void it_waits_for_one_that_is_not_there(void **state)
{
	(void)state;
	evconnlistener_free(server.listener);
	server.listener = NULL;
	connect_to(friendly, NULL, NULL);
	assert_true(feed_world_run_to(server.world, &told.downs, 2, 3000));
	listen_on(server.port);
	assert_true(feed_world_run_to(server.world, &told.ups, 1, 6000));
}

static void what_is_under_way_is_answered_at_the_end(void **state)
{
	(void)state;
	struct reply reply = { 0 };
	connect_to(friendly, NULL, NULL);
	assert_true(feed_world_run_to(server.world, &told.ups, 1, 2000));
	send_word("SILENCE", &reply);
	gateway_redis_free(redis);
	redis = NULL;
	assert_int_equal(reply.count, 1);
	assert_true(reply.lost);
	assert_int_equal(told.downs, 0);
}

/* The snapshot. */

struct done {
	int count;
	bool whole;
};

static void on_done(void *user, bool whole)
{
	struct done *done = user;
	done->count++;
	done->whole = whole;
}

static struct done read_snapshot(const char *exec_first, const char *exec_second, struct gateway_join *joins)
{
	static const struct rule rules[] = { { "SELECT", "+OK\r\n" }, { "MULTI", "+OK\r\n" },
		{ "EXEC", "exec" }, { "", "+QUEUED\r\n" }, { NULL, NULL } };
	struct done done = { 0 };
	server.execs[0] = exec_first;
	server.execs[1] = exec_second;
	connect_to(rules, NULL, NULL);
	assert_true(feed_world_run_to(server.world, &told.ups, 1, 2000));
	for (int i = 0; i < 2; i++)
		assert_true(
		        gateway_join_begin(&joins[i], (struct gateway_fence){ true, 1, 7, 1000 }, 100, 1000));
	struct gateway_snapshot *snapshot =
	        gateway_snapshot_new(&server.world->feed, joins, 2, on_done, &done);
	assert_true(feed_world_run_to(server.world, &done.count, 1, 1000));
	assert_int_equal(done.count, 1);
	gateway_snapshot_free(snapshot);
	return done;
}

#define FENCES(first, second) "*2\r\n$13\r\n1 " first " LIVE 1000\r\n$13\r\n1 " second " LIVE 1000\r\n"
#define NAMES_ALL                                                                                            \
	"*2\r\n$1\r\n0\r\n*3\r\n$35\r\n{referral-router.1}:beds:H1:GENERAL\r\n"                              \
	"$25\r\n{referral-router.1}:fence\r\n$3\r\nabc\r\n"

static void a_snapshot_is_read_piece_by_piece(void **state)
{
	(void)state;
	struct gateway_join joins[2];
	const struct done done = read_snapshot("*2\r\n" FENCES("7", "7") NAMES_ALL,
	        "*2\r\n" FENCES(
	                "9", "8") "*4\r\n$8\r\nbed_kind\r\n$7\r\nGENERAL\r\n$5\r\ntotal\r\n$1\r\n8\r\n",
	        joins);
	assert_true(done.whole);
	assert_string_equal(server.heard,
	        "SELECT 3\n"
	        "MULTI\nMGET {referral-router.0}:fence {referral-router.1}:fence\nSCAN 0 MATCH "
	        "{referral-router.* COUNT 256\nEXEC\n"
	        "MULTI\nMGET {referral-router.0}:fence {referral-router.1}:fence\nHGETALL "
	        "{referral-router.1}:beds:H1:GENERAL\nEXEC\n");
	const struct gateway_row *row = gateway_hot_get(server.world->feed.hot, HUB_STR("beds:H1:GENERAL"));
	assert_non_null(row);
	assert_int_equal(((const struct gateway_beds *)row)->total, 8);
	assert_int_equal(row->partition, 1);
	assert_int_equal(joins[0].newest.offset, 9);
	assert_int_equal(joins[1].newest.offset, 8);
}

static void one_that_is_refused_is_not_whole(void **state)
{
	(void)state;
	struct gateway_join joins[2];
	assert_false(read_snapshot("-EXECABORT Transaction discarded\r\n", "", joins).whole);
}

static void a_scan_that_is_refused_is_not_whole(void **state)
{
	(void)state;
	struct gateway_join joins[2];
	assert_false(read_snapshot("*2\r\n" FENCES("7", "7") "-NOPERM no\r\n", "", joins).whole);
}

static void a_hash_that_is_none_is_not_whole(void **state)
{
	(void)state;
	struct gateway_join joins[2];
	assert_false(read_snapshot(
	        "*2\r\n" FENCES("7", "7") NAMES_ALL, "*2\r\n" FENCES("9", "8") "-WRONGTYPE no\r\n", joins)
	                     .whole);
}

static void keys_are_told_apart(void **state)
{
	(void)state;
	static const struct {
		const char *key;
		int32_t partition;
		const char *bare;
	} keys[] = {
		{ "{referral-router.7}:referral:r:1", 7, "referral:r:1" },
		{ "{referral-router.12}:session:o:s", 12, "session:o:s" },
		{ "{referral-router.0}:beds:o:ICU", 0, "beds:o:ICU" },
		{ "{referral-router.0}:foreign_hold:r/1", 0, "foreign_hold:r/1" },
		{ "{referral-router.0}:fence", -1, NULL },
		{ "{referral-router.0}:due", -1, NULL },
		{ "{referral-router.0}:waiting:c:03:BED:ICU", -1, NULL },
		{ "{referral-router.}:referral:r", -1, NULL },
		{ "{referral-router.1x}:referral:r", -1, NULL },
		{ "{referral-router.-1}:referral:r", -1, NULL },
		{ "{referral-router.9999999}:referral:r", -1, NULL },
		{ "{referral-router.1}", -1, NULL },
		{ "{referral-router.1", -1, NULL },
		{ "{referral-routes.1}:referral:r", -1, NULL },
		{ "", -1, NULL },
	};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		uint32_t at = 0;
		assert_int_equal(gateway_key_partition(hub_str_from(keys[i].key), &at), keys[i].partition);
		if (keys[i].bare)
			assert_string_equal(keys[i].key + at, keys[i].bare);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_greets_asks_and_is_answered, setup, teardown),
		cmocka_unit_test_setup_teardown(a_refused_password_is_told_and_tried_again, setup, teardown),
		cmocka_unit_test_setup_teardown(silence_ends_it, setup, teardown),
		cmocka_unit_test_setup_teardown(so_does_the_other_side, setup, teardown),
		cmocka_unit_test_setup_teardown(so_does_nonsense, setup, teardown),
		cmocka_unit_test_setup_teardown(it_waits_for_one_that_is_not_there, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_under_way_is_answered_at_the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(a_snapshot_is_read_piece_by_piece, setup, teardown),
		cmocka_unit_test_setup_teardown(one_that_is_refused_is_not_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(a_scan_that_is_refused_is_not_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(a_hash_that_is_none_is_not_whole, setup, teardown),
		cmocka_unit_test(keys_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
