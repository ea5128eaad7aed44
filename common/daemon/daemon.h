/* A deciding daemon around a pure core: arguments, configuration, threads, signals, exit code. main() is one
 * call.
 *
 * Threads: main runs a libevent loop (signals, admin address, watchdog) and never touches the state; the
 * worker steps the runtime; the follower keeps Redis behind it. They share atomics and the runtime's status,
 * which is a copy.
 *
 * Exit codes: 0 asked to stop, and nothing is left undone · 64 wrong arguments or configuration · 69
 * something that is needed cannot be set up (an address that is taken, memory) · 75 cannot go on (outcome of
 * a commit unknown, fenced, stuck, too slow to stop): to be started again, which is safe at any moment. */
#ifndef HUB_DAEMON_DAEMON_H
#define HUB_DAEMON_DAEMON_H

#include "config/config.h"
#include "runtime/core.h"

enum hub_exit {
	HUB_EXIT_OK = 0,
	HUB_EXIT_USAGE = 64,
	HUB_EXIT_UNAVAILABLE = 69,
	HUB_EXIT_AGAIN = 75,
};

struct hub_daemon_spec {
	const char *summary; /* one line for --help */
	const struct hub_core *core;
	const struct hub_option *options; /* the core's own, option_count of them; may be NULL */
	uint32_t option_count;
	void *option_values; /* what they fill, given to core->policy_new; may be NULL */
};

/* Runs until asked to stop; the return value is main's. */
int hub_daemon_main(const struct hub_daemon_spec *spec, int argc, char **argv);

#endif
