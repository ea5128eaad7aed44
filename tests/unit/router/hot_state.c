#include "hot_state.h"

#include "base/check.h"
#include "wire/framing.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { DECODE_LIMIT = 16 << 20 };

struct hub_store_sink {
	json_t *keys;
	json_t *hash; /* borrowed: the one that is being written */
};

struct hot_state {
	struct hub_store_sink sink;
	struct hub_arena *arena;
};

struct hot_state *hot_state_new(void)
{
	struct hot_state *hot = calloc(1, sizeof(*hot));
	hub_check(hot != NULL);
	hot->sink.keys = json_object();
	hot->arena = hub_arena_new(DECODE_LIMIT);
	return hot;
}

void hot_state_free(struct hot_state *hot)
{
	json_decref(hot->sink.keys);
	hub_arena_free(hot->arena);
	free(hot);
}

const json_t *hot_state_json(const struct hot_state *hot)
{
	return hot->sink.keys;
}

/* jansson 2.14 of the distribution has no keys by length: a copy with its NUL. */
static char *text_of(struct hub_str text)
{
	char *copy = strndup(text.len ? text.data : "", text.len);
	hub_check(copy != NULL);
	return copy;
}

void hub_store_set_hash(struct hub_store_sink *sink, struct hub_str key)
{
	char *name = text_of(key);
	sink->hash = json_object();
	json_object_set_new(sink->keys, name, sink->hash);
	free(name);
}

void hub_store_field(struct hub_store_sink *sink, const char *name, struct hub_str value)
{
	hub_check(sink->hash && !json_object_get(sink->hash, name));
	json_object_set_new(sink->hash, name, json_stringn(value.data, value.len));
}

void hub_store_del(struct hub_store_sink *sink, struct hub_str key)
{
	char *name = text_of(key);
	json_object_del(sink->keys, name);
	sink->hash = NULL;
	free(name);
}

void hub_store_zadd(struct hub_store_sink *sink, struct hub_str key, int64_t score, struct hub_str member)
{
	char *name = text_of(key), *entry = text_of(member);
	json_t *set = json_object_get(sink->keys, name);
	if (!set) {
		set = json_object();
		json_object_set_new(sink->keys, name, set);
	}
	json_object_set_new(set, entry, json_real((double)score));
	free(name);
	free(entry);
}

/* A sorted set without members is no key. */
void hub_store_zrem(struct hub_store_sink *sink, struct hub_str key, struct hub_str member)
{
	char *name = text_of(key), *entry = text_of(member);
	json_t *set = json_object_get(sink->keys, name);
	json_object_del(set, entry);
	if (set && json_object_size(set) == 0)
		json_object_del(sink->keys, name);
	free(name);
	free(entry);
}

static const struct hub_schema *decode(
        struct hot_state *hot, const struct hub_core *core, struct hub_str value, void **ret_record)
{
	const struct hub_schema *schema = NULL;
	*ret_record = NULL;
	if (value.len)
		hub_check(hub_frame_decode(
		                  core->table->schemas, value, hot->arena, &schema, ret_record, NULL) == 0);
	return schema;
}

void hot_state_apply(struct hot_state *hot, const struct hub_core *core, const struct hub_change *change)
{
	void *before, *after;
	hub_arena_reset(hot->arena);
	const struct hub_schema *was = decode(hot, core, change->before, &before);
	const struct hub_schema *is = decode(hot, core, change->after, &after);
	if (was && is && was != is) {
		core->project(change->key, was, before, NULL, &hot->sink);
		core->project(change->key, is, NULL, after, &hot->sink);
	} else {
		core->project(change->key, is ? is : was, before, after, &hot->sink);
	}
}

void hot_state_rebuild(struct hot_state *hot, const struct hub_core *core, const struct hub_table *table)
{
	struct hub_change change = { .before = { NULL, 0 } };
	json_object_clear(hot->sink.keys);
	for (size_t at = 0; hub_table_each(table, &at, &change.key, &change.after);)
		hot_state_apply(hot, core, &change);
}

static bool has_all(json_t *a, json_t *b, const char *which)
{
	const char *key;
	json_t *value;
	json_object_foreach(a, key, value)
	{
		if (json_equal(value, json_object_get(b, key)))
			continue;
		char *one = json_dumps(value, JSON_SORT_KEYS);
		char *other = json_dumps(json_object_get(b, key), JSON_SORT_KEYS | JSON_ENCODE_ANY);
		fprintf(stderr, "hot state %s: %s is %s, the other has %s\n", which, key, one,
		        other ? other : "nothing");
		free(one);
		free(other);
		return false;
	}
	return true;
}

bool hot_state_equal(const struct hot_state *a, const struct hot_state *b)
{
	return has_all(a->sink.keys, b->sink.keys, "first") && has_all(b->sink.keys, a->sink.keys, "second");
}
