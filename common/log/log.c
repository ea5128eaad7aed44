#include "log/log.h"

#include "base/calendar.h"
#include "base/check.h"
#include "base/hash.h"
#include "log/repeats.h"
#include "wire/json_text.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LINE_BYTES = 4096, VALUE_BYTES = 1000 };

struct hub_log {
	int fd;
	enum hub_log_level level;
	enum hub_log_form form;
	const char *daemon;
	pthread_mutex_t lock; /* of: */
	struct hub_repeats repeats;
};

const struct hub_log_entry *hub_log_entry(enum hub_log_code code)
{
	static const struct hub_log_entry entries[] = {
#define LOG(code, level, meaning, action) { #code, HUB_LOG_##level, meaning, action },
#include "log/log_codes.def"
#undef LOG
	};
	hub_check((size_t)code < sizeof(entries) / sizeof(entries[0]));
	return &entries[code];
}

static const char *level_name(enum hub_log_level level)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };
	return names[level];
}

struct hub_log *hub_log_new(int fd, enum hub_log_level level, enum hub_log_form form, const char *daemon)
{
	struct hub_log *log = malloc(sizeof(*log));
	if (log)
		*log = (struct hub_log){ fd, level, form, daemon, .lock = PTHREAD_MUTEX_INITIALIZER };
	return log;
}

void hub_log_free(struct hub_log *log)
{
	if (log)
		pthread_mutex_destroy(&log->lock);
	free(log);
}

static bool is_plain(const char *text)
{
	if (!*text)
		return false;
	for (; *text; text++)
		if ((unsigned char)*text <= ' ' || *text == '"' || *text == '=' || *text == '\\' ||
		        *text == 0x7f)
			return false;
	return true;
}

/* Length of the UTF-8 sequence at text, 0 when it is none: a broken byte must not break the line's reader. */
static int sequence(const unsigned char *text)
{
	int len = text[0] < 0x80                      ? 1
	          : text[0] >= 0xc2 && text[0] < 0xe0 ? 2
	          : (text[0] & 0xf0) == 0xe0          ? 3
	          : text[0] >= 0xf0 && text[0] < 0xf5 ? 4
	                                              : 0;
	for (int i = 1; i < len; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

static void put_value(const char *text, struct hub_buf *out)
{
	bool plain = is_plain(text);
	size_t start = out->len;
	if (!plain)
		hub_buf_byte(out, '"');
	for (const unsigned char *at = (const unsigned char *)text; *at;) {
		int len = sequence(at);
		if (out->len - start > VALUE_BYTES) {
			hub_buf_text(out, "…");
			break;
		}
		if (*at == '"' || *at == '\\')
			hub_buf_printf(out, "\\%c", *at);
		else if (*at == '\n')
			hub_buf_text(out, "\\n");
		else if (len == 0 || *at < ' ' || *at == 0x7f)
			hub_buf_printf(out, "\\x%02x", *at);
		else
			hub_buf_bytes(out, at, (size_t)len);
		at += len ? len : 1;
	}
	if (!plain)
		hub_buf_byte(out, '"');
}

static void put_time(int64_t at_ms, struct hub_buf *out)
{
	char text[HUB_TIME_LEN + 1];
	hub_time_format(at_ms, text);
	const int seconds = 19; /* "2026-02-09T08:30:00", then the zone */
	int64_t ms = at_ms % 1000;
	hub_buf_printf(out, "%.*s.%03d%s", seconds, text, (int)(ms < 0 ? ms + 1000 : ms), text + seconds);
}

static void put_logfmt(const struct hub_log_field *fields, uint32_t count, struct hub_buf *out)
{
	for (uint32_t i = 0; i < count; i++) {
		if (fields[i].kind == HUB_LOG_FIELD_INT) {
			hub_buf_printf(out, " %s=%" PRId64, fields[i].key, fields[i].number);
		} else if (fields[i].text) {
			hub_buf_printf(out, " %s=", fields[i].key);
			put_value(fields[i].text, out);
		}
	}
	hub_buf_byte(out, '\n');
}

/* Cut between two characters. */
static void put_json_text(const char *text, struct hub_buf *out)
{
	uint32_t len = (uint32_t)strnlen(text, VALUE_BYTES + 1);
	bool cut = len > VALUE_BYTES;
	while (cut && len > VALUE_BYTES - 4 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	hub_json_text((struct hub_str){ text, len }, out);
	if (cut) {
		out->len--;
		hub_buf_text(out, "…\"");
	}
}

static void put_json(const struct hub_log_field *fields, uint32_t count, struct hub_buf *out)
{
	for (uint32_t i = 0; i < count; i++) {
		if (fields[i].kind == HUB_LOG_FIELD_INT) {
			hub_buf_printf(out, ",\"%s\":%" PRId64, fields[i].key, fields[i].number);
		} else if (fields[i].text) {
			hub_buf_printf(out, ",\"%s\":", fields[i].key);
			put_json_text(fields[i].text, out);
		}
	}
	hub_buf_text(out, "}\n");
}

void hub_log_format(enum hub_log_form form, const char *daemon, int64_t at_ms, enum hub_log_code code,
        const struct hub_log_field *fields, uint32_t count, struct hub_buf *out)
{
	const struct hub_log_entry *entry = hub_log_entry(code);
	const char *level = level_name(entry->level);
	bool json = form == HUB_LOG_JSON;
	hub_buf_text(out, json ? "{\"ts\":\"" : "ts=");
	put_time(at_ms, out);
	if (json) {
		hub_buf_printf(out, "\",\"level\":\"%s\",\"daemon\":\"%s\",\"code\":\"%s\"", level, daemon,
		        entry->name);
		put_json(fields, count, out);
	} else {
		hub_buf_printf(out, " level=%s daemon=%s code=%s", level, daemon, entry->name);
		put_logfmt(fields, count, out);
	}
}

void hub_log_write(
        struct hub_log *log, enum hub_log_code code, const struct hub_log_field *fields, uint32_t count)
{
	if (hub_log_entry(code)->level > log->level)
		return;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t at_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	struct hub_buf line;
	hub_buf_init(&line, LINE_BYTES);
	hub_log_format(log->form, log->daemon, at_ms, code, fields, count, &line);
	if (hub_buf_failed(&line)) { /* too long, with many values: what happened is told without them */
		hub_buf_reset(&line);
		hub_log_format(log->form, log->daemon, at_ms, code, NULL, 0, &line);
	}
	/* A log that cannot be written must not stop the daemon. */
	ssize_t written = write(log->fd, line.data, line.len);
	(void)written;
	hub_buf_done(&line);
}

/* What librdkafka appends differs from try to try: " (after 3ms in state CONNECT, 4 identical error(s) suppressed)". */
static uint64_t hash_of(const char *facility, const char *text)
{
	const char *end = strstr(text, " (after ");
	struct hub_str said = { text, (uint32_t)(end ? (size_t)(end - text) : strlen(text)) };
	return hub_hash(hub_hash(HUB_HASH_START, hub_str_from(facility)), said);
}

static bool is_news(struct hub_log *log, uint64_t line, uint64_t *ret_held)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	pthread_mutex_lock(&log->lock);
	bool news = hub_repeats_tell(
	        &log->repeats, line, (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, ret_held);
	pthread_mutex_unlock(&log->lock);
	return news;
}

void hub_log_kafka(void *log, int level, const char *facility, const char *text)
{
	enum { SYSLOG_CRITICAL = 2, SYSLOG_WARNING = 4 };
	/* What it calls an error it mostly heals itself. */
	enum hub_log_code code = level <= SYSLOG_CRITICAL  ? HUB_LOG_KAFKA_CLIENT_ERROR
	                         : level <= SYSLOG_WARNING ? HUB_LOG_KAFKA_CLIENT_WARNING
	                                                   : HUB_LOG_KAFKA_CLIENT;
	uint64_t held = 0;
	if (code == HUB_LOG_KAFKA_CLIENT_WARNING && !is_news(log, hash_of(facility, text), &held))
		return;
	const struct hub_log_field fields[] = { hub_log_text("facility", facility),
		hub_log_text("text", text), hub_log_int("held_back", (int64_t)held) };
	hub_log_write(log, code, fields, held ? 3 : 2);
}
