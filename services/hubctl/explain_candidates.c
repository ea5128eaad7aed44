/* Who could have taken the referral at a moment, and why the others did not: the router's own walk over the
 * tiers on the registry of that moment, laid over what the decision itself says (`considered`). */
#include "base/calendar.h"
#include "hubctl/explain.h"
#include "hubctl/fields.h"
#include "records/event_head.h"
#include "records/out_of_county_authorised.h"
#include "records/referral_event_refused.h"
#include "records/referral_routed.h"
#include "records/referral_unplaced.h"
#include "records/referral_waitlisted.h"
#include "referral-router/candidates.h"
#include "referral-router/exclusions.h"
#include "registry/registry.h"

enum { CANDIDATES_MAX = 512 };

static const struct {
	const char *code;
	const char *text;
} reasons[] = {
	{ "FULL", "no slot open to it, or no bed free" },
	{ "NO_SPECIALTY", "lacks the specialty (REF-01)" },
	{ "NOT_IN_CATALOGUE", "its capability list lacks the diagnosis (REF-04)" },
	{ "NOT_AUTHORISED", "outside the county, and not authorised (REF-01)" },
	{ "REJECTED", "rejected it before (REF-11)" },
	{ "EXPIRED", "let its time pass before (REF-08)" },
	{ "SESSION_CANCELLED", "its session was cancelled or ended" },
	{ "NO_BED", "no bed of the kind (REF-22)" },
	{ "NO_ANSWER", "its county did not answer in time (REF-01)" },
	{ "NOT_SERVED", "its county keeps its state in a former version's form (I-9)" },
	{ "UNKNOWN_ORGANISATION", "its county's registry does not have it (yet)" },
	{ "DUPLICATE_ID", "another county has asked there under the same referral id (REF-07)" },
};

const char *hubctl_reason_text(struct hub_str reason_code)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (hub_str_is(reason_code, reasons[i].code))
			return reasons[i].text;
	return NULL;
}

/* What a placing decision says. */
struct placing {
	struct hub_considered_array considered;
	struct hub_str taken; /* empty: nobody */
};

static bool placing_of(const struct hubctl_step *step, struct placing *ret)
{
	const void *record = step->seen.record;
	*ret = (struct placing){ 0 };
	if (step->seen.schema == &hub_referral_routed_schema) {
		ret->considered = ((const struct hub_referral_routed *)record)->considered;
		ret->taken = ((const struct hub_referral_routed *)record)->to_org_id;
	} else if (step->seen.schema == &hub_referral_waitlisted_schema) {
		ret->considered = ((const struct hub_referral_waitlisted *)record)->considered;
	} else if (step->seen.schema == &hub_referral_unplaced_schema) {
		ret->considered = ((const struct hub_referral_unplaced *)record)->considered;
	} else {
		return false;
	}
	return !step->decision->has_repeat_of;
}

bool hubctl_step_places(const struct hubctl_step *step)
{
	struct placing placing;
	return step->seen.schema && placing_of(step, &placing);
}

static bool was_refused(const struct hubctl_story *story, struct hub_str event_id)
{
	for (uint32_t i = 0; i < story->step_count; i++) {
		const struct hubctl_seen *seen = &story->steps[i].seen;
		if (seen->schema == &hub_referral_event_refused_schema &&
		        hub_str_eq(
		                ((const struct hub_referral_event_refused *)seen->record)->refused_event_id,
		                event_id))
			return true;
	}
	return false;
}

/* On the request, or by an OutOfCountyAuthorised before that step (REF-01). */
static bool is_authorised(const struct hubctl_story *story, const struct hubctl_step *step)
{
	for (const struct hubctl_step *before = story->steps; before < step; before++)
		if (before->seen.schema == &hub_out_of_county_authorised_schema &&
		        !was_refused(story, ((const struct hub_event_head *)before->seen.record)->event_id))
			return true;
	return story->referral->out_of_county_authorised;
}

static struct referral_search search_of(
        const struct hubctl_story *story, const struct hubctl_step *step, const struct placing *placing)
{
	const struct hub_referral *asked = story->referral;
	struct referral_search search = referral_search_of(asked, story->consortium_id);
	referral_exclude(story->arena, &placing->considered, &search);
	search.authorised = is_authorised(story, step);
	return search;
}

/* The list being made. */
struct list {
	const struct hubctl_story *story;
	const struct hubctl_step *step;
	const struct placing *placing;
	const struct referral_policy *policy;
	struct hubctl_candidate *items;
	uint32_t count;
};

static bool is_listed(const struct list *list, struct hub_str org_id)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (hub_str_eq(list->items[i].org_id, org_id))
			return true;
	return false;
}

static void add(struct list *list, struct hub_str org_id, enum hub_route_path path,
        enum hubctl_candidate_fate fate, struct hub_str reason_code)
{
	if (list->count == CANDIDATES_MAX)
		return;
	const struct hub_organisation *org = list->policy ? referral_policy_org(list->policy, org_id) : NULL;
	list->items[list->count++] = (struct hubctl_candidate){
		.org_id = hub_arena_copy(list->story->arena, org_id),
		.name = org ? hub_arena_copy(list->story->arena, org->name) : (struct hub_str){ 0 },
		.path = hub_route_path_name(path),
		.fate = fate,
		.reason_code = hub_arena_copy(list->story->arena, reason_code),
	};
}

static void add_tier(struct list *list, const struct referral_candidate *items, uint32_t count, bool *past)
{
	bool here = *past;
	for (uint32_t i = 0; i < count; i++)
		here = here || hub_str_eq(items[i].org_id, list->placing->taken);
	for (uint32_t i = 0; i < count; i++) {
		struct hub_str reason = { 0 };
		enum hubctl_candidate_fate fate = here ? HUBCTL_NOT_ASKED : HUBCTL_NO_TRACE;
		for (uint32_t c = 0; c < list->placing->considered.count; c++)
			if (hub_str_eq(list->placing->considered.items[c].org_id, items[i].org_id)) {
				reason = list->placing->considered.items[c].reason_code;
				fate = HUBCTL_BARRED;
			}
		if (!reason.len && items[i].reason_code) {
			reason = hub_str_from(items[i].reason_code);
			fate = HUBCTL_BARRED;
		}
		if (hub_str_eq(items[i].org_id, list->placing->taken))
			fate = HUBCTL_TAKEN;
		add(list, items[i].org_id, items[i].path, fate,
		        fate == HUBCTL_TAKEN ? (struct hub_str){ 0 } : reason);
	}
	*past = here;
}

static void walk(struct list *list)
{
	struct referral_search search = search_of(list->story, list->step, list->placing);
	struct referral_candidates walk;
	const struct referral_candidate *items;
	uint32_t count;
	bool past = false;
	referral_candidates_init(&walk, list->policy, &search, list->story->arena);
	while (referral_candidates_next_tier(&walk, &items, &count))
		add_tier(list, items, count, &past);
}

uint32_t hubctl_story_candidates(
        const struct hubctl_story *story, const struct hubctl_step *step, const struct hubctl_candidate **ret)
{
	struct placing placing;
	struct hub_registry *registry = NULL;
	struct list list = { .story = story, .step = step, .placing = &placing };
	*ret = NULL;
	list.items = hub_arena_alloc(story->arena, CANDIDATES_MAX * sizeof(*list.items));
	if (!step->seen.schema || !placing_of(step, &placing) || !list.items)
		return 0;
	struct referral_policy *policy = hubctl_story_policy(
	        story, step->decision->registry_version, hub_day_of(step->decision->occurred_at), &registry);
	list.policy = policy;
	if (policy && story->referral)
		walk(&list);
	/* What the decision mentions and the rules of today do not find. */
	for (uint32_t i = 0; i < placing.considered.count; i++)
		if (!is_listed(&list, placing.considered.items[i].org_id))
			add(&list, placing.considered.items[i].org_id, placing.considered.items[i].path,
			        HUBCTL_BARRED, placing.considered.items[i].reason_code);
	if (placing.taken.len && !is_listed(&list, placing.taken))
		add(&list, placing.taken, ((const struct hub_referral_routed *)step->seen.record)->path,
		        HUBCTL_TAKEN, (struct hub_str){ 0 });
	referral_policy_free(policy);
	hub_registry_free(registry);
	*ret = list.items;
	return list.count;
}
