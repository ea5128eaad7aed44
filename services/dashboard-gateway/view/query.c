/* /referrals: which ones, and in which order. */
#include "dashboard-gateway/view/overdue.h"
#include "dashboard-gateway/view/worklists.h"
#include "records/referral_stage.h"

static const char *const sorts[] = { "due", "requested", "urgency", NULL };
static const char *const names[] = { "worklist", "org", "state", "urgency", "overdue", "due_before",
	"specialty", "q", "from", "to", "sort", "cursor", "limit", NULL };

static int read_worklist(
        const struct gateway_params *params, struct gateway_referral_query *query, struct hub_error *reterr)
{
	const char *choices[GATEWAY_WORKLISTS + 1] = { NULL };
	uint32_t chosen = GATEWAY_ALL;
	for (uint32_t i = 0; i < GATEWAY_WORKLISTS; i++)
		choices[i] = gateway_worklist_name((enum gateway_worklist)i);
	int code = gateway_params_choice(params, "worklist", choices, &chosen, reterr);
	query->worklist = (enum gateway_worklist)chosen;
	return code;
}

/* Final states are among the stages. */
static int read_enums(
        const struct gateway_params *params, struct gateway_referral_query *query, struct hub_error *reterr)
{
	uint32_t stage = 0, urgency = HUB_URGENCY_UNKNOWN, sort = GATEWAY_BY_DUE;
	int code = gateway_params_symbol(params, "state", &hub_referral_stage_enum, &stage, reterr);
	if (code == HUB_OK)
		code = gateway_params_symbol(params, "urgency", &hub_urgency_enum, &urgency, reterr);
	if (code == HUB_OK)
		code = gateway_params_choice(params, "sort", sorts, &sort, reterr);
	query->state = gateway_params_get(params, "state");
	query->urgency = (enum hub_urgency)urgency;
	query->sort = (enum gateway_sort)sort;
	return code;
}

int gateway_referral_query_read(
        const struct gateway_params *params, struct gateway_referral_query *ret, struct hub_error *reterr)
{
	struct gateway_referral_query query = { .due_before = GATEWAY_NO_TIME };
	int code = gateway_params_check(params, names, reterr);
	if (code == HUB_OK)
		code = read_worklist(params, &query, reterr);
	if (code == HUB_OK)
		code = read_enums(params, &query, reterr);
	if (code == HUB_OK)
		code = gateway_params_wanted(params, "overdue", &query.overdue, reterr);
	if (code == HUB_OK)
		code = gateway_params_time(params, "due_before", &query.due_before, reterr);
	query.org = gateway_params_get(params, "org");
	query.from = gateway_params_get(params, "from");
	query.to = gateway_params_get(params, "to");
	query.specialty = gateway_params_get(params, "specialty");
	query.prefix = gateway_params_get(params, "q");
	query.narrow = query.org.len || query.from.len || query.to.len || query.state.len ||
	               query.specialty.len || query.prefix.len || query.urgency != HUB_URGENCY_UNKNOWN ||
	               query.overdue != GATEWAY_ANY || query.due_before != GATEWAY_NO_TIME;
	if (code == HUB_OK)
		*ret = query;
	return code;
}

static bool given(struct hub_str wanted, struct hub_str value)
{
	return !wanted.len || hub_str_eq(wanted, value);
}

/* Ended ones are shown to who asks for them: by a final state, by id, or by a list that has them. */
static bool on_list(const struct gateway_referral_query *query, const struct gateway_world *world,
        const struct gateway_viewer *viewer, const struct gateway_referral *referral)
{
	if (query->worklist == GATEWAY_ALL)
		return !referral->ended || query->state.len || query->prefix.len;
	return gateway_on_worklist(query->worklist, world, viewer, referral);
}

static bool time_right(const struct gateway_referral_query *query, const struct gateway_world *world,
        const struct gateway_referral *referral)
{
	if (query->due_before != GATEWAY_NO_TIME &&
	        (referral->due_at == GATEWAY_NO_TIME || referral->due_at >= query->due_before))
		return false;
	if (query->overdue == GATEWAY_ANY)
		return true;
	bool late =
	        gateway_overdue_since(referral, world->hot, world->policy, world->now_ms) != GATEWAY_NO_TIME;
	return late == (query->overdue == GATEWAY_YES);
}

static bool fits(const struct gateway_referral_query *query, const struct gateway_world *world,
        const struct gateway_referral *referral)
{
	if (query->org.len && !hub_str_eq(query->org, referral->from_org_id) &&
	        !hub_str_eq(query->org, referral->to_org_id) &&
	        !hub_str_eq(query->org, referral->asked_org_id))
		return false;
	return given(query->state, referral->state) && given(query->from, referral->from_org_id) &&
	       given(query->to, referral->to_org_id) && given(query->specialty, referral->specialty) &&
	       (query->urgency == HUB_URGENCY_UNKNOWN || query->urgency == referral->urgency) &&
	       hub_str_starts_with(referral->referral_id, query->prefix) &&
	       time_right(query, world, referral);
}

bool gateway_referral_query_takes(const struct gateway_referral_query *query,
        const struct gateway_world *world, const struct gateway_viewer *viewer,
        const struct gateway_referral *referral)
{
	return (!query->narrow || fits(query, world, referral)) && on_list(query, world, viewer, referral);
}

/* What is not known comes last; of the ended ones the newest first. */
static int64_t known(int64_t at_ms)
{
	return at_ms == GATEWAY_NO_TIME ? INT64_MAX : at_ms;
}

struct gateway_rank gateway_referral_query_rank(const struct gateway_referral_query *query,
        const struct gateway_world *world, const struct gateway_referral *referral, int64_t at_ms)
{
	enum { LATE, IN_TIME, ENDED };
	int64_t due_at = referral->ended ? -referral->ended_at : known(referral->due_at);
	struct gateway_rank rank = { .second = due_at, .id = referral->referral_id };
	if (query->sort == GATEWAY_BY_REQUESTED)
		rank.first = known(referral->requested_at);
	else if (query->sort == GATEWAY_BY_URGENCY)
		rank.first = referral->urgency == HUB_URGENCY_UNKNOWN ? INT64_MAX : referral->urgency;
	else if (referral->ended)
		rank.first = ENDED;
	else
		rank.first =
		        gateway_overdue_since(referral, world->hot, world->policy, at_ms) == GATEWAY_NO_TIME
		                ? IN_TIME
		                : LATE;
	return rank;
}
