/* A record's header: name and bytes. */
#ifndef HUB_WIRE_HEADER_H
#define HUB_WIRE_HEADER_H

#include "base/str.h"

struct hub_header {
	struct hub_str name;
	struct hub_str value;
};

/* The value of the last one of its name: what Kafka's clients read, and behind whatever a sender put there. Empty: there is none. */
static inline struct hub_str hub_header_last(
        const struct hub_header *headers, uint32_t count, struct hub_str name)
{
	for (uint32_t i = count; i > 0; i--)
		if (hub_str_eq(headers[i - 1].name, name))
			return headers[i - 1].value;
	return (struct hub_str){ NULL, 0 };
}

#endif
