/* What the types cannot say: dates, shares, references. */
#include "base/calendar.h"
#include "hubctl/fields.h"
#include "hubctl/refdata_internal.h"
#include "referral-router/limits.h"
#include "wire/locate.h"

/* Fields that name another record, in whichever record they stand. */
static const struct {
	const char *field;
	const char *record;
} references[] = {
	{ "applies_to_region_id", "Region" },
	{ "region_id", "Region" },
	{ "parent_region_id", "Region" },
	{ "county_id", "Region" },
	{ "city_id", "Region" },
	{ "province_id", "Region" },
	{ "partner_county_ids", "Region" },
	{ "township_id", "Township" },
	{ "org_id", "Organisation" },
	{ "parent_org_id", "Organisation" },
	{ "lead_org_id", "Organisation" },
	{ "control_org_id", "Organisation" },
	{ "city_org_id", "Organisation" },
	{ "clinic_org_id", "Organisation" },
	{ "memberships", "Consortium" },
	{ "home_consortium_id", "Consortium" },
};

static const char *const dates[] = { "valid_from", "valid_to", "days_off", "extra_working_days" };

static const char *target_of(const char *field)
{
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++)
		if (strcmp(references[i].field, field) == 0)
			return references[i].record;
	return NULL;
}

static bool is_date(const char *field)
{
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++)
		if (strcmp(dates[i], field) == 0)
			return true;
	return false;
}

static bool overlap(const struct hubctl_entry *a, const struct hubctl_entry *b)
{
	return a->from < b->to && b->from < a->to;
}

/* One text of a field of a file's record; item: its place in an array, -1: the field is none. */
struct spot {
	const struct hubctl_entry *entry;
	const char *field;
	int32_t item;
};

static void say(struct hubctl_problems *problems, const struct spot *at, struct hub_str text)
{
	const struct hubctl_entry *e = at->entry;
	struct hub_str path =
	        at->item < 0 ? hub_arena_printf(problems->arena, "%.*s.%s", HUB_STR_ARG(e->path), at->field)
	                     : hub_arena_printf(problems->arena, "%.*s.%s[%d]", HUB_STR_ARG(e->path),
	                               at->field, at->item);
	hubctl_problem_add(
	        problems, e->file, hub_json_locate(e->text, path), path, "%.*s", HUB_STR_ARG(text));
}

/* The id exists, and in some version that holds while the record that names it does. */
static void check_reference(const struct hubctl_refdata *refdata, const struct spot *at, struct hub_str id,
        struct hubctl_problems *problems)
{
	const char *target = target_of(at->field);
	if (hub_str_empty(id) || at->entry->to <= at->entry->from)
		return;
	struct hub_arena *arena = problems->arena;
	struct hub_str named = hub_arena_printf(arena, "%s:%.*s", target, HUB_STR_ARG(id));
	const struct hubctl_entry *first = hub_map_get(refdata->by_id, named);
	const struct hubctl_entry *found = first;
	while (found && !overlap(found, at->entry))
		found = found->sibling;
	if (found)
		return;
	char day[HUB_DATE_LEN + 1];
	hub_day_format(first ? first->from : 0, day);
	say(problems, at,
	        first ? hub_arena_printf(arena,
	                        "%s \"%.*s\" does not hold while this record does (it holds from %s)", target,
	                        HUB_STR_ARG(id), day)
	              : hub_arena_printf(arena, "no %s \"%.*s\" in these files or in the registry", target,
	                        HUB_STR_ARG(id)));
}

static void check_date(const struct spot *at, struct hub_str date, struct hubctl_problems *problems)
{
	int32_t day;
	if (!hub_day_parse(date, &day))
		say(problems, at,
		        hub_arena_printf(problems->arena, "\"%.*s\" is not a date (write 2026-02-09)",
		                HUB_STR_ARG(date)));
}

static void check_share(
        const struct hubctl_entry *e, const struct hub_field *field, struct hubctl_problems *problems)
{
	if (field->type != HUB_TYPE_DOUBLE || field->nullable || strcmp(field->name, "reserved_share") != 0)
		return;
	double share;
	memcpy(&share, (const char *)e->record + field->offset, sizeof(share));
	if (!(share >= 0 && share <= 1))
		say(problems, &(struct spot){ e, field->name, -1 },
		        HUB_STR("a share lies between 0 and 1 (30 % is 0.3)"));
}

struct limit_check {
	const struct hubctl_entry *entry;
	struct hubctl_problems *problems;
};

static void say_limit(void *user, const char *field, const char *expected)
{
	const struct limit_check *check = user;
	say(check->problems, &(struct spot){ check->entry, field, -1 }, hub_str_from(expected));
}

static void check_limits(const struct hubctl_entry *e, struct hubctl_problems *problems)
{
	if (e->schema == &hub_referral_limits_schema)
		referral_limits_check(e->record, say_limit, &(struct limit_check){ e, problems });
}

static void check_fields(
        const struct hubctl_refdata *refdata, const struct hubctl_entry *e, struct hubctl_problems *problems)
{
	for (uint32_t f = 0; f < e->schema->field_count; f++) {
		const struct hub_field *field = &e->schema->fields[f];
		const struct hub_str *texts;
		uint32_t count = hubctl_field_texts(field, e->record, &texts);
		for (uint32_t i = 0; i < count; i++) {
			struct spot at = { e, field->name, field->type == HUB_TYPE_ARRAY ? (int32_t)i : -1 };
			if (target_of(field->name))
				check_reference(refdata, &at, texts[i], problems);
			if (is_date(field->name))
				check_date(&at, texts[i], problems);
		}
		check_share(e, field, problems);
	}
}

static void check_order(const struct hubctl_entry *e, struct hubctl_problems *problems)
{
	if (e->to <= e->from)
		say(problems, &(struct spot){ e, "valid_to", -1 },
		        HUB_STR("must be later than valid_from (it is the first day on which the record no "
		                "longer holds)"));
}

void hubctl_refdata_check(const struct hubctl_refdata *refdata, struct hubctl_problems *problems)
{
	const struct hubctl_entry *const *entries;
	uint32_t count = hubctl_refdata_sorted(refdata, &entries);
	for (uint32_t i = 0; i < count; i++) {
		if (!entries[i]->file)
			continue;
		check_fields(refdata, entries[i], problems);
		check_order(entries[i], problems);
		check_limits(entries[i], problems);
	}
	hubctl_problems_sort(problems);
}
