/* hubctl whatif: the recorded year with another policy, beside what happened; without one, whether the recorded decisions
 * follow from the recorded inputs. */
#include "hubctl/whatif.h"

#include "base/hash.h"
#include "hubctl/commands.h"
#include "hubctl/refdata.h"
#include "hubctl/whatif_answers.h"
#include "hubctl/whatif_count.h"
#include "hubctl/whatif_read.h"
#include "hubctl/whatif_show.h"
#include "hubctl/when.h"
#include "referral-router/policy.h"
#include "referral-router/referral_core.h"

enum { FILE_MAX = 256 << 20, KEEP = 100 };

struct asking {
	struct hubctl *hubctl;
	int64_t from_ms, to_ms;
	const char *registry; /* NULL: as it was */
	struct hub_str county;
	struct hubctl_reference *loaded, *over;
	uint32_t loaded_count, over_count, partitions;
	struct hubctl_policies *recorded, *other, *last;
	struct hubctl_recording *recording;
	struct hubctl_count *happened, *would;
	struct hubctl_answers *answers;
	struct hubctl_problems problems;
	struct hubctl_whatif_result result;
};

static bool outside(void *user, struct hub_str org_id, struct hub_str county_id)
{
	struct asking *a = user;
	const struct referral_policy *policy = hubctl_policies_on(a->last, INT64_MAX, hubctl_now_ms());
	return !hub_str_eq(referral_policy_county_of(policy, org_id), county_id);
}

static void happened(void *user, const struct hub_schema *schema, const void *record)
{
	hubctl_count_take(((struct asking *)user)->happened, schema, record);
}

static void would_have(void *user, const struct hub_schema *schema, const void *record)
{
	struct asking *a = user;
	hubctl_count_take(a->would, schema, record);
	hubctl_answers_decided(a->answers, schema, record);
}

static bool adapt(void *user, const struct hub_table *table, const struct hubctl_whatif_step *step,
        const struct hubctl_whatif_input *input, struct hub_arena *arena)
{
	return hubctl_answers_adapt(((struct asking *)user)->answers, table, step, input, arena);
}

static bool resume(void *user, struct hubctl_whatif_input *ret)
{
	return hubctl_answers_resume(((struct asking *)user)->answers, ret);
}

static int read_arguments(struct asking *a, struct hub_error *err)
{
	const struct hubctl_args *args = a->hubctl->args;
	const char *from = hubctl_arg(args, "from"), *to = hubctl_arg(args, "to");
	const char *county = hubctl_arg(args, "county");
	a->registry = hubctl_arg(args, "registry");
	a->county = hub_str_from(county ? county : "");
	a->from_ms = INT64_MIN;
	a->to_ms = INT64_MAX;
	int result = HUB_OK;
	if (from && strcmp(from, "beginning") != 0)
		result = hubctl_when(hub_str_from(from), hubctl_now_ms(), &a->from_ms, err);
	if (!result && to)
		result = hubctl_when(hub_str_from(to), hubctl_now_ms(), &a->to_ms, err);
	if (!result && a->from_ms >= a->to_ms)
		result = hub_error_set(err, HUB_E_INVALID, "", "--from must be before --to");
	return result;
}

/* The file's records that differ from the registry's. */
static void lay_over(struct asking *a, const struct hubctl_refdata *refdata)
{
	const struct hubctl_entry *const *entries;
	uint32_t count = hubctl_refdata_sorted(refdata, &entries);
	a->over = hub_arena_alloc(a->hubctl->arena, (count + 1) * sizeof(*a->over));
	for (uint32_t i = 0; a->over && i < count; i++) {
		struct hub_str fields;
		if (entries[i]->file &&
		        hubctl_refdata_change(entries[i], a->hubctl->arena, &fields) != HUBCTL_SAME)
			a->over[a->over_count++] =
			        (struct hubctl_reference){ entries[i]->key, entries[i]->value, 0 };
	}
}

static int read_policy(struct asking *a, struct hub_error *err)
{
	struct hub_str text;
	struct hubctl_refdata *refdata = hubctl_refdata_new(a->hubctl->arena);
	int result = refdata ? hubctl_read_file(a->hubctl, a->registry, FILE_MAX, &text, err)
	                     : hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	for (uint32_t i = 0; !result && i < a->loaded_count; i++)
		if (a->loaded[i].value.len)
			result = hubctl_refdata_loaded(refdata, a->loaded[i].key, a->loaded[i].value, err);
	if (!result) {
		a->problems.arena = a->hubctl->arena;
		hubctl_refdata_read(refdata, a->registry, text, &a->problems);
		if (a->problems.count == 0)
			hubctl_refdata_check(refdata, &a->problems);
		lay_over(a, refdata);
	}
	hubctl_refdata_free(refdata);
	return result;
}

static bool make_parts(struct asking *a)
{
	const struct hub_core *core = &referral_router_core;
	a->recorded = hubctl_policies_new(core, a->loaded, a->loaded_count, NULL, 0);
	a->last = hubctl_policies_new(core, a->loaded, a->loaded_count, a->over, a->over_count);
	if (a->registry)
		a->other = hubctl_policies_new(core, a->loaded, a->loaded_count, a->over, a->over_count);
	a->recording = hubctl_recording_new(core);
	a->happened = hubctl_count_new(a->from_ms, a->to_ms, a->county, outside, a);
	a->would = hubctl_count_new(a->from_ms, a->to_ms, a->county, outside, a);
	a->answers = hubctl_answers_new();
	return a->recorded && a->last && (a->other || !a->registry) && a->recording && a->happened &&
	       a->would && a->answers;
}

static int read_recording(struct asking *a, struct hub_error *err)
{
	struct hubctl *hubctl = a->hubctl;
	int result = hubctl_whatif_check_log(hubctl, &referral_router_core, &a->partitions, err);
	if (!result)
		result = hubctl_whatif_read_registry(hubctl, &a->loaded, &a->loaded_count, err);
	if (!result && a->registry)
		result = read_policy(a, err);
	if (result || a->problems.count)
		return result;
	if (!make_parts(a))
		return hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	return hubctl_whatif_read_decisions(hubctl, &referral_router_core, a->recording, happened, a, err);
}

static int run_partition(struct asking *a, int32_t partition, struct hub_error *err)
{
	struct hubctl_whatif_log log;
	const struct hubctl_whatif_options options = {
		.core = &referral_router_core,
		.prefix = a->hubctl->settings->prefix,
		.recording = a->recording,
		.recorded = a->recorded,
		.other = a->other,
		.from_ms = a->from_ms,
		.to_ms = a->to_ms,
		.decided = a->other ? would_have : NULL,
		.adapt = hubctl_arg(a->hubctl->args, "answers-as-recorded") ? NULL : adapt,
		.resume = resume,
		.user = a,
		.arena = a->hubctl->arena,
		.keep = KEEP,
	};
	hubctl_whatif_log_init(&log, a->hubctl, options.core, partition);
	const struct hubctl_whatif_source source = { hubctl_whatif_log_next, &log };
	bool done = hubctl_whatif_run(&options, partition, &source, &a->result);
	int result = log.error.code;
	if (result)
		*err = log.error;
	if (!result && !done)
		result = hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	if (!result && hubctl_stopped())
		result = hub_error_set(err, HUB_E_INTERRUPTED, "", "stopped before the end");
	hubctl_whatif_log_done(&log);
	return result;
}

static int run(struct asking *a, struct hub_error *err)
{
	int result = read_recording(a, err);
	if (result || a->problems.count)
		return result;
	uint32_t count = hubctl_recording_partitions(a->recording);
	int32_t only = a->county.len ? hub_partition_of(a->county, (int32_t)a->partitions) : -1;
	for (uint32_t i = 0; !result && i < count; i++)
		if (only < 0 || only == (int32_t)i)
			result = run_partition(a, (int32_t)i, err);
	return result;
}

static int show(struct asking *a, int64_t began_ms, struct hub_error *err)
{
	struct hubctl_totals happened_totals, would_totals;
	struct hubctl *hubctl = a->hubctl;
	if (!hubctl_count_totals(a->happened, &happened_totals) ||
	        !hubctl_count_totals(a->would, &would_totals)) {
		hub_error_set(err, HUB_E_FATAL, "", "out of memory");
		return hubctl_fail(hubctl, err);
	}
	const struct hubctl_whatif_answer_sheet sheet = { &happened_totals, a->other ? &would_totals : NULL,
		&a->result, hubctl_now_ms() - began_ms, a->over_count };
	if (hubctl->json)
		hubctl_whatif_put_json(hubctl, &sheet);
	else if (hubctl_arg(hubctl->args, "csv"))
		hubctl_whatif_put_csv(hubctl, &sheet);
	else
		hubctl_whatif_put(hubctl, &sheet);
	return a->result.different ? HUBCTL_ATTENTION : HUBCTL_DONE;
}

static void done(struct asking *a)
{
	hubctl_policies_free(a->recorded);
	hubctl_policies_free(a->other);
	hubctl_policies_free(a->last);
	hubctl_recording_free(a->recording);
	hubctl_count_free(a->happened);
	hubctl_count_free(a->would);
	hubctl_answers_free(a->answers);
}

int hubctl_whatif(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	int64_t began_ms = hubctl_now_ms();
	struct asking *a = hub_arena_alloc(hubctl->arena, sizeof(*a));
	if (!a)
		return HUBCTL_UNREACHABLE;
	a->hubctl = hubctl;
	if (read_arguments(a, &err))
		return hubctl_usage(hubctl, &err);
	int code, result = run(a, &err);
	if (result) {
		code = hubctl_fail(hubctl, &err);
	} else if (a->problems.count) {
		hubctl_put_problems(&a->problems);
		code = HUBCTL_REFUSED;
	} else {
		code = show(a, began_ms, &err);
	}
	done(a);
	return code;
}
