/* schemas/hot-state.json is true: the projection of random state writes exactly the keys, types and fields
 * that it names. */
#include "random_state.h"
#include "records/bed_board.h"
#include "records/foreign_hold_state.h"
#include "records/referral_state.h"
#include "records/referral_stub.h"
#include "records/session_state.h"
#include "records/waiting_state.h"
#include "referral-router/project.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ROUNDS = 200, ARENA_BYTES = 64 * 1024 * 1024 };

/* The contract, and what of it was seen: an object of "<from> <field>" or "<from>". */
struct hub_store_sink {
	json_t *contract; /* array of keys */
	json_t *seen;
	const char *from;   /* record that is being projected */
	const json_t *hash; /* the contract of the hash that is being written */
};

/* The text of a key up to its first colon. */
static struct hub_str kind(struct hub_str key)
{
	const char *colon = key.len ? memchr(key.data, ':', key.len) : NULL;
	return colon ? (struct hub_str){ key.data, (uint32_t)(colon - key.data) } : key;
}

static void see(struct hub_store_sink *sink, const char *what)
{
	char text[256];
	(void)snprintf(text, sizeof(text), "%s %s", sink->from, what);
	json_object_set_new(sink->seen, text, json_true());
}

/* What the contract says about a key of that kind and type, from the record that is projected (NULL: from
 * any). */
static const json_t *promised(
        struct hub_store_sink *sink, struct hub_str key, const char *type, const char *from)
{
	for (size_t i = 0; i < json_array_size(sink->contract); i++) {
		const json_t *entry = json_array_get(sink->contract, i);
		const char *said = json_string_value(json_object_get(entry, "from"));
		if (hub_str_eq(kind(key),
		            kind(hub_str_from(json_string_value(json_object_get(entry, "key"))))) &&
		        strcmp(type, json_string_value(json_object_get(entry, "type"))) == 0 &&
		        (!from || (said && strcmp(from, said) == 0)))
			return entry;
	}
	fail_msg("%.*s (%s) is not in hot-state.json", HUB_STR_ARG(key), type);
	return NULL;
}

void hub_store_set_hash(struct hub_store_sink *sink, struct hub_str key)
{
	sink->hash = promised(sink, key, "hash", sink->from);
	see(sink, "");
}

void hub_store_field(struct hub_store_sink *sink, const char *name, struct hub_str value)
{
	assert_true(value.len > 0);
	assert_non_null(sink->hash);
	if (!json_object_get(json_object_get(sink->hash, "fields"), name))
		fail_msg("%s of %s is not in hot-state.json", name, sink->from);
	see(sink, name);
}

void hub_store_del(struct hub_store_sink *sink, struct hub_str key)
{
	(void)promised(sink, key, "hash", sink->from);
}

void hub_store_zadd(struct hub_store_sink *sink, struct hub_str key, int64_t score, struct hub_str member)
{
	(void)promised(sink, key, "zset", NULL);
	(void)score;
	(void)member;
	see(sink, "");
}

void hub_store_zrem(struct hub_store_sink *sink, struct hub_str key, struct hub_str member)
{
	hub_store_zadd(sink, key, 0, member);
}

static void project_random(struct hub_store_sink *sink, const struct hub_schema *schema, const char *key)
{
	struct random_source source = { schema->fingerprint };
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	sink->from = schema->full_name;
	for (int i = 0; i < ROUNDS; i++) {
		hub_arena_reset(arena);
		void *before = hub_arena_alloc(arena, schema->size);
		void *after = hub_arena_alloc(arena, schema->size);
		random_state(&source, schema, arena, before);
		random_state(&source, schema, arena, after);
		referral_project(hub_str_from(key), schema, NULL, before, sink);
		referral_project(hub_str_from(key), schema, before, after, sink);
		referral_project(hub_str_from(key), schema, after, NULL, sink);
	}
	hub_arena_free(arena);
}

static void every_promise_was_kept(struct hub_store_sink *sink)
{
	for (size_t i = 0; i < json_array_size(sink->contract); i++) {
		const json_t *entry = json_array_get(sink->contract, i);
		sink->from = json_string_value(json_object_get(entry, "from"));
		json_t *fields = json_object_get(entry, "fields");
		const char *name;
		json_t *doc;
		json_object_foreach(fields, name, doc)
		{
			char text[256];
			(void)snprintf(text, sizeof(text), "%s %s", sink->from, name);
			if (!json_object_get(sink->seen, text))
				fail_msg("hot-state.json promises %s, which is never written", text);
		}
	}
}

static void the_contract_names_what_the_projection_writes(void **state)
{
	(void)state;
	json_t *file = json_load_file(HOT_STATE, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(file);
	const json_t *daemon = json_array_get(json_object_get(file, "daemons"), 0);
	struct hub_store_sink sink = { .contract = json_object_get(daemon, "keys"), .seen = json_object() };
	project_random(&sink, &hub_referral_state_schema, "referral:r1");
	project_random(&sink, &hub_referral_stub_schema, "referral:r1");
	project_random(&sink, &hub_session_state_schema, "session:H:s1");
	project_random(&sink, &hub_waiting_state_schema, "waiting:330281:03.04:OUTPATIENT:-:r1");
	project_random(&sink, &hub_bed_board_schema, "beds:H:GENERAL");
	project_random(&sink, &hub_foreign_hold_state_schema, "foreign_hold:r1/1");
	every_promise_was_kept(&sink);
	json_decref(sink.seen);
	json_decref(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_contract_names_what_the_projection_writes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
