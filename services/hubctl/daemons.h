/* Daemons as they answer at their admin addresses (setting daemons). */
#ifndef HUBCTL_DAEMONS_H
#define HUBCTL_DAEMONS_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct hubctl;

/* One copy of a daemon, by its admin address. */
struct hubctl_daemon {
	struct hub_str name;    /* "referral-router" */
	struct hub_str address; /* HOST:PORT */
	bool connects;          /* something listens there */
	bool answers;
	bool ready;
	struct hub_str instance;  /* its name in the group; empty: it has none */
	struct hub_str reason;    /* why it is not ready, or does not answer */
	struct hub_str hot_state; /* "whole", or why not */
	int64_t partitions, restoring, stopped;
	int64_t suspects; /* ranges that crashed it and are decided one at a time */
	int64_t registry_version;
	int64_t ahead_ms; /* its machine's clock against this one's, to a second; INT64_MIN: not known */
};

enum { HUBCTL_DAEMONS_MAX = 64 };

/* Asks all of them, one after the other: *ret (count of them) in hubctl->arena. Not to be reached is an answer.
 * HUB_E_INVALID: the setting. */
int hubctl_daemons_ask(
        struct hubctl *hubctl, struct hubctl_daemon **ret, uint32_t *ret_count, struct hub_error *reterr);

#endif
