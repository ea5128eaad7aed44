/* W3C Trace Context: what is decided belongs to the trace of what it was decided from. Deciding is a span of that trace; its
 * id and, where an input brings no trace, the trace's too, follow from where the input lies (or what the timer is), so that they can
 * be derived again. A timer begins a trace of its own: state does not keep the traces of what set it, which may be days old. */
#include "runtime/inside.h"

#include "base/check.h"

#include <stdlib.h>

enum { PERCENT = 100 };

static struct hub_str header_of(const struct input *input, struct hub_str name)
{
	return hub_header_last(input->headers, input->header_count, name);
}

/* Of traces that begin here: always the same ones. */
static bool is_sample(const struct hub_runtime *runtime, const struct hub_trace *trace)
{
	const uint8_t *end = trace->trace_id + HUB_TRACE_ID_LEN;
	return (uint32_t)(end[-1] << 8 | end[-2]) % PERCENT < runtime->options.trace_percent;
}

static void format(struct hub_runtime *runtime, struct tracing *tracing)
{
	char text[HUB_TRACEPARENT_LEN + 1];
	hub_traceparent_format(&tracing->span, text);
	tracing->parent =
	        hub_arena_copy(runtime->outgoing.arena, (struct hub_str){ text, HUB_TRACEPARENT_LEN });
}

static void begin(struct hub_runtime *runtime, struct hub_str id, struct tracing *tracing)
{
	tracing->span = hub_trace_child(NULL, id);
	tracing->span.flags = is_sample(runtime, &tracing->span) ? HUB_TRACE_SAMPLED : 0;
}

void hub_trace_input(struct hub_runtime *runtime, const struct input *input, struct hub_str id)
{
	struct tracing *tracing = &runtime->outgoing.tracing;
	struct hub_trace from;
	*tracing = (struct tracing){ .has_from = hub_traceparent_parse(
		                             header_of(input, HUB_STR("traceparent")), &from) };
	if (tracing->has_from) {
		struct hub_str state = header_of(input, HUB_STR("tracestate"));
		tracing->span = hub_trace_child(&from, id);
		memcpy(tracing->from_id, from.span_id, sizeof(from.span_id));
		if (hub_tracestate_carried(state))
			tracing->state = state;
	} else {
		begin(runtime, id, tracing);
	}
	format(runtime, tracing);
}

void hub_trace_timer(struct hub_runtime *runtime, struct hub_str id)
{
	struct tracing *tracing = &runtime->outgoing.tracing;
	*tracing = (struct tracing){ 0 };
	begin(runtime, id, tracing);
	format(runtime, tracing);
}

uint32_t hub_trace_headers(const struct hub_runtime *runtime, struct hub_header headers[HUB_TRACE_HEADERS])
{
	const struct tracing *tracing = &runtime->outgoing.tracing;
	uint32_t count = 0;
	headers[count++] = (struct hub_header){ HUB_STR("traceparent"), tracing->parent };
	if (tracing->state.len)
		headers[count++] = (struct hub_header){ HUB_STR("tracestate"), tracing->state };
	return count;
}

/* Nobody asks for spans: nothing is noted, no clock is looked at. */
void hub_trace_note(struct hub_runtime *runtime, const struct hub_span_notice *notice)
{
	struct outgoing *outgoing = &runtime->outgoing;
	const struct tracing *tracing = &outgoing->tracing;
	if (!runtime->observer.span || !(tracing->span.flags & HUB_TRACE_SAMPLED))
		return;
	if (outgoing->span_count == outgoing->span_room) {
		outgoing->span_room = outgoing->span_room ? outgoing->span_room * 2 : 256;
		outgoing->spans = realloc(outgoing->spans, outgoing->span_room * sizeof(*outgoing->spans));
		hub_check(outgoing->spans != NULL);
	}
	struct hub_span_notice *span = &outgoing->spans[outgoing->span_count++];
	*span = *notice;
	span->trace = tracing->span;
	span->has_from = tracing->has_from;
	memcpy(span->from_id, tracing->from_id, sizeof(span->from_id));
}

void hub_trace_tell(struct hub_runtime *runtime)
{
	struct outgoing *outgoing = &runtime->outgoing;
	if (outgoing->span_count == 0)
		return;
	int64_t ended_us = hub_runtime_wall_ms(runtime) * 1000;
	int64_t began_us = ended_us - (hub_runtime_us(runtime) - outgoing->decided_from_us);
	for (uint32_t i = 0; i < outgoing->span_count; i++) {
		outgoing->spans[i].began_us = began_us;
		outgoing->spans[i].ended_us = ended_us;
		runtime->observer.span(runtime->observer.user, &outgoing->spans[i]);
	}
}
