/* Where the hub is: options of the command line over the environment over one file over defaults
 * (config/config.h). */
#ifndef HUBCTL_SETTINGS_H
#define HUBCTL_SETTINGS_H

#include "base/arena.h"
#include "base/buf.h"
#include "config/config.h"
#include "hubctl/args.h"

struct hub_redis;

struct hubctl_settings {
/* clang-format off */
#include "config/as_members.h"
#include "hubctl/settings.def"
	/* clang-format on */
	struct hub_kafka_properties kafka; /* bootstrap.servers among them */
	struct hub_config *config;         /* owns the texts */
};

/* In place, with parts in arena. What is wrong goes to complain, with its place (option, variable, file and
 * line); HUB_E_INVALID then. */
int hubctl_settings_load(const struct hubctl_args *args, const char *const *environment,
        struct hub_arena *arena, hub_config_complaint_fn *complain, struct hubctl_settings *ret,
        struct hub_error *reterr);
void hubctl_settings_done(struct hubctl_settings *settings);

/* A way to the hot state; errors as hub_redis_open. */
int hubctl_redis_open(
        const struct hubctl_settings *settings, struct hub_redis **ret, struct hub_error *reterr);

/* The page `hubctl help configuration`. */
void hubctl_settings_help(struct hub_buf *out);

#endif
