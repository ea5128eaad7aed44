/* Dead letters of the last day, by what somebody has to do about them. */
#include "hubctl/doctor/checks.h"

#include <inttypes.h>

static const struct hub_str unknown_schema = { "UNKNOWN_SCHEMA", 14 }, crashed = { "CRASHED", 7 };

static struct hub_str publishers(const struct doctor_letters *letters, struct doctor_findings *out)
{
	struct hub_str text = { NULL, 0 };
	for (uint32_t i = 0; i < DOCTOR_PUBLISHERS_MAX && letters->unknown_schema[i].count; i++)
		text = hub_arena_printf(out->arena, "%.*s%s%.*s (%u)", HUB_STR_ARG(text),
		        text.len ? ", " : "", HUB_STR_ARG(letters->unknown_schema[i].source),
		        letters->unknown_schema[i].count);
	return text;
}

static void judge_rest(const struct doctor_seen *seen, struct doctor_findings *out)
{
	const struct doctor_letters *letters = &seen->kafka.letters;
	struct hub_str kinds = { NULL, 0 }, place = { NULL, 0 };
	uint32_t rest = 0;
	for (uint32_t i = 0; i < DOCTOR_REASONS_MAX && letters->reasons[i].count; i++) {
		struct hub_str reason = letters->reasons[i].reason;
		if (hub_str_eq(reason, unknown_schema) || hub_str_eq(reason, crashed))
			continue;
		rest += letters->reasons[i].count;
		place = letters->reasons[i].place;
		kinds = hub_arena_printf(out->arena, "%.*s%s%u %.*s", HUB_STR_ARG(kinds),
		        kinds.len ? ", " : "", letters->reasons[i].count, HUB_STR_ARG(reason));
	}
	struct hub_str ago = doctor_ago(out, seen->now_ms - letters->newest_ms);
	if (rest)
		doctor_fault(out, DOCTOR_DEAD_LETTERS, "PLACE", place,
		        "%s%u in the last 24 h, %u of all in the last hour, the newest %.*s ago: %.*s",
		        letters->more ? "at least " : "", rest, letters->hour, HUB_STR_ARG(ago),
		        HUB_STR_ARG(kinds));
}

void doctor_check_letters(const struct doctor_seen *seen, struct doctor_findings *out)
{
	const struct doctor_letters *letters = &seen->kafka.letters;
	if (letters->error.code) {
		doctor_no_answer(out, "dead letters", &letters->error);
		return;
	}
	for (uint32_t i = 0; i < DOCTOR_REASONS_MAX && letters->reasons[i].count; i++) {
		struct hub_str place = letters->reasons[i].place, who = publishers(letters, out);
		if (hub_str_eq(letters->reasons[i].reason, crashed))
			doctor_fault(out, DOCTOR_CRASHED, "PLACE", place,
			        "%s in the last 24 h, the newest at %.*s",
			        doctor_count(out, letters->reasons[i].count, "event"), HUB_STR_ARG(place));
		if (hub_str_eq(letters->reasons[i].reason, unknown_schema))
			doctor_fault(out, DOCTOR_UNKNOWN_SCHEMA, "PLACE", place,
			        "%s in the last 24 h, from %.*s",
			        doctor_count(out, letters->reasons[i].count, "letter"), HUB_STR_ARG(who));
	}
	judge_rest(seen, out);
	if (letters->day == 0 && letters->older)
		doctor_ok(out, "none in the last 24 h; %s from before: hubctl dlq list",
		        letters->older == 1 ? "one" : "some");
	else if (letters->day == 0)
		doctor_ok(out, "none");
}
