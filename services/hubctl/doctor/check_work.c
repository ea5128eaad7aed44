/* The work itself: does the router come through what is sent, does Redis follow, what could not be decided. */
#include "hubctl/doctor/checks.h"

#include <inttypes.h>
#include <stdio.h>

/* Lag over all inputs of one look. */
struct lag {
	int64_t records;
	uint32_t partitions, stuck; /* that lag; of them: nothing was committed between the looks */
};

static const struct hub_error *input_error(const struct doctor_group_look *look)
{
	for (uint32_t i = 0; i < look->input_count; i++)
		if (look->inputs[i].error.code)
			return &look->inputs[i].error;
	return NULL;
}

static struct lag lag_of(const struct doctor_group_look *look, const struct doctor_group_look *before)
{
	struct lag lag = { 0 };
	for (uint32_t i = 0; i < look->input_count; i++)
		for (uint32_t p = 0; p < look->inputs[i].count; p++) {
			const struct hub_group_position *at = &look->inputs[i].partitions[p];
			int64_t waiting = doctor_waiting(&look->inputs[i], p);
			lag.records += waiting;
			lag.partitions += waiting > 0;
			lag.stuck += waiting > 0 && before && p < before->inputs[i].count &&
			             doctor_waiting(&before->inputs[i], p) > 0 &&
			             before->inputs[i].partitions[p].committed == at->committed;
		}
	return lag;
}

/* Not one of the router's copies: their names begin with the group's. */
static const struct hub_group_member *stranger(
        const struct doctor_seen *seen, const struct doctor_group_look *look)
{
	char name[256];
	snprintf(name, sizeof(name), "%s%s-", seen->prefix ? seen->prefix : "", seen->daemon);
	for (uint32_t i = 0; i < look->member_count; i++)
		if (!hub_str_starts_with(look->members[i].client, hub_str_from(name)))
			return &look->members[i];
	return NULL;
}

static bool explained(const struct doctor_findings *out)
{
	return DOCTOR_FOUND(out, DOCTOR_DAEMON_AWAY, DOCTOR_DAEMON_HANGS, DOCTOR_DAEMON_TWO,
	        DOCTOR_DAEMON_PASSWORD, DOCTOR_DAEMON_ACL, DOCTOR_DAEMON_TLS, DOCTOR_DAEMON_BROKER,
	        DOCTOR_DAEMON_TRANSACTION, DOCTOR_DAEMON_STOPPED, DOCTOR_OFFSETS_DISAGREE,
	        DOCTOR_DAEMON_NOT_READY, DOCTOR_CLOCK_SKEW, DOCTOR_REGISTRY_EMPTY, DOCTOR_KAFKA_MIN_ISR,
	        DOCTOR_KAFKA_LEADERLESS, DOCTOR_TOPIC_MISSING, DOCTOR_DISK_FULL);
}

static void stands_still(const struct doctor_seen *seen, const struct lag *first, const struct lag *now,
        struct doctor_findings *out)
{
	const struct doctor_kafka *kafka = &seen->kafka;
	const struct hub_group_member *foreign = stranger(seen, &kafka->second);
	int s = (int)((kafka->second.at_ms - kafka->first.at_ms + 500) / 1000);
	const char *records = doctor_count(out, (uint64_t)now->records, "record");
	const char *partitions = doctor_count(out, now->stuck, "partition");
	if (foreign)
		doctor_fault(out, DOCTOR_CONSUMER_FOREIGN, NULL, HUB_STR(""),
		        "%s wait, nothing committed in %s for %d s; \"%.*s\" from %.*s is in the group",
		        records, partitions, s, HUB_STR_ARG(foreign->client), HUB_STR_ARG(foreign->host));
	else if (explained(out))
		doctor_follows(out, "%s wait in %s; follows from the above", records, partitions);
	else if (kafka->second.member_count == 0)
		doctor_fault(out, DOCTOR_CONSUMER_NONE, NULL, HUB_STR(""),
		        "%s wait in %s, the group is empty", records, partitions);
	else
		doctor_fault(out, DOCTOR_CONSUMER_STUCK, NULL, HUB_STR(""),
		        "%s wait (%" PRId64 " more than %d s ago); %.*s from %.*s commits nothing in %s",
		        records, now->records - first->records, s,
		        HUB_STR_ARG(kafka->second.members[0].client),
		        HUB_STR_ARG(kafka->second.members[0].host), partitions);
}

void doctor_check_lag(const struct doctor_seen *seen, struct doctor_findings *out)
{
	const struct doctor_kafka *kafka = &seen->kafka;
	const struct hub_error *error = input_error(&kafka->first);
	if (!error && kafka->second.at_ms)
		error = input_error(&kafka->second);
	if (error) {
		doctor_no_answer(out, "the router's inputs", error);
		return;
	}
	struct lag first = lag_of(&kafka->first, NULL);
	struct lag now = kafka->second.at_ms ? lag_of(&kafka->second, &kafka->first) : first;
	if (now.stuck)
		stands_still(seen, &first, &now, out);
	else if (now.records && kafka->second.at_ms)
		doctor_ok(out, "%s wait, and it comes on: %s %d s ago",
		        doctor_count(out, (uint64_t)now.records, "record"),
		        doctor_count(out, (uint64_t)first.records, "record"),
		        (int)((kafka->second.at_ms - kafka->first.at_ms + 500) / 1000));
	else if (now.records)
		doctor_note(out, "%s wait; there was no time to see whether it comes on",
		        doctor_count(out, (uint64_t)now.records, "record"));
	else if (kafka->first.member_count == 0 && !explained(out))
		doctor_fault(out, DOCTOR_CONSUMER_NONE, NULL, HUB_STR(""),
		        "nothing waits, but the group is empty: the next event will");
	else
		doctor_ok(out, "nothing waits");
}

/* Offsets of a changelog and the broker's times in it go up together: a fence that does not fit is of another one. */
static bool is_foreign(const struct hub_fence *fence, const struct doctor_changelog *log, bool later)
{
	if (!log->count)
		return false;
	const struct doctor_place *newest = &log->positions[log->count - 1];
	if (fence->live && later && fence->offset > newest->offset)
		return true;
	for (uint32_t i = 0; fence->live && i < log->count; i++) {
		const struct doctor_place *at = &log->positions[i];
		if ((fence->offset == at->offset && fence->timestamp_ms != at->timestamp_ms) ||
		        (fence->offset < at->offset && fence->timestamp_ms > at->timestamp_ms) ||
		        (fence->offset > at->offset && fence->timestamp_ms < at->timestamp_ms))
			return true;
	}
	return false;
}

struct fences {
	uint32_t used, level, missing, foreign, behind, moving;
	uint32_t unread; /* that are not in used: the position is not known */
	int32_t example; /* a partition of what is wrong */
	int64_t records; /* the most that one is behind */
};

static bool is_level(const struct doctor_fence *fence, int64_t newest)
{
	return fence->parsed && fence->fence.live && fence->fence.offset == newest;
}

static bool stands(const struct doctor_fence *fence, const struct doctor_fence *again)
{
	return again && fence->parsed && again->parsed && again->fence.live == fence->fence.live &&
	       again->fence.offset == fence->fence.offset && again->fence.write == fence->fence.write;
}

/* log: as it was when fence was seen; later, again: of the second look, NULL: there was none. */
static void count_fence(int32_t p, const struct doctor_changelog *log, const struct doctor_fence *fence,
        const struct doctor_changelog *later, const struct doctor_fence *again, struct fences *all)
{
	int64_t newest = log->count ? log->positions[log->count - 1].offset : -1;
	bool foreign = fence->parsed && is_foreign(&fence->fence, later ? later : log, later != NULL);
	if (!log->count)
		foreign = fence->there && later;
	bool wrong = !foreign && fence->there && !is_level(fence, newest), still = stands(fence, again);
	all->used++;
	all->foreign += foreign;
	all->missing += !fence->there && !(again && again->there);
	all->level += !foreign && is_level(fence, newest);
	all->behind += wrong && still;
	all->moving += wrong && !still;
	if (foreign || (wrong && still))
		all->example = p;
	if (fence->parsed && fence->fence.live && newest - fence->fence.offset > all->records)
		all->records = newest - fence->fence.offset;
}

static struct fences count_fences(const struct doctor_seen *seen)
{
	const struct doctor_kafka *kafka = &seen->kafka;
	struct fences all = { 0 };
	for (uint32_t p = 0; p < kafka->first.changelog_count && p < DOCTOR_PARTITIONS_MAX; p++) {
		bool twice = kafka->second.changelog_count > p && seen->redis.second.at_ms;
		const struct doctor_changelog *log = &kafka->first.changelogs[p];
		const struct doctor_fence *fence = &seen->redis.first.fences[p];
		bool unread = log->unread || (twice && kafka->second.changelogs[p].unread);
		all.unread += unread;
		if (unread)
			continue;
		if (log->count || fence->there)
			count_fence((int32_t)p, log, fence, twice ? &kafka->second.changelogs[p] : NULL,
			        twice ? &seen->redis.second.fences[p] : NULL, &all);
	}
	return all;
}

/* Fences of partitions that this hub does not have. */
static uint32_t beyond(const struct doctor_seen *seen)
{
	uint32_t count = 0;
	for (uint32_t p = seen->kafka.first.changelog_count; p < DOCTOR_PARTITIONS_MAX; p++)
		count += seen->redis.first.fences[p].there;
	return count;
}

static bool router_is_ready(const struct doctor_seen *seen)
{
	for (uint32_t i = 0; i < seen->daemons.count; i++)
		if (hub_str_is(seen->daemons.daemons[i].name, seen->daemon) && seen->daemons.daemons[i].ready)
			return true;
	return false;
}

static void judge_fences(const struct doctor_seen *seen, const struct fences *all, uint32_t others,
        struct doctor_findings *out)
{
	const char *used = doctor_count(out, all->used, "partition");
	bool explains = DOCTOR_FOUND(out, DOCTOR_REDIS_REPLICA, DOCTOR_REDIS_FULL, DOCTOR_REDIS_CANNOT_SAVE,
	                        DOCTOR_DAEMON_STORE, DOCTOR_DAEMON_AWAY, DOCTOR_DAEMON_HANGS) ||
	                (!router_is_ready(seen) && explained(out));
	if (all->foreign)
		doctor_fault(out, DOCTOR_REDIS_FOREIGN, NULL, HUB_STR(""),
		        "the fences of %u of %s are not of this hub's state (partition %d is one)",
		        all->foreign, used, all->example);
	else if (others)
		doctor_fault(out, DOCTOR_REDIS_FOREIGN, NULL, HUB_STR(""),
		        "fences of %s that this hub does not have", doctor_count(out, others, "partition"));
	else if (all->missing == all->used && !explains && router_is_ready(seen))
		doctor_fault(out, DOCTOR_REDIS_ELSEWHERE, NULL, HUB_STR(""),
		        "%s, database %d has nothing of %s, and the router says that it is whole",
		        seen->redis.address, (int)seen->redis.database, used);
	else if (explains && all->level < all->used)
		doctor_follows(
		        out, "level with the state in %u of %s; follows from the above", all->level, used);
	else if (all->behind)
		doctor_fault(out, DOCTOR_REDIS_BEHIND, NULL, HUB_STR(""),
		        "%u of %s stand still, up to %" PRId64 " records behind", all->behind, used,
		        all->records);
	else if (all->missing)
		doctor_note(out, "nothing yet of %u of %s", all->missing, used);
	else if (all->moving)
		doctor_ok(out, "%u of %s follow, up to %" PRId64 " records behind", all->moving, used,
		        all->records);
	else
		doctor_ok(out, "level with the state in %s", used);
}

void doctor_check_hot_state(const struct doctor_seen *seen, struct doctor_findings *out)
{
	const struct doctor_kafka *kafka = &seen->kafka;
	if (kafka->first.changelog_error.code || seen->redis.fence_error.code || !seen->redis.first.at_ms) {
		if (seen->redis.fence_error.code)
			doctor_fault(out, DOCTOR_REDIS_RIGHTS, NULL, HUB_STR(""), "GET: %s",
			        seen->redis.fence_error.text);
		else
			doctor_unasked(out, "the state's position is not known");
		return;
	}
	struct fences all = count_fences(seen);
	uint32_t others = beyond(seen);
	if (all.unread)
		doctor_note(out, "not known in %s: there was no time to read back to the state's position",
		        doctor_count(out, all.unread, "partition"));
	if (all.used == 0 && all.unread && others == 0)
		return;
	if (all.used == 0 && others == 0)
		doctor_ok(out, "nothing was decided yet, and Redis holds nothing");
	else
		judge_fences(seen, &all, others, out);
}
