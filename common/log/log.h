/* One line an event, with ts, level, daemon, code and the fields of what is said: logfmt (ts=... level=... key=value ...) for
 * people at a terminal, JSON for programs that collect lines. What can be said is the table log_codes.def; personal data has no place in
 * a value. Lines are written whole, by one write each, from any thread. */
#ifndef HUB_LOG_LOG_H
#define HUB_LOG_LOG_H

#include "base/buf.h"

#include <stdint.h>

enum hub_log_level { HUB_LOG_ERROR, HUB_LOG_WARNING, HUB_LOG_INFO, HUB_LOG_DEBUG };

enum hub_log_form { HUB_LOG_LOGFMT, HUB_LOG_JSON }; /* in the order of log.format's words */

enum hub_log_code {
#define LOG(code, level, meaning, action) HUB_LOG_##code,
#include "log/log_codes.def"
#undef LOG
	HUB_LOG_CODES
};

/* A code as the table has it. */
struct hub_log_entry {
	const char *name;
	enum hub_log_level level;
	const char *meaning; /* for operators: what happened */
	const char *action;  /* and what to do; "" = nothing */
};

const struct hub_log_entry *hub_log_entry(enum hub_log_code code);

enum hub_log_kind { HUB_LOG_FIELD_TEXT, HUB_LOG_FIELD_INT };

struct hub_log_field {
	const char *key;
	enum hub_log_kind kind;
	const char *text; /* NULL: the field is left out */
	int64_t number;
};

static inline struct hub_log_field hub_log_text(const char *key, const char *text)
{
	return (struct hub_log_field){ key, HUB_LOG_FIELD_TEXT, text, 0 };
}

static inline struct hub_log_field hub_log_int(const char *key, int64_t number)
{
	return (struct hub_log_field){ key, HUB_LOG_FIELD_INT, NULL, number };
}

struct hub_log;

/* Borrows daemon's name. fd stays the caller's; lines above level (less important) are dropped. NULL: no
 * memory. */
struct hub_log *hub_log_new(int fd, enum hub_log_level level, enum hub_log_form form, const char *daemon);
void hub_log_free(struct hub_log *log); /* accepts NULL */

/* hub_log(log, HUB_LOG_STARTED, hub_log_text("version", v), ...): at most 16 fields. */
void hub_log_write(
        struct hub_log *log, enum hub_log_code code, const struct hub_log_field *fields, uint32_t count);
#define hub_log(log, code, ...)                                                                              \
	hub_log_write(log, code, (const struct hub_log_field[]){ __VA_ARGS__ },                              \
	        sizeof((const struct hub_log_field[]){ __VA_ARGS__ }) / sizeof(struct hub_log_field))

/* A line of librdkafka's own log (a hub_kafka_log_fn, of any thread): by its level, as in syslog, one of the codes KAFKA_CLIENT*. A warning
 * comes with each try to connect: those that say the same are told once in ten seconds (repeats.h), with held_back, how many were not.
 * What is an error, or asked for by log.level = debug, is always told. */
void hub_log_kafka(void *log, int level, const char *facility, const char *text);

/* The line without writing it: at_ms since 1970 UTC, shown in Asia/Shanghai. */
void hub_log_format(enum hub_log_form form, const char *daemon, int64_t at_ms, enum hub_log_code code,
        const struct hub_log_field *fields, uint32_t count, struct hub_buf *out);

#endif
