/* What the runtime tells about itself. It never logs or counts: it calls these, and the shell makes log lines
 * and metrics of them. No text holds personal data. Every member may be NULL. notice, fence and store may be
 * called from the follower's thread, the others only from the worker's; none may call back into the runtime.
 */
#ifndef HUB_RUNTIME_OBSERVER_H
#define HUB_RUNTIME_OBSERVER_H

#include "base/error.h"
#include "wire/traceparent.h"

#include <stdbool.h>
#include <stdint.h>

/* One line of a log each. */
enum hub_notice_code {
	HUB_NOTICE_ASSIGNED,    /* a partition is ours now, restore begins */
	HUB_NOTICE_RESTORED,    /* its state is read; offset: of the position; text: records, seconds */
	HUB_NOTICE_OPENED,      /* its first transaction is committed; offset: the epoch */
	HUB_NOTICE_REVOKED,     /* given back in order */
	HUB_NOTICE_LOST,        /* taken away: whatever was undecided is dropped */
	HUB_NOTICE_STOPPED,     /* an error: not decided until the next assignment; text says why */
	HUB_NOTICE_READY,       /* deciding (again) */
	HUB_NOTICE_NOT_READY,   /* a warning; text: the reason */
	HUB_NOTICE_RETRY,       /* a warning: a transient fault, tried again; text: whose */
	HUB_NOTICE_ABORTED,     /* a warning: a transaction was aborted, its inputs will be decided anew */
	HUB_NOTICE_REFUSED,     /* a warning: the offset commit was refused, the partitions belong to somebody
	                           else */
	HUB_NOTICE_DEAD_LETTER, /* a warning: topic, partition, offset; text: reason and detail */
	HUB_NOTICE_CRASHED, /* an error: the former process died of what it decided; text: of what, and what is
	                       decided one at a time now */
	HUB_NOTICE_POISON, /* an error: an input crashed the process when it was alone, and is a dead letter */
	HUB_NOTICE_REGISTRY,      /* a load was applied; offset: its version */
	HUB_NOTICE_REGISTRY_BAD,  /* an error: a registry record, or a value of it, was left out; text: why */
	HUB_NOTICE_FENCE_CLAIMED, /* the hot state of a partition was at our position and is ours now */
	HUB_NOTICE_FENCE_REBUILDING, /* it is written anew from memory; text: why */
	HUB_NOTICE_FENCE_LIVE,       /* ... and stands; offset: the fence */
	HUB_NOTICE_FENCE_STALE,      /* a warning: a later owner's fence was met and left alone */
	HUB_NOTICE_STORE_AWAY,       /* a warning: Redis cannot be reached; deciding goes on */
	HUB_NOTICE_STORE_BACK,
};

struct hub_notice {
	enum hub_notice_code code;
	const char *topic;             /* full name; NULL: none */
	int32_t partition;             /* -1: none */
	int64_t offset;                /* -1: none */
	const char *text;              /* one line, may be "" */
	const struct hub_trace *trace; /* of the one input that it is about; NULL: of none */
};

/* An input or timer of a sampled trace was decided. */
struct hub_span_notice {
	struct hub_trace trace; /* its own span: the one that the traceparent of its decisions names */
	bool has_from;          /* the input named the span that it comes from: */
	uint8_t from_id[HUB_SPAN_ID_LEN];
	const char *record; /* short name of the input's record type, "-" when unknown; a timer's name */
	const char *topic;  /* full name, static for the runtime's life; NULL: a timer */
	int32_t partition;
	int64_t offset;     /* -1: a timer */
	const char *reason; /* of a dead letter, static; NULL: it was decided */
	uint32_t decisions; /* how many came of it */
	int64_t began_us,
	        ended_us; /* since 1970: from the begin of its transaction's deciding to the commit */
};

/* "FENCE_LIVE" */
const char *hub_notice_name(enum hub_notice_code code);

enum hub_severity { HUB_SEVERITY_ERROR, HUB_SEVERITY_WARNING, HUB_SEVERITY_INFO };
enum hub_severity hub_notice_severity(enum hub_notice_code code);

struct hub_observer {
	void *user;
	void (*notice)(void *user, const struct hub_notice *notice);
	/* hub_events_total: after the commit. record: short name, "-" when unknown. outcome: "decided" or
	 * "dead_letter". */
	void (*events)(void *user, const char *record, const char *outcome, uint32_t count);
	/* hub_decision_seconds: mean of a batch of count inputs. */
	void (*decision)(void *user, double seconds, uint32_t count);
	/* hub_transaction_seconds, hub_transactions_total: outcome "committed", "aborted", "refused",
	 * "unknown". */
	void (*transaction)(void *user, const char *outcome, double seconds);
	/* hub_dead_letters_total: after the commit. */
	void (*dead_letter)(void *user, const char *reason);
	/* hub_restore_seconds. */
	void (*restored)(void *user, int32_t partition, double seconds);
	/* hub_timer_late_seconds: how long after its due time a timer was decided. */
	void (*timer)(void *user, double late_seconds);
	/* hub_lag_records (as far as the client knows), hub_lag_seconds (age of the last decided record, 0
	 * when all is read): about once a second and partition of an input topic. */
	void (*lag)(void *user, const char *topic, int32_t partition, int64_t records, double seconds);
	/* hub_fence_lag_records: state records between what is decided and what the hot state shows; -1: not
	 * LIVE. */
	void (*fence)(void *user, int32_t partition, int64_t lag_records);
	/* The store is reachable (again) or not. */
	void (*store)(void *user, bool reachable, const char *reason);
	/* After the commit; NULL: no spans are made. */
	void (*span)(void *user, const struct hub_span_notice *span);
	/* hub_ready. */
	void (*ready)(void *user, bool ready, const char *reason);
};

#endif
