/* Shared by the files of refdata: the store itself. */
#ifndef HUBCTL_REFDATA_INTERNAL_H
#define HUBCTL_REFDATA_INTERNAL_H

#include "base/map.h"
#include "hubctl/refdata.h"

struct hubctl_refdata {
	struct hub_arena *arena;
	struct hub_map *by_key; /* key -> struct hubctl_entry */
	struct hub_map *by_id;  /* id -> its first version, the others by sibling */
	uint32_t unknown;       /* records of the topic whose type is not known */
};

/* Puts entry in; returns what it replaces under its key. */
const struct hubctl_entry *hubctl_refdata_add(struct hubctl_refdata *refdata, struct hubctl_entry *entry);

/* Fills entry->from and to; NULL, or the field that is no date. */
const char *hubctl_refdata_days(struct hubctl_entry *entry);

/* Fills entry->key (bytes are copied) and entry->id. */
void hubctl_refdata_name(struct hubctl_refdata *refdata, struct hubctl_entry *entry, struct hub_str key);

#endif
