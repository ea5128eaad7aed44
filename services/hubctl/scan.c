#include "hubctl/scan.h"

#include "base/hash.h"
#include "records/catalogue.h"
#include "wire/near.h"

#include <stdio.h>

enum { TOPICS_MAX = 8, WAIT_MS = 200, OPEN_MAX_MS = 60 * 1000 };

/* A broker that is gone for longer than the time-out is told, not waited for. */
struct patience {
	int64_t bad_since_ms; /* 0: all is well */
	int limit_ms;
};

static bool patient(struct patience *p)
{
	int64_t now = hubctl_now_ms();
	if (!p->bad_since_ms)
		p->bad_since_ms = now;
	return now - p->bad_since_ms < p->limit_ms;
}

/* A transaction ends or times out (15 s, then the broker's sweep) unless the broker lost its end. */
static int stays_open(struct hub_error *err)
{
	return hub_error_set(
	        err, HUB_E_RETRY, "", "nothing came for a minute before the end: a transaction stays open");
}

/* What follows goes on until a signal: then that is its end. */
static int stopped(const struct hubctl_scan *scan, bool at_end, struct hub_error *err)
{
	if (scan->follow && at_end)
		return HUB_OK;
	return hub_error_set(err, HUB_E_INTERRUPTED, "", "stopped before the end");
}

static int loop(struct hub_kafka_reader *reader, const struct hubctl_scan *scan, struct patience *patience,
        struct hub_error *err)
{
	int64_t came_ms = hubctl_now_ms();
	bool at_end = false;
	for (;;) {
		struct hub_kafka_event event;
		if (hubctl_stopped())
			return stopped(scan, at_end, err);
		if (scan->until_ms && hubctl_now_ms() > scan->until_ms)
			return hub_error_set(
			        err, HUB_E_RETRY, "kafka", "there was no time to read to the end");
		int result = hub_kafka_reader_next(reader, WAIT_MS, &event, err);
		if (result == HUB_E_RETRY && patient(patience))
			continue;
		if (result)
			return result;
		if (event.kind == HUB_KAFKA_NOTHING && !at_end && hubctl_now_ms() - came_ms > OPEN_MAX_MS)
			return stays_open(err);
		if (event.kind != HUB_KAFKA_NOTHING)
			came_ms = hubctl_now_ms();
		if (event.kind == HUB_KAFKA_RECORD) {
			patience->bad_since_ms = 0;
			if (scan->visit(scan->user, &event) == HUBCTL_ENOUGH)
				return HUB_OK;
		} else if (event.kind == HUB_KAFKA_EOF) {
			at_end = true;
			if (scan->at_end)
				scan->at_end(scan->user);
			if (!scan->follow)
				return HUB_OK;
		}
	}
}

int hubctl_no_topic(struct hub_error *err)
{
	snprintf(err->text, sizeof(err->text), "there is no such topic; hubctl topics create makes it");
	return err->code;
}

int hubctl_scan(struct hubctl *hubctl, const struct hubctl_scan *scan, struct hub_error *reterr)
{
	const char *names[TOPICS_MAX];
	for (uint32_t i = 0; i < scan->topic_count; i++)
		names[i] = hubctl_topic(hubctl, scan->topics[i]);
	struct hub_kafka_reader_options options = {
		.properties = hubctl->settings->kafka,
		.topics = names,
		.topic_count = scan->topic_count,
		.partition = scan->partition,
		.from = scan->from,
		.from_value = scan->from_value,
		.from_each = scan->from_each,
		.from_count = scan->from_count,
		.settled = scan->settled,
		.timeout_ms = hubctl->settings->timeout_ms,
	};
	struct hub_kafka_reader *reader = NULL;
	struct patience patience = { .limit_ms = hubctl->settings->timeout_ms };
	int result = hub_kafka_reader_open(&options, &reader, reterr);
	if (result == HUB_E_NOT_FOUND && scan->partition < 0)
		result = hubctl_no_topic(reterr);
	if (!result)
		result = loop(reader, scan, &patience, reterr);
	hub_kafka_reader_close(reader);
	return result;
}

int hubctl_partition_of(
        struct hubctl *hubctl, const char *county, int32_t *ret_partition, struct hub_error *reterr)
{
	struct hub_group_position *positions;
	uint32_t count;
	*ret_partition = -1;
	if (!county)
		return HUB_OK;
	int result = hub_kafka_group_positions(&hubctl->settings->kafka, hubctl_topic(hubctl, "hubctl"),
	        hubctl_topic(hubctl, "referral.events"), (int)hubctl->settings->timeout_ms, hubctl->arena,
	        &positions, &count, reterr);
	if (!result)
		*ret_partition = hub_partition_of(hub_str_from(county), (int32_t)count);
	return result == HUB_E_NOT_FOUND ? hubctl_no_topic(reterr) : result;
}

int hubctl_find_topic(const char *name, const struct hub_topic_spec **ret, struct hub_error *reterr)
{
	struct hub_near near = hub_near_start(hub_str_from(name));
	*ret = hub_topic_by_name(hub_str_from(name));
	if (*ret)
		return HUB_OK;
	for (uint32_t i = 0; i < hub_topics.count; i++)
		hub_near_offer(&near, hub_topics.topics[i].name);
	return hub_error_set(reterr, HUB_E_NOT_FOUND, "", "no topic \"%s\" in the catalogue (%s%s)", name,
	        near.best ? "did you mean " : "hubctl topics check lists them", near.best ? near.best : "");
}
