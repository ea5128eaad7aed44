#include "dashboard-gateway/hot/parties.h"

#include "base/check.h"
#include "base/copy.h"
#include "base/map.h"

#include <stdlib.h>

/* A row that names one organisation twice stands in its list twice; it is shown by its first role. */
struct entry {
	struct gateway_referral *referral;
	uint32_t role;
};

struct party {
	struct hub_str org_id; /* behind the struct */
	struct entry *entries;
	uint32_t count, room;
};

struct gateway_parties {
	struct hub_map *map;
};

static struct hub_str org_of(const struct gateway_referral *referral, uint32_t role)
{
	return role == 0 ? referral->from_org_id : role == 1 ? referral->to_org_id : referral->asked_org_id;
}

struct gateway_parties *gateway_parties_new(void)
{
	struct gateway_parties *parties = calloc(1, sizeof(*parties));
	hub_check(parties != NULL);
	parties->map = hub_map_new();
	return parties;
}

void gateway_parties_free(struct gateway_parties *parties)
{
	struct hub_str key;
	void *value;
	if (!parties)
		return;
	for (size_t at = 0; hub_map_next(parties->map, &at, &key, &value);) {
		free(((struct party *)value)->entries);
		free(value);
	}
	hub_map_free(parties->map);
	free(parties);
}

static struct party *party_of(struct gateway_parties *parties, struct hub_str org_id)
{
	struct party *party = hub_map_get(parties->map, org_id);
	if (party)
		return party;
	party = calloc(1, sizeof(*party) + org_id.len);
	hub_check(party != NULL);
	char *own = (char *)(party + 1);
	(void)hub_copy(own, org_id.data, org_id.len);
	party->org_id = (struct hub_str){ own, org_id.len };
	(void)hub_map_put(parties->map, party->org_id, party);
	return party;
}

static void enter(struct party *party, struct entry entry)
{
	if (party->count == party->room) {
		party->room = party->room ? party->room + party->room / 2 : 4;
		party->entries = realloc(party->entries, party->room * sizeof(*party->entries));
		hub_check(party->entries != NULL);
	}
	entry.referral->places[entry.role] = party->count;
	party->entries[party->count++] = entry;
}

void gateway_parties_add(struct gateway_parties *parties, struct gateway_referral *referral)
{
	for (uint32_t role = 0; role < GATEWAY_PARTIES; role++)
		if (org_of(referral, role).len)
			enter(party_of(parties, org_of(referral, role)), (struct entry){ referral, role });
}

/* The last one takes its place. */
static void leave(struct party *party, uint32_t place)
{
	struct entry last = party->entries[--party->count];
	last.referral->places[last.role] = place;
	party->entries[place] = last;
}

void gateway_parties_remove(struct gateway_parties *parties, const struct gateway_referral *referral)
{
	for (uint32_t role = 0; role < GATEWAY_PARTIES; role++)
		if (org_of(referral, role).len)
			leave(party_of(parties, org_of(referral, role)), referral->places[role]);
}

bool gateway_parties_same(const struct gateway_referral *a, const struct gateway_referral *b)
{
	for (uint32_t role = 0; role < GATEWAY_PARTIES; role++)
		if (!hub_str_eq(org_of(a, role), org_of(b, role)))
			return false;
	return true;
}

static bool first_role(const struct entry *entry, struct hub_str org_id)
{
	for (uint32_t role = 0; role < entry->role; role++)
		if (hub_str_eq(org_of(entry->referral, role), org_id))
			return false;
	return true;
}

const struct gateway_referral *gateway_parties_each(
        const struct gateway_parties *parties, struct hub_str org_id, size_t *at)
{
	const struct party *party = hub_map_get(parties->map, org_id);
	while (party && *at < party->count) {
		const struct entry *entry = &party->entries[(*at)++];
		if (first_role(entry, org_id))
			return entry->referral;
	}
	return NULL;
}
