#include "dashboard-gateway/http/bodies.h"

#include "base/check.h"
#include "base/copy.h"
#include "base/map.h"

#include <stdlib.h>

struct entry {
	struct hub_str key, body, next; /* behind the struct */
};

struct gateway_bodies {
	struct hub_map *by_key;
	uint32_t most, oldest;
	struct entry *entries[];
};

struct gateway_bodies *gateway_bodies_new(uint32_t most)
{
	struct gateway_bodies *bodies = calloc(1, sizeof(*bodies) + most * sizeof(struct entry *));
	hub_check(bodies && most);
	bodies->by_key = hub_map_new();
	bodies->most = most;
	return bodies;
}

void gateway_bodies_free(struct gateway_bodies *bodies)
{
	if (!bodies)
		return;
	for (uint32_t i = 0; i < bodies->most; i++)
		free(bodies->entries[i]);
	hub_map_free(bodies->by_key);
	free(bodies);
}

bool gateway_bodies_find(const struct gateway_bodies *bodies, struct hub_str key, struct hub_str *ret_body,
        struct hub_str *ret_next)
{
	const struct entry *entry = hub_map_get(bodies->by_key, key);
	if (!entry)
		return false;
	*ret_body = entry->body;
	*ret_next = entry->next;
	return true;
}

static struct hub_str put(char **at, struct hub_str text)
{
	struct hub_str own = { *at, text.len };
	*at = hub_copy(*at, text.data, text.len);
	return own;
}

void gateway_bodies_keep(
        struct gateway_bodies *bodies, struct hub_str key, struct hub_str body, struct hub_str next)
{
	struct entry **slot = &bodies->entries[bodies->oldest];
	if (body.len > GATEWAY_BODY_MAX || hub_map_get(bodies->by_key, key))
		return;
	struct entry *entry = malloc(sizeof(*entry) + (size_t)key.len + body.len + next.len);
	hub_check(entry != NULL);
	char *at = (char *)(entry + 1);
	entry->key = put(&at, key);
	entry->body = put(&at, body);
	entry->next = put(&at, next);
	if (*slot)
		hub_map_remove(bodies->by_key, (*slot)->key);
	free(*slot);
	*slot = entry;
	hub_map_put(bodies->by_key, entry->key, entry);
	bodies->oldest = (bodies->oldest + 1) % bodies->most;
}
