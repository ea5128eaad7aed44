/* Inside of a script: script.c plays, script_put.c tells. */
#ifndef TESTS_SCRIPT_INSIDE_H
#define TESTS_SCRIPT_INSIDE_H

#include "script.h"

#include "base/buf.h"
#include "records/referral_state.h"

enum { NAMES_MAX = 64, NAME_ROOM = 64, LINE_ROOM = 512, TEXT_LIMIT = 1 << 20, RECORD_ROOM = 1 << 20 };

struct name {
	char text[NAME_ROOM];
	char org[NAME_ROOM]; /* a session's hospital, a referral's sender */
	int revision;
};

struct script {
	struct partition *partition;
	struct invariants *invariants;
	struct hub_arena *said; /* the last event, for "again" */
	const struct hub_schema *schema;
	const void *record;
	int64_t now_ms;
	int events;
	struct name referrals[NAMES_MAX];
	struct name sessions[NAMES_MAX];
	struct name boards[NAMES_MAX]; /* by hospital */
	uint32_t referral_count;
	uint32_t session_count;
	uint32_t board_count;
	struct hub_buf told;      /* lines "party party\tdecision" */
	struct hub_buf answer;    /* of the last event */
	struct hub_buf shortages; /* of the last ReferralRouted */
	struct hub_buf long_stays;
};

/* The state of a referral; false: there is none, or it has ended. */
bool script_load_referral(struct script *script, const char *id, struct hub_referral_state *ret);

#endif
