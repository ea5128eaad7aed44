/* The reference data of topic `registry`, every version of every record, as known up to one load. Pure: it is fed by
 * whoever reads the topic (runtime, hubctl) or a JSON file (tests). A daemon's core builds its own view from it
 * (struct hub_core.policy_new). */
#ifndef HUB_REGISTRY_REGISTRY_H
#define HUB_REGISTRY_REGISTRY_H

#include "base/arena.h"
#include "base/error.h"
#include "wire/framing.h"

struct hub_registry;

struct hub_registry *hub_registry_new(void);
void hub_registry_free(struct hub_registry *registry); /* accepts NULL */

/* One record of the topic, in order, as framed bytes; key = "<Record>:<natural id>:<valid_from>". It becomes visible with
 * the RegistryLoaded that ends its load (offset = the new version). Record types that this program does not know are
 * kept out and counted. *ret_loaded: a load ended. HUB_E_INVALID: undecodable. */
int hub_registry_feed(struct hub_registry *registry, struct hub_str key, struct hub_str value, int64_t offset,
	bool *ret_loaded, struct hub_error *reterr);

/* The offset of the newest RegistryLoaded fed; -1 when none. */
int64_t hub_registry_version(const struct hub_registry *registry);

/* Calls visit for each visible record of schema that is valid on day (valid_from <= day < valid_to), in key order.
 * The record is borrowed for the registry's life. */
void hub_registry_each(const struct hub_registry *registry, const struct hub_schema *schema, int32_t day,
	void (*visit)(void *user, const void *record), void *user);

/* The next day after `day` on which some record begins or ends to be valid; INT32_MAX when none. */
int32_t hub_registry_next_change(const struct hub_registry *registry, int32_t day);

#endif
