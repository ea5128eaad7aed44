#include "runtime/sink.h"

#include "base/check.h"
#include "base/decimal.h"

#include <stdlib.h>

/* So many words at most in one command about a sorted set: no part of a write holds up the others. */
enum { MEMBER_WORDS = 2000 };

void hub_store_sink_init(struct hub_store_sink *sink, struct hub_arena *arena, struct hub_str tag)
{
	*sink = (struct hub_store_sink){ .arena = arena, .tag = tag };
}

void hub_store_sink_done(struct hub_store_sink *sink)
{
	free(sink->commands);
	free(sink->hash.items);
	free(sink->gone.items);
	free(sink->there.items);
	*sink = (struct hub_store_sink){ 0 };
}

void hub_store_sink_reset(struct hub_store_sink *sink)
{
	sink->count = sink->hash.count = sink->gone.count = sink->there.count = 0;
}

static void add_word(struct hub_words *words, struct hub_str word)
{
	if (words->count == words->room) {
		words->room = words->room ? words->room * 2 : 64;
		words->items = realloc(words->items, words->room * sizeof(*words->items));
		hub_check(words->items != NULL);
	}
	words->items[words->count++] = word;
}

static void add_command(struct hub_store_sink *sink, const struct hub_str *words, uint32_t count)
{
	if (sink->count == sink->room) {
		sink->room = sink->room ? sink->room * 2 : 256;
		sink->commands = realloc(sink->commands, sink->room * sizeof(*sink->commands));
		hub_check(sink->commands != NULL);
	}
	struct hub_str *args = hub_arena_alloc(sink->arena, count * sizeof(*args));
	if (!args)
		return; /* the arena remembers */
	memcpy(args, words, count * sizeof(*args));
	sink->commands[sink->count++] = (struct hub_store_command){ args, count };
}

static void end_words(struct hub_store_sink *sink, struct hub_words *words)
{
	if (words->count > 0)
		add_command(sink, words->items, words->count);
	words->count = 0;
}

static void end_hash(struct hub_store_sink *sink)
{
	enum { NO_FIELDS = 2 };
	if (sink->hash.count == NO_FIELDS) /* a hash without fields is no key */
		sink->hash.items[0] = HUB_STR("DEL");
	end_words(sink, &sink->hash);
}

void hub_store_sink_end(struct hub_store_sink *sink)
{
	end_hash(sink);
	end_words(sink, &sink->gone);
	end_words(sink, &sink->there);
}

void hub_store_sink_add(struct hub_store_sink *sink, const struct hub_str *words, uint32_t count)
{
	hub_store_sink_end(sink);
	add_command(sink, words, count);
}

static struct hub_str tagged(struct hub_store_sink *sink, struct hub_str key)
{
	return hub_arena_join(sink->arena, sink->tag, key);
}

void hub_store_del(struct hub_store_sink *sink, struct hub_str key)
{
	const struct hub_str words[] = { HUB_STR("DEL"), tagged(sink, key) };
	end_hash(sink);
	add_command(sink, words, 2);
}

void hub_store_set_hash(struct hub_store_sink *sink, struct hub_str key)
{
	end_hash(sink);
	add_word(&sink->hash, HUB_STR(HUB_STORE_PUT_HASH));
	add_word(&sink->hash, tagged(sink, key));
}

void hub_store_field(struct hub_store_sink *sink, const char *field, struct hub_str value)
{
	hub_check(sink->hash.count >= 2);
	add_word(&sink->hash, hub_str_from(field));
	add_word(&sink->hash, hub_arena_copy(sink->arena, value));
}

static bool is_about(const struct hub_store_sink *sink, const struct hub_words *words, struct hub_str key)
{
	if (words->count == 0)
		return true;
	struct hub_str tagged_key = words->items[1];
	uint32_t tag = sink->tag.len;
	return words->count < MEMBER_WORDS && tagged_key.len == tag + key.len &&
	       hub_str_eq((struct hub_str){ tagged_key.data + tag, key.len }, key);
}

/* The words to go on with: what was begun about another set ends first, those that go before those that come. */
static struct hub_words *members(
        struct hub_store_sink *sink, struct hub_words *words, struct hub_str verb, struct hub_str key)
{
	if (!is_about(sink, &sink->gone, key) || !is_about(sink, &sink->there, key)) {
		end_words(sink, &sink->gone);
		end_words(sink, &sink->there);
	}
	if (words->count == 0) {
		add_word(words, verb);
		add_word(words, tagged(sink, key));
	}
	return words;
}

void hub_store_zadd(struct hub_store_sink *sink, struct hub_str key, int64_t score, struct hub_str member)
{
	char digits[HUB_DECIMAL_MAX];
	struct hub_words *words = members(sink, &sink->there, HUB_STR("ZADD"), key);
	add_word(words, hub_arena_copy(sink->arena, hub_decimal(score, digits)));
	add_word(words, hub_arena_copy(sink->arena, member));
}

void hub_store_zrem(struct hub_store_sink *sink, struct hub_str key, struct hub_str member)
{
	struct hub_words *words = members(sink, &sink->gone, HUB_STR("ZREM"), key);
	add_word(words, hub_arena_copy(sink->arena, member));
}
