/* hubctl dlq replay: dead letters back to the topics that they came from, bytes and headers as they were. */
#include "effects/dead_letters.h"
#include "hubctl/commands.h"
#include "hubctl/dlq.h"
#include "hubctl/event_text.h"
#include "hubctl/scan.h"
#include "kafka/writer.h"
#include "referral-router/referral_core.h"

enum verdict { RIGHT, NEEDS_FORCE, NO_PLACE, NO_CONTENT };

struct letter {
	int32_t partition;
	int64_t offset;
	struct hub_kafka_event event; /* a copy */
	struct hub_str reason, topic; /* topic: full name */
	struct hub_str from;          /* where it lay, as the header will say */
	enum verdict verdict;
	bool found;
};

struct replay {
	struct hubctl *hubctl;
	const char *topic; /* of dead letters, without prefix */
	struct letter *letters;
	uint32_t count, sent;
	bool force;
	struct letter *looked_for;
};

static enum hubctl_scan_next take(void *user, const struct hub_kafka_event *event)
{
	struct replay *r = user;
	struct letter *letter = r->looked_for;
	if (event->offset == letter->offset) {
		letter->event = hubctl_event_keep(event, r->hubctl->arena);
		letter->found = true;
	}
	return HUBCTL_ENOUGH;
}

/* Whatever a header says, a letter of the router's goes only where the router reads; of another daemon hubctl knows no inputs. */
static bool has_place(const struct replay *r, struct hub_str topic)
{
	const char *daemon = hubctl_arg(r->hubctl->args, "daemon");
	struct hub_str prefix = hub_str_from(r->hubctl->settings->prefix);
	if (!daemon || strcmp(daemon, referral_router_core.name) == 0)
		return hub_core_reads(&referral_router_core, prefix, topic);
	return topic.len && hub_str_starts_with(topic, prefix);
}

static enum verdict judge(const struct replay *r, const struct letter *letter)
{
	if (!has_place(r, letter->topic))
		return NO_PLACE;
	if (hub_dead_letter_left_out(letter->event.headers, letter->event.header_count))
		return NO_CONTENT;
	return hub_dead_letter_comes_back(letter->reason) && !r->force ? NEEDS_FORCE : RIGHT;
}

static int read_letter(struct replay *r, struct letter *letter, struct hub_error *err)
{
	struct hub_arena *arena = r->hubctl->arena;
	struct hubctl_scan scan = { .topics = &r->topic,
		.topic_count = 1,
		.partition = letter->partition,
		.from = HUB_READ_OFFSET,
		.from_value = letter->offset,
		.visit = take,
		.user = r };
	r->looked_for = letter;
	int result = hubctl_scan(r->hubctl, &scan, err);
	if (!result && !letter->found)
		return hub_error_set(err, HUB_E_NOT_FOUND, "",
		        "no dead letter at %d:%lld; hubctl dlq list shows where they are",
		        (int)letter->partition, (long long)letter->offset);
	letter->reason = hubctl_header(&letter->event, "hub_dlq_reason");
	letter->topic = hubctl_header(&letter->event, "hub_dlq_topic");
	letter->from = hub_arena_printf(arena, "%s/%d/%lld", hubctl_topic(r->hubctl, r->topic),
	        (int)letter->partition, (long long)letter->offset);
	letter->verdict = judge(r, letter);
	return result;
}

static int read_places(struct replay *r, struct hub_error *err)
{
	const struct hubctl_args *args = r->hubctl->args;
	r->letters = hub_arena_alloc(r->hubctl->arena, args->operand_count * sizeof(*r->letters));
	int result = r->letters ? HUB_OK : hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	for (; !result && r->count < args->operand_count; r->count++)
		result = hubctl_parse_place(args->operands[r->count], &r->letters[r->count].partition,
		        &r->letters[r->count].offset, err);
	return result;
}

static int read_letters(struct replay *r, struct hub_error *err)
{
	int result = HUB_OK;
	for (uint32_t i = 0; !result && i < r->count; i++)
		result = read_letter(r, &r->letters[i], err);
	return result;
}

static int send(
        struct replay *r, struct hub_kafka_writer *writer, const struct letter *letter, struct hub_error *err)
{
	struct hub_arena *arena = r->hubctl->arena;
	const struct hub_kafka_event *event = &letter->event;
	struct hub_header *headers = hub_arena_alloc(arena, (event->header_count + 1) * sizeof(*headers));
	struct hub_str topic = hub_arena_printf(arena, "%.*s", HUB_STR_ARG(letter->topic));
	if (!headers || !topic.data)
		return hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	const struct hub_kafka_message message = {
		.topic = topic.data,
		.partition = event->has_key ? -1 : event->at.partition,
		.key = event->key,
		.has_key = event->has_key,
		.value = event->value,
		.has_value = event->has_value,
		.headers = headers,
		.header_count =
		        hub_dead_letter_headers(event->headers, event->header_count, letter->from, headers),
	};
	return hub_kafka_writer_send(writer, &message, err);
}

static int carry_out(struct replay *r, struct hub_error *err)
{
	const struct hubctl_settings *settings = r->hubctl->settings;
	struct hub_kafka_writer *writer = NULL;
	int result = hub_kafka_writer_open(&settings->kafka, NULL, (int)settings->timeout_ms, &writer, err);
	for (uint32_t i = 0; !result && i < r->count; i++)
		result = send(r, writer, &r->letters[i], err);
	if (!result)
		result = hub_kafka_writer_flush(writer, (int)settings->timeout_ms, err);
	if (!result)
		r->sent = r->count;
	hub_kafka_writer_close(writer);
	return result;
}

/* The first letter that cannot go; NULL: all can. */
static const struct letter *hindrance(const struct replay *r)
{
	for (uint32_t i = 0; i < r->count; i++)
		if (r->letters[i].verdict != RIGHT)
			return &r->letters[i];
	return NULL;
}

static void put(struct replay *r)
{
	static const struct hubctl_column columns[] = {
		{ "LETTER", HUBCTL_KEEP, false },
		{ "REASON", HUBCTL_KEEP, false },
		{ "BACK TO", HUBCTL_CUT, false },
		{ "KEY", HUBCTL_CUT, false },
		{ "BYTES", HUBCTL_KEEP, true },
	};
	struct hubctl *hubctl = r->hubctl;
	struct hubctl_grid *grid = hubctl_grid_new(hubctl->arena, columns, 5);
	for (uint32_t i = 0; i < r->count; i++) {
		const struct letter *letter = &r->letters[i];
		hubctl_grid_text(grid, hubctl->args->operands[i]);
		hubctl_grid_cell(grid, letter->reason);
		hubctl_grid_cell(grid, letter->topic);
		hubctl_grid_cell(grid, letter->event.has_key ? letter->event.key : HUB_STR("-"));
		hubctl_grid_number(grid, letter->event.value.len);
	}
	hubctl_grid_print(grid, hubctl->width, 0, &hubctl->out);
	if (r->sent)
		hub_buf_printf(&hubctl->out, "\n%s sent back\n", hubctl_count(hubctl, r->sent, "record"));
	else
		hub_buf_text(&hubctl->out, "\nnothing was sent; --yes does it\n");
}

static void put_json(struct replay *r)
{
	json_t *list = json_array(), *json = json_object();
	for (uint32_t i = 0; i < r->count; i++) {
		const struct letter *letter = &r->letters[i];
		json_t *item = json_object();
		json_object_set_new(item, "partition", json_integer(letter->partition));
		json_object_set_new(item, "offset", json_integer(letter->offset));
		json_object_set_new(item, "reason", hubctl_json_text(letter->reason));
		json_object_set_new(item, "topic", hubctl_json_text(letter->topic));
		json_object_set_new(item, "bytes", json_integer(letter->event.value.len));
		json_array_append_new(list, item);
	}
	json_object_set_new(json, "letters", list);
	json_object_set_new(json, "sent", json_integer(r->sent));
	hubctl_put_json(r->hubctl, json);
}

static int refuse(struct replay *r, const struct letter *letter, struct hub_error *err)
{
	if (letter->verdict == NO_PLACE)
		hub_error_set(err, HUB_E_INVALID, "",
		        "%d:%lld does not say that it came from a topic that the daemon reads",
		        (int)letter->partition, (long long)letter->offset);
	else if (letter->verdict == NO_CONTENT)
		hub_error_set(err, HUB_E_INVALID, "",
		        "%d:%lld was larger than an input may be and is not kept: its sender has to send it "
		        "smaller",
		        (int)letter->partition, (long long)letter->offset);
	else
		hub_error_set(err, HUB_E_INVALID, "",
		        "%d:%lld is %.*s and would only come back; when the program is mended, --force sends "
		        "it",
		        (int)letter->partition, (long long)letter->offset, HUB_STR_ARG(letter->reason));
	return hubctl_fail(r->hubctl, err);
}

int hubctl_dlq_replay(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	struct replay r = { .hubctl = hubctl,
		.topic = hubctl_dlq_topic(hubctl),
		.force = hubctl_arg(hubctl->args, "force") != NULL };
	if (read_places(&r, &err))
		return hubctl_usage(hubctl, &err);
	int result = read_letters(&r, &err);
	if (!result && hindrance(&r))
		return refuse(&r, hindrance(&r), &err);
	if (!result && hubctl_arg(hubctl->args, "yes"))
		result = carry_out(&r, &err);
	if (result)
		return hubctl_fail(hubctl, &err);
	if (hubctl->json)
		put_json(&r);
	else
		put(&r);
	return r.sent ? HUBCTL_DONE : HUBCTL_ATTENTION;
}
