#include "post.h"

#include "base/check.h"
#include "records/catalogue.h"
#include "records/decision_head.h"
#include "wire/framing.h"

#include <stdlib.h>
#include <string.h>

enum { UNDER_WAY_MAX = 4096, SILENT_MAX = 4, CODE_ROOM = 17, RECORD_LIMIT = 1 << 20 };

struct letter {
	char county_id[CODE_ROOM];
	char *bytes;
	uint32_t len;
};

struct post {
	struct letter letters[UNDER_WAY_MAX]; /* oldest first */
	uint32_t count;
	char silent[SILENT_MAX][CODE_ROOM]; /* empty: none */
};

struct post *post_new(void)
{
	struct post *post = calloc(1, sizeof(*post));
	hub_check(post != NULL);
	return post;
}

void post_free(struct post *post)
{
	for (uint32_t i = 0; i < post->count; i++)
		free(post->letters[i].bytes);
	free(post);
}

static void code_of(struct hub_str county_id, char code[CODE_ROOM])
{
	hub_check(county_id.len > 0 && county_id.len < CODE_ROOM);
	memcpy(code, county_id.data, county_id.len);
	code[county_id.len] = '\0';
}

static bool is_transfer(const struct hub_schema *schema)
{
	for (uint32_t i = 0; i < hub_referral_transfer_schemas.count; i++)
		if (hub_referral_transfer_schemas.schemas[i] == schema)
			return true;
	return false;
}

void post_put(struct post *post, const struct hub_effects *effects)
{
	for (uint32_t i = 0; i < effects->count; i++) {
		const struct hub_output *output = &effects->outputs[i];
		if (!is_transfer(output->schema))
			continue;
		hub_check(post->count < UNDER_WAY_MAX);
		struct letter *letter = &post->letters[post->count++];
		struct hub_buf bytes;
		hub_buf_init(&bytes, RECORD_LIMIT);
		hub_check(hub_frame_encode(output->schema, output->record, &bytes, NULL) == 0);
		code_of(((const struct hub_decision_head *)output->record)->county_id, letter->county_id);
		letter->len = (uint32_t)bytes.len;
		letter->bytes = malloc(bytes.len);
		hub_check(letter->bytes != NULL);
		memcpy(letter->bytes, bytes.data, bytes.len);
		hub_buf_done(&bytes);
	}
}

static bool is_silent(const struct post *post, const char *code)
{
	for (int i = 0; i < SILENT_MAX; i++)
		if (strcmp(post->silent[i], code) == 0)
			return true;
	return false;
}

bool post_take(
        struct post *post, struct hub_arena *arena, const struct hub_schema **ret_schema, void **ret_record)
{
	uint32_t at = 0;
	while (at < post->count && is_silent(post, post->letters[at].county_id))
		at++;
	if (at == post->count)
		return false;
	struct letter letter = post->letters[at];
	struct hub_str bytes = hub_arena_copy(arena, (struct hub_str){ letter.bytes, letter.len });
	memmove(&post->letters[at], &post->letters[at + 1], (--post->count - at) * sizeof(letter));
	hub_check(hub_frame_decode(
	                  &hub_referral_transfer_schemas, bytes, arena, ret_schema, ret_record, NULL) == 0);
	free(letter.bytes);
	return true;
}

bool post_is_empty(const struct post *post)
{
	return post->count == 0;
}

void post_silence(struct post *post, struct hub_str county_id, bool silent)
{
	char code[CODE_ROOM];
	code_of(county_id, code);
	for (int i = 0; i < SILENT_MAX; i++) {
		if (silent ? post->silent[i][0] != '\0' : strcmp(post->silent[i], code) != 0)
			continue;
		strcpy(post->silent[i], silent ? code : "");
		return;
	}
}
