#include "hubctl/doctor/checks.h"

enum { LATER_MS = 4000, SESSION_MS = 11000 /* session.timeout.ms, and a second */ };

const struct doctor_check doctor_checks[] = {
#define CHECK(group, name, needs, judge) { group, name, needs, judge },
#include "hubctl/doctor/checks.def"
};

const uint32_t doctor_check_count = sizeof(doctor_checks) / sizeof(doctor_checks[0]);

static unsigned away(const struct doctor_seen *seen)
{
	const struct doctor_kafka *kafka = &seen->kafka;
	bool asked = kafka->looked && !kafka->error.code && kafka->cluster.way == HUB_WAY_OPEN;
	bool redis = seen->redis.looked && seen->redis.way == DOCTOR_WAY_OPEN;
	return (asked ? 0U : NEEDS_KAFKA) | (redis ? 0U : NEEDS_REDIS);
}

struct doctor_findings *doctor_judge(const struct doctor_seen *seen, struct hub_arena *arena)
{
	struct doctor_findings *out = hub_arena_alloc(arena, sizeof(*out));
	if (!out)
		return NULL;
	out->arena = arena;
	out->seen = seen;
	for (out->check = 0; out->check < doctor_check_count; out->check++) {
		unsigned missing = doctor_checks[out->check].needs & away(seen);
		if (!missing)
			doctor_checks[out->check].judge(seen, out);
		else
			doctor_unasked(out, "%s is away", missing & NEEDS_KAFKA ? "Kafka" : "Redis");
	}
	return out;
}

static bool names_repeat(const struct doctor_group_look *look)
{
	for (uint32_t i = 0; i < look->member_count; i++)
		for (uint32_t k = 0; k < i; k++)
			if (hub_str_eq(look->members[i].client, look->members[k].client))
				return true;
	return false;
}

int64_t doctor_next(const struct hub_group_position *at)
{
	return at->committed < at->low ? at->low : at->committed;
}

int64_t doctor_waiting(const struct doctor_input *input, uint32_t partition)
{
	const struct hub_group_position *at = &input->partitions[partition];
	int64_t from = doctor_next(at);
	if (input->readable && input->readable[partition] > from)
		from = input->readable[partition];
	return at->high > from ? at->high - from : 0;
}

static bool lags(const struct doctor_group_look *look)
{
	for (uint32_t i = 0; i < look->input_count; i++)
		for (uint32_t p = 0; p < look->inputs[i].count; p++)
			if (doctor_waiting(&look->inputs[i], p) > 0)
				return true;
	return false;
}

static bool level(const struct doctor_changelog *log, const struct doctor_fence *fence)
{
	if (log->unread)
		return true; /* nothing to compare it with */
	if (!log->count)
		return !fence->there;
	return fence->parsed && fence->fence.live &&
	       fence->fence.offset == log->positions[log->count - 1].offset;
}

static bool fences_differ(const struct doctor_seen *seen)
{
	const struct doctor_group_look *look = &seen->kafka.first;
	if (!seen->redis.first.at_ms)
		return false;
	for (uint32_t i = 0; i < look->changelog_count && i < DOCTOR_PARTITIONS_MAX; i++)
		if (!level(&look->changelogs[i], &seen->redis.first.fences[i]))
			return true;
	return false;
}

bool doctor_wants_second(const struct doctor_seen *seen)
{
	return !(away(seen) & NEEDS_KAFKA) &&
	       (names_repeat(&seen->kafka.first) || lags(&seen->kafka.first) || fences_differ(seen));
}

int64_t doctor_second_after_ms(const struct doctor_seen *seen)
{
	return names_repeat(&seen->kafka.first) ? SESSION_MS : LATER_MS;
}
