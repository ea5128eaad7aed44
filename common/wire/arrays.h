/* Arrays of plain items in records; those of records and enums stand beside their type in records/<snake>.h.
 */
#ifndef HUB_WIRE_ARRAYS_H
#define HUB_WIRE_ARRAYS_H

#include "base/str.h"

struct hub_str_array {
	struct hub_str *items;
	uint32_t count;
};

struct hub_int_array {
	int32_t *items;
	uint32_t count;
};

struct hub_long_array {
	int64_t *items;
	uint32_t count;
};

struct hub_double_array {
	double *items;
	uint32_t count;
};

#endif
