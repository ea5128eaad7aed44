/* Who is in the router's group, how far it is, and the newest positions in its changelog. */
#include "hubctl/doctor/look.h"

#include "hubctl/backwards.h"
#include "hubctl/doctor/checks.h"
#include "hubctl/positions.h"
#include "hubctl/scan.h"
#include "kafka/group_offsets.h"

/* As a rule a position is among the last 100 offsets; FURTHER_MS leaves time for what is looked at after the changelogs. */
enum { LAST_RECORDS = 100, GAPS_MS = 3000, FURTHER_MS = 3000 };

struct reading {
	struct hubctl_positions positions;
	struct doctor_group_look *look;
};

struct gaps {
	struct doctor_input *input;
	uint32_t left, found; /* partitions in which no record was found so far, and in which one was */
};

static enum hubctl_scan_next note_first(void *user, const struct hub_kafka_event *event)
{
	struct gaps *gaps = user;
	struct doctor_input *input = gaps->input;
	uint32_t p = (uint32_t)event->at.partition;
	if (p >= input->count || input->readable[p] != INT64_MAX)
		return HUBCTL_GO_ON;
	input->readable[p] = event->offset;
	gaps->found++;
	/* One that was read up to its end before this look began is not waited for. */
	bool waited = input->partitions[p].high > doctor_next(&input->partitions[p]);
	return waited && --gaps->left == 0 ? HUBCTL_ENOUGH : HUBCTL_GO_ON;
}

/* Offsets alone do not tell lag: each transaction of the router leaves its mark behind what it wrote to its own input,
 * and what is committed passes it only with the next transaction. Where nothing at all could be read in time, everything counts as waiting. */
static void look_gaps(struct doctor_part *part, int64_t until_ms, struct doctor_input *input)
{
	const char *topic = input->topic + strlen(part->settings.prefix);
	int64_t *from = hub_arena_alloc(part->hubctl.arena, (input->count + 1) * sizeof(*from));
	struct gaps gaps = { .input = input };
	struct hub_error ignored;
	const struct hubctl_scan scan = {
		.topics = &topic,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_EACH,
		.from_each = from,
		.from_count = input->count,
		.settled = true,
		.until_ms = until_ms,
		.visit = note_first,
		.user = &gaps,
	};
	input->readable = hub_arena_alloc(part->hubctl.arena, (input->count + 1) * sizeof(*input->readable));
	for (uint32_t p = 0; from && input->readable && p < input->count; p++) {
		const struct hub_group_position *at = &input->partitions[p];
		from[p] = doctor_next(at);
		gaps.left += at->high > from[p];
		input->readable[p] = INT64_MAX;
	}
	if (!from || !gaps.left || (hubctl_scan(&part->hubctl, &scan, &ignored) && !gaps.found))
		input->readable = NULL;
}

static void look_inputs(
        struct doctor_part *part, const struct hubctl_positions *positions, struct doctor_group_look *look)
{
	const struct hub_topics *topics = &positions->topics;
	int64_t until_ms = hubctl_now_ms() + GAPS_MS;
	for (uint32_t i = 0; i < topics->input_count && i < DOCTOR_INPUTS_MAX; i++) {
		struct doctor_input *input = &look->inputs[look->input_count++];
		input->topic = topics->names[i];
		input->error.code = hub_kafka_group_positions(&part->settings.kafka,
		        hubctl_topic(&part->hubctl, positions->daemon), topics->names[i],
		        doctor_patience(part), part->hubctl.arena, &input->partitions, &input->count,
		        &input->error);
		if (!input->error.code)
			look_gaps(part, until_ms < part->until_ms ? until_ms : part->until_ms, input);
	}
}

static enum hubctl_scan_next note(void *user, const struct hub_kafka_event *event, struct hubctl_reach *reach)
{
	struct reading *r = user;
	if (event->at.partition >= (int32_t)r->look->changelog_count)
		return HUBCTL_GO_ON;
	struct doctor_changelog *log = &r->look->changelogs[event->at.partition];
	hubctl_positions_note(&r->positions, event);
	if (!event->has_key || !hub_str_eq(event->key, HUB_POSITION_KEY))
		return HUBCTL_GO_ON;
	reach->found++;
	if (log->count == DOCTOR_POSITIONS_MAX)
		memmove(log->positions, log->positions + 1, sizeof(log->positions[0]) * --log->count);
	log->positions[log->count++] = (struct doctor_place){ event->offset, event->timestamp_ms };
	return HUBCTL_GO_ON;
}

static bool no_position(void *user, int32_t partition, const struct hubctl_reach *reach)
{
	(void)user;
	(void)partition;
	return reach->found == 0;
}

/* What was read of a window that was not read to its end is no news: it may hold a newer position. */
static void forget_what_is_not_known(
        struct reading *r, const struct hubctl_reach *reach, uint32_t reached_count)
{
	for (uint32_t p = 0; p < r->look->changelog_count && p < reached_count; p++) {
		struct doctor_changelog *log = &r->look->changelogs[p];
		log->unread =
		        !hubctl_reached_beginning(&reach[p]) && r->positions.partitions[p].at < reach[p].from;
		if (log->unread)
			log->count = 0;
	}
}

static int read_changelogs(struct doctor_part *part, struct reading *r, struct hub_error *err)
{
	struct hub_str topic = hub_arena_printf(part->hubctl.arena, "%s.state", r->positions.daemon);
	const struct hubctl_backwards back = {
		.topic = topic.data,
		.partition = -1,
		.window = LAST_RECORDS,
		.until_ms = part->until_ms,
		.further_ms = FURTHER_MS,
		.visit = note,
		.more = no_position,
		.user = r,
	};
	struct hubctl_reach *reach;
	uint32_t count;
	r->look->changelogs =
	        hub_arena_alloc(part->hubctl.arena, (r->positions.count + 1) * sizeof(*r->look->changelogs));
	if (!r->look->changelogs)
		return hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	r->look->changelog_count = r->positions.count;
	int result = hubctl_backwards(&part->hubctl, &back, &reach, &count, err);
	bool first = count > 0 && reach[0].from != INT64_MAX;
	if (result && !(result == HUB_E_RETRY && first))
		return result;
	forget_what_is_not_known(r, reach, count);
	return HUB_OK;
}

/* Only while nobody is in the group do offsets and positions stand still enough to be compared. */
static void compare(struct reading *r)
{
	for (uint32_t i = 0; i < r->positions.count; i++) {
		struct doctor_changelog *log = &r->look->changelogs[i];
		if (!log->unread)
			log->disagrees.code = hubctl_position_check(&r->positions, i, &log->disagrees);
	}
}

void doctor_look_group(struct doctor_part *part, struct doctor_group_look *look)
{
	struct reading r = { .look = look };
	struct hub_error *err = &look->changelog_error;
	const struct hub_kafka_group group = { &part->settings.kafka,
		hubctl_topic(&part->hubctl, "referral-router"), NULL, doctor_patience(part) };
	look->at_ms = hubctl_now_ms();
	look->members_error.code = hub_kafka_group_members(
	        &group, part->hubctl.arena, &look->members, &look->member_count, &look->members_error);
	if (look->members_error.code) {
		/* Its offsets would be waited for: librdkafka does not say that a group is refused. */
		*err = look->inputs[look->input_count++].error = look->members_error;
		return;
	}
	err->code = hubctl_positions_init(&part->hubctl, &r.positions, err);
	if (!err->code || r.positions.topics.names)
		look_inputs(part, &r.positions, look);
	bool still = !err->code && look->member_count == 0;
	if (still)
		err->code = hubctl_positions_ask(&part->hubctl, &r.positions, err);
	if (!err->code)
		err->code = read_changelogs(part, &r, err);
	if (!err->code && still)
		compare(&r);
	hubctl_positions_done(&r.positions);
}
