/* What a decision says, as data: the records to publish. (What it changes is in the table's journal,
 * table/table.h.) The runtime fills each head's event_id, occurred_at, registry_version, decided_from or
 * timer; the core fills county_id, consortium_id, party_org_ids, answers and repeat_of. Pure; everything lies
 * in the arena until this one input or timer is decided. */
#ifndef HUB_EFFECTS_EFFECTS_H
#define HUB_EFFECTS_EFFECTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "wire/schema.h"

/* One record to publish. Its topic is the core's output that has this record type; its key the head's county_id. */
struct hub_output {
	const struct hub_schema *schema;
	void *record; /* schema->size bytes, begins with struct hub_decision_head */
};

struct hub_effects {
	struct hub_arena *arena;
	struct hub_output *outputs; /* count of them */
	uint32_t count;
	uint32_t room;
	const char *dead_reason;    /* not NULL: this input is a dead letter ("RULE"); outputs and changes are
	                               dropped */
	struct hub_str dead_detail; /* field and limit, without personal data */
	struct hub_str because;     /* trace text: the rule ids that spoke, e.g. "REF-07 REF-10" */
};

/* In place; borrows arena. */
void hub_effects_init(struct hub_effects *effects, struct hub_arena *arena);

/* A new zeroed record (its schema's defaults filled in) appended to the outputs; NULL when the arena is
 * exhausted. */
void *hub_effects_emit(struct hub_effects *effects, const struct hub_schema *schema);

/* This input cannot be decided: a dead letter. reason is what operators read in its header hub_dlq_reason,
 * one of dead_letters.def: of a core "RULE", or "TOO_LARGE" when a state record would outgrow its schema. */
void hub_effects_dead_letter(struct hub_effects *effects, const char *reason, struct hub_str detail);

/* Notes a rule id for traces and explanations, once each, in order. */
void hub_effects_rule(struct hub_effects *effects, const char *rule_id);

#endif
