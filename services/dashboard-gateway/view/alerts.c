#include "dashboard-gateway/view/alerts.h"

#include "base/check.h"
#include "base/map.h"
#include "dashboard-gateway/view/alerts_found.h"
#include "dashboard-gateway/view/collection.h"
#include "wire/utf8.h"

#include <stdlib.h>

struct gateway_alerts {
	struct hub_map *taken; /* alert_id -> struct gateway_taken */
};

struct gateway_alerts *gateway_alerts_new(void)
{
	struct gateway_alerts *alerts = calloc(1, sizeof(*alerts));
	hub_check(alerts != NULL);
	alerts->taken = hub_map_new();
	return alerts;
}

void gateway_alerts_free(struct gateway_alerts *alerts)
{
	struct hub_str key;
	void *value;
	if (!alerts)
		return;
	for (size_t at = 0; hub_map_next(alerts->taken, &at, &key, &value);)
		free(value);
	hub_map_free(alerts->taken);
	free(alerts);
}

static struct hub_str copy(char **at, struct hub_str text)
{
	struct hub_str copied = { *at, text.len };
	if (text.len)
		memcpy(*at, text.data, text.len);
	*at += text.len;
	return copied;
}

void gateway_alerts_acknowledged(struct gateway_alerts *alerts, const struct hub_alert_acknowledged *record)
{
	const struct gateway_taken *known = hub_map_get(alerts->taken, record->alert_id);
	size_t members_size = record->members.count * sizeof(int64_t);
	if (known && known->at > record->at)
		return;
	struct gateway_taken *taken = calloc(1, sizeof(*taken) + members_size + record->alert_id.len +
	                                                record->note.len + record->by_user.len + 1);
	hub_check(taken != NULL);
	taken->members = (int64_t *)(taken + 1);
	taken->member_count = record->members.count;
	if (members_size)
		memcpy(taken->members, record->members.items, members_size);
	qsort(taken->members, taken->member_count, sizeof(int64_t), gateway_alerts_by_number);
	char *at = (char *)(taken->members + taken->member_count);
	taken->alert_id = copy(&at, record->alert_id);
	taken->note = copy(&at, record->note);
	taken->by_user = copy(&at, record->by_user);
	taken->at = record->at;
	taken->covers_until = record->covers_until;
	free(hub_map_put(alerts->taken, taken->alert_id, taken));
}

const struct gateway_taken *gateway_alerts_taken(const struct gateway_alerts *alerts, struct hub_str alert_id)
{
	return alerts ? hub_map_get(alerts->taken, alert_id) : NULL;
}

static void put_taken(struct gateway_json *json, struct hub_str by, int64_t at, struct hub_str note)
{
	gateway_json_object(json, "acknowledged");
	gateway_json_text(json, "by", by);
	gateway_json_time(json, "at", at);
	gateway_json_str(json, "note", note);
	gateway_json_end_object(json);
}

static void put_alert(struct gateway_json *json, const struct gateway_alert *alert)
{
	const struct gateway_taken *taken = alert->taken;
	gateway_json_object(json, NULL);
	gateway_json_text(json, "id", hub_str_from(alert->id));
	gateway_json_text(json, "kind", hub_str_from(alert->kind));
	gateway_json_text(json, "severity", hub_str_from(gateway_severity_name(alert->severity)));
	gateway_json_int(json, "count", alert->count);
	gateway_json_time(json, "oldest_at", alert->oldest_at);
	gateway_json_str(json, "org_id", alert->org_id);
	gateway_json_str(json, "query", hub_str_from(alert->query));
	if (taken && !alert->newcomer)
		put_taken(json, taken->by_user, taken->at, taken->note);
	else
		gateway_json_null(json, "acknowledged");
	gateway_json_end_object(json);
}

int gateway_view_alerts(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_buf *out, struct hub_error *reterr)
{
	struct gateway_alert found[GATEWAY_ALERT_KINDS];
	struct gateway_json json = gateway_json(out);
	uint32_t count = gateway_alerts_find(world, viewer, HUB_STR(""), NULL, found);
	gateway_json_object(&json, NULL);
	gateway_json_head(&json, world, true);
	gateway_json_array(&json, "items");
	for (uint32_t i = 0; i < count; i++)
		put_alert(&json, &found[i]);
	gateway_json_end_array(&json);
	gateway_json_end_object(&json);
	return gateway_json_done(&json, reterr);
}

/* Of valid UTF-8. */
static uint32_t characters(struct hub_str text)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
	return count;
}

int gateway_alerts_acknowledge(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_str alert_id, struct hub_str note, struct gateway_members *members,
        struct hub_alert_acknowledged *ret, struct hub_error *reterr)
{
	struct gateway_alert found[GATEWAY_ALERT_KINDS];
	if (!gateway_may_control(viewer))
		return hub_error_set(reterr, HUB_E_REFUSED, "", "only a control centre takes on alerts");
	if (!hub_utf8_valid(note) || characters(note) > GATEWAY_NOTE_MAX)
		return hub_error_set(
		        reterr, HUB_E_INVALID, "note", "expected at most %d characters", GATEWAY_NOTE_MAX);
	members->count = 0;
	uint32_t count = gateway_alerts_find(world, viewer, alert_id, members, found);
	for (uint32_t i = 0; i < count; i++) {
		if (!hub_str_is(alert_id, found[i].id))
			continue;
		*ret = (struct hub_alert_acknowledged){ .alert_id = alert_id,
			.county_id = viewer->county_id,
			.note = note,
			.by_user = viewer->user,
			.by_org_id = viewer->org_id,
			.at = world->now_ms,
			.covers_until = found[i].newest_at };
		if (members->count <= GATEWAY_MEMBERS_MAX)
			ret->members = (struct hub_long_array){ members->items, members->count };
		return HUB_OK;
	}
	return gateway_not_found(reterr, "alert");
}

void gateway_view_acknowledgement(const struct hub_alert_acknowledged *record, struct hub_buf *out)
{
	struct gateway_json json = gateway_json(out);
	gateway_json_object(&json, NULL);
	gateway_json_text(&json, "alert_id", record->alert_id);
	put_taken(&json, record->by_user, record->at, record->note);
	gateway_json_end_object(&json);
}
