#include "dashboard-gateway/auth/users.h"

#include "base/arena.h"
#include "base/map.h"
#include "dashboard-gateway/auth/cookie.h"
#include "wire/locate.h"
#include "wire/near.h"

#include <crypt.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_MAX_LEN = 199, ID_MAX = 99, PATH_MAX_LEN = 100, ARENA_MAX = 2 * GATEWAY_USERS_FILE_MAX };

struct gateway_users {
	struct hub_arena *arena;
	struct hub_map *by_name;
	struct gateway_user *items;
	uint32_t count;
};

/* A file being read. */
struct reading {
	const char *file;
	struct hub_str text;
	struct gateway_users *users;
	struct hub_error *err;
};

static int refuse(const struct reading *r, const char *path, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

static int refuse(const struct reading *r, const char *path, const char *format, ...)
{
	char place[sizeof(r->err->place)], text[sizeof(r->err->text)];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(place, sizeof(place), "%.100s:%u", r->file, hub_json_locate(r->text, hub_str_from(path)));
	return hub_error_set(r->err, HUB_E_INVALID, place, "%s%s%s", path, *path ? ": " : "", text);
}

static bool printable(struct hub_str text)
{
	for (uint32_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7f)
			return false;
	}
	return true;
}

/* A text of 1 to most bytes; absent and not required: empty. */
static int take_text(const struct reading *r, const json_t *item, const char *path, const char *member,
        size_t most, bool required, struct hub_str *ret)
{
	char at[PATH_MAX_LEN];
	const json_t *value = json_object_get(item, member);
	snprintf(at, sizeof(at), "%s.%s", path, member);
	if (!value && !required)
		return HUB_OK;
	if (!value)
		return refuse(r, path, "%s is missing", member);
	size_t len = json_string_length(value);
	if (!json_is_string(value) || len == 0 || len > most)
		return refuse(r, at, "expected a text of 1 to %zu bytes", most);
	struct hub_str text = { json_string_value(value), (uint32_t)len };
	if (!printable(text))
		return refuse(r, at, "a text without control characters, please");
	*ret = hub_arena_copy(r->users->arena, text);
	return HUB_OK;
}

static int check_members(
        const struct reading *r, const json_t *object, const char *path, const char *const *known)
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		struct hub_near near = hub_near_start(hub_str_from(name));
		bool found = strcmp(name, "//") == 0;
		char at[PATH_MAX_LEN];
		for (uint32_t i = 0; known[i]; i++) {
			found = found || strcmp(known[i], name) == 0;
			hub_near_offer(&near, known[i]);
		}
		snprintf(at, sizeof(at), "%s%s%.60s", path, *path ? "." : "", name);
		if (!found && near.best)
			return refuse(r, at, "no such member (did you mean %s?)", near.best);
		if (!found)
			return refuse(r, at, "no such member");
	}
	return HUB_OK;
}

/* Of a method that takes a machine long enough to try; whole, and not only its setting. */
static bool good_hash(struct hub_str hash)
{
	static const char *const methods[] = { "$y$", "$gy$", "$7$", "$2b$", "$2y$", "$6$" };
	enum { LEAST_LEN = 31 };
	const char *end = hash.len ? memrchr(hash.data, '$', hash.len) : NULL;
	char text[GATEWAY_PASSWORD_HASH_MAX + 1];
	bool known = false;
	for (uint32_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		known = known || hub_str_starts_with(hash, hub_str_from(methods[i]));
	if (!known || !end || hash.data + hash.len - end <= LEAST_LEN)
		return false;
	memcpy(text, hash.data, hash.len);
	text[hash.len] = 0;
	return crypt_checksalt(text) == CRYPT_SALT_OK;
}

static int take_role(const struct reading *r, const json_t *item, const char *path, struct gateway_user *user)
{
	enum { MOST = 20 };
	char at[PATH_MAX_LEN];
	struct hub_str name = { 0 };
	snprintf(at, sizeof(at), "%s.role", path);
	int result = take_text(r, item, path, "role", MOST, true, &name);
	if (result)
		return result;
	user->role = gateway_role_of(name);
	if (user->role != GATEWAY_ROLE_NONE)
		return HUB_OK;
	struct hub_near near = hub_near_start(name);
	for (enum gateway_role role = GATEWAY_ROLE_COUNTY; role <= GATEWAY_ROLE_READ_ONLY; role++)
		hub_near_offer(&near, gateway_role_name(role));
	if (near.best)
		return refuse(r, at, "%.*s is no role (did you mean %s?)", HUB_STR_ARG(name), near.best);
	return refuse(r, at, "%.*s is no role: COUNTY, CONSORTIUM, HOSPITAL, READ_ONLY", HUB_STR_ARG(name));
}

static int check_user(const struct reading *r, const char *path, const struct gateway_user *user)
{
	char at[PATH_MAX_LEN];
	if (!good_hash(user->password_hash)) {
		snprintf(at, sizeof(at), "%s.password", path);
		return refuse(r, at,
		        "expected a hash as hub-dashboard-gateway --hash-password writes it, \"$y$...\"");
	}
	if (user->role == GATEWAY_ROLE_CONSORTIUM && hub_str_empty(user->consortium_id))
		return refuse(r, path, "consortium_id is missing: the role CONSORTIUM sees one consortium");
	const struct gateway_user *known = hub_map_get(r->users->by_name, user->user);
	if (known) {
		snprintf(at, sizeof(at), "%s.user", path);
		return refuse(r, at, "%.*s is already users[%u]", HUB_STR_ARG(user->user),
		        (uint32_t)(known - r->users->items));
	}
	return HUB_OK;
}

static int take_user(const struct reading *r, const json_t *item, uint32_t index)
{
	static const char *const members[] = { "user", "name", "password", "role", "org_id", "consortium_id",
		NULL };
	char path[PATH_MAX_LEN];
	struct gateway_user *user = &r->users->items[index];
	snprintf(path, sizeof(path), "users[%u]", index);
	if (!json_is_object(item))
		return refuse(r, path, "expected an object");
	int result = check_members(r, item, path, members);
	if (!result)
		result = take_text(r, item, path, "user", GATEWAY_COOKIE_USER_MAX, true, &user->user);
	if (!result)
		result = take_text(r, item, path, "name", NAME_MAX_LEN, true, &user->name);
	if (!result)
		result = take_text(
		        r, item, path, "password", GATEWAY_PASSWORD_HASH_MAX, true, &user->password_hash);
	if (!result)
		result = take_role(r, item, path, user);
	if (!result)
		result = take_text(r, item, path, "org_id", ID_MAX, true, &user->org_id);
	if (!result)
		result = take_text(r, item, path, "consortium_id", ID_MAX, false, &user->consortium_id);
	if (!result)
		result = check_user(r, path, user);
	if (!result)
		hub_map_put(r->users->by_name, user->user, user);
	return result;
}

static int take_users(const struct reading *r, const json_t *root)
{
	static const char *const members[] = { "users", NULL };
	const json_t *list = json_object_get(root, "users");
	if (!json_is_object(root) || !json_is_array(list))
		return refuse(r, "", "expected {\"users\": [...]}");
	if (json_array_size(list) > GATEWAY_USERS_MAX)
		return refuse(r, "users", "at most %d users", GATEWAY_USERS_MAX);
	r->users->count = (uint32_t)json_array_size(list);
	r->users->items = calloc(r->users->count + 1, sizeof(*r->users->items));
	int result = r->users->items ? check_members(r, root, "", members)
	                             : hub_error_set(r->err, HUB_E_FATAL, r->file, "out of memory");
	for (uint32_t i = 0; !result && i < r->users->count; i++)
		result = take_user(r, json_array_get(list, i), i);
	return result;
}

/* jansson's own message quotes what it stumbles over, which may be a hash. */
static int read_text(const struct reading *r)
{
	json_error_t syntax;
	json_t *root =
	        json_loadb(r->text.data ? r->text.data : "", r->text.len, JSON_REJECT_DUPLICATES, &syntax);
	if (!root) {
		char place[sizeof(r->err->place)];
		snprintf(place, sizeof(place), "%.100s:%d", r->file, syntax.line > 0 ? syntax.line : 1);
		return hub_error_set(r->err, HUB_E_INVALID, place, "not JSON, at column %d", syntax.column);
	}
	int result = take_users(r, root);
	json_decref(root);
	if (!result && hub_arena_exhausted(r->users->arena))
		return hub_error_set(r->err, HUB_E_FATAL, r->file, "out of memory");
	return result;
}

int gateway_users_parse(
        const char *file, struct hub_str text, struct gateway_users **ret, struct hub_error *reterr)
{
	struct hub_error err;
	struct gateway_users *users = calloc(1, sizeof(*users));
	if (users) {
		users->arena = hub_arena_new(ARENA_MAX);
		users->by_name = hub_map_new();
	}
	const struct reading r = { file, text, users, reterr ? reterr : &err };
	int result = users && users->arena && users->by_name
	                     ? read_text(&r)
	                     : hub_error_set(reterr, HUB_E_FATAL, file, "out of memory");
	if (result) {
		gateway_users_free(users);
		return result;
	}
	*ret = users;
	return HUB_OK;
}

void gateway_users_free(struct gateway_users *users)
{
	if (!users)
		return;
	hub_map_free(users->by_name);
	hub_arena_free(users->arena);
	free(users->items);
	free(users);
}

const struct gateway_user *gateway_users_find(const struct gateway_users *users, struct hub_str user)
{
	return hub_map_get(users->by_name, user);
}

uint32_t gateway_users_count(const struct gateway_users *users)
{
	return users->count;
}

const struct gateway_user *gateway_users_at(const struct gateway_users *users, uint32_t n)
{
	return &users->items[n];
}
