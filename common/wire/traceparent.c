#include "wire/traceparent.h"

#include "base/hash.h"

/* Lower-case only, as the recommendation asks; what is none has the high bit. */
static uint8_t hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0');
	return c >= 'a' && c <= 'f' ? (uint8_t)(c - 'a' + 10) : 0x80;
}

static bool parse_hex(const char *text, uint8_t *bytes, uint32_t count)
{
	uint8_t wrong = 0;
	for (uint32_t i = 0; i < count; i++) {
		uint8_t high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
		wrong |= high | low;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return !(wrong & 0x80);
}

static bool all_zero(const uint8_t *bytes, uint32_t count)
{
	uint8_t any = 0;
	for (uint32_t i = 0; i < count; i++)
		any |= bytes[i];
	return any == 0;
}

/* Where the parts of "00-<32>-<16>-<2>" begin. */
enum { AT_TRACE = 3, AT_SPAN = 36, AT_FLAGS = 53 };

bool hub_traceparent_parse(struct hub_str text, struct hub_trace *ret_trace)
{
	struct hub_trace trace;
	uint8_t version;
	if (text.len < HUB_TRACEPARENT_LEN || text.data[AT_TRACE - 1] != '-' ||
	        text.data[AT_SPAN - 1] != '-' || text.data[AT_FLAGS - 1] != '-')
		return false;
	if (!parse_hex(text.data, &version, 1) || version == 0xff ||
	        !parse_hex(text.data + AT_TRACE, trace.trace_id, sizeof(trace.trace_id)) ||
	        !parse_hex(text.data + AT_SPAN, trace.span_id, sizeof(trace.span_id)) ||
	        !parse_hex(text.data + AT_FLAGS, &trace.flags, 1))
		return false;
	if (text.len > HUB_TRACEPARENT_LEN && (version == 0 || text.data[HUB_TRACEPARENT_LEN] != '-'))
		return false;
	if (all_zero(trace.trace_id, sizeof(trace.trace_id)) ||
	        all_zero(trace.span_id, sizeof(trace.span_id)))
		return false;
	*ret_trace = trace;
	return true;
}

static void format_hex(char *text, const uint8_t *bytes, uint32_t count)
{
	static const char digits[] = "0123456789abcdef";
	for (uint32_t i = 0; i < count; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
}

void hub_traceparent_format(const struct hub_trace *trace, char text[HUB_TRACEPARENT_LEN + 1])
{
	memset(text, '-', HUB_TRACEPARENT_LEN);
	text[0] = '0';
	text[1] = '0';
	format_hex(text + AT_TRACE, trace->trace_id, sizeof(trace->trace_id));
	format_hex(text + AT_SPAN, trace->span_id, sizeof(trace->span_id));
	format_hex(text + AT_FLAGS, &trace->flags, 1);
	text[HUB_TRACEPARENT_LEN] = '\0';
}

bool hub_tracestate_carried(struct hub_str text)
{
	for (uint32_t i = 0; i < text.len; i++)
		if (text.data[i] < ' ' || text.data[i] > '~')
			return false;
	return text.len > 0 && text.len <= HUB_TRACESTATE_MAX;
}

void hub_trace_id_text(const struct hub_trace *trace, char text[HUB_TRACE_ID_TEXT])
{
	format_hex(text, trace->trace_id, sizeof(trace->trace_id));
	text[HUB_TRACE_ID_TEXT - 1] = '\0';
}

/* MurmurHash3's last step: each bit of a hash comes to bear on each bit of the id, so that any part of it is as good as chance. */
static uint64_t spread(uint64_t hash)
{
	const int half = 33;
	hash = (hash ^ hash >> half) * UINT64_C(0xff51afd7ed558ccd);
	hash = (hash ^ hash >> half) * UINT64_C(0xc4ceb9fe1a85ec53);
	return hash ^ hash >> half;
}

static void put_hash(uint64_t seed, struct hub_str id, uint8_t *bytes)
{
	uint64_t hash = spread(hub_hash(seed, id));
	/* Zero means "none" in a traceparent. */
	hash = hash ? hash : 1;
	for (uint32_t i = 0; i < sizeof(hash); i++)
		bytes[i] = (uint8_t)(hash >> (8 * i));
}

struct hub_trace hub_trace_child(const struct hub_trace *parent, struct hub_str id)
{
	struct hub_trace child = { .flags = 0 };
	if (parent) {
		child = *parent;
	} else {
		put_hash(HUB_HASH_START, id, child.trace_id);
		put_hash(HUB_HASH_START ^ 1, id, child.trace_id + sizeof(uint64_t));
	}
	put_hash(HUB_HASH_START ^ 2, id, child.span_id);
	return child;
}
