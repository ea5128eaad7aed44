#include "recorder.h"

#include "base/calendar.h"
#include "base/check.h"
#include "hubctl/refdata.h"
#include "records/catalogue.h"
#include "records/registry_loaded.h"

#include "referral-router/referral_core.h"

#include <stdio.h>
#include <stdlib.h>

enum { STEP_LIMIT = 256 << 20, RECORD_LIMIT = 4 << 20, FILE_LIMIT = 1 << 24 };

static const size_t kept_limit = (size_t)4 << 30;
static const char topic[] = "p.referral.events";

struct recorder {
	struct hub_arena *kept; /* references and inputs */
	struct hub_arena *step, *reading;
	struct hub_table *table;
	struct hub_effects effects;
	struct hub_registry *registry;
	void *policy;
	int32_t since, until; /* the days on which policy holds */
	struct hubctl_reference *references;
	uint32_t reference_count, reference_room;
	struct hubctl_recording *recording;
	struct hub_str *inputs;
	int64_t input_count, input_room, next;
	uint64_t decisions, silent, tampered;
	int64_t seq, clock_ms;
	struct hub_buf scratch;
	void (*decided)(void *user, const struct hub_schema *schema, const void *record);
	void *user;
};

static struct hub_str encoded(struct recorder *r, const struct hub_schema *schema, const void *record)
{
	hub_buf_reset(&r->scratch);
	hub_check(hub_frame_encode(schema, record, &r->scratch, NULL) == 0);
	return hub_arena_copy(r->kept, hub_buf_slice(&r->scratch));
}

static void feed(struct recorder *r, struct hub_str key, struct hub_str value)
{
	bool loaded;
	if (r->reference_count == r->reference_room) {
		r->reference_room = r->reference_room ? r->reference_room * 2 : 256;
		r->references = realloc(r->references, r->reference_room * sizeof(*r->references));
		hub_check(r->references != NULL);
	}
	struct hubctl_reference *reference = &r->references[r->reference_count];
	*reference = (struct hubctl_reference){ key, value, (int64_t)r->reference_count++ };
	if (r->policy)
		referral_router_core.policy_free(r->policy);
	r->policy = NULL;
	hub_check(hub_registry_feed(r->registry, key, value, reference->offset, &loaded, NULL) == 0);
}

static void end_load(struct recorder *r)
{
	const struct hub_registry_loaded loaded = { .load_id = HUB_STR("test") };
	feed(r, HUB_STR("RegistryLoaded:test"), encoded(r, &hub_registry_loaded_schema, &loaded));
}

static void load_file(struct recorder *r, const char *name)
{
	struct hubctl_problems *problems = calloc(1, sizeof(*problems));
	struct hubctl_refdata *refdata = hubctl_refdata_new(r->kept);
	const struct hubctl_entry *const *entries;
	FILE *file = fopen(name, "r");
	hub_check(file && problems && refdata);
	char *text = hub_arena_alloc(r->kept, FILE_LIMIT);
	size_t n = fread(text, 1, FILE_LIMIT, file);
	(void)fclose(file);
	problems->arena = r->kept;
	hubctl_refdata_read(refdata, name, (struct hub_str){ text, (uint32_t)n }, problems);
	hub_check(problems->count == 0);
	uint32_t count = hubctl_refdata_sorted(refdata, &entries);
	for (uint32_t i = 0; i < count; i++)
		feed(r, entries[i]->key, entries[i]->value);
	end_load(r);
	hubctl_refdata_free(refdata);
	free(problems);
}

struct recorder *recorder_new(const char *registry)
{
	struct recorder *r = calloc(1, sizeof(*r));
	hub_check(r != NULL);
	r->kept = hub_arena_new(kept_limit);
	r->step = hub_arena_new(STEP_LIMIT);
	r->reading = hub_arena_new(STEP_LIMIT);
	r->table = hub_table_new(referral_router_core.table);
	r->registry = hub_registry_new(&hub_registry_schemas);
	r->recording = hubctl_recording_new(&referral_router_core);
	r->tampered = UINT64_MAX;
	r->clock_ms = INT64_MIN;
	hub_buf_init(&r->scratch, RECORD_LIMIT);
	hub_check(r->kept && r->step && r->reading && r->recording);
	load_file(r, registry);
	return r;
}

void recorder_free(struct recorder *r)
{
	if (r->policy)
		referral_router_core.policy_free(r->policy);
	hub_table_free(r->table);
	hub_registry_free(r->registry);
	hubctl_recording_free(r->recording);
	hub_arena_free(r->kept);
	hub_arena_free(r->step);
	hub_arena_free(r->reading);
	hub_buf_done(&r->scratch);
	free(r->references);
	free(r->inputs);
	free(r);
}

static const void *policy_of(struct recorder *r)
{
	int32_t day = hub_day_of(r->clock_ms);
	if (r->policy && (day < r->since || day >= r->until)) {
		referral_router_core.policy_free(r->policy);
		r->policy = NULL;
	}
	if (!r->policy) {
		r->policy = referral_router_core.policy_new(r->registry, day, NULL);
		r->since = day;
		r->until = hub_registry_next_change(r->registry, day);
	}
	return r->policy;
}

static void begin(struct recorder *r, int64_t now_ms)
{
	hub_table_commit(r->table);
	hub_arena_reset(r->step);
	hub_effects_init(&r->effects, r->step);
	if (now_ms > r->clock_ms)
		r->clock_ms = now_ms;
}

/* The head as the runtime fills it, but for what is the cause's. */
static struct hub_decision_head *head_of(struct recorder *r, uint32_t i, const char *id)
{
	struct hub_decision_head *head = r->effects.outputs[i].record;
	head->event_id = hub_arena_printf(r->step, "%s/%u", id, i);
	head->occurred_at = r->clock_ms;
	head->registry_version = hub_registry_version(r->registry);
	head->inputs_read = (struct hub_long_array){ &r->input_count, 1 };
	return head;
}

static void take_down(struct recorder *r)
{
	for (uint32_t i = 0; i < r->effects.count; i++) {
		const struct hub_output *output = &r->effects.outputs[i];
		if (r->decisions++ == r->tampered)
			((struct hub_decision_head *)output->record)->consortium_id = HUB_STR("another");
		hub_check(hubctl_recording_decision(r->recording, output->schema, output->record));
		if (r->decided)
			r->decided(r->user, output->schema, output->record);
	}
}

static int64_t keep_input(struct recorder *r, const struct hub_schema *schema, const void *record)
{
	if (r->input_count == r->input_room) {
		r->input_room = r->input_room ? r->input_room * 2 : 1024;
		r->inputs = realloc(r->inputs, (size_t)r->input_room * sizeof(*r->inputs));
		hub_check(r->inputs != NULL);
	}
	r->inputs[r->input_count] = encoded(r, schema, record);
	return r->input_count++;
}

void recorder_decide(struct recorder *r, const struct hub_schema *schema, const void *record, int64_t now_ms)
{
	begin(r, now_ms);
	const struct hub_input input = { .topic = topic,
		.offset = keep_input(r, schema, record),
		.now_ms = r->clock_ms,
		.schema = schema,
		.record = record };
	size_t mark = hub_table_mark(r->table);
	referral_router_core.decide(r->table, policy_of(r), &input, &r->effects);
	if (r->effects.dead_reason) {
		hub_table_rollback(r->table, mark);
		hub_check(hubctl_recording_dead(r->recording, hub_str_from(topic), 0, input.offset));
		return;
	}
	struct hub_str id = hub_arena_printf(r->step, "e/%s/0/%lld", topic, (long long)input.offset);
	for (uint32_t i = 0; i < r->effects.count; i++) {
		struct hub_decision_head *head = head_of(r, i, id.data);
		head->has_decided_from = true;
		head->decided_from = (struct hub_decided_from){ hub_str_from(topic), 0, input.offset,
			(int32_t)i, (int32_t)r->effects.count };
	}
	take_down(r);
}

static void fire(struct recorder *r, struct hub_timer timer)
{
	timer.entity = hub_arena_copy(r->step, timer.entity);
	timer.name = hub_arena_copy(r->step, timer.name);
	referral_router_core.fire(r->table, policy_of(r), &timer, r->clock_ms, &r->effects);
	hub_check(!r->effects.dead_reason);
	struct hub_str id = hub_arena_printf(r->step, "t/0/%lld/%.*s/%.*s/%lld", (long long)r->seq,
	        HUB_STR_ARG(timer.entity), HUB_STR_ARG(timer.name), (long long)timer.due_at_ms);
	for (uint32_t i = 0; i < r->effects.count; i++) {
		struct hub_decision_head *head = head_of(r, i, id.data);
		head->has_timer = true;
		head->timer = (struct hub_fired_timer){ timer.entity, timer.name, timer.due_at_ms, 0, r->seq,
			(int32_t)i, (int32_t)r->effects.count };
	}
	r->silent += r->effects.count == 0;
	take_down(r);
}

void recorder_fire(struct recorder *r, int64_t until_ms, bool wall, int64_t now_ms)
{
	struct hub_timer timer;
	r->seq++;
	while (hub_table_first_timer(r->table, &timer) && timer.due_at_ms <= until_ms) {
		begin(r, wall ? now_ms : timer.due_at_ms);
		if (hub_table_first_timer(r->table, &timer))
			fire(r, timer);
	}
}

void recorder_load(struct recorder *r, const struct hub_schema *schema, const void *record)
{
	struct hub_buf key;
	hub_buf_init(&key, RECORD_LIMIT);
	hub_check(hub_registry_key(schema, record, &key, NULL) == 0);
	feed(r, hub_arena_copy(r->kept, hub_buf_slice(&key)), encoded(r, schema, record));
	end_load(r);
	hub_buf_done(&key);
}

void recorder_tamper(struct recorder *r, uint64_t decision)
{
	r->tampered = decision;
}

void recorder_finish(struct recorder *r)
{
	hub_check(hubctl_recording_finish(r->recording));
}

const struct hubctl_recording *recorder_recording(const struct recorder *r)
{
	return r->recording;
}

const struct hubctl_reference *recorder_references(const struct recorder *r, uint32_t *ret_count)
{
	*ret_count = r->reference_count;
	return r->references;
}

uint64_t recorder_decisions(const struct recorder *r)
{
	return r->decisions;
}

uint64_t recorder_silent(const struct recorder *r)
{
	return r->silent;
}

void recorder_listen(struct recorder *r,
        void (*decided)(void *user, const struct hub_schema *schema, const void *record), void *user)
{
	r->decided = decided;
	r->user = user;
}

static bool next(void *user, uint32_t from, int64_t below, struct hubctl_whatif_input *ret)
{
	struct recorder *r = user;
	if (from != 0 || r->next >= below || r->next >= r->input_count)
		return false;
	*ret = (struct hubctl_whatif_input){ .offset = r->next };
	hub_arena_reset(r->reading);
	hub_check(hub_frame_decode(referral_router_core.inputs[0].records, r->inputs[r->next++], r->reading,
	                  &ret->schema, &ret->record, NULL) == 0);
	return true;
}

struct hubctl_whatif_source recorder_source(struct recorder *r)
{
	r->next = 0;
	return (struct hubctl_whatif_source){ next, r };
}
