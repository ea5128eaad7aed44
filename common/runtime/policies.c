#include "runtime/policies.h"

#include "base/calendar.h"

void hub_policies_init(struct hub_policies *policies, const struct hub_core *core,
        const struct hub_registry *registry, const void *options, void (*tell)(void *user, const char *text),
        void *user)
{
	*policies = (struct hub_policies){
		.core = core, .registry = registry, .options = options, .tell = tell, .user = user
	};
}

static void forget(struct hub_policies *policies, int i)
{
	if (policies->kept[i].policy)
		policies->core->policy_free(policies->kept[i].policy);
	policies->kept[i].policy = NULL;
}

void hub_policies_done(struct hub_policies *policies)
{
	for (int i = 0; i < HUB_POLICIES_MAX; i++)
		forget(policies, i);
}

const void *hub_policies_on(struct hub_policies *policies, int64_t now_ms)
{
	int32_t day = hub_day_of(now_ms);
	for (int i = 0; i < HUB_POLICIES_MAX && policies->kept[i].policy; i++)
		if (policies->kept[i].day == day)
			return policies->kept[i].policy;
	forget(policies, HUB_POLICIES_MAX - 1);
	for (int i = HUB_POLICIES_MAX - 1; i > 0; i--)
		policies->kept[i] = policies->kept[i - 1];
	policies->kept[0].policy = policies->core->policy_new(policies->registry, day, policies->options);
	policies->kept[0].day = day;
	if (policies->core->policy_faults)
		policies->core->policy_faults(policies->registry, day, policies->tell, policies->user);
	return policies->kept[0].policy;
}
