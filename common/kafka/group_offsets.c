#include "kafka/group_offsets.h"

#include "kafka/conf.h"
#include "kafka/kafka_error.h"

#include <stdlib.h>
#include <string.h>

/* Reading committed, so that the broker waits for the end of open transactions. */
static int open_handle(
        const struct hub_kafka_group *group, struct hub_kafka_handle **ret, struct hub_error *reterr)
{
	const struct hub_kafka_property own[] = {
		{ "group.id", group->name },
		{ "isolation.level", "read_committed" },
	};
	return hub_kafka_borrow(HUB_KAFKA_QUERY, group->properties, own, 2, ret, reterr);
}

static rd_kafka_topic_partition_list_t *list_of(
        const struct hub_kafka_group *group, const struct hub_kafka_offset *offsets, uint32_t count)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
	for (uint32_t i = 0; i < count; i++)
		rd_kafka_topic_partition_list_add(
		        list, group->topics[offsets[i].at.topic], offsets[i].at.partition);
	return list;
}

static int read_offsets(rd_kafka_t *rk, const struct hub_kafka_group *group, struct hub_kafka_offset *in_out,
        uint32_t count, struct hub_arena *arena, struct hub_error *reterr)
{
	rd_kafka_topic_partition_list_t *list = list_of(group, in_out, count);
	rd_kafka_resp_err_t err = rd_kafka_committed(rk, list, group->timeout_ms);
	for (uint32_t i = 0; !err && i < count; i++) {
		const rd_kafka_topic_partition_t *item = &list->elems[i];
		const struct hub_str metadata = { item->metadata, (uint32_t)item->metadata_size };
		err = item->err;
		in_out[i].next = item->offset < 0 ? HUB_OFFSET_NONE : item->offset;
		in_out[i].metadata = hub_arena_copy(arena, metadata);
	}
	rd_kafka_topic_partition_list_destroy(list);
	return hub_kafka_from_err(err, "read the group's offsets", NULL, reterr);
}

int hub_kafka_group_offsets(const struct hub_kafka_group *group, struct hub_kafka_offset *in_out,
        uint32_t count, struct hub_arena *arena, struct hub_error *reterr)
{
	struct hub_kafka_handle *handle;
	int code = open_handle(group, &handle, reterr);
	if (code)
		return code;
	code = read_offsets(handle->rk, group, in_out, count, arena, reterr);
	code = hub_kafka_say_why(handle->rk, &handle->logger, code, reterr);
	hub_kafka_give_back(handle);
	return code;
}

static bool is_refusal(rd_kafka_resp_err_t err)
{
	return err == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID || err == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION ||
	       err == RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS;
}

static int commit(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list,
        const struct hub_kafka_offset *offsets, struct hub_error *reterr)
{
	for (int i = 0; i < list->cnt; i++) {
		rd_kafka_topic_partition_t *item = &list->elems[i];
		item->offset = offsets[i].next;
		item->metadata_size = offsets[i].metadata.len;
		item->metadata = malloc(item->metadata_size + 1); /* the list frees it */
		if (!item->metadata)
			return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
		memcpy(item->metadata, offsets[i].metadata.data, item->metadata_size);
	}
	rd_kafka_resp_err_t err = rd_kafka_commit(rk, list, 0);
	for (int i = 0; !err && i < list->cnt; i++)
		err = list->elems[i].err;
	if (is_refusal(err))
		return hub_error_set(reterr, HUB_E_REFUSED, "kafka", "the group has members");
	return hub_kafka_from_err(err, "set the group's offsets", NULL, reterr);
}

int hub_kafka_group_set_offsets(const struct hub_kafka_group *group, const struct hub_kafka_offset *offsets,
        uint32_t count, struct hub_error *reterr)
{
	struct hub_kafka_handle *handle;
	int code = open_handle(group, &handle, reterr);
	if (code)
		return code;
	rd_kafka_topic_partition_list_t *list = list_of(group, offsets, count);
	code = commit(handle->rk, list, offsets, reterr);
	rd_kafka_topic_partition_list_destroy(list);
	code = hub_kafka_say_why(handle->rk, &handle->logger, code, reterr);
	hub_kafka_give_back(handle);
	return code;
}

static int take_members(const struct rd_kafka_group_list *groups, struct hub_arena *arena,
        struct hub_group_member **ret_members, uint32_t *ret_count, struct hub_error *reterr)
{
	size_t room = 1;
	uint32_t count = 0;
	for (int g = 0; g < groups->group_cnt; g++)
		room += (size_t)groups->groups[g].member_cnt;
	struct hub_group_member *members = hub_arena_alloc(arena, room * sizeof(*members));
	if (!members)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
	for (int g = 0; g < groups->group_cnt; g++)
		for (int i = 0; i < groups->groups[g].member_cnt; i++) {
			const struct rd_kafka_group_member_info *member = &groups->groups[g].members[i];
			members[count++] = (struct hub_group_member){
				hub_arena_copy(arena, hub_str_from(member->member_id)),
				hub_arena_copy(arena, hub_str_from(member->client_id)),
				hub_arena_copy(arena, hub_str_from(member->client_host)),
			};
		}
	*ret_members = members;
	*ret_count = count;
	return HUB_OK;
}

/* An error of the group itself (no access to it) comes inside of the answer. */
static rd_kafka_resp_err_t error_of(const struct rd_kafka_group_list *groups)
{
	for (int g = 0; groups && g < groups->group_cnt; g++)
		if (groups->groups[g].err)
			return groups->groups[g].err;
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

int hub_kafka_group_members(const struct hub_kafka_group *group, struct hub_arena *arena,
        struct hub_group_member **ret_members, uint32_t *ret_count, struct hub_error *reterr)
{
	const struct rd_kafka_group_list *groups = NULL;
	struct hub_kafka_handle *handle;
	int code = hub_kafka_borrow(HUB_KAFKA_QUERY, group->properties, NULL, 0, &handle, reterr);
	if (code)
		return code;
	rd_kafka_resp_err_t err = rd_kafka_list_groups(handle->rk, group->name, &groups, group->timeout_ms);
	if (!err)
		err = error_of(groups);
	code = hub_kafka_from_err(err, "ask for the group's members", NULL, reterr);
	code = hub_kafka_say_why(handle->rk, &handle->logger, code, reterr);
	if (!code)
		code = take_members(groups, arena, ret_members, ret_count, reterr);
	if (groups)
		rd_kafka_group_list_destroy(groups);
	hub_kafka_give_back(handle);
	return code;
}
