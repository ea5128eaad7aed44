/* The three forms of a Redis address. Internal to common/redis. */
#ifndef HUB_REDIS_ADDRESS_H
#define HUB_REDIS_ADDRESS_H

#include "base/error.h"

struct hub_redis_address {
	char host[256]; /* "" when a path is given */
	int port;
	char path[108]; /* of a socket; as long as sockaddr_un allows */
};

/* HUB_E_INVALID says what was expected. */
int hub_redis_address_parse(const char *text, struct hub_redis_address *ret, struct hub_error *reterr);

#endif
