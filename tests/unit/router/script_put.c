#include "script_inside.h"

#include "base/check.h"
#include "records/bed_board.h"
#include "records/catalogue.h"
#include "records/referral_stub.h"
#include "records/session_state.h"
#include "referral-router/board.h"

#include <stdio.h>
#include <string.h>

/* The state record under "<kind>:..." when it is of that schema. */
static bool load(struct script *script, const char *key, const struct hub_schema *schema, void *ret)
{
	struct hub_str value;
	const struct hub_schema *is;
	void *record;
	if (!hub_table_get(partition_table(script->partition), hub_str_from(key), &value))
		return false;
	if (hub_frame_decode(&hub_referral_router_state_schemas, value, partition_arena(script->partition),
	            &is, &record, NULL) < 0)
		return false;
	if (is == schema)
		memcpy(ret, record, schema->size);
	return is == schema;
}

bool script_load_referral(struct script *script, const char *id, struct hub_referral_state *ret)
{
	char key[LINE_ROOM];
	snprintf(key, sizeof(key), "referral:%s", id);
	return load(script, key, &hub_referral_state_schema, ret);
}

static void put_referral(struct script *script, const char *id, struct hub_buf *out)
{
	char key[LINE_ROOM];
	struct hub_referral_state referral;
	struct hub_referral_stub stub;
	snprintf(key, sizeof(key), "referral:%s", id);
	hub_buf_printf(out, "%s ", id);
	if (script_load_referral(script, id, &referral)) {
		hub_buf_text(out, hub_referral_stage_name(referral.stage));
		if (referral.has_session_id)
			hub_buf_printf(out, " %.*s", HUB_STR_ARG(referral.session_id));
		else if (referral.has_abroad && referral.abroad.has_session_id)
			hub_buf_printf(out, " %.*s", HUB_STR_ARG(referral.abroad.session_id));
		else if (referral.has_abroad)
			hub_buf_printf(out, " %.*s", HUB_STR_ARG(referral.abroad.org_id));
		else if (referral.has_to_org_id)
			hub_buf_printf(out, " %.*s%s", HUB_STR_ARG(referral.to_org_id),
			        referral.bed_held ? " bed" : "");
	} else if (load(script, key, &hub_referral_stub_schema, &stub)) {
		hub_buf_text(out, hub_final_state_name(stub.final_state));
	} else {
		hub_buf_text(out, "unknown");
	}
}

void script_put_referrals(struct script *script, struct hub_buf *out)
{
	for (uint32_t i = 0; i < script->referral_count; i++) {
		hub_buf_text(out, i ? ", " : "");
		put_referral(script, script->referrals[i].text, out);
	}
}

void script_put_sessions(struct script *script, struct hub_buf *out)
{
	char key[LINE_ROOM];
	for (uint32_t i = 0; i < script->session_count; i++) {
		const struct name *name = &script->sessions[i];
		struct hub_session_state session;
		hub_buf_printf(out, "%s%s", i ? ", " : script->referral_count ? "; " : "", name->text);
		snprintf(key, sizeof(key), "session:%s:%s", name->org, name->text);
		if (!load(script, key, &hub_session_state_schema, &session)) {
			hub_buf_text(out, " unknown");
			continue;
		}
		const struct hub_slot_counts *reserved = &session.reserved, *common = &session.common;
		hub_buf_printf(out, " %d open", common->open);
		if (reserved->open)
			hub_buf_printf(out, " +%d reserved", reserved->open);
		hub_buf_printf(out, " %d held %d used %d own", reserved->held + common->held,
		        reserved->used_referred + common->used_referred, common->used_own);
	}
}

void script_put_beds(struct script *script, struct hub_buf *out)
{
	char key[LINE_ROOM];
	for (uint32_t i = 0; i < script->board_count; i++) {
		struct hub_bed_board board;
		snprintf(key, sizeof(key), "beds:%s:GENERAL", script->boards[i].text);
		hub_buf_printf(out, "%s%s ",
		        i                                                ? ", "
		        : script->referral_count + script->session_count ? "; "
		                                                         : "",
		        script->boards[i].text);
		if (load(script, key, &hub_bed_board_schema, &board))
			hub_buf_printf(out, "%d free %d held %u arrived", referral_board_free(&board),
			        board.held, board.arrivals.count);
		else
			hub_buf_text(out, "unknown");
	}
}

void script_put_told(struct script *script, struct hub_str org_id, struct hub_buf *out)
{
	char party[NAME_ROOM + 2];
	snprintf(party, sizeof(party), " %.*s ", HUB_STR_ARG(org_id));
	hub_buf_byte(&script->told, '\0');
	bool first = true;
	char *save = NULL;
	for (char *line = strtok_r(script->told.data, "\n", &save); line;
	        line = strtok_r(NULL, "\n", &save)) {
		char *decision = strchr(line, '\t');
		hub_check(decision != NULL);
		*decision = '\0';
		if (!strstr(line, party))
			continue;
		hub_buf_printf(out, "%s%s", first ? "" : ", ", decision + 1);
		first = false;
	}
	hub_buf_reset(&script->told);
}

void script_put_answer(struct script *script, struct hub_buf *out)
{
	hub_buf_str(out, hub_buf_slice(&script->answer));
}

void script_put_shortages(struct script *script, struct hub_buf *out)
{
	hub_buf_str(out, hub_buf_slice(&script->shortages));
}

void script_put_long_stays(struct script *script, struct hub_buf *out)
{
	hub_buf_str(out, hub_buf_slice(&script->long_stays));
}
