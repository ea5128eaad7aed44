/* The loop: what one turn of a daemon does, from top to bottom. */
#include "runtime/inside.h"

/* Aborted and taken back, or refused: nothing happened; the inputs will be read again. */
static int after_failed_commit(struct hub_runtime *runtime, int r, struct hub_error *reterr)
{
	struct hub_error why = *reterr;
	if (r != HUB_E_RETRY && r != HUB_E_REFUSED)
		return r;
	hub_runtime_note_fault(runtime, &why);
	if (r == HUB_E_RETRY)
		return hub_runtime_suspend(runtime, reterr);
	runtime->stage = STAGE_REFUSED;
	return hub_runtime_read_registry(runtime, reterr);
}

/* Nothing is decided until another transaction, one that changes nothing, has told the broker's time. */
static int reopen(struct hub_runtime *runtime, struct hub_error *reterr)
{
	int r = hub_runtime_suspend(runtime, reterr);
	runtime->stage = STAGE_OPENING;
	return r;
}

/* Decides what was gathered and what is due, in as many transactions as it takes. What stands against it is looked for
 * before each: the clock may have jumped while inputs were waited for. */
static int decide_all(struct hub_runtime *runtime, struct hub_error *reterr)
{
	for (;;) {
		if (hub_runtime_hindered(runtime))
			return hub_runtime_suspend(runtime, reterr);
		if (!hub_runtime_decide(runtime))
			break;
		int r = hub_runtime_commit(runtime, reterr);
		if (r < 0)
			return after_failed_commit(runtime, r, reterr);
		hub_runtime_serve_follower(runtime);
		hub_runtime_publish_status(runtime); /* a step of many transactions is not stuck (I-6) */
		if (hub_runtime_broker_time_is_vague(runtime))
			return reopen(runtime, reterr);
		if (runtime->gathered.decided == runtime->gathered.count && !runtime->outgoing.suspect_waits)
			break;
	}
	return runtime->reassign ? hub_runtime_read_inputs(runtime, reterr) : 0;
}

/* The first transaction of an assignment changes nothing: it shows that Kafka takes our offsets, gives the
 * epoch for the fences, and tells the broker's time before ours is believed. */
static int open_assignment(struct hub_runtime *runtime, struct hub_error *reterr)
{
	bool any = hub_runtime_open(runtime);
	int r = any ? hub_runtime_commit(runtime, reterr) : 0;
	if (r == HUB_E_RETRY)
		return r; /* again, after a while */
	if (r < 0)
		return after_failed_commit(runtime, r, reterr);
	return any && hub_runtime_broker_time_is_vague(runtime) ? 0 : hub_runtime_suspend(runtime, reterr);
}

/* What stands between the runtime and its next decision. */
static int advance(struct hub_runtime *runtime, struct hub_error *reterr)
{
	if (hub_runtime_us(runtime) < runtime->retry_at_us)
		return 0;
	switch (runtime->stage) {
	case STAGE_STARTING:
		return hub_runtime_start(runtime, reterr);
	case STAGE_ASSIGNED:
		return hub_runtime_ask_positions(runtime, reterr);
	case STAGE_RESTORING:
		return hub_runtime_restored(runtime) ? open_assignment(runtime, reterr) : 0;
	case STAGE_OPENING:
		return open_assignment(runtime, reterr);
	case STAGE_SUSPENDED:
		return hub_runtime_resume(runtime, reterr);
	case STAGE_DECIDING:
	case STAGE_JOINING:
	case STAGE_IDLE:
	case STAGE_REFUSED:
		break;
	}
	return 0;
}

int hub_runtime_step(struct hub_runtime *runtime, struct hub_error *reterr)
{
	struct hub_error error = { 0 };
	int r = advance(runtime, &error);
	if (r == 0)
		r = hub_runtime_gather(runtime, &error);
	if (r == 0 && runtime->stage == STAGE_DECIDING)
		r = decide_all(runtime, &error);
	if (r == HUB_E_RETRY) {
		hub_runtime_note_fault(runtime, &error);
		r = hub_runtime_gather(runtime, &error);
	}
	hub_runtime_serve_follower(runtime);
	hub_runtime_report_lag(runtime);
	hub_runtime_publish_status(runtime);
	if (r < 0 && reterr)
		*reterr = error;
	return r;
}
