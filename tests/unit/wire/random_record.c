#include "random_record.h"

#include "base/check.h"
#include "wire/member.h"
#include "wire/moment.h"

uint64_t random_next(struct random_source *source)
{
	/* splitmix64 */
	uint64_t z = source->state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint32_t random_below(struct random_source *source, uint32_t n)
{
	return (uint32_t)(random_next(source) % n);
}

static uint32_t random_length(struct random_source *source, uint32_t limit, uint32_t usual)
{
	if (random_below(source, 256) == 0)
		return limit;
	return random_below(source, (usual < limit ? usual : limit) + 1);
}

static int64_t random_number(struct random_source *source)
{
	switch (random_below(source, 8)) {
	case 0:
		return INT64_MAX;
	case 1:
		return INT64_MIN;
	case 2:
		return 0;
	default:
		return (int64_t)random_next(source) >> random_below(source, 64);
	}
}

static int64_t random_moment(struct random_source *source)
{
	switch (random_below(source, 16)) {
	case 0:
		return HUB_TIME_FIRST_MS;
	case 1:
		return HUB_TIME_LAST_MS;
	case 2:
		return 0;
	default:
		return (int64_t)(random_next(source) % (uint64_t)(HUB_TIME_LAST_MS - HUB_TIME_FIRST_MS)) +
		       HUB_TIME_FIRST_MS;
	}
}

static double random_double(struct random_source *source)
{
	uint64_t bits = random_next(source);
	if ((bits >> 52 & 0x7ff) == 0x7ff)
		bits &= ~(UINT64_C(1) << 62);
	double value;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static struct hub_str random_bytes(struct random_source *source, struct hub_arena *arena, uint32_t len)
{
	char *data = hub_arena_alloc(arena, len + 1);
	hub_check(data);
	for (uint32_t i = 0; i < len; i++)
		data[i] = (char)random_next(source);
	return (struct hub_str){ data, len };
}

static struct hub_str random_text(struct random_source *source, struct hub_arena *arena, uint32_t len)
{
	static const char *const pieces[] = { "\xc3\xa9", "\xe5\x8c\xbb", "\xe8\xbd\xac", "\xf0\x9f\x9a\x91",
		"\xef\xbf\xbd" };
	char *data = hub_arena_alloc(arena, len + 1);
	hub_check(data);
	uint32_t at = 0;
	while (at < len) {
		const char *piece = pieces[random_below(source, sizeof(pieces) / sizeof(pieces[0]))];
		uint32_t n = (uint32_t)strlen(piece);
		if (random_below(source, 4) == 0 && n <= len - at)
			memcpy(data + at, piece, n);
		else
			data[at + (n = 1) - 1] = (char)(1 + random_below(source, 127));
		at += n;
	}
	return (struct hub_str){ data, len };
}

static void random_value(struct random_source *source, const struct hub_field *field, enum hub_type type,
        uint32_t limit, struct hub_arena *arena, void *at)
{
	uint32_t symbol;
	switch (type) {
	case HUB_TYPE_BOOLEAN:
		*(bool *)at = random_below(source, 2) == 1;
		break;
	case HUB_TYPE_INT:
		*(int32_t *)at = (int32_t)random_number(source);
		break;
	case HUB_TYPE_LONG:
		*(int64_t *)at = field->timestamp ? random_moment(source) : random_number(source);
		break;
	case HUB_TYPE_DOUBLE:
		*(double *)at = random_double(source);
		break;
	case HUB_TYPE_STRING:
		*(struct hub_str *)at = random_text(source, arena, random_length(source, limit, 20));
		break;
	case HUB_TYPE_BYTES:
		*(struct hub_str *)at = random_bytes(source, arena, random_length(source, limit, 20));
		break;
	case HUB_TYPE_ENUM:
		symbol = random_below(source, field->enumeration->count);
		memcpy(at, &symbol, sizeof(symbol));
		break;
	case HUB_TYPE_RECORD:
		random_record(source, field->schema, arena, at);
		break;
	case HUB_TYPE_ARRAY:
		hub_check(!"arrays of arrays are not in the subset");
	}
}

static void random_array(
        struct random_source *source, const struct hub_field *field, struct hub_arena *arena, void *at)
{
	uint32_t count = random_length(source, field->limit < 300 ? field->limit : 300, 3);
	struct hub_any_array array = {
		count ? hub_arena_alloc(arena, (size_t)count * field->item_size) : NULL, count
	};
	hub_check(count == 0 || array.items);
	for (uint32_t i = 0; i < count; i++)
		random_value(source, field, field->item_type, field->item_limit, arena,
		        (char *)array.items + (size_t)i * field->item_size);
	memcpy(at, &array, sizeof(array));
}

void random_record(
        struct random_source *source, const struct hub_schema *schema, struct hub_arena *arena, void *record)
{
	memset(record, 0, schema->size);
	for (uint32_t i = 0; i < schema->field_count; i++) {
		const struct hub_field *field = &schema->fields[i];
		char *at = (char *)record + field->offset;
		if (field->nullable) {
			bool has = random_below(source, 2) == 1;
			*(bool *)((char *)record + field->has_offset) = has;
			if (!has)
				continue;
		}
		if (field->type == HUB_TYPE_ARRAY)
			random_array(source, field, arena, at);
		else
			random_value(source, field, field->type, field->limit, arena, at);
	}
}
