/* --help and OPTIONS.md of a program that runs for long. */
#ifndef HUB_DAEMON_HELP_H
#define HUB_DAEMON_HELP_H

#include "config/config.h"

struct hub_help_page {
	const char *name; /* without "hub-" */
	const char *summary;
	const char *verbs; /* lines of arguments beyond those of all; "" */
	const char *exits; /* lines of exit codes beyond those of all; "" */
	const struct hub_config_part *parts;
	uint32_t part_count;
};

void hub_help_text(const struct hub_help_page *page, struct hub_buf *out);
/* With the log codes. */
void hub_help_markdown(const struct hub_help_page *page, struct hub_buf *out);

#endif
