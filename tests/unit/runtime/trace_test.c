/* W3C Trace Context: what comes of an input, or of a timer, belongs to its trace, under a span that can be derived again; what is
 * told of spans is told once their transaction is committed. */
#include "toy.h"

#include "base/hash.h"

#include <stdio.h>

static struct toy toy;

enum { SPANS = 32 };
static struct hub_span_notice spans[SPANS];
static uint32_t span_count;

static void on_span(void *user, const struct hub_span_notice *span)
{
	(void)user;
	assert_true(span_count < SPANS);
	spans[span_count++] = *span;
}

static int set_up(void **state)
{
	(void)state;
	toy_init(&toy);
	span_count = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	toy_done(&toy);
	return 0;
}

static const char sampled[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
static const char unsampled[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

static struct hub_header parent(const char *text)
{
	return (struct hub_header){ HUB_STR("traceparent"), hub_str_from(text) };
}

static struct hub_trace trace_of(struct hub_str text)
{
	struct hub_trace trace;
	assert_true(hub_traceparent_parse(text, &trace));
	return trace;
}

static const struct stored *decision(uint32_t n)
{
	const struct stored *stored =
	        broker_visible(&toy.broker, DECISIONS, hub_partition_of(HUB_STR("330281"), 2), n);
	assert_non_null(stored);
	return stored;
}

static struct hub_trace traced(const struct stored *stored)
{
	return trace_of(stored_header(stored, "traceparent"));
}

static void decisions_carry_the_trace_under_a_span_of_their_own(void **state)
{
	(void)state;
	const struct hub_header headers[] = { parent(sampled),
		{ HUB_STR("tracestate"), HUB_STR("a=1,b=2") } };
	toy_start_ready(&toy, "0");
	toy_event_with(&toy, 0, "a", "many 2", headers, 2);
	toy_event_with(&toy, 0, "b", "", headers, 1);
	assert_int_equal(toy_run(&toy, 3), 0);
	struct hub_trace from = trace_of(hub_str_from(sampled));
	struct hub_trace first = traced(decision(0)), second = traced(decision(1)),
	                 other = traced(decision(2));
	assert_memory_equal(first.trace_id, from.trace_id, sizeof(from.trace_id));
	assert_memory_not_equal(first.span_id, from.span_id, sizeof(from.span_id));
	assert_int_equal(first.flags, 1);
	assert_memory_equal(&second, &first, sizeof(first)); /* one deciding, one span */
	assert_memory_equal(other.trace_id, from.trace_id, sizeof(from.trace_id));
	assert_memory_not_equal(other.span_id, first.span_id, sizeof(first.span_id));
	assert_true(hub_str_is(stored_header(decision(0), "tracestate"), "a=1,b=2"));
	assert_int_equal(stored_header(decision(2), "tracestate").len, 0);
}

/* No chance and no clock in it: another instance, or an auditor, comes to the same. */
static void without_a_trace_one_is_derived_from_where_the_input_lies(void **state)
{
	(void)state;
	char id[64];
	toy_start_ready(&toy, "0");
	int64_t offset = toy_event(&toy, 0, "a", "");
	const struct hub_header broken[] = { parent("00-nonsense"),
		{ HUB_STR("tracestate"), HUB_STR("a=1") } };
	toy_event_with(&toy, 0, "b", "", broken, 2);
	assert_int_equal(toy_run(&toy, 3), 0);
	snprintf(id, sizeof(id), "e/toy.events/0/%lld", (long long)offset);
	struct hub_trace expected = hub_trace_child(NULL, hub_str_from(id)), got = traced(decision(0));
	assert_memory_equal(&got, &expected, sizeof(got));
	assert_int_equal(got.flags, 0);
	got = traced(decision(1));
	assert_memory_not_equal(got.trace_id, expected.trace_id, sizeof(got.trace_id));
	assert_int_equal(stored_header(decision(1), "tracestate").len,
	        0); /* belongs to a trace that nobody could read */
}

/* An input may bring any number of headers, of any length. */
static void headers_from_outside_are_bounded(void **state)
{
	(void)state;
	static char longest[512], longer[513];
	struct hub_header many[20];
	toy_start_ready(&toy, "0");
	for (int i = 0; i < 20; i++)
		many[i] = parent(i == 19 ? sampled : "x");
	toy_event_with(&toy, 0, "a", "many 3", many, 20);
	memset(longest, 'a', sizeof(longest));
	memset(longer, 'a', sizeof(longer));
	many[0] = (struct hub_header){ HUB_STR("tracestate"), { longest, sizeof(longest) } };
	toy_event_with(&toy, 0, "b", "", (const struct hub_header[]){ many[19], many[0] }, 2);
	many[0] = (struct hub_header){ HUB_STR("tracestate"), { longer, sizeof(longer) } };
	toy_event_with(&toy, 0, "c", "", (const struct hub_header[]){ many[19], many[0] }, 2);
	many[0] = (struct hub_header){ HUB_STR("tracestate"), HUB_STR("a=\n") };
	toy_event_with(&toy, 0, "d", "", (const struct hub_header[]){ many[19], many[0] }, 2);
	assert_int_equal(toy_run(&toy, 3), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 a=1 a=1 b=1 c=1 d=1");
	struct hub_trace from = trace_of(hub_str_from(sampled));
	for (uint32_t i = 0; i < 6; i++) {
		assert_memory_equal(traced(decision(i)).trace_id, from.trace_id, sizeof(from.trace_id));
		assert_int_equal(decision(i)->header_count, i == 3 ? 8 : 7);
	}
	assert_int_equal(stored_header(decision(3), "tracestate").len, sizeof(longest));
}

static void a_dead_letter_keeps_its_headers_and_tells_the_span(void **state)
{
	(void)state;
	const struct hub_header headers[] = { parent(sampled) };
	toy_start_ready(&toy, "0");
	toy_event_with(&toy, 0, "a", "dead", headers, 1);
	toy_event(&toy, 0, "a", "dead");
	assert_int_equal(toy_run(&toy, 3), 0);
	const struct stored *dead = broker_visible(&toy.broker, DEAD_LETTERS, 0, 0);
	assert_true(hub_str_is(stored_header(dead, "traceparent"), sampled));
	struct hub_trace told = trace_of(stored_header(dead, "hub_dlq_traceparent"));
	struct hub_trace from = trace_of(hub_str_from(sampled));
	assert_memory_equal(told.trace_id, from.trace_id, sizeof(from.trace_id));
	assert_memory_not_equal(told.span_id, from.span_id, sizeof(from.span_id));
	dead = broker_visible(&toy.broker, DEAD_LETTERS, 0, 1);
	assert_int_equal(stored_header(dead, "traceparent").len, 0);
	(void)trace_of(stored_header(dead, "hub_dlq_traceparent"));
}

static void a_timer_begins_a_trace_of_its_own(void **state)
{
	(void)state;
	const struct hub_header headers[] = { parent(sampled) };
	toy_start_ready(&toy, "0");
	toy_event_with(&toy, 0, "a", "after 500", headers, 1);
	toy_event_with(&toy, 0, "b", "after 500", headers, 1);
	assert_int_equal(toy_run(&toy, 2), 0);
	toy.broker.now_us += 3000 * 1000;
	assert_int_equal(toy_run(&toy, 10), 0);
	assert_string_equal(toy_decisions(&toy, 0), "a=1 b=1 a=101 b=101");
	struct hub_trace from = trace_of(hub_str_from(sampled)), a = traced(decision(2)),
	                 b = traced(decision(3));
	assert_memory_not_equal(a.trace_id, from.trace_id, sizeof(from.trace_id));
	assert_memory_not_equal(a.trace_id, b.trace_id, sizeof(from.trace_id));
	assert_int_equal(a.flags, 0);
}

static void spans_are_told_once_after_the_commit(void **state)
{
	(void)state;
	const struct hub_header yes = parent(sampled), no = parent(unsampled);
	toy.observer.span = on_span;
	toy_start_ready(&toy, "0");
	toy.member->fail_call = CALL_COMMIT;
	toy.member->fail_code = HUB_E_ABORT;
	toy.member->fail_times = 1;
	int64_t offset = toy_event_with(&toy, 0, "a", "many 2", &yes, 1);
	toy_event_with(&toy, 0, "b", "", &no, 1);
	toy_event(&toy, 0, "c", "");
	toy_event_with(&toy, 0, "d", "dead", &yes, 1);
	assert_int_equal(toy_run(&toy, 20), 0);
	assert_int_equal(toy.aborted, 1);
	assert_int_equal(span_count, 2);
	struct hub_trace decided = traced(decision(0)), from = trace_of(hub_str_from(sampled));
	assert_memory_equal(&spans[0].trace, &decided, sizeof(decided));
	assert_true(spans[0].has_from);
	assert_memory_equal(spans[0].from_id, from.span_id, sizeof(from.span_id));
	assert_string_equal(spans[0].record, "PatientArrived");
	assert_string_equal(spans[0].topic, "toy.events");
	assert_int_equal(spans[0].offset, offset);
	assert_int_equal(spans[0].decisions, 2);
	assert_null(spans[0].reason);
	assert_true(spans[0].began_us <= spans[0].ended_us);
	assert_string_equal(spans[1].reason, "RULE");
	assert_int_equal(spans[1].decisions, 0);
}

static void of_traces_that_begin_here_a_share_is_sampled(void **state)
{
	(void)state;
	toy.observer.span = on_span;
	toy.options.trace_percent = 100;
	toy_start_ready(&toy, "0");
	toy_event(&toy, 0, "a", "after 500");
	assert_int_equal(toy_run(&toy, 3), 0);
	toy.broker.now_us += 3000 * 1000;
	assert_int_equal(toy_run(&toy, 10), 0);
	assert_int_equal(span_count, 2);
	assert_int_equal(traced(decision(0)).flags, 1);
	assert_false(spans[0].has_from);
	assert_null(spans[1].topic);
	assert_string_equal(spans[1].record, "t");

	toy.options.trace_percent = 30;
	span_count = 0;
	toy_start_ready(&toy, "0");
	for (int i = 0; i < 60; i++)
		toy_event(&toy, 0, "b", "");
	assert_int_equal(toy_run(&toy, 5), 0);
	assert_true(span_count > 6 && span_count < 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(decisions_carry_the_trace_under_a_span_of_their_own),
		TEST(without_a_trace_one_is_derived_from_where_the_input_lies),
		TEST(headers_from_outside_are_bounded),
		TEST(a_dead_letter_keeps_its_headers_and_tells_the_span),
		TEST(a_timer_begins_a_trace_of_its_own),
		TEST(spans_are_told_once_after_the_commit),
		TEST(of_traces_that_begin_here_a_share_is_sampled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
