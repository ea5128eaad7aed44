/* hubctl repair: a partition whose committed offsets and position disagree is stopped by the daemon; the position lies
 * with the state, so it is right about what was decided, and the offsets are set from it, with the number of its
 * transaction, as the daemon commits them. */
#include "hubctl/commands.h"
#include "hubctl/positions.h"
#include "hubctl/text.h"
#include "kafka/group_offsets.h"
#include "kafka/reader.h"

#include <inttypes.h>

enum need { NEED_NOTHING, NEED_OFFSETS, NEED_HELP };

struct plan {
	enum need need;
	struct hub_str verdict, what;
};

struct repair {
	struct hubctl *hubctl;
	struct hubctl_positions positions;
	struct hub_kafka_group group;
	struct plan *plans;               /* positions.count of them */
	struct hub_group_position **ends; /* by input, then partition */
	struct hub_str members;
	uint32_t to_set, to_help;
	bool done;
};

static int ask_ends(struct repair *r, struct hub_error *err)
{
	struct hubctl *hubctl = r->hubctl;
	uint32_t inputs = r->positions.topics.input_count, count = 0;
	r->ends = hub_arena_alloc(hubctl->arena, inputs * sizeof(*r->ends));
	int result = r->ends ? HUB_OK : hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	for (uint32_t i = 0; !result && i < inputs; i++)
		result = hub_kafka_group_positions(r->group.properties, r->group.name, r->group.topics[i],
		        r->group.timeout_ms, hubctl->arena, &r->ends[i], &count, err);
	return result;
}

/* Setting offsets would not let the daemon go on: the records there are gone, or the log is another one. */
static const char *beyond_the_log(const struct repair *r, uint32_t partition)
{
	const struct hubctl_position *p = &r->positions.partitions[partition];
	for (uint32_t i = 0; i < r->positions.topics.input_count; i++) {
		int64_t next = p->position.next[i];
		if (next == HUB_OFFSET_NONE && p->committed[i].next != HUB_OFFSET_NONE)
			return "the position does not name the input";
		if (next != HUB_OFFSET_NONE && next < r->ends[i][partition].low)
			return "the input's log was cut behind the position";
		if (next != HUB_OFFSET_NONE && next > r->ends[i][partition].high)
			return "the input's log ends before the position";
	}
	return NULL;
}

static bool any_committed(const struct repair *r, uint32_t partition)
{
	for (uint32_t i = 0; i < r->positions.topics.input_count; i++)
		if (r->positions.partitions[partition].committed[i].next != HUB_OFFSET_NONE)
			return true;
	return false;
}

static struct plan plan_of(const struct repair *r, uint32_t partition)
{
	struct hub_arena *arena = r->hubctl->arena;
	const struct hubctl_position *p = &r->positions.partitions[partition];
	struct hub_error why = { 0 };
	const char *beyond = p->found && p->damage.code == HUB_OK ? beyond_the_log(r, partition) : NULL;
	bool agree = hubctl_position_check(&r->positions, partition, &why) == HUB_OK;
	if (beyond)
		return (struct plan){ NEED_HELP, hub_str_from(beyond),
			HUB_STR("nothing: a person must decide") };
	if (agree && !p->found)
		return (struct plan){ NEED_NOTHING, HUB_STR("never used"), HUB_STR("nothing") };
	if (agree)
		return (struct plan){ NEED_NOTHING,
			any_committed(r, partition) ? HUB_STR("agree")
			                            : HUB_STR("no offsets: goes on from the position"),
			HUB_STR("nothing") };
	if (!p->found || p->damage.code != HUB_OK)
		return (struct plan){ NEED_HELP, hub_arena_copy(arena, hub_str_from(why.text)),
			HUB_STR("nothing: restore the state topic") };
	return (struct plan){ NEED_OFFSETS, HUB_STR("disagree"),
		hub_arena_printf(arena, "set %" PRId64 ", transaction %" PRId64, p->position.next[0],
		        p->position.batch_seq) };
}

/* "client@host, ..." */
static int ask_members(struct repair *r, struct hub_error *err)
{
	struct hub_arena *arena = r->hubctl->arena;
	struct hub_group_member *members;
	uint32_t count = 0;
	int result = hub_kafka_group_members(&r->group, arena, &members, &count, err);
	r->members = (struct hub_str){ 0 };
	for (uint32_t i = 0; !result && i < count; i++)
		r->members = hub_arena_printf(arena, "%.*s%s%.*s@%.*s", HUB_STR_ARG(r->members),
		        i ? ", " : "", HUB_STR_ARG(members[i].client), HUB_STR_ARG(members[i].host));
	return result;
}

static int look(struct repair *r, struct hub_error *err)
{
	int result = hubctl_positions_ask(r->hubctl, &r->positions, err);
	if (!result)
		result = hubctl_positions_read(r->hubctl, &r->positions, err);
	if (!result)
		result = ask_ends(r, err);
	if (!result)
		result = ask_members(r, err);
	r->to_set = r->to_help = 0;
	for (uint32_t i = 0; !result && i < r->positions.count; i++) {
		r->plans[i] = plan_of(r, i);
		r->to_set += r->plans[i].need == NEED_OFFSETS;
		r->to_help += r->plans[i].need == NEED_HELP;
	}
	return result;
}

static int set_offsets(struct repair *r, struct hub_error *err)
{
	struct hub_arena *arena = r->hubctl->arena;
	uint32_t inputs = r->positions.topics.input_count, count = 0;
	struct hub_kafka_offset *offsets =
	        hub_arena_alloc(arena, (size_t)r->to_set * inputs * sizeof(*offsets));
	for (uint32_t i = 0; offsets && i < r->positions.count; i++) {
		const struct hub_position *position = &r->positions.partitions[i].position;
		char seq[HUB_SEQ_TEXT_MAX];
		if (r->plans[i].need != NEED_OFFSETS)
			continue;
		hub_position_seq_text(position->batch_seq, seq);
		for (uint32_t k = 0; k < inputs; k++)
			if (position->next[k] != HUB_OFFSET_NONE)
				offsets[count++] = (struct hub_kafka_offset){ { (int32_t)k, (int32_t)i },
					position->next[k], hub_arena_copy(arena, hub_str_from(seq)) };
	}
	if (!offsets)
		return hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	return hub_kafka_group_set_offsets(&r->group, offsets, count, err);
}

static struct hub_str offset_text(const struct repair *r, int64_t next, int64_t seq)
{
	if (next == HUB_OFFSET_NONE)
		return HUB_STR("-");
	if (seq < 0)
		return hub_arena_printf(r->hubctl->arena, "%" PRId64 " (?)", next);
	return hub_arena_printf(r->hubctl->arena, "%" PRId64 " (%" PRId64 ")", next, seq);
}

static void put_table(const struct repair *r)
{
	static const struct hubctl_column columns[] = {
		{ "PARTITION", HUBCTL_KEEP, true },
		{ "COMMITTED", HUBCTL_KEEP, true },
		{ "POSITION", HUBCTL_KEEP, true },
		{ "VERDICT", HUBCTL_CUT, false },
		{ "TO DO", HUBCTL_WRAP, false },
	};
	struct hubctl_grid *grid = hubctl_grid_new(r->hubctl->arena, columns, 5);
	for (uint32_t i = 0; i < r->positions.count; i++) {
		const struct hubctl_position *p = &r->positions.partitions[i];
		hubctl_grid_number(grid, i);
		hubctl_grid_cell(grid, offset_text(r, p->committed[0].next, p->committed[0].seq));
		hubctl_grid_cell(grid, offset_text(r, p->position.next[0], p->position.batch_seq));
		hubctl_grid_cell(grid, r->plans[i].verdict);
		hubctl_grid_cell(grid, r->plans[i].what);
	}
	hubctl_grid_print(grid, r->hubctl->width, 0, &r->hubctl->out);
	hub_buf_text(
	        &r->hubctl->out, "\nnext offset of the input, in brackets the number of the transaction\n");
}

static void put_members(const struct repair *r)
{
	struct hub_str text = hub_arena_printf(r->hubctl->arena,
	        "first stop every copy of the %s, then hubctl repair --yes sets them; in the group are %.*s",
	        r->positions.daemon, HUB_STR_ARG(r->members));
	hubctl_text_wrap(&r->hubctl->out, text, r->hubctl->width, 0);
	hub_buf_text(&r->hubctl->out, "\n");
}

static void put_next(const struct repair *r)
{
	struct hub_buf *out = &r->hubctl->out;
	if (r->to_help)
		hub_buf_printf(out, "%s cannot be repaired by setting offsets\n",
		        hubctl_count(r->hubctl, r->to_help, "partition"));
	if (r->to_set && r->members.len)
		put_members(r);
	else if (r->to_set)
		hub_buf_printf(out, "hubctl repair --yes sets the offsets of %s\n",
		        hubctl_count(r->hubctl, r->to_set, "partition"));
	else if (!r->to_help)
		hub_buf_text(out, r->done ? "repaired: state and offsets agree\n" : "nothing to repair\n");
}

static json_t *offset_json(int64_t offset)
{
	return offset < 0 ? json_null() : json_integer((json_int_t)offset);
}

static void put_json(const struct repair *r)
{
	static const char *const needs[] = { "nothing", "offsets", "help" };
	json_t *json = json_object(), *list = json_array();
	for (uint32_t i = 0; i < r->positions.count; i++) {
		const struct hubctl_position *p = &r->positions.partitions[i];
		json_t *item = json_object();
		json_object_set_new(item, "partition", json_integer(i));
		json_object_set_new(item, "committed", offset_json(p->committed[0].next));
		json_object_set_new(item, "committed_by", offset_json(p->committed[0].seq));
		json_object_set_new(item, "position", offset_json(p->position.next[0]));
		json_object_set_new(item, "batch_seq", offset_json(p->found ? p->position.batch_seq : -1));
		json_object_set_new(item, "verdict", hubctl_json_text(r->plans[i].verdict));
		json_object_set_new(item, "needs", json_string(needs[r->plans[i].need]));
		json_array_append_new(list, item);
	}
	json_object_set_new(json, "partitions", list);
	json_object_set_new(json, "to_set", json_integer(r->to_set));
	json_object_set_new(json, "to_help", json_integer(r->to_help));
	json_object_set_new(json, "members", hubctl_json_text(r->members));
	json_object_set_new(json, "done", json_boolean(r->done));
	hubctl_put_json(r->hubctl, json);
}

/* The broker takes the offsets only while the group has no member, so no owner can be in the way; afterwards everything
 * is read again, since a daemon may have come and gone in between. */
static int carry_out(struct repair *r, struct hub_error *err)
{
	if (r->members.len)
		return hub_error_set(err, HUB_E_REFUSED, "",
		        "nothing was set: the group has members (%.*s); stop every copy of the %s first",
		        HUB_STR_ARG(r->members), r->positions.daemon);
	int result = set_offsets(r, err);
	if (!result)
		result = look(r, err);
	r->done = !result;
	return result;
}

static int run(struct repair *r, bool yes, struct hub_error *err)
{
	struct hubctl *hubctl = r->hubctl;
	int result = hubctl_positions_init(hubctl, &r->positions, err);
	if (result)
		return result;
	r->group =
	        (struct hub_kafka_group){ &hubctl->settings->kafka, hubctl_topic(hubctl, r->positions.daemon),
		        (const char *const *)r->positions.topics.names, (int)hubctl->settings->timeout_ms };
	r->plans = hub_arena_alloc(hubctl->arena, (r->positions.count + 1) * sizeof(*r->plans));
	if (!r->plans)
		return hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	result = look(r, err);
	return !result && yes && r->to_set ? carry_out(r, err) : result;
}

int hubctl_repair(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	struct repair r = { .hubctl = hubctl };
	int result = run(&r, hubctl_arg(hubctl->args, "yes") != NULL, &err);
	if (!result && hubctl->json) {
		put_json(&r);
	} else if (!result) {
		put_table(&r);
		put_next(&r);
	}
	hubctl_positions_done(&r.positions);
	if (result == HUB_E_REFUSED) {
		hubctl_fail(hubctl, &err);
		return HUBCTL_REFUSED;
	}
	if (result)
		return hubctl_fail(hubctl, &err);
	return r.to_set || r.to_help ? HUBCTL_ATTENTION : HUBCTL_DONE;
}
