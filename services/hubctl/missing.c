/* hubctl missing: the referrals of which Redis knows more than the state topic. After a restore from a back-up, before a daemon
 * starts, Redis still is as it was when Kafka's volume was lost: what differs is what the back-up lacks. */
#include "base/map.h"
#include "hubctl/commands.h"
#include "hubctl/state.h"
#include "redis/redis.h"
#include "referral-router/referral_core.h"
#include "runtime/sink.h"

#include <stdlib.h>

enum { LIST_MAX = 1000 * 1000, LIST = 100, PAGE_BYTES = 64 << 20 };

struct missing {
	struct hubctl *hubctl;
	const struct hubctl_state_entry *entries; /* of referrals, by key */
	uint32_t entry_count;
	struct hub_map *seen; /* SCAN may name a key twice */
	struct hub_store_sink sink;
	struct hub_arena *page;
	struct hubctl_grid *grid;
	json_t *list;
	int64_t limit;
	uint32_t known, gone, older;
};

static bool is_referral(void *user, struct hub_str key)
{
	(void)user;
	return hub_str_starts_with(key, HUB_STR("referral:"));
}

static int by_key(const void *key, const void *entry)
{
	return hub_str_cmp(*(const struct hub_str *)key, ((const struct hubctl_state_entry *)entry)->key);
}

static struct hub_str field_of(const struct hub_store_reply *hash, struct hub_str name)
{
	for (uint32_t i = 0; i + 1 < hash->count; i += 2)
		if (hub_str_eq(hash->items[i].bytes, name))
			return hash->items[i + 1].bytes;
	return HUB_STR("");
}

/* Redis shows the record as the router would. */
static bool shown_so(
        struct missing *m, const struct hubctl_state_entry *entry, const struct hub_store_reply *hash)
{
	hub_store_sink_reset(&m->sink);
	referral_router_core.project(entry->key, entry->schema, NULL, entry->record, &m->sink);
	hub_store_sink_end(&m->sink);
	const struct hub_store_command *put = m->sink.commands; /* PUTHASH key field value ... */
	uint32_t i = 0;
	while (i < m->sink.count &&
	        !(hub_str_is(put[i].args[0], HUB_STORE_PUT_HASH) && hub_str_eq(put[i].args[1], entry->key)))
		i++;
	if (i == m->sink.count || put[i].argc != hash->count + 2)
		return false;
	for (uint32_t k = 2; k < put[i].argc; k += 2)
		if (!hub_str_eq(field_of(hash, put[i].args[k]), put[i].args[k + 1]))
			return false;
	return true;
}

static void put(struct missing *m, struct hub_str id, const struct hub_store_reply *hash, bool gone)
{
	static const char *const fields[] = { "state", "county_id", "from_org_id", "to_org_id" };
	struct hub_arena *arena = m->hubctl->arena;
	if (m->gone + m->older > m->limit)
		return;
	json_t *item = m->hubctl->json ? json_object() : NULL;
	if (item)
		json_object_set_new(item, "referral_id", hubctl_json_text(id));
	else
		hubctl_grid_cell(m->grid, hub_arena_copy(arena, id));
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct hub_str value = field_of(hash, hub_str_from(fields[i]));
		if (item)
			json_object_set_new(item, fields[i], hubctl_json_text(value));
		else
			hubctl_grid_cell(m->grid, hub_arena_copy(arena, value.len ? value : HUB_STR("-")));
	}
	if (item) {
		json_object_set_new(item, "gone", json_boolean(gone));
		json_array_append_new(m->list, item);
	} else {
		hubctl_grid_text(m->grid, gone ? "not known" : "an earlier step");
	}
}

/* key: "{referral-router.7}:referral:<id>" */
static void compare(struct missing *m, struct hub_str key, const struct hub_store_reply *hash)
{
	const char *colon = memchr(key.data, ':', key.len);
	if (!colon || hash->kind != HUB_REPLY_ARRAY || hub_map_get(m->seen, key))
		return;
	hub_map_put(m->seen, hub_arena_copy(m->hubctl->arena, key), m);
	m->known++;
	uint32_t skip = (uint32_t)(colon + 1 - key.data);
	struct hub_str state_key = { colon + 1, key.len - skip };
	struct hub_str id = { state_key.data + sizeof("referral:") - 1,
		state_key.len - (uint32_t)sizeof("referral:") + 1 };
	const struct hubctl_state_entry *entry =
	        bsearch(&state_key, m->entries, m->entry_count, sizeof(*m->entries), by_key);
	if (entry && shown_so(m, entry, hash))
		return;
	m->gone += !entry;
	m->older += entry != NULL;
	put(m, id, hash, !entry);
}

/* One page of SCAN, and the hashes of its keys. */
static int page(struct missing *m, const struct hub_store_port *store, struct hub_str cursor,
        const struct hub_store_reply **ret, struct hub_error *err)
{
	struct hub_str scan[] = { HUB_STR("SCAN"), cursor, HUB_STR("MATCH"),
		HUB_STR("{referral-router.*}:referral:*"), HUB_STR("COUNT"), HUB_STR("1000") };
	const struct hub_store_command command = { scan, sizeof(scan) / sizeof(scan[0]) };
	const struct hub_store_reply *hashes;
	int result = store->exchange(store->user, &command, 1, m->page, ret, err);
	if (result)
		return result;
	if ((*ret)->kind != HUB_REPLY_ARRAY || (*ret)->count != 2)
		return hub_error_set(err, HUB_E_REFUSED, "redis", "it answers SCAN with: %.*s",
		        HUB_STR_ARG((*ret)->bytes));
	const struct hub_store_reply *keys = &(*ret)->items[1];
	struct hub_store_command *gets = hub_arena_alloc(m->page, (keys->count + 1) * sizeof(*gets));
	struct hub_str *words = hub_arena_alloc(m->page, (2 * (size_t)keys->count + 1) * sizeof(*words));
	if (!gets || !words)
		return hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	for (uint32_t i = 0; i < keys->count; i++) {
		words[2 * i] = HUB_STR("HGETALL");
		words[2 * i + 1] = keys->items[i].bytes;
		gets[i] = (struct hub_store_command){ &words[2 * i], 2 };
	}
	if (keys->count)
		result = store->exchange(store->user, gets, keys->count, m->page, &hashes, err);
	for (uint32_t i = 0; !result && i < keys->count; i++)
		compare(m, keys->items[i].bytes, &hashes[i]);
	return result;
}

static int compare_all(struct missing *m, const struct hub_store_port *store, struct hub_error *err)
{
	struct hub_str cursor = HUB_STR("0");
	char text[32];
	do {
		const struct hub_store_reply *reply;
		hub_arena_reset(m->page);
		int result = page(m, store, cursor, &reply, err);
		if (result)
			return result;
		cursor = reply->items[0].bytes;
		if (cursor.len >= sizeof(text))
			return hub_error_set(
			        err, HUB_E_REFUSED, "redis", "its cursor has %u bytes", cursor.len);
		memcpy(text, cursor.data, cursor.len);
		cursor.data = text;
	} while (!hub_str_is(cursor, "0"));
	return HUB_OK;
}

static int run(struct missing *m, struct hub_error *err)
{
	const struct hubctl_state_query query = { "referral-router.state", -1, is_referral, NULL };
	struct hub_redis *redis = NULL;
	int result = hubctl_state_read(m->hubctl, &query, &m->entries, &m->entry_count, err);
	if (!result)
		result = hubctl_redis_open(m->hubctl->settings, &redis, err);
	if (!result)
		result = compare_all(m, hub_redis_port(redis), err);
	hub_redis_close(redis);
	return result;
}

static void put_result(struct missing *m)
{
	struct hubctl *hubctl = m->hubctl;
	if (hubctl->json) {
		json_t *json = json_object();
		json_object_set_new(json, "known_to_redis", json_integer(m->known));
		json_object_set_new(json, "gone", json_integer(m->gone));
		json_object_set_new(json, "older", json_integer(m->older));
		json_object_set(json, "referrals", m->list);
		hubctl_put_json(hubctl, json);
		return;
	}
	hubctl_grid_print(m->grid, hubctl->width, 0, &hubctl->out);
	hub_buf_printf(&hubctl->out,
	        "%s%u of %s that Redis knows are not known here, %u at an earlier step\n",
	        m->gone + m->older ? "\n" : "", m->gone, hubctl_count(hubctl, m->known, "referral"),
	        m->older);
}

int hubctl_missing(struct hubctl *hubctl)
{
	static const struct hubctl_column columns[] = {
		{ "REFERRAL", HUBCTL_KEEP, false },
		{ "WAS", HUBCTL_KEEP, false },
		{ "COUNTY", HUBCTL_KEEP, false },
		{ "FROM", HUBCTL_CUT_START, false },
		{ "TO", HUBCTL_CUT_START, false },
		{ "HERE", HUBCTL_KEEP, false },
	};
	struct hub_error err = { 0 };
	struct missing m = { .hubctl = hubctl };
	if (hubctl_arg_number(hubctl->args, "limit", 1, LIST_MAX, LIST, &m.limit, &err))
		return hubctl_usage(hubctl, &err);
	m.seen = hub_map_new();
	m.page = hub_arena_new(PAGE_BYTES);
	m.grid = hubctl_grid_new(hubctl->arena, columns, sizeof(columns) / sizeof(columns[0]));
	m.list = json_array();
	int result = HUB_E_FATAL;
	if (m.seen && m.page) {
		hub_store_sink_init(&m.sink, m.page, HUB_STR(""));
		result = run(&m, &err);
		hub_store_sink_done(&m.sink);
	}
	if (!result)
		put_result(&m);
	json_decref(m.list);
	hub_arena_free(m.page);
	hub_map_free(m.seen);
	if (result)
		return hubctl_fail(hubctl, &err);
	return m.gone + m.older ? HUBCTL_ATTENTION : HUBCTL_DONE;
}
