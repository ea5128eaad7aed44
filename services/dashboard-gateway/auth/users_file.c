#include "dashboard-gateway/auth/users_file.h"

#include "dashboard-gateway/auth/file.h"
#include "log/log.h"

#include <event2/event.h>
#include <sodium.h>
#include <stdlib.h>

struct gateway_users_file {
	char *path;
	struct hub_log *log;
	struct gateway_users *users;
	struct gateway_file_mark mark;
	struct event *timer;
	void (*changed)(void *arg, struct hub_str user);
	void *changed_arg;
};

static bool same(const struct gateway_user *a, const struct gateway_user *b)
{
	return a->role == b->role && hub_str_eq(a->password_hash, b->password_hash) &&
	       hub_str_eq(a->org_id, b->org_id) && hub_str_eq(a->consortium_id, b->consortium_id);
}

static void tell_changed(const struct gateway_users_file *file, const struct gateway_users *before)
{
	if (!before || !file->changed)
		return;
	for (uint32_t i = 0; i < gateway_users_count(before); i++) {
		const struct gateway_user *was = gateway_users_at(before, i);
		const struct gateway_user *is = gateway_users_find(file->users, was->user);
		if (!is || !same(was, is))
			file->changed(file->changed_arg, was->user);
	}
}

static int read_users(struct gateway_users_file *file, struct hub_error *err)
{
	struct hub_buf text;
	struct gateway_users *before = file->users, *users = NULL;
	hub_buf_init(&text, GATEWAY_USERS_FILE_MAX);
	int result = gateway_file_read(file->path, true, &text, &file->mark, err);
	if (!result)
		result = gateway_users_parse(file->path, hub_buf_slice(&text), &users, err);
	if (text.data)
		sodium_memzero(text.data, text.room);
	hub_buf_done(&text);
	if (result)
		return result;
	file->users = users;
	tell_changed(file, before);
	gateway_users_free(before);
	hub_log(file->log, HUB_LOG_USERS_READ, hub_log_text("file", file->path),
	        hub_log_int("users", gateway_users_count(users)));
	return HUB_OK;
}

void gateway_users_file_look(struct gateway_users_file *file)
{
	struct hub_error err = { 0 };
	struct gateway_file_mark before = file->mark;
	if (!file->path[0] || !gateway_file_changed(file->path, &file->mark))
		return;
	if (read_users(file, &err) == HUB_OK)
		return;
	/* A file that is gone has no new mark: once it has been told, it looks as if it had none. */
	bool gone = err.code == HUB_E_NOT_FOUND;
	if (gone)
		file->mark = (struct gateway_file_mark){ 0 };
	if (!gone || before.inode)
		hub_log(file->log, HUB_LOG_USERS_BAD, hub_log_text("place", err.place),
		        hub_log_text("text", err.text));
}

static void on_timer(int fd, short what, void *user)
{
	(void)fd;
	(void)what;
	gateway_users_file_look(user);
}

int gateway_users_file_new(struct event_base *base, const char *path, struct hub_log *log,
        struct gateway_users_file **ret, struct hub_error *reterr)
{
	static const struct timeval every = { 2, 0 };
	struct gateway_users_file *file = calloc(1, sizeof(*file));
	int result = HUB_OK;
	if (file) {
		file->log = log;
		file->path = strdup(path);
		file->timer = event_new(base, -1, EV_PERSIST, on_timer, file);
	}
	if (!file || !file->path || !file->timer || event_add(file->timer, &every) < 0)
		result = hub_error_set(reterr, HUB_E_FATAL, path, "out of memory");
	else if (*path)
		result = read_users(file, reterr);
	else
		result = gateway_users_parse("", HUB_STR("{\"users\": []}"), &file->users, reterr);
	if (result) {
		gateway_users_file_free(file);
		return result;
	}
	*ret = file;
	return HUB_OK;
}

void gateway_users_file_watch(
        struct gateway_users_file *file, void (*changed)(void *arg, struct hub_str user), void *arg)
{
	file->changed = changed;
	file->changed_arg = arg;
}

void gateway_users_file_free(struct gateway_users_file *file)
{
	if (!file)
		return;
	if (file->timer)
		event_free(file->timer);
	gateway_users_free(file->users);
	free(file->path);
	free(file);
}

const struct gateway_users *gateway_users_file_users(const struct gateway_users_file *file)
{
	return file->users;
}
