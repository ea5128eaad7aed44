#include "toy.h"

#include "base/hash.h"
#include "records/catalogue.h"
#include "records/input_position.h"
#include "records/partition_position.h"
#include "records/patient_arrived.h"
#include "records/referral_expired.h"
#include "records/registry_loaded.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Where a crash leads: out of the innermost step. */
static jmp_buf *crash_exit;

static void crash(void)
{
	assert_non_null(crash_exit);
	longjmp(*crash_exit, 1);
}

/* ---- core
 * -------------------------------------------------------------------------------------------------------- */

static const struct hub_schema *const event_schemas[] = { &hub_patient_arrived_schema };
static const struct hub_schema_set event_set = { .schemas = event_schemas, .count = 1 };
static const struct hub_schema *const decision_schemas[] = { &hub_referral_expired_schema };
static const struct hub_schema_set decision_set = { .schemas = decision_schemas, .count = 1 };
static const struct hub_schema *const state_schemas[] = { &hub_input_position_schema };
static const struct hub_schema_set state_set = { .schemas = state_schemas, .count = 1 };

/* The counter: next_offset is the count, topic the time of its timer ("" none). */
static int64_t due_of(const struct hub_input_position *counter)
{
	char text[32];
	snprintf(text, sizeof(text), "%.*s", HUB_STR_ARG(counter->topic));
	return strtoll(text, NULL, 10);
}

static void toy_index(
        struct hub_str key, const struct hub_schema *schema, const void *record, struct hub_index_sink *sink)
{
	const struct hub_input_position *counter = record;
	(void)key;
	(void)schema;
	if (counter->topic.len)
		hub_index_timer(sink, due_of(counter), HUB_STR("t"));
}

static const struct hub_table_spec table_spec = { &state_set, toy_index };

static void *policy_new(const struct hub_registry *registry, int32_t day, const void *options)
{
	int32_t *policy = malloc(sizeof(*policy));
	(void)registry;
	++*(uint32_t *)(uintptr_t)options;
	*policy = day;
	return policy;
}

static void policy_faults(const struct hub_registry *registry, int32_t day,
        void (*tell)(void *user, const char *text), void *user)
{
	(void)registry;
	(void)day;
	tell(user, "a fault");
}

static void emit(struct hub_effects *out, struct hub_str counter, int64_t count)
{
	struct hub_referral_expired *expired = hub_effects_emit(out, &hub_referral_expired_schema);
	if (!expired)
		return;
	expired->head.county_id = HUB_STR("330281");
	expired->head.consortium_id = HUB_STR("c");
	expired->referral_id = hub_arena_copy(out->arena, counter);
	expired->org_id = hub_arena_printf(out->arena, "%" PRId64, count);
}

static void decide(
        struct hub_table *table, const void *policy, const struct hub_input *input, struct hub_effects *out)
{
	const struct hub_patient_arrived *event = input->record;
	struct hub_input_position counter = { { NULL, 0 }, 0 };
	char what[64];
	assert_non_null(policy);
	snprintf(what, sizeof(what), "%.*s", HUB_STR_ARG(event->org_id));
	hub_table_load(table, event->referral_id, &hub_input_position_schema, out->arena, &counter);
	counter.next_offset++;
	if (strcmp(what, "crash") == 0)
		crash();
	if (strncmp(what, "after ", 6) == 0)
		counter.topic = hub_arena_printf(
		        out->arena, "%" PRId64, input->now_ms + (int64_t)strtoll(what + 6, NULL, 10));
	assert_int_equal(
	        hub_table_put(table, event->referral_id, &hub_input_position_schema, &counter, NULL), 0);
	if (strcmp(what, "dead") == 0)
		hub_effects_dead_letter(out, "RULE", HUB_STR("org_id: dead"));
	long times = strncmp(what, "many ", 5) == 0 ? strtol(what + 5, NULL, 10) : 1;
	for (long i = 0; i < times; i++)
		emit(out, event->referral_id, counter.next_offset);
}

static void fire(struct hub_table *table, const void *policy, const struct hub_timer *timer, int64_t now_ms,
        struct hub_effects *out)
{
	struct hub_input_position counter;
	(void)policy;
	assert_true(timer->due_at_ms <= now_ms);
	assert_true(hub_table_load(table, timer->entity, &hub_input_position_schema, out->arena, &counter));
	counter.next_offset += 100;
	if (timer->entity.len >= 5 && memcmp(timer->entity.data, "crash", 5) == 0)
		crash();
	if (!hub_str_is(timer->entity, "stuck"))
		counter.topic = HUB_STR("");
	assert_int_equal(hub_table_put(table, timer->entity, &hub_input_position_schema, &counter, NULL), 0);
	emit(out, timer->entity, counter.next_offset);
}

static void project(struct hub_str key, const struct hub_schema *schema, const void *before,
        const void *after, struct hub_store_sink *sink)
{
	const struct hub_input_position *counter = after, *was = before;
	char text[32];
	(void)schema;
	if (!counter) {
		hub_store_del(sink, key);
	} else {
		snprintf(text, sizeof(text), "%" PRId64, counter->next_offset);
		hub_store_set_hash(sink, key);
		hub_store_field(sink, "count", hub_str_from(text));
		if (counter->topic.len)
			hub_store_field(sink, "due", counter->topic);
	}
	if (was && was->topic.len)
		hub_store_zrem(sink, HUB_STR("due"), key);
	if (counter && counter->topic.len)
		hub_store_zadd(sink, HUB_STR("due"), due_of(counter), key);
}

static const struct hub_core_topic inputs[] = { { "toy.events", &event_set }, { NULL, NULL } };
static const struct hub_core_topic outputs[] = { { "toy.decisions", &decision_set }, { NULL, NULL } };

const struct hub_core toy_core = {
	.name = "toy",
	.inputs = inputs,
	.outputs = outputs,
	.table = &table_spec,
	.state_version = 1,
	.policy_new = policy_new,
	.policy_free = free,
	.policy_faults = policy_faults,
	.decide = decide,
	.fire = fire,
	.project = project,
};

/* ---- around it
 * --------------------------------------------------------------------------------------------------- */

static void on_notice(void *user, const struct hub_notice *notice)
{
	struct toy *toy = user;
	toy->notices[notice->code]++;
}

static void on_events(void *user, const char *record, const char *outcome, uint32_t count)
{
	struct toy *toy = user;
	(void)record;
	*(strcmp(outcome, "decided") == 0 ? &toy->decided : &toy->dead) += count;
}

static void on_transaction(void *user, const char *outcome, double seconds)
{
	struct toy *toy = user;
	assert_true(seconds >= 0);
	toy->committed += strcmp(outcome, "committed") == 0;
	toy->aborted += strcmp(outcome, "aborted") == 0;
}

static void on_timer(void *user, double late_seconds)
{
	struct toy *toy = user;
	toy->timers++;
	if (late_seconds > toy->latest_timer)
		toy->latest_timer = late_seconds;
}

static void on_ready(void *user, bool ready, const char *reason)
{
	struct toy *toy = user;
	toy->ready = ready;
	snprintf(toy->ready_reason, sizeof(toy->ready_reason), "%s", reason);
}

void toy_init(struct toy *toy)
{
	memset(toy, 0, sizeof(*toy));
	hub_topics_init(&toy->topics, &toy_core, "");
	assert_int_equal(toy->topics.state, STATE);
	broker_init(&toy->broker, 2);
	connection_init(&toy->connection, &toy->redis);
	toy->observer = (struct hub_observer){ .user = toy,
		.notice = on_notice,
		.events = on_events,
		.transaction = on_transaction,
		.timer = on_timer,
		.ready = on_ready };
	toy->options = (struct hub_runtime_options){ .core = &toy_core,
		.core_options = &toy->policies,
		.topics = &toy->topics,
		.store = &toy->connection.port,
		.observer = &toy->observer,
		.version = "1.0",
		.follow_inline = true };
}

void toy_done(struct toy *toy)
{
	hub_runtime_free(toy->runtime);
	hub_topics_done(&toy->topics);
	broker_done(&toy->broker);
}

void toy_start(struct toy *toy, const char *partitions)
{
	toy_start_on(toy, partitions, NULL);
}

void toy_start_on(struct toy *toy, const char *partitions, const struct hub_clock_port *clock)
{
	int32_t list[PARTITIONS];
	uint32_t count = 0;
	for (; partitions[count]; count++)
		list[count] = partitions[count] - '0';
	if (toy->member && toy->member->in_transaction)
		toy->member->port.abort(toy->member, NULL); /* as init_transactions of the next one does */
	hub_runtime_free(toy->runtime);
	toy->member = &toy->members[toy->broker.member_count];
	member_init(toy->member, &toy->broker);
	toy->options.kafka = &toy->member->port;
	toy->options.clock = clock ? clock : &toy->member->clock;
	toy->runtime = hub_runtime_new(&toy->options);
	/* The first step looks at the topics; the group answers after it. */
	assert_int_equal(hub_runtime_step(toy->runtime, &toy->error), 0);
	broker_assign(&toy->broker, toy->member, list, count);
}

static void append(struct toy *toy, int32_t topic, int32_t partition, const char *key,
        const struct hub_schema *schema, const void *record, const struct hub_header *headers, uint32_t count)
{
	struct hub_buf buf;
	hub_buf_init(&buf, 1 << 16);
	assert_int_equal(hub_frame_encode(schema, record, &buf, NULL), 0);
	broker_append(&toy->broker, topic, partition, hub_str_from(key), hub_buf_slice(&buf), headers, count);
	hub_buf_done(&buf);
}

void toy_load_registry(struct toy *toy)
{
	struct hub_registry_loaded loaded = { .load_id = HUB_STR("l"), .records = 0 };
	append(toy, toy->topics.registry, 0, "RegistryLoaded:l:", &hub_registry_loaded_schema, &loaded, NULL,
	        0);
}

int toy_step(struct hub_runtime *runtime, struct hub_crash_file *file, struct hub_error *error)
{
	jmp_buf here, *const outer = crash_exit;
	volatile int r = TOY_CRASHED;
	crash_exit = &here;
	if (setjmp(here) == 0)
		r = hub_runtime_step(runtime, error);
	else if (file)
		file->signal = 11;
	crash_exit = outer;
	return r;
}

int toy_run(struct toy *toy, int steps)
{
	int r = 0;
	for (int i = 0; r == 0 && i < steps; i++)
		r = toy_step(toy->runtime, toy->options.crash_file, &toy->error);
	assert_false(toy->member->poll_in_transaction);
	return r;
}

void toy_start_ready(struct toy *toy, const char *partitions)
{
	toy_start(toy, partitions);
	if (toy->broker.logs[toy->topics.registry][0].count == 0)
		toy_load_registry(toy);
	if (toy_run(toy, 30) != 0)
		fail_msg("%s", toy->error.text);
	if (!toy->ready)
		fail_msg("not ready: %s", toy->ready_reason);
}

const char *toy_county(int32_t partition)
{
	static const char *const counties[] = { "330281", "330282", "330203", "330205", "330206", "330211" };
	for (size_t i = 0; i < sizeof(counties) / sizeof(counties[0]); i++)
		if (hub_partition_of(hub_str_from(counties[i]), 2) == partition)
			return counties[i];
	fail();
	return NULL;
}

int64_t toy_event(struct toy *toy, int32_t partition, const char *counter, const char *what)
{
	return toy_event_with(toy, partition, counter, what, NULL, 0);
}

int64_t toy_event_with(struct toy *toy, int32_t partition, const char *counter, const char *what,
        const struct hub_header *headers, uint32_t count)
{
	char id[32];
	snprintf(id, sizeof(id), "x%d", ++toy->events_sent);
	struct hub_patient_arrived event = { .referral_id = hub_str_from(counter),
		.org_id = hub_str_from(what) };
	event.head = (struct hub_event_head){ hub_str_from(id),
		toy->broker.wall_offset_ms + toy->broker.now_us / 1000, hub_str_from(toy_county(partition)),
		HUB_STR("c"), HUB_STR("o") };
	append(toy, EVENTS, partition, toy_county(partition), &hub_patient_arrived_schema, &event, headers,
	        count);
	return toy->broker.logs[EVENTS][partition].end - 1;
}

const char *toy_decisions(struct toy *toy, int32_t partition)
{
	static char text[4096];
	const struct stored *stored;
	text[0] = '\0';
	/* The toy's decisions all carry one county: they lie on its partition, whoever decided. */
	int32_t at = hub_partition_of(HUB_STR("330281"), 2);
	for (uint32_t n = 0; (stored = broker_visible(&toy->broker, DECISIONS, at, n)); n++) {
		struct hub_arena *arena = hub_arena_new(1 << 16);
		const struct hub_schema *schema;
		void *record;
		struct hub_str value = { stored->value, stored->value_len };
		assert_int_equal(hub_frame_decode(&hub_referral_decision_schemas, value, arena, &schema,
		                         &record, NULL),
		        0);
		const struct hub_referral_expired *expired = record;
		const struct hub_decision_head *head = &expired->head;
		assert_true(head->has_decided_from != head->has_timer);
		if ((head->has_timer ? head->timer.partition : head->decided_from.partition) == partition) {
			size_t len = strlen(text);
			snprintf(text + len, sizeof(text) - len, "%s%.*s=%.*s", len ? " " : "",
			        HUB_STR_ARG(expired->referral_id), HUB_STR_ARG(expired->org_id));
		}
		hub_arena_free(arena);
	}
	return text;
}

const char *toy_redis(struct toy *toy, int32_t partition, const char *counter)
{
	char key[128];
	snprintf(key, sizeof(key), "{toy.%d}:%s", partition, counter);
	const char *value = redis_get(&toy->redis, key, "count");
	return value ? value : "";
}

const char *toy_fence(struct toy *toy, int32_t partition)
{
	char key[128];
	snprintf(key, sizeof(key), "{toy.%d}:fence", partition);
	const char *value = redis_get(&toy->redis, key, "");
	return value ? value : "";
}

void toy_expect_redis_is_fold(struct toy *toy, int32_t partition)
{
	struct hub_table *table = hub_table_new(&table_spec);
	const struct stored *stored;
	int64_t position = -1;
	char expected[64], prefix[64];
	uint32_t cells = 1;
	for (uint32_t n = 0; (stored = broker_visible(&toy->broker, STATE, partition, n)); n++) {
		if (strcmp(stored->key, "position") == 0) {
			position = stored->offset;
			continue;
		}
		struct hub_str value = { stored->value, stored->value_len };
		assert_int_equal(hub_table_fold(table, hub_str_from(stored->key), value, NULL), 0);
	}
	struct hub_str key, value;
	for (size_t at = 0; hub_table_each(table, &at, &key, &value);) {
		struct hub_arena *arena = hub_arena_new(1 << 16);
		struct hub_input_position counter;
		char name[64];
		snprintf(name, sizeof(name), "%.*s", HUB_STR_ARG(key));
		hub_table_load(table, key, &hub_input_position_schema, arena, &counter);
		snprintf(expected, sizeof(expected), "%" PRId64, counter.next_offset);
		assert_string_equal(toy_redis(toy, partition, name), expected);
		cells += 1 + 2 * (counter.topic.len > 0); /* its field, and its place among the due ones */
		hub_arena_free(arena);
	}
	snprintf(prefix, sizeof(prefix), "{toy.%d}:", partition);
	assert_int_equal(redis_keys(&toy->redis, prefix), cells);
	snprintf(expected, sizeof(expected), " %" PRId64 " LIVE ", position);
	if (!strstr(toy_fence(toy, partition), expected))
		fail_msg("fence is '%s', the last position is at %" PRId64, toy_fence(toy, partition),
		        position);
	hub_table_free(table);
}
