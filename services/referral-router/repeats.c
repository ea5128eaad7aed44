/* REF-12 I-8 */
#include "referral-router/repeats.h"

#include "base/hash.h"
#include "referral-router/closed_loop.h"

/* Identity is (source_org_id, event_id); kept big-endian, since it is stored. */
static void hash_of(const struct hub_event_head *event, char ret_bytes[REFERRAL_HASH_BYTES])
{
	uint64_t hash = hub_hash(
	        hub_hash(hub_hash(HUB_HASH_START, event->source_org_id), HUB_STR("\n")), event->event_id);
	for (int i = 0; i < REFERRAL_HASH_BYTES; i++)
		ret_bytes[i] = (char)(hash >> (56 - 8 * i));
}

bool referral_repeats_has(struct hub_str hashes, const struct hub_event_head *event)
{
	char hash[REFERRAL_HASH_BYTES];
	hash_of(event, hash);
	for (uint32_t at = 0; at + REFERRAL_HASH_BYTES <= hashes.len; at += REFERRAL_HASH_BYTES) {
		if (memcmp(hashes.data + at, hash, REFERRAL_HASH_BYTES) == 0)
			return true;
	}
	return false;
}

/* Each entity keeps hashes of the last 16 ids that it applied. */
struct hub_str referral_repeats_add(
        struct hub_arena *arena, struct hub_str hashes, const struct hub_event_head *event)
{
	char bytes[REFERRAL_HASHES_KEPT * REFERRAL_HASH_BYTES];
	uint32_t most = sizeof(bytes) - REFERRAL_HASH_BYTES;
	uint32_t kept = hashes.len < most ? hashes.len : most;
	hash_of(event, bytes);
	if (kept)
		memcpy(bytes + REFERRAL_HASH_BYTES, hashes.data, kept);
	return hub_arena_copy(arena, (struct hub_str){ bytes, kept + REFERRAL_HASH_BYTES });
}

/* A repeat is answered by the present state. */
void referral_repeats_answer(struct referral_world *world, const struct hub_referral_state *referral)
{
	hub_effects_rule(world->out, "I-8");
	referral_tell_progressed(world, referral, true);
}

void referral_repeats_answer_ended(
        struct referral_world *world, struct hub_str referral_id, const struct hub_referral_stub *stub)
{
	hub_effects_rule(world->out, "I-8");
	referral_tell_closed(world, referral_id, stub, true);
}
