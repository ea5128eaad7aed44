/* The encoder for whatever the straight one of a record leaves (straight.h): a buffer that must grow, and every
 * error with its place. It refuses what the decoder would refuse. Arrays are one block, as Avro C writes them. */
#include "base/check.h"
#include "wire/member.h"
#include "wire/moment.h"
#include "wire/place.h"
#include "wire/record.h"
#include "wire/straight.h"
#include "wire/utf8.h"

/* Writes straight into the buffer's room; the buffer hears of it when more is needed, and at the end. */
struct writer {
	char *at;
	char *end;
	struct hub_buf *out;
	struct hub_error *err; /* never NULL */
};

static void open_room(struct writer *writer)
{
	struct hub_buf *out = writer->out;
	if (!out->data)
		return;
	size_t room = out->room < out->limit ? out->room : out->limit;
	writer->at = out->data + out->len;
	writer->end = out->data + (hub_buf_failed(out) ? out->len : room);
}

static void close_room(struct writer *writer)
{
	if (writer->at)
		writer->out->len = (size_t)(writer->at - writer->out->data);
}

static bool more_room(struct writer *writer, size_t n)
{
	close_room(writer);
	bool ok = hub_buf_reserve(writer->out, n);
	open_room(writer);
	return ok;
}

static inline bool has_room(struct writer *writer, size_t n)
{
	return (size_t)(writer->end - writer->at) >= n || more_room(writer, n);
}

static int fail(struct writer *writer, const char *text)
{
	return hub_error_set(writer->err, HUB_E_INVALID, "", "%s", text);
}

static int fail_limit(struct writer *writer, const char *what, uint64_t have, uint64_t limit)
{
	return hub_error_set(writer->err, HUB_E_INVALID, "", "%s %llu, limit %llu", what,
	        (unsigned long long)have, (unsigned long long)limit);
}

static void write_bytes(struct writer *writer, const void *bytes, size_t n)
{
	if (n == 0 || !has_room(writer, n))
		return;
	memcpy(writer->at, bytes, n);
	writer->at += n;
}

static void write_long(struct writer *writer, int64_t value)
{
	char bytes[HUB_LONG_MAX];
	write_bytes(writer, bytes, (size_t)(hub_put_long_in(bytes, value) - bytes));
}

static void write_byte(struct writer *writer, uint8_t byte)
{
	write_bytes(writer, &byte, 1);
}

static int write_text(struct writer *writer, enum hub_type type, uint32_t limit, struct hub_str text)
{
	if (text.len > limit)
		return fail_limit(
		        writer, type == HUB_TYPE_STRING ? "string of bytes:" : "bytes:", text.len, limit);
	if (type == HUB_TYPE_STRING && !hub_utf8_valid(text))
		return fail(writer, "not UTF-8");
	write_long(writer, text.len);
	write_bytes(writer, text.data, text.len);
	return HUB_OK;
}

static int write_field_long(struct writer *writer, const struct hub_field *field, int64_t value)
{
	if (field->timestamp && !hub_moment_valid(value))
		return fail(writer, "a time outside the years 1 to 9999");
	write_long(writer, value);
	return HUB_OK;
}

static int write_double(struct writer *writer, const char *at)
{
	uint64_t bits;
	memcpy(&bits, at, sizeof(bits));
	if ((bits >> 52 & 0x7ff) == 0x7ff)
		return fail(writer, "not a finite number");
	for (int i = 0; i < 8; i++)
		write_byte(writer, (uint8_t)(bits >> (8 * i)));
	return HUB_OK;
}

static int write_enum(struct writer *writer, const struct hub_enum *enumeration, const char *at)
{
	uint32_t value = hub_member_enum(at);
	if (value >= enumeration->count)
		return fail_limit(writer, "no such symbol:", value, enumeration->count - 1);
	write_long(writer, value);
	return HUB_OK;
}

static int write_record(struct writer *writer, const struct hub_schema *schema, const char *record);

static int write_value(struct writer *writer, const struct hub_field *field, enum hub_type type,
        uint32_t limit, const char *at)
{
	switch (type) {
	case HUB_TYPE_BOOLEAN:
		write_byte(writer, *(const bool *)at);
		return HUB_OK;
	case HUB_TYPE_INT:
		write_long(writer, *(const int32_t *)(const void *)at);
		return HUB_OK;
	case HUB_TYPE_LONG:
		return write_field_long(writer, field, *(const int64_t *)(const void *)at);
	case HUB_TYPE_DOUBLE:
		return write_double(writer, at);
	case HUB_TYPE_STRING:
	case HUB_TYPE_BYTES:
		return write_text(writer, type, limit, *(const struct hub_str *)(const void *)at);
	case HUB_TYPE_ENUM:
		return write_enum(writer, field->enumeration, at);
	case HUB_TYPE_RECORD:
		return write_record(writer, field->schema, at);
	case HUB_TYPE_ARRAY:
		break;
	}
	hub_check(!"arrays of arrays are not in the subset");
	return HUB_E_FATAL;
}

static int write_array(struct writer *writer, const struct hub_field *field, const char *at)
{
	struct hub_any_array array = hub_member_array(at);
	if (array.count > field->limit)
		return fail_limit(writer, "items:", array.count, field->limit);
	if (array.count > 0)
		write_long(writer, array.count);
	for (uint32_t i = 0; i < array.count; i++) {
		int rc = write_value(
		        writer, field, field->item_type, field->item_limit, hub_array_item(field, array, i));
		if (rc)
			return hub_place_item(writer->err, i);
	}
	write_long(writer, 0);
	return HUB_OK;
}

static int write_field(struct writer *writer, const struct hub_field *field, const char *record)
{
	if (field->nullable) {
		bool present = hub_member_present(field, record);
		write_byte(writer, present ? 2 : 0);
		if (!present)
			return HUB_OK;
	}
	if (field->type == HUB_TYPE_ARRAY)
		return write_array(writer, field, record + field->offset);
	return write_value(writer, field, field->type, field->limit, record + field->offset);
}

static int write_fields(
        struct writer *writer, const struct hub_field *fields, uint32_t count, const char *record)
{
	for (uint32_t i = 0; i < count; i++) {
		int rc = write_field(writer, &fields[i], record);
		if (rc)
			return hub_place_field(writer->err, fields[i].name);
	}
	return HUB_OK;
}

static int write_record(struct writer *writer, const struct hub_schema *schema, const char *record)
{
	return write_fields(writer, schema->fields, schema->field_count, record);
}

/* Into the room that the buffer has. False: too little, or a value to be refused. */
static bool write_straight(struct writer *writer, const struct hub_schema *schema, const void *record)
{
	char *behind = schema->put && writer->at ? schema->put(writer->at, writer->end, record) : NULL;
	if (behind)
		writer->at = behind;
	return behind != NULL;
}

/* What both forms end with. */
static int finish(struct writer *writer, const struct hub_schema *schema, size_t before, int rc)
{
	struct hub_buf *out = writer->out;
	close_room(writer);
	if (rc)
		rc = hub_place_field(writer->err, schema->name);
	else if (hub_buf_failed(out))
		rc = hub_error_set(
		        writer->err, HUB_E_TOO_LARGE, schema->name, "more than %zu bytes", out->limit);
	if (rc)
		out->len = before;
	return rc;
}

int hub_record_encode(
        const struct hub_schema *schema, const void *record, struct hub_buf *out, struct hub_error *reterr)
{
	struct hub_error unheard;
	struct writer writer = { .out = out, .err = reterr ? reterr : &unheard };
	size_t before = out->len;
	open_room(&writer);
	int rc = write_straight(&writer, schema, record) ? HUB_OK : write_record(&writer, schema, record);
	return finish(&writer, schema, before, rc);
}

int hub_record_encode_version(const struct hub_schema *schema, const struct hub_version *version,
        const void *record, struct hub_buf *out, struct hub_error *reterr)
{
	struct hub_error unheard;
	struct writer writer = { .out = out, .err = reterr ? reterr : &unheard };
	size_t before = out->len;
	open_room(&writer);
	int rc = write_fields(&writer, version->fields, version->field_count, record);
	return finish(&writer, schema, before, rc);
}
