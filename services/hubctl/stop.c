#include "hubctl/hubctl.h"

#include <signal.h>

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

void hubctl_catch_signals(void)
{
	struct sigaction action = { .sa_handler = stop };
	struct sigaction again = { .sa_handler = SIG_IGN };
	sigemptyset(&action.sa_mask);
	/* Once: a second Ctrl-C ends a command that does not look. */
	action.sa_flags = SA_RESETHAND;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGPIPE, &again, NULL);
}

bool hubctl_stopped(void)
{
	return stopped != 0;
}
