/* What a script may rely on: the exit code of every command. One table feeds `hubctl help exit-codes`. */
#ifndef HUBCTL_EXIT_CODES_H
#define HUBCTL_EXIT_CODES_H

#include "base/error.h"

#include <stddef.h>

enum hubctl_exit {
	HUBCTL_DONE = 0,
	HUBCTL_ATTENTION = 1,
	HUBCTL_USAGE = 2,
	HUBCTL_REFUSED = 3,
	HUBCTL_NOT_FOUND = 4,
	HUBCTL_UNREACHABLE = 5,
	HUBCTL_INTERRUPTED = 130,
};

struct hubctl_exit_text {
	enum hubctl_exit code;
	const char *name;
	const char *meaning;
};

/* In order of code; *ret_count entries, static. */
const struct hubctl_exit_text *hubctl_exit_texts(size_t *ret_count);

/* The exit code for an error of the world. */
enum hubctl_exit hubctl_exit_of(enum hub_code code);

#endif
