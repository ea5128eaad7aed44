/* A story on the terminal, and as JSON. */
#ifndef HUBCTL_EXPLAIN_SHOW_H
#define HUBCTL_EXPLAIN_SHOW_H

#include "hubctl/explain.h"
#include "hubctl/hubctl.h"

/* Who may send what now (REF-18). */
struct hubctl_may {
	const char *role;
	struct hub_str org_id; /* empty: any */
	struct hub_str_array records;
};

enum { HUBCTL_MAY_MAX = 4 };

/* Fills may with those who may send something; their count. 0: it has ended, or its state is not known. */
uint32_t hubctl_explain_may(const struct hubctl_story *story, struct hubctl_may may[HUBCTL_MAY_MAX]);

void hubctl_explain_text(struct hubctl *hubctl, const struct hubctl_story *story);
void hubctl_explain_json(struct hubctl *hubctl, const struct hubctl_story *story);

#endif
