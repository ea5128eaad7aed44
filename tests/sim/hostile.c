/* What nobody should believe. */
#include "county.h"
#include "draft.h"
#include "world.h"

#include "records/referral_accepted.h"

#include <stdio.h>
#include <string.h>

static void rubbish(struct draft *draft, uint32_t kind)
{
	struct publishers *publishers = draft->publishers;
	struct world *world = publishers->world;
	char bytes[64];
	uint32_t len = 1 + roll(&draft->dice, sizeof(bytes) - 1);
	for (uint32_t i = 0; i < len; i++)
		bytes[i] = (char)roll(&draft->dice, 256);
	if (kind == 1) /* a frame of a schema that nobody knows */
		memcpy(bytes, "\xc3\x01", 2);
	struct said said = { (int32_t)roll(&draft->dice, (uint32_t)world->partitions),
		hub_str_from(county_ids[0]), hub_arena_copy(world->arena, (struct hub_str){ bytes, len }) };
	if (kind == 2)
		said.value = (struct hub_str){ NULL, 0 };
	if (kind == 3)
		said.key = (struct hub_str){ NULL, 0 };
	append(publishers, &said);
}

/* A true event, spoilt. */
static void spoilt(struct draft *draft, uint32_t kind)
{
	struct publishers *publishers = draft->publishers;
	struct world *world = publishers->world;
	if (!publishers->said_count)
		return;
	struct said said = publishers->said[roll(&draft->dice, publishers->said_count)];
	if (kind == 4) {
		said.key = HUB_STR("330205");
	} else if (kind == 5) {
		said.partition = (said.partition + 1) % world->partitions;
	} else {
		char *copy = hub_arena_alloc(world->arena, said.value.len);
		memcpy(copy, said.value.data, said.value.len);
		copy[roll(&draft->dice, said.value.len)] ^= (char)(1 << roll(&draft->dice, 8));
		if (kind == 7)
			said.value.len -= roll(&draft->dice, said.value.len / 2);
		said.value.data = copy;
	}
	append(publishers, &said);
}

/* Somebody who has no say, or whose clock is ahead, or who speaks of what never was; or an event that crashes the daemon. */
static void impostor(struct draft *draft, uint32_t kind)
{
	draft->county = roll(&draft->dice, COUNTIES);
	county_org(draft->org, 'H', 2, (draft->county + 1) % COUNTIES);
	if (kind == 8)
		draft->ahead_ms = INT64_C(1000) * 3600 * 24;
	snprintf(draft->id, sizeof(draft->id), "r%u", roll(&draft->dice, draft->publishers->referrals + 3));
	if (kind == 12)
		snprintf(draft->id, sizeof(draft->id), "poison-always");
	if (kind == 13)
		snprintf(draft->id, sizeof(draft->id), "poison-once-%u", draft->publishers->events);
	struct hub_referral_accepted event = { head_of(draft, draft->org), hub_str_from(draft->id),
		hub_str_from(draft->org) };
	say(draft, &hub_referral_accepted_schema, &event);
}

void hostile_act(struct draft *draft, uint32_t kind)
{
	if (kind < 4)
		rubbish(draft, kind);
	else if (kind < 8)
		spoilt(draft, kind);
	else
		impostor(draft, kind);
}
