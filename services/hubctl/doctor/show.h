/* Findings as an operator reads them, and as JSON. Pure. */
#ifndef HUBCTL_DOCTOR_SHOW_H
#define HUBCTL_DOCTOR_SHOW_H

#include "base/buf.h"
#include "hubctl/doctor/findings.h"

#include <jansson.h>

/* One line a check, by group; under a fault its cause, the next step and commands to copy. At most width columns, but for
 * commands. */
void doctor_show(
        const struct doctor_findings *findings, int64_t took_ms, uint32_t width, struct hub_buf *out);

/* New reference. */
json_t *doctor_json(const struct doctor_findings *findings, int64_t took_ms);

/* The table of DOCTOR.md. */
void doctor_show_table(struct hub_buf *out);

#endif
