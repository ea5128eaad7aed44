/* hubctl topics create|check: the catalogue's topics on the broker. */
#include "kafka/topics.h"
#include "hubctl/commands.h"
#include "hubctl/hubctl.h"
#include "records/catalogue.h"

enum { REPLICAS_MAX = 15, PARTITIONS_MAX = 1024 };

struct reporting {
	struct hubctl *hubctl;
	struct hubctl_grid *grid;
	json_t *list;
	uint32_t created;
};

static const char *state_name(enum hub_topic_state state)
{
	switch (state) {
	case HUB_TOPIC_OK:
		return "ok";
	case HUB_TOPIC_CREATED:
		return "created";
	case HUB_TOPIC_MISSING:
		return "missing";
	case HUB_TOPIC_DIFFERS:
		return "differs";
	case HUB_TOPIC_FAILED:
		return "failed";
	}
	return "unknown";
}

static void report(void *user, const char *topic, enum hub_topic_state state, const char *text)
{
	struct reporting *r = user;
	struct hub_arena *arena = r->hubctl->arena;
	r->created += state == HUB_TOPIC_CREATED;
	if (!r->hubctl->json) {
		hubctl_grid_cell(r->grid, hub_arena_copy(arena, hub_str_from(topic)));
		hubctl_grid_text(r->grid, state_name(state));
		hubctl_grid_cell(r->grid, hub_arena_copy(arena, hub_str_from(text)));
		return;
	}
	json_t *item = json_object();
	json_object_set_new(item, "topic", hubctl_json_text(hub_str_from(topic)));
	json_object_set_new(item, "state", json_string(state_name(state)));
	json_object_set_new(item, "text", hubctl_json_text(hub_str_from(text)));
	json_array_append_new(r->list, item);
}

static void put_result(struct reporting *r, uint32_t wrong, bool create)
{
	struct hubctl *hubctl = r->hubctl;
	if (hubctl->json) {
		json_t *json = json_object();
		json_object_set_new(json, "topics", r->list);
		json_object_set_new(json, "created", json_integer(r->created));
		json_object_set_new(json, "wrong", json_integer(wrong));
		hubctl_put_json(hubctl, json);
		return;
	}
	hubctl_grid_print(r->grid, hubctl->width, 0, &hubctl->out);
	if (wrong)
		hub_buf_printf(&hubctl->out, "\n%u of %u topics are not as in the catalogue%s\n", wrong,
		        hub_topics.count, create ? "" : ";\nhubctl topics create makes the missing ones");
	else
		hub_buf_printf(&hubctl->out, "\n%u topics, all as in the catalogue\n", hub_topics.count);
}

static int topics(struct hubctl *hubctl, bool create)
{
	static const struct hubctl_column columns[] = {
		{ "TOPIC", HUBCTL_KEEP, false },
		{ "STATE", HUBCTL_KEEP, false },
		{ "", HUBCTL_WRAP, false },
	};
	struct hub_error err = { 0 };
	int64_t partitions, replicas;
	if (hubctl_arg_number(hubctl->args, "partitions", 1, PARTITIONS_MAX, 0, &partitions, &err) ||
	        hubctl_arg_number(hubctl->args, "replicas", 1, REPLICAS_MAX, -1, &replicas, &err))
		return hubctl_usage(hubctl, &err);
	struct reporting r = {
		.hubctl = hubctl, .grid = hubctl_grid_new(hubctl->arena, columns, 3), .list = json_array()
	};
	struct hub_topics_options options = {
		.properties = hubctl->settings->kafka,
		.specs = hub_topics.topics,
		.count = hub_topics.count,
		.prefix = hubctl->settings->prefix,
		.partitions = (int32_t)partitions,
		.replication_factor = (int)replicas,
		.create = create,
		.timeout_ms = hubctl->settings->timeout_ms,
		.report = report,
		.user = &r,
	};
	uint32_t wrong = 0;
	if (hub_kafka_topics(&options, &wrong, &err)) {
		json_decref(r.list);
		return hubctl_fail(hubctl, &err);
	}
	put_result(&r, wrong, create);
	if (!hubctl->json)
		json_decref(r.list);
	return wrong ? HUBCTL_ATTENTION : HUBCTL_DONE;
}

int hubctl_topics_create(struct hubctl *hubctl)
{
	return topics(hubctl, true);
}

int hubctl_topics_check(struct hubctl *hubctl)
{
	return topics(hubctl, false);
}
