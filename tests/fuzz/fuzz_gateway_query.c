/* The query of a collection, cursor included: "name=value" lines behind a byte that says which resource and who asks. What
 * is taken is answered by JSON within its limits, and its own cursor is taken again; what is not taken is named. */
#include "take.h"

#include "base/check.h"
#include "dashboard-gateway/view/heard.h"
#include "dashboard-gateway/view/letters.h"
#include "dashboard-gateway/view/stories.h"
#include "dashboard-gateway/view/view.h"

#include <jansson.h>

enum { OUT_MAX = 4 * 1024 * 1024, PARAMS_MAX = 20, ROWS = 8 };

typedef int view_fn(const struct gateway_world *, const struct gateway_viewer *, const struct gateway_param *,
        uint32_t, struct hub_buf *, struct hub_buf *, struct hub_error *);

static view_fn *const views[] = { gateway_view_referrals, gateway_view_slots, gateway_view_beds,
	gateway_view_dead_letters };
enum { VIEWS = sizeof(views) / sizeof(views[0]) };

static void put_rows(struct gateway_hot *hot)
{
	const struct gateway_field referral[] = { { HUB_STR("state"), HUB_STR("ROUTED") },
		{ HUB_STR("county_id"), HUB_STR("990121") }, { HUB_STR("to_org_id"), HUB_STR("990121-H01") },
		{ HUB_STR("due"), HUB_STR("answer") },
		{ HUB_STR("due_at"), HUB_STR("2026-11-27T11:00:00+08:00") } };
	const struct gateway_field session[] = { { HUB_STR("phase"), HUB_STR("OPEN") },
		{ HUB_STR("county_id"), HUB_STR("990121") }, { HUB_STR("org_id"), HUB_STR("990121-H01") } };
	const struct gateway_field beds[] = { { HUB_STR("county_id"), HUB_STR("990121") },
		{ HUB_STR("org_id"), HUB_STR("990121-H01") }, { HUB_STR("bed_kind"), HUB_STR("GENERAL") } };
	for (int i = 0; i < ROWS; i++) {
		char keys[3][32] = { "referral:R0", "session:990121-H01:S0", "beds:990121-H01:K0" };
		const struct gateway_field *fields[] = { referral, session, beds };
		const uint32_t counts[] = { 5, 3, 3 };
		for (int kind = 0; kind < 3; kind++) {
			keys[kind][strlen(keys[kind]) - 1] = (char)('0' + i);
			(void)gateway_hot_put(
			        hot, 0, hub_str_from(keys[kind]), fields[kind], counts[kind], NULL);
		}
	}
}

static const struct gateway_world *world(void)
{
	static struct gateway_world made;
	if (!made.hot) {
		struct gateway_hot *hot = gateway_hot_new(10);
		put_rows(hot);
		made = (struct gateway_world){ .hot = hot,
			.stories = gateway_stories_new(10),
			.heard = gateway_heard_new(),
			.letters = gateway_letters_new(10),
			.epoch = 7,
			.now_ms = INT64_C(1795745000000) };
	}
	return &made;
}

static uint32_t take_params(struct bytes *bytes, struct gateway_param *params)
{
	uint32_t count = 0;
	struct hub_str rest = take_rest(bytes);
	while (rest.len && count < PARAMS_MAX) {
		const char *end = memchr(rest.data, '\n', rest.len);
		struct hub_str line = { rest.data, end ? (uint32_t)(end - rest.data) : rest.len };
		const char *equals = line.len ? memchr(line.data, '=', line.len) : NULL;
		uint32_t name = equals ? (uint32_t)(equals - line.data) : line.len;
		params[count].name = (struct hub_str){ line.data, name };
		params[count++].value =
		        equals ? (struct hub_str){ equals + 1, line.len - name - 1 } : HUB_STR("");
		uint32_t used = end ? line.len + 1 : line.len;
		rest = (struct hub_str){ rest.data + used, rest.len - used };
	}
	return count;
}

static void check_answer(
        view_fn *view, const struct gateway_viewer *viewer, const struct hub_buf *out, struct hub_str next)
{
	json_t *json = json_loadb(out->data, out->len, 0, NULL);
	hub_check(json_is_object(json));
	hub_check((json_int_t)json_array_size(json_object_get(json, "items")) <=
	          json_integer_value(json_object_get(json, "total")));
	json_decref(json);
	if (!next.len)
		return;
	/* The sort is part of a cursor: it is one of three. */
	static const char *const sorts[] = { "due", "requested", "urgency" };
	int taken = 0;
	for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++) {
		struct gateway_param again[] = { { HUB_STR("cursor"), next },
			{ HUB_STR("sort"), hub_str_from(sorts[i]) } };
		struct hub_buf page, behind;
		hub_buf_init(&page, OUT_MAX);
		hub_buf_init(&behind, OUT_MAX);
		taken += view(world(), viewer, again, view == gateway_view_referrals ? 2 : 1, &page, &behind,
		                 NULL) == HUB_OK;
		hub_buf_done(&page);
		hub_buf_done(&behind);
	}
	hub_check(taken == (view == gateway_view_referrals ? 1 : 3));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	struct gateway_param params[PARAMS_MAX];
	struct hub_error error = { .code = HUB_OK };
	uint8_t which = take_byte(&bytes);
	view_fn *view = views[which % VIEWS];
	struct gateway_viewer viewer = { .role = (enum gateway_role)(
		                                 which / VIEWS % (GATEWAY_ROLE_READ_ONLY + 1)),
		.org_id = HUB_STR("990121-H01"),
		.county_id = HUB_STR("990121"),
		.consortium_id = HUB_STR("QX-1") };
	uint32_t count = take_params(&bytes, params);
	struct hub_buf out, next;
	hub_buf_init(&out, OUT_MAX);
	hub_buf_init(&next, OUT_MAX);
	int code = view(world(), &viewer, params, count, &out, &next, &error);
	if (code == HUB_OK)
		check_answer(view, &viewer, &out, hub_buf_slice(&next));
	else
		hub_check((code == HUB_E_INVALID && error.place[0]) || code == HUB_E_NOT_FOUND);
	hub_buf_done(&out);
	hub_buf_done(&next);
	return 0;
}
