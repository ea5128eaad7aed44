/* fuzz_seed CORPUS: a first corpus, one small valid record of each type, as the targets on records read them. Run by hand
 * when a record is added; the results are committed. */
#include "base/check.h"
#include "random_record.h"
#include "records/catalogue.h"
#include "wire/cloudevent.h"
#include "wire/framing.h"
#include "wire/record_json.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA_BYTES = 16 * 1024 * 1024, BUF_BYTES = 16 * 1024 * 1024, SMALL = 700 };

struct seed {
	const char *corpus;
	uint32_t index; /* of the record type */
	const struct hub_schema *schema;
	const void *record;
	struct hub_str body, frame;
	struct hub_buf out;
};

static void write_seed(struct seed *seed, const char *target)
{
	char file[4096];
	(void)snprintf(file, sizeof(file), "%s/%s/%s", seed->corpus, target, seed->schema->name);
	FILE *stream = fopen(file, "wb");
	hub_check(stream && fwrite(seed->out.data, 1, seed->out.len, stream) == seed->out.len);
	hub_check(fclose(stream) == 0);
	hub_buf_reset(&seed->out);
}

/* As take_text() of take.h reads it. */
static void put_text(struct hub_buf *out, struct hub_str text)
{
	hub_buf_byte(out, (uint8_t)(text.len >> 8));
	hub_buf_byte(out, (uint8_t)text.len);
	hub_buf_str(out, text);
}

static void write_bare(struct seed *seed)
{
	hub_buf_byte(&seed->out, (uint8_t)seed->index);
	hub_buf_str(&seed->out, seed->body);
	write_seed(seed, "frame_decode");
	json_t *json = hub_record_to_json(seed->schema, seed->record, false);
	char *text = json_dumps(json, JSON_COMPACT);
	hub_check(text);
	hub_buf_byte(&seed->out, (uint8_t)seed->index);
	hub_buf_text(&seed->out, text);
	write_seed(seed, "json");
	free(text);
	json_decref(json);
}

static void write_headers(struct seed *seed, struct hub_arena *arena)
{
	struct hub_header headers[HUB_CLOUDEVENT_HEADERS];
	if (!hub_cloudevent_build(seed->schema, seed->record, "referral-router", arena, headers))
		return;
	hub_buf_byte(&seed->out, (uint8_t)seed->index);
	put_text(&seed->out, seed->body);
	for (uint8_t i = 0; i < HUB_CLOUDEVENT_HEADERS; i++) {
		hub_buf_byte(&seed->out, i);
		put_text(&seed->out, headers[i].value);
	}
	write_seed(seed, "headers");
}

static void write_framed(struct seed *seed)
{
	static const char shown[] = { 1 | 2 | 4 | 1 << 4,
		4 }; /* key, value, a usual time, one header; dead letters */
	hub_buf_bytes(&seed->out, shown, sizeof(shown));
	put_text(&seed->out, HUB_STR("330281"));
	put_text(&seed->out, HUB_STR("hub_dlq_reason"));
	put_text(&seed->out, HUB_STR("RULE"));
	hub_buf_str(&seed->out, seed->frame);
	write_seed(seed, "event_text");
	const struct hub_version *version;
	bool registry = hub_schema_by_fingerprint(&hub_registry_schemas, seed->schema->fingerprint, &version);
	bool state = hub_schema_by_fingerprint(
	        &hub_referral_router_state_schemas, seed->schema->fingerprint, &version);
	if (registry)
		hub_buf_byte(&seed->out, 0);
	else if (state)
		put_text(&seed->out, hub_str_from(seed->index % 2 ? "position" : "referral:r1"));
	if (registry || state) {
		put_text(&seed->out, seed->frame);
		write_seed(seed, registry ? "registry" : "state");
	}
}

static void write_all(const char *corpus, uint32_t index, struct hub_arena *arena)
{
	struct random_source source = { index };
	struct seed seed = { .corpus = corpus, .index = index, .schema = hub_all_schemas.schemas[index] };
	struct hub_buf frame;
	void *record;
	hub_buf_init(&frame, BUF_BYTES);
	hub_buf_init(&seed.out, BUF_BYTES);
	do {
		hub_arena_reset(arena);
		hub_buf_reset(&frame);
		record = hub_arena_alloc(arena, seed.schema->size);
		random_record(&source, seed.schema, arena, record);
		hub_check(hub_frame_encode(seed.schema, record, &frame, NULL) == HUB_OK);
	} while (frame.len > SMALL);
	seed.record = record;
	seed.frame = hub_buf_slice(&frame);
	seed.body = (struct hub_str){ frame.data + HUB_FRAME_LEN, (uint32_t)frame.len - HUB_FRAME_LEN };
	write_bare(&seed);
	write_headers(&seed, arena);
	write_framed(&seed);
	hub_buf_done(&seed.out);
	hub_buf_done(&frame);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	for (uint32_t i = 0; i < hub_all_schemas.count; i++)
		write_all(argv[1], i, arena);
	hub_arena_free(arena);
	return 0;
}
