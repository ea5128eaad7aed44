/* A record's header: name and bytes. */
#ifndef HUB_WIRE_HEADER_H
#define HUB_WIRE_HEADER_H

#include "base/str.h"

struct hub_header {
	struct hub_str name;
	struct hub_str value;
};

#endif
