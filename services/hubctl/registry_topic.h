/* Topic `registry`, read for commands. */
#ifndef HUBCTL_REGISTRY_TOPIC_H
#define HUBCTL_REGISTRY_TOPIC_H

#include "hubctl/refdata.h"
#include "hubctl/scan.h"

/* Everything up to offset `until` (-1: all). *ret_version: the offset of the newest RegistryLoaded among it;
 * -1: none. */
int hubctl_registry_read(struct hubctl *hubctl, struct hubctl_refdata *refdata, int64_t until,
        int64_t *ret_version, struct hub_error *reterr);

#endif
