/* JSON that a person sends (hubctl send, registry load): the first byte chooses a record type, the rest is
 * the text. What is taken must encode, since the codec has the same limits, and read back as itself. */
#include "base/check.h"
#include "records/catalogue.h"
#include "wire/record.h"
#include "wire/record_json.h"

#include <stddef.h>

enum { ARENA_BYTES = 16 * 1024 * 1024, BUF_BYTES = 16 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct hub_schema *schema, const void *record, struct hub_arena *arena)
{
	struct hub_buf buf;
	hub_buf_init(&buf, BUF_BYTES);
	hub_check(hub_record_encode(schema, record, &buf, NULL) == HUB_OK);
	hub_buf_done(&buf);
	json_t *json = hub_record_to_json(schema, record, false);
	void *back = hub_arena_alloc(arena, schema->size);
	hub_check(json && back);
	hub_check(hub_record_from_json(schema, json, arena, back, NULL) == HUB_OK);
	hub_check(hub_record_equal(schema, record, back));
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const struct hub_schema *schema = hub_all_schemas.schemas[data[0] % hub_all_schemas.count];
	json_t *json = json_loadb((const char *)data + 1, size - 1, JSON_REJECT_DUPLICATES, NULL);
	if (!json)
		return 0;
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	void *record = hub_arena_alloc(arena, schema->size);
	struct hub_error err;
	int rc = hub_record_from_json(schema, json, arena, record, &err);
	if (rc == HUB_OK)
		use(schema, record, arena);
	else
		hub_check(rc == HUB_E_INVALID);
	hub_arena_free(arena);
	json_decref(json);
	return 0;
}
