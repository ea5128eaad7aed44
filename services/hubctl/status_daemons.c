/* Readiness of daemons, from their admin addresses. */
#include "hubctl/http_get.h"
#include "hubctl/status.h"

#include <jansson.h>

enum { DAEMONS_MAX = 64, ANSWER_MAX = 64 << 10 };

static struct hub_str text_at(struct hub_arena *arena, const json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));
	return hub_arena_copy(arena, hub_str_from(text));
}

static void take_answer(struct hub_arena *arena, struct hubctl_daemon_status *d, const struct hub_buf *body)
{
	json_t *json = json_loadb(body->data ? body->data : "", body->len, 0, NULL);
	const json_t *partitions = json_object_get(json, "partitions");
	const json_t *hot_state = json_object_get(json, "hot_state");
	d->answers = json != NULL;
	d->ready = json_is_true(json_object_get(json, "ready"));
	d->reason = json ? text_at(arena, json, "reason") : HUB_STR("its answer is not understood");
	d->hot_state = json_is_true(json_object_get(hot_state, "whole"))
	                       ? HUB_STR("whole")
	                       : text_at(arena, hot_state, "reason");
	d->partitions = json_integer_value(json_object_get(partitions, "owned"));
	d->restoring = json_integer_value(json_object_get(partitions, "restoring"));
	d->stopped = json_integer_value(json_object_get(partitions, "stopped"));
	d->suspects = json_integer_value(json_object_get(json, "suspects"));
	d->registry_version = json ? json_integer_value(json_object_get(json, "registry_version")) : -1;
	json_decref(json);
}

static void ask(struct hubctl *hubctl, struct hubctl_daemon_status *d)
{
	struct hub_error err = { 0 };
	struct hub_buf body;
	int status;
	struct hub_str address = hub_arena_printf(hubctl->arena, "%.*s", HUB_STR_ARG(d->address));
	hub_buf_init(&body, ANSWER_MAX);
	if (hubctl_http_get(address.len ? address.data : "", "/readyz", (int)hubctl->settings->timeout_ms,
	            &status, &body, &err))
		d->reason = hub_arena_copy(hubctl->arena, hub_str_from(err.text));
	else
		take_answer(hubctl->arena, d, &body);
	hub_buf_done(&body);
}

/* "NAME=HOST:PORT,NAME=HOST:PORT" */
static int parse(struct hubctl_status *status, struct hub_error *err)
{
	const char *at = status->hubctl->settings->daemons;
	while (*at) {
		size_t n = strcspn(at, ",");
		const char *equals = memchr(at, '=', n);
		if (!equals || equals == at || equals + 1 == at + n || status->daemon_count == DAEMONS_MAX)
			return hub_error_set(err, HUB_E_INVALID, "daemons",
			        "expected NAME=HOST:PORT,..., not \"%s\"", status->hubctl->settings->daemons);
		status->daemons[status->daemon_count++] = (struct hubctl_daemon_status){
			.name = { at, (uint32_t)(equals - at) },
			.address = { equals + 1, (uint32_t)(at + n - equals - 1) },
			.registry_version = -1,
		};
		at += n + (at[n] == ',');
	}
	return HUB_OK;
}

int hubctl_status_daemons(struct hubctl_status *status, struct hub_error *reterr)
{
	status->daemons = hub_arena_alloc(status->hubctl->arena, DAEMONS_MAX * sizeof(*status->daemons));
	if (!status->daemons)
		return hub_error_set(reterr, HUB_E_FATAL, "", "out of memory");
	int result = parse(status, reterr);
	for (uint32_t i = 0; !result && i < status->daemon_count; i++) {
		ask(status->hubctl, &status->daemons[i]);
		status->attention =
		        status->attention || !status->daemons[i].ready || status->daemons[i].suspects;
	}
	return result;
}
