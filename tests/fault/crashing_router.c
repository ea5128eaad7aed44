/* The product's daemon around the product's rules, but a request whose reason names one of these ends kills the
 * process, and so does a timer of a session called crash-...: test_crash.py. */
#include "daemon/daemon.h"
#include "records/referral_requested.h"
#include "referral-router/referral_core.h"

#include <signal.h>
#include <stdlib.h>

static struct hub_core crashing;

/* Deeper than any stack. */
static int overflow(int depth)
{
	volatile char frame[4096];
	frame[0] = (char)depth;
	return depth > 0 ? overflow(depth - 1) + frame[0] : 0;
}

static void fault(void)
{
	volatile int *nowhere = NULL;
	*nowhere = 1;
}

static void decide(
        struct hub_table *table, const void *policy, const struct hub_input *input, struct hub_effects *out)
{
	const struct hub_referral_requested *request = input->record;
	bool asked = input->schema == &hub_referral_requested_schema;
	if (asked && hub_str_is(request->referral.reason, "fault"))
		fault();
	if (asked && hub_str_is(request->referral.reason, "abort"))
		abort();
	if (asked && hub_str_is(request->referral.reason, "overflow"))
		(void)overflow(1000 * 1000);
	referral_router_core.decide(table, policy, input, out);
}

static void fire(struct hub_table *table, const void *policy, const struct hub_timer *timer, int64_t now_ms,
        struct hub_effects *out)
{
	if (memmem(timer->entity.data, timer->entity.len, "crash-", 6))
		fault();
	referral_router_core.fire(table, policy, timer, now_ms, out);
}

int main(int argc, char **argv)
{
	crashing = referral_router_core;
	crashing.decide = decide;
	crashing.fire = fire;
	const struct hub_daemon_spec spec = { .summary = "crashes when asked", .core = &crashing };
	return hub_daemon_main(&spec, argc, argv);
}
