/* The fence of a partition's hot state (I-2): the key `{<daemon>.<partition>}:fence` with the text
 *
 *     <epoch> <offset> LIVE <timestamp>       the hot state is the fold of the changelog up to <offset>
 *     <epoch> - REBUILDING <timestamp> <n>    somebody is writing it anew; n-th write of that
 *
 * epoch: changelog offset of the first PartitionPosition that the writing assignment committed, so a later
 * owner's is higher, and nobody has one whose commit Kafka refused. timestamp: the broker's, of the position
 * at <offset>.
 * A text stands for one content: so each write of a rebuild has another n, and a Redis that was put back to
 * the middle of the same rebuild is seen.
 *
 * Every write is WATCH and GET, a comparison here, then MULTI .. SET fence .. EXEC; one partition at a time,
 * since any EXEC drops every WATCH of the connection. */
#ifndef HUB_RUNTIME_FENCE_H
#define HUB_RUNTIME_FENCE_H

#include "port/store_port.h"
#include "runtime/project.h"

#include <stdbool.h>

enum { HUB_FENCE_TEXT_MAX = 80 };

struct hub_fence {
	int64_t epoch;
	bool live;
	int64_t offset; /* -1 unless live */
	int64_t timestamp_ms;
	int64_t write; /* -1 if live */
};

void hub_fence_format(const struct hub_fence *fence, char text[HUB_FENCE_TEXT_MAX]);

/* False: not such a text (nothing of ours writes one). */
bool hub_fence_parse(struct hub_str text, struct hub_fence *ret);

/* WATCH and GET. *ret_text is empty when there is no fence; it lies in arena. Errors of the port;
 * HUB_E_INVALID: the store answers with an error, whose text is reterr's. */
int hub_fence_watch(const struct hub_store_port *store, struct hub_str key, struct hub_arena *arena,
        struct hub_str *ret_text, struct hub_error *reterr);

/* MULTI, what sink holds, SET key text, EXEC. HUB_E_REFUSED: the fence was touched since the WATCH, nothing
 * was done. HUB_E_INVALID: an error inside, the content cannot be trusted. Errors of the port. */
int hub_fence_write(const struct hub_store_port *store, struct hub_str key, const char *text,
        struct hub_store_sink *sink, struct hub_error *reterr);

#endif
