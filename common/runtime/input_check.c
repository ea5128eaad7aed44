/* What an input must be before it is decided (I-6). */
#include "runtime/inside.h"

#include "base/hash.h"
#include "records/decision_head.h"
#include "records/event_head.h"
#include "wire/cloudevent.h"

#include <inttypes.h>

static struct hub_str detail_of(struct hub_runtime *runtime, const struct hub_error *error)
{
	return hub_arena_printf(
	        runtime->outgoing.deciding, "%s%s%s", error->place, error->place[0] ? ": " : "", error->text);
}

static const char *check_place(struct hub_runtime *runtime, const struct input *input,
        const struct hub_event_head *head, struct hub_str *ret_detail)
{
	struct hub_arena *arena = runtime->outgoing.deciding;
	if (!input->has_key || !hub_str_eq(input->key, head->county_id)) {
		*ret_detail = hub_arena_printf(
		        arena, "the key is not the county_id %.*s", HUB_STR_ARG(head->county_id));
		return "WRONG_KEY";
	}
	int32_t right = hub_partition_of(input->key, runtime->partition_count);
	if (right != input->partition->id) {
		*ret_detail = hub_arena_printf(arena,
		        "key %.*s belongs to partition %" PRId32 " of %" PRId32 " (murmur2)",
		        HUB_STR_ARG(input->key), right, runtime->partition_count);
		return "WRONG_PARTITION";
	}
	return NULL;
}

/* A decision that is an input comes from the hub; its head begins as an event's does. */
_Static_assert(
        offsetof(struct hub_decision_head, event_id) == offsetof(struct hub_event_head, event_id) &&
                offsetof(struct hub_decision_head, occurred_at) ==
                        offsetof(struct hub_event_head, occurred_at) &&
                offsetof(struct hub_decision_head, county_id) == offsetof(struct hub_event_head, county_id),
        "what is asked of every input stands at the same place");

/* Without these nobody could be answered, and no repeat be told from another event (I-8). */
static bool is_somebodys(const struct hub_schema *schema, const struct hub_event_head *head)
{
	bool source = schema->head != HUB_HEAD_EVENT || head->source_org_id.len;
	return head->event_id.len && source && head->county_id.len;
}

const char *hub_input_check(struct hub_runtime *runtime, const struct input *input,
        const struct hub_schema **ret_schema, void **ret_record, struct hub_str *ret_detail)
{
	struct hub_error error = { 0 };
	if (input->weight > INPUT_BYTES) {
		*ret_detail = hub_arena_printf(runtime->outgoing.deciding,
		        "%zu bytes of key, value and headers, limit %d", input->weight, INPUT_BYTES);
		return "TOO_LARGE";
	}
	if (input->headers_unreadable) {
		*ret_detail =
		        HUB_STR("the headers cannot be read: over 100,000, or broken; they are left out");
		return "UNDECODABLE";
	}
	if (!input->has_value) {
		*ret_detail = HUB_STR("no value");
		return "UNDECODABLE";
	}
	int r = hub_frame_decode(runtime->core->inputs[input->topic].records, input->value,
	        runtime->outgoing.deciding, ret_schema, ret_record, &error);
	if (r < 0) {
		*ret_detail = detail_of(runtime, &error);
		return r == HUB_E_NOT_FOUND ? "UNKNOWN_SCHEMA" : "UNDECODABLE";
	}
	const char *reason = check_place(runtime, input, *ret_record, ret_detail);
	if (reason)
		return reason;
	if (!is_somebodys(*ret_schema, *ret_record)) {
		*ret_detail = HUB_STR("event_id, source_org_id and county_id must not be empty");
		return "RULE";
	}
	r = hub_record_check_steering(*ret_schema, *ret_record, &error);
	if (r == 0)
		r = hub_cloudevent_check(
		        *ret_schema, *ret_record, input->headers, input->header_count, &error);
	if (r == 0)
		return NULL;
	*ret_detail = detail_of(runtime, &error);
	return "RULE";
}
