/* hubctl access list|change: users and rights in a broker, all in one go. For deploy/security/grant, which compares what is there with
 * what its table gives; Kafka's own tools start a Java for each step. */
#include "kafka/access.h"
#include "hubctl/commands.h"
#include "hubctl/hubctl.h"

#include <stdlib.h>

enum {
	FILE_BYTES = 4 << 20,
	PASSWORD_BYTES = 256 << 10,
	WORDS_MAX = 6,
	RIGHT_WORDS = 6,
	USER_WORDS = 3,
	NO_USER_WORDS = 2
};

/* A change as it is read, line by line; arrays for as many as there are lines. */
struct reading {
	struct hubctl *hubctl;
	struct hub_kafka_user *users;
	struct hub_kafka_right *given, *taken;
	struct hub_kafka_access_change change;
};

static int put_lines(struct hubctl *hubctl, const struct hub_kafka_access *access)
{
	for (uint32_t i = 0; i < access->user_count; i++)
		hub_buf_printf(&hubctl->out, "user %s\n", access->users[i]);
	for (uint32_t i = 0; i < access->right_count; i++) {
		const struct hub_kafka_right *right = &access->rights[i];
		hub_buf_printf(&hubctl->out, "right %s %s %s %s %s\n", right->principal, right->kind,
		        right->pattern, right->name, right->operation);
	}
	return HUBCTL_DONE;
}

static json_t *text(const char *words)
{
	return hubctl_json_text(hub_str_from(words));
}

static int put_json(struct hubctl *hubctl, const struct hub_kafka_access *access)
{
	json_t *json = json_object(), *users = json_array(), *rights = json_array();
	for (uint32_t i = 0; i < access->user_count; i++)
		json_array_append_new(users, text(access->users[i]));
	for (uint32_t i = 0; i < access->right_count; i++) {
		const struct hub_kafka_right *right = &access->rights[i];
		json_t *item = json_object();
		json_object_set_new(item, "user", text(right->principal));
		json_object_set_new(item, "kind", text(right->kind));
		json_object_set_new(item, "pattern", text(right->pattern));
		json_object_set_new(item, "name", text(right->name));
		json_object_set_new(item, "operation", text(right->operation));
		json_array_append_new(rights, item);
	}
	json_object_set_new(json, "users", users);
	json_object_set_new(json, "rights", rights);
	hubctl_put_json(hubctl, json);
	return HUBCTL_DONE;
}

int hubctl_access_list(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	struct hub_kafka_access access;
	if (hub_kafka_access_read(&hubctl->settings->kafka, (int)hubctl->settings->timeout_ms, hubctl->arena,
	            &access, &err))
		return hubctl_fail(hubctl, &err);
	return hubctl->json ? put_json(hubctl, &access) : put_lines(hubctl, &access);
}

static int out_of_memory(struct hub_error *err)
{
	return hub_error_set(err, HUB_E_FATAL, "", "out of memory");
}

/* The first line of a file; it is said nowhere. */
static int read_password(struct reading *r, const char *file, const char **ret, struct hub_error *err)
{
	struct hub_str content;
	int result = hubctl_read_file(r->hubctl, file, PASSWORD_BYTES, &content, err);
	if (result)
		return result;
	const char *end = content.len ? memchr(content.data, '\n', content.len) : NULL;
	struct hub_str line = { content.data, end ? (uint32_t)(end - content.data) : content.len };
	if (!line.len)
		return hub_error_set(err, HUB_E_INVALID, file, "expected a password in its first line");
	struct hub_str copy = hub_arena_printf(r->hubctl->arena, "%.*s", HUB_STR_ARG(line));
	*ret = copy.data;
	return copy.data ? HUB_OK : out_of_memory(err);
}

/* "give PRINCIPAL KIND PATTERN NAME OPERATION" and so on: see the command's page. */
static int take_words(struct reading *r, const char *const *words, uint32_t count, struct hub_error *err)
{
	struct hub_kafka_access_change *change = &r->change;
	const struct hub_kafka_right right = { words[1], words[2], words[3], words[4], words[5] };
	if (count == RIGHT_WORDS && strcmp(words[0], "give") == 0) {
		r->given[change->given_count++] = right;
	} else if (count == RIGHT_WORDS && strcmp(words[0], "take") == 0) {
		r->taken[change->taken_count++] = right;
	} else if (count == NO_USER_WORDS && strcmp(words[0], "no-user") == 0) {
		r->users[change->user_count++] = (struct hub_kafka_user){ words[1], NULL };
	} else if (count == USER_WORDS && strcmp(words[0], "user") == 0) {
		struct hub_kafka_user *user = &r->users[change->user_count++];
		user->name = words[1];
		return read_password(r, words[2], &user->password, err);
	} else {
		return hub_error_set(
		        err, HUB_E_INVALID, "", "expected give, take, user or no-user with its words");
	}
	return HUB_OK;
}

static int take_line(struct reading *r, char *line, struct hub_error *err)
{
	const char *words[WORDS_MAX] = { "", "", "", "", "", "" };
	uint32_t count = 0;
	char *rest = NULL;
	for (char *word = strtok_r(line, " \t\r", &rest); word; word = strtok_r(NULL, " \t\r", &rest)) {
		if (count == WORDS_MAX)
			return hub_error_set(err, HUB_E_INVALID, "", "expected at most six words");
		words[count++] = word;
	}
	return count ? take_words(r, words, count, err) : HUB_OK;
}

static int read_change(struct reading *r, const char *file, struct hub_error *err)
{
	struct hub_arena *arena = r->hubctl->arena;
	struct hub_str content;
	uint32_t lines = 1, number = 0;
	int result = hubctl_read_file(r->hubctl, file, FILE_BYTES, &content, err);
	if (result)
		return result;
	char *copy = hub_arena_alloc(arena, content.len + 1);
	for (uint32_t i = 0; i < content.len; i++)
		lines += content.data[i] == '\n';
	r->users = hub_arena_alloc(arena, lines * sizeof(*r->users));
	r->given = hub_arena_alloc(arena, lines * sizeof(*r->given));
	r->taken = hub_arena_alloc(arena, lines * sizeof(*r->taken));
	if (!copy || !r->users || !r->given || !r->taken)
		return out_of_memory(err);
	memcpy(copy, content.len ? content.data : "", content.len);
	copy[content.len] = '\0';
	for (char *line = copy, *next; !result && line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		result = take_line(r, line, err);
		if (result && !err->place[0])
			snprintf(err->place, sizeof(err->place), "%s:%u", file, number);
	}
	r->change.users = r->users;
	r->change.given = r->given;
	r->change.taken = r->taken;
	return result;
}

int hubctl_access_change(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	struct reading r = { .hubctl = hubctl };
	int result = read_change(&r, hubctl->args->operands[0], &err);
	if (!result)
		result = hub_kafka_access_apply(
		        &hubctl->settings->kafka, (int)hubctl->settings->timeout_ms, &r.change, &err);
	if (result)
		return hubctl_fail(hubctl, &err);
	if (hubctl->json)
		hubctl_put_json(
		        hubctl, json_pack("{s:i,s:i,s:i}", "users", (int)r.change.user_count, "given",
		                        (int)r.change.given_count, "taken", (int)r.change.taken_count));
	else
		hub_buf_printf(&hubctl->out, "users: %u; rights: %u given, %u taken back\n",
		        r.change.user_count, r.change.given_count, r.change.taken_count);
	return HUBCTL_DONE;
}
