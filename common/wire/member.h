/* Members of a record's struct, reached through its table: for the codec, comparison, JSON and printing. */
#ifndef HUB_WIRE_MEMBER_H
#define HUB_WIRE_MEMBER_H

#include "wire/schema.h"

#include <string.h>

/* What every struct hub_<t>_array looks like. */
struct hub_any_array {
	void *items;
	uint32_t count;
};

static inline struct hub_any_array hub_member_array(const void *at)
{
	struct hub_any_array array;
	memcpy(&array, at, sizeof(array));
	return array;
}

static inline const void *hub_array_item(
        const struct hub_field *field, struct hub_any_array array, uint32_t index)
{
	return (const char *)array.items + (size_t)index * field->item_size;
}

static inline const void *hub_member_at(const struct hub_field *field, const void *record)
{
	return (const char *)record + field->offset;
}

/* False: a nullable that is null. */
static inline bool hub_member_present(const struct hub_field *field, const void *record)
{
	return !field->nullable || *(const bool *)((const char *)record + field->has_offset);
}

/* An enum's number: it has four bytes, but no int type that the compiler would let us alias. */
static inline uint32_t hub_member_enum(const void *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof(value));
	return value;
}

static inline struct hub_str hub_member_str(const void *at)
{
	return *(const struct hub_str *)at;
}

#endif
