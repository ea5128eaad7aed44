#include "dashboard-gateway/http/classes.h"

#include "base/check.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>

enum { DATA_BYTES = 8 << 20, ROWS_A_FRAME = 200 };

static const char *const names[GATEWAY_TOPICS] = { "referrals", "answers", "overview", "alerts", "health" };

const char *gateway_topic_name(enum gateway_topic topic)
{
	return names[topic];
}

static bool topic_of(struct hub_str word, unsigned *in_out)
{
	for (unsigned i = 0; i < GATEWAY_TOPICS; i++) {
		if (!hub_str_is(word, names[i]))
			continue;
		*in_out |= 1U << i;
		return true;
	}
	return false;
}

bool gateway_topics_parse(struct hub_str text, unsigned *ret)
{
	unsigned topics = 0;
	for (;;) {
		const char *comma = text.len ? memchr(text.data, ',', text.len) : NULL;
		struct hub_str word = { text.data, comma ? (uint32_t)(comma - text.data) : text.len };
		if (!topic_of(word, &topics))
			return false;
		if (!comma)
			break;
		text = (struct hub_str){ comma + 1, text.len - word.len - 1 };
	}
	*ret = topics;
	return true;
}

static struct hub_str keep(struct hub_str text, char *place, size_t room)
{
	hub_check(text.len < room);
	if (text.len)
		memcpy(place, text.data, text.len);
	return (struct hub_str){ place, text.len };
}

struct gateway_class *gateway_class_new(const struct gateway_viewer *viewer)
{
	struct gateway_class *class = calloc(1, sizeof(*class));
	hub_check(class);
	class->viewer.role = viewer->role;
	class->viewer.org_id = keep(viewer->org_id, class->org_id, sizeof(class->org_id));
	class->viewer.county_id = keep(viewer->county_id, class->county_id, sizeof(class->county_id));
	class->viewer.consortium_id =
	        keep(viewer->consortium_id, class->consortium_id, sizeof(class->consortium_id));
	class->key = gateway_viewer_class(&class->viewer, class->text);
	TAILQ_INIT(&class->clients);
	return class;
}

void gateway_class_free(struct gateway_class *class)
{
	gateway_class_forget_steps(class);
	for (int i = 0; i < GATEWAY_STATE_TOPICS; i++)
		gateway_frame_drop(class->states[i].frame);
	free(class);
}

void gateway_class_forget_steps(struct gateway_class *class)
{
	for (uint32_t i = 0; i < class->step_count; i++)
		gateway_frame_drop(class->steps[i].frame);
	class->step_count = 0;
}

static struct gateway_step render(const struct gateway_class *class, struct gateway_frames *frames,
        const struct gateway_world *world, enum gateway_topic topic, uint64_t from)
{
	struct gateway_step step = { topic, from, from, NULL };
	struct gateway_revision id = { world->epoch, gateway_hot_seq(world->hot) };
	struct hub_buf data;
	hub_buf_init(&data, DATA_BYTES);
	if (topic == GATEWAY_TOPIC_REFERRALS) {
		gateway_view_changes(world, &class->viewer, from, ROWS_A_FRAME, &data, &step.to);
		id.seq = step.to;
	} else {
		gateway_view_answers(world, &class->viewer, from, &data, &step.to);
	}
	if (data.len && !hub_buf_failed(&data))
		step.frame = gateway_frame_new(frames, names[topic], id, hub_buf_slice(&data));
	hub_buf_done(&data);
	return step;
}

const struct gateway_step *gateway_class_step(struct gateway_class *class, struct gateway_frames *frames,
        const struct gateway_world *world, enum gateway_topic topic, uint64_t from)
{
	for (uint32_t i = 0; i < class->step_count; i++)
		if (class->steps[i].topic == topic && class->steps[i].from == from)
			return &class->steps[i];
	if (class->step_count == GATEWAY_STEPS)
		gateway_class_forget_steps(class);
	class->steps[class->step_count] = render(class, frames, world, topic, from);
	return &class->steps[class->step_count++];
}

/* A state begins with as_of and revision, which change all the time; what counts begins with "complete". */
static uint64_t hash_of(const struct hub_buf *data)
{
	const char *at = data->len ? memmem(data->data, data->len, "\"complete\"", 10) : NULL;
	struct hub_str rest = hub_buf_slice(data);
	if (at)
		rest = (struct hub_str){ at, (uint32_t)(data->data + data->len - at) };
	return hub_hash(HUB_HASH_START, rest);
}

static int view(const struct gateway_class *class, const struct gateway_world *world,
        enum gateway_topic topic, struct hub_buf *out)
{
	struct hub_error err = { 0 };
	if (topic == GATEWAY_TOPIC_OVERVIEW)
		return gateway_view_overview(world, &class->viewer, out, &err);
	if (topic == GATEWAY_TOPIC_ALERTS)
		return gateway_view_alerts(world, &class->viewer, out, &err);
	return gateway_view_freshness(world, &class->viewer, out, &err);
}

bool gateway_class_look(struct gateway_class *class, struct gateway_frames *frames,
        const struct gateway_world *world, enum gateway_topic topic, uint64_t changes, int64_t age_ms)
{
	struct gateway_state *state = &class->states[topic - GATEWAY_TOPIC_OVERVIEW];
	uint64_t seq = gateway_hot_seq(world->hot);
	bool known = topic == GATEWAY_TOPIC_HEALTH ||
	             (state->looked_seq == seq && state->looked_changes == changes);
	struct hub_buf data;
	if (state->frame && known && world->now_ms - state->looked_ms < age_ms)
		return false;
	hub_buf_init(&data, DATA_BYTES);
	int code = view(class, world, topic, &data);
	state->looked_ms = world->now_ms;
	state->looked_seq = seq;
	state->looked_changes = changes;
	uint64_t hash = hash_of(&data);
	if (!code && !hub_buf_failed(&data) && (!state->frame || hash != state->hash)) {
		gateway_frame_drop(state->frame);
		state->at = (struct gateway_revision){ world->epoch, seq };
		state->frame = gateway_frame_new(frames, names[topic], state->at, hub_buf_slice(&data));
		state->hash = hash;
		state->version++;
	}
	hub_buf_done(&data);
	return true;
}
