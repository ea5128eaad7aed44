/* The group coordinator, classic protocol, eager: everybody gives everything back, then the partitions are dealt anew
 * among those who came back in time. Members hear of it with their heartbeats, so late; one that is paused not at all. */
#include "kafka.h"
#include "world.h"

#include "base/check.h"

enum { SESSION_US = 6 * 1000 * 1000, REBALANCE_US = 3 * 1000 * 1000 };

static int64_t heartbeat_delay_us(struct kafka *kafka)
{
	return one_in(&kafka->dice, 6) ? roll(&kafka->dice, 2500) * 1000 : roll(&kafka->dice, 200) * 1000;
}

static void tell(struct kafka *kafka, struct member *member, struct group_news news, int64_t delay_us)
{
	int64_t last = member->news_count ? member->news[member->news_count - 1].due_us : 0;
	hub_check(member->news_count < NEWS_MAX);
	news.due_us = kafka->world->now_us + delay_us;
	if (news.due_us < last)
		news.due_us = last;
	member->news[member->news_count++] = news;
}

static void prepare(struct kafka *kafka)
{
	struct group *group = &kafka->group;
	group->preparing = true;
	group->deadline_us = kafka->world->now_us + REBALANCE_US;
	for (int i = 0; i < group->member_count; i++) {
		struct member *member = &group->members[i];
		if (!member->in_group)
			continue;
		member->rejoined = !member->owns;
		if (member->owns)
			tell(kafka, member, (struct group_news){ .revoke = true }, heartbeat_delay_us(kafka));
		member->owns = false;
	}
}

void group_rebalance(struct kafka *kafka)
{
	if (!kafka->group.preparing)
		prepare(kafka);
}

static struct member *enter(struct kafka *kafka, struct member *member)
{
	bool preparing = kafka->group.preparing;
	member->in_group = true;
	member->kicked = member->owns = member->answers = false;
	member->rejoined = true;
	member->expires_us = kafka->world->now_us + SESSION_US;
	member->generation = member->heard_generation = -1;
	if (!preparing)
		prepare(kafka);
	return member;
}

struct member *group_join(struct kafka *kafka)
{
	struct group *group = &kafka->group;
	hub_check(group->member_count < MEMBERS_MAX);
	return enter(kafka, &group->members[group->member_count++]);
}

void group_leave(struct kafka *kafka, struct member *member)
{
	if (!member->in_group)
		return;
	member->in_group = false;
	group_rebalance(kafka);
}

static void kick(struct kafka *kafka, struct member *member)
{
	member->in_group = false;
	member->kicked = true;
	member->owns = false;
	tell(kafka, member, (struct group_news){ .revoke = true, .lost = true }, heartbeat_delay_us(kafka));
}

void group_heartbeat(struct kafka *kafka, struct member *member)
{
	member->expires_us = kafka->world->now_us + SESSION_US;
}

static uint32_t present(const struct group *group)
{
	uint32_t count = 0;
	for (int i = 0; i < group->member_count; i++)
		count += group->members[i].in_group;
	return count;
}

/* Who did not come back is out; the rest gets its share, whatever the assignor. */
static void complete(struct kafka *kafka)
{
	struct group *group = &kafka->group;
	for (int i = 0; i < group->member_count; i++)
		if (group->members[i].in_group && !group->members[i].rejoined)
			kick(kafka, &group->members[i]);
	group->preparing = false;
	group->generation++;
	uint32_t count = present(group), at = count ? roll(&kafka->dice, count) : 0, seat = 0;
	for (int i = 0; i < group->member_count; i++) {
		struct member *member = &group->members[i];
		struct group_news news = { .generation = group->generation };
		if (!member->in_group)
			continue;
		for (int32_t p = 0; p < kafka->partitions; p++) {
			member->has[p] = (at + (uint32_t)p) % count == seat;
			if (member->has[p])
				news.partitions[news.count++] = p;
		}
		seat++;
		member->owns = true;
		member->generation = group->generation;
		tell(kafka, member, news, heartbeat_delay_us(kafka) / 4);
	}
}

bool group_owns(const struct kafka *kafka, const struct member *member, int32_t partition)
{
	return member->in_group && member->generation == kafka->group.generation && member->has[partition];
}

bool group_hear(struct kafka *kafka, struct member *member, struct group_news *ret)
{
	if (member->news_count == 0 || member->news[0].due_us > kafka->world->now_us)
		return false;
	*ret = member->news[0];
	member->news_count--;
	for (uint32_t i = 0; i < member->news_count; i++)
		member->news[i] = member->news[i + 1];
	if (!ret->revoke)
		member->heard_generation = ret->generation;
	else if (ret->lost)
		member->heard_generation = -1;
	return true;
}

void group_rejoin(struct kafka *kafka, struct member *member)
{
	if (member->kicked)
		enter(kafka, member);
	else
		member->rejoined = true;
	world_stir(kafka->world);
}

void group_tick(struct kafka *kafka)
{
	struct group *group = &kafka->group;
	int64_t now = kafka->world->now_us;
	bool all = true;
	for (int i = 0; i < group->member_count; i++) {
		struct member *member = &group->members[i];
		if (member->in_group && member->expires_us <= now) {
			kick(kafka, member);
			group_rebalance(kafka);
		}
		all &= !member->in_group || member->rejoined;
	}
	if (group->preparing && (all || now >= group->deadline_us)) {
		complete(kafka);
		world_stir(kafka->world);
	}
}

int64_t group_next_us(const struct kafka *kafka)
{
	const struct group *group = &kafka->group;
	int64_t next = group->preparing ? group->deadline_us : INT64_MAX;
	for (int i = 0; i < group->member_count; i++) {
		const struct member *member = &group->members[i];
		if (member->in_group && member->expires_us < next)
			next = member->expires_us;
		if (member->news_count && member->news[0].due_us > kafka->world->now_us &&
		        member->news[0].due_us < next)
			next = member->news[0].due_us;
	}
	return next;
}
