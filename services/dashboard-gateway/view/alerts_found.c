#include "dashboard-gateway/view/alerts_found.h"

#include "base/check.h"
#include "base/hash.h"
#include "dashboard-gateway/view/heard.h"
#include "dashboard-gateway/view/letters.h"
#include "dashboard-gateway/view/rows.h"
#include "dashboard-gateway/view/standing.h"
#include "dashboard-gateway/view/worklists.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct looking {
	const struct gateway_world *world;
	const struct gateway_viewer *viewer;
	struct gateway_alert *alert;
};

int gateway_alerts_by_number(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;
	return (*a > *b) - (*a < *b);
}

/* One that is known, but became such anew under a later time, is a newcomer, too. */
static bool covers(const struct gateway_taken *taken, int64_t member, int64_t at_ms)
{
	if (at_ms > taken->covers_until)
		return false;
	return taken->member_count == 0 || bsearch(&member, taken->members, taken->member_count,
	                                           sizeof(member), gateway_alerts_by_number);
}

static void add_member(struct gateway_alert *alert, uint64_t id_hash, int64_t at_ms)
{
	int64_t member = (int64_t)id_hash;
	struct gateway_members *members = alert->members;
	alert->count++;
	if (alert->taken && !covers(alert->taken, member, at_ms))
		alert->newcomer = true;
	if (members && members->count++ < GATEWAY_MEMBERS_MAX)
		members->items[members->count - 1] = member;
	if (at_ms == GATEWAY_NO_TIME)
		return;
	if (alert->oldest_at == GATEWAY_NO_TIME || at_ms < alert->oldest_at)
		alert->oldest_at = at_ms;
	if (at_ms > alert->newest_at)
		alert->newest_at = at_ms;
}

static void silent_publishers(const struct looking *looking)
{
	const struct gateway_world *world = looking->world;
	struct gateway_publisher publisher;
	for (size_t at = 0;
	        world->heard && gateway_heard_each(world->heard, world->now_ms, &at, &publisher);) {
		if (publisher.state != GATEWAY_SILENT ||
		        !gateway_sees_publisher(looking->viewer, publisher.county_id, publisher.org_id))
			continue;
		add_member(looking->alert,
		        hub_hash(hub_hash(HUB_HASH_START, publisher.county_id), publisher.org_id),
		        publisher.last_ms);
		looking->alert->org_id = looking->alert->count == 1 ? publisher.org_id : HUB_STR("");
	}
}

static void daemon_behind(const struct looking *looking)
{
	const struct gateway_feed_state *feed = &looking->world->feed;
	if (gateway_daemon_behind(feed))
		add_member(looking->alert, HUB_HASH_START, feed->asked_at_ms - feed->lag_ms);
}

static uint64_t letter_hash(const struct gateway_place *place)
{
	char id[40];
	(void)snprintf(id, sizeof(id), "%" PRId32 "-%" PRId64, place->partition, place->offset);
	return hub_hash(HUB_HASH_START, hub_str_from(id));
}

static void dead_letters(const struct looking *looking)
{
	const struct gateway_letter *letter;
	size_t at = 0;
	while (looking->world->letters &&
	        (letter = gateway_letters_each(looking->world, looking->viewer, &at)))
		add_member(looking->alert, letter_hash(&letter->place), letter->at_ms);
}

static void redis_away(const struct looking *looking)
{
	if (looking->world->feed.redis_away)
		add_member(looking->alert, HUB_HASH_START, looking->world->feed.redis_away_since_ms);
}

static void kafka_away(const struct looking *looking)
{
	if (looking->world->feed.kafka_away)
		add_member(looking->alert, HUB_HASH_START, looking->world->feed.kafka_away_since_ms);
}

/* A kind is a worklist, or something that is looked for. operations: for those who look after the hub; a hospital hears of
 * its own silence all the same. */
static const struct kind {
	const char *name;
	enum gateway_severity severity;
	bool operations;
	enum gateway_worklist worklist;
	void (*look)(const struct looking *looking);
} kinds[] = {
	{ "overdue", GATEWAY_CRITICAL, false, GATEWAY_OVERDUE, NULL },
	{ "unplaced", GATEWAY_CRITICAL, false, GATEWAY_UNPLACED, NULL },
	{ "awaiting_authorisation", GATEWAY_WARNING, false, GATEWAY_AWAITING_AUTHORISATION, NULL },
	{ "waiting_long", GATEWAY_WARNING, false, GATEWAY_WAITING_LONG, NULL },
	{ "publisher_silent", GATEWAY_WARNING, true, GATEWAY_ALL, silent_publishers },
	{ "daemon_behind", GATEWAY_CRITICAL, true, GATEWAY_ALL, daemon_behind },
	{ "dead_letters", GATEWAY_WARNING, true, GATEWAY_ALL, dead_letters },
	{ "redis_away", GATEWAY_WARNING, true, GATEWAY_ALL, redis_away },
	{ "kafka_away", GATEWAY_CRITICAL, true, GATEWAY_ALL, kafka_away },
};
_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == GATEWAY_ALERT_KINDS, "an alert of each kind has room");

const char *gateway_severity_name(enum gateway_severity severity)
{
	static const char *const names[] = { "critical", "warning", "info" };
	hub_check((unsigned)severity < sizeof(names) / sizeof(names[0]));
	return names[severity];
}

static bool concerns(const struct kind *kind, const struct gateway_viewer *viewer)
{
	if (!kind->operations || gateway_sees_operations(viewer))
		return viewer->role != GATEWAY_ROLE_NONE;
	return viewer->role == GATEWAY_ROLE_HOSPITAL && kind->look == silent_publishers;
}

/* Whose alert it is stands in its id, so that two counties' are two. */
static void begin(struct gateway_alert *alert, const struct kind *kind, const struct gateway_viewer *viewer)
{
	const char *scope = "";
	struct hub_str whose = viewer->county_id;
	if (viewer->role == GATEWAY_ROLE_HOSPITAL) {
		scope = "o-";
		whose = viewer->org_id;
	} else if (viewer->role == GATEWAY_ROLE_CONSORTIUM) {
		scope = "c-";
		whose = viewer->consortium_id;
	}
	*alert = (struct gateway_alert){ .kind = kind->name,
		.severity = kind->severity,
		.oldest_at = GATEWAY_NO_TIME,
		.newest_at = GATEWAY_NO_TIME };
	(void)snprintf(alert->id, sizeof(alert->id), "%s-%s%.*s", kind->name, scope, HUB_STR_ARG(whose));
	if (!kind->look)
		(void)snprintf(alert->query, sizeof(alert->query), "worklist=%s",
		        gateway_worklist_name(kind->worklist));
}

/* All worklists in one pass. */
static void count_referrals(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct gateway_alert alerts[GATEWAY_ALERT_KINDS])
{
	const struct gateway_referral *referral;
	for (size_t at = 0; (referral = gateway_referrals_each(world, viewer, &at));)
		for (int i = 0; i < GATEWAY_ALERT_KINDS; i++)
			if (!kinds[i].look && gateway_on_worklist(kinds[i].worklist, world, viewer, referral))
				add_member(&alerts[i], hub_hash(HUB_HASH_START, referral->referral_id),
				        gateway_on_worklist_since(kinds[i].worklist, world, referral));
}

static int by_age(const void *left, const void *right)
{
	const struct gateway_alert *a = left, *b = right;
	if (a->oldest_at != b->oldest_at)
		return a->oldest_at < b->oldest_at ? -1 : 1;
	return strcmp(a->kind, b->kind);
}

static int by_severity(const void *left, const void *right)
{
	const struct gateway_alert *a = left, *b = right;
	return a->severity != b->severity ? (a->severity < b->severity ? -1 : 1) : by_age(left, right);
}

uint32_t gateway_alerts_find(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_str alert_id, struct gateway_members *members,
        struct gateway_alert ret[GATEWAY_ALERT_KINDS])
{
	uint32_t count = 0;
	for (int i = 0; i < GATEWAY_ALERT_KINDS; i++) {
		begin(&ret[i], &kinds[i], viewer);
		ret[i].taken = gateway_alerts_taken(world->alerts, hub_str_from(ret[i].id));
		ret[i].members = hub_str_is(alert_id, ret[i].id) ? members : NULL;
		if (kinds[i].look && concerns(&kinds[i], viewer))
			kinds[i].look(&(struct looking){ world, viewer, &ret[i] });
	}
	count_referrals(world, viewer, ret);
	for (int i = 0; i < GATEWAY_ALERT_KINDS; i++)
		if (ret[i].count)
			ret[count++] = ret[i];
	qsort(ret, count, sizeof(*ret), by_severity);
	if (count > GATEWAY_ALERTS_MAX)
		count = GATEWAY_ALERTS_MAX;
	qsort(ret, count, sizeof(*ret), by_age);
	return count;
}
