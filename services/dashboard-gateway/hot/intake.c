#include "dashboard-gateway/hot/intake.h"

#include "base/check.h"
#include "dashboard-gateway/hot/row.h"
#include "records/bed_board.h"
#include "records/catalogue.h"
#include "records/foreign_hold_state.h"
#include "records/referral_state.h"
#include "records/referral_stub.h"
#include "records/session_state.h"
#include "referral-router/project.h"
#include "runtime/sink.h"
#include "wire/framing.h"

#include <stdlib.h>

enum {
	DECODE_LIMIT = 64 << 20,
	PROJECT_LIMIT = 16 << 20,
	FIELDS_MAX = 64,
	KEY_MAX = 512, /* far above what ids allow; the projection joins keys with other words */
	HASH_WORDS = 2 /* PUTHASH and its key */
};

struct gateway_intake {
	struct hub_arena *decoded, *projected;
	struct hub_store_sink sink;
	struct gateway_field fields[FIELDS_MAX];
};

struct gateway_intake *gateway_intake_new(void)
{
	struct gateway_intake *intake = calloc(1, sizeof(*intake));
	hub_check(intake != NULL);
	intake->decoded = hub_arena_new(DECODE_LIMIT);
	intake->projected = hub_arena_new(PROJECT_LIMIT);
	hub_check(intake->decoded != NULL && intake->projected != NULL);
	hub_store_sink_init(&intake->sink, intake->projected, HUB_STR(""));
	return intake;
}

void gateway_intake_free(struct gateway_intake *intake)
{
	if (!intake)
		return;
	hub_store_sink_done(&intake->sink);
	hub_arena_free(intake->decoded);
	hub_arena_free(intake->projected);
	free(intake);
}

static bool belongs(enum gateway_kind kind, const struct hub_schema *schema)
{
	switch (kind) {
	case GATEWAY_REFERRAL:
		return schema == &hub_referral_state_schema || schema == &hub_referral_stub_schema;
	case GATEWAY_SESSION:
		return schema == &hub_session_state_schema;
	case GATEWAY_BEDS:
		return schema == &hub_bed_board_schema;
	case GATEWAY_FOREIGN_HOLD:
		return schema == &hub_foreign_hold_state_schema;
	case GATEWAY_KINDS:
		break;
	}
	return false;
}

/* The record as if it were the key's first: its hash is the same, whatever was before it. */
static int project(struct gateway_intake *intake, enum gateway_kind kind, struct hub_str key,
        struct hub_str value, struct hub_error *reterr)
{
	const struct hub_schema *schema;
	void *record;
	hub_arena_reset(intake->decoded);
	hub_arena_reset(intake->projected);
	hub_store_sink_reset(&intake->sink);
	int r = hub_frame_decode(
	        &hub_referral_router_state_schemas, value, intake->decoded, &schema, &record, reterr);
	if (r < 0)
		return r;
	if (!belongs(kind, schema))
		return hub_error_set(reterr, HUB_E_INVALID, "key", "is not one of a %s", schema->name);
	referral_project(key, schema, NULL, record, &intake->sink);
	hub_store_sink_end(&intake->sink);
	return HUB_OK;
}

/* Beside the hash there are members of sorted sets, which are not kept. */
static const struct hub_store_command *find_hash(const struct hub_store_sink *sink)
{
	for (uint32_t i = 0; i < sink->count; i++)
		if (hub_str_is(sink->commands[i].args[0], HUB_STORE_PUT_HASH))
			return &sink->commands[i];
	return NULL;
}

static uint32_t take_fields(struct gateway_intake *intake, const struct hub_store_command *hash)
{
	uint32_t count = 0;
	for (uint32_t i = HASH_WORDS; i + 1 < hash->argc && count < FIELDS_MAX; i += 2)
		intake->fields[count++] = (struct gateway_field){ hash->args[i], hash->args[i + 1] };
	return count;
}

int gateway_intake_fields(struct gateway_intake *intake, struct hub_str key, struct hub_str value,
        const struct gateway_field **ret_fields, uint32_t *ret_count, struct hub_error *reterr)
{
	*ret_fields = intake->fields;
	*ret_count = 0;
	const struct gateway_row_form *form = gateway_row_form_of(key);
	if (!form)
		return HUB_OK;
	if (key.len > KEY_MAX)
		return hub_error_set(reterr, HUB_E_INVALID, "key", "is longer than %d bytes", KEY_MAX);
	int r = project(intake, form->kind, key, value, reterr);
	if (r < 0)
		return r;
	const struct hub_store_command *hash = find_hash(&intake->sink);
	hub_check(hash != NULL);
	*ret_count = take_fields(intake, hash);
	return HUB_OK;
}

int gateway_intake_apply(struct gateway_intake *intake, struct gateway_hot *hot, int32_t partition,
        struct hub_str key, struct hub_str value, struct hub_error *reterr)
{
	const struct gateway_field *fields;
	uint32_t count;
	if (value.len == 0) {
		gateway_hot_remove(hot, key);
		return HUB_OK;
	}
	int r = gateway_intake_fields(intake, key, value, &fields, &count, reterr);
	if (r < 0 || count == 0)
		return r;
	return gateway_hot_put(hot, partition, key, fields, count, reterr);
}
