/* The core's views of the registry, one a day, made when first asked for and forgotten when a load arrives.
 * Pure. */
#ifndef HUB_RUNTIME_POLICIES_H
#define HUB_RUNTIME_POLICIES_H

#include "runtime/core.h"

enum { HUB_POLICIES_MAX = 4 };

struct hub_policies {
	const struct hub_core *core;
	const struct hub_registry *registry;
	const void *options;
	void (*tell)(void *user, const char *text);
	void *user;
	struct {
		void *policy;
		int32_t day;
	} kept[HUB_POLICIES_MAX]; /* newest first */
};

/* In place; everything borrowed. tell: the faults of the reference data, with each new view. */
void hub_policies_init(struct hub_policies *policies, const struct hub_core *core,
        const struct hub_registry *registry, const void *options, void (*tell)(void *user, const char *text),
        void *user);

/* Forgets all; may be used again. */
void hub_policies_done(struct hub_policies *policies);

/* The view on the Shanghai day of now_ms; borrowed until HUB_POLICIES_MAX other days were asked for, or done.
 */
const void *hub_policies_on(struct hub_policies *policies, int64_t now_ms);

#endif
