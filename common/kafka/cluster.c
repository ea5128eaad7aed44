#include "kafka/cluster.h"

#include "kafka/conf.h"

#include <string.h>
#include <time.h>

/* After every address of the first broker was tried, a while for its other ones (IPv4 after IPv6). */
enum { SLICE_MS = 200, DOWN_MS = 1000 };

/* One round of questions. */
struct asking {
	struct hub_kafka_handle *handle;
	rd_kafka_t *rk;            /* its */
	rd_kafka_resp_err_t heard; /* the kind of what it heard last */
	bool all_down;
	const struct hub_cluster_question *question;
	struct hub_arena *arena;
};

static void on_error(void *user, int err, const char *reason)
{
	struct asking *asking = user;
	(void)reason;
	asking->all_down |= err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
	if (err != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
		asking->heard = (rd_kafka_resp_err_t)err;
}

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct hub_str keep(struct hub_arena *arena, const char *text)
{
	return hub_arena_copy(arena, hub_str_from(text));
}

/* librdkafka has one code for several of these; its words tell them apart. */
static enum hub_cluster_way way_of(const struct asking *asking)
{
	const char *text = asking->handle->logger.heard;
	if (strstr(text, "Invalid response size"))
		return HUB_WAY_PROTOCOL; /* what answered is no broker, or speaks TLS */
	switch (asking->heard) {
	case RD_KAFKA_RESP_ERR__AUTHENTICATION:
	case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
		return strstr(text, "mechanism") && strstr(text, "supported") ? HUB_WAY_PROTOCOL
		                                                              : HUB_WAY_PASSWORD;
	case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
	case RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE:
		return HUB_WAY_PROTOCOL;
	case RD_KAFKA_RESP_ERR__SSL:
		return strstr(text, "wrong version number") || strstr(text, "PLAINTEXT") ? HUB_WAY_PROTOCOL
		                                                                         : HUB_WAY_TLS;
	case RD_KAFKA_RESP_ERR__RESOLVE:
		return HUB_WAY_NO_HOST;
	case RD_KAFKA_RESP_ERR__TRANSPORT:
		if (strstr(text, "security.protocol") || strstr(text, "authentication handshake"))
			return HUB_WAY_PROTOCOL;
		if (strstr(text, "SSL routines"))
			return HUB_WAY_TLS; /* the broker's answer to our certificate */
		return strstr(text, "refused") ? HUB_WAY_REFUSED : HUB_WAY_SILENT;
	default:
		return HUB_WAY_SILENT;
	}
}

/* The brokers, as soon as one answers; once all are known to be down, not until the time is up. */
static const struct rd_kafka_metadata *first_answer(struct asking *asking)
{
	const struct rd_kafka_metadata *metadata = NULL;
	int64_t began = now_ms(), down = 0;
	while (now_ms() - began < asking->question->timeout_ms) {
		if (!rd_kafka_metadata(asking->rk, 0, NULL, &metadata, SLICE_MS))
			return metadata;
		rd_kafka_poll(asking->rk, 0);
		if (asking->all_down && !down)
			down = now_ms();
		if (down && now_ms() - down > DOWN_MS)
			break;
	}
	return NULL;
}

static void take_partitions(struct hub_cluster_topic *topic, const struct rd_kafka_metadata_topic *found)
{
	topic->partitions = found->partition_cnt;
	for (int i = 0; i < found->partition_cnt; i++) {
		const struct rd_kafka_metadata_partition *partition = &found->partitions[i];
		topic->leaderless += partition->leader < 0;
		topic->short_of += partition->isr_cnt < partition->replica_cnt;
		if (i == 0 || partition->isr_cnt < topic->in_sync)
			topic->in_sync = partition->isr_cnt;
		if (partition->replica_cnt > topic->copies)
			topic->copies = partition->replica_cnt;
	}
}

static void take_topic(
        struct asking *asking, struct hub_cluster_topic *topic, const struct rd_kafka_metadata_topic *found)
{
	switch (found->err) {
	case RD_KAFKA_RESP_ERR_NO_ERROR:
	case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
		topic->state = HUB_CLUSTER_TOPIC_THERE;
		take_partitions(topic, found);
		return;
	case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
		topic->state = HUB_CLUSTER_TOPIC_MISSING;
		return;
	case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
		topic->state = HUB_CLUSTER_TOPIC_FORBIDDEN;
		return;
	default:
		topic->why = keep(asking->arena, rd_kafka_err2str(found->err));
	}
}

static void ask_topic(struct asking *asking, struct hub_cluster_topic *topic)
{
	const struct rd_kafka_metadata *metadata;
	rd_kafka_topic_t *handle = rd_kafka_topic_new(asking->rk, topic->name, NULL);
	rd_kafka_resp_err_t err =
	        handle ? rd_kafka_metadata(asking->rk, 0, handle, &metadata, asking->question->timeout_ms)
	               : rd_kafka_last_error();
	topic->state = HUB_CLUSTER_TOPIC_UNKNOWN;
	if (err) {
		topic->why = keep(asking->arena, rd_kafka_err2str(err));
	} else {
		if (metadata->topic_cnt == 1)
			take_topic(asking, topic, &metadata->topics[0]);
		rd_kafka_metadata_destroy(metadata);
	}
	if (handle)
		rd_kafka_topic_destroy(handle);
}

static void take_settings(
        struct asking *asking, struct hub_cluster_topic *topic, const rd_kafka_ConfigResource_t *resource)
{
	size_t count;
	const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resource, &count);
	if (rd_kafka_ConfigResource_error(resource)) {
		topic->settings_why = keep(asking->arena, rd_kafka_ConfigResource_error_string(resource));
		return;
	}
	topic->settings = hub_arena_alloc(asking->arena, (count + 1) * sizeof(*topic->settings));
	for (size_t i = 0; topic->settings && i < count; i++) {
		const char *value = rd_kafka_ConfigEntry_value(entries[i]);
		struct hub_str name =
		        hub_arena_printf(asking->arena, "%s", rd_kafka_ConfigEntry_name(entries[i]));
		struct hub_str text = hub_arena_printf(asking->arena, "%s", value ? value : "");
		if (name.data && text.data)
			topic->settings[topic->setting_count++] =
			        (struct hub_cluster_setting){ name.data, text.data };
	}
}

static void take_answer(struct asking *asking, struct hub_cluster *cluster, const rd_kafka_event_t *event)
{
	size_t count = 0;
	const rd_kafka_ConfigResource_t **resources = rd_kafka_DescribeConfigs_result_resources(
	        rd_kafka_event_DescribeConfigs_result((rd_kafka_event_t *)(uintptr_t)event), &count);
	for (size_t i = 0; i < count; i++)
		for (uint32_t k = 0; k < cluster->topic_count; k++)
			if (strcmp(rd_kafka_ConfigResource_name(resources[i]), cluster->topics[k].name) == 0)
				take_settings(asking, &cluster->topics[k], resources[i]);
}

static void settings_unknown(struct asking *asking, struct hub_cluster *cluster, const char *why)
{
	for (uint32_t i = 0; i < cluster->topic_count; i++)
		cluster->topics[i].settings_why = keep(asking->arena, why);
}

static void ask_settings(struct asking *asking, struct hub_cluster *cluster)
{
	rd_kafka_ConfigResource_t *resources[64];
	size_t count = 0;
	for (uint32_t i = 0; i < cluster->topic_count && count < 64; i++)
		if (cluster->topics[i].state == HUB_CLUSTER_TOPIC_THERE)
			resources[count++] =
			        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, cluster->topics[i].name);
	if (!count)
		return;
	rd_kafka_queue_t *queue = rd_kafka_queue_new(asking->rk);
	rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(asking->rk, RD_KAFKA_ADMIN_OP_ANY);
	rd_kafka_AdminOptions_set_request_timeout(options, asking->question->timeout_ms, NULL, 0);
	rd_kafka_DescribeConfigs(asking->rk, resources, count, options, queue);
	rd_kafka_event_t *event = rd_kafka_queue_poll(queue, asking->question->timeout_ms + SLICE_MS);
	if (!event)
		settings_unknown(asking, cluster, "no answer");
	else if (rd_kafka_event_error(event))
		settings_unknown(asking, cluster, rd_kafka_event_error_string(event));
	else
		take_answer(asking, cluster, event);
	if (event)
		rd_kafka_event_destroy(event);
	rd_kafka_AdminOptions_destroy(options);
	rd_kafka_queue_destroy(queue);
	rd_kafka_ConfigResource_destroy_array(resources, count);
}

static void ask(struct asking *asking, struct hub_cluster *ret)
{
	const struct hub_cluster_question *question = asking->question;
	const struct rd_kafka_metadata *metadata = first_answer(asking);
	if (!metadata) {
		const char *heard = asking->handle->logger.heard;
		ret->way = way_of(asking);
		ret->why = keep(asking->arena, heard[0] ? heard : "no answer");
		return;
	}
	ret->brokers = (uint32_t)metadata->broker_cnt;
	rd_kafka_metadata_destroy(metadata);
	for (uint32_t i = 0; i < question->topic_count; i++) {
		ret->topics[i].name = question->topics[i];
		ask_topic(asking, &ret->topics[i]);
	}
	ret->topic_count = question->topic_count;
	ask_settings(asking, ret);
}

int hub_kafka_cluster(const struct hub_cluster_question *question, struct hub_arena *arena,
        struct hub_cluster *ret, struct hub_error *reterr)
{
	struct asking asking = { .question = question, .arena = arena };
	*ret = (struct hub_cluster){ .topics = hub_arena_alloc(
		                             arena, (question->topic_count + 1) * sizeof(*ret->topics)) };
	if (!ret->topics)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
	int code = hub_kafka_borrow(HUB_KAFKA_QUERY, &question->properties, NULL, 0, &asking.handle, reterr);
	if (code)
		return code;
	asking.rk = asking.handle->rk;
	asking.handle->hears = on_error;
	asking.handle->user = &asking;
	ask(&asking, ret);
	hub_kafka_give_back(asking.handle);
	return HUB_OK;
}

const char *hub_cluster_setting(const struct hub_cluster_topic *topic, const char *name)
{
	for (uint32_t i = 0; i < topic->setting_count; i++)
		if (strcmp(topic->settings[i].name, name) == 0)
			return topic->settings[i].value;
	return NULL;
}
