/* The referral router as a daemon: the rules of referral_core.h under the runtime. */
#include "daemon/daemon.h"
#include "referral-router/referral_core.h"

int main(int argc, char **argv)
{
	const struct hub_daemon_spec spec = {
		.summary =
		        "routes referrals inside a county: candidates, slots, waiting lists, deadlines (REF)",
		.core = &referral_router_core,
	};
	return hub_daemon_main(&spec, argc, argv);
}
