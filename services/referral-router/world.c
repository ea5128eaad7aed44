#include "referral-router/world.h"

#include "base/check.h"
#include "records/offer_state.h"
#include "referral-router/board.h"
#include "wire/framing.h"

/* A state key: its words with colons between. Every event makes a few, so this is no printf. */
static struct hub_str key_of(struct referral_world *world, const struct hub_str *words, size_t count)
{
	size_t len = count - 1;
	for (size_t i = 0; i < count; i++)
		len += words[i].len;
	char *text = hub_arena_alloc(world->out->arena, len);
	if (!text)
		return (struct hub_str){ NULL, 0 };
	char *at = text;
	for (size_t i = 0; i < count; i++) {
		if (i)
			*at++ = ':';
		if (words[i].len)
			memcpy(at, words[i].data, words[i].len);
		at += words[i].len;
	}
	return (struct hub_str){ text, (uint32_t)len };
}

struct hub_str referral_world_referral_key(struct referral_world *world, struct hub_str referral_id)
{
	return key_of(world, (struct hub_str[]){ HUB_STR("referral"), referral_id }, 2);
}

struct hub_str referral_world_session_key(
        struct referral_world *world, struct hub_str org_id, struct hub_str session_id)
{
	return key_of(world, (struct hub_str[]){ HUB_STR("session"), org_id, session_id }, 3);
}

struct hub_str referral_world_beds_key(
        struct referral_world *world, struct hub_str org_id, enum hub_bed_kind kind)
{
	const struct hub_str words[] = { HUB_STR("beds"), org_id, hub_str_from(hub_bed_kind_name(kind)) };
	return key_of(world, words, 3);
}

static struct hub_str booking_key(struct referral_world *world, struct hub_str org_id,
        struct hub_str session_id, struct hub_str booking_id)
{
	return key_of(world, (struct hub_str[]){ HUB_STR("booking"), org_id, session_id, booking_id }, 4);
}

static struct hub_str waiting_key(struct referral_world *world, struct hub_str county_id,
        struct hub_str specialty, enum hub_need need, struct hub_str item, struct hub_str referral_id)
{
	const struct hub_str words[] = { HUB_STR("waiting"), county_id, specialty,
		hub_str_from(hub_need_name(need)), item, referral_id };
	return key_of(world, words, 6);
}

static struct hub_str offer_key(
        struct referral_world *world, struct hub_str org_id, struct hub_str specialty, enum hub_need need)
{
	const struct hub_str words[] = { HUB_STR("offer"), org_id, specialty,
		hub_str_from(hub_need_name(need)) };
	return key_of(world, words, 4);
}

static struct hub_str foreign_key(struct referral_world *world, struct hub_str transfer_id)
{
	return key_of(world, (struct hub_str[]){ HUB_STR("foreign_hold"), transfer_id }, 2);
}

bool referral_world_is_code(struct hub_str text)
{
	return !text.len || !memchr(text.data, ':', text.len);
}

struct hub_str referral_world_item(bool has_item, struct hub_str item)
{
	return has_item ? item : HUB_STR("-");
}

struct hub_str referral_world_list_item(const struct hub_referral *asked)
{
	if (asked->need == HUB_NEED_BED)
		return hub_str_from(hub_bed_kind_name(referral_bed_kind(asked)));
	return referral_world_item(asked->has_exam_item, asked->exam_item);
}

bool referral_world_has(const struct referral_world *world, struct hub_str key)
{
	struct hub_str value;
	return hub_table_get(world->table, key, &value);
}

void *referral_world_at(struct referral_world *world, struct hub_str key, const struct hub_schema *schema)
{
	struct hub_str value, body;
	uint64_t fingerprint;
	const struct hub_version *version = NULL; /* NULL: the present one, as nearly always */
	if (!hub_table_get(world->table, key, &value))
		return NULL;
	hub_check(hub_frame_split(value, &fingerprint, &body, NULL) == 0);
	if (fingerprint != schema->fingerprint &&
	        hub_schema_by_fingerprint(referral_world_table.schemas, fingerprint, &version) != schema)
		return NULL;
	world->bytes_read += value.len;
	struct hub_arena *arena = world->out->arena;
	void *record = hub_arena_alloc(arena, schema->size);
	if (!record)
		return NULL;
	/* Values were checked when they came in: only the arena can be why one does not decode. */
	int r = version ? hub_record_decode_version(schema, version, body, arena, record, NULL)
	                : hub_record_decode(schema, body, arena, record, NULL);
	hub_check(r == 0 || hub_arena_exhausted(arena));
	return r == 0 ? record : NULL;
}

struct hub_referral_state *referral_world_referral(struct referral_world *world, struct hub_str referral_id)
{
	return referral_world_at(
	        world, referral_world_referral_key(world, referral_id), &hub_referral_state_schema);
}

struct hub_referral_stub *referral_world_stub(struct referral_world *world, struct hub_str referral_id)
{
	return referral_world_at(
	        world, referral_world_referral_key(world, referral_id), &hub_referral_stub_schema);
}

struct hub_session_state *referral_world_session(
        struct referral_world *world, struct hub_str org_id, struct hub_str session_id)
{
	return referral_world_at(
	        world, referral_world_session_key(world, org_id, session_id), &hub_session_state_schema);
}

struct hub_bed_board *referral_world_beds(
        struct referral_world *world, struct hub_str org_id, enum hub_bed_kind kind)
{
	return referral_world_at(world, referral_world_beds_key(world, org_id, kind), &hub_bed_board_schema);
}

struct hub_booking_state *referral_world_booking(struct referral_world *world, struct hub_str org_id,
        struct hub_str session_id, struct hub_str booking_id)
{
	return referral_world_at(
	        world, booking_key(world, org_id, session_id, booking_id), &hub_booking_state_schema);
}

struct hub_foreign_hold_state *referral_world_foreign(
        struct referral_world *world, struct hub_str transfer_id)
{
	return referral_world_at(world, foreign_key(world, transfer_id), &hub_foreign_hold_state_schema);
}

static void put(
        struct referral_world *world, struct hub_str key, const struct hub_schema *schema, const void *record)
{
	struct hub_error err;
	if (hub_arena_exhausted(world->out->arena) || world->out->dead_reason)
		return;
	if (hub_table_put(world->table, key, schema, record, &err) < 0)
		hub_effects_dead_letter(world->out, "TOO_LARGE",
		        hub_arena_printf(world->out->arena, "%s: %s", err.place, err.text));
}

void referral_world_put_referral(struct referral_world *world, const struct hub_referral_state *referral)
{
	put(world, referral_world_referral_key(world, referral->referral.referral_id),
	        &hub_referral_state_schema, referral);
}

void referral_world_put_stub(
        struct referral_world *world, struct hub_str referral_id, const struct hub_referral_stub *stub)
{
	put(world, referral_world_referral_key(world, referral_id), &hub_referral_stub_schema, stub);
}

/* I-4: where the slots of a part are adds up to its capacity, and none is negative. */
static void check_counts(const struct hub_slot_counts *part)
{
	hub_check(part->open >= 0 && part->held >= 0 && part->used_referred >= 0 && part->used_own >= 0);
}

void referral_world_put_session(struct referral_world *world, const struct hub_session_state *session)
{
	check_counts(&session->reserved);
	check_counts(&session->common);
	hub_check(session->reserved.used_own == 0);
	put(world, referral_world_session_key(world, session->org_id, session->session_id),
	        &hub_session_state_schema, session);
}

void referral_world_put_beds(struct referral_world *world, const struct hub_bed_board *board)
{
	hub_check(board->held >= 0);
	put(world, referral_world_beds_key(world, board->org_id, board->bed_kind), &hub_bed_board_schema,
	        board);
}

void referral_world_put_booking(struct referral_world *world, const struct hub_booking_state *booking)
{
	put(world, booking_key(world, booking->org_id, booking->session_id, booking->booking_id),
	        &hub_booking_state_schema, booking);
}

void referral_world_put_waiting(struct referral_world *world, const struct hub_waiting_state *waiting)
{
	put(world,
	        waiting_key(world, waiting->county_id, waiting->specialty, waiting->need, waiting->item,
	                waiting->referral_id),
	        &hub_waiting_state_schema, waiting);
}

void referral_world_remove_waiting(struct referral_world *world, const struct hub_referral_state *referral)
{
	const struct hub_referral *asked = &referral->referral;
	hub_table_remove(world->table, waiting_key(world, referral->county_id, asked->specialty, asked->need,
	                                       referral_world_list_item(asked), asked->referral_id));
}

void referral_world_put_foreign(struct referral_world *world, const struct hub_foreign_hold_state *hold)
{
	put(world, foreign_key(world, hold->transfer_id), &hub_foreign_hold_state_schema, hold);
}

void referral_world_remove_foreign(struct referral_world *world, const struct hub_foreign_hold_state *hold)
{
	hub_table_remove(world->table, foreign_key(world, hold->transfer_id));
}

void referral_world_remove(struct referral_world *world, struct hub_str key)
{
	hub_table_remove(world->table, key);
}

void referral_world_move(
        struct referral_world *world, struct hub_referral_state *referral, enum referral_event event)
{
	const struct referral_transition *row = referral_machine_find(referral->stage, event);
	hub_check(row != NULL);
	referral->stage = row->to;
	/* REF-13: the rest of an answer clock is kept while it stands still, no longer. */
	if (referral->stage != HUB_REFERRAL_STAGE_SUPPLEMENTING)
		referral->has_answer_left_ms = false;
	hub_effects_rule(world->out, row->rule);
}

bool referral_world_offers(
        struct referral_world *world, struct hub_str org_id, struct hub_str specialty, enum hub_need need)
{
	return referral_world_has(world, offer_key(world, org_id, specialty, need));
}

void referral_world_note_offer(
        struct referral_world *world, struct hub_str org_id, struct hub_str specialty, enum hub_need need)
{
	if (referral_world_offers(world, org_id, specialty, need))
		return;
	const struct hub_offer_state offer = { .since = world->now_ms };
	put(world, offer_key(world, org_id, specialty, need), &hub_offer_state_schema, &offer);
}

struct hub_referral_state *referral_world_referral_at(
        struct referral_world *world, const struct hub_sorted_node *node)
{
	if (!node)
		return NULL;
	struct hub_str key = hub_table_entity(node);
	struct hub_str value;
	hub_check(hub_table_get(world->table, key, &value));
	if (hub_str_starts_with(key, HUB_STR("referral:")))
		return referral_world_at(world, key, &hub_referral_state_schema);
	const struct hub_waiting_state *waiting = referral_world_at(world, key, &hub_waiting_state_schema);
	return waiting ? referral_world_referral(world, waiting->referral_id) : NULL;
}

struct hub_foreign_hold_state *referral_world_foreign_at(
        struct referral_world *world, const struct hub_sorted_node *node)
{
	struct hub_str key = hub_table_entity(node);
	return hub_str_starts_with(key, HUB_STR("foreign_hold:"))
	               ? referral_world_at(world, key, &hub_foreign_hold_state_schema)
	               : NULL;
}

struct hub_session_state *referral_world_session_at(
        struct referral_world *world, const struct hub_sorted_node *node)
{
	return node ? referral_world_at(world, hub_table_entity(node), &hub_session_state_schema) : NULL;
}
