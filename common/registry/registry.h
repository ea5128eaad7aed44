/* The reference data of topic `registry`, every version of every record, as known up to one load. Pure: it is
 * fed by whoever reads the topic (runtime, hubctl) or a JSON file (tests). A daemon's core builds its own
 * view from it (struct hub_core.policy_new). */
#ifndef HUB_REGISTRY_REGISTRY_H
#define HUB_REGISTRY_REGISTRY_H

#include "base/arena.h"
#include "base/error.h"
#include "wire/framing.h"

struct hub_registry;

/* schemas: the record types that the reader knows, RegistryLoaded among them (hub_registry_schemas);
 * borrowed. */
struct hub_registry *hub_registry_new(const struct hub_schema_set *schemas);
void hub_registry_free(struct hub_registry *registry); /* accepts NULL */

/* One record of the topic, in order, as framed bytes; key = "<Record>:<natural id>:<valid_from>". It becomes
 * visible with the RegistryLoaded that ends its load (offset = the new version). Record types that this
 * program does not know are kept out and counted. *ret_loaded: a load ended. HUB_E_INVALID: undecodable. */
int hub_registry_feed(struct hub_registry *registry, struct hub_str key, struct hub_str value, int64_t offset,
        bool *ret_loaded, struct hub_error *reterr);

/* The offset of the newest RegistryLoaded fed; -1 when none. */
int64_t hub_registry_version(const struct hub_registry *registry);

/* Calls visit for each natural id of schema's records in key order, with the record that holds on day: the
 * newest valid_from that is not after it, unless its valid_to (exclusive) has come. The record is borrowed
 * until the next load ends. */
void hub_registry_each(const struct hub_registry *registry, const struct hub_schema *schema, int32_t day,
        void (*visit)(void *user, const void *record), void *user);

/* Records that were kept out since their type is unknown to this program. */
uint32_t hub_registry_unknown(const struct hub_registry *registry);

/* The next day after `day` on which some record begins or ends to be valid; INT32_MAX when none. */
int32_t hub_registry_next_change(const struct hub_registry *registry, int32_t day);

#endif
