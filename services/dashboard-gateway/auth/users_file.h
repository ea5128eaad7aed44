/* The users' file, read again when it changes. What is wrong then is logged once, and the users stay as they were. On the
 * loop. */
#ifndef DASHBOARD_GATEWAY_AUTH_USERS_FILE_H
#define DASHBOARD_GATEWAY_AUTH_USERS_FILE_H

#include "dashboard-gateway/auth/users.h"

struct event_base;
struct gateway_users_file;
struct hub_log;

/* path "": no local users. HUB_E_INVALID, HUB_E_NOT_FOUND: it cannot be read or is wrong (place: FILE:LINE). */
int gateway_users_file_new(struct event_base *base, const char *path, struct hub_log *log,
        struct gateway_users_file **ret, struct hub_error *reterr);
void gateway_users_file_free(struct gateway_users_file *file); /* accepts NULL */

/* changed is called with each user whom a new reading took away, or gave another password, role, organisation or consortium. */
void gateway_users_file_watch(
        struct gateway_users_file *file, void (*changed)(void *arg, struct hub_str user), void *arg);

/* Looks whether it has changed; it does so by itself every two seconds. */
void gateway_users_file_look(struct gateway_users_file *file);

/* Borrowed until the next turn of the loop. */
const struct gateway_users *gateway_users_file_users(const struct gateway_users_file *file);

#endif
