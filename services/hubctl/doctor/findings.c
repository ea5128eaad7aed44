#include "hubctl/doctor/findings.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

const struct doctor_fault doctor_faults[DOCTOR_FAULTS] = {
	[DOCTOR_NO_FAULT] = { "", "", "", "", "" },
#define FAULT(id, title, cause, next, commands) [DOCTOR_##id] = { #id, title, cause, next, commands },
#include "hubctl/doctor/faults.def"
};

static struct hub_str text_of(struct doctor_findings *out, const char *format, va_list args)
{
	char text[1024];
	vsnprintf(text, sizeof(text), format, args);
	return hub_arena_copy(out->arena, hub_str_from(text));
}

static struct doctor_finding *add(struct doctor_findings *out, enum doctor_level level, struct hub_str seen)
{
	struct doctor_finding *finding =
	        &out->items[out->count < DOCTOR_FINDINGS_MAX ? out->count++ : DOCTOR_FINDINGS_MAX - 1];
	*finding = (struct doctor_finding){ .check = out->check, .level = level, .seen = seen };
	out->faults += level == DOCTOR_FAULT;
	return finding;
}

#define ADD(level)                                                                                           \
	do {                                                                                                 \
		va_list args;                                                                                \
		va_start(args, format);                                                                      \
		add(out, level, text_of(out, format, args));                                                 \
		va_end(args);                                                                                \
	} while (0)

void doctor_ok(struct doctor_findings *out, const char *format, ...)
{
	ADD(DOCTOR_OK);
}

void doctor_note(struct doctor_findings *out, const char *format, ...)
{
	ADD(DOCTOR_NOTE);
}

void doctor_unasked(struct doctor_findings *out, const char *format, ...)
{
	ADD(DOCTOR_UNASKED);
}

void doctor_follows(struct doctor_findings *out, const char *format, ...)
{
	ADD(DOCTOR_FOLLOWS);
}

/* Every {name} becomes value. */
static struct hub_str fill(
        struct hub_arena *arena, struct hub_str text, const char *name, struct hub_str value)
{
	char mark[32];
	int n = snprintf(mark, sizeof(mark), "{%s}", name);
	uint32_t len = n > 0 ? (uint32_t)n : 0;
	for (uint32_t i = 0; len && i + len <= text.len; i++) {
		if (memcmp(text.data + i, mark, len) != 0)
			continue;
		text = hub_arena_printf(arena, "%.*s%.*s%.*s", (int)i, text.data, HUB_STR_ARG(value),
		        (int)(text.len - i - len), text.data + i + len);
		i += value.len ? value.len - 1 : 0;
	}
	return text;
}

void doctor_name(struct doctor_findings *out, const char *name, struct hub_str value)
{
	struct doctor_finding *finding = &out->items[out->count - 1];
	finding->cause = fill(out->arena, finding->cause, name, value);
	finding->next = fill(out->arena, finding->next, name, value);
	finding->commands = fill(out->arena, finding->commands, name, value);
}

static struct hub_str text_or(const char *text, const char *otherwise)
{
	return hub_str_from(text ? text : otherwise);
}

struct hub_str doctor_service(const struct hubctl_daemon *daemon)
{
	struct hub_str address = daemon->address;
	const char *colon = address.len ? memrchr(address.data, ':', address.len) : NULL;
	struct hub_str host = { address.data, colon ? (uint32_t)(colon - address.data) : 0 };
	bool plain = host.len && !memchr(host.data, '.', host.len) && !memchr(host.data, ':', host.len);
	return plain && !hub_str_is(host, "localhost") ? host : daemon->name;
}

/* Every copy of the deciding daemon, each once. */
static struct hub_str services(struct doctor_findings *out)
{
	const struct doctor_daemons *all = &out->seen->daemons;
	struct hub_str name = text_or(out->seen->daemon, "referral-router"), text = HUB_STR("");
	for (uint32_t i = 0; i < all->count; i++) {
		struct hub_str service = doctor_service(&all->daemons[i]);
		bool told = !hub_str_eq(all->daemons[i].name, name);
		for (uint32_t k = 0; k < i && !told; k++)
			told = hub_str_eq(doctor_service(&all->daemons[k]), service);
		if (!told)
			text = hub_arena_printf(out->arena, "%.*s%s%.*s", HUB_STR_ARG(text),
			        text.len ? " " : "", HUB_STR_ARG(service));
	}
	return text.len ? text : name;
}

static void name_what_is_known(struct doctor_findings *out)
{
	const struct doctor_seen *seen = out->seen;
	doctor_name(out, "SERVERS", text_or(seen->kafka.servers, "HOST:PORT"));
	doctor_name(out, "PROTOCOL", text_or(seen->kafka.protocol, "plaintext"));
	doctor_name(out, "PREFIX", text_or(seen->prefix, ""));
	doctor_name(out, "ADDRESS", text_or(seen->redis.address, "HOST:PORT"));
	doctor_name(out, "DATABASE", hub_arena_printf(out->arena, "%" PRId64, seen->redis.database));
	doctor_name(out, "DAEMON", services(out));
}

void doctor_fault(struct doctor_findings *out, enum doctor_fault_id fault, const char *name,
        struct hub_str value, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct doctor_finding *finding = add(out, DOCTOR_FAULT, text_of(out, format, args));
	va_end(args);
	finding->fault = fault;
	finding->cause = hub_str_from(doctor_faults[fault].cause);
	finding->next = hub_str_from(doctor_faults[fault].next);
	finding->commands = hub_str_from(doctor_faults[fault].commands);
	if (name)
		doctor_name(out, name, value);
	name_what_is_known(out);
}

bool doctor_found(const struct doctor_findings *out, const enum doctor_fault_id *faults)
{
	for (; *faults != DOCTOR_NO_FAULT; faults++)
		for (uint32_t i = 0; i < out->count; i++)
			if (out->items[i].fault == *faults)
				return true;
	return false;
}

const char *doctor_count(struct doctor_findings *out, uint64_t count, const char *noun)
{
	struct hub_str text =
	        hub_arena_printf(out->arena, "%" PRIu64 " %s%s", count, noun, count == 1 ? "" : "s");
	return text.data ? text.data : noun;
}

struct hub_str doctor_bytes(struct doctor_findings *out, uint64_t bytes)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
	uint32_t unit = 0;
	uint64_t tenths = bytes * 10;
	while (tenths >= 10000 && unit < 4) {
		tenths /= 1000;
		unit++;
	}
	if (unit == 0 || tenths >= 100)
		return hub_arena_printf(out->arena, "%" PRIu64 " %s", tenths / 10, units[unit]);
	return hub_arena_printf(
	        out->arena, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10, units[unit]);
}

struct hub_str doctor_ago(struct doctor_findings *out, int64_t ms)
{
	int64_t s = ms / 1000;
	if (s < 120)
		return hub_arena_printf(out->arena, "%" PRId64 " s", s < 0 ? 0 : s);
	if (s < 2 * 3600)
		return hub_arena_printf(out->arena, "%" PRId64 " min", s / 60);
	if (s < 2 * 86400)
		return hub_arena_printf(out->arena, "%" PRId64 " h", s / 3600);
	return hub_arena_printf(out->arena, "%" PRId64 " days", s / 86400);
}

void doctor_no_answer(struct doctor_findings *out, const char *what, const struct hub_error *error)
{
	bool refused = strstr(error->text, "AUTHORIZATION_FAILED") != NULL;
	if (refused && DOCTOR_FOUND(out, DOCTOR_KAFKA_ACL))
		doctor_follows(out, "%s: the broker refuses it, too: %s", what, error->text);
	else if (refused)
		doctor_fault(out, DOCTOR_KAFKA_ACL, NULL, HUB_STR(""), "%s: the broker refuses it: %s", what,
		        error->text);
	else if (error->code == HUB_E_NOT_FOUND && DOCTOR_FOUND(out, DOCTOR_TOPIC_MISSING, DOCTOR_KAFKA_ACL))
		doctor_follows(out, "%s: follows from the topic that is missing", what);
	else if (DOCTOR_FOUND(out, DOCTOR_KAFKA_LEADERLESS, DOCTOR_KAFKA_MIN_ISR))
		doctor_follows(out, "%s: no answer, follows from the brokers that are away", what);
	else if (DOCTOR_FOUND(out, DOCTOR_NO_ANSWER))
		doctor_follows(out, "%s: no answer either", what);
	else
		doctor_fault(out, DOCTOR_NO_ANSWER, NULL, HUB_STR(""), "%s: %s", what, error->text);
}
