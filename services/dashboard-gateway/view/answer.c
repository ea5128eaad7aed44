/* The hub's answers to what the viewer's organisation sent through this gateway. */
#include "dashboard-gateway/view/collection.h"
#include "dashboard-gateway/view/heard.h"
#include "dashboard-gateway/view/steps.h"

static void put_answer(struct gateway_json *json, const struct gateway_answer *answer)
{
	gateway_json_object(json, NULL);
	gateway_json_text(json, "event_id", answer->event_id);
	gateway_json_str(json, "referral_id", answer->referral_id);
	gateway_json_text(json, "record", answer->record);
	gateway_json_str(json, "state", answer->state);
	if (answer->refused)
		gateway_json_refused(
		        json, "refused", answer->reason_code, answer->rule, answer->reason, true);
	else
		gateway_json_null(json, "refused");
	gateway_json_time(json, "at", answer->at_ms);
	gateway_json_end_object(json);
}

int gateway_view_answer(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_str event_id, struct hub_buf *out, struct hub_error *reterr)
{
	struct gateway_answer answer;
	struct gateway_json json = gateway_json(out);
	if (!gateway_may_send(viewer) || !world->heard ||
	        !gateway_heard_answer(world->heard, viewer->org_id, event_id, &answer))
		return gateway_not_found(reterr, "answer");
	put_answer(&json, &answer);
	return gateway_json_done(&json, reterr);
}

struct listing {
	const struct gateway_viewer *viewer;
	struct gateway_json json;
	bool any;
};

static void list_answer(void *user, const struct gateway_answer *answer)
{
	struct listing *listing = user;
	if (!hub_str_eq(answer->org_id, listing->viewer->org_id))
		return;
	if (!listing->any) {
		gateway_json_object(&listing->json, NULL);
		gateway_json_array(&listing->json, "items");
	}
	listing->any = true;
	put_answer(&listing->json, answer);
}

void gateway_view_answers(const struct gateway_world *world, const struct gateway_viewer *viewer,
        uint64_t after, struct hub_buf *out, uint64_t *ret_number)
{
	struct listing listing = { .viewer = viewer, .json = gateway_json(out) };
	*ret_number = gateway_heard_last_answer(world->heard);
	if (gateway_may_send(viewer))
		gateway_heard_answers_after(world->heard, after, list_answer, &listing);
	if (listing.any) {
		gateway_json_end_array(&listing.json);
		gateway_json_end_object(&listing.json);
	}
}
