/* The ring between the thread that makes spans and the one that sends them: nothing is lost but what is counted, in order, whole.
 * The tsan preset shows that they share nothing else. */
#include "otlp/span_queue.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ROOM = 64, SPANS = 100000 };

static struct hub_span numbered(int64_t n)
{
	struct hub_span span = { .began_us = n, .ended_us = n };
	hub_span_int(&span, "n", n);
	return span;
}

static void *make(void *user)
{
	for (int64_t n = 1; n <= SPANS; n++) {
		const struct hub_span span = numbered(n);
		hub_span_queue_push(user, &span);
		if (n % ROOM == 0)
			sched_yield();
	}
	return NULL;
}

static void take(struct hub_span_queue *queue, int64_t *last, uint64_t *seen)
{
	struct hub_span spans[7];
	uint32_t count = hub_span_queue_take(queue, spans, 7);
	for (uint32_t i = 0; i < count; i++) {
		assert_true(spans[i].began_us > *last);
		assert_true(spans[i].ended_us == spans[i].began_us);
		assert_true(spans[i].attributes[0].number == spans[i].began_us);
		*last = spans[i].began_us;
	}
	*seen += count + hub_span_queue_dropped(queue);
}

static void two_threads_share_it(void **state)
{
	(void)state;
	struct hub_span_queue *queue = hub_span_queue_new(ROOM);
	pthread_t maker;
	int64_t last = 0;
	uint64_t seen = 0;
	assert_int_equal(pthread_create(&maker, NULL, make, queue), 0);
	while (seen < SPANS && last < SPANS)
		take(queue, &last, &seen);
	pthread_join(maker, NULL);
	for (int i = 0; i <= ROOM; i++)
		take(queue, &last, &seen);
	assert_int_equal(seen, SPANS);
	hub_span_queue_free(queue);
}

static void the_oldest_are_kept(void **state)
{
	(void)state;
	struct hub_span_queue *queue = hub_span_queue_new(4);
	struct hub_span spans[8];
	for (int64_t n = 1; n <= 6; n++) {
		const struct hub_span span = numbered(n);
		hub_span_queue_push(queue, &span);
	}
	assert_int_equal(hub_span_queue_take(queue, spans, 8), 4);
	assert_int_equal(spans[0].began_us, 1);
	assert_int_equal(spans[3].began_us, 4);
	assert_int_equal(hub_span_queue_dropped(queue), 2);
	assert_int_equal(hub_span_queue_dropped(queue), 0);
	assert_int_equal(hub_span_queue_take(queue, spans, 8), 0);
	hub_span_queue_free(queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oldest_are_kept),
		cmocka_unit_test(two_threads_share_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
