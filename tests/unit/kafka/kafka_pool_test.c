/* Handles that several questions share. */
#include "kafka/conf.h"
#include "kafka/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct hub_kafka_handle *borrow(enum hub_kafka_role role,
        const struct hub_kafka_properties *properties, const struct hub_kafka_property *own)
{
	struct hub_kafka_handle *handle;
	struct hub_error error;
	assert_int_equal(hub_kafka_borrow(role, properties, own, own != NULL, &handle, &error), HUB_OK);
	return handle;
}

/* One of each kind, of which nobody has two at once, and only to those whom it suits. */
static void a_handle_is_used_again(void **state)
{
	(void)state;
	const struct hub_kafka_property items[] = { { "bootstrap.servers", "127.0.0.1:1" } };
	const struct hub_kafka_property mine = { "group.id", "mine" }, other = { "group.id", "other" };
	const struct hub_kafka_property uncommitted = { "isolation.level", "read_uncommitted" };
	const struct hub_kafka_properties user = { items, 1, .pool = hub_kafka_pool_new("mine") };
	struct hub_kafka_handle *query = borrow(HUB_KAFKA_QUERY, &user, NULL);
	struct hub_kafka_handle *reader = borrow(HUB_KAFKA_READER, &user, NULL);
	struct hub_kafka_handle *second = borrow(HUB_KAFKA_QUERY, &user, &mine);
	assert_ptr_not_equal(second, query);
	hub_kafka_give_back(query);
	hub_kafka_give_back(second);
	hub_kafka_give_back(reader);
	assert_ptr_equal(borrow(HUB_KAFKA_QUERY, &user, &mine), query);
	hub_kafka_give_back(query);
	assert_ptr_equal(borrow(HUB_KAFKA_READER, &user, NULL), reader);
	hub_kafka_give_back(reader);
	second = borrow(HUB_KAFKA_QUERY, &user, &other);
	assert_ptr_not_equal(second, query);
	hub_kafka_give_back(second);
	second = borrow(HUB_KAFKA_READER, &user, &uncommitted);
	assert_ptr_not_equal(second, reader);
	hub_kafka_give_back(second);
	hub_kafka_pool_free(user.pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handle_is_used_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
