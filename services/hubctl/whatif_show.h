/* Two counts side by side, and what was not the same. */
#ifndef HUBCTL_WHATIF_SHOW_H
#define HUBCTL_WHATIF_SHOW_H

#include "hubctl/hubctl.h"
#include "hubctl/whatif.h"
#include "hubctl/whatif_count.h"

struct hubctl_whatif_answer_sheet {
	const struct hubctl_totals *happened;
	const struct hubctl_totals *other; /* NULL: nothing else was asked for */
	const struct hubctl_whatif_result *result;
	int64_t elapsed_ms;
	uint32_t changed; /* records of reference data that differ */
};

void hubctl_whatif_put(struct hubctl *hubctl, const struct hubctl_whatif_answer_sheet *sheet);
void hubctl_whatif_put_json(struct hubctl *hubctl, const struct hubctl_whatif_answer_sheet *sheet);
void hubctl_whatif_put_csv(struct hubctl *hubctl, const struct hubctl_whatif_answer_sheet *sheet);

#endif
