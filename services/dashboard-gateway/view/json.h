/* JSON (RFC 8259) appended to a buffer. name NULL: an element of an array, or the whole value; otherwise a member. Commas are
 * its matter. Text that is not UTF-8 shows U+FFFD; '<' is escaped, so that no text can open a tag anywhere. */
#ifndef DASHBOARD_GATEWAY_VIEW_JSON_H
#define DASHBOARD_GATEWAY_VIEW_JSON_H

#include "base/buf.h"
#include "wire/arrays.h"

struct gateway_json {
	struct hub_buf *out;
	bool comma; /* something stands before, at this depth */
};

static inline struct gateway_json gateway_json(struct hub_buf *out)
{
	return (struct gateway_json){ .out = out };
}

void gateway_json_object(struct gateway_json *json, const char *name);
void gateway_json_array(struct gateway_json *json, const char *name);
void gateway_json_end_object(struct gateway_json *json);
void gateway_json_end_array(struct gateway_json *json);

void gateway_json_null(struct gateway_json *json, const char *name);
void gateway_json_bool(struct gateway_json *json, const char *name, bool value);
void gateway_json_int(struct gateway_json *json, const char *name, int64_t value);
/* null when it is empty. */
void gateway_json_str(struct gateway_json *json, const char *name, struct hub_str value);
/* "" when it is empty. */
void gateway_json_text(struct gateway_json *json, const char *name, struct hub_str value);
void gateway_json_strs(struct gateway_json *json, const char *name, const struct hub_str_array *values);
/* RFC 3339 in Asia/Shanghai, with milliseconds where there are any; null when it is GATEWAY_NO_TIME. */
void gateway_json_time(struct gateway_json *json, const char *name, int64_t at_ms);

#endif
