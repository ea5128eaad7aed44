#include "effects/effects.h"

#include <string.h>

void hub_effects_init(struct hub_effects *effects, struct hub_arena *arena)
{
	*effects = (struct hub_effects){ .arena = arena };
}

/* Doubles the list inside the arena: the former one goes with the batch. */
static bool make_room(struct hub_effects *effects)
{
	if (effects->count < effects->room)
		return true;
	uint32_t room = effects->room ? effects->room * 2 : 4;
	struct hub_output *outputs = hub_arena_alloc(effects->arena, room * sizeof(*outputs));
	if (!outputs)
		return false;
	if (effects->count)
		memcpy(outputs, effects->outputs, effects->count * sizeof(*outputs));
	effects->outputs = outputs;
	effects->room = room;
	return true;
}

void *hub_effects_emit(struct hub_effects *effects, const struct hub_schema *schema)
{
	void *record = hub_arena_alloc(effects->arena, schema->size);
	if (!record || !make_room(effects))
		return NULL;
	if (schema->defaults)
		memcpy(record, schema->defaults, schema->size);
	effects->outputs[effects->count++] = (struct hub_output){ schema, record };
	return record;
}

void hub_effects_dead_letter(struct hub_effects *effects, const char *reason, struct hub_str detail)
{
	effects->dead_reason = reason;
	effects->dead_detail = detail;
}

/* True when id is one of the words of text. */
static bool has_word(struct hub_str text, struct hub_str id)
{
	for (uint32_t at = 0; at + id.len <= text.len; at++) {
		bool starts = at == 0 || text.data[at - 1] == ' ';
		bool ends = at + id.len == text.len || text.data[at + id.len] == ' ';
		if (starts && ends && memcmp(text.data + at, id.data, id.len) == 0)
			return true;
	}
	return false;
}

void hub_effects_rule(struct hub_effects *effects, const char *rule_id)
{
	struct hub_str id = hub_str_from(rule_id), so_far = effects->because;
	if (has_word(so_far, id))
		return;
	if (!so_far.len) {
		effects->because = id;
		return;
	}
	/* Several times an event, so this is no printf. */
	char *text = hub_arena_alloc(effects->arena, so_far.len + 1 + id.len);
	if (!text)
		return;
	memcpy(text, so_far.data, so_far.len);
	text[so_far.len] = ' ';
	memcpy(text + so_far.len + 1, id.data, id.len);
	effects->because = (struct hub_str){ text, so_far.len + 1 + id.len };
}
