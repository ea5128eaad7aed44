/* Events as a person writes them, and decisions as a person reads them: the language of tests/trace and of
 * the case tables about whole referrals.
 *
 *   ReferralRequested r1 T-1 urgency=URGENT          record, its referral (session) and who says it, then any
 * field SlotsOpened s1 H-lead capacity=2 starts_at=2026-03-04T08:00 ends_at=2026-03-04T12:00 SlotTaken s1
 * H-lead booking_id=b1
 *
 * Fields are named as in schemas/, nested ones with a dot, texts with spaces in quotes, lists with commas.
 * What is not said is usual: an up referral of patient p-<id> for outpatient 03.04, I20.0, ROUTINE, by
 * consortium GENERAL of county 990121, event_id e<number>, occurred now. */
#ifndef TESTS_STORY_H
#define TESTS_STORY_H

#include "base/buf.h"
#include "effects/effects.h"

/* Reads one event that happens at now_ms; strings lie in arena. NULL: the line cannot be understood (told on
 * stderr). */
void *story_read(struct hub_str line, int64_t now_ms, int number, struct hub_arena *arena,
        const struct hub_schema **ret_schema);

/* The same of what one county says to another: TransferRequested r1/1 C-first (the transfer, whom it asks or -) ... */
void *story_read_heard(struct hub_str line, int64_t now_ms, int number, struct hub_arena *arena,
        const struct hub_schema **ret_schema);

/* One decision in one line, without its head's ids: "ReferralRouted r1 -> H-lead OWN_LEAD ... [T-1 H-lead]".
 */
void story_print(const struct hub_output *output, struct hub_buf *out);

/* "Fri 2026-02-27 17:00", Shanghai time. */
void story_print_instant(int64_t at_ms, struct hub_buf *out);

#endif
