#include "kafka/group_offsets.h"

#include "kafka/conf.h"
#include "kafka/kafka_error.h"

#include <stdlib.h>
#include <string.h>

/* The answer to a question of the admin API comes a little later than its time-out at the latest. */
enum { GRACE_MS = 200 };

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

static int take_members(const rd_kafka_ConsumerGroupDescription_t *group, struct hub_arena *arena,
        struct hub_group_member **ret_members, uint32_t *ret_count, struct hub_error *reterr)
{
	size_t count = rd_kafka_ConsumerGroupDescription_member_count(group);
	struct hub_group_member *members = hub_arena_alloc(arena, (count + 1) * sizeof(*members));
	if (!members)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
	for (size_t i = 0; i < count; i++) {
		const rd_kafka_MemberDescription_t *member =
		        rd_kafka_ConsumerGroupDescription_member(group, i);
		members[i] = (struct hub_group_member){
			hub_arena_copy(arena, hub_str_from(rd_kafka_MemberDescription_consumer_id(member))),
			hub_arena_copy(arena, hub_str_from(rd_kafka_MemberDescription_client_id(member))),
			hub_arena_copy(arena, hub_str_from(rd_kafka_MemberDescription_host(member))),
		};
	}
	*ret_members = members;
	*ret_count = (uint32_t)count;
	return HUB_OK;
}

/* Not rd_kafka_list_groups: that one leaves out a group to which one has no right, and calls it empty. NULL: no answer. */
static rd_kafka_event_t *describe(rd_kafka_t *rk, const struct hub_kafka_group *group)
{
	rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
	rd_kafka_AdminOptions_t *options =
	        rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS);
	const char *names[] = { group->name };
	rd_kafka_AdminOptions_set_request_timeout(options, group->timeout_ms, NULL, 0);
	rd_kafka_DescribeConsumerGroups(rk, names, 1, options, queue);
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, group->timeout_ms + GRACE_MS);
	rd_kafka_AdminOptions_destroy(options);
	rd_kafka_queue_destroy(queue);
	return event;
}

/* The only group that was asked for; NULL: *ret_err says why. */
static const rd_kafka_ConsumerGroupDescription_t *group_of(
        rd_kafka_event_t *event, rd_kafka_resp_err_t *ret_err)
{
	size_t count = 0;
	*ret_err = event ? rd_kafka_event_error(event) : RD_KAFKA_RESP_ERR__TIMED_OUT;
	if (*ret_err)
		return NULL;
	const rd_kafka_ConsumerGroupDescription_t **groups = rd_kafka_DescribeConsumerGroups_result_groups(
	        rd_kafka_event_DescribeConsumerGroups_result(event), &count);
	const rd_kafka_error_t *error = count ? rd_kafka_ConsumerGroupDescription_error(groups[0]) : NULL;
	*ret_err = count == 0 ? RD_KAFKA_RESP_ERR__BAD_MSG : error ? rd_kafka_error_code(error) : *ret_err;
	return *ret_err ? NULL : groups[0];
}

int hub_kafka_group_members(const struct hub_kafka_group *group, struct hub_arena *arena,
        struct hub_group_member **ret_members, uint32_t *ret_count, struct hub_error *reterr)
{
	struct hub_kafka_handle *handle;
	rd_kafka_resp_err_t err;
	int code = hub_kafka_borrow(HUB_KAFKA_QUERY, group->properties, NULL, 0, &handle, reterr);
	if (code)
		return code;
	rd_kafka_event_t *event = describe(handle->rk, group);
	const rd_kafka_ConsumerGroupDescription_t *found = group_of(event, &err);
	code = hub_kafka_from_err(err, "ask for the group's members", NULL, reterr);
	code = hub_kafka_say_why(handle->rk, &handle->logger, code, reterr);
	if (!code)
		code = take_members(found, arena, ret_members, ret_count, reterr);
	if (event)
		rd_kafka_event_destroy(event);
	hub_kafka_give_back(handle);
	return code;
}
