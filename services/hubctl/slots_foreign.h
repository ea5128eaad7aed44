/* What other counties' referrals have at a hospital (REF-01): for `hubctl slots`. */
#ifndef HUBCTL_SLOTS_FOREIGN_H
#define HUBCTL_SLOTS_FOREIGN_H

#include "hubctl/hubctl.h"
#include "records/foreign_hold_state.h"
#include "records/waiting_state.h"

struct hubctl_foreign {
	const struct hub_foreign_hold_state **held; /* slots of the hospital, by requested_at */
	uint32_t held_count;
	const struct hub_waiting_state **waiting; /* places on the lists of its county, as ours are */
	uint32_t waiting_count;
};

/* partition: of the hospital. Everything lies in hubctl->arena. */
int hubctl_foreign_read(struct hubctl *hubctl, int32_t partition, struct hub_str org_id,
        struct hubctl_foreign *ret, struct hub_error *reterr);

/* Nothing when nothing is held. */
void hubctl_foreign_put(struct hubctl *hubctl, const struct hubctl_foreign *foreign);
json_t *hubctl_foreign_json(const struct hubctl_foreign *foreign); /* new reference */

#endif
