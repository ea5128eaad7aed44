/* hubctl topics advance: the next offset of every partition moves on, also of one that is empty in the back-up, by records of a
 * transaction that is taken back, so that nobody ever sees them. After a restore from a back-up: offsets that were given out
 * since then (in decisions' ids, in fences, as places that subscribers keep) would otherwise be given out once more, for
 * something else. */
#include "hubctl/commands.h"
#include "hubctl/hubctl.h"
#include "kafka/reader.h"
#include "kafka/writer.h"
#include "records/catalogue.h"

#include <inttypes.h>

enum { RECORDS_MAX = 10 * 1000 * 1000, RECORDS = 100 * 1000 };

static const char transactional_id[] = "hubctl-topics-advance";

struct advance {
	struct hubctl *hubctl;
	struct hub_kafka_writer *writer;
	int64_t records;
	struct hubctl_grid *grid;
	json_t *list;
};

static int fill(struct advance *a, const char *topic, int32_t partition, struct hub_error *err)
{
	const struct hub_kafka_message message = { .topic = topic,
		.partition = partition,
		.key = HUB_STR("-"), /* a compacted topic takes no record without one */
		.has_key = true };
	int result = hub_kafka_writer_begin(a->writer, err);
	for (int64_t i = 0; !result && i < a->records; i++)
		result = hub_kafka_writer_send(a->writer, &message, err);
	/* Taken back is only what the broker has. */
	if (!result)
		result = hub_kafka_writer_flush(a->writer, (int)a->hubctl->settings->timeout_ms, err);
	int taken_back = hub_kafka_writer_abort(a->writer, result ? NULL : err);
	return result ? result : taken_back;
}

static int ask(struct advance *a, const char *topic, struct hub_group_position **ret, uint32_t *ret_count,
        struct hub_error *err)
{
	int result = hub_kafka_group_positions(&a->hubctl->settings->kafka, hubctl_topic(a->hubctl, "hubctl"),
	        topic, (int)a->hubctl->settings->timeout_ms, a->hubctl->arena, ret, ret_count, err);
	if (result == HUB_E_NOT_FOUND)
		hub_error_set(err, result, topic, "there is no such topic; hubctl topics create makes it");
	return result;
}

static void put(struct advance *a, const char *topic, const struct hub_group_position *before,
        const struct hub_group_position *after)
{
	if (!a->hubctl->json) {
		hubctl_grid_text(a->grid, topic);
		hubctl_grid_number(a->grid, before->partition);
		hubctl_grid_number(a->grid, before->high);
		hubctl_grid_number(a->grid, after->high);
		return;
	}
	json_t *item = json_object();
	json_object_set_new(item, "topic", hubctl_json_text(hub_str_from(topic)));
	json_object_set_new(item, "partition", json_integer(before->partition));
	json_object_set_new(item, "before", json_integer((json_int_t)before->high));
	json_object_set_new(item, "after", json_integer((json_int_t)after->high));
	json_array_append_new(a->list, item);
}

static int advance(struct advance *a, const char *topic, struct hub_error *err)
{
	struct hub_group_position *before, *after;
	uint32_t count, again;
	int result = ask(a, topic, &before, &count, err);
	for (uint32_t i = 0; !result && i < count; i++)
		result = fill(a, topic, before[i].partition, err);
	if (!result)
		result = ask(a, topic, &after, &again, err);
	for (uint32_t i = 0; !result && i < count && i < again; i++)
		put(a, topic, &before[i], &after[i]);
	return result;
}

static int advance_all(struct advance *a, struct hub_error *err)
{
	int result = hub_kafka_writer_open(&a->hubctl->settings->kafka, transactional_id,
	        (int)a->hubctl->settings->timeout_ms, &a->writer, err);
	for (uint32_t i = 0; !result && i < hub_topics.count; i++)
		result = advance(a, hubctl_topic(a->hubctl, hub_topics.topics[i].name), err);
	hub_kafka_writer_close(a->writer);
	return result;
}

int hubctl_topics_advance(struct hubctl *hubctl)
{
	static const struct hubctl_column columns[] = {
		{ "TOPIC", HUBCTL_KEEP, false },
		{ "PARTITION", HUBCTL_KEEP, true },
		{ "NEXT OFFSET WAS", HUBCTL_KEEP, true },
		{ "IS", HUBCTL_KEEP, true },
	};
	struct hub_error err = { 0 };
	struct advance a = { .hubctl = hubctl };
	if (hubctl_arg_number(hubctl->args, "records", 1, RECORDS_MAX, RECORDS, &a.records, &err))
		return hubctl_usage(hubctl, &err);
	a.grid = hubctl_grid_new(hubctl->arena, columns, 4);
	a.list = json_array();
	if (advance_all(&a, &err)) {
		json_decref(a.list);
		return hubctl_fail(hubctl, &err);
	}
	if (hubctl->json) {
		hubctl_put_json(hubctl, a.list);
		return HUBCTL_DONE;
	}
	json_decref(a.list);
	hubctl_grid_print(a.grid, hubctl->width, 0, &hubctl->out);
	return HUBCTL_DONE;
}
