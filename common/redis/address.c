#include "redis/address.h"

#include "redis/redis.h"

#include <stdlib.h>
#include <string.h>

static int refuse(const char *text, struct hub_error *reterr)
{
	return hub_error_set(
	        reterr, HUB_E_INVALID, "", "\"%s\" is not host:port, [address]:port or unix:/path", text);
}

static int parse_port(const char *digits, int *ret)
{
	char *end;
	long port = strtol(digits, &end, 10);
	if (end == digits || *end || port < 1 || port > 65535)
		return -1;
	*ret = (int)port;
	return 0;
}

int hub_redis_address_parse(const char *text, struct hub_redis_address *ret, struct hub_error *reterr)
{
	struct hub_redis_address address = { .port = 0 };
	if (strncmp(text, "unix:", 5) == 0) {
		if (text[5] != '/' || strlen(text + 5) >= sizeof(address.path))
			return refuse(text, reterr);
		memcpy(address.path, text + 5, strlen(text + 5) + 1);
		*ret = address;
		return HUB_OK;
	}
	const char *colon = strrchr(text, ':');
	if (!colon || colon == text || parse_port(colon + 1, &address.port) != 0)
		return refuse(text, reterr);
	const char *host = text;
	size_t len = (size_t)(colon - text);
	if (host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	} else if (memchr(host, ':', len)) {
		return refuse(text, reterr); /* a bare IPv6 address: where does its port begin? */
	}
	if (len == 0 || len >= sizeof(address.host))
		return refuse(text, reterr);
	memcpy(address.host, host, len);
	*ret = address;
	return HUB_OK;
}

int hub_redis_address_check(const char *address, struct hub_error *reterr)
{
	struct hub_redis_address ignored;
	return hub_redis_address_parse(address, &ignored, reterr);
}
