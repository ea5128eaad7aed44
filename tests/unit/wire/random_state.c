#include "random_state.h"

#include "records/bed_board.h"
#include "records/session_state.h"

static void tame(const struct hub_schema *schema, void *record)
{
	if (schema == &hub_bed_board_schema)
		((struct hub_bed_board *)record)->held = 1;
	if (schema != &hub_session_state_schema)
		return;
	struct hub_session_state *session = record;
	session->reserved = (struct hub_slot_counts){ 1, 2, 3, 0 };
	session->common = (struct hub_slot_counts){ 4, 5, 6, 7 };
	if (session->timers.count)
		session->timers.items[0].name = HUB_STR("common_open");
}

void random_state(
        struct random_source *source, const struct hub_schema *schema, struct hub_arena *arena, void *record)
{
	random_record(source, schema, arena, record);
	tame(schema, record);
}
