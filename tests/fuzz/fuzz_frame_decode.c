/* Framed bytes of any record of any topic. What decodes must print, pass through steering, and encode to
 * bytes that decode to an equal record. The fuzzer need not guess fingerprints: the first byte chooses a
 * record type, the rest is its body; 0xff: the rest is the whole frame. */
#include "base/check.h"
#include "records/catalogue.h"
#include "wire/record.h"
#include "wire/record_print.h"

#include <stddef.h>

enum { ARENA_BYTES = 16 * 1024 * 1024, BUF_BYTES = 16 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct hub_schema *schema, const void *record, struct hub_arena *arena)
{
	struct hub_buf buf;
	void *back = hub_arena_alloc(arena, schema->size);
	hub_buf_init(&buf, BUF_BYTES);
	hub_check(hub_record_encode(schema, record, &buf, NULL) == HUB_OK);
	hub_check(hub_record_decode(schema, hub_buf_slice(&buf), arena, back, NULL) == HUB_OK);
	hub_check(hub_record_equal(schema, record, back));
	hub_buf_reset(&buf);
	hub_record_print(schema, record, true, &buf);
	(void)hub_record_check_steering(schema, record, NULL);
	hub_buf_done(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > BUF_BYTES / 2)
		return 0;
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	struct hub_str rest = { (const char *)data + 1, (uint32_t)size - 1 };
	const struct hub_schema *schema = hub_all_schemas.schemas[data[0] % hub_all_schemas.count];
	void *record = NULL;
	struct hub_error err;
	int rc;
	if (data[0] == 0xff) {
		rc = hub_frame_decode(&hub_all_schemas, rest, arena, &schema, &record, &err);
	} else {
		record = hub_arena_alloc(arena, schema->size);
		rc = hub_record_decode(schema, rest, arena, record, &err);
	}
	/* A string borrows, an array item has at least one byte on the wire and at most 256 in memory. */
	hub_check(hub_arena_used(arena) <= schema->size + 64 + (size + 16) * 512);
	if (rc == HUB_OK)
		use(schema, record, arena);
	else
		hub_check(rc == HUB_E_INVALID || rc == HUB_E_NOT_FOUND);
	hub_arena_free(arena);
	return 0;
}
