#include "dashboard-gateway/view/heard.h"

#include "base/calendar.h"
#include "base/check.h"
#include "base/map.h"
#include "dashboard-gateway/view/sent.h"
#include "records/referral_event_refused.h"

#include <stdlib.h>

/* Refusals answer ids that no registry knows: a program that makes them up must not fill the memory. */
enum { COUNTIES_MAX = 4000, PUBLISHERS_MAX = 50000 };
enum { SENT_KEPT = 10000, CODES_MAX = 64, CODE_LEN = 64, KEY_MAX = 300 };
enum {
	GAPS_NEEDED = 5,
	LATE_TIMES = 4,
	SILENT_TIMES = 10,
	LEAST_LATE_MS = 30 * HUB_SECOND_MS,
	LEAST_SILENT_MS = HUB_MINUTE_MS
};

struct refusals {
	char code[CODE_LEN];
	uint32_t len, count;
};

struct county {
	struct hub_str county_id; /* behind the struct */
	uint64_t events;
	uint32_t publishers;
	int32_t day; /* of the refusals */
	uint32_t codes;
	struct refusals refusals[CODES_MAX]; /* by code */
};

struct publisher {
	struct hub_str key; /* county, line feed, organisation; behind the struct */
	struct hub_str org_id;
	struct county *county;
	int64_t last_ms, usual_ms, usual_events; /* the others' in such a gap */
	uint64_t events;                         /* of the county, at its last */
	uint32_t gaps;
	int32_t day;
	uint32_t refused;
};

struct gateway_heard {
	struct hub_map *counties, *publishers;
	struct gateway_sent *sent;
};

struct gateway_heard *gateway_heard_new(void)
{
	struct gateway_heard *heard = calloc(1, sizeof(*heard));
	hub_check(heard != NULL);
	heard->counties = hub_map_new();
	heard->publishers = hub_map_new();
	heard->sent = gateway_sent_new(SENT_KEPT);
	return heard;
}

static void free_values(struct hub_map *map)
{
	struct hub_str key;
	void *value;
	for (size_t at = 0; hub_map_next(map, &at, &key, &value);)
		free(value);
	hub_map_free(map);
}

void gateway_heard_free(struct gateway_heard *heard)
{
	if (!heard)
		return;
	free_values(heard->publishers);
	free_values(heard->counties);
	gateway_sent_free(heard->sent);
	free(heard);
}

/* NULL: too many. */
static struct county *county_of(struct gateway_heard *heard, struct hub_str county_id)
{
	struct county *county = hub_map_get(heard->counties, county_id);
	if (county || hub_map_count(heard->counties) == COUNTIES_MAX)
		return county;
	county = calloc(1, sizeof(*county) + county_id.len + 1);
	hub_check(county != NULL);
	char *own = (char *)(county + 1);
	if (county_id.len)
		memcpy(own, county_id.data, county_id.len);
	county->county_id = (struct hub_str){ own, county_id.len };
	hub_map_put(heard->counties, county->county_id, county);
	return county;
}

/* NULL: ids longer than ids are, or too many. */
static struct publisher *publisher_of(
        struct gateway_heard *heard, struct county *county, struct hub_str org_id)
{
	char text[KEY_MAX];
	struct hub_str key = { text, county->county_id.len + 1 + org_id.len };
	if (!org_id.len || key.len > KEY_MAX)
		return NULL;
	memcpy(text, county->county_id.data, county->county_id.len);
	text[county->county_id.len] = '\n';
	memcpy(text + county->county_id.len + 1, org_id.data, org_id.len);
	struct publisher *publisher = hub_map_get(heard->publishers, key);
	if (publisher || hub_map_count(heard->publishers) == PUBLISHERS_MAX)
		return publisher;
	publisher = calloc(1, sizeof(*publisher) + key.len);
	hub_check(publisher != NULL);
	char *own = memcpy(publisher + 1, text, key.len);
	publisher->key = (struct hub_str){ own, key.len };
	publisher->org_id = (struct hub_str){ own + county->county_id.len + 1, org_id.len };
	publisher->county = county;
	publisher->last_ms = GATEWAY_NO_TIME;
	county->publishers++;
	hub_map_put(heard->publishers, publisher->key, publisher);
	return publisher;
}

/* One step towards the median: it stands still where as many gaps are longer as are shorter. */
static void track(int64_t *median, uint32_t seen, int64_t value)
{
	enum { SLOW = 16 };
	int64_t step = *median / (seen < SLOW ? seen + 1 : SLOW);
	if (step < 1)
		step = 1;
	if (seen == 0)
		*median = value;
	else if (value > *median)
		*median += step;
	else if (value<*median && * median> 1)
		*median -= step < *median ? step : *median - 1;
}

/* Several decisions of one instant are one sign of life. */
static void alive(struct publisher *publisher, int64_t now_ms)
{
	struct county *county = publisher->county;
	int64_t gap = now_ms - publisher->last_ms;
	if (publisher->last_ms != GATEWAY_NO_TIME && gap <= 0)
		return;
	if (publisher->last_ms != GATEWAY_NO_TIME) {
		track(&publisher->usual_ms, publisher->gaps, gap);
		track(&publisher->usual_events, publisher->gaps,
		        (int64_t)(county->events - publisher->events) - 1);
		publisher->gaps++;
	}
	publisher->last_ms = now_ms;
	publisher->events = county->events;
}

static void count_code(struct county *county, struct hub_str code)
{
	uint32_t at = 0;
	if (code.len > CODE_LEN)
		code.len = CODE_LEN;
	for (; at < county->codes; at++) {
		struct refusals *known = &county->refusals[at];
		int order = hub_str_cmp((struct hub_str){ known->code, known->len }, code);
		if (order == 0) {
			known->count++;
			return;
		}
		if (order > 0)
			break;
	}
	if (county->codes == CODES_MAX)
		return;
	memmove(&county->refusals[at + 1], &county->refusals[at],
	        (county->codes - at) * sizeof(county->refusals[0]));
	county->refusals[at] = (struct refusals){ .len = code.len, .count = 1 };
	if (code.len)
		memcpy(county->refusals[at].code, code.data, code.len);
	county->codes++;
}

static void refused(struct publisher *publisher, struct hub_str code, int64_t now_ms)
{
	int32_t day = hub_day_of(now_ms);
	struct county *county = publisher->county;
	if (day > county->day) {
		county->day = day;
		county->codes = 0;
	}
	if (day > publisher->day) {
		publisher->day = day;
		publisher->refused = 0;
	}
	publisher->refused += day == publisher->day;
	if (day == county->day)
		count_code(county, code);
}

bool gateway_heard_decision(struct gateway_heard *heard, const struct hub_schema *schema, const void *record)
{
	const struct hub_decision_head *head = record;
	if (!head->has_answers)
		return false;
	struct county *county = county_of(heard, head->county_id);
	struct publisher *publisher =
	        county ? publisher_of(heard, county, head->answers.source_org_id) : NULL;
	if (county)
		county->events++;
	if (publisher) {
		alive(publisher, head->occurred_at);
		if (schema == &hub_referral_event_refused_schema)
			refused(publisher, ((const struct hub_referral_event_refused *)record)->reason_code,
			        head->occurred_at);
	}
	return gateway_sent_decision(heard->sent, schema, head);
}

void gateway_heard_sent(struct gateway_heard *heard, struct hub_str org_id, struct hub_str event_id)
{
	gateway_sent_expect(heard->sent, org_id, event_id);
}

const char *gateway_publisher_state_name(enum gateway_publisher_state state)
{
	static const char *const names[] = { "fresh", "late", "silent" };
	hub_check((unsigned)state < sizeof(names) / sizeof(names[0]));
	return names[state];
}

/* Silent for so many of its usual gaps, by the clock and, where there are others, by what they sent meanwhile. */
static bool silent_for(const struct publisher *publisher, int64_t silent_ms, int64_t times, int64_t least_ms)
{
	int64_t events = (int64_t)(publisher->county->events - publisher->events);
	bool others = publisher->county->publishers > 1;
	return silent_ms > least_ms && silent_ms > times * publisher->usual_ms &&
	       (!others || events > times * publisher->usual_events);
}

static enum gateway_publisher_state state_of(const struct publisher *publisher, int64_t silent_ms)
{
	bool habit = publisher->gaps >= GAPS_NEEDED;
	if (silent_ms > HUB_DAY_MS && (!habit || silent_ms > SILENT_TIMES * publisher->usual_ms))
		return GATEWAY_SILENT;
	if (habit && silent_for(publisher, silent_ms, SILENT_TIMES, LEAST_SILENT_MS))
		return GATEWAY_SILENT;
	return habit && silent_for(publisher, silent_ms, LATE_TIMES, LEAST_LATE_MS) ? GATEWAY_LATE
	                                                                            : GATEWAY_FRESH;
}

bool gateway_heard_each(
        const struct gateway_heard *heard, int64_t now_ms, size_t *at, struct gateway_publisher *ret)
{
	struct hub_str key;
	void *value;
	if (!hub_map_next(heard->publishers, at, &key, &value))
		return false;
	const struct publisher *publisher = value;
	int64_t silent_ms = now_ms > publisher->last_ms ? now_ms - publisher->last_ms : 0;
	*ret = (struct gateway_publisher){
		.county_id = publisher->county->county_id,
		.org_id = publisher->org_id,
		.last_ms = publisher->last_ms,
		.usual_gap_ms = publisher->gaps >= GAPS_NEEDED ? publisher->usual_ms : GATEWAY_NO_TIME,
		.silent_ms = silent_ms,
		.state = state_of(publisher, silent_ms),
		.refused_today = publisher->day == hub_day_of(now_ms) ? publisher->refused : 0,
	};
	return true;
}

void gateway_heard_refusals(const struct gateway_heard *heard, struct hub_str county_id, int64_t now_ms,
        void (*visit)(void *user, struct hub_str reason_code, uint32_t count), void *user)
{
	const struct county *county = hub_map_get(heard->counties, county_id);
	if (!county || county->day != hub_day_of(now_ms))
		return;
	for (uint32_t i = 0; i < county->codes; i++)
		visit(user, (struct hub_str){ county->refusals[i].code, county->refusals[i].len },
		        county->refusals[i].count);
}

bool gateway_heard_answer(const struct gateway_heard *heard, struct hub_str org_id, struct hub_str event_id,
        struct gateway_answer *ret)
{
	return gateway_sent_answer(heard->sent, org_id, event_id, ret);
}

void gateway_heard_answers_after(const struct gateway_heard *heard, uint64_t number,
        void (*visit)(void *user, const struct gateway_answer *answer), void *user)
{
	gateway_sent_after(heard->sent, number, visit, user);
}

uint64_t gateway_heard_last_answer(const struct gateway_heard *heard)
{
	return gateway_sent_last(heard->sent);
}
