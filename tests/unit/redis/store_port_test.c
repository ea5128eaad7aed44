/* common/redis against a real Redis: store_port_test ADDRESS (or HUB_TEST_REDIS). */
#include "base/check.h"
#include "redis/redis.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static const char *address;

struct world {
	struct hub_redis *redis;
	const struct hub_store_port *port;
	struct hub_arena *arena;
	const struct hub_store_reply *replies;
	struct hub_error error;
};

static void open_at(struct world *world, const char *where, const char *password)
{
	const struct hub_redis_options options = {
		.address = where, .password = password, .timeout_ms = 500
	};
	assert_int_equal(hub_redis_open(&options, &world->redis, &world->error), HUB_OK);
	world->port = hub_redis_port(world->redis);
}

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	hub_check(world);
	world->arena = hub_arena_new(64 << 20);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	hub_redis_close(world->redis);
	hub_arena_free(world->arena);
	free(world);
	return 0;
}

static int say(struct world *world, const struct hub_store_command *commands, uint32_t count)
{
	return world->port->exchange(
	        world->port->user, commands, count, world->arena, &world->replies, &world->error);
}

#define COMMAND(...)                                                                                         \
	{                                                                                                    \
		(const struct hub_str[]){ __VA_ARGS__ },                                                     \
		        sizeof((const struct hub_str[]){ __VA_ARGS__ }) / sizeof(struct hub_str)             \
	}

static void replies_come_in_order(void **state)
{
	struct world *world = *state;
	open_at(world, address, NULL);
	const struct hub_str binary = { "a\0b\r\n", 5 };
	const struct hub_store_command commands[] = {
		COMMAND(HUB_STR("DEL"), HUB_STR("store-port-test")),
		COMMAND(HUB_STR("HSET"), HUB_STR("store-port-test"), HUB_STR("f"), binary, HUB_STR("empty"),
		        HUB_STR("")),
		COMMAND(HUB_STR("HGET"), HUB_STR("store-port-test"), HUB_STR("f")),
		COMMAND(HUB_STR("GET"), HUB_STR("store-port-test")),
		COMMAND(HUB_STR("GET"), HUB_STR("store-port-test-none")),
		COMMAND(HUB_STR("HGETALL"), HUB_STR("store-port-test")),
		COMMAND(HUB_STR("MULTI")),
		COMMAND(HUB_STR("HLEN"), HUB_STR("store-port-test")),
		COMMAND(HUB_STR("EXEC")),
		COMMAND(HUB_STR("DEL"), HUB_STR("store-port-test")),
	};
	assert_int_equal(say(world, commands, 10), HUB_OK);
	const struct hub_store_reply *r = world->replies;
	assert_int_equal(r[1].kind, HUB_REPLY_INTEGER);
	assert_int_equal(r[1].integer, 2);
	assert_true(hub_str_eq(r[2].bytes, binary));
	assert_int_equal(r[3].kind, HUB_REPLY_ERROR);
	assert_true(hub_str_starts_with(r[3].bytes, HUB_STR("WRONGTYPE")));
	assert_int_equal(r[4].kind, HUB_REPLY_NIL);
	assert_int_equal(r[5].kind, HUB_REPLY_ARRAY);
	assert_int_equal(r[5].count, 4);
	assert_int_equal(r[6].kind, HUB_REPLY_STATUS);
	assert_true(hub_str_is(r[7].bytes, "QUEUED"));
	assert_int_equal(r[8].items[0].integer, 2);
}

static const char *long_text(size_t len)
{
	static char text[2100000];
	memset(text, 'x', sizeof(text));
	hub_check(len < sizeof(text));
	text[len] = '\0';
	return text;
}

/* Lengths around each border of the formats: 6, 12 and 14 bits, more; those borders are of the text, or of it with the five bytes
 * of its own length. */
static void a_hash_is_put_whole(void **state)
{
	struct world *world = *state;
	static const uint32_t lengths[] = { 0, 1, 20, 62, 63, 64, 65, 125, 126, 127, 128, 4094, 4095, 4096,
		16377, 16378, 16379, 16382, 16383, 16384, 66000, 2097145, 2097146, 2097147 };
	const struct hub_str binary = { "a\0b\r\n", 5 };
	open_at(world, address, NULL);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		const struct hub_str value = { long_text(lengths[i]), lengths[i] };
		const struct hub_store_command commands[] = {
			COMMAND(HUB_STR("SET"), HUB_STR("store-port-test"), HUB_STR("not a hash")),
			COMMAND(HUB_STR(HUB_STORE_PUT_HASH), HUB_STR("store-port-test"), HUB_STR("gone"),
			        HUB_STR("1")),
			COMMAND(HUB_STR(HUB_STORE_PUT_HASH), HUB_STR("store-port-test"), HUB_STR("value"),
			        value, HUB_STR("12"), HUB_STR("-34"), HUB_STR("binary"), binary),
			COMMAND(HUB_STR("HGET"), HUB_STR("store-port-test"), HUB_STR("value")),
			COMMAND(HUB_STR("HGET"), HUB_STR("store-port-test"), HUB_STR("binary")),
			COMMAND(HUB_STR("HINCRBY"), HUB_STR("store-port-test"), HUB_STR("12"), HUB_STR("1")),
			COMMAND(HUB_STR("HLEN"), HUB_STR("store-port-test")),
			COMMAND(HUB_STR("OBJECT"), HUB_STR("ENCODING"), HUB_STR("store-port-test")),
			COMMAND(HUB_STR("DEL"), HUB_STR("store-port-test")),
		};
		hub_arena_reset(world->arena);
		assert_int_equal(say(world, commands, 9), HUB_OK);
		const struct hub_store_reply *r = world->replies;
		assert_true(hub_str_is(r[1].bytes, "OK"));
		assert_true(hub_str_is(r[2].bytes, "OK"));
		assert_true(hub_str_eq(r[3].bytes, value));
		assert_true(hub_str_eq(r[4].bytes, binary));
		assert_int_equal(r[5].integer, -33);
		assert_int_equal(r[6].integer, 3);
		assert_true(hub_str_is(r[7].bytes, "listpack") || lengths[i] > 64);
	}
}

static void much_goes_in_pieces(void **state)
{
	struct world *world = *state;
	enum { COMMANDS = 20000, BYTES = 1000 };
	static char value[BYTES];
	struct hub_store_command *commands = calloc(COMMANDS + 1, sizeof(*commands));
	hub_check(commands);
	memset(value, 'x', sizeof(value));
	const struct hub_str push[] = { HUB_STR("ECHO"), { value, BYTES } };
	const struct hub_str ping[] = { HUB_STR("PING") };
	for (int i = 0; i < COMMANDS; i++)
		commands[i] = (struct hub_store_command){ push, 2 };
	commands[COMMANDS] = (struct hub_store_command){ ping, 1 };
	open_at(world, address, NULL);
	assert_int_equal(say(world, commands, COMMANDS + 1), HUB_OK);
	assert_int_equal(world->replies[COMMANDS - 1].bytes.len, BYTES);
	assert_true(hub_str_is(world->replies[COMMANDS].bytes, "PONG"));
	free(commands);
}

static void nothing_sent_is_retry(void **state)
{
	struct world *world = *state;
	const struct hub_store_command ping = COMMAND(HUB_STR("PING"));
	open_at(world, "127.0.0.1:1", NULL);
	assert_int_equal(say(world, &ping, 1), HUB_E_RETRY);
	hub_redis_close(world->redis);
	open_at(world, "unix:/nowhere/redis.sock", NULL);
	assert_int_equal(say(world, &ping, 1), HUB_E_RETRY);
	hub_redis_close(world->redis);
	open_at(world, address, "a password where none is wanted");
	assert_int_equal(say(world, &ping, 1), HUB_E_RETRY);
	assert_null(strstr(world->error.text, "where none"));
}

/* Somebody who listens and never answers: the commands may have been carried out. */
static void no_reply_is_unknown(void **state)
{
	struct world *world = *state;
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	char where[32];
	int mute = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(mute, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(mute, 4), 0);
	assert_int_equal(getsockname(mute, (struct sockaddr *)&at, &len), 0);
	snprintf(where, sizeof(where), "127.0.0.1:%d", ntohs(at.sin_port));
	const struct hub_store_command ping = COMMAND(HUB_STR("PING"));
	open_at(world, where, NULL);
	assert_int_equal(say(world, &ping, 1), HUB_E_UNKNOWN);
	close(mute);
}

/* QUIT makes the server close: the next exchange finds out late, the one after it connects anew. */
static void a_closed_connection_heals(void **state)
{
	struct world *world = *state;
	const struct hub_store_command quit = COMMAND(HUB_STR("QUIT"));
	const struct hub_store_command ping = COMMAND(HUB_STR("PING"));
	open_at(world, address, NULL);
	assert_int_equal(say(world, &quit, 1), HUB_OK);
	assert_int_equal(say(world, &ping, 1), HUB_E_UNKNOWN);
	assert_int_equal(say(world, &ping, 1), HUB_OK);
	world->port->disconnect(world->port->user);
	assert_int_equal(say(world, &ping, 1), HUB_OK);
}

static void replies_are_bounded(void **state)
{
	struct world *world = *state;
	struct hub_arena *small = hub_arena_new(64 << 10);
	static char value[200 << 10];
	const struct hub_str echo[] = { HUB_STR("ECHO"), { value, sizeof(value) } };
	const struct hub_store_command command = { echo, 2 };
	open_at(world, address, NULL);
	assert_int_equal(
	        world->port->exchange(world->port->user, &command, 1, small, &world->replies, &world->error),
	        HUB_E_UNKNOWN);
	hub_arena_free(small);
}

int main(int argc, char **argv)
{
	address = argc > 1 ? argv[1] : getenv("HUB_TEST_REDIS");
	if (!address || !*address) {
		fputs("usage: store_port_test ADDRESS (or HUB_TEST_REDIS): a Redis that may be written to\n",
		        stderr);
		return 64;
	}
	signal(SIGPIPE, SIG_IGN);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(replies_come_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(a_hash_is_put_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(much_goes_in_pieces, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_sent_is_retry, setup, teardown),
		cmocka_unit_test_setup_teardown(no_reply_is_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(a_closed_connection_heals, setup, teardown),
		cmocka_unit_test_setup_teardown(replies_are_bounded, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
