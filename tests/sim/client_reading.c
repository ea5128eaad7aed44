/* What an instance reads, hears from its group and asks. */
#include "client.h"
#include "instance.h"
#include "world.h"

#include "base/check.h"
#include "check.h"

static const struct log *log_of(const struct client *client, struct hub_topic_partition at)
{
	return &client->kafka->logs[at.topic][at.partition];
}

/* In place of the end that was told: an error was. */
static const int64_t told_gone = INT64_MAX;

/* What it would read is not in the log any more. Nothing comes of it until the next assign. */
static void tell_gone(struct client *client, uint32_t i, struct hub_kafka_event *ret)
{
	client->told_end[i] = told_gone;
	*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_ERROR, .at = client->reading[i].at };
	hub_error_set(&ret->error, HUB_E_NOT_FOUND, "kafka", "offset %lld is not in the log any more",
	        (long long)client->reading[i].next);
}

static bool next_of(struct client *client, uint32_t i, struct hub_kafka_event *ret)
{
	struct hub_kafka_offset *from = &client->reading[i];
	const struct log *log = log_of(client, from->at);
	int64_t end = log_stable_end(log);
	if (from->at.topic < INPUTS && client->kafka->world->now_us < client->fetch_stalled_until_us)
		return false;
	if (from->at.topic == 1 &&
	        client->kafka->world->now_us < client->kafka->deaf_until_us[from->at.partition])
		return false;
	if (client->told_end[i] == told_gone)
		return false;
	if (from->next < log->start) {
		tell_gone(client, i, ret);
		return true;
	}
	for (; from->next < end; from->next++) {
		const struct entry *entry = &log->entries[from->next];
		if (!log_is_visible(entry))
			continue;
		*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_RECORD,
			.at = from->at,
			.offset = from->next,
			.timestamp_ms = entry->timestamp_ms,
			.key = entry->key,
			.has_key = entry->has_key,
			.value = entry->value,
			.has_value = entry->has_value,
			.headers = entry->headers,
			.header_count = entry->header_count };
		from->next++;
		client->told_end[i] = -1;
		return true;
	}
	if (client->told_end[i] == end)
		return false;
	client->told_end[i] = end;
	*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_EOF, .at = from->at, .offset = from->next };
	return true;
}

static bool tell_news(struct client *client, struct hub_kafka_event *ret)
{
	struct group_news news;
	if (!group_hear(client->kafka, client->member, &news))
		return false;
	*ret = (struct hub_kafka_event){ .kind = news.revoke ? HUB_KAFKA_REVOKE : HUB_KAFKA_ASSIGN,
		.lost = news.lost,
		.partitions = client->told_partitions,
		.partition_count = news.count };
	memcpy(client->told_partitions, news.partitions, sizeof(news.partitions));
	client->member->answers = news.revoke;
	client->reading_count = 0;
	return true;
}

static bool tell_something(struct client *client, struct hub_kafka_event *ret)
{
	const struct kafka *kafka = client->kafka;
	if (client->member) {
		if (client->member->answers)
			group_rejoin(client->kafka, client->member);
		client->member->answers = false;
		if (tell_news(client, ret))
			return true;
	}
	if (kafka->world->now_us < kafka->away_until_us) {
		bool told = client->told_away;
		client->told_away = true;
		*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_ERROR, .at = { -1, -1 } };
		hub_error_set(&ret->error, HUB_E_RETRY, "kafka", "all brokers are down");
		return !told;
	}
	client->told_away = false;
	for (uint32_t k = 0; k < client->reading_count; k++)
		if (next_of(client, client->turn++ % client->reading_count, ret))
			return true;
	return false;
}

static int port_poll(void *user, int64_t wait_us, struct hub_kafka_event *ret, struct hub_error *reterr)
{
	struct client *client = user;
	struct world *world = client->kafka->world;
	int64_t until = world->now_us + wait_us;
	if (!client_begin_call(client))
		return client_is_dead(reterr);
	if (client->in_transaction)
		check_failed(world, "the runtime polls inside a transaction");
	while (!tell_something(client, ret)) {
		*ret = (struct hub_kafka_event){ .kind = HUB_KAFKA_NOTHING };
		if (world->now_us >= until)
			return client_end_call(client, 0, reterr);
		client->polling = true;
		bool alive = instance_sleep(client->instance, until - world->now_us);
		client->polling = false;
		if (!alive)
			return client_is_dead(reterr);
	}
	return 0;
}

static int port_join(void *user, struct hub_error *reterr)
{
	struct client *client = user;
	if (!client_begin_call(client))
		return client_is_dead(reterr);
	if (!client->member)
		client->member = group_join(client->kafka);
	return client_end_call(client, 0, reterr);
}

static int port_assign(
        void *user, const struct hub_kafka_offset *from, uint32_t count, struct hub_error *reterr)
{
	struct client *client = user;
	if (!client_begin_call(client))
		return client_is_dead(reterr);
	hub_check(count <= READING_MAX);
	if (count)
		memcpy(client->reading, from, count * sizeof(*from));
	for (uint32_t i = 0; i < count; i++) {
		client->told_end[i] = -1;
		if (client->reading[i].next < 0)
			client->reading[i].next = log_of(client, client->reading[i].at)->start;
	}
	client->reading_count = count;
	return 0;
}

/* ---- questions */

static bool is_pending(const struct kafka *kafka, struct hub_topic_partition at)
{
	for (int i = 0; i < PRODUCERS_MAX; i++)
		for (uint32_t k = 0; k < kafka->producers[i].pending_count; k++)
			if (kafka->producers[i].pending[k].at.partition == at.partition &&
			        kafka->producers[i].pending[k].at.topic == at.topic)
				return true;
	return false;
}

static bool any_pending(const struct kafka *kafka, const struct hub_kafka_offset *offsets, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (is_pending(kafka, offsets[i].at))
			return true;
	return false;
}

static int port_committed(void *user, struct hub_kafka_offset *in_out, uint32_t count,
        struct hub_arena *arena, struct hub_error *reterr)
{
	struct client *client = user;
	struct kafka *kafka = client->kafka;
	int64_t until = kafka->world->now_us + CLIENT_ANSWER_US;
	int r = client_begin_question(client, CALL_COMMITTED, reterr);
	if (r < 0)
		return r;
	while (any_pending(kafka, in_out, count)) {
		if (kafka->world->now_us >= until)
			return hub_error_set(reterr, HUB_E_RETRY, "kafka", "offsets are pending");
		if (!instance_sleep(client->instance, CLIENT_LOOK_US))
			return client_is_dead(reterr);
	}
	for (uint32_t i = 0; i < count; i++) {
		const struct hub_kafka_offset *committed =
		        &kafka->group.committed[in_out[i].at.topic][in_out[i].at.partition];
		in_out[i].next = committed->next;
		in_out[i].metadata = hub_arena_copy(arena, committed->metadata);
	}
	return client_end_call(client, 0, reterr);
}

static int port_watermarks(void *user, struct hub_topic_partition at, int64_t *ret_low, int64_t *ret_high,
        struct hub_error *reterr)
{
	struct client *client = user;
	int r = client_begin_question(client, CALL_WATERMARKS, reterr);
	if (r < 0)
		return r;
	*ret_low = log_of(client, at)->start;
	*ret_high = log_of(client, at)->end;
	return client_end_call(client, 0, reterr);
}

static int64_t port_known_high(void *user, struct hub_topic_partition at)
{
	const struct client *client = user;
	return log_of(client, at)->end;
}

static int port_count(void *user, int32_t topic, int32_t *ret_count, struct hub_error *reterr)
{
	struct client *client = user;
	int r = client_begin_question(client, CALL_COUNT, reterr);
	if (r < 0)
		return r;
	*ret_count = topic == client->kafka->registry ? 1 : client->kafka->partitions;
	return 0;
}

/* What the client has at this moment. After a lost membership that is an empty one, which the broker checks against
 * nothing. */
static int port_metadata(void *user, struct hub_error *reterr)
{
	struct client *client = user;
	if (!client_begin_call(client))
		return client_is_dead(reterr);
	bool valid = client->member->heard_generation >= 0 &&
	             !(client->member->kicked && client->member->news_count &&
	                     client->member->news[client->member->news_count - 1].due_us <=
	                             client->kafka->world->now_us);
	client->has_metadata = true;
	client->taken_member = valid ? client->member : NULL;
	client->taken_generation = client->member->heard_generation;
	return valid ? 0 : hub_error_set(reterr, HUB_E_RETRY, "kafka", "no valid membership");
}

void client_reading_port(struct hub_kafka_port *port)
{
	port->poll = port_poll;
	port->join = port_join;
	port->assign = port_assign;
	port->committed_stable = port_committed;
	port->watermarks = port_watermarks;
	port->take_group_metadata = port_metadata;
	port->known_high = port_known_high;
	port->partition_count = port_count;
}
