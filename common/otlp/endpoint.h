/* Where spans go: http://host[:port][/path]. */
#ifndef HUB_OTLP_ENDPOINT_H
#define HUB_OTLP_ENDPOINT_H

#include "base/error.h"

#include <stdint.h>

struct hub_otlp_endpoint {
	char host[256];      /* without the brackets of an IPv6 address */
	char authority[300]; /* for the header Host */
	uint16_t port;       /* 4318 where none is named */
	char path[512];      /* .../v1/traces */
};

/* HUB_E_INVALID: another scheme (a collector beside the hub speaks TLS to the world), a user, a query. */
int hub_otlp_endpoint_parse(const char *text, struct hub_otlp_endpoint *ret, struct hub_error *reterr);

/* For the table of options: "" is right, too. */
int hub_otlp_endpoint_check(const char *text, struct hub_error *reterr);

#endif
