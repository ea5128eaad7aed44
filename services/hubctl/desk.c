#include "hubctl/desk.h"

#include "base/calendar.h"
#include "hubctl/scan.h"
#include "hubctl/state.h"
#include "records/catalogue.h"
#include "referral-router/allowed.h"

static const char *const registry_topic[] = { "registry" };
static const char state_topic[] = "referral-router.state";

static enum hubctl_scan_next feed(void *user, const struct hub_kafka_event *event)
{
	bool loaded;
	/* What cannot be read is left out, as the daemon does. */
	hub_registry_feed(((struct hubctl_desk *)user)->registry, event->key,
	        event->has_value ? event->value : HUB_STR(""), event->offset, &loaded, NULL);
	return HUBCTL_GO_ON;
}

int hubctl_desk_open(
        struct hubctl *hubctl, const char *org_id, struct hubctl_desk *ret, struct hub_error *reterr)
{
	*ret = (struct hubctl_desk){ .hubctl = hubctl, .registry = hub_registry_new(&hub_registry_schemas) };
	struct hubctl_scan scan = { .topics = registry_topic,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_BEGINNING,
		.visit = feed,
		.user = ret };
	int result = hubctl_partition_of(hubctl, hubctl_arg(hubctl->args, "county"), &ret->partition, reterr);
	if (!result)
		result = hubctl_scan(hubctl, &scan, reterr);
	if (result)
		return result;
	ret->policy = referral_policy_new(ret->registry, hub_day_of(hubctl_now_ms()));
	ret->org = referral_policy_org(ret->policy, hub_str_from(org_id));
	if (!ret->org)
		return hub_error_set(reterr, HUB_E_NOT_FOUND, "",
		        "no organisation \"%s\" in the reference data of today; hubctl registry show "
		        "Organisation lists them",
		        org_id);
	return HUB_OK;
}

void hubctl_desk_close(struct hubctl_desk *desk)
{
	referral_policy_free(desk->policy);
	hub_registry_free(desk->registry);
}

static bool is_key(void *user, struct hub_str key)
{
	return hub_str_eq(key, *(const struct hub_str *)user);
}

static bool begins_with(void *user, struct hub_str key)
{
	return hub_str_starts_with(key, *(const struct hub_str *)user);
}

int hubctl_desk_referral(struct hubctl_desk *desk, const char *referral_id,
        const struct hub_referral_state **ret_state, const struct hub_referral_stub **ret_stub,
        struct hub_error *reterr)
{
	struct hub_str key = hub_arena_printf(desk->hubctl->arena, "referral:%s", referral_id);
	struct hubctl_state_query query = { state_topic, desk->partition, is_key, &key };
	const struct hubctl_state_entry *entries;
	uint32_t count;
	*ret_state = NULL;
	*ret_stub = NULL;
	int result = hubctl_state_read(desk->hubctl, &query, &entries, &count, reterr);
	for (uint32_t i = 0; !result && i < count; i++) {
		if (entries[i].schema == &hub_referral_state_schema)
			*ret_state = entries[i].record;
		else if (entries[i].schema == &hub_referral_stub_schema)
			*ret_stub = entries[i].record;
	}
	if (!result && !*ret_state && !*ret_stub)
		return hub_error_set(reterr, HUB_E_NOT_FOUND, "",
		        "no referral \"%s\" is known (or it has been forgotten since); hubctl explain %s "
		        "searches the topics",
		        referral_id, referral_id);
	return result;
}

int hubctl_desk_referrals(struct hubctl_desk *desk, const struct hub_referral_state *const **ret,
        uint32_t *ret_count, struct hub_error *reterr)
{
	struct hub_str prefix = HUB_STR("referral:");
	struct hubctl_state_query query = { state_topic, desk->partition, begins_with, &prefix };
	const struct hubctl_state_entry *entries;
	uint32_t count;
	int result = hubctl_state_read(desk->hubctl, &query, &entries, &count, reterr);
	if (result)
		return result;
	const struct hub_referral_state **states =
	        hub_arena_alloc(desk->hubctl->arena, (count + 1) * sizeof(const void *));
	*ret_count = 0;
	for (uint32_t i = 0; states && i < count; i++)
		if (entries[i].schema == &hub_referral_state_schema)
			states[(*ret_count)++] = entries[i].record;
	*ret = states;
	return HUB_OK;
}

struct hub_str_array hubctl_desk_may(struct hubctl_desk *desk, const struct hub_referral_state *state)
{
	unsigned who = referral_allowed_who(desk->policy, state, desk->org->org_id);
	return referral_allowed(state->stage, state->referral.direction, who, desk->hubctl->arena);
}
