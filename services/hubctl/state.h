/* A daemon's state topic folded: the last value of each key, as the daemon itself would restore it. */
#ifndef HUBCTL_STATE_H
#define HUBCTL_STATE_H

#include "hubctl/scan.h"

struct hubctl_state_entry {
	struct hub_str key;
	int32_t partition;
	const struct hub_schema *schema;
	const void *record;
};

struct hubctl_state_query {
	const char *topic; /* without prefix */
	int32_t partition; /* -1: all */
	bool (*wanted)(void *user, struct hub_str key);
	void *user;
};

/* *ret (ret_count of them, in key order) in hubctl->arena; what was deleted, or is of a type that this
 * program does not know, is left out. */
int hubctl_state_read(struct hubctl *hubctl, const struct hubctl_state_query *query,
        const struct hubctl_state_entry **ret, uint32_t *ret_count, struct hub_error *reterr);

#endif
