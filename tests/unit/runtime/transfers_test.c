/* What the partitions of a daemon say to each other: an output topic that is an input, too. An event whose org_id is a
 * county asks that county's partition (TransferQueried), which counts the question; one that says "end" tells its own
 * (TransferEnded). */
#include "toy.h"

#include "records/catalogue.h"
#include "records/input_position.h"
#include "records/patient_arrived.h"
#include "records/transfer_ended.h"
#include "records/transfer_queried.h"

#include <inttypes.h>
#include <stdlib.h>

enum { T_EVENTS, T_TRANSFERS, T_REGISTRY, T_STATE, T_DECISIONS, T_DEAD_LETTERS };

static struct toy toy;
static struct hub_core core;

static const struct hub_schema *const transfer_schemas[] = { &hub_transfer_queried_schema,
	&hub_transfer_ended_schema };
static const struct hub_schema_set transfer_set = { .schemas = transfer_schemas, .count = 2 };

static void ask(struct hub_effects *out, struct hub_str county_id, struct hub_str counter)
{
	struct hub_transfer_queried *queried = hub_effects_emit(out, &hub_transfer_queried_schema);
	assert_non_null(queried);
	queried->head.county_id = county_id;
	queried->head.consortium_id = HUB_STR("c");
	queried->transfer_id = counter;
}

static void tell_end(struct hub_effects *out, struct hub_str counter)
{
	struct hub_transfer_ended *ended = hub_effects_emit(out, &hub_transfer_ended_schema);
	assert_non_null(ended);
	ended->head.county_id = hub_str_from(toy_county(0));
	ended->head.consortium_id = HUB_STR("c");
	ended->transfer_id = counter;
	ended->end = HUB_TRANSFER_END_CAUSE_RELEASED;
	ended->home_county_id = ended->head.county_id;
}

static void decide(
        struct hub_table *table, const void *policy, const struct hub_input *input, struct hub_effects *out)
{
	if (input->schema == &hub_patient_arrived_schema) {
		const struct hub_patient_arrived *event = input->record;
		toy_core.decide(table, policy, input, out);
		if (event->org_id.len == 6)
			ask(out, event->org_id, event->referral_id);
		else if (hub_str_is(event->org_id, "end"))
			tell_end(out, event->referral_id);
		return;
	}
	if (input->schema != &hub_transfer_queried_schema)
		return;
	const struct hub_transfer_queried *queried = input->record;
	struct hub_input_position counter = { { NULL, 0 }, 0 };
	hub_table_load(table, queried->transfer_id, &hub_input_position_schema, out->arena, &counter);
	counter.next_offset += 10;
	assert_int_equal(
	        hub_table_put(table, queried->transfer_id, &hub_input_position_schema, &counter, NULL), 0);
}

static int set_up(void **state)
{
	static struct hub_core_topic inputs[3], outputs[3];
	(void)state;
	toy_init(&toy);
	hub_topics_done(&toy.topics);
	core = toy_core;
	inputs[0] = toy_core.inputs[0];
	outputs[0] = toy_core.outputs[0];
	inputs[1] = outputs[1] = (struct hub_core_topic){ "toy.transfers", &transfer_set };
	core.inputs = inputs;
	core.outputs = outputs;
	core.decide = decide;
	hub_topics_init(&toy.topics, &core, "");
	toy.options.core = &core;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	toy_done(&toy);
	return 0;
}

static void topics_are_numbered_once(void **state)
{
	(void)state;
	assert_int_equal(toy.topics.count, T_DEAD_LETTERS + 1);
	assert_int_equal(toy.topics.state, T_STATE);
	assert_int_equal(toy.topics.outputs[0], T_DECISIONS);
	assert_int_equal(toy.topics.outputs[1], T_TRANSFERS);
	assert_string_equal(toy.topics.names[T_TRANSFERS], "toy.transfers");
}

static void what_one_partition_says_another_decides(void **state)
{
	(void)state;
	toy_start_ready(&toy, "01");
	toy_event(&toy, 0, "a", toy_county(1));
	assert_int_equal(toy_run(&toy, 6), 0);
	const struct stored *asked = broker_visible(&toy.broker, T_TRANSFERS, 1, 0);
	assert_non_null(asked);
	assert_string_equal(asked->key, toy_county(1));
	assert_string_equal(toy_redis(&toy, 0, "a"), "1");
	assert_string_equal(toy_redis(&toy, 1, "a"), "10");
	/* The marker lies behind the question: it is passed, too. */
	assert_int_equal(toy.broker.committed[T_TRANSFERS][1].next, 2);
	assert_int_equal(toy.broker.committed[T_EVENTS][0].next, 1);
	assert_int_equal(toy.decided, 2);
}

static void both_topics_are_one_transaction(void **state)
{
	(void)state;
	toy_start_ready(&toy, "0");
	toy.member->fail_call = CALL_COMMIT;
	toy.member->fail_code = HUB_E_ABORT;
	toy.member->fail_times = 1;
	toy_event(&toy, 0, "a", toy_county(1));
	assert_int_equal(toy_run(&toy, 20), 0);
	assert_int_equal(toy.aborted, 1);
	assert_int_equal(broker_visible_count(&toy.broker, T_TRANSFERS, 1), 1);
	toy_start_ready(&toy, "1");
	assert_int_equal(toy_run(&toy, 6), 0);
	assert_string_equal(toy_redis(&toy, 1, "a"), "10");
}

/* Publishers write into the first topic: there nobody may pose as another county's router. */
static void a_type_belongs_to_its_topic(void **state)
{
	struct hub_buf bytes;
	(void)state;
	struct hub_transfer_queried queried = { .transfer_id = HUB_STR("a") };
	queried.head.event_id = HUB_STR("x");
	queried.head.county_id = hub_str_from(toy_county(0));
	hub_buf_init(&bytes, 4096);
	assert_int_equal(hub_frame_encode(&hub_transfer_queried_schema, &queried, &bytes, NULL), 0);
	broker_append(&toy.broker, T_EVENTS, 0, queried.head.county_id, hub_buf_slice(&bytes), NULL, 0);
	hub_buf_done(&bytes);
	toy_start_ready(&toy, "0");
	assert_int_equal(toy_run(&toy, 6), 0);
	const struct stored *dead = broker_visible(&toy.broker, T_DEAD_LETTERS, 0, 0);
	assert_non_null(dead);
	assert_true(hub_str_is(stored_header(dead, "hub_dlq_reason"), "UNKNOWN_SCHEMA"));
	assert_string_equal(toy_redis(&toy, 0, "a"), "");
	assert_int_equal(toy.dead, 1);
}

/* I-9: a router of before, which runs beside this one in an upgrade, reads what this one says. */
static void what_is_said_follows_the_state_s_version(void **state)
{
	const struct hub_schema *schema = &hub_transfer_ended_schema;
	(void)state;
	core.state_version = 2;
	for (int32_t version = 1; version <= 2; version++) {
		toy.options.write_version = version;
		toy_start_ready(&toy, "0");
		toy_event(&toy, 0, "a", "end");
		assert_int_equal(toy_run(&toy, 6), 0);
		uint32_t last = broker_visible_count(&toy.broker, T_TRANSFERS, 0) - 1;
		const struct stored *said = broker_visible(&toy.broker, T_TRANSFERS, 0, last);
		struct hub_str bytes = { said->value, said->value_len }, body;
		uint64_t fingerprint;
		assert_int_equal(hub_frame_split(bytes, &fingerprint, &body, NULL), 0);
		assert_int_equal(
		        fingerprint, version == 2 ? schema->fingerprint
		                                  : schema->versions[schema->version_count - 1].fingerprint);
	}
	assert_int_equal(toy.dead, 0);
}

static void set_committed(int32_t topic, int64_t next, const char *metadata)
{
	struct hub_kafka_offset *committed = &toy.broker.committed[topic][0];
	free((char *)(uintptr_t)committed->metadata.data);
	committed->next = next;
	committed->metadata = (struct hub_str){ strdup(metadata), (uint32_t)strlen(metadata) };
}

/* The group subscribes to the first input only: of the others Kafka forgets what it has kept for a week. */
static void an_offset_that_expired_is_proved_by_the_other(void **state)
{
	(void)state;
	for (int32_t gone = T_EVENTS; gone <= T_TRANSFERS; gone++) {
		toy_start_ready(&toy, "0");
		toy_event(&toy, 0, "a", toy_county(0));
		assert_int_equal(toy_run(&toy, 6), 0);
		set_committed(gone, HUB_OFFSET_NONE, "");
		toy_start_ready(&toy, "0");
		assert_true(toy.broker.committed[gone][0].next > 0);
	}
	assert_string_equal(toy_redis(&toy, 0, "a"), "22"); /* each was decided once */
}

static void an_offset_that_expired_hides_no_disagreement(void **state)
{
	(void)state;
	toy_start_ready(&toy, "0");
	toy_event(&toy, 0, "a", "");
	assert_int_equal(toy_run(&toy, 6), 0);
	set_committed(T_EVENTS, 1, "1");
	set_committed(T_TRANSFERS, HUB_OFFSET_NONE, "");
	toy_start(&toy, "0");
	assert_int_equal(toy_run(&toy, 30), 0);
	assert_false(toy.ready);
	assert_non_null(strstr(toy.ready_reason, "1 committed the offset"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(topics_are_numbered_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_one_partition_says_another_decides, set_up, tear_down),
		cmocka_unit_test_setup_teardown(both_topics_are_one_transaction, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_type_belongs_to_its_topic, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_said_follows_the_state_s_version, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        an_offset_that_expired_is_proved_by_the_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		        an_offset_that_expired_hides_no_disagreement, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
