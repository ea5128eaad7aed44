/* Results, errors and files of the shell around the commands. */
#include "hubctl/hubctl.h"
#include "hubctl/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int hubctl_flush(struct hubctl *hubctl)
{
	size_t written = fwrite(hubctl->out.data ? hubctl->out.data : "", 1, hubctl->out.len, stdout);
	bool whole = written == hubctl->out.len && fflush(stdout) == 0;
	hub_buf_reset(&hubctl->out);
	return whole ? HUBCTL_DONE : HUBCTL_INTERRUPTED;
}

static void say(const struct hub_error *err)
{
	struct hub_buf line;
	hub_buf_init(&line, 4096);
	hub_buf_text(&line, "hubctl: ");
	if (err->place[0]) {
		hubctl_text_put(&line, hub_str_from(err->place));
		hub_buf_text(&line, ": ");
	}
	hubctl_text_put(&line, hub_str_from(err->text));
	fprintf(stderr, "%.*s\n", (int)line.len, line.data ? line.data : "");
	hub_buf_done(&line);
}

int hubctl_fail(struct hubctl *hubctl, const struct hub_error *err)
{
	hubctl_flush(hubctl);
	say(err);
	if (err->code == HUB_E_RETRY && strncmp(err->place, "kafka", 5) == 0)
		fprintf(stderr, "hubctl: the broker asked was %s; --kafka HOST:PORT names another\n",
		        hub_kafka_property_get(&hubctl->settings->kafka, "bootstrap.servers"));
	return (int)hubctl_exit_of(err->code);
}

int hubctl_usage(struct hubctl *hubctl, const struct hub_error *err)
{
	hubctl_flush(hubctl);
	say(err);
	return HUBCTL_USAGE;
}

/* 0.3 as 0.3, not as 0.29999999999999999, where that is the same number. NULL: no memory. */
static char *dumps(const json_t *json, size_t flags)
{
	char *text = json_dumps(json, flags | JSON_REAL_PRECISION(15));
	json_t *back = text ? json_loads(text, JSON_ALLOW_NUL, NULL) : NULL;
	bool same = back && json_equal(back, json);
	json_decref(back);
	if (same)
		return text;
	free(text);
	return json_dumps(json, flags);
}

static void put_json(struct hubctl *hubctl, json_t *json, size_t flags)
{
	char *text = dumps(json, flags);
	if (text)
		hub_buf_text(&hubctl->out, text);
	hub_buf_byte(&hubctl->out, '\n');
	free(text);
	json_decref(json);
}

void hubctl_put_json(struct hubctl *hubctl, json_t *json)
{
	put_json(hubctl, json, JSON_INDENT(2));
}

void hubctl_put_json_line(struct hubctl *hubctl, json_t *json)
{
	put_json(hubctl, json, JSON_COMPACT);
}

const char *hubctl_count(struct hubctl *hubctl, uint64_t count, const char *noun)
{
	struct hub_str text = hub_arena_printf(
	        hubctl->arena, "%llu %s%s", (unsigned long long)count, noun, count == 1 ? "" : "s");
	return text.data ? text.data : noun;
}

json_t *hubctl_json_text(struct hub_str text)
{
	json_t *json = json_stringn(text.data ? text.data : "", text.len);
	if (json)
		return json;
	struct hub_buf clean;
	hub_buf_init(&clean, (size_t)text.len * 3 + 1);
	hubctl_text_put(&clean, text);
	json = json_stringn(clean.data ? clean.data : "", clean.len);
	hub_buf_done(&clean);
	return json;
}

void hubctl_put_problems(const struct hubctl_problems *problems)
{
	struct hub_buf line;
	hub_buf_init(&line, 8192);
	uint32_t kept = hubctl_problems_kept(problems);
	for (uint32_t i = 0; i < kept; i++) {
		const struct hubctl_problem *p = &problems->items[i];
		hub_buf_printf(&line, p->line ? "%s:%u: " : "%s: ", p->file, p->line);
		hubctl_text_put(&line, p->path);
		hub_buf_text(&line, p->path.len ? ": " : "");
		hubctl_text_put(&line, p->text);
		fprintf(stderr, "%.*s\n", (int)line.len, line.data);
		hub_buf_reset(&line);
	}
	if (problems->count > kept)
		fprintf(stderr, "... and %u more\n", problems->count - kept);
	hub_buf_done(&line);
}

json_t *hubctl_json_problems(const struct hubctl_problems *problems)
{
	json_t *array = json_array();
	for (uint32_t i = 0; i < hubctl_problems_kept(problems); i++) {
		const struct hubctl_problem *p = &problems->items[i];
		json_t *item = json_object();
		json_object_set_new(item, "file", hubctl_json_text(hub_str_from(p->file)));
		json_object_set_new(item, "line", json_integer(p->line));
		json_object_set_new(item, "path", hubctl_json_text(p->path));
		json_object_set_new(item, "text", hubctl_json_text(p->text));
		json_array_append_new(array, item);
	}
	return array;
}

const char *hubctl_topic(struct hubctl *hubctl, const char *name)
{
	struct hub_str full = hub_arena_printf(hubctl->arena, "%s%s", hubctl->settings->prefix, name);
	return full.data ? full.data : name;
}

int64_t hubctl_now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int hubctl_read_file(
        struct hubctl *hubctl, const char *name, size_t limit, struct hub_str *ret, struct hub_error *reterr)
{
	bool standard = strcmp(name, "-") == 0;
	FILE *file = standard ? stdin : fopen(name, "r");
	if (!file)
		return hub_error_set(reterr, HUB_E_NOT_FOUND, name, "%s", strerror(errno));
	struct hub_buf text;
	hub_buf_init(&text, limit);
	size_t n = 0;
	do {
		if (!hub_buf_reserve(&text, 65536))
			break;
		n = fread(text.data + text.len, 1, 65536, file);
		text.len += n;
	} while (n > 0);
	int result = HUB_OK;
	if (ferror(file))
		result = hub_error_set(reterr, HUB_E_NOT_FOUND, name, "%s", strerror(errno));
	else if (hub_buf_failed(&text))
		result = hub_error_set(
		        reterr, HUB_E_TOO_LARGE, name, "larger than %zu MB; split it", limit >> 20);
	else
		*ret = hub_arena_copy(hubctl->arena, hub_buf_slice(&text));
	hub_buf_done(&text);
	if (!standard)
		fclose(file);
	return result;
}
