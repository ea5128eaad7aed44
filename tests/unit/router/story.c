#include "story.h"

#include "base/calendar.h"
#include "records/beds_changed.h"
#include "records/catalogue.h"
#include "records/referral_closed.h"
#include "records/referral_event_refused.h"
#include "records/referral_expired.h"
#include "records/referral_progressed.h"
#include "records/referral_reminder.h"
#include "records/referral_routed.h"
#include "records/referral_unplaced.h"
#include "records/referral_waitlisted.h"
#include "records/session_changed.h"
#include "records/transfer_answered.h"
#include "records/transfer_ended.h"
#include "records/transfer_queried.h"
#include "records/transfer_requested.h"
#include "wire/record_json.h"

#include <stdio.h>
#include <stdlib.h>

enum { WORD_MAX = 1024 };

/* The next word; quotes hold spaces together. */
static bool next_word(struct hub_str *rest, char word[WORD_MAX])
{
	uint32_t at = 0, len = 0;
	bool quoted = false;
	while (at < rest->len && rest->data[at] == ' ')
		at++;
	for (; at < rest->len && (quoted || rest->data[at] != ' ') && len < WORD_MAX - 1; at++) {
		if (rest->data[at] == '"')
			quoted = !quoted;
		else
			word[len++] = rest->data[at];
	}
	word[len] = '\0';
	*rest = (struct hub_str){ rest->data + at, rest->len - at };
	return len > 0;
}

static const struct hub_field *field_named(const struct hub_schema *schema, const char *name)
{
	for (uint32_t i = 0; schema && i < schema->field_count; i++) {
		if (strcmp(schema->fields[i].name, name) == 0)
			return &schema->fields[i];
	}
	return NULL;
}

/* "C07/5": a drug, and for how many days there is some left. */
static json_t *medication(char *text)
{
	char *slash = strchr(text, '/');
	if (slash)
		*slash = '\0';
	return json_pack(
	        "{s:s,s:s,s:i}", "drug_code", text, "name", text, "days_left", slash ? atoi(slash + 1) : 0);
}

static json_t *list_of(const struct hub_field *field, char *text)
{
	bool drugs = strcmp(field->name, "medications") == 0;
	json_t *list = json_array();
	char *save = NULL;
	for (char *item = strtok_r(text, ",", &save); item; item = strtok_r(NULL, ",", &save))
		json_array_append_new(list, drugs ? medication(item) : json_string(item));
	return list;
}

static json_t *value_of(const struct hub_field *field, char *text)
{
	char *end;
	if (field->type == HUB_TYPE_ARRAY)
		return list_of(field, text);
	if (field->type == HUB_TYPE_BOOLEAN)
		return json_boolean(strcmp(text, "true") == 0);
	long long number = strtoll(text, &end, 10);
	if ((field->type == HUB_TYPE_INT || field->type == HUB_TYPE_LONG) && *text && !*end)
		return json_integer(number);
	return json_string(text);
}

/* Sets "a.b" in json; false: there is no such field. */
static bool set(json_t *json, const struct hub_schema *schema, char *path, char *text)
{
	char *dot = strchr(path, '.');
	if (dot)
		*dot = '\0';
	const struct hub_field *field = field_named(schema, path);
	if (!field)
		return false;
	if (!dot)
		return json_object_set_new(json, path, value_of(field, text)) == 0;
	json_t *inner = json_object_get(json, path);
	if (!inner) {
		inner = json_object();
		json_object_set_new(json, path, inner);
	}
	return set(inner, field->schema, dot + 1, text);
}

static void set_usual(json_t *json, const struct hub_schema *schema, const char *path, const char *text)
{
	char name[WORD_MAX], value[WORD_MAX];
	snprintf(name, sizeof(name), "%s", path);
	snprintf(value, sizeof(value), "%s", text);
	char *dot = strchr(name, '.');
	size_t top = dot ? (size_t)(dot - name) : strlen(name);
	char first[WORD_MAX];
	snprintf(first, sizeof(first), "%.*s", (int)top, name);
	if (field_named(schema, first))
		set(json, schema, name, value);
}

/* The record's own id and who says it, by the names that records use for them. */
static void set_named(json_t *json, const struct hub_schema *schema, const char *id, const char *org)
{
	static const char *const ids[] = { "referral_id", "session_id", "transfer_id" };
	static const char *const orgs[] = { "org_id", "from_org_id", "by_org_id", "source_org_id",
		"asked_org_id" };
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		set_usual(json, schema, ids[i], id);
	for (size_t i = 0; i < sizeof(orgs) / sizeof(orgs[0]); i++)
		set_usual(json, schema, orgs[i], org);
}

static void set_all_usual(
        json_t *json, const struct hub_schema *schema, const char *id, int64_t now_ms, int number)
{
	static const char *const usual[][2] = {
		{ "county_id", "990121" },
		{ "consortium_id", "GENERAL" },
		{ "direction", "UP" },
		{ "urgency", "ROUTINE" },
		{ "condition", "NONE" },
		{ "specialty", "03.04" },
		{ "diagnosis", "I20.0" },
		{ "need", "OUTPATIENT" },
		{ "patient.sex", "FEMALE" },
		{ "patient.birth_year", "1950" },
		{ "revision", "1" },
		{ "reason_code", "NO_CAPACITY" },
		{ "outcome", "TREATED" },
		{ "registry_version", "0" },
		{ "bed_kind", NULL },
	};
	char text[WORD_MAX], at[HUB_TIME_LEN + 1];
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (usual[i][1])
			set_usual(json, schema, usual[i][0], usual[i][1]);
	}
	snprintf(text, sizeof(text), "p-%s", id);
	set_usual(json, schema, "patient.patient_id", text);
	snprintf(text, sizeof(text), "e%d", number);
	set_usual(json, schema, "event_id", text);
	hub_time_format(now_ms, at);
	set_usual(json, schema, "occurred_at", at);
}

/* What one county asks of another is a referral as usual. */
static void set_asked(
        json_t *json, const struct hub_schema *schema, const char *id, int64_t now_ms, int number)
{
	const struct hub_field *field = field_named(schema, "referral");
	if (!field)
		return;
	json_t *asked = json_object();
	set_all_usual(asked, field->schema, id, now_ms, number);
	set_usual(asked, field->schema, "referral_id", id);
	json_object_set_new(json, "referral", asked);
}

static void *read_one_of(const struct hub_schema_set *schemas, struct hub_str line, int64_t now_ms,
        int number, struct hub_arena *arena, const struct hub_schema **ret_schema)
{
	char name[WORD_MAX], id[WORD_MAX], org[WORD_MAX], word[WORD_MAX];
	struct hub_str rest = line;
	struct hub_error err = { .text = "expected: record, id, organisation, then field=value" };
	const struct hub_schema *schema = NULL;
	json_t *json = json_object();
	void *record = NULL;
	bool right = next_word(&rest, name) && next_word(&rest, id) && next_word(&rest, org);
	if (right)
		schema = hub_schema_by_name(schemas, hub_str_from(name));
	if (schema) {
		set_all_usual(json, schema, id, now_ms, number);
		set_named(json, schema, id, org);
		set_asked(json, schema, id, now_ms, number);
	}
	while (schema && right && next_word(&rest, word)) {
		char *equals = strchr(word, '=');
		if (equals)
			*equals = '\0';
		right = equals && set(json, schema, word, equals + 1);
		if (!right)
			snprintf(err.text, sizeof(err.text), "no field %s", word);
	}
	if (schema && right) {
		record = hub_arena_alloc(arena, schema->size);
		if (hub_record_from_json(schema, json, arena, record, &err) < 0)
			record = NULL;
	}
	if (!record)
		fprintf(stderr, "%.*s: %s %s\n", HUB_STR_ARG(line), err.place, err.text);
	json_decref(json);
	*ret_schema = schema;
	return record;
}

void *story_read(struct hub_str line, int64_t now_ms, int number, struct hub_arena *arena,
        const struct hub_schema **ret_schema)
{
	return read_one_of(&hub_referral_event_schemas, line, now_ms, number, arena, ret_schema);
}

void *story_read_heard(struct hub_str line, int64_t now_ms, int number, struct hub_arena *arena,
        const struct hub_schema **ret_schema)
{
	return read_one_of(&hub_referral_transfer_schemas, line, now_ms, number, arena, ret_schema);
}

void story_print_instant(int64_t at_ms, struct hub_buf *out)
{
	static const char *const weekdays[] = { "", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	char text[HUB_TIME_LEN + 1];
	hub_time_format(at_ms, text);
	text[HUB_DATE_LEN] = ' ';
	hub_buf_printf(out, "%s %.16s", weekdays[hub_weekday(hub_day_of(at_ms))], text);
}

static void print_considered(const struct hub_considered_array *considered, struct hub_buf *out)
{
	for (uint32_t i = 0; i < considered->count; i++)
		hub_buf_printf(out, "%s%.*s:%.*s", i ? " " : ", not ",
		        HUB_STR_ARG(considered->items[i].org_id),
		        HUB_STR_ARG(considered->items[i].reason_code));
}

static void print_list(
        const struct hub_str_array *list, const char *before, const char *after, struct hub_buf *out)
{
	for (uint32_t i = 0; i < list->count; i++)
		hub_buf_printf(out, "%s%.*s", i ? " " : before, HUB_STR_ARG(list->items[i]));
	if (list->count)
		hub_buf_text(out, after);
}

static void print_said(bool has, const struct hub_said *said, struct hub_buf *out)
{
	if (!has)
		return;
	hub_buf_printf(out, ", %.*s said", HUB_STR_ARG(said->org_id));
	if (said->has_reason_code)
		hub_buf_printf(out, " %.*s", HUB_STR_ARG(said->reason_code));
	if (said->has_outcome)
		hub_buf_printf(out, " %s", hub_treatment_outcome_name(said->outcome));
	if (said->has_text)
		hub_buf_printf(out, " \"%.*s\"", HUB_STR_ARG(said->text));
	if (!said->has_reason_code && !said->has_outcome && !said->has_text)
		hub_buf_text(out, " so");
}

static void print_routed(const struct hub_referral_routed *routed, struct hub_buf *out)
{
	hub_buf_printf(out, " %.*s -> %.*s %s", HUB_STR_ARG(routed->referral_id),
	        HUB_STR_ARG(routed->to_org_id), hub_route_path_name(routed->path));
	if (routed->has_session_id) {
		hub_buf_printf(out, ", slot of %.*s on ", HUB_STR_ARG(routed->session_id));
		story_print_instant(routed->starts_at, out);
	}
	print_list(&routed->flags, ", ", "", out);
	for (uint32_t i = 0; i < routed->shortages.count; i++)
		hub_buf_printf(out, "%s%.*s for %d d", i ? " " : ", lacks ",
		        HUB_STR_ARG(routed->shortages.items[i].drug_code),
		        routed->shortages.items[i].days_left);
	hub_buf_printf(out, ", attempt %d, answer by ", routed->attempt);
	story_print_instant(routed->answer_by, out);
	print_considered(&routed->considered, out);
	print_said(routed->has_said, &routed->said, out);
}

static void print_waitlisted(const struct hub_referral_waitlisted *listed, struct hub_buf *out)
{
	hub_buf_printf(out, " %.*s waits for %s, position %d", HUB_STR_ARG(listed->referral_id),
	        hub_waits_for_name(listed->waits_for), listed->position);
	print_considered(&listed->considered, out);
	print_said(listed->has_said, &listed->said, out);
}

static void print_unplaced(const struct hub_referral_unplaced *unplaced, struct hub_buf *out)
{
	hub_buf_printf(out, " %.*s", HUB_STR_ARG(unplaced->referral_id));
	print_considered(&unplaced->considered, out);
	print_said(unplaced->has_said, &unplaced->said, out);
}

static void print_progressed(const struct hub_referral_progressed *progressed, struct hub_buf *out)
{
	hub_buf_printf(out, " %.*s is %s", HUB_STR_ARG(progressed->referral_id),
	        hub_referral_stage_name(progressed->state));
	if (progressed->has_due_at) {
		hub_buf_text(out, ", due ");
		story_print_instant(progressed->due_at, out);
	}
	print_list(&progressed->allowed_next, ", then ", "", out);
	print_said(progressed->has_said, &progressed->said, out);
}

static void print_closed(const struct hub_referral_closed *closed, struct hub_buf *out)
{
	hub_buf_printf(
	        out, " %.*s %s", HUB_STR_ARG(closed->referral_id), hub_final_state_name(closed->final_state));
	if (closed->has_to_org_id)
		hub_buf_printf(out, " at %.*s", HUB_STR_ARG(closed->to_org_id));
	if (closed->accepted)
		hub_buf_printf(out, ", accepted after %lld s", (long long)closed->seconds_to_accept);
	if (closed->has_seconds_to_arrive)
		hub_buf_printf(out, ", arrived after %lld s", (long long)closed->seconds_to_arrive);
	if (closed->left_county)
		hub_buf_text(out, ", left the county");
	print_said(closed->has_said, &closed->said, out);
}

static void print_reminder(const struct hub_referral_reminder *reminder, struct hub_buf *out)
{
	hub_buf_printf(out, " %.*s to %.*s: %.*s, due ", HUB_STR_ARG(reminder->referral_id),
	        HUB_STR_ARG(reminder->to_org_id), HUB_STR_ARG(reminder->reason_code));
	story_print_instant(reminder->due_at, out);
	hub_buf_printf(out, ", time %d", reminder->times);
}

static void print_session(const struct hub_session_changed *changed, struct hub_buf *out)
{
	hub_buf_printf(out,
	        " %.*s of %.*s %s: capacity %d, reserved %d, open %d, held %d, used by referred %d, by own "
	        "%d",
	        HUB_STR_ARG(changed->session_id), HUB_STR_ARG(changed->org_id),
	        hub_session_cause_name(changed->cause), changed->capacity, changed->reserved, changed->open,
	        changed->held, changed->used_referred, changed->used_own);
}

static void print_beds(const struct hub_beds_changed *changed, struct hub_buf *out)
{
	hub_buf_printf(out, " %.*s %s: %d beds, reported free %d, held %d, free %d",
	        HUB_STR_ARG(changed->org_id), hub_bed_kind_name(changed->bed_kind), changed->total,
	        changed->reported_free, changed->held, changed->free);
}

static void print_refused(const struct hub_referral_event_refused *refused, struct hub_buf *out)
{
	if (refused->has_referral_id)
		hub_buf_printf(out, " %.*s", HUB_STR_ARG(refused->referral_id));
	hub_buf_printf(out, " %.*s", HUB_STR_ARG(refused->reason_code));
	if (refused->has_rule)
		hub_buf_printf(out, " %.*s", HUB_STR_ARG(refused->rule));
	hub_buf_printf(out, " \"%.*s\"", HUB_STR_ARG(refused->reason));
}

/* What counties say to each other: "TransferRequested r1/1 to 990100, C-first". */
static void print_transfer(const struct hub_output *output, struct hub_buf *out)
{
	const struct hub_decision_head *head = output->record;
	const struct hub_transfer_requested *requested = output->record;
	const struct hub_transfer_answered *answered = output->record;
	const struct hub_transfer_ended *ended = output->record;
	const struct hub_transfer_queried *queried = output->record;
	if (output->schema == &hub_transfer_requested_schema) {
		hub_buf_printf(out, " %.*s of %.*s%s", HUB_STR_ARG(requested->transfer_id),
		        HUB_STR_ARG(requested->asked_org_id), requested->may_wait ? ", may wait" : "");
	} else if (output->schema == &hub_transfer_answered_schema) {
		hub_buf_printf(out, " %.*s %s", HUB_STR_ARG(answered->transfer_id),
		        hub_transfer_reply_name(answered->answer));
		if (answered->has_session_id)
			hub_buf_printf(out, " %.*s", HUB_STR_ARG(answered->session_id));
		if (answered->has_reason_code)
			hub_buf_printf(out, " %.*s", HUB_STR_ARG(answered->reason_code));
	} else if (output->schema == &hub_transfer_ended_schema) {
		hub_buf_printf(out, " %.*s %s", HUB_STR_ARG(ended->transfer_id),
		        hub_transfer_end_cause_name(ended->end));
	} else if (output->schema == &hub_transfer_queried_schema) {
		hub_buf_printf(out, " %.*s", HUB_STR_ARG(queried->transfer_id));
	} else {
		return;
	}
	hub_buf_printf(out, " to %.*s", HUB_STR_ARG(head->county_id));
}

void story_print(const struct hub_output *output, struct hub_buf *out)
{
	const struct hub_decision_head *head = output->record;
	hub_buf_text(out, output->schema->name);
	if (output->schema == &hub_referral_routed_schema)
		print_routed(output->record, out);
	else if (output->schema == &hub_referral_waitlisted_schema)
		print_waitlisted(output->record, out);
	else if (output->schema == &hub_referral_unplaced_schema)
		print_unplaced(output->record, out);
	else if (output->schema == &hub_referral_progressed_schema)
		print_progressed(output->record, out);
	else if (output->schema == &hub_referral_closed_schema)
		print_closed(output->record, out);
	else if (output->schema == &hub_referral_reminder_schema)
		print_reminder(output->record, out);
	else if (output->schema == &hub_session_changed_schema)
		print_session(output->record, out);
	else if (output->schema == &hub_beds_changed_schema)
		print_beds(output->record, out);
	else if (output->schema == &hub_referral_event_refused_schema)
		print_refused(output->record, out);
	else if (output->schema == &hub_referral_expired_schema) {
		const struct hub_referral_expired *expired = output->record;
		hub_buf_printf(out, " %.*s at %.*s", HUB_STR_ARG(expired->referral_id),
		        HUB_STR_ARG(expired->org_id));
	} else
		print_transfer(output, out);
	print_list(&head->party_org_ids, " [", "]", out);
	if (head->has_repeat_of)
		hub_buf_text(out, " (repeat)");
}
