#include "kafka/pool.h"

#include "kafka/conf.h"

#include <stdlib.h>
#include <string.h>

/* Those that nobody has at the moment. */
struct hub_kafka_pool {
	struct hub_kafka_property group;
	struct hub_kafka_handle *query, *reader;
};

static void on_error(rd_kafka_t *rk, int err, const char *reason, void *user)
{
	struct hub_kafka_handle *handle = user;
	(void)rk;
	hub_kafka_hear(&handle->logger, err, reason);
	if (handle->hears)
		handle->hears(handle->user, err, reason);
}

/* Where such a handle is kept; NULL: it is not. */
static struct hub_kafka_handle **home_of(enum hub_kafka_role role, struct hub_kafka_pool *pool,
        const struct hub_kafka_property *own, uint32_t own_count)
{
	bool any = own_count == 0;
	if (!pool)
		return NULL;
	if (role == HUB_KAFKA_QUERY && own_count == 1)
		any = strcmp(own->name, pool->group.name) == 0 && strcmp(own->value, pool->group.value) == 0;
	return !any ? NULL : role == HUB_KAFKA_QUERY ? &pool->query : &pool->reader;
}

static void free_handle(struct hub_kafka_handle *handle)
{
	if (handle && handle->rk)
		rd_kafka_destroy(handle->rk);
	free(handle);
}

static int make_handle(enum hub_kafka_role role, const struct hub_kafka_properties *properties,
        const struct hub_kafka_property *own, uint32_t own_count, struct hub_kafka_handle *ret,
        struct hub_error *reterr)
{
	rd_kafka_conf_t *conf;
	int code = hub_kafka_conf_new(role, properties, own, own_count, &conf, reterr);
	if (code)
		return code;
	hub_kafka_conf_opaque(conf, &ret->logger);
	rd_kafka_conf_set_error_cb(conf, on_error);
	return hub_kafka_handle_new(role, conf, &ret->rk, reterr);
}

int hub_kafka_borrow(enum hub_kafka_role role, const struct hub_kafka_properties *properties,
        const struct hub_kafka_property *own, uint32_t own_count, struct hub_kafka_handle **ret,
        struct hub_error *reterr)
{
	struct hub_kafka_pool *pool = properties->pool;
	struct hub_kafka_handle **home = home_of(role, pool, own, own_count), *handle;
	if (home && *home) {
		*ret = *home;
		*home = NULL;
		return HUB_OK;
	}
	if (home && role == HUB_KAFKA_QUERY) {
		own = &pool->group;
		own_count = 1;
	}
	handle = calloc(1, sizeof(*handle));
	if (!handle)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
	handle->home = home;
	int code = make_handle(role, properties, own, own_count, handle, reterr);
	if (code)
		free_handle(handle);
	else
		*ret = handle;
	return code;
}

void hub_kafka_give_back(struct hub_kafka_handle *handle)
{
	handle->hears = NULL;
	if (handle->home && !*handle->home)
		*handle->home = handle;
	else
		free_handle(handle);
}

struct hub_kafka_pool *hub_kafka_pool_new(const char *group)
{
	struct hub_kafka_pool *pool = calloc(1, sizeof(*pool));
	if (pool)
		pool->group = (struct hub_kafka_property){ "group.id", group };
	return pool;
}

void hub_kafka_pool_free(struct hub_kafka_pool *pool)
{
	if (!pool)
		return;
	free_handle(pool->query);
	free_handle(pool->reader);
	free(pool);
}
