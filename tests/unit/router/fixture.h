/* A registry from JSON files as `hubctl registry load` reads them ({"defaults": {...}, "Organisation": [...],
 * ...}), and policies of it, for tests. A file that is not right ends the test with a line that says why. */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include "registry/registry.h"

#include "referral-router/policy.h"

/* One load of one file. Free with hub_registry_free. */
struct hub_registry *fixture_registry(const char *path);

/* Policies of one registry by day, each built once. */
struct fixture;
struct fixture *fixture_new(const char *path);
void fixture_free(struct fixture *fixture);
const struct referral_policy *fixture_policy(struct fixture *fixture, int32_t day);

#endif
