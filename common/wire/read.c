/* The decoder for whatever the straight one of a record leaves (straight.h): other forms of the same value, earlier
 * versions, and every error with its place. Memory is bounded before it is taken: a string borrows from the input, an array's count is
 * held to its schema's limit and to the bytes that are left (every item takes at least one). Depth is the
 * schema's, which has no recursion. On a failure the path of the field grows on the way up. */
#include "base/check.h"
#include "wire/member.h"
#include "wire/moment.h"
#include "wire/place.h"
#include "wire/record.h"
#include "wire/straight.h"
#include "wire/utf8.h"

struct reader {
	const unsigned char *at;
	const unsigned char *end;
	struct hub_arena *arena;
	struct hub_error *err; /* never NULL */
};

static int fail(struct reader *reader, const char *text)
{
	return hub_error_set(reader->err, HUB_E_INVALID, "", "%s", text);
}

static int fail_limit(struct reader *reader, const char *what, int64_t have, uint64_t limit)
{
	return hub_error_set(reader->err, HUB_E_INVALID, "", "%s %lld, limit %llu", what, (long long)have,
	        (unsigned long long)limit);
}

static inline uint32_t left(const struct reader *reader)
{
	return (uint32_t)(reader->end - reader->at);
}

static int read_long_slowly(struct reader *reader, int64_t *ret)
{
	unsigned char bytes[HUB_LONG_MAX] = { 0 };
	uint32_t n = left(reader) < HUB_LONG_MAX ? left(reader) : HUB_LONG_MAX;
	if (n > 0)
		memcpy(bytes, reader->at, n);
	const unsigned char *behind = hub_get_long_in(bytes, ret);
	if (!behind)
		return fail(reader, "a number of more than 64 bits");
	if (behind - bytes > n)
		return fail(reader, "the bytes end within a number");
	reader->at += behind - bytes;
	return HUB_OK;
}

static inline int read_long(struct reader *reader, int64_t *ret)
{
	const unsigned char *behind = left(reader) < HUB_LONG_MAX ? NULL : hub_get_long_in(reader->at, ret);
	if (!behind)
		return read_long_slowly(reader, ret);
	reader->at = behind;
	return HUB_OK;
}

static int read_field_long(struct reader *reader, const struct hub_field *field, int64_t *ret)
{
	int rc = read_long(reader, ret);
	if (!rc && field->timestamp && !hub_moment_valid(*ret))
		return fail(reader, "a time outside the years 1 to 9999");
	return rc;
}

static int read_text(struct reader *reader, enum hub_type type, uint32_t limit, struct hub_str *ret)
{
	int64_t len;
	int rc = read_long(reader, &len);
	if (rc)
		return rc;
	if (len < 0 || len > limit)
		return fail_limit(
		        reader, type == HUB_TYPE_STRING ? "string of bytes:" : "bytes:", len, limit);
	if (len > left(reader))
		return fail(reader, "the bytes end within a string");
	*ret = (struct hub_str){ len ? (const char *)reader->at : NULL, (uint32_t)len };
	reader->at += len;
	if (type == HUB_TYPE_STRING && !hub_utf8_valid(*ret))
		return fail(reader, "not UTF-8");
	return HUB_OK;
}

static int read_double(struct reader *reader, double *ret)
{
	uint64_t bits = 0;
	if (left(reader) < sizeof(bits))
		return fail(reader, "the bytes end within a number");
	for (int i = 0; i < 8; i++)
		bits |= (uint64_t)reader->at[i] << (8 * i);
	reader->at += sizeof(bits);
	memcpy(ret, &bits, sizeof(bits));
	if ((bits >> 52 & 0x7ff) == 0x7ff)
		return fail(reader, "not a finite number");
	return HUB_OK;
}

static int read_bool(struct reader *reader, bool *ret)
{
	if (reader->at == reader->end)
		return fail(reader, "the bytes end before a boolean");
	unsigned char byte = *reader->at++;
	if (byte > 1)
		return fail(reader, "a boolean is 0 or 1");
	*ret = byte == 1;
	return HUB_OK;
}

static int read_int(struct reader *reader, int32_t *ret)
{
	int64_t value;
	int rc = read_long(reader, &value);
	if (rc)
		return rc;
	if (value != (int32_t)value)
		return fail(reader, "an int of more than 32 bits");
	*ret = (int32_t)value;
	return HUB_OK;
}

static int read_enum(struct reader *reader, const struct hub_enum *enumeration, uint32_t *ret)
{
	int64_t value;
	int rc = read_long(reader, &value);
	if (rc)
		return rc;
	if (value < 0 || value >= enumeration->count)
		return fail_limit(reader, "no such symbol:", value, enumeration->count - 1);
	*ret = (uint32_t)value;
	return HUB_OK;
}

static int read_record(struct reader *reader, const struct hub_field *fields, uint32_t count, char *to);

static int read_nested(struct reader *reader, const struct hub_schema *schema, char *to)
{
	const struct hub_schema *today = schema->today ? schema->today : schema;
	if (to && today->defaults)
		memcpy(to, today->defaults, today->size);
	return read_record(reader, schema->fields, schema->field_count, to);
}

/* One value that is neither nullable nor an array. to NULL: read and forget. */
static int read_value(
        struct reader *reader, const struct hub_field *field, enum hub_type type, uint32_t limit, char *to)
{
	union {
		bool boolean;
		int32_t number;
		int64_t large;
		double real;
		struct hub_str text;
		uint32_t symbol;
	} forgotten;
	void *at = to ? (void *)to : &forgotten;
	switch (type) {
	case HUB_TYPE_BOOLEAN:
		return read_bool(reader, at);
	case HUB_TYPE_INT:
		return read_int(reader, at);
	case HUB_TYPE_LONG:
		return read_field_long(reader, field, at);
	case HUB_TYPE_DOUBLE:
		return read_double(reader, at);
	case HUB_TYPE_STRING:
	case HUB_TYPE_BYTES:
		return read_text(reader, type, limit, at);
	case HUB_TYPE_ENUM:
		return read_enum(reader, field->enumeration, at);
	case HUB_TYPE_RECORD:
		return read_nested(reader, field->schema, to);
	case HUB_TYPE_ARRAY:
		break;
	}
	hub_check(!"arrays of arrays are not in the subset");
	return HUB_E_FATAL;
}

/* Room for count items in all; the array may grow once for each block. */
static int grow(struct reader *reader, const struct hub_field *field, struct hub_any_array *array,
        uint32_t *room, uint32_t count)
{
	if (count <= *room)
		return HUB_OK;
	uint32_t want = *room == 0 || count > *room * 2 ? count : *room * 2;
	if (want > field->limit)
		want = field->limit;
	char *items = hub_arena_alloc(reader->arena, (size_t)want * field->item_size);
	if (!items)
		return hub_error_set(reader->err, HUB_E_INVALID, "", "more memory than a batch may take");
	if (array->count)
		memcpy(items, array->items, (size_t)array->count * field->item_size);
	array->items = items;
	*room = want;
	return HUB_OK;
}

static int read_items(struct reader *reader, const struct hub_field *field, struct hub_any_array *array,
        uint32_t count, bool keep)
{
	for (uint32_t i = 0; i < count; i++) {
		char *to = keep ? (char *)array->items + (size_t)array->count * field->item_size : NULL;
		int rc = read_value(reader, field, field->item_type, field->item_limit, to);
		if (rc)
			return hub_place_item(reader->err, array->count);
		array->count++;
	}
	return HUB_OK;
}

/* The count of one block, and its size in bytes when it says so (a negative count), else -1. */
static int read_block(struct reader *reader, int64_t *ret_count, int64_t *ret_size)
{
	int rc = read_long(reader, ret_count);
	*ret_size = -1;
	if (rc || *ret_count >= 0)
		return rc;
	if (*ret_count == INT64_MIN)
		return fail(reader, "no such count");
	*ret_count = -*ret_count;
	rc = read_long(reader, ret_size);
	if (!rc && (*ret_size < 0 || *ret_size > left(reader)))
		return fail(reader, "a block longer than the bytes");
	return rc;
}

static int read_array(struct reader *reader, const struct hub_field *field, char *to)
{
	struct hub_any_array array = { 0 };
	uint32_t room = 0;
	for (;;) {
		int64_t count;
		int64_t size;
		int rc = read_block(reader, &count, &size);
		if (rc)
			return rc;
		if (count == 0)
			break;
		if (count > (int64_t)field->limit - array.count)
			return fail_limit(reader, "items:", count > INT32_MAX ? count : count + array.count,
			        field->limit);
		if (count > left(reader))
			return fail(reader, "the bytes end within an array");
		const unsigned char *begin = reader->at;
		if (to)
			rc = grow(reader, field, &array, &room, array.count + (uint32_t)count);
		if (!rc)
			rc = read_items(reader, field, &array, (uint32_t)count, to != NULL);
		if (rc)
			return rc;
		if (size >= 0 && reader->at - begin != size)
			return fail(reader, "a block of another size than it says");
	}
	if (to)
		memcpy(to, &array, sizeof(array));
	return HUB_OK;
}

static int read_field(struct reader *reader, const struct hub_field *field, char *record)
{
	char *to = record && field->offset != UINT32_MAX ? record + field->offset : NULL;
	if (field->nullable) {
		int64_t branch;
		int rc = read_long(reader, &branch);
		if (rc)
			return rc;
		if (branch != 0 && branch != 1)
			return fail_limit(reader, "no such branch:", branch, 1);
		if (to)
			*(bool *)(record + field->has_offset) = branch == 1;
		if (branch == 0)
			return HUB_OK;
	}
	if (field->type == HUB_TYPE_ARRAY)
		return read_array(reader, field, to);
	return read_value(reader, field, field->type, field->limit, to);
}

static int read_record(struct reader *reader, const struct hub_field *fields, uint32_t count, char *to)
{
	for (uint32_t i = 0; i < count; i++) {
		int rc = read_field(reader, &fields[i], to);
		if (rc)
			return hub_place_field(reader->err, fields[i].name);
	}
	return HUB_OK;
}

static void clear(const struct hub_schema *schema, void *record)
{
	if (schema->defaults)
		memcpy(record, schema->defaults, schema->size);
	else
		memset(record, 0, schema->size);
}

static int read_body(const struct hub_schema *schema, const struct hub_field *fields, uint32_t count,
        struct hub_str bytes, struct hub_arena *arena, void *ret, struct hub_error *reterr)
{
	struct hub_error unheard;
	const unsigned char *begin = (const unsigned char *)bytes.data;
	struct reader reader = { begin, bytes.len ? begin + bytes.len : begin, arena,
		reterr ? reterr : &unheard };
	clear(schema, ret);
	int rc = read_record(&reader, fields, count, ret);
	if (!rc && reader.at != reader.end)
		rc = fail(&reader, "bytes behind the record's end");
	return rc ? hub_place_field(reader.err, schema->name) : HUB_OK;
}

int hub_record_decode(const struct hub_schema *schema, struct hub_str bytes, struct hub_arena *arena,
        void *ret, struct hub_error *reterr)
{
	const unsigned char *begin = (const unsigned char *)bytes.data;
	if (schema->get && bytes.len) {
		clear(schema, ret);
		if (schema->get(begin, begin + bytes.len, ret, arena) == begin + bytes.len)
			return HUB_OK;
	}
	return read_body(schema, schema->fields, schema->field_count, bytes, arena, ret, reterr);
}

int hub_record_decode_version(const struct hub_schema *schema, const struct hub_version *version,
        struct hub_str bytes, struct hub_arena *arena, void *ret, struct hub_error *reterr)
{
	return read_body(schema, version->fields, version->field_count, bytes, arena, ret, reterr);
}
