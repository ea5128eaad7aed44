/* /slots and /beds. */
#include "dashboard-gateway/view/offers.h"

#include "records/bed_kind.h"
#include "records/need.h"

const struct gateway_session *gateway_sessions_each(
        const struct gateway_world *world, const struct gateway_viewer *viewer, size_t *at)
{
	const struct gateway_row *row;
	while ((row = gateway_hot_each(world->hot, GATEWAY_SESSION, at))) {
		const struct gateway_session *session = (const struct gateway_session *)(const void *)row;
		if (hub_str_eq(session->phase, HUB_STR("OPEN")) && gateway_sees_row(viewer, row))
			return session;
	}
	return NULL;
}

const struct gateway_beds *gateway_beds_each(
        const struct gateway_world *world, const struct gateway_viewer *viewer, size_t *at)
{
	const struct gateway_row *row;
	while ((row = gateway_hot_each(world->hot, GATEWAY_BEDS, at)))
		if (gateway_sees_row(viewer, row))
			return (const struct gateway_beds *)(const void *)row;
	return NULL;
}

static bool given(struct hub_str wanted, struct hub_str value)
{
	return !wanted.len || hub_str_eq(wanted, value);
}

struct slot_query {
	struct hub_str org, specialty;
	uint32_t need;
	enum gateway_wanted open;
};

static int read_slots(const struct gateway_params *params, struct slot_query *ret, struct hub_error *reterr)
{
	static const char *const names[] = { "org", "specialty", "need", "open", "cursor", "limit", NULL };
	int code = gateway_params_check(params, names, reterr);
	*ret = (struct slot_query){ gateway_params_get(params, "org"),
		gateway_params_get(params, "specialty"), HUB_NEED_UNKNOWN, GATEWAY_ANY };
	if (code == HUB_OK)
		code = gateway_params_symbol(params, "need", &hub_need_enum, &ret->need, reterr);
	if (code == HUB_OK)
		code = gateway_params_wanted(params, "open", &ret->open, reterr);
	return code;
}

static bool takes(const struct slot_query *query, const struct gateway_session *session)
{
	return given(query->org, session->org_id) && given(query->specialty, session->specialty) &&
	       (query->need == HUB_NEED_UNKNOWN || query->need == (uint32_t)session->need) &&
	       (query->open == GATEWAY_ANY || (session->open > 0) == (query->open == GATEWAY_YES));
}

static void put_session(struct gateway_json *json, void *user, const void *item)
{
	const struct gateway_session *session = item;
	(void)user;
	gateway_json_object(json, NULL);
	gateway_json_text(json, "org_id", session->org_id);
	gateway_json_text(json, "session_id", session->session_id);
	gateway_json_str(json, "specialty", session->specialty);
	gateway_json_text(json, "need", hub_str_from(hub_need_name(session->need)));
	gateway_json_str(json, "exam_item", session->exam_item);
	gateway_json_bool(json, "expert", session->expert);
	gateway_json_str(json, "phase", session->phase);
	gateway_json_time(json, "starts_at", session->starts_at);
	gateway_json_time(json, "ends_at", session->ends_at);
	gateway_json_int(json, "capacity", session->capacity);
	gateway_json_int(json, "reserved", session->reserved);
	gateway_json_int(json, "open", session->open);
	gateway_json_int(json, "open_reserved", session->open_reserved);
	gateway_json_int(json, "held", session->held);
	gateway_json_int(json, "used_referred", session->used_referred);
	gateway_json_int(json, "used_own", session->used_own);
	gateway_json_str(json, "county_id", session->county_id);
	gateway_json_end_object(json);
}

int gateway_view_slots(const struct gateway_world *world, const struct gateway_viewer *viewer,
        const struct gateway_param *params, uint32_t count, struct hub_buf *out, struct hub_buf *ret_next,
        struct hub_error *reterr)
{
	struct gateway_params all = { params, count };
	struct slot_query query;
	struct gateway_page page;
	const struct gateway_session *session;
	int code = read_slots(&all, &query, reterr);
	if (code == HUB_OK)
		code = gateway_page_init(&page, 's', world->now_ms, &all, reterr);
	if (code != HUB_OK)
		return code;
	for (size_t at = 0; (session = gateway_sessions_each(world, viewer, &at));) {
		struct gateway_rank rank = { session->starts_at, 0, session->row.key };
		if (takes(&query, session))
			gateway_page_offer(&page, &rank, session);
	}
	return gateway_json_collection(world, false, &page, put_session, NULL, out, ret_next, reterr);
}

static void put_beds(struct gateway_json *json, void *user, const void *item)
{
	const struct gateway_beds *beds = item;
	(void)user;
	gateway_json_object(json, NULL);
	gateway_json_text(json, "org_id", beds->org_id);
	gateway_json_text(json, "bed_kind", beds->bed_kind);
	gateway_json_int(json, "total", beds->total);
	gateway_json_int(json, "free", beds->free);
	gateway_json_int(json, "held", beds->held);
	gateway_json_int(json, "arrived", beds->arrived);
	gateway_json_int(json, "reported_free", beds->reported_free);
	gateway_json_time(json, "reported_at", beds->reported_at);
	gateway_json_str(json, "county_id", beds->county_id);
	gateway_json_end_object(json);
}

int gateway_view_beds(const struct gateway_world *world, const struct gateway_viewer *viewer,
        const struct gateway_param *params, uint32_t count, struct hub_buf *out, struct hub_buf *ret_next,
        struct hub_error *reterr)
{
	static const char *const names[] = { "org", "kind", "cursor", "limit", NULL };
	struct gateway_params all = { params, count };
	struct gateway_page page;
	const struct gateway_beds *beds;
	uint32_t kind = HUB_BED_KIND_UNKNOWN;
	int code = gateway_params_check(&all, names, reterr);
	if (code == HUB_OK)
		code = gateway_params_symbol(&all, "kind", &hub_bed_kind_enum, &kind, reterr);
	if (code == HUB_OK)
		code = gateway_page_init(&page, 'b', world->now_ms, &all, reterr);
	if (code != HUB_OK)
		return code;
	for (size_t at = 0; (beds = gateway_beds_each(world, viewer, &at));) {
		struct gateway_rank rank = { 0, 0, beds->row.key };
		if (given(gateway_params_get(&all, "org"), beds->org_id) &&
		        given(gateway_params_get(&all, "kind"), beds->bed_kind))
			gateway_page_offer(&page, &rank, beds);
	}
	return gateway_json_collection(world, false, &page, put_beds, NULL, out, ret_next, reterr);
}
