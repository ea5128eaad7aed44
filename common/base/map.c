#include "base/map.h"

#include "base/check.h"

#include <stdlib.h>

/* 2^64 divided by the golden ratio, and its complement; odd. */
#define HASH_FACTOR UINT64_C(0x9e3779b97f4a7c15)
#define HASH_START UINT64_C(0x61c8864680b583eb)

/* A key's two halves apart from struct hub_str, which would leave holes: slots are met in no order, so each
 * cache line counts. */
struct slot {
	const char *key;
	void *value; /* NULL: free */
	uint32_t len;
	uint32_t hash;
};

struct hub_map {
	struct slot *slots;
	size_t room; /* a power of two */
	size_t count;
};

static uint64_t load(const char *bytes)
{
	uint64_t word;
	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* Each bit of the word reaches the low bits: keys that differ in a few digits are what a map of ids holds. */
static uint64_t mix(uint64_t word)
{
	unsigned __int128 product = (unsigned __int128)word * HASH_FACTOR;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Eight bytes at a time, the last ones overlapping. Its values never leave the process (hash.h has those that
 * may). */
static uint32_t hash_of(struct hub_str key)
{
	enum { WORD = sizeof(uint64_t) };
	uint64_t hash = HASH_START ^ key.len;
	if (key.len >= WORD) {
		for (uint32_t at = 0; at + WORD < key.len; at += WORD)
			hash = mix(hash ^ load(key.data + at));
		hash ^= load(key.data + key.len - WORD);
	} else {
		for (uint32_t at = 0; at < key.len; at++)
			hash = hash << 8 ^ (unsigned char)key.data[at];
	}
	return (uint32_t)mix(mix(hash));
}

static struct slot *new_slots(size_t room)
{
	struct slot *slots = calloc(room, sizeof(*slots));
	hub_check(slots != NULL);
	return slots;
}

struct hub_map *hub_map_new(void)
{
	struct hub_map *map = calloc(1, sizeof(*map));
	hub_check(map != NULL);
	map->room = 16;
	map->slots = new_slots(map->room);
	return map;
}

void hub_map_free(struct hub_map *map)
{
	if (!map)
		return;
	free(map->slots);
	free(map);
}

static struct hub_str key_of(const struct slot *slot)
{
	return (struct hub_str){ slot->key, slot->len };
}

/* The slot of key, or the free one where it would go. */
static struct slot *find(const struct hub_map *map, struct hub_str key, uint32_t hash)
{
	for (size_t i = hash & (map->room - 1);; i = (i + 1) & (map->room - 1)) {
		struct slot *slot = &map->slots[i];
		if (!slot->value || (slot->hash == hash && hub_str_eq(key_of(slot), key)))
			return slot;
	}
}

void *hub_map_get(const struct hub_map *map, struct hub_str key)
{
	return find(map, key, hash_of(key))->value;
}

static void grow(struct hub_map *map)
{
	struct hub_map old = *map;
	map->room *= 2;
	map->slots = new_slots(map->room);
	for (size_t i = 0; i < old.room; i++)
		if (old.slots[i].value)
			*find(map, key_of(&old.slots[i]), old.slots[i].hash) = old.slots[i];
	free(old.slots);
}

void *hub_map_put(struct hub_map *map, struct hub_str key, void *value)
{
	hub_check(value != NULL);
	if (map->count * 4 >= map->room * 3)
		grow(map);
	uint32_t hash = hash_of(key);
	struct slot *slot = find(map, key, hash);
	void *former = slot->value;
	map->count += former == NULL;
	*slot = (struct slot){ key.data, value, key.len, hash };
	return former;
}

void *hub_map_remove(struct hub_map *map, struct hub_str key)
{
	struct slot *slot = find(map, key, hash_of(key));
	void *former = slot->value;
	if (!former)
		return NULL;
	map->count--;
	size_t mask = map->room - 1;
	size_t hole = (size_t)(slot - map->slots);
	for (size_t i = (hole + 1) & mask; map->slots[i].value; i = (i + 1) & mask) {
		size_t home = map->slots[i].hash & mask;
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		map->slots[hole] = map->slots[i];
		hole = i;
	}
	map->slots[hole] = (struct slot){ 0 };
	return former;
}

size_t hub_map_count(const struct hub_map *map)
{
	return map->count;
}

bool hub_map_next(const struct hub_map *map, size_t *at, struct hub_str *ret_key, void **ret_value)
{
	for (; *at < map->room; (*at)++) {
		const struct slot *slot = &map->slots[*at];
		if (!slot->value)
			continue;
		*ret_key = key_of(slot);
		*ret_value = slot->value;
		(*at)++;
		return true;
	}
	return false;
}
