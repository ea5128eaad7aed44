#include "dashboard-gateway/view/stories.h"

#include "base/calendar.h"
#include "base/check.h"
#include "base/hash.h"
#include "base/map.h"
#include "records/decision_head.h"
#include "records/referral_routed.h"
#include "records/referral_unplaced.h"
#include "records/referral_waitlisted.h"
#include "wire/member.h"

#include <stdlib.h>

/* Hospitals and counties that were asked, as hashes; who else sees it, sender and county, always does. */
enum { NEAR = 6, FIRST_KEPT = 4 };

struct spot {
	int64_t offset;
	int32_t partition;
	uint32_t at_s;
};

struct story {
	struct hub_str referral_id;  /* behind the struct */
	struct story *older, *newer; /* by touched_ms */
	struct spot *spots;
	int64_t touched_ms, since_ms;
	uint32_t near[NEAR];
	uint16_t count, room;
	uint8_t near_next;
	bool unplaced; /* it was, at some time */
};

struct gateway_stories {
	struct hub_map *map;
	struct story *oldest, *newest;
	uint32_t most;
	uint64_t followed; /* rows up to this number have been looked at */
};

struct gateway_stories *gateway_stories_new(uint32_t most)
{
	struct gateway_stories *stories = calloc(1, sizeof(*stories));
	hub_check(stories && most > 0);
	stories->map = hub_map_new();
	stories->most = most;
	return stories;
}

static void unlink_story(struct gateway_stories *stories, struct story *story)
{
	*(story->older ? &story->older->newer : &stories->oldest) = story->newer;
	*(story->newer ? &story->newer->older : &stories->newest) = story->older;
}

static void link_newest(struct gateway_stories *stories, struct story *story)
{
	story->older = stories->newest;
	story->newer = NULL;
	*(stories->newest ? &stories->newest->newer : &stories->oldest) = story;
	stories->newest = story;
}

static void drop(struct gateway_stories *stories, struct story *story)
{
	unlink_story(stories, story);
	hub_map_remove(stories->map, story->referral_id);
	free(story->spots);
	free(story);
}

void gateway_stories_free(struct gateway_stories *stories)
{
	if (!stories)
		return;
	while (stories->oldest)
		drop(stories, stories->oldest);
	hub_map_free(stories->map);
	free(stories);
}

static struct story *add_story(struct gateway_stories *stories, struct hub_str referral_id)
{
	struct story *story = calloc(1, sizeof(*story) + referral_id.len);
	hub_check(story != NULL);
	memcpy(story + 1, referral_id.data, referral_id.len);
	story->referral_id = (struct hub_str){ (const char *)(story + 1), referral_id.len };
	story->since_ms = GATEWAY_NO_TIME;
	hub_map_put(stories->map, story->referral_id, story);
	link_newest(stories, story);
	if (hub_map_count(stories->map) > stories->most)
		drop(stories, stories->oldest);
	return story;
}

/* The story of a referral that something was heard of, made when there is none. Never NULL. */
static struct story *touch(struct gateway_stories *stories, struct hub_str referral_id, int64_t now_ms)
{
	struct story *story = hub_map_get(stories->map, referral_id);
	if (!story) {
		story = add_story(stories, referral_id);
	} else {
		unlink_story(stories, story);
		link_newest(stories, story);
	}
	if (now_ms > story->touched_ms)
		story->touched_ms = now_ms;
	return story;
}

static struct spot *room_for_one(struct story *story)
{
	if (story->count == GATEWAY_STORY_PLACES) {
		struct spot *from = &story->spots[FIRST_KEPT];
		memmove(from, from + 1, (size_t)(story->count - FIRST_KEPT - 1) * sizeof(*from));
		story->count--;
	} else if (story->count == story->room) {
		uint16_t room = story->room ? (uint16_t)(2 * story->room) : 4;
		story->spots = realloc(story->spots, room * sizeof(*story->spots));
		hub_check(story->spots != NULL);
		story->room = room;
	}
	return &story->spots[story->count++];
}

/* A referral's decisions lie on one partition; should the topic have been divided anew, time orders them. */
static bool before(const struct spot *a, const struct spot *b)
{
	return a->partition == b->partition ? a->offset < b->offset : a->at_s < b->at_s;
}

static bool has(const struct story *story, const struct spot *spot)
{
	for (uint16_t i = story->count; i-- > 0;)
		if (story->spots[i].partition == spot->partition && story->spots[i].offset == spot->offset)
			return true;
	return false;
}

static void add_spot(struct story *story, struct spot spot)
{
	if (has(story, &spot))
		return;
	struct spot *at = room_for_one(story);
	for (; at > story->spots && before(&spot, at - 1); at--)
		*at = at[-1];
	*at = spot;
}

static bool places(const struct hub_schema *schema)
{
	return schema == &hub_referral_routed_schema || schema == &hub_referral_waitlisted_schema ||
	       schema == &hub_referral_unplaced_schema;
}

void gateway_stories_add(struct gateway_stories *stories, int32_t partition, int64_t offset,
        const struct hub_schema *schema, const void *record)
{
	const struct hub_decision_head *head = record;
	const struct hub_field *field = hub_schema_field(schema, HUB_STR("referral_id"));
	if (!field || !hub_member_present(field, record))
		return;
	struct hub_str referral_id = hub_member_str(hub_member_at(field, record));
	if (!referral_id.len)
		return;
	struct story *story = touch(stories, referral_id, head->occurred_at);
	add_spot(story, (struct spot){ offset, partition, (uint32_t)(head->occurred_at / HUB_SECOND_MS) });
	if (places(schema) && head->occurred_at > story->since_ms)
		story->since_ms = head->occurred_at;
}

static uint32_t mark(struct hub_str id)
{
	uint64_t hash = hub_hash(HUB_HASH_START, id);
	uint32_t folded = (uint32_t)(hash ^ hash >> 32);
	return folded ? folded : 1; /* 0: free */
}

static void note(struct story *story, struct hub_str id)
{
	uint32_t marked = mark(id);
	if (!id.len)
		return;
	for (int i = 0; i < NEAR; i++)
		if (story->near[i] == marked)
			return;
	story->near[story->near_next] = marked;
	story->near_next = (uint8_t)((story->near_next + 1) % NEAR);
}

void gateway_stories_follow(struct gateway_stories *stories, const struct gateway_hot *hot, int64_t now_ms)
{
	const struct gateway_row *row = gateway_hot_after(hot, stories->followed);
	for (; row; row = row->newer) {
		const struct gateway_referral *referral = (const struct gateway_referral *)(const void *)row;
		if (row->kind != GATEWAY_REFERRAL || row->gone)
			continue;
		bool unplaced = hub_str_eq(referral->state, HUB_STR("UNPLACED"));
		if (!(unplaced || referral->to_org_id.len || referral->asked_org_id.len ||
		            referral->asked_county_id.len))
			continue;
		struct story *story = touch(stories, referral->referral_id, now_ms);
		note(story, referral->to_org_id);
		note(story, referral->asked_org_id);
		note(story, referral->asked_county_id);
		story->unplaced |= unplaced;
	}
	stories->followed = gateway_hot_seq(hot);
}

void gateway_stories_forget(struct gateway_stories *stories, int64_t before_ms)
{
	while (stories->oldest && stories->oldest->touched_ms < before_ms)
		drop(stories, stories->oldest);
}

uint32_t gateway_stories_places(const struct gateway_stories *stories, struct hub_str referral_id,
        struct gateway_place ret[GATEWAY_STORY_PLACES])
{
	const struct story *story = hub_map_get(stories->map, referral_id);
	for (uint16_t i = 0; story && i < story->count; i++)
		ret[i] = (struct gateway_place){ story->spots[i].partition, story->spots[i].offset };
	return story ? story->count : 0;
}

int64_t gateway_stories_since(const struct gateway_stories *stories, struct hub_str referral_id)
{
	const struct story *story = hub_map_get(stories->map, referral_id);
	return story ? story->since_ms : GATEWAY_NO_TIME;
}

/* What the viewer is to a referral that somebody asked it to take; others see what they see from its beginning. */
static struct hub_str asked_as(const struct gateway_viewer *viewer)
{
	if (viewer->role == GATEWAY_ROLE_HOSPITAL)
		return viewer->org_id;
	if (viewer->role == GATEWAY_ROLE_COUNTY || viewer->role == GATEWAY_ROLE_READ_ONLY)
		return viewer->county_id;
	return (struct hub_str){ NULL, 0 };
}

bool gateway_stories_was_near(const struct gateway_stories *stories, struct hub_str referral_id,
        const struct gateway_viewer *viewer)
{
	const struct story *story = hub_map_get(stories->map, referral_id);
	struct hub_str id = asked_as(viewer);
	for (int i = 0; story && id.len && i < NEAR; i++)
		if (story->near[i] == mark(id))
			return true;
	return false;
}

bool gateway_stories_was_unplaced(const struct gateway_stories *stories, struct hub_str referral_id)
{
	const struct story *story = hub_map_get(stories->map, referral_id);
	return story && story->unplaced;
}

uint32_t gateway_stories_count(const struct gateway_stories *stories)
{
	return (uint32_t)hub_map_count(stories->map);
}
