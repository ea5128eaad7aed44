/* hubctl status: is the hub well? Daemons, lag, Redis against the changelog, dead letters. */
#include "hubctl/status.h"
#include "hubctl/commands.h"

static const char router[] = "referral-router";
static const char router_input[] = "referral.events";

static struct hub_str note_of(struct hub_arena *arena, const struct hubctl_daemon *d)
{
	if (d->reason.len || d->suspects == 0)
		return d->reason;
	return hub_arena_printf(arena,
	        "it crashed: %lld ranges of inputs and timers are decided one at a time",
	        (long long)d->suspects);
}

static void put_daemons(struct hubctl_status *status)
{
	static const struct hubctl_column columns[] = {
		{ "DAEMON", HUBCTL_KEEP, false },
		{ "ADDRESS", HUBCTL_KEEP, false },
		{ "READY", HUBCTL_KEEP, false },
		{ "PARTITIONS", HUBCTL_KEEP, true },
		{ "REGISTRY", HUBCTL_KEEP, true },
		{ "REDIS", HUBCTL_CUT, false },
	};
	struct hubctl_grid *grid = hubctl_grid_new(status->hubctl->arena, columns, 6);
	for (uint32_t i = 0; i < status->daemon_count; i++) {
		const struct hubctl_daemon *d = &status->daemons[i];
		hubctl_grid_cell(grid, d->name);
		hubctl_grid_cell(grid, d->address);
		hubctl_grid_text(grid, d->ready ? "yes" : d->answers ? "no" : "no answer");
		if (d->answers) {
			hubctl_grid_number(grid, d->partitions);
			hubctl_grid_number(grid, d->registry_version);
		} else {
			hubctl_grid_text(grid, "-");
			hubctl_grid_text(grid, "-");
		}
		hubctl_grid_cell(grid, d->answers ? d->hot_state : HUB_STR("-"));
		hubctl_grid_note(grid, note_of(status->hubctl->arena, d));
	}
	hubctl_grid_print(grid, status->hubctl->width, 0, &status->hubctl->out);
}

static void put_offset(struct hubctl_grid *grid, int64_t offset)
{
	if (offset < 0)
		hubctl_grid_text(grid, "-");
	else
		hubctl_grid_number(grid, offset);
}

static void put_partitions(struct hubctl_status *status)
{
	static const struct hubctl_column columns[] = {
		{ "PARTITION", HUBCTL_KEEP, true },
		{ "DECIDED TO", HUBCTL_KEEP, true },
		{ "LAG", HUBCTL_KEEP, true },
		{ "STATE AT", HUBCTL_KEEP, true },
		{ "REDIS AT", HUBCTL_KEEP, true },
		{ "REDIS", HUBCTL_KEEP, false },
	};
	struct hubctl_grid *grid = hubctl_grid_new(status->hubctl->arena, columns, 6);
	for (uint32_t i = 0; i < status->partition_count; i++) {
		const struct hubctl_partition_status *p = &status->partitions[i];
		hubctl_grid_number(grid, p->partition);
		put_offset(grid, p->committed);
		hubctl_grid_number(grid, p->lag);
		put_offset(grid, p->position);
		put_offset(grid, p->fence);
		hubctl_grid_cell(grid, p->redis);
	}
	hub_buf_text(&status->hubctl->out, "\n");
	hubctl_grid_print(grid, status->hubctl->width, 0, &status->hubctl->out);
}

static void put_summary(struct hubctl_status *status)
{
	struct hub_buf *out = &status->hubctl->out;
	const char *partitions = hubctl_count(status->hubctl, status->partition_count, "partition");
	hub_buf_printf(out, "\nlag %lld of %s in %s\n", (long long)status->lag, router_input, partitions);
	if (status->redis.code)
		hub_buf_printf(
		        out, "Redis %s: %s\n", status->hubctl->settings->redis_address, status->redis.text);
	else
		hub_buf_printf(
		        out, "Redis is level with the changelog in %u of %s\n", status->live, partitions);
	hub_buf_printf(out, "%s%s\n", hubctl_count(status->hubctl, status->dead_letters, "dead letter"),
	        status->dead_letters ? "; hubctl dlq list shows them" : "");
}

static json_t *daemons_json(const struct hubctl_status *status)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < status->daemon_count; i++) {
		const struct hubctl_daemon *d = &status->daemons[i];
		json_t *item = json_object();
		json_object_set_new(item, "daemon", hubctl_json_text(d->name));
		json_object_set_new(item, "address", hubctl_json_text(d->address));
		json_object_set_new(item, "answers", json_boolean(d->answers));
		json_object_set_new(item, "ready", json_boolean(d->ready));
		json_object_set_new(item, "reason", hubctl_json_text(d->reason));
		json_object_set_new(item, "hot_state", hubctl_json_text(d->hot_state));
		json_object_set_new(item, "partitions", json_integer((json_int_t)d->partitions));
		json_object_set_new(item, "restoring", json_integer((json_int_t)d->restoring));
		json_object_set_new(item, "stopped", json_integer((json_int_t)d->stopped));
		json_object_set_new(item, "suspects", json_integer((json_int_t)d->suspects));
		json_object_set_new(item, "registry_version", json_integer((json_int_t)d->registry_version));
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *offset_json(int64_t offset)
{
	return offset < 0 ? json_null() : json_integer((json_int_t)offset);
}

static json_t *partitions_json(const struct hubctl_status *status)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < status->partition_count; i++) {
		const struct hubctl_partition_status *p = &status->partitions[i];
		json_t *item = json_object();
		json_object_set_new(item, "partition", json_integer(p->partition));
		json_object_set_new(item, "committed", offset_json(p->committed));
		json_object_set_new(item, "lag", json_integer((json_int_t)p->lag));
		json_object_set_new(item, "state_at", offset_json(p->position));
		json_object_set_new(item, "redis_at", offset_json(p->fence));
		json_object_set_new(item, "redis", hubctl_json_text(p->redis));
		json_array_append_new(list, item);
	}
	return list;
}

static void put_json(struct hubctl_status *status)
{
	json_t *json = json_object();
	json_object_set_new(json, "well", json_boolean(!status->attention));
	json_object_set_new(json, "daemons", daemons_json(status));
	json_object_set_new(json, "input", json_string(router_input));
	json_object_set_new(json, "partitions", partitions_json(status));
	json_object_set_new(json, "lag", json_integer((json_int_t)status->lag));
	json_object_set_new(
	        json, "redis", status->redis.code ? json_string(status->redis.text) : json_string("ok"));
	json_object_set_new(json, "level", json_integer(status->live));
	json_object_set_new(json, "dead_letters", json_integer((json_int_t)status->dead_letters));
	hubctl_put_json(status->hubctl, json);
}

int hubctl_status(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	struct hubctl_status status = { .hubctl = hubctl };
	if (hubctl_daemons_ask(hubctl, &status.daemons, &status.daemon_count, &err))
		return hubctl_usage(hubctl, &err);
	for (uint32_t i = 0; i < status.daemon_count; i++)
		status.attention = status.attention || !status.daemons[i].ready || status.daemons[i].suspects;
	int result = hubctl_status_partitions(&status, router, router_input, &err);
	if (!result)
		result = hubctl_status_dead_letters(&status, router, &err);
	if (hubctl->json && !result) {
		put_json(&status);
	} else if (!hubctl->json) {
		put_daemons(&status);
		if (!result) {
			put_partitions(&status);
			put_summary(&status);
		}
	}
	if (result)
		return hubctl_fail(hubctl, &err);
	return status.attention ? HUBCTL_ATTENTION : HUBCTL_DONE;
}
