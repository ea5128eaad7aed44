/* A changelog as a restart folds it: records (key, value), then what the table makes of them. Nobody but the daemon
 * writes there; a damaged or foreign record still must not be more than an error. */
#include "take.h"

#include "base/check.h"
#include "referral-router/referral_core.h"
#include "runtime/position.h"

enum { RECORDS_MAX = 64, INPUTS = 2 };

static void fold(struct hub_table *table, struct hub_str key, struct hub_str value)
{
	struct hub_error error;
	int code = hub_table_fold(table, key, value, &error);
	hub_check(code == HUB_OK || code == HUB_E_INVALID || code == HUB_E_NOT_FOUND);
}

static void position(const struct hub_topics *topics, struct hub_str value, bool empty)
{
	struct hub_position position;
	struct hub_committed committed[HUB_INPUTS_MAX] = { { HUB_OFFSET_NONE, -1 }, { HUB_OFFSET_NONE, -1 } };
	struct hub_error error;
	struct hub_buf again;
	if (hub_position_decode(value, topics, &position, &error) != HUB_OK)
		return;
	(void)hub_position_check(&position, true, empty, committed, topics, &error);
	hub_buf_init(&again, 1 << 16);
	hub_position_encode(&position, topics, &again);
	hub_check(hub_position_decode(hub_buf_slice(&again), topics, &position, &error) == HUB_OK);
	hub_buf_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	struct hub_table *table = hub_table_new(referral_router_core.table);
	struct hub_topics topics;
	struct hub_timer timer;
	struct hub_str key, value;
	hub_topics_init(&topics, &referral_router_core, "");
	for (int i = 0; bytes.left && i < RECORDS_MAX; i++) {
		key = take_text(&bytes);
		value = take_text(&bytes);
		if (hub_str_eq(key, HUB_POSITION_KEY))
			position(&topics, value, hub_table_count(table) == 0);
		else
			fold(table, key, value);
	}
	size_t count = 0;
	for (size_t at = 0; hub_table_each(table, &at, &key, &value);)
		count++;
	hub_check(count == hub_table_count(table));
	(void)hub_table_first_timer(table, &timer);
	hub_table_free(table);
	hub_topics_done(&topics);
	return 0;
}
