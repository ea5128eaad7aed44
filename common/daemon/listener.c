#include "daemon/listener.h"

#include "base/check.h"
#include "daemon/measures.h"
#include "daemon/spans.h"

#include <stddef.h>
#include <stdio.h>

enum hub_log_code hub_listener_code(enum hub_notice_code code)
{
	static const enum hub_log_code codes[] = {
		[HUB_NOTICE_ASSIGNED] = HUB_LOG_ASSIGNED,
		[HUB_NOTICE_RESTORED] = HUB_LOG_RESTORED,
		[HUB_NOTICE_OPENED] = HUB_LOG_OPENED,
		[HUB_NOTICE_REVOKED] = HUB_LOG_REVOKED,
		[HUB_NOTICE_LOST] = HUB_LOG_LOST,
		[HUB_NOTICE_STOPPED] = HUB_LOG_STOPPED_PARTITION,
		[HUB_NOTICE_READY] = HUB_LOG_READY,
		[HUB_NOTICE_NOT_READY] = HUB_LOG_NOT_READY,
		[HUB_NOTICE_RETRY] = HUB_LOG_RETRY,
		[HUB_NOTICE_ABORTED] = HUB_LOG_ABORTED,
		[HUB_NOTICE_REFUSED] = HUB_LOG_REFUSED,
		[HUB_NOTICE_DEAD_LETTER] = HUB_LOG_DEAD_LETTER,
		[HUB_NOTICE_CRASHED] = HUB_LOG_CRASHED,
		[HUB_NOTICE_POISON] = HUB_LOG_POISON,
		[HUB_NOTICE_REGISTRY] = HUB_LOG_REGISTRY,
		[HUB_NOTICE_REGISTRY_BAD] = HUB_LOG_REGISTRY_BAD,
		[HUB_NOTICE_FENCE_CLAIMED] = HUB_LOG_FENCE_CLAIMED,
		[HUB_NOTICE_FENCE_REBUILDING] = HUB_LOG_FENCE_REBUILDING,
		[HUB_NOTICE_FENCE_LIVE] = HUB_LOG_FENCE_LIVE,
		[HUB_NOTICE_FENCE_STALE] = HUB_LOG_FENCE_STALE,
		[HUB_NOTICE_STORE_AWAY] = HUB_LOG_STORE_AWAY,
		[HUB_NOTICE_STORE_BACK] = HUB_LOG_STORE_BACK,
	};
	hub_check((size_t)code < sizeof(codes) / sizeof(codes[0]));
	return codes[code];
}

static void on_notice(void *user, const struct hub_notice *notice)
{
	struct hub_listener *listener = user;
	struct hub_log_field fields[5];
	char trace_id[HUB_TRACE_ID_TEXT];
	uint32_t count = 0;
	if (notice->topic)
		fields[count++] = hub_log_text("topic", notice->topic);
	if (notice->partition >= 0)
		fields[count++] = hub_log_int("partition", notice->partition);
	if (notice->offset >= 0)
		fields[count++] = hub_log_int("offset", notice->offset);
	if (notice->trace) {
		hub_trace_id_text(notice->trace, trace_id);
		fields[count++] = hub_log_text("trace_id", trace_id);
	}
	if (notice->text && *notice->text)
		fields[count++] = hub_log_text("text", notice->text);
	hub_log_write(listener->log, hub_listener_code(notice->code), fields, count);
	if (notice->code == HUB_NOTICE_REVOKED || notice->code == HUB_NOTICE_LOST) {
		/* What is still ours is told again within a second. */
		hub_metrics_clear(listener->metrics, HUB_MEASURE_LAG_RECORDS);
		hub_metrics_clear(listener->metrics, HUB_MEASURE_LAG_SECONDS);
		hub_metrics_clear(listener->metrics, HUB_MEASURE_FENCE_LAG_RECORDS);
	}
}

static void on_events(void *user, const char *record, const char *outcome, uint32_t count)
{
	struct hub_listener *listener = user;
	const char *const labels[] = { record, outcome };
	hub_metrics_add(listener->metrics, HUB_MEASURE_EVENTS, labels, count);
}

static void on_decision(void *user, double seconds, uint32_t count)
{
	struct hub_listener *listener = user;
	hub_metrics_observe(listener->metrics, HUB_MEASURE_DECISION_SECONDS, NULL, seconds, count);
}

static void on_transaction(void *user, const char *outcome, double seconds)
{
	struct hub_listener *listener = user;
	hub_metrics_add(listener->metrics, HUB_MEASURE_TRANSACTIONS, &outcome, 1);
	hub_metrics_observe(listener->metrics, HUB_MEASURE_TRANSACTION_SECONDS, NULL, seconds, 1);
}

static void on_dead_letter(void *user, const char *reason)
{
	struct hub_listener *listener = user;
	hub_metrics_add(listener->metrics, HUB_MEASURE_DEAD_LETTERS, &reason, 1);
}

static void on_restored(void *user, int32_t partition, double seconds)
{
	struct hub_listener *listener = user;
	(void)partition;
	hub_metrics_observe(listener->metrics, HUB_MEASURE_RESTORE_SECONDS, NULL, seconds, 1);
}

static void on_timer(void *user, double late_seconds)
{
	struct hub_listener *listener = user;
	hub_metrics_observe(listener->metrics, HUB_MEASURE_TIMER_LATE_SECONDS, NULL, late_seconds, 1);
}

static void on_lag(void *user, const char *topic, int32_t partition, int64_t records, double seconds)
{
	struct hub_listener *listener = user;
	char number[16];
	const char *const labels[] = { topic, number };
	snprintf(number, sizeof(number), "%d", partition);
	hub_metrics_set(listener->metrics, HUB_MEASURE_LAG_RECORDS, labels, (double)records);
	hub_metrics_set(listener->metrics, HUB_MEASURE_LAG_SECONDS, labels, seconds);
}

static void on_fence(void *user, int32_t partition, int64_t lag_records)
{
	struct hub_listener *listener = user;
	char number[16];
	const char *const label = number;
	snprintf(number, sizeof(number), "%d", partition);
	hub_metrics_set(listener->metrics, HUB_MEASURE_FENCE_LAG_RECORDS, &label, (double)lag_records);
}

static void on_store(void *user, bool reachable, const char *reason)
{
	struct hub_listener *listener = user;
	(void)reason; /* the notice says it */
	hub_metrics_set(listener->metrics, HUB_MEASURE_STORE_UP, NULL, reachable);
}

static void on_ready(void *user, bool ready, const char *reason)
{
	struct hub_listener *listener = user;
	(void)reason; /* the notice says it */
	hub_metrics_set(listener->metrics, HUB_MEASURE_READY, NULL, ready);
}

static void on_span(void *user, const struct hub_span_notice *notice)
{
	struct hub_listener *listener = user;
	struct hub_span span = hub_span_of(notice, listener->group);
	hub_span_queue_push(listener->spans, &span);
}

struct hub_observer hub_listener_observer(struct hub_listener *listener)
{
	return (struct hub_observer){
		.user = listener,
		.notice = on_notice,
		.events = on_events,
		.decision = on_decision,
		.transaction = on_transaction,
		.dead_letter = on_dead_letter,
		.restored = on_restored,
		.timer = on_timer,
		.lag = on_lag,
		.fence = on_fence,
		.store = on_store,
		.ready = on_ready,
		.span = listener->spans ? on_span : NULL,
	};
}
