/* Earlier versions: the writer's fields in its order, each to its place in today's struct or nowhere. */
#include "avrogen/emit.h"

#include <string.h>

struct emitter {
	struct hub_buf *out;
	struct hub_arena *arena;
	json_t *seen; /* C names emitted already */
	uint32_t number;
};

static void emit_fields(
        struct emitter *emitter, const struct gen_type *old, const struct gen_type *today, const char *table);

static bool first_time(struct emitter *emitter, const char *name)
{
	if (json_object_get(emitter->seen, name))
		return false;
	(void)json_object_set_new(emitter->seen, name, json_true());
	return true;
}

static void emit_old_enum(struct emitter *emitter, const struct gen_type *old, const char *name)
{
	struct hub_buf *out = emitter->out;
	hub_buf_printf(out, "static const char *const %s_symbols[] = {\n", name);
	for (uint32_t i = 0; i < old->symbol_count; i++)
		hub_buf_printf(out, "\t\"%s\",\n", old->symbols[i]);
	hub_buf_printf(out,
	        "};\n\nstatic const struct hub_enum %s_enum = {\n\t.name = \"%s\",\n\t.symbols = "
	        "%s_symbols,\n"
	        "\t.count = %u,\n};\n\n",
	        name, old->full_name, name, old->symbol_count);
}

static void emit_old_record(
        struct emitter *emitter, const struct gen_type *old, const struct gen_type *today, const char *name)
{
	char table[160];
	(void)snprintf(table, sizeof(table), "%s_fields", name);
	emit_fields(emitter, old, today, table);
	hub_buf_printf(emitter->out,
	        "static const struct hub_schema %s_schema = {\n\t.full_name = \"%s\",\n"
	        "\t.name = \"%s\",\n\t.fields = %s,\n\t.field_count = %u,\n",
	        name, old->full_name, old->name, table, old->field_count);
	if (today)
		hub_buf_printf(emitter->out, "\t.size = sizeof(struct hub_%s),\n\t.today = &hub_%s_schema,\n",
		        today->snake, today->snake);
	hub_buf_text(emitter->out, "};\n\n");
}

/* The C name of the nested type of an old field, emitted first if it is not today's. */
static const char *nested_name(
        struct emitter *emitter, const struct gen_type *old, const struct gen_type *today)
{
	if (today && gen_same_form(old, today, emitter->arena))
		return hub_arena_printf(emitter->arena, "hub_%s", today->snake).data;
	const char *name = hub_arena_printf(
	        emitter->arena, "v%u_%s%s", emitter->number, today ? "" : "forgotten_", old->snake)
	                           .data;
	if (!first_time(emitter, name))
		return name;
	if (old->is_enum)
		emit_old_enum(emitter, old, name);
	else
		emit_old_record(emitter, old, today, name);
	return name;
}

static void emit_fields(
        struct emitter *emitter, const struct gen_type *old, const struct gen_type *today, const char *table)
{
	const char **nested = hub_arena_alloc(emitter->arena, (old->field_count + 1) * sizeof(char *));
	if (!nested)
		return;
	for (uint32_t i = 0; i < old->field_count; i++) {
		const struct gen_field *is = today ? gen_field_find(today, old->fields[i].name) : NULL;
		if (old->fields[i].named)
			nested[i] = nested_name(emitter, old->fields[i].named, is ? is->named : NULL);
	}
	hub_buf_printf(emitter->out, "static const struct hub_field %s[] = {\n", table);
	for (uint32_t i = 0; i < old->field_count; i++) {
		const struct gen_field *is = today ? gen_field_find(today, old->fields[i].name) : NULL;
		gen_emit_field(&old->fields[i], is ? today->snake : NULL, is ? is->member : NULL, nested[i],
		        emitter->out);
	}
	hub_buf_text(emitter->out, "};\n\n");
}

uint32_t gen_emit_versions(const struct gen_versions *versions, struct hub_arena *arena, struct hub_buf *out)
{
	if (versions->count == 0)
		return 0;
	struct emitter emitter = { .out = out, .arena = arena, .seen = json_object() };
	for (uint32_t i = 0; i < versions->count; i++) {
		char table[32];
		emitter.number = versions->items[i].number;
		(void)snprintf(table, sizeof(table), "v%u_fields", emitter.number);
		emit_fields(&emitter, versions->items[i].type, versions->type, table);
	}
	json_decref(emitter.seen);
	hub_buf_text(out, "static const struct hub_version versions[] = {\n");
	for (uint32_t i = 0; i < versions->count; i++) {
		const struct gen_version *version = &versions->items[i];
		hub_buf_printf(out,
		        "\t{ .fingerprint = UINT64_C(0x%016llx), .fields = v%u_fields, .field_count = %u, "
		        ".state_version = %d },\n",
		        (unsigned long long)version->fingerprint, version->number, version->type->field_count,
		        version->type->state_version);
	}
	hub_buf_text(out, "};\n\n");
	return versions->count;
}
