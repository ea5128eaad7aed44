#include "registry/registry.h"

#include "base/calendar.h"
#include "base/check.h"
#include "base/map.h"
#include "base/sorted.h"

#include <stdlib.h>

enum { RECORD_LIMIT = 1024 * 1024, RECORD_MEMORY = 8 * 1024 * 1024 };

/* One version of one record. It owns its bytes and what was decoded from them. */
struct item {
	struct hub_sorted_node node;     /* key: "<Record>:<natural id>:<valid_from>" */
	struct item *next;               /* while its load has not ended */
	const struct hub_schema *schema; /* NULL: the key is to be forgotten */
	void *record;
	struct hub_arena *arena;
	int32_t from_day;
	int32_t to_day; /* exclusive; INT32_MAX: none */
	char bytes[];   /* key, then value */
};

struct hub_registry {
	const struct hub_schema_set *schemas;
	struct hub_sorted items; /* visible ones */
	struct item *pending;    /* of the load that has not ended, newest first */
	int64_t version;
	uint32_t unknown;
};

struct hub_registry *hub_registry_new(const struct hub_schema_set *schemas)
{
	struct hub_registry *registry = calloc(1, sizeof(*registry));
	hub_check(registry != NULL);
	registry->schemas = schemas;
	registry->version = -1;
	hub_sorted_init(&registry->items);
	return registry;
}

static void item_free(struct item *item)
{
	if (!item)
		return;
	hub_arena_free(item->arena);
	free(item);
}

void hub_registry_free(struct hub_registry *registry)
{
	if (!registry)
		return;
	for (struct hub_sorted_node *node; (node = hub_sorted_seek(&registry->items, HUB_STR("")));) {
		hub_sorted_remove(&registry->items, node);
		item_free(node->owner);
	}
	for (struct item *item = registry->pending; item;) {
		struct item *next = item->next;
		item_free(item);
		item = next;
	}
	free(registry);
}

static const struct hub_field *field_named(const struct hub_schema *schema, const char *name)
{
	for (uint32_t i = 0; i < schema->field_count; i++)
		if (strcmp(schema->fields[i].name, name) == 0)
			return &schema->fields[i];
	return NULL;
}

/* A date field as a day; absent when the field does not exist, is null or empty. */
static int day_of_field(
        const struct item *item, const char *name, int32_t absent, int32_t *ret_day, struct hub_error *reterr)
{
	const struct hub_field *field = field_named(item->schema, name);
	struct hub_str text = { NULL, 0 };
	if (field) {
		const char *record = item->record;
		bool has = !field->nullable || *(const bool *)(record + field->has_offset);
		if (has)
			memcpy(&text, record + field->offset, sizeof(text));
	}
	*ret_day = absent;
	if (text.len && !hub_day_parse(text, ret_day))
		return hub_error_set(reterr, HUB_E_INVALID, item->schema->name,
		        "%s: \"%.*s\" is not a date (2026-02-09)", name, HUB_STR_ARG(text));
	return 0;
}

static struct item *item_new(struct hub_str key, struct hub_str value)
{
	struct item *item = calloc(1, sizeof(*item) + key.len + value.len);
	hub_check(item != NULL);
	memcpy(item->bytes, key.data, key.len);
	if (value.len)
		memcpy(item->bytes + key.len, value.data, value.len);
	item->node.key = (struct hub_str){ item->bytes, key.len };
	item->node.owner = item;
	return item;
}

/* Decodes item's value; *ret_known false when its type is not one of ours. */
static int item_decode(const struct hub_registry *registry, struct item *item, uint32_t value_len,
        bool *ret_known, struct hub_error *reterr)
{
	struct hub_str value = { item->bytes + item->node.key.len, value_len };
	item->arena = hub_arena_new(RECORD_MEMORY);
	hub_check(item->arena != NULL);
	int r = hub_frame_decode(registry->schemas, value, item->arena, &item->schema, &item->record, reterr);
	*ret_known = r != HUB_E_NOT_FOUND;
	if (r == HUB_E_NOT_FOUND)
		return 0;
	if (r == 0)
		r = day_of_field(item, "valid_from", INT32_MIN, &item->from_day, reterr);
	if (r == 0)
		r = day_of_field(item, "valid_to", INT32_MAX, &item->to_day, reterr);
	return r;
}

static void show(struct hub_registry *registry, struct item *item)
{
	struct hub_sorted_node *there = hub_sorted_seek(&registry->items, item->node.key);
	if (there && hub_str_eq(there->key, item->node.key)) {
		hub_sorted_remove(&registry->items, there);
		item_free(there->owner);
	}
	if (!item->schema) {
		item_free(item);
		return;
	}
	hub_check(hub_sorted_add(&registry->items, &item->node) == NULL);
}

/* The load has ended: what it brought becomes visible in the order in which it came. */
static void end_load(struct hub_registry *registry, int64_t offset)
{
	struct item *in_order = NULL;
	while (registry->pending) {
		struct item *item = registry->pending;
		registry->pending = item->next;
		item->next = in_order;
		in_order = item;
	}
	while (in_order) {
		struct item *item = in_order;
		in_order = item->next;
		show(registry, item);
	}
	registry->version = offset;
}

int hub_registry_feed(struct hub_registry *registry, struct hub_str key, struct hub_str value, int64_t offset,
        bool *ret_loaded, struct hub_error *reterr)
{
	if (value.len > RECORD_LIMIT)
		return hub_error_set(reterr, HUB_E_TOO_LARGE, "registry", "record of %u bytes, limit %d",
		        value.len, RECORD_LIMIT);
	struct item *item = item_new(key, value);
	bool known = true;
	int r = value.len ? item_decode(registry, item, value.len, &known, reterr) : 0;
	if (r < 0 || !known) {
		registry->unknown += !known;
		item_free(item);
		*ret_loaded = false;
		return r;
	}
	*ret_loaded = item->schema && strcmp(item->schema->name, "RegistryLoaded") == 0;
	if (*ret_loaded) {
		item_free(item);
		end_load(registry, offset);
		return 0;
	}
	item->next = registry->pending;
	registry->pending = item;
	return 0;
}

int64_t hub_registry_version(const struct hub_registry *registry)
{
	return registry->version;
}

uint32_t hub_registry_unknown(const struct hub_registry *registry)
{
	return registry->unknown;
}

/* The key without ":<valid_from>": versions of one record lie beside each other. */
static struct hub_str identity(const struct item *item)
{
	struct hub_str key = item->node.key;
	while (key.len && key.data[key.len - 1] != ':')
		key.len--;
	return key;
}

/* Looking does not change the tree, but <sys/tree.h> knows no const. */
static struct item *first_item(const struct hub_registry *registry)
{
	struct hub_sorted_node *node =
	        hub_sorted_seek((struct hub_sorted *)(uintptr_t)&registry->items, HUB_STR(""));
	return node ? node->owner : NULL;
}

static struct item *next_item(struct item *item)
{
	struct hub_sorted_node *node = hub_sorted_next(&item->node);
	return node ? node->owner : NULL;
}

void hub_registry_each(const struct hub_registry *registry, const struct hub_schema *schema, int32_t day,
        void (*visit)(void *user, const void *record), void *user)
{
	const struct item *holds = NULL; /* the newest version so far, of one identity, that has begun */
	for (struct item *item = first_item(registry); item; item = next_item(item)) {
		if (holds && !hub_str_eq(identity(holds), identity(item))) {
			if (day < holds->to_day)
				visit(user, holds->record);
			holds = NULL;
		}
		if (item->schema == schema && item->from_day <= day)
			holds = item;
	}
	if (holds && day < holds->to_day)
		visit(user, holds->record);
}

int32_t hub_registry_next_change(const struct hub_registry *registry, int32_t day)
{
	int32_t next = INT32_MAX;
	for (struct item *item = first_item(registry); item; item = next_item(item)) {
		if (item->from_day > day && item->from_day < next)
			next = item->from_day;
		if (item->to_day > day && item->to_day < next)
			next = item->to_day;
	}
	return next;
}
