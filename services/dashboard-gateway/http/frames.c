#include "dashboard-gateway/http/frames.h"

#include "base/check.h"

#include <event2/buffer.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK_ROOM = 12, TAIL = 2 };

struct gateway_frame {
	struct gateway_frames *frames;
	uint32_t holders;
	uint32_t chunk_at; /* where the chunk's size begins in bytes */
	uint32_t text_at, text_len;
	char bytes[];
};

static size_t size_of(const struct gateway_frame *frame)
{
	return sizeof(*frame) + frame->text_at + frame->text_len + TAIL;
}

/* The chunk's size stands right before the text, whatever its length. */
static void put_chunk(struct gateway_frame *frame)
{
	char size[CHUNK_ROOM + 1];
	int len = snprintf(size, sizeof(size), "%" PRIx32 "\r\n", frame->text_len);
	frame->chunk_at = frame->text_at - (uint32_t)len;
	memcpy(frame->bytes + frame->chunk_at, size, (size_t)len);
	memcpy(frame->bytes + frame->text_at + frame->text_len, "\r\n", TAIL);
}

struct gateway_frame *gateway_frame_new(
        struct gateway_frames *frames, const char *event, struct gateway_revision id, struct hub_str data)
{
	char head[128];
	int len = snprintf(head, sizeof(head), "event: %s\nid: %" PRIu64 ".%" PRIu64 "\ndata: ", event,
	        id.epoch, id.seq);
	uint32_t text_len = (uint32_t)len + data.len + 2;
	struct gateway_frame *frame = malloc(sizeof(*frame) + CHUNK_ROOM + text_len + TAIL);
	hub_check(frame && len < (int)sizeof(head));
	*frame = (struct gateway_frame){ frames, 1, 0, CHUNK_ROOM, text_len };
	char *at = frame->bytes + frame->text_at;
	memcpy(at, head, (size_t)len);
	if (data.len)
		memcpy(at + len, data.data, data.len);
	memcpy(at + len + data.len, "\n\n", 2);
	put_chunk(frame);
	frames->bytes += size_of(frame);
	frames->count++;
	return frame;
}

void gateway_frame_drop(struct gateway_frame *frame)
{
	if (!frame || --frame->holders)
		return;
	frame->frames->bytes -= size_of(frame);
	frame->frames->count--;
	free(frame);
}

static void release(const void *data, size_t len, void *user)
{
	(void)data;
	(void)len;
	gateway_frame_drop(user);
}

void gateway_frame_send(struct gateway_frame *frame, struct evbuffer *out, bool chunked)
{
	uint32_t at = chunked ? frame->chunk_at : frame->text_at;
	uint32_t end = frame->text_at + frame->text_len + (chunked ? TAIL : 0);
	frame->holders++;
	if (evbuffer_add_reference(out, frame->bytes + at, end - at, release, frame) != 0)
		gateway_frame_drop(frame);
}

struct hub_str gateway_frame_text(const struct gateway_frame *frame)
{
	return (struct hub_str){ frame->bytes + frame->text_at, frame->text_len };
}
