/* The runtime's own structs and the functions that its files share. For this folder only. */
#ifndef HUB_RUNTIME_INSIDE_H
#define HUB_RUNTIME_INSIDE_H

#include "runtime/follow.h"
#include "runtime/handover.h"
#include "runtime/pace.h"
#include "runtime/policies.h"
#include "runtime/position.h"
#include "runtime/runtime.h"
#include "wire/traceparent.h"

#include <pthread.h>

/* Where the runtime stands. It moves down the list; a rebalance puts it at IDLE or ASSIGNED, a fault at
 * SUSPENDED. */
enum stage {
	STAGE_STARTING,  /* topics to be looked at, transactions to be initialised */
	STAGE_JOINING,   /* waits for the group's assignment */
	STAGE_IDLE,      /* nothing is ours */
	STAGE_REFUSED,   /* an offset commit was refused: only a rebalance ends that */
	STAGE_ASSIGNED,  /* to ask: committed offsets, then watermarks */
	STAGE_RESTORING, /* reading changelogs and registry */
	STAGE_OPENING,   /* first transaction of this assignment */
	STAGE_SUSPENDED, /* inputs are not read until a time has come and nothing stands against it */
	STAGE_DECIDING,
};

enum phase { PHASE_RESTORING, PHASE_RESTORED, PHASE_STOPPED };

/* One input topic of a partition. */
struct source {
	struct hub_committed committed; /* as found at assignment */
	int64_t low, high;              /* log start and end, asked then */
	int64_t eof;                    /* offset of the newest EOF event since it is read; -1 */
	int64_t mark;                   /* high watermark, asked at partition.asked_ms */
	int64_t gathered_to;            /* past the newest record that was gathered */
	int64_t timestamp_ms;           /* of the last record decided */
};

struct partition {
	int32_t id;
	enum phase phase;
	char reason[256]; /* why STOPPED */
	struct hub_table *table;
	struct hub_position position;     /* committed */
	struct hub_position next;         /* of the transaction in the making */
	bool touched;                     /* by it */
	int64_t touched_us;               /* by the last one, whatever became of it */
	const struct hub_change *changes; /* its changes, once they were produced */
	uint32_t change_count;
	struct source sources[HUB_INPUTS_MAX];

	/* restore */
	bool found_position;
	bool restored;                   /* an EOF at or past restore_to came */
	bool held_up;                    /* an earlier one came: a transaction is open in the changelog */
	int64_t restore_low, restore_to; /* log start and high watermark of the changelog */
	int64_t restore_next;            /* past the newest record of it that was folded */
	struct hub_error fold_error;     /* of the first record that could not be folded; code 0: none */

	/* fence */
	int64_t restored_at, restored_ms; /* changelog offset and broker's time of the position found; -1 */
	int64_t epoch;                    /* changelog offset of this assignment's first position; -1 */
	int64_t fence, fence_ms;          /* of its last */

	/* timers: the marks in sources, and the wall clock before they were asked */
	int64_t asked_ms; /* INT64_MIN: never */
	int64_t next_ask_us;
};

/* What an input weighs at most: key, value, headers. The topics' max.message.bytes holds what is written as it is to that; a batch
 * that is compressed well may hold anything. A heavier one is not taken in: its value and headers are left out. */
enum { INPUT_BYTES = 1024 * 1024 };

struct input {
	struct partition *partition;
	int32_t topic;
	int64_t offset;
	int64_t timestamp_ms;
	size_t weight;
	struct hub_str key, value;
	bool has_key, has_value, headers_unreadable;
	struct hub_header *headers;
	uint32_t header_count;
};

/* Inputs that were read and not decided yet. */
struct gathered {
	struct hub_arena *arena;
	struct input *inputs;
	uint32_t count, room;
	uint32_t decided; /* inputs[0 .. decided) are done */
	size_t bytes;
	bool was_full; /* the batch before was cut by its limit, so more is waiting */
};

/* The span of what is being decided. */
struct tracing {
	struct hub_trace span;
	bool has_from; /* the input named a span: its cause */
	uint8_t from_id[HUB_SPAN_ID_LEN];
	struct hub_str parent; /* traceparent of whatever comes of it, in the outgoing arena */
	struct hub_str state;  /* tracestate of the input, borrowed from it; may be empty */
};

/* A transaction in the making: records in the order in which they will be produced, and what to tell when it
 * is done. */
struct outgoing {
	struct hub_arena *arena;
	struct hub_arena *deciding;   /* one input or timer: decoded, loaded, effects */
	struct hub_arena *committing; /* what only the commit needs */
	struct hub_kafka_record *records;
	uint32_t count, room;
	uint32_t timers;
	int64_t began_us;         /* the transaction */
	bool alone;               /* it is for one suspect only (caution.c) */
	bool suspect_waits;       /* for a transaction of its own */
	struct hub_buf scratch;   /* one record being encoded */
	uint32_t *decided, *dead; /* by input and its record types, each followed by "unknown" */
	const char **reasons;     /* of the dead letters */
	uint32_t reason_count, reason_room;
	struct tracing tracing;
	int64_t decided_from_us;       /* when its deciding began */
	struct hub_span_notice *spans; /* to be told once it is committed */
	uint32_t span_count, span_room;
};

/* A snapshot of one partition on its way to the follower: the keys that were there when it began. */
struct snapshot {
	int32_t partition;
	int64_t epoch;
	uint32_t number; /* 0: none */
	struct hub_arena *arena;
	struct hub_str *keys;
	size_t count, at;
};

struct hub_runtime {
	struct hub_runtime_options options; /* defaults filled in */
	struct hub_observer observer;
	const struct hub_core *core;
	const struct hub_topics *topics;
	const struct hub_kafka_port *kafka;
	int32_t partition_count; /* of the inputs and the changelog */
	int32_t output_partitions[HUB_OUTPUTS_MAX], dead_letter_partitions;

	enum stage stage;
	bool reassign;       /* what is read has to be said anew */
	int64_t retry_at_us; /* STARTING, ASSIGNED, OPENING, SUSPENDED: not before */
	uint32_t faults;     /* one after another */
	char hindrance[256]; /* why nothing is decided */
	bool broker_away;    /* the client said so, and nothing came since */
	int64_t probe_at_us;
	char broker_reason[256];
	struct unreadable *unreadable; /* owned, in the order in which they were told */
	uint32_t unreadable_count, unreadable_tries;
	int64_t try_at_us; /* to read them again */

	struct partition **partitions; /* owned; count of them */
	uint32_t count;
	struct partition **by_id; /* partition_count entries; NULL: not ours */
	int64_t assigned_at_us;

	struct hub_registry *registry;
	struct hub_policies policies;
	int64_t registry_next; /* the next offset to read */
	int64_t registry_to;   /* high watermark, asked at assignment */
	bool registry_read;    /* an EOF at or past it came */

	struct gathered gathered;
	struct outgoing outgoing;
	uint64_t topic_hashes[HUB_INPUTS_MAX]; /* for the crash file */
	struct hub_pace pace;
	int64_t now_ms;    /* wall clock of this batch */
	int64_t broker_ms; /* the broker's clock at some moment of the last commit; -1: not known */
	int64_t broker_from_us, broker_to_us; /* ... which began and ended then */
	int64_t lag_at_us;
	bool tables_ahead; /* they hold what was not committed, and the process is about to end */
	uint32_t ask_turn; /* whose inputs' ends are asked next: partitions[ask_turn % count] */

	struct hub_handover *handover; /* NULL: no hot state */
	struct hub_follower *follower;
	bool follower_has_more; /* the follower's own */
	struct snapshot snapshot;

	pthread_mutex_t status_lock;
	struct hub_runtime_status status; /* under it */
	bool told_ready;
	char told_reason[256];
};

/* runtime.c */
int64_t hub_runtime_us(const struct hub_runtime *runtime);
int64_t hub_runtime_wall_ms(const struct hub_runtime *runtime);
void hub_runtime_tell(struct hub_runtime *runtime, enum hub_notice_code code, int32_t topic,
        int32_t partition, int64_t offset, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* status.c */
void hub_runtime_publish_status(struct hub_runtime *runtime);
void hub_runtime_report_lag(struct hub_runtime *runtime);

/* gather.c: polls, and takes in whatever comes. 0, or FATAL. */
int hub_runtime_gather(struct hub_runtime *runtime, struct hub_error *reterr);
void hub_gathered_drop(struct gathered *gathered);

/* assignment.c */
int hub_runtime_start(struct hub_runtime *runtime, struct hub_error *reterr);         /* STARTING */
int hub_runtime_ask_positions(struct hub_runtime *runtime, struct hub_error *reterr); /* ASSIGNED */
int hub_runtime_on_assign(
        struct hub_runtime *runtime, const struct hub_kafka_event *event, struct hub_error *reterr);
int hub_runtime_on_revoke(
        struct hub_runtime *runtime, const struct hub_kafka_event *event, struct hub_error *reterr);
void hub_runtime_drop_partitions(struct hub_runtime *runtime);

/* reading.c: what is read from now on. */
int hub_runtime_read_changelogs(struct hub_runtime *runtime, struct hub_error *reterr);
int hub_runtime_read_inputs(struct hub_runtime *runtime, struct hub_error *reterr); /* from the positions */
int hub_runtime_read_registry(struct hub_runtime *runtime, struct hub_error *reterr);
int hub_runtime_read_nothing(struct hub_runtime *runtime, struct hub_error *reterr);

/* unreadable.c: an error of a partition; it is read (again); what is read from now on, so that the rest is not unreadable
 * either; the reason of readiness, if there is one; another try, when it is time. */
void hub_unreadable_note(struct hub_runtime *runtime, const struct hub_kafka_event *event);
void hub_unreadable_heard(struct hub_runtime *runtime, struct hub_topic_partition at);
void hub_unreadable_keep(struct hub_runtime *runtime, const struct hub_kafka_offset *reading, uint32_t count);
void hub_unreadable_say(const struct hub_runtime *runtime, char *reason, size_t room);
int hub_unreadable_try(struct hub_runtime *runtime, struct hub_error *reterr);

/* restore.c */
void hub_runtime_on_state_record(struct hub_runtime *runtime, const struct hub_kafka_event *event);
void hub_runtime_on_state_eof(struct hub_runtime *runtime, const struct hub_kafka_event *event);
void hub_runtime_on_changelog_read(struct hub_runtime *runtime, struct partition *partition);
bool hub_runtime_restored(struct hub_runtime *runtime); /* all of it, and checked */
void hub_partition_stop(struct hub_runtime *runtime, struct partition *partition, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* registry_reader.c */
void hub_runtime_on_registry_record(struct hub_runtime *runtime, const struct hub_kafka_event *event);
void hub_runtime_on_registry_eof(struct hub_runtime *runtime, const struct hub_kafka_event *event);
void hub_runtime_on_registry_fault(void *user, const char *text); /* user: the runtime */

/* hindrance.c */
void hub_runtime_note_fault(struct hub_runtime *runtime, const struct hub_error *error); /* back-off begins */
int hub_runtime_suspend(struct hub_runtime *runtime, struct hub_error *reterr);
int hub_runtime_resume(struct hub_runtime *runtime, struct hub_error *reterr);
bool hub_runtime_hindered(struct hub_runtime *runtime); /* and why; takes now_ms anew */
/* The last commit took so long that it hardly tells the broker's time. */
bool hub_runtime_broker_time_is_vague(const struct hub_runtime *runtime);
int hub_runtime_probe_broker(struct hub_runtime *runtime, struct hub_error *reterr);

/* decide.c: as far as one transaction goes. True: there is something to commit. */
bool hub_runtime_decide(struct hub_runtime *runtime);
bool hub_runtime_open(struct hub_runtime *runtime); /* touches every restored partition, changes nothing */
bool hub_runtime_transaction_full(const struct hub_runtime *runtime);
bool hub_runtime_touched(const struct hub_runtime *runtime); /* any partition, by this transaction */
void hub_partition_touch(struct hub_runtime *runtime, struct partition *partition);

/* accept.c: the effects of one input or timer become records of the transaction, if they keep the limits. If
 * not, they and the changes since mark are taken back: HUB_E_TOO_LARGE, HUB_E_INVALID. */
int hub_runtime_accept(struct hub_runtime *runtime, struct partition *partition, size_t mark,
        const struct hub_effects *effects, struct hub_error *reterr);
void hub_outgoing_reset(struct outgoing *outgoing, const struct hub_core *core);
uint32_t hub_outgoing_tallies(
        const struct hub_core *core, uint32_t topic); /* those of the inputs before topic */
struct hub_kafka_record *hub_outgoing_add(struct outgoing *outgoing);

/* caution.c: the crash file (I-6). All do nothing without one. */
enum hub_caution {
	HUB_CAUTION_GO,      /* decide it; a suspect has been noted, and has this transaction for itself */
	HUB_CAUTION_WAIT,    /* not in this transaction, which holds something else */
	HUB_CAUTION_CRASHED, /* it crashed the process when it was alone: never again */
};
void hub_caution_init(struct hub_runtime *runtime);       /* learns from the former process */
void hub_caution_note_batch(struct hub_runtime *runtime); /* what may be decided by this transaction */
enum hub_caution hub_caution_input(struct hub_runtime *runtime, const struct input *input);
enum hub_caution hub_caution_timer(
        struct hub_runtime *runtime, const struct partition *partition, const struct hub_timer *timer);
void hub_caution_settled(struct hub_runtime *runtime); /* nothing is being decided any more */

/* input_check.c: NULL, or the reason of the dead letter, with its detail (in the deciding arena). */
const char *hub_input_check(struct hub_runtime *runtime, const struct input *input,
        const struct hub_schema **ret_schema, void **ret_record, struct hub_str *ret_detail);

/* envelope.c: fills each output's head as far as it is the runtime's (effects.h), and tells the trace. */
void hub_envelope_of_input(
        struct hub_runtime *runtime, const struct input *input, int64_t now_ms, struct hub_effects *effects);
void hub_envelope_of_timer(struct hub_runtime *runtime, const struct partition *partition,
        const struct hub_timer *timer, int64_t now_ms, struct hub_effects *effects);
void hub_envelope_trace(struct hub_runtime *runtime, const struct input *input); /* the trace alone */

/* trace.c: the span of the input or timer that id names ("e/topic/partition/offset"), the headers that carry it, and what is told
 * of it once it is committed (only sampled ones, only when somebody listens). */
enum { HUB_TRACE_HEADERS = 2 };
void hub_trace_input(struct hub_runtime *runtime, const struct input *input, struct hub_str id);
void hub_trace_timer(struct hub_runtime *runtime, struct hub_str id);
uint32_t hub_trace_headers(const struct hub_runtime *runtime, struct hub_header headers[HUB_TRACE_HEADERS]);
/* notice: what there is to say but trace and times; its texts live until the commit. */
void hub_trace_note(struct hub_runtime *runtime, const struct hub_span_notice *notice);
void hub_trace_tell(struct hub_runtime *runtime);

/* timers.c */
void hub_runtime_ask_marks(struct hub_runtime *runtime);
void hub_runtime_fire_due(struct hub_runtime *runtime);
bool hub_runtime_fire_before(struct hub_runtime *runtime, struct partition *partition, int64_t before_ms);
int64_t hub_runtime_timer_wait_us(struct hub_runtime *runtime, int64_t most_us);

/* dead_letter.c */
void hub_runtime_dead_letter(
        struct hub_runtime *runtime, const struct input *input, const char *reason, struct hub_str detail);

/* commit.c: 0: committed. RETRY: aborted and taken back. REFUSED: the same, and the partitions are not ours.
 * FATAL, UNKNOWN: exit. */
int hub_runtime_commit(struct hub_runtime *runtime, struct hub_error *reterr);

/* deliver.c */
void hub_runtime_own(
        struct hub_runtime *runtime, const struct partition *partition);            /* its epoch is opened */
void hub_runtime_deliver(struct hub_runtime *runtime, struct partition *partition); /* a commit's changes */
void hub_runtime_serve_follower(struct hub_runtime *runtime);
bool hub_runtime_follower_waits(struct hub_runtime *runtime); /* for a snapshot or an answer */

#endif
