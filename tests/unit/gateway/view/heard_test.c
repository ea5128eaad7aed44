/* Publishers by their habit, refusals of today, answers to what was sent here; dead letters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "world.h"

#include "base/calendar.h"
#include "records/referral_event_refused.h"
#include "records/referral_progressed.h"

#include <stdio.h>
#include <stdlib.h>

static bool tell(struct gateway_heard *heard, const char *org_id, const char *event_id, int64_t at_ms)
{
	struct hub_referral_progressed record = {
		.head = { .occurred_at = at_ms,
		        .county_id = HUB_STR(COUNTY),
		        .has_answers = true,
		        .answers = { hub_str_from(org_id), hub_str_from(event_id) } },
		.referral_id = HUB_STR("R1"),
		.state = HUB_REFERRAL_STAGE_ACCEPTED
	};
	return gateway_heard_decision(heard, &hub_referral_progressed_schema, &record);
}

static bool refuse(struct gateway_heard *heard, const char *org_id, const char *event_id, const char *code,
        const char *rule, const char *reason, int64_t at_ms)
{
	struct hub_referral_event_refused record = {
		.head = { .occurred_at = at_ms,
		        .county_id = HUB_STR(COUNTY),
		        .has_answers = true,
		        .answers = { hub_str_from(org_id), hub_str_from(event_id) } },
		.has_referral_id = true,
		.referral_id = HUB_STR("R1"),
		.refused_event_id = hub_str_from(event_id),
		.reason_code = hub_str_from(code),
		.has_rule = rule[0] != '\0',
		.rule = hub_str_from(rule),
		.reason = hub_str_from(reason)
	};
	return gateway_heard_decision(heard, &hub_referral_event_refused_schema, &record);
}

static struct gateway_publisher find(const struct gateway_heard *heard, const char *org_id, int64_t now_ms)
{
	struct gateway_publisher publisher;
	for (size_t at_ = 0; gateway_heard_each(heard, now_ms, &at_, &publisher);)
		if (hub_str_is(publisher.org_id, org_id))
			return publisher;
	fail_msg("%s was not heard", org_id);
	return publisher;
}

static const char *state_of(const struct gateway_heard *heard, const char *org_id, int64_t now_ms)
{
	return gateway_publisher_state_name(find(heard, org_id, now_ms).state);
}

enum { SECOND = HUB_SECOND_MS, MINUTE = HUB_MINUTE_MS };

/* a and b speak each 5 s; b falls silent. The stale mark comes within 40 s and names it. */
static void test_one_falls_silent(void **state)
{
	(void)state;
	struct gateway_heard *heard = gateway_heard_new();
	int64_t now = at(WORLD_NOW);
	for (int i = 0; i < 60; i++, now += 5 * SECOND) {
		tell(heard, "a", "e", now);
		tell(heard, "b", "e", now + SECOND);
	}
	assert_string_equal(state_of(heard, "b", now), "fresh");
	int64_t last = find(heard, "b", now).last_ms;
	for (; now < last + 39 * SECOND; now += 5 * SECOND)
		tell(heard, "a", "e", now);
	assert_string_equal(state_of(heard, "a", now), "fresh");
	assert_string_equal(state_of(heard, "b", now), "late");
	for (; now < last + 65 * SECOND; now += 5 * SECOND)
		tell(heard, "a", "e", now);
	assert_string_equal(state_of(heard, "b", now), "silent");
	assert_int_equal(find(heard, "b", now).usual_gap_ms, 5 * SECOND);
	tell(heard, "b", "e", now);
	assert_string_equal(state_of(heard, "b", now), "fresh");
	gateway_heard_free(heard);
}

/* At night nobody speaks: nobody is late. After a day somebody is. */
static void test_a_quiet_night(void **state)
{
	(void)state;
	struct gateway_heard *heard = gateway_heard_new();
	int64_t now = at(WORLD_NOW);
	for (int i = 0; i < 200; i++, now += MINUTE) {
		tell(heard, "a", "e", now);
		if (i % 3 == 0)
			tell(heard, "b", "e", now);
	}
	now += 12 * (int64_t)HUB_HOUR_MS;
	assert_string_equal(state_of(heard, "a", now), "fresh");
	assert_string_equal(state_of(heard, "b", now), "fresh");
	now += 13 * (int64_t)HUB_HOUR_MS;
	assert_string_equal(state_of(heard, "a", now), "silent");
	gateway_heard_free(heard);
}

/* Who publishes alone is measured by the clock. */
static void test_alone(void **state)
{
	(void)state;
	struct gateway_heard *heard = gateway_heard_new();
	int64_t now = at(WORLD_NOW);
	for (int i = 0; i < 10; i++, now += MINUTE)
		tell(heard, "a", "e", now);
	assert_string_equal(state_of(heard, "a", now + 2 * MINUTE), "fresh");
	assert_string_equal(state_of(heard, "a", now + 4 * MINUTE), "late");
	assert_string_equal(state_of(heard, "a", now + 10 * MINUTE), "silent");
	gateway_heard_free(heard);
}

/* The usual gap is a median: one long pause and bursts do not move it far. */
static void test_usual_gap(void **state)
{
	(void)state;
	struct gateway_heard *heard = gateway_heard_new();
	int64_t now = at(WORLD_NOW);
	assert_int_equal(tell(heard, "a", "e", now), false);
	assert_int_equal(find(heard, "a", now).usual_gap_ms, GATEWAY_NO_TIME);
	for (int i = 0; i < 400; i++)
		tell(heard, "a", "e",
		        now += i % 50 == 49 ? 8 * (int64_t)HUB_HOUR_MS : (8 + i % 5) * (int64_t)MINUTE);
	int64_t usual = find(heard, "a", now).usual_gap_ms;
	assert_in_range(usual, 8 * MINUTE, 13 * MINUTE);
	for (int i = 0; i < 5; i++)
		tell(heard, "a", "e", now); /* the same instant */
	assert_int_equal(find(heard, "a", now).usual_gap_ms, usual);
	for (int i = 0; i < 300; i++)
		tell(heard, "a", "e", now += MINUTE);
	assert_in_range(find(heard, "a", now).usual_gap_ms, 50 * SECOND, 70 * SECOND);
	gateway_heard_free(heard);
}

static void note(void *user, struct hub_str code, uint32_t count)
{
	char *text = user;
	(void)snprintf(text + strlen(text), 200 - strlen(text), "%.*s:%u ", HUB_STR_ARG(code), count);
}

static void test_refusals_of_today(void **state)
{
	(void)state;
	struct gateway_heard *heard = gateway_heard_new();
	int64_t now = at(WORLD_NOW);
	char text[200] = "";
	refuse(heard, "a", "e0", "RULE", "REF-05", "", now - HUB_DAY_MS);
	refuse(heard, "a", "e1", "WRONG_STATE", "", "", now);
	refuse(heard, "a", "e2", "ENDED", "", "", now);
	refuse(heard, "b", "e3", "WRONG_STATE", "", "", now);
	gateway_heard_refusals(heard, HUB_STR(COUNTY), now, note, text);
	assert_string_equal(text, "ENDED:1 WRONG_STATE:2 ");
	assert_int_equal(find(heard, "a", now).refused_today, 2);
	text[0] = '\0';
	gateway_heard_refusals(heard, HUB_STR(COUNTY), now + HUB_DAY_MS, note, text);
	gateway_heard_refusals(heard, HUB_STR(OTHER_COUNTY), now, note, text);
	assert_string_equal(text, "");
	assert_int_equal(find(heard, "a", now + HUB_DAY_MS).refused_today, 0);
	gateway_heard_free(heard);
}

static void test_answers(void **state)
{
	(void)state;
	struct gateway_heard *heard = gateway_heard_new();
	struct gateway_answer answer;
	int64_t now = at(WORLD_NOW);
	gateway_heard_sent(heard, HUB_STR("a"), HUB_STR("x1"));
	assert_false(gateway_heard_answer(heard, HUB_STR("a"), HUB_STR("x1"), &answer));
	assert_false(tell(heard, "a", "of its own system", now));
	assert_false(tell(heard, "b", "x1", now)); /* another's of the same id */
	assert_true(tell(heard, "a", "x1", now));
	assert_true(gateway_heard_answer(heard, HUB_STR("a"), HUB_STR("x1"), &answer));
	assert_true(hub_str_is(answer.record, "ReferralProgressed") && hub_str_is(answer.state, "ACCEPTED"));
	assert_false(answer.refused);
	assert_true(refuse(heard, "a", GATEWAY_EVENT_PREFIX "7", "WRONG_STATE", "", "no",
	        now)); /* from before a restart */
	assert_true(gateway_heard_answer(heard, HUB_STR("a"), HUB_STR(GATEWAY_EVENT_PREFIX "7"), &answer));
	assert_true(answer.refused && hub_str_is(answer.reason_code, "WRONG_STATE") &&
	            hub_str_is(answer.reason, "no"));
	assert_int_equal(gateway_heard_last_answer(heard), 2);
	gateway_heard_free(heard);
}

/* A repeat is answered by the present state; what came of the event stays its first answer. */
static void test_a_repeat_changes_no_answer(void **state)
{
	(void)state;
	struct gateway_heard *heard = gateway_heard_new();
	struct gateway_answer answer;
	struct hub_referral_progressed repeat = { .head = { .occurred_at = at(WORLD_NOW),
		                                          .county_id = HUB_STR(COUNTY),
		                                          .has_answers = true,
		                                          .answers = { HUB_STR("a"), HUB_STR("x1") },
		                                          .has_repeat_of = true },
		.referral_id = HUB_STR("R1"),
		.state = HUB_REFERRAL_STAGE_ARRIVED };
	gateway_heard_sent(heard, HUB_STR("a"), HUB_STR("x1"));
	assert_true(tell(heard, "a", "x1", at(WORLD_NOW)));
	assert_false(gateway_heard_decision(heard, &hub_referral_progressed_schema, &repeat));
	assert_true(gateway_heard_answer(heard, HUB_STR("a"), HUB_STR("x1"), &answer));
	assert_true(hub_str_is(answer.state, "ACCEPTED"));
	gateway_heard_sent(heard, HUB_STR("a"), HUB_STR("x2"));
	repeat.head.answers.event_id = HUB_STR("x2"); /* the first is not known here: the repeat has to do */
	assert_true(gateway_heard_decision(heard, &hub_referral_progressed_schema, &repeat));
	gateway_heard_free(heard);
}

/* Ten thousand are kept. */
static void test_answers_are_bounded(void **state)
{
	(void)state;
	struct gateway_heard *heard = gateway_heard_new();
	struct gateway_answer answer;
	char id[40];
	for (int i = 0; i < 10001; i++) {
		(void)snprintf(id, sizeof(id), GATEWAY_EVENT_PREFIX "%d", i);
		assert_true(tell(heard, "a", id, at(WORLD_NOW)));
	}
	assert_false(gateway_heard_answer(heard, HUB_STR("a"), HUB_STR(GATEWAY_EVENT_PREFIX "0"), &answer));
	assert_true(gateway_heard_answer(heard, HUB_STR("a"), HUB_STR(GATEWAY_EVENT_PREFIX "1"), &answer));
	assert_true(
	        gateway_heard_answer(heard, HUB_STR("a"), HUB_STR(GATEWAY_EVENT_PREFIX "10000"), &answer));
	gateway_heard_free(heard);
}

/* Ids that somebody makes up do not fill the memory. */
static void test_publishers_are_bounded(void **state)
{
	(void)state;
	struct gateway_heard *heard = gateway_heard_new();
	struct gateway_publisher publisher;
	uint32_t count = 0;
	char id[40];
	tell(heard, LEAD, "e", at(WORLD_NOW));
	for (int i = 0; i < 60000; i++) {
		(void)snprintf(id, sizeof(id), "made-up-%d", i);
		refuse(heard, id, "e", "UNKNOWN_ORGANISATION", "", "", at(WORLD_NOW));
	}
	for (size_t at_ = 0; gateway_heard_each(heard, at(WORLD_NOW), &at_, &publisher);)
		count++;
	assert_int_equal(count, 50000);
	(void)find(heard, LEAD, at(WORLD_NOW));
	gateway_heard_free(heard);
}

static json_t *answers_of(
        const struct world *world, const struct gateway_viewer *who, uint64_t after, uint64_t *ret)
{
	struct hub_buf out;
	struct hub_error err = { 0 };
	hub_buf_init(&out, 1 << 20);
	gateway_view_answers(&world->view, who, after, &out, ret);
	return out.len ? parsed(HUB_OK, &err, &out) : NULL;
}

/* The stream tells each organisation its own, word for word with the remedy. */
static void test_answers_in_the_stream(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct gateway_viewer lead = desk(LEAD), town = desk(TOWN);
	uint64_t number = 0;
	const char *said = "not possible in the referral's present state: allowed_next of the last "
	                   "ReferralProgressed names what is";
	refuse(world->heard, LEAD, GATEWAY_EVENT_PREFIX "1", "WRONG_STATE", "", said, at(WORLD_NOW));
	assert_null(answers_of(world, &town, 0, &number));
	assert_int_equal(number, 1);
	json_t *json = answers_of(world, &lead, 0, &number);
	json_t *refused = json_object_get(json_array_get(json_object_get(json, "items"), 0), "refused");
	assert_string_equal(json_string_value(json_object_get(refused, "reason")), said);
	assert_string_equal(json_string_value(json_object_get(refused, "remedy")),
	        "allowed_next of the last ReferralProgressed names what is");
	json_decref(json);
	assert_null(answers_of(world, &lead, number, &number));
	world_free(world);
}

static void letter(struct gateway_letters *letters, int32_t partition, int64_t offset, const char *key)
{
	/* The router's own stand behind whatever the sender wrote. */
	const struct hub_header headers[] = { { HUB_STR("hub_dlq_reason"), HUB_STR("FORGED") },
		{ HUB_STR("hub_dlq_reason"), HUB_STR("RULE") },
		{ HUB_STR("hub_dlq_partition"), HUB_STR("99999999999999999999") } };
	struct hub_kafka_event event = { .kind = HUB_KAFKA_RECORD,
		.at = { 0, partition },
		.offset = offset,
		.timestamp_ms = 1000 + offset,
		.key = hub_str_from(key),
		.has_key = key[0] != '\0',
		.headers = headers,
		.header_count = 3 };
	gateway_letters_add(letters, &event);
}

static uint32_t count_letters(const struct world *world, const struct gateway_viewer *who)
{
	uint32_t count = 0;
	for (size_t at_ = 0; gateway_letters_each(&world->view, who, &at_);)
		count++;
	return count;
}

static void test_letters(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct gateway_viewer county = viewer(GATEWAY_ROLE_COUNTY), wall = viewer(GATEWAY_ROLE_READ_ONLY),
	                      lead = desk(LEAD);
	struct gateway_place place = { 0, 0 };
	letter(world->letters, 1, 5, COUNTY);
	letter(world->letters, 1, 5, COUNTY); /* read again */
	letter(world->letters, 2, 5, OTHER_COUNTY);
	letter(world->letters, 2, 6, "999999"); /* no county's */
	letter(world->letters, 2, 7, "a name?");
	letter(world->letters, 2, 8, "");
	letter(world->letters, -1, 8, "");
	letter(world->letters, 1 << 20, 8, "");
	assert_int_equal(count_letters(world, &county), 4);
	assert_int_equal(count_letters(world, &wall), 4);
	assert_int_equal(count_letters(world, &lead), 0);
	size_t first = 0;
	const struct gateway_letter *newest = gateway_letters_each(&world->view, &county, &first);
	assert_int_equal(newest->place.offset, 8);
	assert_int_equal(newest->partition, -1);
	assert_true(hub_str_is(newest->reason, "RULE"));
	assert_int_equal(gateway_letters_find(&world->view, &county, HUB_STR("1-5"), &place, NULL), HUB_OK);
	assert_true(place.partition == 1 && place.offset == 5);
	static const char *const none[] = { "2-5", "1-6", "1", "-", "1-", "-5", "1-5x", "",
		"1-99999999999999999999" };
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(
		        gateway_letters_find(&world->view, &county, hub_str_from(none[i]), &place, NULL),
		        HUB_E_NOT_FOUND);
	for (int i = 0; i < 500; i++)
		letter(world->letters, 3, i, COUNTY);
	assert_int_equal(count_letters(world, &county), 100);
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_falls_silent),
		cmocka_unit_test(test_a_quiet_night),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_usual_gap),
		cmocka_unit_test(test_refusals_of_today),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_answers_are_bounded),
		cmocka_unit_test(test_a_repeat_changes_no_answer),
		cmocka_unit_test(test_publishers_are_bounded),
		cmocka_unit_test(test_answers_in_the_stream),
		cmocka_unit_test(test_letters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
