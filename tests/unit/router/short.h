/* Decisions in two or three words, for case tables (story.h tells them in full). */
#ifndef TESTS_SHORT_H
#define TESTS_SHORT_H

#include "base/buf.h"
#include "effects/effects.h"

/* "Routed H-lead", "Waitlisted 2", "Refused RULE REF-05", ... */
void short_put(const struct hub_output *output, struct hub_buf *out);

#endif
