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
	struct hub_str id; /* behind the struct */
	struct entry *entries;
	uint32_t count, room;
};

enum { FROM, TO, ASKED, UNPLACED };

struct gateway_parties {
	struct hub_map *orgs, *counties; /* id -> struct party */
};

/* Under which id it stands; empty: under none. */
static struct hub_str id_of(const struct gateway_referral *referral, uint32_t role)
{
	switch (role) {
	case FROM:
		return referral->from_org_id;
	case TO:
		return referral->to_org_id;
	case ASKED:
		return referral->asked_org_id;
	default:
		return hub_str_eq(referral->state, HUB_STR("UNPLACED")) ? referral->county_id : HUB_STR("");
	}
}

struct gateway_parties *gateway_parties_new(void)
{
	struct gateway_parties *parties = calloc(1, sizeof(*parties));
	hub_check(parties != NULL);
	parties->orgs = hub_map_new();
	parties->counties = hub_map_new();
	return parties;
}

static void free_map(struct hub_map *map)
{
	struct hub_str key;
	void *value;
	for (size_t at = 0; hub_map_next(map, &at, &key, &value);) {
		free(((struct party *)value)->entries);
		free(value);
	}
	hub_map_free(map);
}

void gateway_parties_free(struct gateway_parties *parties)
{
	if (!parties)
		return;
	free_map(parties->orgs);
	free_map(parties->counties);
	free(parties);
}

static struct party *party_of(struct gateway_parties *parties, uint32_t role, struct hub_str id)
{
	struct hub_map *map = role == UNPLACED ? parties->counties : parties->orgs;
	struct party *party = hub_map_get(map, id);
	if (party)
		return party;
	party = calloc(1, sizeof(*party) + id.len);
	hub_check(party != NULL);
	char *own = (char *)(party + 1);
	(void)hub_copy(own, id.data, id.len);
	party->id = (struct hub_str){ own, id.len };
	(void)hub_map_put(map, party->id, party);
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
	for (uint32_t role = 0; role < GATEWAY_PARTIES; role++) {
		struct hub_str id = id_of(referral, role);
		if (id.len)
			enter(party_of(parties, role, id), (struct entry){ referral, role });
	}
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
	for (uint32_t role = 0; role < GATEWAY_PARTIES; role++) {
		struct hub_str id = id_of(referral, role);
		if (id.len)
			leave(party_of(parties, role, id), referral->places[role]);
	}
}

bool gateway_parties_same(const struct gateway_referral *a, const struct gateway_referral *b)
{
	for (uint32_t role = 0; role < GATEWAY_PARTIES; role++)
		if (!hub_str_eq(id_of(a, role), id_of(b, role)))
			return false;
	return true;
}

static bool first_role(const struct entry *entry, struct hub_str org_id)
{
	for (uint32_t role = 0; role < entry->role; role++)
		if (hub_str_eq(id_of(entry->referral, role), org_id))
			return false;
	return true;
}

const struct gateway_referral *gateway_parties_each(
        const struct gateway_parties *parties, struct hub_str org_id, size_t *at)
{
	const struct party *party = hub_map_get(parties->orgs, org_id);
	while (party && *at < party->count) {
		const struct entry *entry = &party->entries[(*at)++];
		if (first_role(entry, org_id))
			return entry->referral;
	}
	return NULL;
}

const struct gateway_referral *gateway_parties_each_unplaced(
        const struct gateway_parties *parties, struct hub_str county_id, size_t *at)
{
	const struct party *party = hub_map_get(parties->counties, county_id);
	return party && *at < party->count ? party->entries[(*at)++].referral : NULL;
}
