/* The part of each decision's head that is the runtime's: where it comes from, as data and as an id that can
 * be derived again, so that an auditor can prove from the topics alone that no transaction was torn, lost or
 * doubled. */
#include "runtime/inside.h"

#include "records/decision_head.h"

#include <inttypes.h>

static struct hub_decision_head *common(
        struct hub_runtime *runtime, struct hub_effects *effects, uint32_t i, int64_t now_ms)
{
	struct hub_decision_head *head = effects->outputs[i].record;
	head->occurred_at = now_ms;
	head->registry_version = hub_registry_version(runtime->registry);
	return head;
}

void hub_envelope_of_input(
        struct hub_runtime *runtime, const struct input *input, int64_t now_ms, struct hub_effects *effects)
{
	const char *topic = runtime->topics->names[input->topic];
	for (uint32_t i = 0; i < effects->count; i++) {
		struct hub_decision_head *head = common(runtime, effects, i, now_ms);
		head->event_id =
		        hub_arena_printf(runtime->outgoing.arena, "e/%s/%" PRId32 "/%" PRId64 "/%" PRIu32,
		                topic, input->partition->id, input->offset, i);
		head->has_decided_from = true;
		head->decided_from = (struct hub_decided_from){ hub_str_from(topic), input->partition->id,
			input->offset, (int32_t)i, (int32_t)effects->count };
	}
}

void hub_envelope_of_timer(struct hub_runtime *runtime, const struct partition *partition,
        const struct hub_timer *timer, int64_t now_ms, struct hub_effects *effects)
{
	for (uint32_t i = 0; i < effects->count; i++) {
		struct hub_decision_head *head = common(runtime, effects, i, now_ms);
		head->event_id = hub_arena_printf(runtime->outgoing.arena,
		        "t/%" PRId32 "/%" PRId64 "/%.*s/%.*s/%" PRId64 "/%" PRIu32, partition->id,
		        partition->next.batch_seq, HUB_STR_ARG(timer->entity), HUB_STR_ARG(timer->name),
		        timer->due_at_ms, i);
		head->has_timer = true;
		head->timer = (struct hub_fired_timer){ timer->entity, timer->name, timer->due_at_ms,
			partition->id, partition->next.batch_seq, (int32_t)i, (int32_t)effects->count };
	}
}
