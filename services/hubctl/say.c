/* hubctl accept, reject, claim, authorise: what a hospital or a control centre sends about a referral, and the hub's answer
 * to it. */
#include "hubctl/commands.h"
#include "hubctl/desk.h"
#include "hubctl/event_text.h"
#include "hubctl/explain.h"
#include "hubctl/publish.h"
#include "hubctl/scan.h"
#include "hubctl/text.h"
#include "records/decision_head.h"
#include "records/referral_event_refused.h"

#include <stdlib.h>
#include <unistd.h>

enum { DECISIONS, DEAD_LETTERS, TOPICS, WAIT_MS = 200 };
static const char *const topics[TOPICS] = { "referral.decisions", "referral-router.dead-letters" };

struct saying {
	struct hubctl_desk desk;
	const char *record;
	const char *org_field; /* where the record names its organisation */
	struct hub_str event_id;
	struct hubctl_event event;
	struct hub_kafka_reader *reader;
	struct hub_kafka_event answer; /* a copy */
	struct hubctl_seen seen;       /* the same */
};

/* The event as a line of hubctl send, so that it takes the same way. */
static json_t *line_of(
        struct saying *s, const struct hub_referral_state *state, const struct hub_referral_stub *stub)
{
	const struct hubctl_args *args = s->desk.hubctl->args;
	json_t *json = json_object();
	json_object_set_new(json, "record", json_string(s->record));
	json_object_set_new(json, "event_id", hubctl_json_text(s->event_id));
	json_object_set_new(json, "occurred_at", json_integer(hubctl_now_ms()));
	json_object_set_new(json, "county_id", hubctl_json_text(state ? state->county_id : stub->county_id));
	json_object_set_new(
	        json, "consortium_id", hubctl_json_text(state ? state->consortium_id : stub->consortium_id));
	json_object_set_new(json, "source_org_id", json_string(args->operands[1]));
	json_object_set_new(json, "referral_id", json_string(args->operands[0]));
	json_object_set_new(json, s->org_field, json_string(args->operands[1]));
	if (hubctl_arg(args, "reason-code"))
		json_object_set_new(json, "reason_code", json_string(hubctl_arg(args, "reason-code")));
	if (hubctl_arg(args, "reason"))
		json_object_set_new(json, "reason", json_string(hubctl_arg(args, "reason")));
	return json;
}

static int make_event(struct saying *s, struct hub_error *err)
{
	struct hubctl *hubctl = s->desk.hubctl;
	const struct hub_referral_state *state;
	const struct hub_referral_stub *stub;
	int result = hubctl_desk_referral(&s->desk, hubctl->args->operands[0], &state, &stub, err);
	if (result)
		return result;
	const char *given = hubctl_arg(hubctl->args, "event-id");
	s->event_id = given ? hub_str_from(given)
	                    : hub_arena_printf(hubctl->arena, "hubctl-%lld-%d", (long long)hubctl_now_ms(),
	                              (int)getpid());
	json_t *json = line_of(s, state, stub);
	char *line = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (!line)
		return hub_error_set(err, HUB_E_INVALID, "", "an id or a text is no UTF-8");
	struct hub_str kept = hub_arena_copy(hubctl->arena, hub_str_from(line));
	free(line);
	return hubctl_event_from_line(kept, hubctl->arena, &s->event, err);
}

/* Before the event is sent, so that its answer cannot be missed. */
static int listen(struct saying *s, struct hub_error *err)
{
	struct hubctl *hubctl = s->desk.hubctl;
	const char *names[TOPICS] = { hubctl_topic(hubctl, topics[DECISIONS]),
		hubctl_topic(hubctl, topics[DEAD_LETTERS]) };
	const struct hub_kafka_reader_options options = {
		.properties = hubctl->settings->kafka,
		.topics = names,
		.topic_count = TOPICS,
		.partition = -1,
		.from = HUB_READ_END,
		.timeout_ms = hubctl->settings->timeout_ms,
	};
	int result = hub_kafka_reader_open(&options, &s->reader, err);
	return result == HUB_E_NOT_FOUND ? hubctl_no_topic(err) : result;
}

static int publish(struct saying *s, struct hub_error *err)
{
	struct hubctl *hubctl = s->desk.hubctl;
	struct hub_kafka_writer *writer = NULL;
	int result = hub_kafka_writer_open(
	        &hubctl->settings->kafka, NULL, (int)hubctl->settings->timeout_ms, &writer, err);
	if (!result)
		result = hubctl_publish(hubctl, writer, &s->event, err);
	if (!result)
		result = hubctl_publish_wait(hubctl, writer, err);
	hub_kafka_writer_close(writer);
	return result;
}

static bool is_answer(const struct saying *s, const struct hub_kafka_event *event)
{
	const struct hub_str org = hub_str_from(s->desk.hubctl->args->operands[1]);
	if (event->at.topic == DEAD_LETTERS)
		return hub_str_eq(hubctl_header(event, "ce_id"), s->event_id) &&
		       hub_str_eq(hubctl_header(event, "ce_source"),
		               hub_arena_printf(s->desk.hubctl->arena, "/org/%.*s", HUB_STR_ARG(org)));
	struct hubctl_seen seen;
	hubctl_see(topics[DECISIONS], event, s->desk.hubctl->arena, &seen);
	const struct hub_decision_head *head = seen.record;
	return seen.schema && seen.schema->head == HUB_HEAD_DECISION && head->has_answers &&
	       hub_str_eq(head->answers.event_id, s->event_id) &&
	       hub_str_eq(head->answers.source_org_id, org);
}

static int wait_for_answer(struct saying *s, struct hub_error *err)
{
	struct hubctl *hubctl = s->desk.hubctl;
	int64_t until_ms = hubctl_now_ms() + hubctl->settings->timeout_ms;
	while (!hubctl_stopped() && hubctl_now_ms() < until_ms) {
		struct hub_kafka_event event;
		int result = hub_kafka_reader_next(s->reader, WAIT_MS, &event, err);
		if (result && result != HUB_E_RETRY)
			return result;
		if (result || event.kind != HUB_KAFKA_RECORD || !is_answer(s, &event))
			continue;
		s->answer = hubctl_event_keep(&event, hubctl->arena);
		hubctl_see(topics[event.at.topic], &s->answer, hubctl->arena, &s->seen);
		return HUB_OK;
	}
	if (hubctl_stopped())
		return hub_error_set(err, HUB_E_INTERRUPTED, "", "stopped; the event was sent");
	return hub_error_set(err, HUB_E_RETRY, "",
	        "the event was sent, and no answer came in %lld ms; with --event-id %.*s it can be sent "
	        "again "
	        "without a second effect",
	        (long long)hubctl->settings->timeout_ms, HUB_STR_ARG(s->event_id));
}

static bool refused(const struct saying *s)
{
	return s->answer.at.topic == DEAD_LETTERS || s->seen.schema == &hub_referral_event_refused_schema;
}

static void put_line(struct hubctl *hubctl, const char *label, struct hub_str text)
{
	enum { INDENT = 10 };
	hub_buf_printf(&hubctl->out, "%-*s", INDENT, label);
	hubctl_text_wrap(&hubctl->out, text, hubctl->width - INDENT, INDENT);
	hub_buf_text(&hubctl->out, "\n");
}

/* What was decided, in the words of hubctl explain. */
static struct hub_str taken_text(const struct saying *s)
{
	struct hub_arena *arena = s->desk.hubctl->arena;
	const struct hub_decision_head *head = s->seen.record;
	struct hubctl_story story = { .arena = arena, .now = s->desk.policy };
	struct hubctl_step step = { .event = s->answer, .seen = s->seen };
	struct hub_str text = hubctl_step_text(&story, &step);
	if (!head->has_repeat_of)
		return text;
	return hub_arena_printf(
	        arena, "%.*s (it was said before, and had no second effect)", HUB_STR_ARG(text));
}

static void put_text(struct saying *s)
{
	struct hubctl *hubctl = s->desk.hubctl;
	struct hub_arena *arena = hubctl->arena;
	const char *referral = hubctl->args->operands[0], *org = hubctl->args->operands[1];
	put_line(hubctl, "sent",
	        hub_arena_printf(arena, "%s by %s, event %.*s", s->record, org, HUB_STR_ARG(s->event_id)));
	if (s->answer.at.topic == DEAD_LETTERS) {
		put_line(hubctl, "refused",
		        hub_arena_printf(arena, "a dead letter, %.*s: %.*s",
		                HUB_STR_ARG(hubctl_header(&s->answer, "hub_dlq_reason")),
		                HUB_STR_ARG(hubctl_header(&s->answer, "hub_dlq_detail"))));
		put_line(hubctl, "next",
		        hub_arena_printf(arena, "hubctl dlq show %d:%lld", s->answer.at.partition,
		                (long long)s->answer.offset));
	} else if (refused(s)) {
		const struct hub_referral_event_refused *r = s->seen.record;
		put_line(hubctl, "refused",
		        hub_arena_printf(
		                arena, "%.*s: %.*s", HUB_STR_ARG(r->reason_code), HUB_STR_ARG(r->reason)));
		put_line(hubctl, "next", hub_arena_printf(arena, "hubctl allowed %s %s", referral, org));
	} else {
		put_line(hubctl, "taken", taken_text(s));
		put_line(hubctl, "next", hub_arena_printf(arena, "hubctl explain %s", referral));
	}
}

/* Of a refusal nothing is personal: its reason is the hub's, and a dead letter is what was just said here. */
static void put_answer(struct saying *s)
{
	struct hubctl *hubctl = s->desk.hubctl;
	if (!hubctl->json) {
		put_text(s);
		return;
	}
	bool personal = refused(s) || hubctl_arg(hubctl->args, "show-personal");
	json_t *json = json_object();
	json_object_set_new(json, "event_id", hubctl_json_text(s->event_id));
	json_object_set_new(json, "refused", json_boolean(refused(s)));
	json_object_set_new(json, "answer", hubctl_event_json(&s->seen, personal));
	hubctl_put_json(hubctl, json);
}

/* An exit code. */
static int say(struct hubctl *hubctl, const char *record, const char *org_field)
{
	struct hub_error err = { 0 };
	struct saying *s = hub_arena_alloc(hubctl->arena, sizeof(*s));
	if (!s)
		return HUBCTL_UNREACHABLE;
	s->record = record;
	s->org_field = org_field;
	int result = hubctl_desk_open(hubctl, hubctl->args->operands[1], &s->desk, &err);
	if (!result)
		result = make_event(s, &err);
	if (!result)
		result = listen(s, &err);
	if (!result)
		result = publish(s, &err);
	if (!result)
		result = wait_for_answer(s, &err);
	if (!result)
		put_answer(s);
	int code = result ? hubctl_fail(hubctl, &err) : refused(s) ? HUBCTL_REFUSED : HUBCTL_DONE;
	hub_kafka_reader_close(s->reader);
	hubctl_desk_close(&s->desk);
	return code;
}

int hubctl_accept(struct hubctl *hubctl)
{
	return say(hubctl, "ReferralAccepted", "org_id");
}

int hubctl_claim(struct hubctl *hubctl)
{
	return say(hubctl, "ReferralClaimed", "org_id");
}

int hubctl_authorise(struct hubctl *hubctl)
{
	return say(hubctl, "OutOfCountyAuthorised", "by_org_id");
}

int hubctl_reject(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	if (!hubctl_arg(hubctl->args, "reason-code")) {
		hub_error_set(&err, HUB_E_INVALID, "",
		        "a rejection says why: --reason-code NO_CAPACITY, NOT_INDICATED, WRONG_SPECIALTY, "
		        "INCOMPLETE, EQUIPMENT_DOWN or OTHER");
		return hubctl_usage(hubctl, &err);
	}
	return say(hubctl, "ReferralRejected", "org_id");
}
