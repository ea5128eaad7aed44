/* What a PartitionPosition says, in a form that the runtime can compute with: inputs by topic number. Pure.
 */
#ifndef HUB_RUNTIME_POSITION_H
#define HUB_RUNTIME_POSITION_H

#include "base/buf.h"
#include "runtime/runtime.h"

enum { HUB_INPUTS_MAX = 16, HUB_SEQ_TEXT_MAX = 24 };

/* Its key in the changelog. */
#define HUB_POSITION_KEY HUB_STR("position")

struct hub_position {
	int64_t next[HUB_INPUTS_MAX]; /* by input topic; HUB_OFFSET_NONE: never read */
	int64_t batch_seq;            /* 0: no transaction yet */
	int64_t clock_ms;             /* never goes back; 0: never set */
	int64_t registry_version;
	int32_t state_version;
};

/* Of a partition that nobody ever touched. */
void hub_position_init(struct hub_position *position);

/* Framed bytes to position. HUB_E_INVALID: undecodable, or it names an input that this program does not read.
 */
int hub_position_decode(struct hub_str value, const struct hub_topics *topics, struct hub_position *ret,
        struct hub_error *reterr);

/* Appends the framed bytes. */
void hub_position_encode(
        const struct hub_position *position, const struct hub_topics *topics, struct hub_buf *out);

/* batch_seq as the committed offsets' metadata, and back (-1: it is none). */
void hub_position_seq_text(int64_t batch_seq, char text[HUB_SEQ_TEXT_MAX]);
int64_t hub_position_seq_parse(struct hub_str text);

/* What was committed for one input of a partition. */
struct hub_committed {
	int64_t next; /* HUB_OFFSET_NONE: nothing */
	int64_t seq;
};

/* Whether state and committed offsets belong together (I-3): found false means that the changelog held no
 * position; empty that it held nothing at all. HUB_E_INVALID says how they disagree. */
int hub_position_check(const struct hub_position *position, bool found, bool empty,
        const struct hub_committed *committed, const struct hub_topics *topics, struct hub_error *reterr);

#endif
