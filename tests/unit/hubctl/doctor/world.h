/* What was seen of a hub that is well, for one thing in it to be changed; and which faults are found then. */
#ifndef TEST_DOCTOR_WORLD_H
#define TEST_DOCTOR_WORLD_H

#include "hubctl/doctor/checks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { TOPICS_MAX = 16, PARTITIONS = 4, TEXT_LIMIT = 1 << 17 };

static const int64_t now_ms = 1790000000000, day = 86400000;

/* The hub that is well, and the memory behind it. */
struct world {
	struct doctor_seen seen;
	struct hub_cluster_topic topics[TOPICS_MAX];
	struct hub_cluster_setting settings[TOPICS_MAX][16];
	struct hub_group_position positions[2][2][PARTITIONS]; /* by look, input */
	struct doctor_changelog changelogs[2][PARTITIONS];
	struct hub_group_member members[2][3];
	struct hubctl_daemon daemons[2];
	struct hub_arena *arena;
};

extern struct world w;

int world_set_up(void **state);
int world_tear_down(void **state);

#define DOCTOR_TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

/* Its topics as in the catalogue, anew. */
void make_topics(void);

/* A second look, at which everything is as at the first. */
void look_again(void);

struct hub_cluster_topic *topic(const char *name);

const struct doctor_finding *finding_of(const struct doctor_findings *findings, enum doctor_fault_id id);

/* That fault, no other one; what was seen of it says words. */
void assert_fault(enum doctor_fault_id id, const char *words);
void assert_well(void);

#endif
