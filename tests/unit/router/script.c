#include "script_inside.h"

#include "invariants.h"
#include "short.h"
#include "story.h"

#include "base/calendar.h"
#include "base/check.h"
#include "records/bed_board.h"
#include "records/catalogue.h"
#include "records/decision_head.h"
#include "records/referral_event_refused.h"
#include "records/referral_reminder.h"
#include "records/referral_routed.h"
#include "records/referral_state.h"
#include "records/referral_stub.h"
#include "records/session_state.h"
#include "referral-router/board.h"

#include <stdio.h>
#include <stdlib.h>

struct script *script_new(const char *registry)
{
	struct script *script = calloc(1, sizeof(*script));
	hub_check(script != NULL);
	script->partition = partition_new(registry);
	script->invariants = invariants_new();
	script->said = hub_arena_new(RECORD_ROOM);
	script->now_ms = hub_day_start_ms(hub_day_from_ymd(2026, 3, 2)) + 8 * HUB_HOUR_MS;
	hub_buf_init(&script->told, TEXT_LIMIT);
	hub_buf_init(&script->answer, TEXT_LIMIT);
	hub_buf_init(&script->shortages, TEXT_LIMIT);
	hub_buf_init(&script->long_stays, TEXT_LIMIT);
	return script;
}

void script_free(struct script *script)
{
	hub_buf_done(&script->long_stays);
	hub_buf_done(&script->shortages);
	hub_buf_done(&script->answer);
	hub_buf_done(&script->told);
	hub_arena_free(script->said);
	invariants_free(script->invariants);
	partition_free(script->partition);
	free(script);
}

struct partition *script_partition(struct script *script)
{
	return script->partition;
}

int64_t script_now_ms(const struct script *script)
{
	return script->now_ms;
}

static void note_told(struct script *script, const struct hub_output *output)
{
	const struct hub_decision_head *head = output->record;
	hub_buf_byte(&script->told, ' ');
	for (uint32_t i = 0; i < head->party_org_ids.count; i++)
		hub_buf_printf(&script->told, "%.*s ", HUB_STR_ARG(head->party_org_ids.items[i]));
	hub_buf_byte(&script->told, '\t');
	short_put(output, &script->told);
	hub_buf_byte(&script->told, '\n');
}

static void note_shortages(struct script *script, const struct hub_output *output)
{
	const struct hub_referral_routed *routed = output->record;
	if (output->schema != &hub_referral_routed_schema)
		return;
	hub_buf_reset(&script->shortages);
	for (uint32_t i = 0; i < routed->shortages.count; i++)
		hub_buf_printf(&script->shortages, "%s%.*s/%d", i ? " " : "",
		        HUB_STR_ARG(routed->shortages.items[i].drug_code),
		        routed->shortages.items[i].days_left);
}

static void note_long_stay(struct script *script, const struct hub_output *output, int64_t now_ms)
{
	const struct hub_referral_reminder *reminder = output->record;
	if (output->schema != &hub_referral_reminder_schema ||
	        !hub_str_is(reminder->reason_code, "LONG_STAY"))
		return;
	if (hub_buf_slice(&script->long_stays).len)
		hub_buf_text(&script->long_stays, ", ");
	story_print_instant(now_ms, &script->long_stays);
}

static void note_answer(struct script *script, const struct hub_effects *effects)
{
	hub_buf_reset(&script->answer);
	if (effects->dead_reason)
		hub_buf_printf(&script->answer, "dead letter %s", effects->dead_reason);
	for (uint32_t i = 0; i < effects->count; i++) {
		const struct hub_decision_head *head = effects->outputs[i].record;
		if (!head->has_answers)
			continue;
		const struct hub_change *changes;
		bool refused = effects->outputs[i].schema == &hub_referral_event_refused_schema;
		short_put(&effects->outputs[i], &script->answer);
		if (head->has_repeat_of)
			hub_buf_text(&script->answer, " again");
		if ((refused || head->has_repeat_of) && partition_changes(script->partition, &changes))
			hub_buf_text(&script->answer, " BUT CHANGED");
	}
}

/* What must hold after every step is checked after every word. */
static void note(struct script *script, const struct hub_schema *schema, const void *record, int64_t now_ms,
        const struct hub_effects *effects)
{
	for (uint32_t i = 0; i < effects->count; i++) {
		note_told(script, &effects->outputs[i]);
		note_shortages(script, &effects->outputs[i]);
		note_long_stay(script, &effects->outputs[i], now_ms);
	}
	invariants_after(script->invariants, script->partition, schema, record, effects);
	invariants_check(script->invariants, script->partition, now_ms);
}

/* What the counties say to each other is decided in the same minute, but for what a silent one does not hear. */
static void deliver(struct script *script, int64_t now_ms)
{
	const struct hub_schema *schema;
	const void *record;
	const struct hub_effects *effects;
	while ((effects = partition_deliver(script->partition, now_ms, &schema, &record)))
		note(script, NULL, NULL, now_ms, effects);
}

static void fire_until(struct script *script, int64_t until_ms)
{
	struct hub_timer timer;
	int64_t now_ms;
	const struct hub_effects *effects;
	while ((effects = partition_fire(script->partition, until_ms, &timer, &now_ms))) {
		note(script, NULL, NULL, now_ms, effects);
		deliver(script, now_ms);
	}
}

static void decide(struct script *script)
{
	fire_until(script, script->now_ms - 1);
	const struct hub_effects *effects =
	        partition_decide(script->partition, script->schema, script->record, script->now_ms);
	note(script, script->schema, script->record, script->now_ms, effects);
	note_answer(script, effects);
	deliver(script, script->now_ms);
	script->now_ms += HUB_MINUTE_MS;
}

bool script_say(struct script *script, struct hub_str line)
{
	hub_arena_reset(script->said);
	script->record = story_read(line, script->now_ms, ++script->events, script->said, &script->schema);
	if (script->record)
		decide(script);
	return script->record != NULL;
}

static struct name *named(struct name *names, uint32_t count, const char *text)
{
	for (uint32_t i = 0; i < count; i++)
		if (strcmp(names[i].text, text) == 0)
			return &names[i];
	return NULL;
}

static struct name *name_or_new(struct name *names, uint32_t *count, const char *text)
{
	struct name *name = named(names, *count, text);
	if (name || *count == NAMES_MAX)
		return name;
	name = &names[(*count)++];
	snprintf(name->text, sizeof(name->text), "%s", text);
	return name;
}

/* Words about a referral: who says what, when nobody is named. */
static const struct {
	const char *word;
	const char *record;
	enum { BY_ADDRESSED, BY_SENDER, BY_CONTROL } by;
} about_referrals[] = {
	{ "accept", "ReferralAccepted", BY_ADDRESSED },
	{ "reject", "ReferralRejected", BY_ADDRESSED },
	{ "arrive", "PatientArrived", BY_ADDRESSED },
	{ "noshow", "PatientNoShow", BY_ADDRESSED },
	{ "done", "ReferralCompleted", BY_ADDRESSED },
	{ "confirm", "ReturnConfirmed", BY_ADDRESSED },
	{ "cancel", "ReferralCancelled", BY_SENDER },
	{ "ask", "SupplementRequested", BY_ADDRESSED },
	{ "supplement", "Supplemented", BY_SENDER },
	{ "claim", "ReferralClaimed", BY_ADDRESSED },
	{ "authorise", "OutOfCountyAuthorised", BY_CONTROL },
};

static bool say_about_referral(struct script *script, const char *verb, const char *id, const char *org)
{
	char line[LINE_ROOM];
	struct hub_referral_state referral;
	size_t i = 0, count = sizeof(about_referrals) / sizeof(about_referrals[0]);
	while (i < count && strcmp(about_referrals[i].word, verb) != 0)
		i++;
	if (i == count)
		return false;
	char who[NAME_ROOM] = "nobody";
	const struct name *name = named(script->referrals, script->referral_count, id);
	if (*org)
		snprintf(who, sizeof(who), "%s", org);
	else if (about_referrals[i].by == BY_CONTROL)
		snprintf(who, sizeof(who), "H-control");
	else if (about_referrals[i].by == BY_SENDER && name)
		snprintf(who, sizeof(who), "%s", name->org);
	else if (script_load_referral(script, id, &referral) && referral.has_to_org_id)
		snprintf(who, sizeof(who), "%.*s", HUB_STR_ARG(referral.to_org_id));
	snprintf(line, sizeof(line), "%s %s %s", about_referrals[i].record, id, who);
	return script_say(script, hub_str_from(line));
}

/* An organisation speaks in its own county: county.json names them by it. */
static const char *county_words(const char *org)
{
	return org[0] == 'C'   ? "county_id=990100"
	       : org[0] == 'P' ? "county_id=990200"
	       : org[0] == 'N' ? "county_id=990122 consortium_id=NEIGHBOUR"
	                       : "";
}

/* What is asked for, by the word's first letter. */
static const struct {
	char letter;
	const char *sender;
	const char *fields;
} requests[] = {
	{ 'r', "T-1", "specialty=05.01 diagnosis=O80.0" },
	{ 'd', "H-lead",
	        "direction=DOWN specialty=03.04 diagnosis=I10 patient.contract_org_id=T-1 "
	        "patient.home_org_id=T-2 medications=C07/5,N02/3" },
	{ 'b', "T-1", "need=BED bed_kind=GENERAL" },
	{ 'x', "T-1", "specialty=14 diagnosis=T30.1 out_of_county_authorised=true" },
	{ 'g', "T-group", "specialty=15 diagnosis=I83.9 consortium_id=GROUP" },
};

static bool say_request(struct script *script, char *id, const char *org)
{
	static const char *const urgencies[] = { "ROUTINE", "URGENT", "EMERGENCY" };
	char line[LINE_ROOM];
	bool meets = strchr(id, '+') != NULL;
	size_t marks = strspn(id + strcspn(id, "!"), "!"), kind = 0;
	id[strcspn(id, "!+")] = '\0';
	while (kind < sizeof(requests) / sizeof(requests[0]) && requests[kind].letter != id[0])
		kind++;
	if (marks > 2 || kind == sizeof(requests) / sizeof(requests[0]))
		return false;
	struct name *name = name_or_new(script->referrals, &script->referral_count, id);
	if (!name)
		return false;
	snprintf(name->org, sizeof(name->org), "%s", *org ? org : requests[kind].sender);
	snprintf(line, sizeof(line), "ReferralRequested %s %s urgency=%s %s%s %s", id, name->org,
	        urgencies[marks], requests[kind].fields, meets ? " criteria=heart-bed" : "",
	        county_words(name->org));
	return script_say(script, hub_str_from(line));
}

/* "beds:3" */
static bool say_beds(struct script *script, const char *free, const char *org)
{
	char line[LINE_ROOM];
	struct name *name = name_or_new(script->boards, &script->board_count, *org ? org : "H-lead");
	if (!name)
		return false;
	snprintf(line, sizeof(line), "BedsReported - %s bed_kind=GENERAL total=10 free=%s revision=%d",
	        name->text, free, ++name->revision);
	return script_say(script, hub_str_from(line));
}

/* "s1=3/1", "s1=3/1~5" */
static bool say_open(struct script *script, char *target, const char *org)
{
	char line[LINE_ROOM];
	char *equals = strchr(target, '=');
	bool city = target[0] == 'c';
	if (!equals || (target[0] != 's' && !city))
		return false;
	*equals = '\0';
	struct name *name = name_or_new(script->sessions, &script->session_count, target);
	if (!name)
		return false;
	if (!name->org[0] || *org)
		snprintf(name->org, sizeof(name->org), "%s", *org ? org : city ? "C-first" : "H-lead");
	char *slash = strchr(equals + 1, '/'), *wave = strchr(equals + 1, '~'), common[NAME_ROOM] = "";
	int day = 9 + atoi(target + 1), capacity = atoi(equals + 1), reserved = slash ? atoi(slash + 1) : 0;
	if (wave)
		snprintf(common, sizeof(common), " common_opens_at=2026-03-%02dT08:00", day - atoi(wave + 1));
	snprintf(line, sizeof(line),
	        "SlotsOpened %s %s revision=%d specialty=%s capacity=%d reserved_for_primary=%d "
	        "starts_at=2026-03-%02dT08:00 ends_at=2026-03-%02dT12:00%s %s",
	        target, name->org, ++name->revision, city ? "14" : "05.01", capacity, reserved, day, day,
	        common, county_words(name->org));
	return script_say(script, hub_str_from(line));
}

/* "shut:s1", "book:s1/b1", "free:s1/b1" */
static bool say_about_session(struct script *script, const char *verb, char *target, const char *org)
{
	char line[LINE_ROOM];
	char *slash = strchr(target, '/');
	if (slash)
		*slash = '\0';
	const struct name *name = named(script->sessions, script->session_count, target);
	const char *who = *org ? org : name ? name->org : "H-lead";
	if (strcmp(verb, "shut") == 0)
		snprintf(line, sizeof(line), "SessionCancelled %s %s %s", target, who, county_words(who));
	else if (slash && strcmp(verb, "book") == 0)
		snprintf(line, sizeof(line), "SlotTaken %s %s booking_id=%s %s", target, who, slash + 1,
		        county_words(who));
	else if (slash && strcmp(verb, "free") == 0)
		snprintf(line, sizeof(line), "SlotFreed %s %s booking_id=%s %s", target, who, slash + 1,
		        county_words(who));
	else
		return false;
	return script_say(script, hub_str_from(line));
}

static bool wait_for(struct script *script, const char *text)
{
	char *unit;
	long amount = strtol(text, &unit, 10);
	int64_t unit_ms = *unit == 'm'   ? HUB_MINUTE_MS
	                  : *unit == 'h' ? HUB_HOUR_MS
	                  : *unit == 'd' ? HUB_DAY_MS
	                                 : 0;
	script->now_ms += amount * unit_ms;
	fire_until(script, script->now_ms);
	return unit_ms > 0;
}

static bool play_word(struct script *script, char *word)
{
	char *at = strchr(word, '@');
	const char *org = at ? at + 1 : "";
	if (at)
		*at = '\0';
	if (strcmp(word, "again") == 0) {
		if (script->record)
			decide(script);
		return script->record != NULL;
	}
	char *colon = strchr(word, ':');
	if (!colon)
		return say_request(script, word, org);
	*colon = '\0';
	if (strcmp(word, "wait") == 0)
		return wait_for(script, colon + 1);
	if (strcmp(word, "silent") == 0 || strcmp(word, "back") == 0) {
		post_silence(partition_post(script->partition), hub_str_from(colon + 1), word[0] == 's');
		deliver(script, script->now_ms);
		return true;
	}
	if (strcmp(word, "old") == 0 || strcmp(word, "new") == 0) {
		partition_is_old(script->partition, hub_str_from(colon + 1), word[0] == 'o');
		return true;
	}
	if (strcmp(word, "beds") == 0)
		return say_beds(script, colon + 1, org);
	if (strcmp(word, "open") == 0)
		return say_open(script, colon + 1, org);
	return say_about_session(script, word, colon + 1, org) ||
	       say_about_referral(script, word, colon + 1, org);
}

bool script_play(struct script *script, struct hub_str words)
{
	char text[LINE_ROOM], *save = NULL;
	if (words.len >= sizeof(text))
		return false;
	memcpy(text, words.len ? words.data : "", words.len);
	text[words.len] = '\0';
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (!play_word(script, word)) {
			fprintf(stderr, "not understood: %s in \"%.*s\"\n", word, HUB_STR_ARG(words));
			return false;
		}
	}
	return true;
}
