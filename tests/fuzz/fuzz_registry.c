/* Topic `registry` as a daemon reads it: framed records (length, bytes), ended by a load, then the router's view of it
 * on a day. Anybody who may write there can make any of this. */
#include "take.h"

#include "base/check.h"
#include "records/catalogue.h"
#include "records/registry_loaded.h"
#include "records/topic.h"
#include "referral-router/policy.h"

enum { ARENA_BYTES = 64 * 1024 * 1024, BUF_BYTES = 1 << 20, RECORDS_MAX = 64 };

/* Its right key, so that most of the fuzzer's work is not lost on keys; undecodable: any. */
static void feed(struct hub_registry *registry, struct hub_str value, int64_t offset, struct hub_arena *arena)
{
	const struct hub_schema *schema;
	void *record;
	struct hub_buf key;
	bool loaded;
	struct hub_error error;
	hub_buf_init(&key, BUF_BYTES);
	hub_arena_reset(arena);
	if (hub_frame_decode(&hub_registry_schemas, value, arena, &schema, &record, NULL) != HUB_OK ||
	        hub_registry_key(schema, record, &key, NULL) != HUB_OK)
		hub_buf_text(&key, "Organisation:o:2026-01-01");
	int code = hub_registry_feed(registry, hub_buf_slice(&key), value, offset, &loaded, &error);
	hub_check(code == HUB_OK || code == HUB_E_INVALID);
	hub_buf_done(&key);
}

static void end_load(struct hub_registry *registry, int64_t offset, struct hub_arena *arena)
{
	const struct hub_registry_loaded loaded = { .load_id = HUB_STR("l"), .records = 1 };
	struct hub_buf frame;
	hub_buf_init(&frame, BUF_BYTES);
	hub_check(hub_frame_encode(&hub_registry_loaded_schema, &loaded, &frame, NULL) == HUB_OK);
	feed(registry, hub_buf_slice(&frame), offset, arena);
	hub_buf_done(&frame);
	hub_check(hub_registry_version(registry) == offset);
}

static void view(const struct hub_registry *registry, int32_t day)
{
	struct referral_policy *policy = referral_policy_new(registry, day);
	const struct hub_referral_limits *limits = referral_policy_limits(policy, HUB_STR("330281"));
	hub_check(limits && limits->reroutes_per_event >= 1);
	(void)referral_policy_org(policy, HUB_STR("o"));
	(void)referral_policy_workdays(policy, HUB_STR("330281"));
	referral_policy_free(policy);
	hub_check(hub_registry_next_change(registry, day) > day);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	struct hub_registry *registry = hub_registry_new(&hub_registry_schemas);
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	int32_t day = 20000 + take_byte(&bytes) * 8;
	int64_t offset = 0;
	while (bytes.left && offset < RECORDS_MAX)
		feed(registry, take_text(&bytes), offset++, arena);
	end_load(registry, offset, arena);
	view(registry, day);
	view(registry, day + 1);
	hub_arena_free(arena);
	hub_registry_free(registry);
	return 0;
}
