/* The product's daemon as it was before the newest version of its state: it keeps the forms of the version before, and knows
 * no later one (I-9). test_upgrade.py rolls it. */
#include "daemon/daemon.h"
#include "referral-router/referral_core.h"

static struct hub_core previous;

int main(int argc, char **argv)
{
	previous = referral_router_core;
	previous.state_version = referral_router_core.state_version - 1;
	const struct hub_daemon_spec spec = { .summary = "knows the state of before", .core = &previous };
	return hub_daemon_main(&spec, argc, argv);
}
