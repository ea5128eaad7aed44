/* Readiness of daemons, from their admin addresses. */
#include "hubctl/daemons.h"

#include "hubctl/http_get.h"
#include "hubctl/hubctl.h"

enum { ANSWER_MAX = 64 << 10 };

static struct hub_str text_at(struct hub_arena *arena, const json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));
	return hub_arena_copy(arena, hub_str_from(text));
}

static void take_answer(struct hub_arena *arena, struct hubctl_daemon *d, const struct hub_buf *body)
{
	json_t *json = json_loadb(body->data ? body->data : "", body->len, 0, NULL);
	const json_t *partitions = json_object_get(json, "partitions");
	const json_t *hot_state = json_object_get(json, "hot_state");
	d->answers = json != NULL;
	d->ready = json_is_true(json_object_get(json, "ready"));
	d->reason = json ? text_at(arena, json, "reason") : HUB_STR("its answer is not understood");
	d->instance = text_at(arena, json, "instance");
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

static void ask(struct hubctl *hubctl, struct hubctl_daemon *d)
{
	struct hub_error err = { 0 };
	struct hub_buf body;
	struct hubctl_http_answer answer;
	struct hub_str address = hub_arena_printf(hubctl->arena, "%.*s", HUB_STR_ARG(d->address));
	int64_t began = hubctl_now_ms();
	hub_buf_init(&body, ANSWER_MAX);
	if (hubctl_http_get(address.len ? address.data : "", "/readyz", (int)hubctl->settings->timeout_ms,
	            &answer, &body, &err))
		d->reason = hub_arena_copy(hubctl->arena, hub_str_from(err.text));
	else
		take_answer(hubctl->arena, d, &body);
	d->connects = answer.connected;
	/* The header's second has just begun, or is nearly over. */
	if (answer.date_ms >= 0)
		d->ahead_ms = answer.date_ms + 500 - (began + hubctl_now_ms()) / 2;
	hub_buf_done(&body);
}

/* "NAME=HOST:PORT,NAME=HOST:PORT" */
static int parse(const char *text, struct hubctl_daemon *daemons, uint32_t *ret_count, struct hub_error *err)
{
	const char *at = text;
	*ret_count = 0;
	while (*at) {
		size_t n = strcspn(at, ",");
		const char *equals = memchr(at, '=', n);
		if (!equals || equals == at || equals + 1 == at + n || *ret_count == HUBCTL_DAEMONS_MAX)
			return hub_error_set(err, HUB_E_INVALID, "daemons",
			        "expected NAME=HOST:PORT,..., not \"%s\"", text);
		daemons[(*ret_count)++] = (struct hubctl_daemon){
			.name = { at, (uint32_t)(equals - at) },
			.address = { equals + 1, (uint32_t)(at + n - equals - 1) },
			.registry_version = -1,
			.ahead_ms = INT64_MIN,
		};
		at += n + (at[n] == ',');
	}
	return HUB_OK;
}

int hubctl_daemons_ask(
        struct hubctl *hubctl, struct hubctl_daemon **ret, uint32_t *ret_count, struct hub_error *reterr)
{
	struct hubctl_daemon *daemons = hub_arena_alloc(hubctl->arena, HUBCTL_DAEMONS_MAX * sizeof(*daemons));
	uint32_t count = 0;
	if (!daemons)
		return hub_error_set(reterr, HUB_E_FATAL, "", "out of memory");
	int result = parse(hubctl->settings->daemons, daemons, &count, reterr);
	if (result)
		return result;
	for (uint32_t i = 0; i < count; i++)
		ask(hubctl, &daemons[i]);
	*ret = daemons;
	*ret_count = count;
	return HUB_OK;
}
