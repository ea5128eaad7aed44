/* The indexes over the state records, each entry unique by ending in the entity's id:
 *   S org specialty need item | start expert session_id     sessions with an open slot (REF-01, REF-07)
 *   W county specialty need item | order referral_id        waiting lists
 *   Q county bed_kind | order referral_id                   who waits for such a bed, of all specialties (REF-22)
 *   P county patient direction specialty need | referral_id active referrals of a patient (REF-14)
 *   H org session | order referral_id                       who holds a slot, answered by the hospital (REF-07), or
 *                                                           is another county's
 *   U org session | order referral_id                       the same, not yet answered
 *   B org session | booking_id                              the hospital's own bookings
 * Left of the bar components are compared for equality and carry their length, so that no text can pose as
 * two. */
#include "referral-router/slots.h"
#include "referral-router/world.h"

#include "base/check.h"
#include "base/sorted.h"
#include "records/catalogue.h"

/* What was added so far is compared for equality. */
static void end_group(struct referral_index_key *key)
{
	key->group_len = key->len;
}

static struct hub_str group_of(const struct referral_index_key *key)
{
	return (struct hub_str){ key->bytes, key->group_len };
}

static void add_bytes(struct referral_index_key *key, const void *bytes, uint32_t len)
{
	hub_check(len <= sizeof(key->bytes) - key->len);
	if (len)
		memcpy(key->bytes + key->len, bytes, len);
	key->len += len;
}

static void add_byte(struct referral_index_key *key, unsigned byte)
{
	uint8_t b = (uint8_t)byte;
	add_bytes(key, &b, 1);
}

static void add_equal(struct referral_index_key *key, struct hub_str text)
{
	add_byte(key, text.len >> 8);
	add_byte(key, text.len);
	add_bytes(key, text.data, text.len);
}

static void add_i64(struct referral_index_key *key, int64_t value)
{
	unsigned char bytes[HUB_ORDERED_I64_LEN];
	hub_ordered_i64(value, bytes);
	add_bytes(key, bytes, sizeof(bytes));
}

static void begin_session_list(struct referral_index_key *key, struct hub_str org_id,
        struct hub_str specialty, enum hub_need need, struct hub_str item)
{
	key->len = 0;
	add_byte(key, 'S');
	add_equal(key, org_id);
	add_equal(key, specialty);
	add_byte(key, need);
	add_equal(key, item);
	end_group(key);
}

static void begin_waiting_list(struct referral_index_key *key, struct hub_str county_id,
        struct hub_str specialty, enum hub_need need, struct hub_str item)
{
	key->len = 0;
	add_byte(key, 'W');
	add_equal(key, county_id);
	add_equal(key, specialty);
	add_byte(key, need);
	add_equal(key, item);
	end_group(key);
}

static void begin_bed_list(struct referral_index_key *key, struct hub_str county_id, struct hub_str kind)
{
	key->len = 0;
	add_byte(key, 'Q');
	add_equal(key, county_id);
	add_equal(key, kind);
	end_group(key);
}

static void begin_patient(
        struct referral_index_key *key, struct hub_str county_id, const struct hub_referral *referral)
{
	key->len = 0;
	add_byte(key, 'P');
	add_equal(key, county_id);
	add_equal(key, referral->patient.patient_id);
	add_byte(key, referral->direction);
	add_equal(key, referral->specialty);
	add_byte(key, referral->need);
	end_group(key);
}

static void begin_in_session(
        struct referral_index_key *key, char kind, struct hub_str org_id, struct hub_str session_id)
{
	key->len = 0;
	add_byte(key, (unsigned char)kind);
	add_equal(key, org_id);
	add_equal(key, session_id);
	end_group(key);
}

/* The order of a waiting list: whom a cancelled session displaced; who meets the criteria for a bed (REF-06; no list
 * knows both); urgency, lead-hospital senders (at city hospitals), requested_at, referral_id. */
static void add_order(struct referral_index_key *key, bool before_everyone, enum hub_urgency urgency,
        bool lead, int64_t requested_at, struct hub_str referral_id)
{
	add_byte(key, before_everyone ? 0 : 1);
	add_byte(key, urgency);
	add_byte(key, lead ? 0 : 1);
	add_i64(key, requested_at);
	add_bytes(key, referral_id.data, referral_id.len);
}

static void add_waiting_order(struct referral_index_key *key, const struct hub_waiting_state *waiting)
{
	add_order(key, waiting->displaced || waiting->meets_criteria, waiting->urgency, waiting->lead_sender,
	        waiting->requested_at, waiting->referral_id);
}

static void index_timers(const struct hub_due_timer_array *timers, struct hub_index_sink *sink)
{
	for (uint32_t i = 0; i < timers->count; i++)
		hub_index_timer(sink, timers->items[i].due_at, timers->items[i].name);
}

static void index_holder(const struct hub_referral_state *referral, char kind, struct hub_index_sink *sink)
{
	struct referral_index_key key;
	begin_in_session(&key, kind, referral->to_org_id, referral->session_id);
	add_order(&key, referral->displaced, referral->referral.urgency, false, referral->requested_at,
	        referral->referral.referral_id);
	hub_index_add(sink, group_of(&key), referral_world_order(&key));
}

static void index_referral(const struct hub_referral_state *referral, struct hub_index_sink *sink)
{
	struct referral_index_key key;
	bool asked = referral->stage == HUB_REFERRAL_STAGE_ROUTED ||
	             referral->stage == HUB_REFERRAL_STAGE_SUPPLEMENTING;
	begin_patient(&key, referral->county_id, &referral->referral);
	add_bytes(&key, referral->referral.referral_id.data, referral->referral.referral_id.len);
	hub_index_add(sink, group_of(&key), referral_world_order(&key));
	if (referral->has_session_id && referral->stage == HUB_REFERRAL_STAGE_ACCEPTED)
		index_holder(referral, 'H', sink);
	if (referral->has_session_id && asked)
		index_holder(referral, 'U', sink);
	index_timers(&referral->timers, sink);
}

static void index_session(const struct hub_session_state *session, struct hub_index_sink *sink)
{
	struct referral_index_key key;
	if (session->phase == HUB_SESSION_PHASE_OPEN && referral_slots_takeable(session) > 0) {
		begin_session_list(&key, session->org_id, session->specialty, session->need,
		        referral_world_item(session->has_exam_item, session->exam_item));
		add_i64(&key, session->starts_at);
		add_byte(&key, session->expert);
		add_bytes(&key, session->session_id.data, session->session_id.len);
		hub_index_add(sink, group_of(&key), referral_world_order(&key));
	}
	index_timers(&session->timers, sink);
}

void referral_world_waiting_place(const struct hub_waiting_state *waiting, struct referral_index_key *ret_key)
{
	begin_waiting_list(ret_key, waiting->county_id, waiting->specialty, waiting->need, waiting->item);
	add_waiting_order(ret_key, waiting);
}

static void index_waiting(const struct hub_waiting_state *waiting, struct hub_index_sink *sink)
{
	struct referral_index_key key;
	referral_world_waiting_place(waiting, &key);
	hub_index_add(sink, group_of(&key), referral_world_order(&key));
	if (waiting->need != HUB_NEED_BED)
		return;
	begin_bed_list(&key, waiting->county_id, waiting->item);
	add_waiting_order(&key, waiting);
	hub_index_add(sink, group_of(&key), referral_world_order(&key));
}

static void index_booking(const struct hub_booking_state *booking, struct hub_index_sink *sink)
{
	struct referral_index_key key;
	begin_in_session(&key, 'B', booking->org_id, booking->session_id);
	add_bytes(&key, booking->booking_id.data, booking->booking_id.len);
	hub_index_add(sink, group_of(&key), referral_world_order(&key));
}

static void add_foreign(struct referral_index_key *key, const struct hub_foreign_hold_state *hold,
        struct hub_index_sink *sink)
{
	add_order(key, hold->displaced || hold->meets_criteria, hold->referral.urgency, hold->lead_sender,
	        hold->requested_at, hold->transfer_id);
	hub_index_add(sink, group_of(key), referral_world_order(key));
}

/* Another county's stands where one of ours would. */
static void index_foreign(const struct hub_foreign_hold_state *hold, struct hub_index_sink *sink)
{
	const struct hub_referral *asked = &hold->referral;
	struct referral_index_key key;
	bool waits = hold->phase == HUB_FOREIGN_HOLD_PHASE_WAITING;
	if (waits)
		begin_waiting_list(&key, hold->county_id, asked->specialty, asked->need,
		        referral_world_list_item(asked));
	else
		begin_in_session(&key, 'H', hold->org_id, hold->session_id);
	if (waits || hold->has_session_id)
		add_foreign(&key, hold, sink);
	if (waits && asked->need == HUB_NEED_BED) {
		begin_bed_list(&key, hold->county_id, referral_world_list_item(asked));
		add_foreign(&key, hold, sink);
	}
	index_timers(&hold->timers, sink);
}

static void index_record(
        struct hub_str key, const struct hub_schema *schema, const void *record, struct hub_index_sink *sink)
{
	(void)key;
	if (schema == &hub_referral_state_schema)
		index_referral(record, sink);
	else if (schema == &hub_referral_stub_schema)
		hub_index_timer(
		        sink, ((const struct hub_referral_stub *)record)->forget_at, HUB_STR("forget"));
	else if (schema == &hub_session_state_schema)
		index_session(record, sink);
	else if (schema == &hub_waiting_state_schema)
		index_waiting(record, sink);
	else if (schema == &hub_booking_state_schema)
		index_booking(record, sink);
	else if (schema == &hub_bed_board_schema)
		index_timers(&((const struct hub_bed_board *)record)->timers, sink);
	else if (schema == &hub_foreign_hold_state_schema)
		index_foreign(record, sink);
}

const struct hub_table_spec referral_world_table = {
	.schemas = &hub_referral_router_state_schemas,
	.index = index_record,
};

static const struct hub_sorted_node *first(struct referral_world *world, const struct referral_index_key *key)
{
	return hub_table_seek(world->table, group_of(key), referral_world_order(key));
}

/* The first of the group that stands behind a place; empty: the first. */
static const struct hub_sorted_node *first_after(
        struct referral_world *world, const struct referral_index_key *key, struct hub_str after)
{
	const struct hub_sorted_node *node = hub_table_seek(world->table, group_of(key), after);
	return node && after.len && hub_str_eq(node->key, after) ? hub_table_next(node) : node;
}

const struct hub_sorted_node *referral_world_first_session(struct referral_world *world,
        struct hub_str org_id, const struct hub_referral *referral, int64_t starts_ms)
{
	struct referral_index_key key;
	begin_session_list(&key, org_id, referral->specialty, referral->need,
	        referral_world_item(referral->has_exam_item, referral->exam_item));
	add_i64(&key, starts_ms);
	return first(world, &key);
}

const struct hub_sorted_node *referral_world_first_waiter(
        struct referral_world *world, const struct hub_session_state *session, struct hub_str after)
{
	struct referral_index_key key;
	begin_waiting_list(&key, session->county_id, session->specialty, session->need,
	        referral_world_item(session->has_exam_item, session->exam_item));
	return first_after(world, &key, after);
}

const struct hub_sorted_node *referral_world_first_bed_waiter(
        struct referral_world *world, const struct hub_bed_board *board, struct hub_str after)
{
	struct referral_index_key key;
	begin_bed_list(&key, board->county_id, hub_str_from(hub_bed_kind_name(board->bed_kind)));
	return first_after(world, &key, after);
}

const struct hub_sorted_node *referral_world_list_head(
        struct referral_world *world, const struct hub_waiting_state *waiting)
{
	struct referral_index_key key;
	/* REF-22: beds are given to the waiters of all specialties in one order, so that is the list in which one has a place. */
	if (waiting->need == HUB_NEED_BED)
		begin_bed_list(&key, waiting->county_id, waiting->item);
	else
		begin_waiting_list(
		        &key, waiting->county_id, waiting->specialty, waiting->need, waiting->item);
	return first(world, &key);
}

const struct hub_sorted_node *referral_world_first_holder(
        struct referral_world *world, const struct hub_session_state *session, bool unanswered)
{
	struct referral_index_key key;
	begin_in_session(&key, 'U', session->org_id, session->session_id);
	const struct hub_sorted_node *asked = first(world, &key);
	if (unanswered)
		return asked;
	begin_in_session(&key, 'H', session->org_id, session->session_id);
	const struct hub_sorted_node *answered = first(world, &key);
	if (!asked || !answered)
		return asked ? asked : answered;
	return hub_str_cmp(asked->key, answered->key) < 0 ? asked : answered;
}

const struct hub_sorted_node *referral_world_first_booking(
        struct referral_world *world, const struct hub_session_state *session)
{
	struct referral_index_key key;
	begin_in_session(&key, 'B', session->org_id, session->session_id);
	return first(world, &key);
}

const struct hub_sorted_node *referral_world_first_same(
        struct referral_world *world, struct hub_str county_id, const struct hub_referral *referral)
{
	struct referral_index_key key;
	begin_patient(&key, county_id, referral);
	return first(world, &key);
}
