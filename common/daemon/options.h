/* The options of every daemon, as options.def lists them. */
#ifndef HUB_DAEMON_OPTIONS_H
#define HUB_DAEMON_OPTIONS_H

#include "config/config.h"

struct hub_daemon_options {
/* clang-format off */
#include "config/as_members.h"
#include "daemon/options.def"
	/* clang-format on */
};

/* The table as a part that fills *values. */
struct hub_config_part hub_daemon_option_part(struct hub_daemon_options *values);

/* Letters, digits, ".", "_" and "-": what Kafka takes in names. */
int hub_daemon_check_name(const char *text, struct hub_error *reterr);

#endif
