/* What readers of the stream get: rendered once for all that see the same and stand at the same place. */
#include "dashboard-gateway/http/classes.h"

#include "world.h"

#include <event2/buffer.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void put_referrals(struct world *world, int count, const char *state)
{
	char key[64], fields[200];
	for (int i = 0; i < count; i++) {
		snprintf(key, sizeof(key), "referral:R%d", i);
		snprintf(fields, sizeof(fields), "state=%s from_org_id=%s to_org_id=%s", state,
		        i % 2 ? TOWN : VALLEY, LEAD);
		world_put(world, key, fields);
	}
}

static size_t sent(struct gateway_frame *frame, bool chunked, char *text, size_t room)
{
	struct evbuffer *out = evbuffer_new();
	gateway_frame_send(frame, out, chunked);
	int len = evbuffer_remove(out, text, room - 1);
	text[len] = '\0';
	evbuffer_free(out);
	return (size_t)len;
}

static void a_frame_is_an_event_and_a_chunk(void **state)
{
	(void)state;
	struct gateway_frames frames = { 0 };
	struct gateway_revision id = { 17, 4 };
	char text[200];
	struct gateway_frame *frame = gateway_frame_new(&frames, "beat", id, HUB_STR("{\"a\":1}"));
	sent(frame, false, text, sizeof(text));
	assert_string_equal(text, "event: beat\nid: 17.4\ndata: {\"a\":1}\n\n");
	sent(frame, true, text, sizeof(text));
	assert_string_equal(text, "24\r\nevent: beat\nid: 17.4\ndata: {\"a\":1}\n\n\r\n");
	gateway_frame_drop(frame);
	assert_true(frames.count == 0 && frames.bytes == 0);
}

static void a_frame_lives_until_the_last_reader_has_it(void **state)
{
	(void)state;
	struct gateway_frames frames = { 0 };
	struct evbuffer *slow = evbuffer_new(), *fast = evbuffer_new();
	struct gateway_frame *frame =
	        gateway_frame_new(&frames, "beat", (struct gateway_revision){ 1, 1 }, HUB_STR("{}"));
	gateway_frame_send(frame, slow, true);
	gateway_frame_send(frame, fast, true);
	gateway_frame_drop(frame);
	evbuffer_drain(fast, 1000);
	assert_true(frames.count == 1);
	evbuffer_drain(slow, 5);
	assert_true(frames.count == 1);
	evbuffer_drain(slow, 1000);
	assert_true(frames.count == 0 && frames.bytes == 0);
	evbuffer_free(slow);
	evbuffer_free(fast);
}

static void readers_at_the_same_place_share_a_frame(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct gateway_frames frames = { 0 };
	struct gateway_viewer control = viewer(GATEWAY_ROLE_COUNTY);
	struct gateway_class *class = gateway_class_new(&control);
	put_referrals(world, 3, "ROUTED");
	const struct gateway_step *one =
	        gateway_class_step(class, &frames, &world->view, GATEWAY_TOPIC_REFERRALS, 0);
	struct gateway_frame *frame = one->frame;
	assert_non_null(frame);
	assert_true(one->to == gateway_hot_seq(world->hot));
	assert_ptr_equal(
	        gateway_class_step(class, &frames, &world->view, GATEWAY_TOPIC_REFERRALS, 0)->frame, frame);
	assert_true(frames.count == 1);
	assert_ptr_not_equal(
	        gateway_class_step(class, &frames, &world->view, GATEWAY_TOPIC_REFERRALS, 1)->frame, frame);
	gateway_class_free(class);
	assert_true(frames.count == 0);
	world_free(world);
}

/* However far behind: step by step, each of bounded size, every row once. */
static void a_reader_far_behind_catches_up_in_steps(void **state)
{
	(void)state;
	enum { ROWS = 450 };
	struct world *world = world_new();
	struct gateway_frames frames = { 0 };
	struct gateway_viewer control = viewer(GATEWAY_ROLE_COUNTY);
	struct gateway_class *class = gateway_class_new(&control);
	put_referrals(world, ROWS, "ROUTED");
	int steps = 0, rows = 0;
	for (uint64_t at_seq = 0; at_seq < gateway_hot_seq(world->hot); steps++) {
		const struct gateway_step *step =
		        gateway_class_step(class, &frames, &world->view, GATEWAY_TOPIC_REFERRALS, at_seq);
		assert_true(step->to > at_seq);
		at_seq = step->to;
		struct hub_str text = gateway_frame_text(step->frame);
		for (uint32_t i = 0; i + 14 <= text.len; i++)
			rows += memcmp(text.data + i, "\"referral_id\":", 14) == 0;
	}
	assert_int_equal(rows, ROWS);
	assert_in_range(steps, 3, 4);
	gateway_class_free(class);
	world_free(world);
}

static void classes_see_what_is_theirs(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct gateway_frames frames = { 0 };
	struct gateway_viewer town = desk(TOWN), other = desk(OTHER_LEAD);
	struct gateway_class *ours = gateway_class_new(&town), *theirs = gateway_class_new(&other);
	assert_false(hub_str_eq(ours->key, theirs->key));
	put_referrals(world, 2, "ROUTED");
	const struct gateway_step *step =
	        gateway_class_step(ours, &frames, &world->view, GATEWAY_TOPIC_REFERRALS, 0);
	struct hub_str text = gateway_frame_text(step->frame);
	assert_non_null(memmem(text.data, text.len, "\"R1\"", 4));
	assert_null(memmem(text.data, text.len, "\"R0\"", 4));
	step = gateway_class_step(theirs, &frames, &world->view, GATEWAY_TOPIC_REFERRALS, 0);
	assert_true(step->to == gateway_hot_seq(world->hot));
	assert_null(step->frame);
	gateway_class_free(ours);
	gateway_class_free(theirs);
	world_free(world);
}

static void a_state_is_sent_when_what_counts_has_changed(void **state)
{
	(void)state;
	struct world *world = world_new();
	struct gateway_frames frames = { 0 };
	struct gateway_viewer control = viewer(GATEWAY_ROLE_COUNTY);
	struct gateway_class *class = gateway_class_new(&control);
	struct gateway_state *overview = &class->states[0];
	put_referrals(world, 2, "ROUTED");
	assert_true(gateway_class_look(class, &frames, &world->view, GATEWAY_TOPIC_OVERVIEW, 1, 5000));
	assert_true(overview->version == 1);
	world->view.now_ms += 1000;
	assert_false(gateway_class_look(class, &frames, &world->view, GATEWAY_TOPIC_OVERVIEW, 1, 5000));
	/* It is looked at again after a while, and when something else has changed; its time alone is nothing new. */
	world->view.now_ms += 5000;
	assert_true(gateway_class_look(class, &frames, &world->view, GATEWAY_TOPIC_OVERVIEW, 1, 5000));
	assert_true(gateway_class_look(class, &frames, &world->view, GATEWAY_TOPIC_OVERVIEW, 2, 5000));
	assert_true(overview->version == 1);
	world_put(world, "referral:R9", "state=WAITING waits_for=SLOT from_org_id=" TOWN);
	assert_true(gateway_class_look(class, &frames, &world->view, GATEWAY_TOPIC_OVERVIEW, 2, 5000));
	assert_true(overview->version == 2);
	gateway_class_free(class);
	assert_true(frames.count == 0);
	world_free(world);
}

static void topics_are_words_of_a_list(void **state)
{
	(void)state;
	unsigned topics = 0;
	assert_true(gateway_topics_parse(HUB_STR("referrals,health"), &topics));
	assert_int_equal(topics, 1U << GATEWAY_TOPIC_REFERRALS | 1U << GATEWAY_TOPIC_HEALTH);
	static const char *const bad[] = { "", "referrals,", ",", "referral", "referrals health" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(gateway_topics_parse(hub_str_from(bad[i]), &topics));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_is_an_event_and_a_chunk),
		cmocka_unit_test(a_frame_lives_until_the_last_reader_has_it),
		cmocka_unit_test(readers_at_the_same_place_share_a_frame),
		cmocka_unit_test(a_reader_far_behind_catches_up_in_steps),
		cmocka_unit_test(classes_see_what_is_theirs),
		cmocka_unit_test(a_state_is_sent_when_what_counts_has_changed),
		cmocka_unit_test(topics_are_words_of_a_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
