/* The local users of a small county, as their file says: {"users": [{"user", "name", "password", "role", "org_id",
 * "consortium_id"?}]}; members "//" are comments. password is a hash as crypt(3) writes it, of a method that is slow enough to
 * guess against. Pure; reading the file is users_file.h. */
#ifndef DASHBOARD_GATEWAY_AUTH_USERS_H
#define DASHBOARD_GATEWAY_AUTH_USERS_H

#include "dashboard-gateway/view/viewer.h"

enum { GATEWAY_USERS_MAX = 5000, GATEWAY_USERS_FILE_MAX = 4 << 20 };

struct gateway_user {
	struct hub_str user, name, org_id, consortium_id;
	struct hub_str password_hash;
	enum gateway_role role;
};

struct gateway_users;

/* HUB_E_INVALID: place is FILE:LINE, text names the member and what it should be; never a password's hash. */
int gateway_users_parse(
        const char *file, struct hub_str text, struct gateway_users **ret, struct hub_error *reterr);
void gateway_users_free(struct gateway_users *users); /* accepts NULL */

/* NULL: no such user. */
const struct gateway_user *gateway_users_find(const struct gateway_users *users, struct hub_str user);
uint32_t gateway_users_count(const struct gateway_users *users);
/* The n-th, n below the count. */
const struct gateway_user *gateway_users_at(const struct gateway_users *users, uint32_t n);

#endif
