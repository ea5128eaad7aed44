#include "hubctl/audit.h"

static struct hubctl_audited total(const struct hubctl_audit *audit)
{
	struct hubctl_audited sum = { 0 };
	for (uint32_t i = 0; i < audit->positions.count; i++) {
		sum.inputs += audit->audited[i].inputs;
		sum.decided += audit->audited[i].decided;
		sum.dead += audit->audited[i].dead;
		sum.timers += audit->audited[i].timers;
		sum.waiting += audit->audited[i].waiting;
		sum.doubts += audit->audited[i].doubts;
	}
	return sum;
}

static void put_numbers(struct hubctl_grid *grid, const struct hubctl_audited *a)
{
	hubctl_grid_number(grid, (int64_t)a->inputs);
	hubctl_grid_number(grid, (int64_t)a->decided);
	hubctl_grid_number(grid, (int64_t)a->dead);
	hubctl_grid_number(grid, (int64_t)a->waiting);
	hubctl_grid_number(grid, (int64_t)a->timers);
	hubctl_grid_number(grid, (int64_t)a->doubts);
}

static void put_partitions(const struct hubctl_audit *audit)
{
	static const struct hubctl_column columns[] = {
		{ "PARTITION", HUBCTL_KEEP, true },
		{ "INPUTS", HUBCTL_KEEP, true },
		{ "DECIDED", HUBCTL_KEEP, true },
		{ "DEAD", HUBCTL_KEEP, true },
		{ "WAITING", HUBCTL_KEEP, true },
		{ "TIMERS", HUBCTL_KEEP, true },
		{ "DOUBTS", HUBCTL_KEEP, true },
	};
	struct hubctl_grid *grid = hubctl_grid_new(audit->hubctl->arena, columns, 7);
	struct hubctl_audited sum = total(audit);
	for (uint32_t i = 0; i < audit->positions.count; i++) {
		const struct hubctl_audited *a = &audit->audited[i];
		if (a->inputs + a->waiting + a->timers + a->doubts == 0)
			continue;
		hubctl_grid_number(grid, i);
		put_numbers(grid, a);
	}
	hubctl_grid_text(grid, "all");
	put_numbers(grid, &sum);
	hubctl_grid_print(grid, audit->hubctl->width, 0, &audit->hubctl->out);
}

static void put_doubtful(const struct hubctl_audit *audit)
{
	static const struct hubctl_column columns[] = {
		{ "DOUBT", HUBCTL_KEEP, false },
		{ "TOPIC", HUBCTL_CUT_START, false },
		{ "WHERE", HUBCTL_KEEP, false },
		{ "WHY", HUBCTL_WRAP, false },
	};
	struct hub_arena *arena = audit->hubctl->arena;
	struct hubctl_grid *grid = hubctl_grid_new(arena, columns, 4);
	uint32_t count;
	const struct hubctl_doubtful *found = hubctl_verdict_doubtful(audit->verdict, &count);
	for (uint32_t i = 0; i < count; i++) {
		hubctl_grid_text(grid, hubctl_doubt_name(found[i].doubt));
		hubctl_grid_text(grid, found[i].topic);
		hubctl_grid_cell(grid, found[i].offset < 0
		                               ? hub_arena_printf(arena, "%d", found[i].partition)
		                               : hub_arena_printf(arena, "%d:%lld", found[i].partition,
		                                         (long long)found[i].offset));
		hubctl_grid_cell(grid, found[i].why);
	}
	hub_buf_text(&audit->hubctl->out, "\n");
	hubctl_grid_print(grid, audit->hubctl->width, 0, &audit->hubctl->out);
}

static void put_kinds(const struct hubctl_audit *audit)
{
	struct hub_buf *out = &audit->hubctl->out;
	hub_buf_text(out, "\nin doubt\n");
	for (int i = 0; i < HUBCTL_DOUBTS; i++) {
		uint64_t count = hubctl_verdict_count(audit->verdict, (enum hubctl_doubt)i);
		if (count)
			hub_buf_printf(out, "  %llu %s: %s\n", (unsigned long long)count,
			        hubctl_doubt_name((enum hubctl_doubt)i),
			        hubctl_doubt_meaning((enum hubctl_doubt)i));
	}
}

void hubctl_audit_put(const struct hubctl_audit *audit)
{
	struct hubctl *hubctl = audit->hubctl;
	struct hubctl_verdict_sums sums = hubctl_verdict_sums(audit->verdict);
	uint64_t doubts = hubctl_audit_doubts(audit);
	uint32_t shown;
	hubctl_verdict_doubtful(audit->verdict, &shown);
	put_partitions(audit);
	hub_buf_printf(&hubctl->out, "\n%s: %llu held, %llu used, %llu booked",
	        hubctl_count(hubctl, sums.sessions, "session"), (unsigned long long)sums.held,
	        (unsigned long long)sums.used, (unsigned long long)sums.booked);
	hub_buf_printf(&hubctl->out, "; %s ended\n", hubctl_count(hubctl, sums.ended, "referral"));
	if (audit->output_cut)
		hub_buf_text(&hubctl->out,
		        "decisions are no longer kept from the beginning: inputs before the first "
		        "one were not judged\n");
	if (!doubts) {
		hub_buf_text(&hubctl->out, "nothing is in doubt\n");
		return;
	}
	put_doubtful(audit);
	put_kinds(audit);
	if (shown < doubts)
		hub_buf_printf(&hubctl->out, "the first %u of %llu are shown; --limit N shows more\n", shown,
		        (unsigned long long)doubts);
}

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *audited_json(const struct hubctl_audited *a)
{
	json_t *json = json_object();
	json_object_set_new(json, "inputs", number(a->inputs));
	json_object_set_new(json, "decided", number(a->decided));
	json_object_set_new(json, "dead", number(a->dead));
	json_object_set_new(json, "waiting", number(a->waiting));
	json_object_set_new(json, "timers", number(a->timers));
	json_object_set_new(json, "doubts", number(a->doubts));
	return json;
}

static json_t *partitions_json(const struct hubctl_audit *audit)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < audit->positions.count; i++) {
		json_t *item = audited_json(&audit->audited[i]);
		json_object_set_new(item, "partition", json_integer(i));
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *doubtful_json(const struct hubctl_audit *audit)
{
	json_t *list = json_array();
	uint32_t count;
	const struct hubctl_doubtful *found = hubctl_verdict_doubtful(audit->verdict, &count);
	for (uint32_t i = 0; i < count; i++) {
		json_t *item = json_object();
		json_object_set_new(item, "doubt", json_string(hubctl_doubt_name(found[i].doubt)));
		json_object_set_new(item, "topic", json_string(found[i].topic));
		json_object_set_new(item, "partition", json_integer(found[i].partition));
		json_object_set_new(
		        item, "offset", found[i].offset < 0 ? json_null() : json_integer(found[i].offset));
		json_object_set_new(item, "why", hubctl_json_text(found[i].why));
		json_array_append_new(list, item);
	}
	return list;
}

void hubctl_audit_put_json(const struct hubctl_audit *audit)
{
	struct hubctl_verdict_sums sums = hubctl_verdict_sums(audit->verdict);
	struct hubctl_audited sum = total(audit);
	json_t *json = audited_json(&sum), *counts = json_object();
	for (int i = 0; i < HUBCTL_DOUBTS; i++)
		json_object_set_new(counts, hubctl_doubt_name((enum hubctl_doubt)i),
		        number(hubctl_verdict_count(audit->verdict, (enum hubctl_doubt)i)));
	json_object_set_new(json, "doubts", number(hubctl_audit_doubts(audit)));
	json_object_set_new(json, "counts", counts);
	json_object_set_new(json, "in_doubt", doubtful_json(audit));
	json_object_set_new(json, "partitions", partitions_json(audit));
	json_object_set_new(json, "cut", json_boolean(audit->output_cut));
	json_object_set_new(json, "sessions", number(sums.sessions));
	json_object_set_new(json, "held", number(sums.held));
	json_object_set_new(json, "used", number(sums.used));
	json_object_set_new(json, "booked", number(sums.booked));
	json_object_set_new(json, "ended", number(sums.ended));
	hubctl_put_json(audit->hubctl, json);
}
