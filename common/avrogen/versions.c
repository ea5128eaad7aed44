#include "avrogen/versions.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool gen_same_form(const struct gen_type *a, const struct gen_type *b, struct hub_arena *arena)
{
	return hub_str_eq(gen_canonical(a, arena), gen_canonical(b, arena));
}

static int refuse(const struct gen_type *old, const char *field, struct hub_error *reterr, const char *text)
{
	char place[128];
	(void)snprintf(place, sizeof(place), "%s: %s%s%s", old->file, old->name, field ? "." : "",
	        field ? field : "");
	return hub_error_set(reterr, HUB_E_INVALID, place, "%s", text);
}

static int compatible(const struct gen_type *old, const struct gen_type *today, struct hub_error *reterr);

static int field_compatible(const struct gen_type *old, const struct gen_field *was,
        const struct gen_field *is, struct hub_error *reterr)
{
	if (was->type != is->type || was->item_type != is->item_type || was->nullable != is->nullable ||
	        was->timestamp != is->timestamp)
		return refuse(
		        old, was->name, reterr, "its type changed; add a field under a new name instead");
	if (is->limit < was->limit || is->item_limit < was->item_limit)
		return refuse(old, was->name, reterr,
		        "its limit was lowered, so published records would be refused");
	if (was->default_value && is->default_value && !json_equal(was->default_value, is->default_value))
		return refuse(old, was->name, reterr,
		        "its default changed; published readers fill in the former one");
	return was->named ? compatible(was->named, is->named, reterr) : HUB_OK;
}

static int enum_compatible(const struct gen_type *old, const struct gen_type *today, struct hub_error *reterr)
{
	for (uint32_t i = 0; i < old->symbol_count; i++) {
		if (i >= today->symbol_count || strcmp(old->symbols[i], today->symbols[i]) != 0)
			return refuse(old, old->symbols[i], reterr,
			        "symbols are only added, at the end; this one was moved, renamed or removed");
	}
	return HUB_OK;
}

/* FULL: old reads today's and today's reads old. */
static int compatible(const struct gen_type *old, const struct gen_type *today, struct hub_error *reterr)
{
	if (strcmp(old->full_name, today->full_name) != 0 || old->is_enum != today->is_enum)
		return refuse(old, NULL, reterr, "was renamed; add a field under a new name instead");
	if (old->is_enum)
		return enum_compatible(old, today, reterr);
	for (uint32_t i = 0; i < old->field_count; i++) {
		const struct gen_field *was = &old->fields[i];
		const struct gen_field *is = gen_field_find(today, was->name);
		if (!is && !was->default_value)
			return refuse(old, was->name, reterr,
			        "was removed, but it has no default for those who still read it");
		int rc = is ? field_compatible(old, was, is, reterr) : HUB_OK;
		if (rc)
			return rc;
	}
	for (uint32_t i = 0; i < today->field_count; i++) {
		if (!today->fields[i].default_value && !gen_field_find(old, today->fields[i].name))
			return refuse(old, today->fields[i].name, reterr, "was added without a default");
	}
	return HUB_OK;
}

static int load_one(struct gen_versions *versions, const char *file, uint32_t number, struct hub_arena *arena,
        struct hub_error *reterr)
{
	if (versions->model_count == GEN_MOST_VERSIONS)
		return hub_error_set(reterr, HUB_E_TOO_LARGE, file, "too many versions");
	struct gen_model *model = &versions->models[versions->model_count];
	int rc = gen_model_init(model, reterr);
	if (rc)
		return rc;
	versions->model_count++;
	const struct gen_type *old;
	rc = gen_model_load_version(model, file, &old, reterr);
	if (!rc)
		rc = compatible(old, versions->type, reterr);
	if (rc)
		return rc;
	uint64_t fingerprint = gen_fingerprint(old, arena);
	versions->newest = number;
	versions->today_published = fingerprint == gen_fingerprint(versions->type, arena);
	if (!versions->today_published)
		versions->items[versions->count++] = (struct gen_version){ number, fingerprint, old };
	return HUB_OK;
}

int gen_versions_load(struct gen_versions *versions, const struct gen_type *type, const char *folder,
        struct hub_arena *arena, struct hub_error *reterr)
{
	struct stat there;
	*versions = (struct gen_versions){ .type = type };
	const char *path = hub_arena_printf(arena, "%s/%s", folder, type->name).data;
	if (!path)
		return hub_error_set(reterr, HUB_E_FATAL, folder, "out of memory");
	/* Numbers without gaps: version n is there or it was the last. */
	for (uint32_t number = 1;; number++) {
		const char *file = hub_arena_printf(arena, "%s/%u.avsc", path, number).data;
		if (!file || stat(file, &there) != 0)
			return HUB_OK;
		int rc = load_one(versions, file, number, arena, reterr);
		if (rc)
			return rc;
	}
}

void gen_versions_done(struct gen_versions *versions)
{
	for (uint32_t i = 0; i < versions->model_count; i++)
		gen_model_done(&versions->models[i]);
	versions->model_count = 0;
}
