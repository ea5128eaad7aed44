#include "runtime/fence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void hub_fence_format(const struct hub_fence *fence, char text[HUB_FENCE_TEXT_MAX])
{
	if (fence->live)
		snprintf(text, HUB_FENCE_TEXT_MAX, "%" PRId64 " %" PRId64 " LIVE %" PRId64, fence->epoch,
		        fence->offset, fence->timestamp_ms);
	else
		snprintf(text, HUB_FENCE_TEXT_MAX, "%" PRId64 " - REBUILDING %" PRId64 " %" PRId64,
		        fence->epoch, fence->timestamp_ms, fence->write);
}

static bool take_word(struct hub_str *rest, struct hub_str *ret_word)
{
	if (rest->len == 0)
		return false;
	const char *space = memchr(rest->data, ' ', rest->len);
	uint32_t len = space ? (uint32_t)(space - rest->data) : rest->len;
	*ret_word = (struct hub_str){ rest->data, len };
	uint32_t skip = space ? len + 1 : len;
	*rest = (struct hub_str){ rest->data + skip, rest->len - skip };
	return len > 0;
}

static bool take_number(struct hub_str *rest, int64_t *ret)
{
	struct hub_str word;
	if (!take_word(rest, &word) || word.len > 18)
		return false;
	*ret = 0;
	for (uint32_t i = 0; i < word.len; i++) {
		if (word.data[i] < '0' || word.data[i] > '9')
			return false;
		*ret = *ret * 10 + (word.data[i] - '0');
	}
	return true;
}

bool hub_fence_parse(struct hub_str text, struct hub_fence *ret)
{
	struct hub_fence fence = { .offset = -1, .write = -1 };
	struct hub_str word;
	if (!take_number(&text, &fence.epoch))
		return false;
	if (text.len && text.data[0] == '-') {
		if (!take_word(&text, &word) || word.len != 1)
			return false;
	} else if (!take_number(&text, &fence.offset)) {
		return false;
	}
	if (!take_word(&text, &word))
		return false;
	fence.live = hub_str_is(word, "LIVE");
	if ((!fence.live && !hub_str_is(word, "REBUILDING")) || fence.live != (fence.offset >= 0))
		return false;
	if (!take_number(&text, &fence.timestamp_ms))
		return false;
	if ((!fence.live && !take_number(&text, &fence.write)) || text.len)
		return false;
	*ret = fence;
	return true;
}

static int store_error(const struct hub_store_reply *reply, const char *doing, struct hub_error *reterr)
{
	return hub_error_set(reterr, HUB_E_INVALID, "", "the store answers %s with: %.*s", doing,
	        HUB_STR_ARG(reply->bytes));
}

int hub_fence_watch(const struct hub_store_port *store, struct hub_str key, struct hub_arena *arena,
        struct hub_str *ret_text, struct hub_error *reterr)
{
	struct hub_str unwatch[] = { HUB_STR("UNWATCH") }; /* what an earlier look may have left */
	struct hub_str watch[] = { HUB_STR("WATCH"), key };
	struct hub_str get[] = { HUB_STR("GET"), key };
	struct hub_store_command commands[] = { { unwatch, 1 }, { watch, 2 }, { get, 2 } };
	const struct hub_store_reply *replies;
	int r = store->exchange(store->user, commands, 3, arena, &replies, reterr);
	if (r < 0)
		return r;
	for (int i = 0; i < 3; i++)
		if (replies[i].kind == HUB_REPLY_ERROR)
			return store_error(&replies[i], "WATCH", reterr);
	*ret_text = replies[2].kind == HUB_REPLY_BYTES ? replies[2].bytes : (struct hub_str){ NULL, 0 };
	return 0;
}

static int outcome(const struct hub_store_reply *replies, uint32_t count, struct hub_error *reterr)
{
	for (uint32_t i = 0; i < count; i++)
		if (replies[i].kind == HUB_REPLY_ERROR)
			return store_error(&replies[i], "a write", reterr);
	const struct hub_store_reply *exec = &replies[count - 1];
	if (exec->kind == HUB_REPLY_NIL)
		return hub_error_set(reterr, HUB_E_REFUSED, "", "the fence was touched meanwhile");
	if (exec->kind != HUB_REPLY_ARRAY)
		return hub_error_set(reterr, HUB_E_INVALID, "", "the store answers EXEC with something else");
	for (uint32_t i = 0; i < exec->count; i++)
		if (exec->items[i].kind == HUB_REPLY_ERROR)
			return store_error(&exec->items[i], "a write", reterr);
	return 0;
}

int hub_fence_write(const struct hub_store_port *store, struct hub_str key, const char *text,
        struct hub_store_sink *sink, struct hub_error *reterr)
{
	struct hub_str set[] = { HUB_STR("SET"), key, hub_str_from(text) };
	struct hub_str exec[] = { HUB_STR("EXEC") };
	hub_store_sink_add(sink, set, 3);
	hub_store_sink_add(sink, exec, 1);
	if (hub_arena_exhausted(sink->arena))
		return hub_error_set(reterr, HUB_E_INVALID, "", "the changes of one batch are too large");
	const struct hub_store_reply *replies;
	int r = store->exchange(store->user, sink->commands, sink->count, sink->arena, &replies, reterr);
	return r < 0 ? r : outcome(replies, sink->count, reterr);
}
