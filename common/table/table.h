/* The resident state of one partition: key -> encoded record, what the changelog folds to, with a journal
 * (undo) and indexes. Pure.
 *
 * A value is the record's framed Avro bytes, exactly as in the changelog: compact, comparable, immutable.
 * A change (put, remove) goes into the journal: hub_table_rollback() takes changes back to a mark,
 * hub_table_commit() forgets the journal. So an aborted transaction, or one bad event in a batch, leaves the
 * fold of the committed changelog (I-3), and the changes of a batch are the journal's keys with their first
 * and last values. Indexes and timers are derived: the core's index function tells for a record which byte
 * keys and timers it contributes; the table keeps them in step with every put, remove and rollback.
 *
 * Slices returned by get are borrowed and stay valid until commit or rollback past them, also when the key is
 * changed. */
#ifndef HUB_TABLE_TABLE_H
#define HUB_TABLE_TABLE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/sorted.h"
#include "wire/framing.h"

struct hub_table;

/* Where an index function puts what it contributes. */
struct hub_index_sink;

/* An index entry: group is what a walk compares for equality (let it begin with the index's own letter),
 * bytes is what orders within the group. Unique within it (let it end in the entity's id). */
void hub_index_add(struct hub_index_sink *sink, struct hub_str group, struct hub_str bytes);

/* A timer of this entity: fires at due_at_ms or later, by (due_at, entity key, name). */
void hub_index_timer(struct hub_index_sink *sink, int64_t due_at_ms, struct hub_str name);

struct hub_table_spec {
	const struct hub_schema_set *schemas; /* state record types */
	/* Pure: what `record` of `schema` under `key` contributes, maybe nothing. Never NULL. */
	void (*index)(struct hub_str key, const struct hub_schema *schema, const void *record,
	        struct hub_index_sink *sink);
};

/* spec is borrowed for the table's life. */
struct hub_table *hub_table_new(const struct hub_table_spec *spec);
void hub_table_free(struct hub_table *table); /* accepts NULL */

/* The version of the partition's state: what is put is written in the forms that belong to it (I-9). A new table
 * writes today's. */
void hub_table_set_version(struct hub_table *table, int32_t state_version);
int32_t hub_table_version(const struct hub_table *table);

/* The framed value, or false when there is none. */
bool hub_table_get(const struct hub_table *table, struct hub_str key, struct hub_str *ret_value);

/* Decodes the value into *ret (schema->size bytes); arrays in arena, strings borrowed from the table. False
 * when absent. The value was checked when it came in: one that does not decode as schema is a broken promise
 * (hub_check). */
bool hub_table_load(const struct hub_table *table, struct hub_str key, const struct hub_schema *schema,
        struct hub_arena *arena, void *ret);

/* Encodes record and sets it. HUB_E_TOO_LARGE or HUB_E_INVALID when it breaks its schema's limits: nothing
 * changed. */
int hub_table_put(struct hub_table *table, struct hub_str key, const struct hub_schema *schema,
        const void *record, struct hub_error *reterr);

/* A tombstone; nothing happens when absent. */
void hub_table_remove(struct hub_table *table, struct hub_str key);

/* Restore: folds one changelog record (value.len 0: tombstone). Not journalled. Undecodable:
 * HUB_E_INVALID (also when it claims an index entry that is another record's), or HUB_E_NOT_FOUND (an unknown
 * schema); then it is as if there were none. */
int hub_table_fold(
        struct hub_table *table, struct hub_str key, struct hub_str value, struct hub_error *reterr);

/* Journal. A mark is a position in it; marks are taken back in reverse order. */
size_t hub_table_mark(const struct hub_table *table);
void hub_table_rollback(struct hub_table *table, size_t mark);
void hub_table_commit(struct hub_table *table);

/* One changed key since the last commit: first value before (len 0: absent) and value now (len 0: absent). */
struct hub_change {
	struct hub_str key;
	struct hub_str before;
	struct hub_str after;
};

/* Each changed key since `mark` once, in order of first change; keys whose value is what it was are left out.
 * The array lies in arena. */
uint32_t hub_table_changes(
        struct hub_table *table, size_t mark, struct hub_arena *arena, const struct hub_change **ret_changes);

/* Index walk: the first entry of the group >= bytes, then the next ones; NULL at the group's end. node->key
 * are the bytes. A change of the table ends the walk (seek again). */
const struct hub_sorted_node *hub_table_seek(
        const struct hub_table *table, struct hub_str group, struct hub_str bytes);
const struct hub_sorted_node *hub_table_next(const struct hub_sorted_node *node);

/* Walks the groups in no order, as hub_map_next: for checks of the whole. */
bool hub_table_each_group(const struct hub_table *table, size_t *at, struct hub_str *ret_group);

/* The key of the entity that contributed an index entry. */
struct hub_str hub_table_entity(const struct hub_sorted_node *node);

/* The earliest timer; false when there is none. Slices borrowed until the table changes. */
struct hub_timer {
	int64_t due_at_ms;
	struct hub_str entity; /* key */
	struct hub_str name;
};
bool hub_table_first_timer(const struct hub_table *table, struct hub_timer *ret_timer);

/* Walks the entities in no order, as hub_map_next. */
bool hub_table_each(
        const struct hub_table *table, size_t *at, struct hub_str *ret_key, struct hub_str *ret_value);
size_t hub_table_count(const struct hub_table *table);
size_t hub_table_bytes(const struct hub_table *table); /* keys and values, for the metric */

#endif
