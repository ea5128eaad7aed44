#include "hubctl/exit_codes.h"

static const struct hubctl_exit_text texts[] = {
	{ HUBCTL_DONE, "done", "done; nothing needs a hand" },
	{ HUBCTL_ATTENTION, "attention",
	        "done, and the answer is a problem: a check found differences, a daemon is not ready" },
	{ HUBCTL_USAGE, "usage", "the command line or the configuration is wrong; nothing was tried" },
	{ HUBCTL_REFUSED, "refused",
	        "what was given breaks a rule (file, line and field are named) and nothing was written; or "
	        "the "
	        "hub refused it" },
	{ HUBCTL_NOT_FOUND, "not found", "what was asked for does not exist: file, topic, record, referral" },
	{ HUBCTL_UNREACHABLE, "unreachable",
	        "Kafka, Redis or a daemon did not answer, or refused; try again" },
	{ HUBCTL_INTERRUPTED, "interrupted", "stopped by a signal before the end: what was told is a part" },
};

const struct hubctl_exit_text *hubctl_exit_texts(size_t *ret_count)
{
	*ret_count = sizeof(texts) / sizeof(texts[0]);
	return texts;
}

enum hubctl_exit hubctl_exit_of(enum hub_code code)
{
	switch (code) {
	case HUB_OK:
		return HUBCTL_DONE;
	case HUB_E_INVALID:
	case HUB_E_TOO_LARGE:
		return HUBCTL_REFUSED;
	case HUB_E_NOT_FOUND:
		return HUBCTL_NOT_FOUND;
	case HUB_E_INTERRUPTED:
		return HUBCTL_INTERRUPTED;
	case HUB_E_RETRY:
	case HUB_E_ABORT:
	case HUB_E_FATAL:
	case HUB_E_UNKNOWN:
	case HUB_E_REFUSED:
		break;
	}
	return HUBCTL_UNREACHABLE;
}
