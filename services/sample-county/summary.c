#include "sample-county/summary.h"

#include "base/calendar.h"
#include "sample-county/county.h"
#include "sample-county/tally.h"

#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 100, NUMBER_LEN = 32 };

/* 12345 -> "12,345", in text. */
static const char *number(uint64_t value, char text[NUMBER_LEN])
{
	char digits[NUMBER_LEN];
	int n = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
	char *to = text;
	for (int i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = 0;
	return text;
}

static int more_first(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x < y) - (x > y);
}

/* "title   total unit: n name · n name ...", the largest first, wrapped. */
static void put_counts(const char *title, const char *unit, const struct tally_counts *counts)
{
	char text[NUMBER_LEN];
	int column = printf("  %-11s %s %s", title, number(counts->total, text), unit);
	/* Sorted by count: the count in the high half, the place in the low one. */
	uint64_t order[TALLY_NAMES];
	for (uint32_t i = 0; i < counts->count; i++)
		order[i] = counts->items[i].count << 8 | i;
	qsort(order, counts->count, sizeof(order[0]), more_first);
	for (uint32_t i = 0; i < counts->count; i++) {
		uint32_t at = order[i] & 0xff;
		char item[128];
		int n = snprintf(item, sizeof(item), "%s %.*s", number(counts->items[at].count, text),
		        HUB_STR_ARG(counts->items[at].name));
		const char *before = i ? " · " : ": ";
		if (column + 3 + n > WIDTH) {
			before = "";
			column = printf("%s\n%14s", i ? " ·" : ":", "") - 1;
		}
		printf("%s%s", before, item);
		column += 3 + n;
	}
	putchar('\n');
}

static void put_row(const char *name, uint64_t first, uint64_t last, uint64_t total)
{
	char a[NUMBER_LEN], b[NUMBER_LEN];
	int bar = total ? (int)(first * 30 / total) : 0;
	printf("    %-34s %8s %12s  %.*s%s\n", name, number(first, a), number(last, b), bar * 3,
	        "▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇", first && !bar ? "▏" : "");
}

static void put_answers(const struct tally *tally)
{
	static const struct {
		enum hub_route_path path;
		const char *name;
	} paths[] = {
		{ HUB_ROUTE_PATH_GREEN_CHANNEL, "green channel" },
		{ HUB_ROUTE_PATH_OWN_LEAD, "own lead hospital" },
		{ HUB_ROUTE_PATH_OWN_MEMBER, "another member" },
		{ HUB_ROUTE_PATH_SECOND_CONSORTIUM, "the sender's second consortium" },
		{ HUB_ROUTE_PATH_PARTNER_CONSORTIUM, "a partner consortium" },
		{ HUB_ROUTE_PATH_CITY_HOSPITAL, "a city hospital" },
		{ HUB_ROUTE_PATH_OTHER, "another hospital" },
		{ HUB_ROUTE_PATH_HOME, "home, to their health centre" },
	};
	static const char *const others[TALLY_ANSWERS] = {
		[TALLY_NOT_YET] = "NOT ANSWERED",
		[TALLY_WAITS_FOR_SLOT] = "waiting for a slot or a bed",
		[TALLY_WAITS_FOR_AUTHORISATION] = "waiting to leave the county",
		[TALLY_UNPLACED] = "unplaced",
		[TALLY_REFUSED] = "refused",
	};
	uint64_t total = hub_map_count(tally->referrals);
	char text[NUMBER_LEN];
	printf("\n  %s referrals, by answer %20s %12s\n", number(total, text), "first", "latest");
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (tally->first.paths[paths[i].path] || tally->last.paths[paths[i].path])
			put_row(paths[i].name, tally->first.paths[paths[i].path],
			        tally->last.paths[paths[i].path], total);
	for (int i = 0; i < TALLY_ANSWERS; i++)
		if (others[i] && (tally->first.others[i] || tally->last.others[i]))
			put_row(others[i], tally->first.others[i], tally->last.others[i], total);
}

static void put_fates(const struct tally *tally)
{
	static const char *const names[TALLY_FATES] = { "still open", "accepted, patient to come", "arrived",
		"completed", "cancelled", "no-show", "ended otherwise" };
	struct tally_counts counts = { 0 };
	for (int i = TALLY_FATES - 1; i >= 0; i--) {
		if (!tally->fates[i])
			continue;
		counts.items[counts.count].name = hub_str_from(names[i]);
		counts.items[counts.count++].count = tally->fates[i];
		counts.total += tally->fates[i];
	}
	putchar('\n');
	put_counts("Stand", "referrals", &counts);
}

static void put_slots(const char *title, const struct tally_slots *slots)
{
	char a[NUMBER_LEN], b[NUMBER_LEN], c[NUMBER_LEN], d[NUMBER_LEN], e[NUMBER_LEN], f[NUMBER_LEN];
	uint64_t used = slots->used_referred + slots->used_own;
	printf("  %-11s %s sessions, %s slots: %s open + %s held + %s used (%s by own patients)\n", title,
	        number(slots->sessions, a), number(slots->open + slots->held + used, b),
	        number(slots->open, c), number(slots->held, d), number(used, e), number(slots->used_own, f));
}

static void put_speed(const struct tally *tally)
{
	char a[NUMBER_LEN], b[NUMBER_LEN];
	int64_t took_ms = tally->appended_last_ms - tally->appended_first_ms;
	uint64_t rate = took_ms > 0 ? tally->events.total * 1000 / (uint64_t)took_ms : 0;
	printf("  %-11s %lld records not read yet · %s dead letters · %s repeats answered by the present "
	       "state\n",
	        "Health", (long long)tally->lag, number(tally->dead_letters, a), number(tally->repeats, b));
	printf("  %-11s %s events a second in lockstep (five minutes of the day at a time, every answer "
	       "awaited)\n",
	        "Speed", number(rate, a));
}

static void put_tally(const struct tally *tally, struct hub_str county)
{
	static const char *const days[] = { "", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	if (!tally->events.total) {
		printf("\n  %.*s: no event yet.\n", HUB_STR_ARG(county));
		return;
	}
	char date[HUB_DATE_LEN + 1];
	int32_t day = hub_day_of(tally->day_ms);
	hub_day_format(day, date);
	printf("\n  %.*s, %s %s\n\n", HUB_STR_ARG(county), days[hub_weekday(day)], date);
	put_counts("Sent", "events", &tally->events);
	put_answers(tally);
	put_fates(tally);
	put_slots("That day", &tally->slots_of_day);
	put_slots("All days", &tally->slots);
	put_counts("Deadlines", "fired", &tally->deadlines);
	put_counts("Refused", "events", &tally->refusals);
	if (tally->chain)
		printf("  %-11s %u hospitals said no or nothing to %.*s\n", "Chain", tally->chain,
		        HUB_STR_ARG(tally->chain_referral));
	put_speed(tally);
	printf("\n  Look next\n    hubctl explain %.*s\n    hubctl status · hubctl tail referral.decisions\n",
	        HUB_STR_ARG(tally->chain_referral));
}

int sample_summary_print(
        const struct hub_kafka_properties *properties, const char *prefix, struct hub_error *reterr)
{
	struct tally tally;
	struct sample_county county = { 0 };
	char registry[256];
	snprintf(registry, sizeof(registry), "%sregistry", prefix);
	int rc = tally_take(&tally, properties, prefix, reterr);
	if (!rc)
		rc = sample_county_read(&county, properties, registry, hub_day_of(tally.day_ms), reterr);
	if (!rc)
		put_tally(&tally, county.name);
	sample_county_done(&county);
	tally_done(&tally);
	return rc;
}
