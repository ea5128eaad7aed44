#include "hubctl/since.h"

#include "hubctl/scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20 };

static int no_such_file(const char *file, struct hub_error *err)
{
	return hub_error_set(err, HUB_E_INVALID, file,
	        "is nothing that export --since wrote; without the file it begins at --from");
}

static int take_next(struct hubctl_since *since, json_t *json, struct hub_error *err)
{
	const char *topic = json_string_value(json_object_get(json, "topic"));
	json_t *next = json_object_get(json, "next");
	if (!topic || !json_is_array(next))
		return no_such_file(since->file, err);
	if (strcmp(topic, since->topic) != 0)
		return hub_error_set(
		        err, HUB_E_INVALID, since->file, "is about %s, not %s", topic, since->topic);
	for (uint32_t i = 0; i < since->count; i++) {
		json_t *item = json_array_get(next, i);
		if (item && !json_is_integer(item))
			return no_such_file(since->file, err);
		since->start[i] = item ? json_integer_value(item) : -1; /* -1: a new partition, all of it */
	}
	since->known = true;
	return HUB_OK;
}

static int read_file(struct hubctl *hubctl, struct hubctl_since *since, struct hub_error *err)
{
	struct hub_str text;
	if (access(since->file, F_OK) && errno == ENOENT)
		return HUB_OK;
	int result = hubctl_read_file(hubctl, since->file, FILE_MAX, &text, err);
	if (result)
		return result;
	json_t *json = json_loadb(text.data ? text.data : "", text.len, 0, NULL);
	result = take_next(since, json, err);
	json_decref(json);
	return result;
}

/* What the file says and what the topic has: retention may have deleted what would come next; a topic that ends before it
 * is another one of that name, and all of it is new. */
static void compare(struct hubctl_since *since, const struct hub_group_position *positions)
{
	for (uint32_t i = 0; i < since->count; i++) {
		const struct hub_group_position *at = &positions[i];
		int64_t noted = since->start[i];
		since->next[i] = at->high;
		if (!since->known || (noted >= at->low && noted <= at->high))
			continue;
		since->start[i] = at->low;
		if (noted >= 0)
			since->gaps[since->gap_count++] = (struct hubctl_since_gap){
				.partition = at->partition,
				.noted = noted,
				.offset = at->low,
				.other_topic = noted > at->high,
			};
	}
}

int hubctl_since_open(struct hubctl *hubctl, const char *file, const char *topic, struct hubctl_since *ret,
        struct hub_error *reterr)
{
	const struct hubctl_settings *settings = hubctl->settings;
	struct hub_group_position *positions;
	struct hubctl_since since = { .file = file, .topic = hubctl_topic(hubctl, topic) };
	int result = hub_kafka_group_positions(&settings->kafka, NULL, since.topic, (int)settings->timeout_ms,
	        hubctl->arena, &positions, &since.count, reterr);
	if (result)
		return result == HUB_E_NOT_FOUND ? hubctl_no_topic(reterr) : result;
	since.start = hub_arena_alloc(hubctl->arena, since.count * sizeof(*since.start));
	since.next = hub_arena_alloc(hubctl->arena, since.count * sizeof(*since.next));
	since.gaps = hub_arena_alloc(hubctl->arena, since.count * sizeof(*since.gaps));
	if (!since.start || !since.next || !since.gaps)
		return hub_error_set(reterr, HUB_E_FATAL, "", "out of memory");
	result = read_file(hubctl, &since, reterr);
	if (result)
		return result;
	compare(&since, positions);
	*ret = since;
	return HUB_OK;
}

void hubctl_since_note(struct hubctl_since *since, const struct hub_kafka_event *event)
{
	uint32_t i = (uint32_t)event->at.partition;
	/* Partitions end one after another: what came into the first ones meanwhile was read, too. */
	if (i < since->count && event->offset >= since->next[i])
		since->next[i] = event->offset + 1;
}

static char *text_of(const struct hubctl_since *since)
{
	json_t *next = json_array(), *json = json_object();
	for (uint32_t i = 0; i < since->count; i++)
		json_array_append_new(next, json_integer((json_int_t)since->next[i]));
	json_object_set_new(json, "topic", json_string(since->topic));
	json_object_set_new(json, "next", next);
	char *text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	return text;
}

int hubctl_since_write(struct hubctl *hubctl, const struct hubctl_since *since, struct hub_error *reterr)
{
	struct hub_str beside = hub_arena_printf(hubctl->arena, "%s.new", since->file);
	char *text = text_of(since);
	FILE *file = text && beside.data ? fopen(beside.data, "w") : NULL;
	if (!file) {
		free(text);
		return hub_error_set(reterr, HUB_E_INVALID, since->file, "%s", strerror(errno));
	}
	bool whole = fprintf(file, "%s\n", text) > 0 && fflush(file) == 0 && fsync(fileno(file)) == 0;
	free(text);
	whole = fclose(file) == 0 && whole;
	if (whole && rename(beside.data, since->file) == 0)
		return HUB_OK;
	int code = hub_error_set(reterr, HUB_E_INVALID, since->file, "%s", strerror(errno));
	(void)unlink(beside.data);
	return code;
}
