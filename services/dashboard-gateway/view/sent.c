#include "dashboard-gateway/view/sent.h"

#include "base/check.h"
#include "base/map.h"
#include "dashboard-gateway/view/steps.h"
#include "records/referral_event_refused.h"
#include "wire/member.h"

#include <stdlib.h>

enum { KEY_MAX = 300 };

struct entry {
	struct hub_str key;           /* org, line feed, event; behind the struct */
	struct gateway_answer answer; /* number 0: none yet; its texts behind one another in `texts` */
	char *texts;
	struct entry *earlier, *later; /* among those that are answered, by number */
};

struct gateway_sent {
	struct hub_map *map;
	struct entry **ring;
	uint32_t most, next;
	struct entry *last;
	uint64_t number;
};

struct gateway_sent *gateway_sent_new(uint32_t most)
{
	struct gateway_sent *sent = calloc(1, sizeof(*sent));
	hub_check(sent && most > 0);
	sent->ring = calloc(most, sizeof(*sent->ring));
	hub_check(sent->ring != NULL);
	sent->map = hub_map_new();
	sent->most = most;
	return sent;
}

static void unlink_answered(struct gateway_sent *sent, struct entry *entry)
{
	if (!entry->answer.number)
		return;
	if (entry->earlier)
		entry->earlier->later = entry->later;
	*(entry->later ? &entry->later->earlier : &sent->last) = entry->earlier;
}

static void drop(struct gateway_sent *sent, struct entry *entry)
{
	if (!entry)
		return;
	unlink_answered(sent, entry);
	hub_map_remove(sent->map, entry->key);
	free(entry->texts);
	free(entry);
}

void gateway_sent_free(struct gateway_sent *sent)
{
	if (!sent)
		return;
	for (uint32_t i = 0; i < sent->most; i++)
		drop(sent, sent->ring[i]);
	hub_map_free(sent->map);
	free(sent->ring);
	free(sent);
}

/* Empty: longer than ids are. */
static struct hub_str key_of(struct hub_str org_id, struct hub_str event_id, char text[KEY_MAX])
{
	if (org_id.len + event_id.len + 1 > KEY_MAX)
		return (struct hub_str){ NULL, 0 };
	if (org_id.len)
		memcpy(text, org_id.data, org_id.len);
	text[org_id.len] = '\n';
	if (event_id.len)
		memcpy(text + org_id.len + 1, event_id.data, event_id.len);
	return (struct hub_str){ text, org_id.len + event_id.len + 1 };
}

static struct entry *find(const struct gateway_sent *sent, struct hub_str org_id, struct hub_str event_id)
{
	char text[KEY_MAX];
	struct hub_str key = key_of(org_id, event_id, text);
	return key.len ? hub_map_get(sent->map, key) : NULL;
}

static struct entry *add(struct gateway_sent *sent, struct hub_str org_id, struct hub_str event_id)
{
	char text[KEY_MAX];
	struct hub_str key = key_of(org_id, event_id, text);
	if (!key.len)
		return NULL;
	struct entry *entry = calloc(1, sizeof(*entry) + key.len);
	hub_check(entry != NULL);
	char *own = memcpy(entry + 1, key.data, key.len);
	entry->key = (struct hub_str){ own, key.len };
	entry->answer.org_id = (struct hub_str){ own, org_id.len };
	entry->answer.event_id = (struct hub_str){ own + org_id.len + 1, event_id.len };
	drop(sent, sent->ring[sent->next]);
	sent->ring[sent->next] = entry;
	sent->next = (sent->next + 1) % sent->most;
	hub_map_put(sent->map, entry->key, entry);
	return entry;
}

void gateway_sent_expect(struct gateway_sent *sent, struct hub_str org_id, struct hub_str event_id)
{
	if (!find(sent, org_id, event_id))
		(void)add(sent, org_id, event_id);
}

static struct hub_str referral_of(const struct hub_schema *schema, const void *record)
{
	const struct hub_field *field = hub_schema_field(schema, HUB_STR("referral_id"));
	if (!field || !hub_member_present(field, record))
		return (struct hub_str){ NULL, 0 };
	return hub_member_str(hub_member_at(field, record));
}

/* Copies the texts, which are the decision's. */
static void keep(struct entry *entry)
{
	struct gateway_answer *answer = &entry->answer;
	struct hub_str *texts[] = { &answer->referral_id, &answer->record, &answer->state,
		&answer->reason_code, &answer->rule, &answer->reason };
	size_t size = 1;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		size += texts[i]->len;
	char *at = malloc(size), *former = entry->texts;
	hub_check(at != NULL);
	entry->texts = at;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i]->len)
			memcpy(at, texts[i]->data, texts[i]->len);
		texts[i]->data = at;
		at += texts[i]->len;
	}
	free(former);
}

static void fill(
        struct gateway_answer *answer, const struct hub_schema *schema, const struct hub_decision_head *head)
{
	answer->referral_id = referral_of(schema, head);
	answer->record = hub_str_from(schema->name);
	answer->state = gateway_step_state(schema, head);
	answer->at_ms = head->occurred_at;
	answer->refused = schema == &hub_referral_event_refused_schema;
	answer->reason_code = answer->rule = answer->reason = (struct hub_str){ NULL, 0 };
	if (!answer->refused)
		return;
	const struct hub_referral_event_refused *refused = (const void *)head;
	answer->reason_code = refused->reason_code;
	answer->reason = refused->reason;
	if (refused->has_rule)
		answer->rule = refused->rule;
}

bool gateway_sent_decision(
        struct gateway_sent *sent, const struct hub_schema *schema, const struct hub_decision_head *decision)
{
	struct hub_str org_id = decision->answers.source_org_id, event_id = decision->answers.event_id;
	struct entry *entry = find(sent, org_id, event_id);
	if (!entry && hub_str_starts_with(event_id, HUB_STR(GATEWAY_EVENT_PREFIX)))
		entry = add(sent, org_id, event_id);
	/* A repeat is answered by the present state; what came of the event itself is the first answer. */
	if (!entry || (entry->answer.number && decision->has_repeat_of))
		return false;
	unlink_answered(sent, entry);
	fill(&entry->answer, schema, decision);
	keep(entry);
	entry->answer.number = ++sent->number;
	entry->earlier = sent->last;
	entry->later = NULL;
	if (sent->last)
		sent->last->later = entry;
	sent->last = entry;
	return true;
}

bool gateway_sent_answer(const struct gateway_sent *sent, struct hub_str org_id, struct hub_str event_id,
        struct gateway_answer *ret)
{
	const struct entry *entry = find(sent, org_id, event_id);
	if (!entry || !entry->answer.number)
		return false;
	*ret = entry->answer;
	return true;
}

/* Readers are seldom far behind, so it is looked for from the end. */
void gateway_sent_after(const struct gateway_sent *sent, uint64_t number,
        void (*visit)(void *user, const struct gateway_answer *answer), void *user)
{
	const struct entry *first = NULL;
	for (const struct entry *entry = sent->last; entry && entry->answer.number > number;
	        entry = entry->earlier)
		first = entry;
	for (; first; first = first->later)
		visit(user, &first->answer);
}

uint64_t gateway_sent_last(const struct gateway_sent *sent)
{
	return sent->number;
}
