/* Where a group stands, asked from outside of it. */
#include "kafka/ask.h"
#include "kafka/conf.h"
#include "kafka/kafka_error.h"
#include "kafka/reader.h"

static int read_committed_offsets(rd_kafka_t *rk, const char *topic, int timeout_ms,
        struct hub_group_position *positions, uint32_t count, struct hub_error *reterr)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
	for (uint32_t i = 0; i < count; i++)
		rd_kafka_topic_partition_list_add(list, topic, (int32_t)i);
	rd_kafka_resp_err_t err = rd_kafka_committed(rk, list, timeout_ms);
	for (int i = 0; !err && i < list->cnt; i++) {
		err = list->elems[i].err;
		if (list->elems[i].offset >= 0)
			positions[i].committed = list->elems[i].offset;
	}
	rd_kafka_topic_partition_list_destroy(list);
	return hub_kafka_from_err(err, "read the group's offsets", NULL, reterr);
}

/* One end of every partition in one question, which is what newer librdkafkas want: each question looks for leaders anew.
 * False: one of them did not answer. */
static bool read_all(rd_kafka_t *rk, const char *topic, int64_t which, int timeout_ms,
        struct hub_group_position *positions, uint32_t count)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
	for (uint32_t i = 0; i < count; i++)
		rd_kafka_topic_partition_list_add(list, topic, (int32_t)i)->offset = which;
	bool all = !rd_kafka_offsets_for_times(rk, list, timeout_ms);
	for (int i = 0; all && i < list->cnt; i++) {
		all = !list->elems[i].err && list->elems[i].offset >= 0;
		if (which == RD_KAFKA_OFFSET_BEGINNING)
			positions[list->elems[i].partition].low = list->elems[i].offset;
		else
			positions[list->elems[i].partition].high = list->elems[i].offset;
	}
	rd_kafka_topic_partition_list_destroy(list);
	return all;
}

static int read_ends(rd_kafka_t *rk, const char *topic, int timeout_ms, struct hub_group_position *positions,
        uint32_t count, struct hub_error *reterr)
{
	if (read_all(rk, topic, RD_KAFKA_OFFSET_BEGINNING, timeout_ms, positions, count) &&
	        read_all(rk, topic, RD_KAFKA_OFFSET_END, timeout_ms, positions, count))
		return HUB_OK;
	for (uint32_t i = 0; i < count; i++) {
		int code = hub_kafka_ends(
		        rk, topic, (int32_t)i, timeout_ms, &positions[i].low, &positions[i].high, reterr);
		if (code)
			return code;
	}
	return HUB_OK;
}

static int ask_positions(rd_kafka_t *rk, const char *group, const char *topic, int timeout_ms,
        struct hub_arena *arena, struct hub_group_position **ret_positions, uint32_t *ret_count,
        struct hub_error *reterr)
{
	int32_t count;
	int code = hub_kafka_partition_count(rk, topic, timeout_ms, &count, reterr);
	if (code)
		return code;
	struct hub_group_position *positions = hub_arena_alloc(arena, (size_t)count * sizeof(*positions));
	if (!positions)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory for %d partitions", count);
	for (int32_t i = 0; i < count; i++)
		positions[i] = (struct hub_group_position){ i, HUB_OFFSET_NONE, 0, 0 };
	if (group)
		code = read_committed_offsets(rk, topic, timeout_ms, positions, (uint32_t)count, reterr);
	if (!code)
		code = read_ends(rk, topic, timeout_ms, positions, (uint32_t)count, reterr);
	if (!code) {
		*ret_positions = positions;
		*ret_count = (uint32_t)count;
	}
	return code;
}

int hub_kafka_group_positions(const struct hub_kafka_properties *properties, const char *group,
        const char *topic, int timeout_ms, struct hub_arena *arena, struct hub_group_position **ret_positions,
        uint32_t *ret_count, struct hub_error *reterr)
{
	const struct hub_kafka_property own[] = { { "group.id", group } };
	struct hub_kafka_handle *handle;
	int code = hub_kafka_borrow(HUB_KAFKA_QUERY, properties, own, group != NULL, &handle, reterr);
	if (code)
		return code;
	code = ask_positions(handle->rk, group, topic, timeout_ms, arena, ret_positions, ret_count, reterr);
	code = hub_kafka_say_why(handle->rk, &handle->logger, code, reterr);
	hub_kafka_give_back(handle);
	return code;
}
