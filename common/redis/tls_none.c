/* hiredis without TLS (before 1.0). */
#include "redis/tls.h"

#include <stddef.h>

int hub_redis_tls_new(
        const char *ca_file, const char *host, struct hub_redis_tls **ret, struct hub_error *reterr)
{
	(void)ca_file, (void)host, (void)ret;
	return hub_error_set(reterr, HUB_E_INVALID, "redis",
	        "redis.tls: this program was built with a hiredis that has no TLS (hiredis_ssl, from 1.0 "
	        "on)");
}

void hub_redis_tls_free(struct hub_redis_tls *tls)
{
	(void)tls;
}

int hub_redis_tls_start(struct hub_redis_tls *tls, struct redisContext *connection, struct hub_error *reterr)
{
	(void)tls, (void)connection;
	return hub_error_set(reterr, HUB_E_INVALID, "redis", "no TLS in this build");
}

const char *hub_redis_tls_refusal(const struct hub_redis_tls *tls)
{
	(void)tls;
	return NULL;
}
