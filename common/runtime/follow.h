/* The follower: brings the hot state of the owned partitions to what is committed, under a fence (fence.h),
 * and writes it anew when it is not what it left there. It decides nothing; its faults stop nothing
 * (I-2).
 *
 * Of each partition, from the top:
 *   CLAIMING    nothing written yet. A fence that is LIVE at the position from which this assignment went on
 * is taken over with the first changes; anything else that is not a later owner's: rebuild. WIPING      fence
 * REBUILDING is ours; the partition's keys are deleted, some at a time WRITING     the worker sends a
 * snapshot in pieces, with the changes that happen meanwhile between them; LIVE with the last piece LIVE
 * every delivery brings it to the new fence STALE       the fence of a later owner was met: left alone, but
 * looked at Whatever is not as it was left there (FLUSHALL, an older copy put back, a lost reply, an error
 * inside EXEC): rebuild. */
#ifndef HUB_RUNTIME_FOLLOW_H
#define HUB_RUNTIME_FOLLOW_H

#include "port/clock_port.h"
#include "port/store_port.h"
#include "runtime/handover.h"
#include "runtime/observer.h"

struct hub_core;
struct hub_follower;

/* Everything is borrowed. state_topic: for notices. */
struct hub_follower *hub_follower_new(const struct hub_core *core, const char *state_topic,
        const struct hub_store_port *store, const struct hub_clock_port *clock,
        const struct hub_observer *observer, struct hub_handover *handover);
void hub_follower_free(struct hub_follower *follower); /* accepts NULL */

/* One turn: waits until until_us (0: not at all) for a delivery, writes it, wipes a little, looks at the
 * fences. True: there is more to do at once. */
bool hub_follower_step(struct hub_follower *follower, int64_t until_us);

#endif
