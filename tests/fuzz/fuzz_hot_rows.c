/* What the gateway takes for rows: fields of a hash, and records of the changelog. Whatever comes, a row is put whole or stays
 * as it was, and the list of changes stays in order. */
#include "take.h"

#include "base/check.h"
#include "dashboard-gateway/hot/intake.h"
#include "dashboard-gateway/hot/row.h"

enum { KEY_MAX = 600, FIELDS_MAX = 16, TOMBSTONES = 3 };

/* The projection adds up counts of sessions and boards, which only the rules bound: their records are not tried. */
static struct hub_str take_key(struct bytes *bytes, bool of_record, char key[KEY_MAX])
{
	static const char *const prefixes[] = { "referral:", "foreign_hold:", "session:", "beds:", "" };
	struct hub_str prefix = hub_str_from(prefixes[take_byte(bytes) % (of_record ? 2 : 5)]);
	struct hub_str rest = take_text(bytes);
	if (rest.len > KEY_MAX - prefix.len)
		rest.len = KEY_MAX - prefix.len;
	memcpy(key, prefix.data, prefix.len);
	if (rest.len)
		memcpy(key + prefix.len, rest.data, rest.len);
	return (struct hub_str){ key, prefix.len + rest.len };
}

static struct gateway_field take_field(struct bytes *bytes, const struct gateway_row_form *form)
{
	uint8_t chosen = take_byte(bytes);
	bool known = form && chosen < form->count;
	struct hub_str name = known ? form->members[chosen].name : take(bytes, chosen % 16);
	return (struct gateway_field){ name, take(bytes, take_byte(bytes)) };
}

static void put(struct gateway_hot *hot, struct bytes *bytes)
{
	char text[KEY_MAX];
	struct gateway_field fields[FIELDS_MAX];
	struct hub_error error;
	struct hub_str key = take_key(bytes, false, text);
	const struct gateway_row_form *form = gateway_row_form_of(key);
	uint32_t count = take_byte(bytes) % FIELDS_MAX;
	for (uint32_t i = 0; i < count; i++)
		fields[i] = take_field(bytes, form);
	uint64_t seq = gateway_hot_seq(hot);
	int r = gateway_hot_put(hot, 0, key, fields, count, &error);
	hub_check(r == HUB_OK || (r == HUB_E_INVALID && gateway_hot_seq(hot) == seq));
	if (r < 0 || !form)
		return;
	seq = gateway_hot_seq(hot);
	hub_check(gateway_hot_get(hot, key) != NULL);
	hub_check(
	        gateway_hot_put(hot, 0, key, fields, count, &error) == HUB_OK && gateway_hot_seq(hot) == seq);
}

static void apply(struct gateway_hot *hot, struct gateway_intake *intake, struct bytes *bytes)
{
	char text[KEY_MAX];
	struct hub_error error;
	struct hub_str key = take_key(bytes, true, text), value = take_text(bytes);
	uint64_t seq = gateway_hot_seq(hot);
	int r = gateway_intake_apply(intake, hot, 1, key, value, &error);
	hub_check(
	        r == HUB_OK || ((r == HUB_E_INVALID || r == HUB_E_NOT_FOUND) && gateway_hot_seq(hot) == seq));
	hub_check(r < 0 || (gateway_hot_get(hot, key) != NULL) == (value.len > 0));
}

static void expect_order(const struct gateway_hot *hot)
{
	uint64_t seq = 0;
	uint32_t there = 0, gone = 0;
	for (const struct gateway_row *row = gateway_hot_after(hot, 0); row; row = row->newer) {
		hub_check(row->seq > seq);
		hub_check((gateway_hot_get(hot, row->key) == row) == !row->gone);
		seq = row->seq;
		there += !row->gone;
		gone += row->gone;
	}
	for (int kind = 0; kind < GATEWAY_KINDS; kind++)
		there -= gateway_hot_count(hot, kind);
	hub_check(there == 0 && gone <= TOMBSTONES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { PUT, APPLY, REMOVE, SWEEP, WAYS };
	struct bytes bytes = { data, size };
	struct gateway_hot *hot = gateway_hot_new(TOMBSTONES);
	struct gateway_intake *intake = gateway_intake_new();
	char text[KEY_MAX];
	while (bytes.left) {
		switch (take_byte(&bytes) % WAYS) {
		case PUT:
			put(hot, &bytes);
			break;
		case APPLY:
			apply(hot, intake, &bytes);
			break;
		case REMOVE:
			gateway_hot_remove(hot, take_key(&bytes, false, text));
			break;
		case SWEEP:
			gateway_hot_sweep(hot, take_byte(&bytes) % 2, NULL, NULL);
			break;
		}
	}
	expect_order(hot);
	gateway_intake_free(intake);
	gateway_hot_free(hot);
	return 0;
}
