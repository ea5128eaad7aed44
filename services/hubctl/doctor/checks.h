/* The checks, most fundamental first. Each judges what was seen, and what was found before it, and adds at least one
 * finding. Pure. */
#ifndef HUBCTL_DOCTOR_CHECKS_H
#define HUBCTL_DOCTOR_CHECKS_H

#include "hubctl/doctor/findings.h"

enum { NEEDS_KAFKA = 1, NEEDS_REDIS = 2 };

typedef void doctor_judge_fn(const struct doctor_seen *seen, struct doctor_findings *out);

struct doctor_check {
	const char *group, *name;
	unsigned needs;
	doctor_judge_fn *judge;
};

extern const struct doctor_check doctor_checks[];
extern const uint32_t doctor_check_count;

/* One function a row of checks.def. */
#define CHECK(group, name, needs, judge)                                                                     \
	void judge(const struct doctor_seen *seen, struct doctor_findings *out);
#include "hubctl/doctor/checks.def"

/* All of them. *ret in arena; NULL: no memory. */
struct doctor_findings *doctor_judge(const struct doctor_seen *seen, struct hub_arena *arena);

/* Where its group goes on to read. */
int64_t doctor_next(const struct hub_group_position *at);

/* Records of a partition that wait to be read. */
int64_t doctor_waiting(const struct doctor_input *input, uint32_t partition);

/* What the two looks differ in matters: lag, a fence that is not level, members that share a name. */
bool doctor_wants_second(const struct doctor_seen *seen);

/* How long after the first look the second one is worth it: a member that died is gone after that time. */
int64_t doctor_second_after_ms(const struct doctor_seen *seen);

#endif
