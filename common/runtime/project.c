#include "runtime/project.h"

#include "base/check.h"
#include "wire/framing.h"

#include <stdio.h>
#include <stdlib.h>

void hub_store_sink_init(struct hub_store_sink *sink, struct hub_arena *arena, struct hub_str tag)
{
	*sink = (struct hub_store_sink){ .arena = arena, .tag = tag };
}

void hub_store_sink_done(struct hub_store_sink *sink)
{
	free(sink->commands);
	free(sink->hash);
	*sink = (struct hub_store_sink){ 0 };
}

void hub_store_sink_reset(struct hub_store_sink *sink)
{
	sink->count = 0;
	sink->hash_len = 0;
}

void hub_store_sink_add(struct hub_store_sink *sink, const struct hub_str *words, uint32_t count)
{
	hub_store_sink_end(sink);
	if (sink->count == sink->room) {
		sink->room = sink->room ? sink->room * 2 : 256;
		sink->commands = realloc(sink->commands, sink->room * sizeof(*sink->commands));
		hub_check(sink->commands != NULL);
	}
	struct hub_str *args = hub_arena_alloc(sink->arena, count * sizeof(*args));
	if (!args)
		return;
	memcpy(args, words, count * sizeof(*args));
	sink->commands[sink->count++] = (struct hub_store_command){ args, count };
}

static struct hub_str tagged(struct hub_store_sink *sink, struct hub_str key)
{
	char *bytes = hub_arena_alloc(sink->arena, sink->tag.len + key.len);
	if (!bytes)
		return (struct hub_str){ NULL, 0 };
	memcpy(bytes, sink->tag.data, sink->tag.len);
	if (key.len)
		memcpy(bytes + sink->tag.len, key.data, key.len);
	return (struct hub_str){ bytes, sink->tag.len + key.len };
}

static void add_word(struct hub_store_sink *sink, struct hub_str word)
{
	if (sink->hash_len == sink->hash_room) {
		sink->hash_room = sink->hash_room ? sink->hash_room * 2 : 64;
		sink->hash = realloc(sink->hash, sink->hash_room * sizeof(*sink->hash));
		hub_check(sink->hash != NULL);
	}
	sink->hash[sink->hash_len++] = word;
}

void hub_store_sink_end(struct hub_store_sink *sink)
{
	uint32_t len = sink->hash_len;
	sink->hash_len = 0;
	if (len > 2)
		hub_store_sink_add(sink, sink->hash, len);
}

void hub_store_del(struct hub_store_sink *sink, struct hub_str key)
{
	struct hub_str words[] = { HUB_STR("DEL"), tagged(sink, key) };
	hub_store_sink_add(sink, words, 2);
}

void hub_store_set_hash(struct hub_store_sink *sink, struct hub_str key)
{
	struct hub_str words[] = { HUB_STR("DEL"), tagged(sink, key) };
	hub_store_sink_end(sink);
	if (!sink->fresh)
		hub_store_sink_add(sink, words, 2);
	add_word(sink, HUB_STR("HSET"));
	add_word(sink, words[1]);
}

void hub_store_field(struct hub_store_sink *sink, struct hub_str field, struct hub_str value)
{
	hub_check(sink->hash_len >= 2);
	add_word(sink, hub_arena_copy(sink->arena, field));
	add_word(sink, hub_arena_copy(sink->arena, value));
}

void hub_store_zadd(struct hub_store_sink *sink, struct hub_str key, double score, struct hub_str member)
{
	struct hub_str words[] = { HUB_STR("ZADD"), tagged(sink, key),
		hub_arena_printf(sink->arena, "%.17g", score), hub_arena_copy(sink->arena, member) };
	hub_store_sink_add(sink, words, 4);
}

void hub_store_zrem(struct hub_store_sink *sink, struct hub_str key, struct hub_str member)
{
	struct hub_str words[] = { HUB_STR("ZREM"), tagged(sink, key), hub_arena_copy(sink->arena, member) };
	hub_store_sink_add(sink, words, 3);
}

static const struct hub_schema *decode(
        const struct hub_core *core, struct hub_str value, struct hub_arena *scratch, void **ret_record)
{
	const struct hub_schema *schema = NULL;
	*ret_record = NULL;
	if (value.len)
		hub_check(hub_frame_decode(core->table->schemas, value, scratch, &schema, ret_record, NULL) ==
		          0);
	return schema;
}

void hub_project(const struct hub_core *core, const struct hub_change *change, struct hub_arena *scratch,
        struct hub_store_sink *sink)
{
	void *before, *after;
	hub_arena_reset(scratch);
	const struct hub_schema *was = decode(core, change->before, scratch, &before);
	const struct hub_schema *is = decode(core, change->after, scratch, &after);
	/* A key whose record type changes ends as the one and begins as the other. */
	if (is && was && is != was) {
		core->project(change->key, was, before, NULL, sink);
		hub_store_sink_end(sink);
		before = NULL;
	}
	sink->fresh = !was;
	if (is || was)
		core->project(change->key, is ? is : was, before, after, sink);
	hub_store_sink_end(sink);
}
