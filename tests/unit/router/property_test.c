/* Random days of a small county: requests, answers, sessions, bookings, repeats and nonsense in any order,
 * with the clock going on. After every step what is promised is checked (invariants.h), and that taking a
 * step back restores exactly. The seed is printed; HUB_SEED=<n> runs only that one, HUB_STORY=1 tells what
 * happens. */
#include "invariants.h"
#include "partition.h"
#include "story.h"

#include "base/calendar.h"
#include "base/check.h"
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LINE = 512, KEPT = 64, STEPS = 650, SEEDS = 3, EVENT_LIMIT = 1 << 20 };

struct line {
	char text[LINE];
	int number; /* makes its event id */
};

struct county {
	uint64_t random;
	struct partition *partition;
	struct invariants *invariants;
	struct hub_arena *arena;
	struct line kept[KEPT]; /* the last events, to be sent again */
	int64_t now_ms;
	int events;
	int referrals;
	int reports;  /* of beds */
	int sessions; /* each is of the hospital that its number names */
	bool tell;
};

static uint32_t pick(struct county *county, uint32_t n)
{
	county->random ^= county->random << 13;
	county->random ^= county->random >> 7;
	county->random ^= county->random << 17;
	return (uint32_t)(county->random >> 11) % n;
}

static const char *one_of(struct county *county, const char *const *words, size_t count)
{
	return words[pick(county, (uint32_t)count)];
}

#define ONE_OF(county, words) one_of(county, words, sizeof(words) / sizeof(words[0]))

/* The last two are the city's. */
enum { HOSPITALS = 6 };
static const char *const hospitals[HOSPITALS] = { "H-lead", "H-second", "H-tcm", "H-third", "C-first",
	"C-other" };

static const char *county_of(const char *org)
{
	return org[0] == 'C' ? "county_id=990100" : "";
}

/* "s7 H-third": one of the newest sessions, now and then of the wrong hospital. */
static void put_session(struct county *county, char text[LINE - 64])
{
	int newest = county->sessions < 10 ? county->sessions : 10;
	int id = county->sessions - (newest ? (int)pick(county, (uint32_t)newest) : 0) - 1;
	int hospital = pick(county, 20) ? id : id + 1;
	const char *org = hospitals[(hospital + HOSPITALS) % HOSPITALS];
	snprintf(text, LINE - 64, "s%d %s %s", id, org, county_of(org));
}

static void put_time(struct county *county, char *text, int32_t hours)
{
	char at[HUB_TIME_LEN + 1];
	hub_time_format(county->now_ms + hours * (int64_t)HUB_HOUR_MS, at);
	snprintf(text, HUB_TIME_LEN, "%.16s", at);
}

static void request(struct county *county, char line[LINE])
{
	static const char *const senders[] = { "T-1", "T-2", "T-3", "V-1", "H-second" };
	static const char *const kinds[] = { "specialty=03.04", "specialty=04.03 diagnosis=S72.0",
		"specialty=10 diagnosis=H25.9", "specialty=14 diagnosis=T30.1",
		"specialty=14 diagnosis=T30.1 out_of_county_authorised=true",
		"specialty=03.04 need=EXAM exam_item=CT", "specialty=03.04 need=CONSULT",
		"specialty=02 diagnosis=I10", "specialty=12 diagnosis=K02.9", "need=BED bed_kind=GENERAL",
		"need=BED bed_kind=GENERAL criteria=heart-bed", "need=BED",
		"need=BED bed_kind=REHABILITATION diagnosis=I10 direction=DOWN",
		"need=BED bed_kind=REHABILITATION specialty=21 diagnosis=M54.5",
		"need=BED bed_kind=GERIATRIC out_of_county_authorised=true criteria=any-bed" };
	static const char *const urgencies[] = { "ROUTINE", "ROUTINE", "ROUTINE", "URGENT", "URGENT",
		"EMERGENCY" };
	static const char *const more[] = { "", "", "", "", "condition=CHEST_PAIN", "condition=STROKE",
		"direction=DOWN", "direction=DOWN", "out_of_county_authorised=true",
		"preferred_org_id=H-third", "preferred_org_id=H-second", "criteria=child,GHOST" };
	static const char *const homes[] = { "", "", "patient.contract_org_id=T-1 patient.home_org_id=T-2",
		"patient.home_org_id=T-3", "patient.home_org_id=N-1", "patient.contract_org_id=V-1" };
	char earliest[HUB_TIME_LEN];
	put_time(county, earliest, (int32_t)pick(county, 96));
	bool known = pick(county, 12) == 0 && county->referrals;
	int id = known ? (int)pick(county, (uint32_t)county->referrals) : county->referrals++;
	int len = snprintf(line, LINE, "ReferralRequested r%d %s patient.patient_id=p%u %s urgency=%s %s %s",
	        id, ONE_OF(county, senders), pick(county, 60), ONE_OF(county, kinds),
	        ONE_OF(county, urgencies), ONE_OF(county, more), ONE_OF(county, homes));
	if (pick(county, 4) == 0)
		snprintf(line + len, LINE - (size_t)len, " earliest=%s", earliest);
}

/* What somebody would do about a referral in that state; NULL: anything. */
static const char *sensible(struct county *county, const json_t *referral)
{
	const char *state = json_string_value(json_object_get(referral, "state"));
	if (!state || pick(county, 3) == 0)
		return NULL;
	if (strcmp(state, "SUPPLEMENTING") == 0 && pick(county, 2))
		return "Supplemented text=x";
	if (strcmp(state, "UNPLACED") == 0)
		return "ReferralClaimed";
	if (strcmp(state, "WAITING") == 0)
		return pick(county, 2) ? "OutOfCountyAuthorised" : "ReferralCancelled";
	return NULL;
}

/* Mostly by who has a say; otherwise by anybody. */
static void answer(struct county *county, char line[LINE])
{
	static const char *const records[] = { "ReferralAccepted", "ReferralAccepted", "ReferralAccepted",
		"PatientArrived", "PatientArrived", "PatientNoShow", "ReferralRejected", "ReferralRejected",
		"ReferralCompleted", "ReferralCompleted", "ReferralCancelled", "ReferralClaimed",
		"OutOfCountyAuthorised", "SupplementRequested text=x", "SupplementRequested text=y",
		"SupplementRequested text=z", "Supplemented text=x", "ReturnConfirmed" };
	char name[LINE], record[LINE], key[LINE];
	int id = 0;
	json_t *hash = NULL;
	/* Most of them are with a hospital. */
	for (int tries = 0, most = pick(county, 5) ? 6 : 1;
	        tries < most && (!json_object_get(hash, "to_org_id") || !json_object_get(hash, "due"));
	        tries++) {
		int newest = county->referrals < 40 ? county->referrals : 40;
		id = county->referrals - (newest ? (int)pick(county, (uint32_t)newest) : 0) - 1;
		snprintf(key, sizeof(key), "referral:r%d", id);
		hash = json_object_get(hot_state_json(invariants_hot(county->invariants)), key);
	}
	const char *wise = sensible(county, hash);
	snprintf(record, sizeof(record), "%s", wise ? wise : ONE_OF(county, records));
	bool by_sender = strstr(record, "Cancelled") || strstr(record, "Supplemented");
	const char *org = json_string_value(json_object_get(hash, by_sender ? "from_org_id" : "to_org_id"));
	if (strstr(record, "Authorised"))
		org = "H-control";
	if (!org || pick(county, 10) == 0)
		org = pick(county, 5) ? ONE_OF(county, hospitals) : "H-control";
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(record, " "), record);
	snprintf(line, LINE, "%s r%d %s%s", name, id, org, record + strlen(name));
}

static void open_session(struct county *county, char line[LINE])
{
	static const char *const kinds[] = { "specialty=03.04", "specialty=04.03", "specialty=10",
		"specialty=03.04 need=EXAM exam_item=CT", "specialty=14", "specialty=14" };
	char starts[HUB_TIME_LEN], ends[HUB_TIME_LEN], opens[HUB_TIME_LEN], early[LINE] = "";
	int32_t in = (int32_t)pick(county, 60);
	put_time(county, starts, in);
	put_time(county, ends, in + 1 + (int32_t)pick(county, 5));
	if (pick(county, 3) == 0) {
		put_time(county, opens, (int32_t)pick(county, (uint32_t)in + 2));
		snprintf(early, sizeof(early), " common_opens_at=%s", opens);
	}
	county->sessions++;
	const char *org = hospitals[(county->sessions - 1) % HOSPITALS];
	snprintf(line, LINE,
	        "SlotsOpened s%d %s %s revision=%u %s capacity=%u expert=%s starts_at=%s ends_at=%s%s",
	        county->sessions - 1, org, county_of(org), 1 + pick(county, 3), ONE_OF(county, kinds),
	        pick(county, 5), pick(county, 4) ? "false" : "true", starts, ends, early);
}

/* The same session again with other numbers. */
static void revise(struct county *county, char line[LINE])
{
	for (int i = 0; i < KEPT; i++) {
		char *capacity;
		snprintf(line, LINE, "%s", county->kept[pick(county, KEPT)].text);
		if (strncmp(line, "SlotsOpened", 11) != 0 || !(capacity = strstr(line, "capacity=")))
			continue;
		capacity[9] = (char)('0' + pick(county, 7));
		strstr(line, "revision=")[9] = (char)('2' + pick(county, 7));
		return;
	}
	open_session(county, line);
}

static void book(struct county *county, char line[LINE])
{
	char session[LINE - 64];
	put_session(county, session);
	snprintf(line, LINE, "%s %s booking_id=b%u", pick(county, 3) ? "SlotTaken" : "SlotFreed", session,
	        pick(county, 3));
}

static void cancel_session(struct county *county, char line[LINE])
{
	char session[LINE - 64];
	put_session(county, session);
	snprintf(line, LINE, "SessionCancelled %s", session);
}

/* Of a few boards, so that their holds meet; now and then an older revision, or one that was said before the last
 * arrivals. */
static void report_beds(struct county *county, char line[LINE])
{
	static const char *const boards[] = { "H-lead bed_kind=GENERAL", "H-second bed_kind=GENERAL",
		"H-rehab bed_kind=REHABILITATION", "T-2 bed_kind=REHABILITATION",
		"C-first bed_kind=GERIATRIC county_id=990100",
		"C-other bed_kind=GERIATRIC county_id=990100" };
	int revision = ++county->reports - (pick(county, 8) ? 0 : 5);
	int len = snprintf(line, LINE, "BedsReported - %s total=9 free=%u revision=%d",
	        ONE_OF(county, boards), pick(county, 4), revision);
	char said[HUB_TIME_LEN];
	if (pick(county, 4) == 0) {
		put_time(county, said, -1);
		snprintf(line + len, LINE - (size_t)len, " occurred_at=%s", said);
	}
}

static void make(struct county *county, struct line *line)
{
	static void (*const makers[])(struct county *, char[LINE]) = { request, request, request, request,
		answer, answer, answer, answer, answer, answer, open_session, open_session, revise, book,
		book, cancel_session, report_beds, report_beds };
	const struct line *again = &county->kept[pick(county, KEPT)];
	if (again->number && pick(county, 10) == 0) {
		*line = *again;
		return;
	}
	line->number = ++county->events;
	makers[pick(county, sizeof(makers) / sizeof(makers[0]))](county, line->text);
	county->kept[pick(county, KEPT)] = *line;
}

/* What a table holds, in one number. */
static uint64_t digest(const struct hub_table *table)
{
	struct hub_str key, value;
	struct hub_timer timer;
	uint64_t sum = hub_table_count(table), walk = HUB_HASH_START;
	for (size_t at = 0; hub_table_each(table, &at, &key, &value);)
		sum += hub_hash(hub_hash(HUB_HASH_START, key), value);
	for (size_t at = 0; hub_table_each_group(table, &at, &key);) {
		uint64_t group = hub_hash(HUB_HASH_START, key);
		for (const struct hub_sorted_node *node = hub_table_seek(table, key, HUB_STR("")); node;
		        node = hub_table_next(node))
			group = hub_hash(hub_hash(group, node->key), hub_table_entity(node));
		sum += group;
	}
	if (hub_table_first_timer(table, &timer))
		walk = hub_hash(hub_hash(walk + (uint64_t)timer.due_at_ms, timer.entity), timer.name);
	return sum ^ walk;
}

static void tell(struct county *county, const char *what, const struct hub_effects *effects)
{
	struct hub_buf out;
	if (!county->tell)
		return;
	hub_buf_init(&out, EVENT_LIMIT);
	story_print_instant(county->now_ms, &out);
	hub_buf_printf(&out, " %s\n", what);
	for (uint32_t i = 0; i < effects->count; i++) {
		hub_buf_text(&out, "  > ");
		story_print(&effects->outputs[i], &out);
		hub_buf_byte(&out, '\n');
	}
	printf("%.*s", HUB_STR_ARG(hub_buf_slice(&out)));
	hub_buf_done(&out);
}

static void send(struct county *county)
{
	struct line line;
	const struct hub_schema *schema;
	make(county, &line);
	hub_arena_reset(county->arena);
	const void *record =
	        story_read(hub_str_from(line.text), county->now_ms, line.number, county->arena, &schema);
	if (!record)
		fail_msg("not understood: %s", line.text);
	struct hub_table *table = partition_table(county->partition);
	hub_table_commit(table);
	uint64_t before = digest(table);
	partition_try(county->partition, schema, record, county->now_ms);
	if (before != digest(table))
		fail_msg("taking back changed something: %s", line.text);
	const struct hub_effects *effects =
	        partition_decide(county->partition, schema, record, county->now_ms);
	tell(county, line.text, effects);
	invariants_after(county->invariants, county->partition, schema, record, effects);
}

/* What the counties say to each other comes at once, later, or a day later. */
static void deliver(struct county *county, uint32_t most)
{
	struct hub_output said = { NULL, NULL };
	const struct hub_effects *effects;
	const void *record;
	for (uint32_t i = 0; i < most && (effects = partition_deliver(
	                                          county->partition, county->now_ms, &said.schema, &record));
	        i++) {
		tell(county, said.schema->name, effects);
		invariants_after(county->invariants, county->partition, NULL, NULL, effects);
	}
}

static void silence(struct county *county)
{
	static const char *const counties[] = { "990100", "990121", "990200" };
	struct hub_str id = hub_str_from(counties[pick(county, 3)]);
	if (pick(county, 40) == 0)
		post_silence(partition_post(county->partition), id, true);
	else if (pick(county, 12) == 0)
		post_silence(partition_post(county->partition), id, false);
}

static void pass_time(struct county *county)
{
	static const int32_t minutes[] = { 0, 0, 0, 0, 1, 1, 2, 5, 5, 20, 30, 300 };
	int64_t until_ms = county->now_ms + minutes[pick(county, 12)] * (int64_t)HUB_MINUTE_MS;
	if (pick(county, 500) == 0)
		until_ms += 40 * (int64_t)HUB_DAY_MS;
	struct hub_timer timer;
	const struct hub_effects *effects;
	while ((effects = partition_fire(county->partition, until_ms, &timer, &county->now_ms))) {
		char what[LINE];
		snprintf(what, sizeof(what), "timer %.*s of %.*s", HUB_STR_ARG(timer.name),
		        HUB_STR_ARG(timer.entity));
		tell(county, what, effects);
		invariants_after(county->invariants, county->partition, NULL, NULL, effects);
		deliver(county, pick(county, 4));
	}
	county->now_ms = until_ms;
}

static void run(uint64_t seed)
{
	struct county county = {
		.random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1,
		.partition = partition_new(CASES_DIR "/county.json"),
		.invariants = invariants_new(),
		.arena = hub_arena_new(EVENT_LIMIT),
		.now_ms = hub_day_start_ms(hub_day_from_ymd(2026, 3, 2)) + 8 * (int64_t)HUB_HOUR_MS,
		.tell = getenv("HUB_STORY") != NULL,
	};
	printf("seed %llu\n", (unsigned long long)seed);
	for (int step = 0; step < STEPS; step++) {
		send(&county);
		silence(&county);
		deliver(&county, pick(&county, 6));
		invariants_check(county.invariants, county.partition, county.now_ms);
		pass_time(&county);
	}
	/* Everybody hears everything: what is held for another county is wanted there. */
	post_silence(partition_post(county.partition), HUB_STR("990100"), false);
	post_silence(partition_post(county.partition), HUB_STR("990121"), false);
	post_silence(partition_post(county.partition), HUB_STR("990200"), false);
	deliver(&county, UINT32_MAX);
	/* Everything comes to an end, and is forgotten but for those that somebody must act on. */
	invariants_check(county.invariants, county.partition, county.now_ms);
	hub_arena_free(county.arena);
	invariants_free(county.invariants);
	partition_free(county.partition);
}

static void test_random_days(void **state)
{
	(void)state;
	const char *only = getenv("HUB_SEED");
	if (only) {
		run(strtoull(only, NULL, 10));
		return;
	}
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		run(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_random_days) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
