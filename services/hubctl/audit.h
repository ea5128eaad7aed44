/* What `hubctl audit` found, for its two files: audit.c reads, audit_show.c tells. */
#ifndef HUBCTL_AUDIT_H
#define HUBCTL_AUDIT_H

#include "hubctl/positions.h"
#include "hubctl/verdict.h"

struct hubctl_audit {
	struct hubctl *hubctl;
	struct hubctl_positions positions;
	struct hubctl_audited *audited; /* positions.count of them */
	struct hubctl_verdict *verdict;
	struct hub_arena *record; /* one record */
	bool output_cut;
};

uint64_t hubctl_audit_doubts(const struct hubctl_audit *audit);
void hubctl_audit_put(const struct hubctl_audit *audit);
void hubctl_audit_put_json(const struct hubctl_audit *audit);

#endif
