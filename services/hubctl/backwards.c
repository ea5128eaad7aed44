#include "hubctl/backwards.h"

#include "kafka/reader.h"

enum { GROWTH = 10 };

struct walk {
	struct hubctl *hubctl;
	const struct hubctl_backwards *back;
	struct hubctl_reach *reach;
	int64_t *ends;
	int64_t *starts; /* of this window; INT64_MAX: nothing is wanted of the partition */
	uint32_t count;
	bool enough;
};

/* A window is read up to the end, through what earlier ones have shown. */
static enum hubctl_scan_next visit(void *user, const struct hub_kafka_event *event)
{
	struct walk *walk = user;
	uint32_t p = (uint32_t)event->at.partition;
	if (p >= walk->count || event->offset >= walk->reach[p].from)
		return HUBCTL_GO_ON;
	struct hubctl_reach *reach = &walk->reach[p];
	if (event->offset >= reach->next)
		reach->next = event->offset + 1;
	if (event->timestamp_ms < reach->oldest_ms)
		reach->oldest_ms = event->timestamp_ms;
	walk->enough = walk->back->visit(walk->back->user, event, reach) == HUBCTL_ENOUGH;
	return walk->enough ? HUBCTL_ENOUGH : HUBCTL_GO_ON;
}

static int prepare(struct walk *walk, struct hub_error *err)
{
	struct hubctl *hubctl = walk->hubctl;
	struct hub_group_position *at;
	uint32_t count;
	int result = hub_kafka_group_positions(&hubctl->settings->kafka, NULL,
	        hubctl_topic(hubctl, walk->back->topic), (int)hubctl->settings->timeout_ms, hubctl->arena,
	        &at, &count, err);
	if (result)
		return result == HUB_E_NOT_FOUND ? hubctl_no_topic(err) : result;
	walk->reach = hub_arena_alloc(hubctl->arena, (count + 1) * sizeof(*walk->reach));
	walk->ends = hub_arena_alloc(hubctl->arena, (count + 1) * sizeof(*walk->ends));
	walk->starts = hub_arena_alloc(hubctl->arena, (count + 1) * sizeof(*walk->starts));
	if (!walk->reach || !walk->ends || !walk->starts)
		return hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	for (uint32_t p = 0; p < count; p++) {
		walk->reach[p] = (struct hubctl_reach){ at[p].low, INT64_MAX, at[p].high, INT64_MAX, 0 };
		walk->ends[p] = at[p].high;
	}
	walk->count = count;
	return HUB_OK;
}

/* False: nothing is wanted any more. */
static bool choose(struct walk *walk, int64_t window)
{
	const struct hubctl_backwards *back = walk->back;
	bool any = false;
	for (uint32_t p = 0; p < walk->count; p++) {
		struct hubctl_reach *reach = &walk->reach[p];
		bool asked = back->partition < 0 || back->partition == (int32_t)p;
		bool first = reach->from == INT64_MAX;
		bool wanted = asked && (first || (!hubctl_reached_beginning(reach) &&
		                                         back->more(back->user, (int32_t)p, reach)));
		walk->starts[p] = !wanted                               ? INT64_MAX
		                  : walk->ends[p] - reach->low > window ? walk->ends[p] - window
		                                                        : reach->low;
		/* Not the end: a transaction that is open now may have begun before it. */
		if (wanted && first)
			reach->next = walk->starts[p];
		any = any || wanted;
	}
	return any;
}

static int read_window(struct walk *walk, int64_t until_ms, struct hub_error *err)
{
	const struct hubctl_scan scan = {
		.topics = &walk->back->topic,
		.topic_count = 1,
		.partition = walk->back->partition,
		.from = HUB_READ_EACH,
		.from_each = walk->starts,
		.from_count = walk->count,
		.until_ms = until_ms,
		.visit = visit,
		.user = walk,
	};
	int result = hubctl_scan(walk->hubctl, &scan, err);
	for (uint32_t p = 0; !result && !walk->enough && p < walk->count; p++)
		if (walk->starts[p] != INT64_MAX)
			walk->reach[p].from = walk->starts[p];
	return result;
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a && (!b || a < b) ? a : b;
}

int hubctl_backwards(struct hubctl *hubctl, const struct hubctl_backwards *back, struct hubctl_reach **ret,
        uint32_t *ret_count, struct hub_error *reterr)
{
	struct walk walk = { .hubctl = hubctl, .back = back };
	int64_t window = back->window, until_ms = back->until_ms;
	int result = prepare(&walk, reterr);
	/* A partition that does not exist is the scan's to tell. */
	bool wanted = !result && (choose(&walk, window) || back->partition >= 0);
	while (wanted) {
		result = read_window(&walk, until_ms, reterr);
		if (window == back->window && back->further_ms)
			until_ms = sooner(hubctl_now_ms() + back->further_ms, back->until_ms);
		window = window > INT64_MAX / GROWTH ? INT64_MAX : window * GROWTH;
		wanted = !result && !walk.enough && choose(&walk, window);
	}
	*ret = walk.reach;
	*ret_count = walk.count;
	return result;
}
