/* "What if the policy had been another?" The router's own rules over the inputs that were recorded: first exactly as the
 * daemon decided them (that is checked, decision by decision), then, from a moment on, with other reference data.
 * Pure: topics are read by whatif_read.c. Nothing here knows which topics the core has or what its records mean, but for
 * whatif_count.c and whatif_answers.c. */
#ifndef HUBCTL_WHATIF_H
#define HUBCTL_WHATIF_H

#include "base/arena.h"
#include "records/decision_head.h"
#include "runtime/core.h"

/* Inputs that a core may have here. */
enum { HUBCTL_WHATIF_TOPICS = 4 };

/* What one input or one firing of a timer led to, as the decisions tell it. */
struct hubctl_whatif_step {
	int64_t at_ms;            /* the daemon's clock */
	int64_t registry_version; /* that decided */
	int64_t place;            /* an input: its offset; a timer: when it was due */
	int64_t seq;              /* a timer: the transaction that fired it */
	uint64_t cause;           /* hash: of the input's topic, or of the timer's entity and name */
	uint64_t said;            /* sum of the hashes of its decisions */
	int64_t read[HUBCTL_WHATIF_TOPICS]; /* how far each input had been read, this one included */
	uint32_t read_count;                /* 0: recorded by a daemon that did not say so */
	int32_t count;                      /* how many decisions it had */
	int32_t seen;                       /* of them in the topics */
	bool timer;
	bool refused; /* all that it said was a refusal */
};

/* The steps and dead letters of every partition. */
struct hubctl_recording;

/* outputs: of the core; NULL when memory is out. */
struct hubctl_recording *hubctl_recording_new(const struct hub_core *core);
void hubctl_recording_free(struct hubctl_recording *recording); /* accepts NULL */

/* One decision, wherever it lies. False: memory is out. */
bool hubctl_recording_decision(
        struct hubctl_recording *recording, const struct hub_schema *schema, const void *record);

/* A dead letter: the input that it was. topic: full name. False: memory is out. */
bool hubctl_recording_dead(
        struct hubctl_recording *recording, struct hub_str topic, int32_t partition, int64_t offset);

/* After the last one: puts the steps of each partition in the order in which they were made; those of
 * timers that were due at one time, and fired together, in any. False: a daemon recorded that did not tell the order. */
bool hubctl_recording_finish(struct hubctl_recording *recording);

uint32_t hubctl_recording_partitions(const struct hubctl_recording *recording);
/* Borrowed from the recording. */
struct hubctl_whatif_step *hubctl_recording_steps(
        const struct hubctl_recording *recording, int32_t partition, uint32_t *ret_count);
bool hubctl_recording_is_dead(
        const struct hubctl_recording *recording, struct hub_str topic, int32_t partition, int64_t offset);

/* The name of a cause, as in hubctl_step. */
uint64_t hubctl_cause_of_topic(struct hub_str topic);
uint64_t hubctl_cause_of_timer(struct hub_str entity, struct hub_str name);

/* What a decision says, in the form of today's schema; scratch is used. */
uint64_t hubctl_decision_hash(const struct hub_schema *schema, const void *record, struct hub_buf *scratch);

/* One record of topic registry, or of a file laid over it (offset is not used then). */
struct hubctl_reference {
	struct hub_str key;
	struct hub_str value;
	int64_t offset;
};

/* The core's view of the registry at any version and day; over: records that stand over the loaded ones in every
 * version. All borrowed. NULL when memory is out. */
struct hubctl_policies;
struct hubctl_policies *hubctl_policies_new(const struct hub_core *core,
        const struct hubctl_reference *loaded, uint32_t loaded_count, const struct hubctl_reference *over,
        uint32_t over_count);
void hubctl_policies_free(struct hubctl_policies *policies); /* accepts NULL */

/* Borrowed until the next call. */
const void *hubctl_policies_on(struct hubctl_policies *policies, int64_t version, int64_t now_ms);

/* One recorded input. */
struct hubctl_whatif_input {
	uint32_t topic; /* of the core's inputs */
	int64_t offset;
	const struct hub_schema *schema; /* NULL: not decodable */
	void *record;
};

/* Where the inputs of one partition come from. */
struct hubctl_whatif_source {
	/* The next input of a topic, in order, below the offset `below`; false: there is none. Borrowed until the next call
	 * for that topic. */
	bool (*next)(void *user, uint32_t topic, int64_t below, struct hubctl_whatif_input *ret);
	void *user;
};

/* A decision that came out otherwise than it was recorded. */
struct hubctl_difference {
	int32_t partition;
	int64_t at_ms;
	int64_t place; /* of the input, or due */
	bool timer;
	struct hub_str what; /* in the run's arena */
};

struct hubctl_whatif_options {
	const struct hub_core *core;
	const char *prefix; /* of topics */
	const struct hubctl_recording *recording;
	struct hubctl_policies *recorded; /* the policy as it was */
	struct hubctl_policies *other;    /* from from_ms on; NULL: as it was */
	int64_t from_ms, to_ms; /* [from, to): with another policy; steps from to_ms on are left out */
	/* Each decision of the run, in order, those before from_ms, too; may be NULL. */
	void (*decided)(void *user, const struct hub_schema *schema, const void *record);
	/* An input is about to be decided with another policy: what it says may be changed. step: NULL when it is said again
	 * by resume. False: it is not said now. May be NULL. */
	bool (*adapt)(void *user, const struct hub_table *table, const struct hubctl_whatif_step *step,
	        const struct hubctl_whatif_input *input, struct hub_arena *arena);
	/* After each decision with another policy: an input that was not said before and is now; false: none. Borrowed until
	 * the next call. May be NULL. */
	bool (*resume)(void *user, struct hubctl_whatif_input *ret);
	void *user;
	struct hub_arena *arena; /* differences */
	uint32_t keep;           /* the most of them */
};

struct hubctl_whatif_result {
	uint64_t inputs;     /* decided */
	uint64_t timers;     /* fired */
	uint64_t compared;   /* decisions that were recorded and made again */
	uint64_t same;       /* of them, byte for byte */
	uint64_t dead;       /* inputs that the other policy made dead letters */
	uint64_t unreadable; /* inputs that this program does not know */
	struct hubctl_difference *differences;
	uint32_t difference_count; /* kept */
	uint64_t different;        /* steps */
};

/* Runs one partition from an empty state; adds to *result. False: memory is out. */
bool hubctl_whatif_run(const struct hubctl_whatif_options *options, int32_t partition,
        const struct hubctl_whatif_source *source, struct hubctl_whatif_result *result);

#endif
