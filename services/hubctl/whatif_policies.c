/* The policy of any moment. A record that is laid over the registry takes the place of the loaded one with the same key;
 * it is fed with the first load, and what a later load says under that key is left out. */
#include "base/calendar.h"
#include "base/map.h"
#include "hubctl/whatif.h"
#include "records/catalogue.h"

#include <stdlib.h>

struct hubctl_policies {
	const struct hub_core *core;
	const struct hubctl_reference *loaded, *over;
	uint32_t loaded_count, over_count;
	struct hub_map *replaced; /* keys of over */
	struct hub_registry *registry;
	uint32_t fed; /* of loaded */
	void *policy; /* holds on the days [since, until) */
	int32_t since, until;
};

static void forget_policy(struct hubctl_policies *policies)
{
	if (policies->policy)
		policies->core->policy_free(policies->policy);
	policies->policy = NULL;
}

static void begin(struct hubctl_policies *policies)
{
	bool loaded;
	forget_policy(policies);
	hub_registry_free(policies->registry);
	policies->registry = hub_registry_new(&hub_registry_schemas);
	policies->fed = 0;
	for (uint32_t i = 0; i < policies->over_count; i++)
		hub_registry_feed(
		        policies->registry, policies->over[i].key, policies->over[i].value, 0, &loaded, NULL);
}

struct hubctl_policies *hubctl_policies_new(const struct hub_core *core,
        const struct hubctl_reference *loaded, uint32_t loaded_count, const struct hubctl_reference *over,
        uint32_t over_count)
{
	struct hubctl_policies *policies = calloc(1, sizeof(*policies));
	if (!policies)
		return NULL;
	*policies = (struct hubctl_policies){ .core = core,
		.loaded = loaded,
		.over = over,
		.loaded_count = loaded_count,
		.over_count = over_count,
		.replaced = hub_map_new() };
	for (uint32_t i = 0; i < over_count; i++)
		hub_map_put(policies->replaced, over[i].key, policies);
	begin(policies);
	return policies;
}

void hubctl_policies_free(struct hubctl_policies *policies)
{
	if (!policies)
		return;
	forget_policy(policies);
	hub_registry_free(policies->registry);
	hub_map_free(policies->replaced);
	free(policies);
}

/* A record that the daemon could not read was left out by it, too. */
static void feed_to(struct hubctl_policies *policies, int64_t version)
{
	bool loaded;
	while (policies->fed < policies->loaded_count && policies->loaded[policies->fed].offset <= version) {
		const struct hubctl_reference *record = &policies->loaded[policies->fed++];
		forget_policy(policies);
		if (!hub_map_get(policies->replaced, record->key))
			hub_registry_feed(policies->registry, record->key, record->value, record->offset,
			        &loaded, NULL);
	}
}

const void *hubctl_policies_on(struct hubctl_policies *policies, int64_t version, int64_t now_ms)
{
	int32_t day = hub_day_of(now_ms);
	if (version < hub_registry_version(policies->registry))
		begin(policies); /* another copy of the daemon had not read the newest load yet */
	feed_to(policies, version);
	if (policies->policy && (day < policies->since || day >= policies->until))
		forget_policy(policies);
	if (!policies->policy) {
		policies->policy = policies->core->policy_new(policies->registry, day, NULL);
		policies->since = day;
		policies->until = hub_registry_next_change(policies->registry, day);
	}
	return policies->policy;
}
