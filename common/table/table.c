#include "table/table.h"

#include "base/check.h"
#include "base/map.h"
#include "table/due_heap.h"
#include "table/index.h"

#include <stdlib.h>

enum { VALUE_LIMIT = 1024 * 1024, DECODE_LIMIT = 16 * 1024 * 1024 };

struct value {
	uint32_t len;
	char bytes[];
};

struct entry {
	struct hub_index_owner indexed; /* first: what the indexes' nodes point to; holds the key */
	struct value *value;            /* NULL: removed, until the commit */
	uint64_t seen;                  /* the last walk over the journal that met it */
	char key[];
};

struct undo {
	struct entry *entry;
	struct value *before; /* owned; NULL: was absent */
	bool created;         /* this change brought the entry into the map */
};

struct hub_table {
	const struct hub_table_spec *spec;
	struct hub_map *entries;
	struct hub_indexes *indexes;
	struct undo *journal;
	size_t journal_len;
	size_t journal_room;
	uint64_t walk;
	size_t live;
	size_t bytes;
	int32_t state_version;
	struct hub_buf scratch;    /* a value being encoded */
	struct hub_arena *decoded; /* a value being decoded for its indexes */
};

struct hub_table *hub_table_new(const struct hub_table_spec *spec)
{
	struct hub_table *table = calloc(1, sizeof(*table));
	hub_check(table != NULL);
	table->spec = spec;
	table->state_version = INT32_MAX;
	table->entries = hub_map_new();
	table->indexes = hub_indexes_new();
	table->decoded = hub_arena_new(DECODE_LIMIT);
	hub_check(table->decoded != NULL);
	hub_buf_init(&table->scratch, VALUE_LIMIT);
	return table;
}

static void entry_free(struct hub_table *table, struct entry *entry)
{
	hub_indexes_clear(table->indexes, &entry->indexed);
	free(entry->value);
	free(entry);
}

void hub_table_free(struct hub_table *table)
{
	if (!table)
		return;
	hub_table_commit(table);
	struct hub_str key;
	void *entry;
	for (size_t at = 0; hub_map_next(table->entries, &at, &key, &entry);)
		entry_free(table, entry);
	hub_map_free(table->entries);
	hub_indexes_free(table->indexes);
	hub_arena_free(table->decoded);
	hub_buf_done(&table->scratch);
	free(table->journal);
	free(table);
}

static struct hub_str slice(const struct value *value)
{
	return value ? (struct hub_str){ value->bytes, value->len } : (struct hub_str){ NULL, 0 };
}

static struct value *value_new(struct hub_str bytes)
{
	struct value *value = malloc(sizeof(*value) + bytes.len);
	hub_check(value != NULL);
	value->len = bytes.len;
	memcpy(value->bytes, bytes.data, bytes.len);
	return value;
}

/* The one place where an entry's value changes: keeps the counts. Returns the former value, now the caller's.
 */
static struct value *swap(struct hub_table *table, struct entry *entry, struct value *value)
{
	struct value *former = entry->value;
	table->live += (value != NULL) - (size_t)(former != NULL);
	table->bytes += (value ? value->len + entry->indexed.key.len : 0);
	table->bytes -= (former ? former->len + entry->indexed.key.len : 0);
	entry->value = value;
	return former;
}

static struct entry *entry_new(struct hub_table *table, struct hub_str key)
{
	struct entry *entry = calloc(1, sizeof(*entry) + key.len);
	hub_check(entry != NULL);
	memcpy(entry->key, key.data, key.len);
	entry->indexed.key = (struct hub_str){ entry->key, key.len };
	hub_map_put(table->entries, entry->indexed.key, entry);
	return entry;
}

static void entry_drop(struct hub_table *table, struct entry *entry)
{
	hub_map_remove(table->entries, entry->indexed.key);
	entry_free(table, entry);
}

static struct undo *journal_add(struct hub_table *table)
{
	if (table->journal_len == table->journal_room) {
		table->journal_room = table->journal_room ? table->journal_room * 2 : 64;
		table->journal = realloc(table->journal, table->journal_room * sizeof(*table->journal));
		hub_check(table->journal != NULL);
	}
	return &table->journal[table->journal_len++];
}

/* Brings the indexes in step with entry, whose record is known decoded; NULL: absent. False: it claims what is another
 * one's. */
static bool reindex(
        struct hub_table *table, struct entry *entry, const struct hub_schema *schema, const void *record)
{
	struct hub_index_sink *sink = hub_indexes_begin(table->indexes);
	if (record && table->spec->index)
		table->spec->index(entry->indexed.key, schema, record, sink);
	return hub_indexes_end(table->indexes, &entry->indexed);
}

/* The same from the entry's bytes. */
static int reindex_bytes(struct hub_table *table, struct entry *entry, struct hub_error *reterr)
{
	const struct hub_schema *schema = NULL;
	void *record = NULL;
	hub_arena_reset(table->decoded);
	if (entry->value) {
		int r = hub_frame_decode(
		        table->spec->schemas, slice(entry->value), table->decoded, &schema, &record, reterr);
		if (r < 0)
			return r;
	}
	if (!reindex(table, entry, schema, record))
		return hub_error_set(
		        reterr, HUB_E_INVALID, schema->name, "its place in an index is another record's");
	return 0;
}

void hub_table_set_version(struct hub_table *table, int32_t state_version)
{
	table->state_version = state_version;
}

int32_t hub_table_version(const struct hub_table *table)
{
	return table->state_version;
}

bool hub_table_get(const struct hub_table *table, struct hub_str key, struct hub_str *ret_value)
{
	const struct entry *entry = hub_map_get(table->entries, key);
	if (!entry || !entry->value)
		return false;
	*ret_value = slice(entry->value);
	return true;
}

bool hub_table_load(const struct hub_table *table, struct hub_str key, const struct hub_schema *schema,
        struct hub_arena *arena, void *ret)
{
	struct hub_str value, body;
	uint64_t fingerprint;
	const struct hub_version *version = NULL;
	if (!hub_table_get(table, key, &value))
		return false;
	hub_check(hub_frame_split(value, &fingerprint, &body, NULL) == 0);
	if (fingerprint == schema->fingerprint) {
		hub_check(hub_record_decode(schema, body, arena, ret, NULL) == 0);
		return true;
	}
	hub_check(hub_schema_by_fingerprint(table->spec->schemas, fingerprint, &version) == schema);
	hub_check(hub_record_decode_version(schema, version, body, arena, ret, NULL) == 0);
	return true;
}

int hub_table_put(struct hub_table *table, struct hub_str key, const struct hub_schema *schema,
        const void *record, struct hub_error *reterr)
{
	hub_buf_reset(&table->scratch);
	int r = hub_frame_encode_for(schema, table->state_version, record, &table->scratch, reterr);
	if (r < 0)
		return r;
	struct hub_str bytes = hub_buf_slice(&table->scratch);
	struct entry *entry = hub_map_get(table->entries, key);
	if (entry && entry->value && hub_str_eq(slice(entry->value), bytes))
		return 0;
	bool created = entry == NULL;
	if (created)
		entry = entry_new(table, key);
	struct value *before = swap(table, entry, value_new(bytes));
	*journal_add(table) = (struct undo){ entry, before, created };
	/* An earlier form has lost what it does not know: its indexes are those of what is left. */
	bool whole = schema->state_version <= table->state_version;
	hub_check(whole ? reindex(table, entry, schema, record) : reindex_bytes(table, entry, NULL) == 0);
	return 0;
}

void hub_table_remove(struct hub_table *table, struct hub_str key)
{
	struct entry *entry = hub_map_get(table->entries, key);
	if (!entry || !entry->value)
		return;
	struct value *before = swap(table, entry, NULL);
	*journal_add(table) = (struct undo){ entry, before, false };
	hub_check(reindex(table, entry, NULL, NULL));
}

int hub_table_fold(
        struct hub_table *table, struct hub_str key, struct hub_str value, struct hub_error *reterr)
{
	hub_check(table->journal_len == 0);
	struct entry *entry = hub_map_get(table->entries, key);
	if (!value.len) {
		if (entry) {
			free(swap(table, entry, NULL));
			entry_drop(table, entry);
		}
		return 0;
	}
	if (!entry)
		entry = entry_new(table, key);
	free(swap(table, entry, value_new(value)));
	int r = reindex_bytes(table, entry, reterr);
	if (r < 0) {
		free(swap(table, entry, NULL));
		entry_drop(table, entry);
	}
	return r;
}

size_t hub_table_mark(const struct hub_table *table)
{
	return table->journal_len;
}

void hub_table_rollback(struct hub_table *table, size_t mark)
{
	hub_check(mark <= table->journal_len);
	while (table->journal_len > mark) {
		struct undo undo = table->journal[--table->journal_len];
		free(swap(table, undo.entry, undo.before));
		if (undo.created)
			entry_drop(table, undo.entry);
		else
			hub_check(reindex_bytes(table, undo.entry, NULL) == 0);
	}
}

void hub_table_commit(struct hub_table *table)
{
	size_t gone = 0;
	table->walk++;
	for (size_t i = 0; i < table->journal_len; i++) {
		struct entry *entry = table->journal[i].entry;
		free(table->journal[i].before);
		if (entry->value || entry->seen == table->walk)
			continue;
		entry->seen = table->walk;
		table->journal[gone++].entry = entry;
	}
	for (size_t i = 0; i < gone; i++)
		entry_drop(table, table->journal[i].entry);
	table->journal_len = 0;
}

uint32_t hub_table_changes(
        struct hub_table *table, size_t mark, struct hub_arena *arena, const struct hub_change **ret_changes)
{
	size_t most = table->journal_len - mark;
	struct hub_change *changes = hub_arena_alloc(arena, most * sizeof(*changes));
	uint32_t count = 0;
	table->walk++;
	for (size_t i = mark; changes && i < table->journal_len; i++) {
		const struct undo *undo = &table->journal[i];
		if (undo->entry->seen == table->walk)
			continue;
		undo->entry->seen = table->walk;
		struct hub_change change = { undo->entry->indexed.key, slice(undo->before),
			slice(undo->entry->value) };
		if (!hub_str_eq(change.before, change.after))
			changes[count++] = change;
	}
	*ret_changes = changes;
	return count;
}

const struct hub_sorted_node *hub_table_seek(
        const struct hub_table *table, struct hub_str group, struct hub_str bytes)
{
	return hub_indexes_seek(table->indexes, group, bytes);
}

const struct hub_sorted_node *hub_table_next(const struct hub_sorted_node *node)
{
	return hub_indexes_next(node);
}

bool hub_table_each_group(const struct hub_table *table, size_t *at, struct hub_str *ret_group)
{
	return hub_indexes_each_group(table->indexes, at, ret_group);
}

struct hub_str hub_table_entity(const struct hub_sorted_node *node)
{
	return ((const struct hub_index_owner *)node->owner)->key;
}

bool hub_table_first_timer(const struct hub_table *table, struct hub_timer *ret_timer)
{
	const struct hub_due *due = hub_indexes_first_due(table->indexes);
	if (due)
		*ret_timer = (struct hub_timer){ due->at_ms, due->entity, due->name };
	return due != NULL;
}

bool hub_table_each(
        const struct hub_table *table, size_t *at, struct hub_str *ret_key, struct hub_str *ret_value)
{
	void *entry;
	while (hub_map_next(table->entries, at, ret_key, &entry)) {
		if (!((struct entry *)entry)->value)
			continue;
		*ret_value = slice(((struct entry *)entry)->value);
		return true;
	}
	return false;
}

size_t hub_table_count(const struct hub_table *table)
{
	return table->live;
}

size_t hub_table_bytes(const struct hub_table *table)
{
	return table->bytes;
}
