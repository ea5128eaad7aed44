#include "dashboard-gateway/view/letters.h"

#include "base/check.h"

#include <stdlib.h>

enum { PARTITIONS_MAX = 4096, CODE_MAX = 32, TEXT_MAX = 400 };

struct gateway_letters {
	struct gateway_letter *ring; /* `daemon` begins the block that holds all texts of a letter */
	uint32_t most, next, count;
	int64_t *read; /* offset + 1 of the newest, by partition */
};

struct gateway_letters *gateway_letters_new(uint32_t most)
{
	struct gateway_letters *letters = calloc(1, sizeof(*letters));
	hub_check(letters && most > 0);
	letters->ring = calloc(most, sizeof(*letters->ring));
	letters->read = calloc(PARTITIONS_MAX, sizeof(*letters->read));
	hub_check(letters->ring && letters->read);
	letters->most = most;
	return letters;
}

static void free_texts(const struct gateway_letter *letter)
{
	free((void *)(uintptr_t)letter->daemon.data);
}

void gateway_letters_free(struct gateway_letters *letters)
{
	if (!letters)
		return;
	for (uint32_t i = 0; i < letters->count; i++)
		free_texts(&letters->ring[i]);
	free(letters->read);
	free(letters->ring);
	free(letters);
}

static struct hub_str header(const struct hub_kafka_event *event, const char *name)
{
	struct hub_str value = hub_header_last(event->headers, event->header_count, hub_str_from(name));
	value.len = value.len < TEXT_MAX ? value.len : TEXT_MAX;
	return value;
}

/* -1: not a number of up to 18 digits. */
static int64_t number(struct hub_str text)
{
	int64_t value = 0;
	if (!text.len || text.len > 18)
		return -1;
	for (uint32_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return -1;
		value = value * 10 + (text.data[i] - '0');
	}
	return value;
}

/* A key that is no code may be anything: it is not shown. */
static struct hub_str code_of(const struct hub_kafka_event *event)
{
	static const struct hub_str none = { NULL, 0 };
	if (!event->has_key || event->key.len > CODE_MAX)
		return none;
	for (uint32_t i = 0; i < event->key.len; i++) {
		char c = event->key.data[i];
		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_'))
			return none;
	}
	return event->key;
}

static void own_texts(struct gateway_letter *letter)
{
	struct hub_str *texts[] = { &letter->daemon, &letter->topic, &letter->reason, &letter->detail,
		&letter->key };
	size_t size = 1;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		size += texts[i]->len;
	char *at = malloc(size);
	hub_check(at != NULL);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i]->len)
			memcpy(at, texts[i]->data, texts[i]->len);
		texts[i]->data = at;
		at += texts[i]->len;
	}
}

void gateway_letters_add(struct gateway_letters *letters, const struct hub_kafka_event *event)
{
	int32_t partition = event->at.partition;
	if (partition < 0 || partition >= PARTITIONS_MAX || event->offset < letters->read[partition])
		return;
	letters->read[partition] = event->offset + 1;
	int64_t from = number(header(event, "hub_dlq_partition"));
	struct gateway_letter letter = {
		.place = { partition, event->offset },
		.at_ms = event->timestamp_ms,
		.daemon = header(event, "hub_dlq_daemon"),
		.topic = header(event, "hub_dlq_topic"),
		.reason = header(event, "hub_dlq_reason"),
		.detail = header(event, "hub_dlq_detail"),
		.key = code_of(event),
		.partition = from <= INT32_MAX ? (int32_t)from : -1,
		.offset = number(header(event, "hub_dlq_offset")),
		.size = event->has_value ? event->value.len : 0,
	};
	own_texts(&letter);
	if (letters->count == letters->most)
		free_texts(&letters->ring[letters->next]);
	else
		letters->count++;
	letters->ring[letters->next] = letter;
	letters->next = (letters->next + 1) % letters->most;
}

/* A letter whose key is no county's is nobody's: any control centre may look after it. */
static bool may_know(const struct gateway_world *world, const struct gateway_viewer *viewer,
        const struct gateway_letter *letter)
{
	if (!gateway_sees_operations(viewer))
		return false;
	if (letter->key.len && hub_str_eq(letter->key, viewer->county_id))
		return true;
	return !letter->key.len || !world->policy ||
	       !referral_policy_control_org(world->policy, letter->key).len;
}

const struct gateway_letter *gateway_letters_each(
        const struct gateway_world *world, const struct gateway_viewer *viewer, size_t *at)
{
	const struct gateway_letters *letters = world->letters;
	while (*at < letters->count) {
		size_t back = ++*at;
		const struct gateway_letter *letter =
		        &letters->ring[(letters->next + letters->most - back) % letters->most];
		if (may_know(world, viewer, letter))
			return letter;
	}
	return NULL;
}

int gateway_letters_find(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_str id, struct gateway_place *ret, struct hub_error *reterr)
{
	const char *dash = id.len ? memchr(id.data, '-', id.len) : NULL;
	const struct gateway_letter *letter;
	if (dash) {
		uint32_t first = (uint32_t)(dash - id.data);
		int64_t partition = number((struct hub_str){ id.data, first });
		int64_t offset = number((struct hub_str){ dash + 1, id.len - first - 1 });
		for (size_t at = 0; (letter = gateway_letters_each(world, viewer, &at));) {
			if (letter->place.partition == partition && letter->place.offset == offset) {
				*ret = letter->place;
				return HUB_OK;
			}
		}
	}
	return hub_error_set(reterr, HUB_E_NOT_FOUND, "id", "there is no such dead letter");
}
