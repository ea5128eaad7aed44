/* Rows from the fields of hashes: forms, errors, equality. */
#include "base/calendar.h"
#include "dashboard-gateway/hot/hot.h"
#include "dashboard-gateway/hot/row.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { TOMBSTONES = 100, FIELDS_MAX = 32, ROWS = 100000, ROW_BYTES_MAX = 580 };

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define FIELD(name, value)                                                                                   \
	{                                                                                                    \
		HUB_STR(name), HUB_STR(value)                                                                \
	}

static const struct gateway_field referral[] = {
	FIELD("state", "ROUTED"),
	FIELD("county_id", "330281"),
	FIELD("consortium_id", "C1"),
	FIELD("from_org_id", "T1"),
	FIELD("to_org_id", "H1"),
	FIELD("direction", "UP"),
	FIELD("urgency", "URGENT"),
	FIELD("condition", "STROKE"),
	FIELD("specialty", "03.04"),
	FIELD("need", "BED"),
	FIELD("attempt", "2"),
	FIELD("path", "OWN_LEAD"),
	FIELD("bed_kind", "GENERAL"),
	FIELD("requested_at", "2026-02-09T08:30:00+08:00"),
	FIELD("due", "answer"),
	FIELD("due_at", "2026-02-09T09:00:00+08:00"),
};

static const struct gateway_field stub[] = {
	FIELD("state", "COMPLETED"),
	FIELD("county_id", "330281"),
	FIELD("consortium_id", "C1"),
	FIELD("from_org_id", "T1"),
	FIELD("to_org_id", "H1"),
	FIELD("specialty", "03.04"),
	FIELD("need", "BED"),
	FIELD("ended_at", "2026-02-10T08:30:00+08:00"),
};

static const struct gateway_field session[] = {
	FIELD("phase", "OPEN"),
	FIELD("county_id", "330281"),
	FIELD("org_id", "H1"),
	FIELD("session_id", "s1"),
	FIELD("need", "EXAM"),
	FIELD("exam_item", "CT-HEAD"),
	FIELD("expert", "1"),
	FIELD("starts_at", "2026-02-09T08:30:00+08:00"),
	FIELD("open", "-3"),
	FIELD("capacity", "2147483647"),
};

static const struct gateway_field beds[] = {
	FIELD("org_id", "H1"),
	FIELD("bed_kind", "REHABILITATION"),
	FIELD("total", "20"),
	FIELD("free", "0"),
};

static const struct gateway_field hold[] = {
	FIELD("phase", "HELD"),
	FIELD("home_county_id", "330282"),
	FIELD("session_id", "s1"),
	FIELD("bed_held", "1"),
};

#define PUT(hot, key, fields) gateway_hot_put(hot, 3, HUB_STR(key), fields, COUNT_OF(fields), NULL)

#define assert_str(text, expected)                                                                           \
	do {                                                                                                 \
		struct hub_str str_ = (text);                                                                \
		if (!hub_str_is(str_, expected))                                                             \
			fail_msg("%.*s instead of %s", HUB_STR_ARG(str_), expected);                         \
	} while (0)

static int64_t at(const char *text)
{
	int64_t ms;
	assert_true(hub_time_parse(hub_str_from(text), &ms));
	return ms;
}

static void a_referral_is_read(void **state)
{
	(void)state;
	struct gateway_hot *hot = gateway_hot_new(TOMBSTONES);
	assert_int_equal(PUT(hot, "referral:r1", referral), HUB_OK);
	const struct gateway_referral *r = gateway_hot_referral(hot, HUB_STR("r1"));
	assert_non_null(r);
	assert_ptr_equal(gateway_hot_get(hot, HUB_STR("referral:r1")), r);
	assert_int_equal(r->row.kind, GATEWAY_REFERRAL);
	assert_int_equal(r->row.partition, 3);
	assert_str(r->row.key, "referral:r1");
	assert_str(r->referral_id, "r1");
	assert_str(r->state, "ROUTED");
	assert_false(r->ended);
	assert_str(r->consortium_id, "C1");
	assert_str(r->to_org_id, "H1");
	assert_int_equal(r->direction, HUB_DIRECTION_UP);
	assert_int_equal(r->urgency, HUB_URGENCY_URGENT);
	assert_int_equal(r->need, HUB_NEED_BED);
	assert_str(r->condition, "STROKE");
	assert_str(r->bed_kind, "GENERAL");
	assert_str(r->session_id, "");
	assert_str(r->asked_county_id, "");
	assert_int_equal(r->attempt, 2);
	assert_true(r->requested_at == at("2026-02-09T08:30:00+08:00"));
	assert_true(r->due_at == at("2026-02-09T09:00:00+08:00"));
	assert_int_equal(r->accepted_at, GATEWAY_NO_TIME);
	assert_int_equal(r->ended_at, GATEWAY_NO_TIME);
	gateway_hot_free(hot);
}

static void a_stub_takes_the_place_of_its_referral(void **state)
{
	(void)state;
	struct gateway_hot *hot = gateway_hot_new(TOMBSTONES);
	assert_int_equal(PUT(hot, "referral:r1", referral), HUB_OK);
	assert_int_equal(PUT(hot, "referral:r1", stub), HUB_OK);
	const struct gateway_referral *r = gateway_hot_referral(hot, HUB_STR("r1"));
	assert_true(r->ended);
	assert_str(r->state, "COMPLETED");
	assert_int_equal(r->direction, HUB_DIRECTION_UNKNOWN);
	assert_str(r->condition, "");
	assert_str(r->due, "");
	assert_int_equal(r->due_at, GATEWAY_NO_TIME);
	assert_int_equal(r->attempt, 0);
	assert_true(r->ended_at == at("2026-02-10T08:30:00+08:00"));
	assert_int_equal(gateway_hot_count(hot, GATEWAY_REFERRAL), 1);
	gateway_hot_free(hot);
}

static void the_other_kinds_are_read(void **state)
{
	(void)state;
	struct gateway_hot *hot = gateway_hot_new(TOMBSTONES);
	assert_int_equal(PUT(hot, "session:H1:s1", session), HUB_OK);
	assert_int_equal(PUT(hot, "beds:H1:REHABILITATION", beds), HUB_OK);
	assert_int_equal(PUT(hot, "foreign_hold:a/b/12", hold), HUB_OK);
	const struct gateway_session *s =
	        (const struct gateway_session *)gateway_hot_get(hot, HUB_STR("session:H1:s1"));
	assert_str(s->phase, "OPEN");
	assert_str(s->exam_item, "CT-HEAD");
	assert_true(s->expert);
	assert_int_equal(s->open, -3);
	assert_int_equal(s->capacity, INT32_MAX);
	assert_int_equal(s->ends_at, GATEWAY_NO_TIME);
	const struct gateway_beds *b =
	        (const struct gateway_beds *)gateway_hot_get(hot, HUB_STR("beds:H1:REHABILITATION"));
	assert_str(b->bed_kind, "REHABILITATION");
	assert_int_equal(b->total, 20);
	const struct gateway_foreign_hold *h =
	        (const struct gateway_foreign_hold *)gateway_hot_get(hot, HUB_STR("foreign_hold:a/b/12"));
	assert_str(h->transfer_id, "a/b/12");
	assert_str(h->referral_id, "a/b");
	assert_true(h->bed_held);
	for (int kind = GATEWAY_SESSION; kind < GATEWAY_KINDS; kind++)
		assert_int_equal(gateway_hot_count(hot, kind), 1);
	gateway_hot_free(hot);
}

static void other_keys_and_fields_are_passed_over(void **state)
{
	(void)state;
	static const struct gateway_field more[] = { FIELD("new_field", "x"), FIELD("state", "WAITING"),
		FIELD("bed_held", "perhaps"), FIELD("", "") };
	struct gateway_hot *hot = gateway_hot_new(TOMBSTONES);
	assert_int_equal(PUT(hot, "fence", referral), HUB_OK);
	assert_int_equal(PUT(hot, "waiting:330281:03.04:BED:GENERAL", referral), HUB_OK);
	assert_int_equal(PUT(hot, "referral", referral), HUB_OK);
	assert_int_equal(gateway_hot_seq(hot), 0);
	assert_int_equal(PUT(hot, "referral:r1", more), HUB_OK);
	assert_str(gateway_hot_referral(hot, HUB_STR("r1"))->state, "WAITING");
	assert_null(gateway_hot_get(hot, HUB_STR("fence")));
	assert_null(gateway_hot_get(hot, HUB_STR("")));
	gateway_hot_free(hot);
}

static void what_is_not_of_its_form_changes_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *key, *field, *value;
	} cases[] = {
		{ "referral:r1", "state", "LOST" },
		{ "referral:r1", "state", "" },
		{ "referral:r1", "direction", "SIDEWAYS" },
		{ "referral:r1", "urgency", "urgent" },
		{ "referral:r1", "need", "?" },
		{ "referral:r1", "attempt", "" },
		{ "referral:r1", "attempt", "-" },
		{ "referral:r1", "attempt", "1.5" },
		{ "referral:r1", "attempt", " 1" },
		{ "referral:r1", "attempt", "2147483648" },
		{ "referral:r1", "attempt", "00000000000000000000001" },
		{ "referral:r1", "due_at", "tomorrow" },
		{ "referral:r1", "due_at", "0000-01-01T00:00:00+08:00" },
		{ "referral:r1", "due_at", "2026-02-30T08:30:00+08:00" },
		{ "session:H1:s1", "expert", "yes" },
		{ "session:H1:s1", "phase", "SHUT" },
		{ "beds:H1:GENERAL", "bed_kind", "WATER" },
		{ "foreign_hold:r1/1", "phase", "NEVER" },
	};
	struct gateway_hot *hot = gateway_hot_new(TOMBSTONES);
	assert_int_equal(PUT(hot, "referral:r1", referral), HUB_OK);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct hub_error error;
		struct gateway_field fields[] = { FIELD("state", "WAITING"), FIELD("phase", "OPEN"),
			FIELD("bed_kind", "GENERAL"),
			{ hub_str_from(cases[i].field), hub_str_from(cases[i].value) } };
		int r = gateway_hot_put(hot, 0, hub_str_from(cases[i].key), fields, COUNT_OF(fields), &error);
		if (r != HUB_E_INVALID || strcmp(error.place, cases[i].field) != 0)
			fail_msg("%s=%s: %d at %s", cases[i].field, cases[i].value, r, error.place);
	}
	assert_int_equal(gateway_hot_seq(hot), 1);
	assert_str(gateway_hot_referral(hot, HUB_STR("r1"))->state, "ROUTED");
	gateway_hot_free(hot);
}

static void a_row_without_its_state_is_none(void **state)
{
	(void)state;
	struct hub_error error;
	struct gateway_hot *hot = gateway_hot_new(TOMBSTONES);
	assert_int_equal(
	        gateway_hot_put(hot, 0, HUB_STR("referral:r1"), &referral[1], 5, &error), HUB_E_INVALID);
	assert_string_equal(error.place, "state");
	assert_int_equal(gateway_hot_put(hot, 0, HUB_STR("session:H:s"), NULL, 0, &error), HUB_E_INVALID);
	assert_string_equal(error.place, "phase");
	gateway_hot_free(hot);
}

static void a_text_of_the_same_length_is_another(void **state)
{
	(void)state;
	struct gateway_field fields[COUNT_OF(referral)];
	struct gateway_hot *hot = gateway_hot_new(TOMBSTONES);
	memcpy(fields, referral, sizeof(fields));
	fields[1].value = HUB_STR("330282");
	fields[4].value = HUB_STR("H2");
	assert_int_equal(PUT(hot, "referral:r1", referral), HUB_OK);
	assert_int_equal(PUT(hot, "referral:r1", fields), HUB_OK);
	assert_int_equal(gateway_hot_seq(hot), 2);
	const struct gateway_referral *r = gateway_hot_referral(hot, HUB_STR("r1"));
	assert_str(r->county_id, "330282");
	assert_str(r->to_org_id, "H2");
	assert_str(r->from_org_id, "T1");
	gateway_hot_free(hot);
}

/* Each field of it, too, makes a change. */
static void what_is_equal_is_no_change(void **state)
{
	(void)state;
	struct gateway_hot *hot = gateway_hot_new(TOMBSTONES);
	assert_int_equal(PUT(hot, "referral:r1", referral), HUB_OK);
	assert_int_equal(PUT(hot, "referral:r1", referral), HUB_OK);
	assert_int_equal(gateway_hot_seq(hot), 1);
	for (uint64_t i = 1; i < COUNT_OF(referral); i++) {
		struct gateway_field fields[COUNT_OF(referral)];
		memcpy(fields, referral, sizeof(fields));
		fields[i] = fields[0]; /* as if it were absent */
		assert_int_equal(PUT(hot, "referral:r1", fields), HUB_OK);
		assert_int_equal(gateway_hot_seq(hot), 2 * i);
		assert_int_equal(PUT(hot, "referral:r1", referral), HUB_OK);
		assert_int_equal(gateway_hot_seq(hot), 2 * i + 1);
	}
	gateway_hot_free(hot);
}

/* Whatever was taken is let go: nothing of a row stays behind. */
static void texts_go_with_their_last_row(void **state)
{
	(void)state;
	struct gateway_words *words = gateway_words_new();
	struct hub_str one = gateway_words_take(words, HUB_STR("H1")),
	               two = gateway_words_take(words, HUB_STR("H1"));
	assert_ptr_equal(one.data, two.data);
	assert_null(gateway_words_take(words, HUB_STR("")).data);
	assert_int_equal(gateway_words_count(words), 1);
	gateway_words_drop(words, one);
	assert_int_equal(gateway_words_count(words), 1);
	gateway_words_drop(words, two);
	assert_int_equal(gateway_words_count(words), 0);
	const struct gateway_row_form *form = gateway_row_form_of(HUB_STR("referral:r1"));
	struct gateway_referral row = { .row = { .key = HUB_STR("referral:r1") } };
	union gateway_any_row read;
	assert_int_equal(gateway_row_read(form, referral, COUNT_OF(referral), &read, NULL), HUB_OK);
	gateway_row_adopt(form, words, &row.row, &read);
	assert_int_equal(gateway_words_count(words), 6);
	assert_int_equal(gateway_row_read(form, stub, COUNT_OF(stub), &read, NULL), HUB_OK);
	gateway_row_adopt(form, words, &row.row, &read);
	assert_int_equal(gateway_words_count(words), 5);
	gateway_row_release(form, words, &row.row);
	assert_int_equal(gateway_words_count(words), 0);
	gateway_words_free(words);
}

/* What hot-state.json says about rows and is not kept. */
static bool is_left_out(const char *key, const char *field)
{
	static const char *const left_out[][2] = { { "referral:", "bed_held" }, { "session:", "revision" },
		{ "session:", "common_opens_at" }, { "beds:", "revision" } };
	for (size_t i = 0; i < COUNT_OF(left_out); i++)
		if (strncmp(key, left_out[i][0], strlen(left_out[i][0])) == 0 &&
		        strcmp(field, left_out[i][1]) == 0)
			return true;
	return false;
}

static bool has_member(const struct gateway_row_form *form, const char *field)
{
	for (uint32_t i = 0; i < form->count; i++)
		if (hub_str_is(form->members[i].name, field))
			return true;
	return false;
}

static void every_field_of_the_contract_is_a_member(void **state)
{
	(void)state;
	json_t *file = json_load_file(HOT_STATE, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(file);
	json_t *entry, *doc;
	size_t i, kinds = 0;
	const char *field;
	json_array_foreach(
	        json_object_get(json_array_get(json_object_get(file, "daemons"), 0), "keys"), i, entry)
	{
		const char *key = json_string_value(json_object_get(entry, "key"));
		const struct gateway_row_form *form = gateway_row_form_of(hub_str_from(key));
		assert_int_equal(
		        form != NULL, strcmp(json_string_value(json_object_get(entry, "type")), "hash") == 0);
		kinds += form != NULL;
		json_object_foreach(json_object_get(entry, "fields"), field,
		        doc) if (has_member(form, field) == is_left_out(key, field))
		        fail_msg("%s of %s", field, key);
	}
	assert_int_equal(kinds, GATEWAY_KINDS + 1); /* a referral has two forms */
	json_decref(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_referral_is_read),
		cmocka_unit_test(a_stub_takes_the_place_of_its_referral),
		cmocka_unit_test(the_other_kinds_are_read),
		cmocka_unit_test(other_keys_and_fields_are_passed_over),
		cmocka_unit_test(what_is_not_of_its_form_changes_nothing),
		cmocka_unit_test(a_row_without_its_state_is_none),
		cmocka_unit_test(what_is_equal_is_no_change),
		cmocka_unit_test(a_text_of_the_same_length_is_another),
		cmocka_unit_test(texts_go_with_their_last_row),
		cmocka_unit_test(every_field_of_the_contract_is_a_member),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
