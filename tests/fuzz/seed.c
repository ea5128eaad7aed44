/* fuzz_seed FRAMES JSON: a first corpus, one small valid record of each type, as the two targets read them.
 * Run by hand when a record is added; the results are committed. */
#include "base/check.h"
#include "random_record.h"
#include "records/catalogue.h"
#include "wire/record.h"
#include "wire/record_json.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_BYTES = 16 * 1024 * 1024, BUF_BYTES = 16 * 1024 * 1024, SMALL = 700 };

static void write_seed(const char *folder, uint32_t index, const char *name, const void *bytes, size_t len)
{
	char file[4096];
	(void)snprintf(file, sizeof(file), "%s/%s", folder, name);
	FILE *stream = fopen(file, "wb");
	hub_check(stream);
	hub_check(fputc((int)index, stream) != EOF && fwrite(bytes, 1, len, stream) == len &&
	          fclose(stream) == 0);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	struct hub_buf buf;
	hub_buf_init(&buf, BUF_BYTES);
	for (uint32_t i = 0; i < hub_all_schemas.count; i++) {
		const struct hub_schema *schema = hub_all_schemas.schemas[i];
		struct random_source source = { i };
		void *record;
		do {
			hub_arena_reset(arena);
			hub_buf_reset(&buf);
			record = hub_arena_alloc(arena, schema->size);
			random_record(&source, schema, arena, record);
			hub_check(hub_record_encode(schema, record, &buf, NULL) == HUB_OK);
		} while (buf.len > SMALL);
		write_seed(argv[1], i, schema->name, buf.data, buf.len);
		json_t *json = hub_record_to_json(schema, record, false);
		char *text = json_dumps(json, JSON_COMPACT);
		hub_check(text);
		write_seed(argv[2], i, schema->name, text, strlen(text));
		free(text);
		json_decref(json);
	}
	hub_buf_done(&buf);
	hub_arena_free(arena);
	return 0;
}
