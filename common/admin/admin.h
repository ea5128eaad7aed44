/* The admin address of a daemon: GET /metrics, /livez, /readyz (and /healthz, the same), on the main thread's
 * event loop. Nothing else is served, nothing is changed by it; still every size, time and rate is limited
 * (it is not meant to be reached from outside). */
#ifndef HUB_ADMIN_ADMIN_H
#define HUB_ADMIN_ADMIN_H

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>

struct event_base;
struct hub_admin;

struct hub_admin_options {
	const char *listen; /* "127.0.0.1:9464", "[::]:9464" */
	void *user;
	void (*metrics)(void *user, struct hub_buf *out);
	/* Each answers yes or no; text: one line, json: one object, both for people and probes. */
	bool (*live)(void *user, struct hub_buf *text, struct hub_buf *json);
	bool (*ready)(void *user, struct hub_buf *text, struct hub_buf *json);
};

enum { HUB_ADMIN_HOST_MAX = 256 };

/* An address to listen on, taken apart. HUB_E_INVALID when it is no such address. */
int hub_admin_address_parse(
        const char *text, char host[HUB_ADMIN_HOST_MAX], uint16_t *ret_port, struct hub_error *reterr);
int hub_admin_address_check(const char *listen, struct hub_error *reterr);

/* Binds and serves while base's loop runs. HUB_E_INVALID as above; HUB_E_FATAL: the address is taken or not
 * ours. Copies options. */
int hub_admin_new(struct event_base *base, const struct hub_admin_options *options, struct hub_admin **ret,
        struct hub_error *reterr);

/* Before base is freed. Accepts NULL. */
void hub_admin_free(struct hub_admin *admin);

#endif
