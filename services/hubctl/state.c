#include "hubctl/state.h"

#include "base/map.h"
#include "records/catalogue.h"

#include <stdlib.h>

/* The newest bytes of a key; freed when a newer value comes, since a busy key has many. */
struct value {
	struct value *next; /* of all */
	int32_t partition;
	struct hub_str key; /* behind the struct */
	char *bytes;
	uint32_t len; /* 0: deleted */
};

struct folding {
	const struct hubctl_state_query *query;
	struct hub_map *map;
	struct value *first;
	bool out_of_memory;
};

static struct value *value_of(struct folding *f, struct hub_str key)
{
	struct value *value = hub_map_get(f->map, key);
	if (value)
		return value;
	value = calloc(1, sizeof(*value) + key.len + 1);
	if (!value)
		return NULL;
	char *copy = (char *)(value + 1);
	memcpy(copy, key.data, key.len);
	value->key = (struct hub_str){ copy, key.len };
	value->next = f->first;
	f->first = value;
	hub_map_put(f->map, value->key, value);
	return value;
}

static enum hubctl_scan_next visit(void *user, const struct hub_kafka_event *event)
{
	struct folding *f = user;
	if (!event->has_key || event->key.len == 0 || !f->query->wanted(f->query->user, event->key))
		return HUBCTL_GO_ON;
	struct value *value = value_of(f, event->key);
	uint32_t len = event->has_value ? event->value.len : 0;
	char *bytes = len ? malloc(len) : NULL;
	f->out_of_memory = !value || (len && !bytes);
	if (f->out_of_memory) {
		free(bytes);
		return HUBCTL_ENOUGH;
	}
	if (len)
		memcpy(bytes, event->value.data, len);
	free(value->bytes);
	value->bytes = bytes;
	value->len = len;
	value->partition = event->at.partition;
	return HUBCTL_GO_ON;
}

static int by_key(const void *a, const void *b)
{
	return hub_str_cmp(
	        ((const struct hubctl_state_entry *)a)->key, ((const struct hubctl_state_entry *)b)->key);
}

/* Decodes what is left. */
static uint32_t entries_of(struct folding *f, struct hub_arena *arena, const struct hubctl_state_entry **ret)
{
	struct hubctl_state_entry *entries =
	        hub_arena_alloc(arena, (hub_map_count(f->map) + 1) * sizeof(*entries));
	uint32_t count = 0;
	for (struct value *value = entries ? f->first : NULL; value; value = value->next) {
		const struct hub_schema *schema;
		void *record;
		struct hub_str bytes = hub_arena_copy(arena, (struct hub_str){ value->bytes, value->len });
		if (!value->len || hub_frame_decode(&hub_all_schemas, bytes, arena, &schema, &record, NULL))
			continue;
		entries[count++] = (struct hubctl_state_entry){ hub_arena_copy(arena, value->key),
			value->partition, schema, record };
	}
	if (count)
		qsort(entries, count, sizeof(*entries), by_key);
	*ret = entries;
	return count;
}

int hubctl_state_read(struct hubctl *hubctl, const struct hubctl_state_query *query,
        const struct hubctl_state_entry **ret, uint32_t *ret_count, struct hub_error *reterr)
{
	struct folding f = { .query = query, .map = hub_map_new() };
	struct hubctl_scan scan = {
		.topics = &query->topic,
		.topic_count = 1,
		.partition = query->partition,
		.from = HUB_READ_BEGINNING,
		.visit = visit,
		.user = &f,
	};
	int result = f.map ? hubctl_scan(hubctl, &scan, reterr) : HUB_E_FATAL;
	if (!f.map || f.out_of_memory)
		result = hub_error_set(reterr, HUB_E_FATAL, "", "out of memory");
	if (!result)
		*ret_count = entries_of(&f, hubctl->arena, ret);
	for (struct value *value = f.first; value;) {
		struct value *next = value->next;
		free(value->bytes);
		free(value);
		value = next;
	}
	hub_map_free(f.map);
	return result;
}
