#include "dashboard-gateway/http/repeats.h"

#include "base/check.h"
#include "base/map.h"

#include <stdlib.h>

struct entry {
	char event_id[GATEWAY_EVENT_ID_MAX];
	uint32_t len; /* 0: free */
	uint64_t content;
};

struct gateway_repeats {
	struct hub_map *by_id;
	uint32_t most, next;
	struct entry entries[];
};

struct gateway_repeats *gateway_repeats_new(uint32_t most)
{
	struct gateway_repeats *repeats = calloc(1, sizeof(*repeats) + most * sizeof(struct entry));
	hub_check(repeats && most);
	repeats->by_id = hub_map_new();
	repeats->most = most;
	return repeats;
}

void gateway_repeats_free(struct gateway_repeats *repeats)
{
	if (!repeats)
		return;
	hub_map_free(repeats->by_id);
	free(repeats);
}

static struct hub_str id_of(const struct entry *entry)
{
	return (struct hub_str){ entry->event_id, entry->len };
}

enum gateway_repeat gateway_repeats_find(
        const struct gateway_repeats *repeats, struct hub_str event_id, uint64_t content)
{
	const struct entry *entry = hub_map_get(repeats->by_id, event_id);
	if (!entry)
		return GATEWAY_REPEAT_NEW;
	return entry->content == content ? GATEWAY_REPEAT_SAME : GATEWAY_REPEAT_OTHER;
}

void gateway_repeats_add(struct gateway_repeats *repeats, struct hub_str event_id, uint64_t content)
{
	struct entry *entry = &repeats->entries[repeats->next];
	hub_check(event_id.len && event_id.len <= GATEWAY_EVENT_ID_MAX);
	repeats->next = (repeats->next + 1) % repeats->most;
	if (entry->len)
		hub_map_remove(repeats->by_id, id_of(entry));
	memcpy(entry->event_id, event_id.data, event_id.len);
	entry->len = event_id.len;
	entry->content = content;
	hub_map_put(repeats->by_id, id_of(entry), entry);
}
