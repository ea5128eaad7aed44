#include "dashboard-gateway/http/target.h"

#include "wire/utf8.h"

/* Where decoded text goes. */
struct decoding {
	char *at;
	struct hub_error *error;
};

static int hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool decode_escape(struct hub_str raw, uint32_t at, char *ret)
{
	if (raw.len - at < 3)
		return false;
	int high = hex_of(raw.data[at + 1]), low = hex_of(raw.data[at + 2]);
	if (high < 0 || low < 0)
		return false;
	*ret = (char)(high << 4 | low);
	return true;
}

/* One segment, name or value. Decoded text is never longer than it was. */
static int decode(struct decoding *d, struct hub_str raw, bool query, struct hub_str *ret)
{
	char *start = d->at;
	for (uint32_t i = 0; i < raw.len; i++) {
		char c = raw.data[i];
		if (c == '%') {
			if (!decode_escape(raw, i, &c))
				return hub_error_set(d->error, HUB_E_INVALID, "", "an escape is not %%XX");
			i += 2;
		} else if (c == '+' && query) {
			c = ' ';
		}
		if ((unsigned char)c < ' ' || c == 0x7f)
			return hub_error_set(
			        d->error, HUB_E_INVALID, "", "an escape stands for a control character");
		*d->at++ = c;
	}
	*ret = (struct hub_str){ start, (uint32_t)(d->at - start) };
	if (!hub_utf8_valid(*ret))
		return hub_error_set(d->error, HUB_E_INVALID, "", "not UTF-8");
	return HUB_OK;
}

/* The part of raw before the separator; what is behind it stays in raw. False: there was no separator. */
static bool split(struct hub_str *raw, char separator, struct hub_str *ret)
{
	const char *found = raw->len ? memchr(raw->data, separator, raw->len) : NULL;
	*ret = *raw;
	if (!found) {
		*raw = (struct hub_str){ NULL, 0 };
		return false;
	}
	ret->len = (uint32_t)(found - raw->data);
	*raw = (struct hub_str){ found + 1, raw->len - ret->len - 1 };
	return true;
}

static bool segment_allowed(struct hub_str segment)
{
	return segment.len && !hub_str_is(segment, ".") && !hub_str_is(segment, "..") &&
	       !memchr(segment.data, '/', segment.len) && !memchr(segment.data, '\\', segment.len);
}

static int take_path(struct decoding *d, struct hub_str rest, struct gateway_target *target)
{
	struct hub_str raw;
	rest = (struct hub_str){ rest.data + 1, rest.len - 1 };
	while (rest.len) {
		struct hub_str *segment = &target->segments[target->segment_count];
		if (target->segment_count == GATEWAY_SEGMENTS)
			return hub_error_set(d->error, HUB_E_TOO_LARGE, "", "the path is too deep");
		bool more = split(&rest, '/', &raw);
		int code = decode(d, raw, false, segment);
		if (code)
			return code;
		if (!segment_allowed(*segment) || (more && !rest.len))
			return hub_error_set(
			        d->error, HUB_E_INVALID, "", "the path is not in its plain form");
		target->segment_count++;
	}
	return HUB_OK;
}

static int take_param(struct decoding *d, struct hub_str raw, struct gateway_target *target)
{
	struct gateway_param *param = &target->params[target->param_count];
	struct hub_str name;
	if (target->param_count == GATEWAY_PARAMS)
		return hub_error_set(d->error, HUB_E_TOO_LARGE, "", "too many parameters");
	split(&raw, '=', &name);
	int code = decode(d, name, true, &param->name);
	if (!code)
		code = decode(d, raw, true, &param->value);
	if (code)
		return code;
	target->param_count++;
	return HUB_OK;
}

static int take_query(struct decoding *d, struct hub_str rest, struct gateway_target *target)
{
	struct hub_str raw;
	while (rest.len) {
		split(&rest, '&', &raw);
		int code = raw.len ? take_param(d, raw, target) : HUB_OK;
		if (code)
			return code;
	}
	return HUB_OK;
}

int gateway_target_parse(struct hub_str raw, struct gateway_target *ret, struct hub_error *reterr)
{
	struct decoding d = { ret->text, reterr };
	ret->segment_count = 0;
	ret->param_count = 0;
	if (raw.len > GATEWAY_TARGET_MAX)
		return hub_error_set(reterr, HUB_E_TOO_LARGE, "", "longer than %d bytes", GATEWAY_TARGET_MAX);
	if (!raw.len || raw.data[0] != '/')
		return hub_error_set(reterr, HUB_E_INVALID, "", "a target begins with \"/\"");
	for (uint32_t i = 0; i < raw.len; i++)
		if (raw.data[i] <= ' ' || raw.data[i] > '~' || raw.data[i] == '#')
			return hub_error_set(
			        reterr, HUB_E_INVALID, "", "a byte that has no place in a target");
	split(&raw, '?', &ret->path);
	int code = take_path(&d, ret->path, ret);
	return code ? code : take_query(&d, raw, ret);
}

struct hub_str gateway_target_param(const struct gateway_target *target, const char *name)
{
	for (uint32_t i = 0; i < target->param_count; i++)
		if (hub_str_is(target->params[i].name, name))
			return target->params[i].value;
	return (struct hub_str){ NULL, 0 };
}

static bool unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~", c));
}

void gateway_target_escape(struct hub_str text, struct hub_buf *out)
{
	static const char digits[] = "0123456789ABCDEF";
	for (uint32_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		if (unreserved((char)c)) {
			hub_buf_byte(out, c);
			continue;
		}
		hub_buf_byte(out, '%');
		hub_buf_byte(out, (uint8_t)digits[c >> 4]);
		hub_buf_byte(out, (uint8_t)digits[c & 15]);
	}
}
