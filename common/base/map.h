/* A hash map from bytes to a pointer. Keys are borrowed: they must live as long as their entry (usually they
 * lie in the value). Open addressing, linear probing; not for adversarial keys. */
#ifndef HUB_BASE_MAP_H
#define HUB_BASE_MAP_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct hub_map;

struct hub_map *hub_map_new(void);

/* Accepts NULL. Values are the caller's. */
void hub_map_free(struct hub_map *map);

/* NULL when absent. */
void *hub_map_get(const struct hub_map *map, struct hub_str key);

/* Adds or replaces (key is replaced too); returns the former value or NULL. value must not be NULL. */
void *hub_map_put(struct hub_map *map, struct hub_str key, void *value);

/* Returns the removed value or NULL. */
void *hub_map_remove(struct hub_map *map, struct hub_str key);

size_t hub_map_count(const struct hub_map *map);

/* Walks in no order: start with *at = 0; false at the end. The map must not change meanwhile. */
bool hub_map_next(const struct hub_map *map, size_t *at, struct hub_str *ret_key, void **ret_value);

#endif
