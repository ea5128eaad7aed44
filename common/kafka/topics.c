#include "kafka/topics.h"

#include "kafka/conf.h"
#include "kafka/kafka_error.h"
#include "records/topic.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 256, TEXT_SIZE = 256, DEFAULT_TIMEOUT_MS = 15000, SEEN_PAUSE_MS = 20 };

/* One pass over the catalogue. */
struct work {
	const struct hub_topics_options *options;
	rd_kafka_t *rk;
	rd_kafka_queue_t *queue;
	const struct rd_kafka_metadata *metadata;
	int timeout_ms;
	uint32_t wrong;
};

static void report(struct work *work, const char *topic, enum hub_topic_state state, const char *text)
{
	work->wrong += state != HUB_TOPIC_OK && state != HUB_TOPIC_CREATED;
	if (work->options->report)
		work->options->report(work->options->user, topic, state, text);
}

static void full_name(const struct work *work, const struct hub_topic_spec *spec, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%s%s", work->options->prefix ? work->options->prefix : "", spec->name);
}

static int32_t partitions_of(const struct work *work, const struct hub_topic_spec *spec)
{
	return work->options->partitions > 0 && spec->partitions > 1 ? work->options->partitions
	                                                             : spec->partitions;
}

static const struct rd_kafka_metadata_topic *existing(const struct work *work, const char *name)
{
	for (int i = 0; i < work->metadata->topic_cnt; i++) {
		const struct rd_kafka_metadata_topic *topic = &work->metadata->topics[i];
		if (strcmp(topic->topic, name) == 0 && topic->err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
			return topic;
	}
	return NULL;
}

/* Waits for the answer to one admin request. */
static int answer(struct work *work, const char *doing, rd_kafka_event_t **ret, struct hub_error *reterr)
{
	rd_kafka_event_t *event = rd_kafka_queue_poll(work->queue, work->timeout_ms + 1000);
	if (!event)
		return hub_error_set(
		        reterr, HUB_E_RETRY, "kafka", "cannot %s: no answer from the broker", doing);
	int code = hub_kafka_from_err(
	        rd_kafka_event_error(event), doing, rd_kafka_event_error_string(event), reterr);
	if (code) {
		rd_kafka_event_destroy(event);
		return code;
	}
	*ret = event;
	return HUB_OK;
}

static rd_kafka_AdminOptions_t *admin_options(struct work *work)
{
	rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(work->rk, RD_KAFKA_ADMIN_OP_ANY);
	rd_kafka_AdminOptions_set_request_timeout(options, work->timeout_ms, NULL, 0);
	return options;
}

static rd_kafka_NewTopic_t *new_topic(
        const struct work *work, const struct hub_topic_spec *spec, struct hub_error *reterr)
{
	char name[NAME_SIZE];
	char text[TEXT_SIZE];
	full_name(work, spec, name);
	int replication = work->options->replication_factor > 0 ? work->options->replication_factor : -1;
	rd_kafka_NewTopic_t *topic =
	        rd_kafka_NewTopic_new(name, partitions_of(work, spec), replication, text, sizeof(text));
	if (!topic) {
		hub_error_set(reterr, HUB_E_INVALID, name, "%s", text);
		return NULL;
	}
	for (uint32_t i = 0; i < spec->setting_count; i++)
		rd_kafka_NewTopic_set_config(topic, spec->settings[i].name, spec->settings[i].value);
	return topic;
}

static int create(struct work *work, rd_kafka_NewTopic_t **topics, size_t count, struct hub_error *reterr)
{
	rd_kafka_AdminOptions_t *options = admin_options(work);
	rd_kafka_CreateTopics(work->rk, topics, count, options, work->queue);
	rd_kafka_AdminOptions_destroy(options);
	rd_kafka_event_t *event;
	int code = answer(work, "create topics", &event, reterr);
	if (code)
		return code;
	size_t result_count;
	const rd_kafka_topic_result_t **results =
	        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &result_count);
	for (size_t i = 0; i < result_count; i++) {
		rd_kafka_resp_err_t err = rd_kafka_topic_result_error(results[i]);
		const char *text = rd_kafka_topic_result_error_string(results[i]);
		report(work, rd_kafka_topic_result_name(results[i]),
		        err ? HUB_TOPIC_FAILED : HUB_TOPIC_CREATED,
		        err ? (text ? text : rd_kafka_err2str(err)) : "");
	}
	rd_kafka_event_destroy(event);
	return HUB_OK;
}

static bool has_leaders(const struct rd_kafka_metadata_topic *topic)
{
	for (int i = 0; topic && i < topic->partition_cnt; i++)
		if (topic->partitions[i].leader < 0)
			return false;
	return topic && topic->partition_cnt > 0;
}

static bool all_there(const struct work *work)
{
	for (uint32_t i = 0; i < work->options->count; i++) {
		char name[NAME_SIZE];
		full_name(work, &work->options->specs[i], name);
		if (!has_leaders(existing(work, name)))
			return false;
	}
	return true;
}

/* The controller answers before the brokers know: whoever comes next would find no topic. */
static int await_created(struct work *work, struct hub_error *reterr)
{
	for (int waited_ms = 0; !work->wrong && !all_there(work); waited_ms += SEEN_PAUSE_MS) {
		if (waited_ms > work->timeout_ms)
			return hub_error_set(reterr, HUB_E_RETRY, "kafka",
			        "the topics were created, but the broker does not know them yet");
		poll(NULL, 0, SEEN_PAUSE_MS);
		const struct rd_kafka_metadata *now;
		rd_kafka_resp_err_t err = rd_kafka_metadata(work->rk, 1, NULL, &now, work->timeout_ms);
		if (err)
			return hub_kafka_from_err(err, "list the topics", NULL, reterr);
		rd_kafka_metadata_destroy(work->metadata);
		work->metadata = now;
	}
	return HUB_OK;
}

static int create_missing(struct work *work, struct hub_error *reterr)
{
	rd_kafka_NewTopic_t **topics = calloc(work->options->count + 1, sizeof(*topics));
	if (!topics)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
	size_t count = 0;
	int code = HUB_OK;
	for (uint32_t i = 0; !code && i < work->options->count; i++) {
		char name[NAME_SIZE];
		full_name(work, &work->options->specs[i], name);
		if (existing(work, name))
			continue;
		if (!work->options->create) {
			report(work, name, HUB_TOPIC_MISSING, "");
			continue;
		}
		topics[count] = new_topic(work, &work->options->specs[i], reterr);
		code = topics[count] ? HUB_OK : HUB_E_INVALID;
		count += !code;
	}
	if (!code && count)
		code = create(work, topics, count, reterr);
	if (!code && count)
		code = await_created(work, reterr);
	rd_kafka_NewTopic_destroy_array(topics, count);
	free(topics);
	return code;
}

static bool differs(struct work *work, const char *name, const char *what, const char *is, const char *should)
{
	char text[TEXT_SIZE];
	snprintf(text, sizeof(text), "%s is %s, should be %s", what, is, should);
	report(work, name, HUB_TOPIC_DIFFERS, text);
	return true;
}

static bool check_shape(
        struct work *work, const struct hub_topic_spec *spec, const struct rd_kafka_metadata_topic *topic)
{
	char is[32], should[64];
	bool wrong = false;
	int32_t partitions = partitions_of(work, spec);
	if (topic->partition_cnt != partitions) {
		snprintf(is, sizeof(is), "%d", topic->partition_cnt);
		snprintf(should, sizeof(should), "%d, and cannot be changed: keys would move", partitions);
		wrong = differs(work, topic->topic, "partition count", is, should);
	}
	int replicas = topic->partition_cnt > 0 ? topic->partitions[0].replica_cnt : 0;
	if (work->options->replication_factor > 0 && replicas != work->options->replication_factor) {
		snprintf(is, sizeof(is), "%d", replicas);
		snprintf(should, sizeof(should), "%d", work->options->replication_factor);
		wrong = differs(work, topic->topic, "replication factor", is, should);
	}
	return wrong;
}

static const char *setting_of(const rd_kafka_ConfigResource_t *resource, const char *name)
{
	size_t count;
	const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resource, &count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(rd_kafka_ConfigEntry_name(entries[i]), name) == 0)
			return rd_kafka_ConfigEntry_value(entries[i]);
	return NULL;
}

static bool check_settings(
        struct work *work, const struct hub_topic_spec *spec, const rd_kafka_ConfigResource_t *resource)
{
	const char *name = rd_kafka_ConfigResource_name(resource);
	if (rd_kafka_ConfigResource_error(resource)) {
		report(work, name, HUB_TOPIC_FAILED, rd_kafka_ConfigResource_error_string(resource));
		return true;
	}
	bool wrong = false;
	for (uint32_t i = 0; i < spec->setting_count; i++) {
		const char *is = setting_of(resource, spec->settings[i].name);
		if (!is || strcmp(is, spec->settings[i].value) != 0)
			wrong |= differs(work, name, spec->settings[i].name,
			        is ? is : "unknown to the broker", spec->settings[i].value);
	}
	return wrong;
}

static const struct hub_topic_spec *spec_of(const struct work *work, const char *topic)
{
	for (uint32_t i = 0; i < work->options->count; i++) {
		char name[NAME_SIZE];
		full_name(work, &work->options->specs[i], name);
		if (strcmp(name, topic) == 0)
			return &work->options->specs[i];
	}
	return NULL;
}

static void check_resources(struct work *work, const rd_kafka_event_t *event)
{
	size_t count;
	const rd_kafka_ConfigResource_t **resources = rd_kafka_DescribeConfigs_result_resources(
	        rd_kafka_event_DescribeConfigs_result((rd_kafka_event_t *)(uintptr_t)event), &count);
	for (size_t i = 0; i < count; i++) {
		const char *name = rd_kafka_ConfigResource_name(resources[i]);
		const struct hub_topic_spec *spec = spec_of(work, name);
		const struct rd_kafka_metadata_topic *topic = existing(work, name);
		if (!spec || !topic)
			continue;
		bool wrong = check_shape(work, spec, topic);
		wrong |= check_settings(work, spec, resources[i]);
		if (!wrong)
			report(work, name, HUB_TOPIC_OK, "");
	}
}

static int check_existing(struct work *work, struct hub_error *reterr)
{
	rd_kafka_ConfigResource_t **resources = calloc(work->options->count + 1, sizeof(*resources));
	if (!resources)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
	size_t count = 0;
	for (uint32_t i = 0; i < work->options->count; i++) {
		char name[NAME_SIZE];
		full_name(work, &work->options->specs[i], name);
		if (existing(work, name))
			resources[count++] = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name);
	}
	int code = HUB_OK;
	if (count) {
		rd_kafka_event_t *event;
		rd_kafka_AdminOptions_t *options = admin_options(work);
		rd_kafka_DescribeConfigs(work->rk, resources, count, options, work->queue);
		rd_kafka_AdminOptions_destroy(options);
		code = answer(work, "read the topics' settings", &event, reterr);
		if (!code) {
			check_resources(work, event);
			rd_kafka_event_destroy(event);
		}
	}
	rd_kafka_ConfigResource_destroy_array(resources, count);
	free(resources);
	return code;
}

static int run(struct work *work, struct hub_error *reterr)
{
	rd_kafka_resp_err_t err = rd_kafka_metadata(work->rk, 1, NULL, &work->metadata, work->timeout_ms);
	if (err)
		return hub_kafka_from_err(err, "list the topics", NULL, reterr);
	work->queue = rd_kafka_queue_new(work->rk);
	int code = check_existing(work, reterr);
	if (!code)
		code = create_missing(work, reterr);
	rd_kafka_queue_destroy(work->queue);
	rd_kafka_metadata_destroy(work->metadata);
	return code;
}

int hub_kafka_topics(const struct hub_topics_options *options, uint32_t *ret_wrong, struct hub_error *reterr)
{
	struct work work = { .options = options };
	struct hub_kafka_logger silent = { NULL };
	rd_kafka_conf_t *conf;
	work.timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : DEFAULT_TIMEOUT_MS;
	int code = hub_kafka_conf_new(HUB_KAFKA_QUERY, &options->properties, NULL, 0, &conf, reterr);
	if (code)
		return code;
	hub_kafka_conf_opaque(conf, &silent);
	code = hub_kafka_handle_new(HUB_KAFKA_QUERY, conf, &work.rk, reterr);
	if (code)
		return code;
	code = hub_kafka_say_why(work.rk, &silent, run(&work, reterr), reterr);
	rd_kafka_destroy(work.rk);
	if (!code)
		*ret_wrong = work.wrong;
	return code;
}
