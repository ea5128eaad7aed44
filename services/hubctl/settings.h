/* Where the hub is: from the command line, the environment and one file, in this order of precedence. */
#ifndef HUBCTL_SETTINGS_H
#define HUBCTL_SETTINGS_H

#include "base/arena.h"
#include "base/buf.h"
#include "hubctl/args.h"
#include "kafka/properties.h"

struct hubctl_settings {
	struct hub_kafka_properties kafka;
	const char *prefix;  /* before every topic's name; may be empty */
	const char *redis;   /* HOST:PORT */
	const char *daemons; /* "referral-router=127.0.0.1:9100,..." */
	int timeout_ms;      /* for one answer of a broker or daemon */
};

/* *ret in arena. HUB_E_INVALID names the option, variable or file and line, and what was expected. */
int hubctl_settings_load(const struct hubctl_args *args, struct hub_arena *arena,
        const struct hubctl_settings **ret, struct hub_error *reterr);

/* The page `hubctl help configuration`. */
void hubctl_settings_help(struct hub_buf *out);

#endif
