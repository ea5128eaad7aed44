#include "hubctl/numbers.h"

#include <stdlib.h>

enum { ROOM_MIN = 64 };

void hubctl_numbers_done(struct hubctl_numbers *numbers)
{
	free(numbers->entries);
	*numbers = (struct hubctl_numbers){ 0 };
}

static struct hubctl_number *place_of(struct hubctl_number *entries, size_t room, uint64_t key)
{
	size_t at = (size_t)(key ^ key >> 32) & (room - 1);
	while (entries[at].key != 0 && entries[at].key != key)
		at = (at + 1) & (room - 1);
	return &entries[at];
}

static bool grow(struct hubctl_numbers *numbers)
{
	size_t room = numbers->room ? numbers->room * 2 : ROOM_MIN;
	struct hubctl_number *entries = calloc(room, sizeof(*entries));
	if (!entries)
		return false;
	for (size_t i = 0; i < numbers->room; i++)
		if (numbers->entries[i].key != 0)
			*place_of(entries, room, numbers->entries[i].key) = numbers->entries[i];
	free(numbers->entries);
	numbers->entries = entries;
	numbers->room = room;
	return true;
}

uint64_t *hubctl_numbers_at(struct hubctl_numbers *numbers, uint64_t key, bool *ret_new)
{
	key = key ? key : 1;
	if (numbers->count * 4 >= numbers->room * 3 && !grow(numbers))
		return NULL;
	struct hubctl_number *entry = place_of(numbers->entries, numbers->room, key);
	*ret_new = entry->key == 0;
	if (*ret_new) {
		entry->key = key;
		numbers->count++;
	}
	return &entry->value;
}
