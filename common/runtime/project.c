#include "runtime/project.h"

#include "base/check.h"
#include "wire/framing.h"

static const struct hub_schema *decode(
        const struct hub_core *core, struct hub_str value, struct hub_arena *scratch, void **ret_record)
{
	const struct hub_schema *schema = NULL;
	*ret_record = NULL;
	if (value.len)
		hub_check(hub_frame_decode(core->table->schemas, value, scratch, &schema, ret_record, NULL) ==
		          0);
	return schema;
}

void hub_project(const struct hub_core *core, const struct hub_change *change, struct hub_arena *scratch,
        struct hub_store_sink *sink)
{
	void *before, *after;
	hub_arena_reset(scratch);
	const struct hub_schema *was = decode(core, change->before, scratch, &before);
	const struct hub_schema *is = decode(core, change->after, scratch, &after);
	/* A key whose record type changes ends as the one and begins as the other. */
	if (is && was && is != was) {
		core->project(change->key, was, before, NULL, sink);
		before = NULL;
	}
	if (is || was)
		core->project(change->key, is ? is : was, before, after, sink);
}
