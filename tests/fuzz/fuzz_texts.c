/* Every small text from outside: the first byte chooses the parser. What is read must be written back as something
 * that reads the same. */
#include "take.h"

#include "base/calendar.h"
#include "base/check.h"
#include "dashboard-gateway/hot/revision.h"
#include "hubctl/args.h"
#include "hubctl/when.h"
#include "runtime/fence.h"
#include "runtime/position.h"
#include "wire/base64.h"
#include "wire/moment.h"
#include "wire/traceparent.h"
#include "wire/utf8.h"

#include <stdlib.h>

enum { ARENA_BYTES = 16 * 1024 * 1024 };

static void fence(struct hub_str text)
{
	struct hub_fence fence = { 0 }, again = { 0 };
	char written[HUB_FENCE_TEXT_MAX];
	if (!hub_fence_parse(text, &fence))
		return;
	hub_fence_format(&fence, written);
	hub_check(hub_fence_parse(hub_str_from(written), &again));
	hub_check(fence.epoch == again.epoch && fence.live == again.live && fence.offset == again.offset &&
	          fence.timestamp_ms == again.timestamp_ms && fence.write == again.write);
}

static void batch_seq(struct hub_str text)
{
	char written[HUB_SEQ_TEXT_MAX];
	int64_t seq = hub_position_seq_parse(text);
	hub_check(seq >= -1);
	if (seq < 0)
		return;
	hub_position_seq_text(seq, written);
	hub_check(hub_position_seq_parse(hub_str_from(written)) == seq);
}

static void traceparent(struct hub_str text)
{
	struct hub_trace trace, again;
	char written[HUB_TRACEPARENT_LEN + 1];
	if (!hub_traceparent_parse(text, &trace))
		return;
	hub_traceparent_format(&trace, written);
	hub_check(hub_traceparent_parse(hub_str_from(written), &again));
	hub_check(memcmp(&trace, &again, sizeof(trace)) == 0);
}

static void base64(struct hub_str text)
{
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	struct hub_str bytes;
	struct hub_buf written;
	hub_buf_init(&written, ARENA_BYTES);
	if (hub_base64_parse(text, arena, &bytes)) {
		hub_base64_put(bytes, &written);
		hub_check(hub_str_eq(hub_buf_slice(&written), text));
	}
	hub_buf_done(&written);
	hub_arena_free(arena);
}

static void moment(struct hub_str text)
{
	char written[HUB_MOMENT_LEN + 1];
	int64_t at_ms, again;
	int32_t day;
	struct hub_error error;
	if (hub_time_parse(text, &at_ms) && hub_moment_format(at_ms, written))
		hub_check(hub_time_parse(hub_str_from(written), &again) && again == at_ms);
	if (hub_day_parse(text, &day))
		hub_check(hub_day_of(hub_day_start_ms(day)) == day);
	(void)hubctl_when(text, INT64_C(1770595200000), &at_ms, &error);
}

static void utf8(struct hub_str text)
{
	hub_check(hub_utf8_valid(text) == hub_utf8_valid_slowly(text));
}

static void place(struct hub_str text)
{
	char terminated[64];
	int32_t partition;
	int64_t offset;
	struct hub_error error;
	uint32_t len = text.len < sizeof(terminated) ? text.len : (uint32_t)sizeof(terminated) - 1;
	if (len)
		memcpy(terminated, text.data, len);
	terminated[len] = '\0';
	if (hubctl_parse_place(terminated, &partition, &offset, &error) == HUB_OK)
		hub_check(partition >= 0 && offset >= 0);
}

static void revision(struct hub_str text)
{
	struct gateway_revision revision;
	char written[GATEWAY_REVISION_MAX];
	if (gateway_revision_parse(text, &revision))
		hub_check(hub_str_eq(gateway_revision_format(revision, written), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parsers[])(
	        struct hub_str) = { fence, batch_seq, traceparent, base64, moment, utf8, place, revision };
	struct bytes bytes = { data, size };
	size_t chosen = take_byte(&bytes) % (sizeof(parsers) / sizeof(parsers[0]));
	parsers[chosen](take_rest(&bytes));
	return 0;
}
