/* Redis as the place of the hot state: whether it answers, may be written, and keeps what it gets. */
#include "hubctl/doctor/checks.h"

enum { FULL_PERCENT = 95 };

void doctor_check_redis(const struct doctor_seen *seen, struct doctor_findings *out)
{
	const struct doctor_redis *redis = &seen->redis;
	const char *address = redis->address ? redis->address : "Redis";
	if (!redis->looked)
		doctor_fault(out, DOCTOR_REDIS_DOWN, NULL, HUB_STR(""), "%s: no answer in %d s", address,
		        (int)(seen->limit_ms / 1000));
	else if (redis->way == DOCTOR_WAY_AWAY && DOCTOR_FOUND(out, DOCTOR_DISK_FULL))
		doctor_follows(out, "%s does not answer: it has ended, maybe of the full disk", address);
	else if (redis->way == DOCTOR_WAY_AWAY)
		doctor_fault(out, DOCTOR_REDIS_DOWN, NULL, HUB_STR(""), "%s: %s", address, redis->why.text);
	else if (redis->way == DOCTOR_WAY_PASSWORD)
		doctor_fault(out, DOCTOR_REDIS_PASSWORD, NULL, HUB_STR(""), "%s, user %s: %s", address,
		        redis->user && *redis->user ? redis->user : "default", redis->why.text);
	else
		doctor_ok(out, "%s, database %d", address, (int)redis->database);
}

static bool may_not_ask(const struct doctor_redis *redis, struct doctor_findings *out)
{
	if (redis->info_error.code)
		doctor_fault(out, DOCTOR_REDIS_RIGHTS, NULL, HUB_STR(""), "INFO: %s", redis->info_error.text);
	return redis->info_error.code;
}

void doctor_check_redis_writes(const struct doctor_seen *seen, struct doctor_findings *out)
{
	const struct doctor_redis *redis = &seen->redis;
	if (may_not_ask(redis, out))
		return;
	bool replica = hub_str_is(redis->role, "slave");
	if (replica)
		doctor_fault(out, DOCTOR_REDIS_REPLICA, NULL, HUB_STR(""), "%s is a replica of %.*s",
		        redis->address, HUB_STR_ARG(redis->master));
	if (hub_str_is(redis->bgsave, "err"))
		doctor_fault(out, DOCTOR_REDIS_CANNOT_SAVE, NULL, HUB_STR(""), "its last snapshot failed");
	else if (!replica)
		doctor_ok(out, "it is the main one, its last snapshot succeeded");
}

void doctor_check_redis_memory(const struct doctor_seen *seen, struct doctor_findings *out)
{
	const struct doctor_redis *redis = &seen->redis;
	if (redis->info_error.code) {
		doctor_unasked(out, "INFO is refused, see above");
		return;
	}
	struct hub_str used = doctor_bytes(out, (uint64_t)redis->used);
	struct hub_str limit =
	        redis->limit ? doctor_bytes(out, (uint64_t)redis->limit) : HUB_STR("any number");
	uint32_t before = out->faults;
	if (!hub_str_is(redis->policy, "noeviction"))
		doctor_fault(out, DOCTOR_REDIS_EVICTS, NULL, HUB_STR(""),
		        "maxmemory-policy is %.*s; %.*s of %.*s used", HUB_STR_ARG(redis->policy),
		        HUB_STR_ARG(used), HUB_STR_ARG(limit));
	else if (redis->limit && redis->used >= redis->limit / 100 * FULL_PERCENT)
		doctor_fault(out, DOCTOR_REDIS_FULL, NULL, HUB_STR(""), "%.*s of %.*s used",
		        HUB_STR_ARG(used), HUB_STR_ARG(limit));
	if (out->faults == before && redis->limit)
		doctor_ok(out, "noeviction, %.*s of %.*s used", HUB_STR_ARG(used), HUB_STR_ARG(limit));
	else if (out->faults == before)
		doctor_ok(out, "noeviction, %.*s used, no limit of its own", HUB_STR_ARG(used));
}
