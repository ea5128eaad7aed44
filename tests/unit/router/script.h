/* A referral's life in short words, for case tables: what happened before, and what is true then.
 *
 *   r1             T-1 requests r1 (r1! URGENT, r1!! EMERGENCY, r1@T-2 another sender)
 *   d1             H-lead sends d1 down (d1@H-second), a stable hypertension whose family doctor is at T-1 and
 *                  whose home is T-2's; H-second has the specialty, too, but not the diagnosis
 *   b1             T-1 asks for a general bed (03.04, I20.0; b1! b1!! as above; b1+ meets a criterion), which only
 *                  H-lead and H-second have
 *   beds:3         H-lead reports 3 of 10 general beds free (@H-second: another hospital); again: its next revision
 *   x1             T-1 requests x1 for burns (14, T30.1), authorised to leave the county: C-first, then C-other and
 *                  P-university treat them; x1@N-1 of the neighbour's county
 *   g1             T-group requests g1 of its city group (15, I83.9), whose lead is C-group; nobody else treats them
 *   open:c1=2      C-first opens session c1 for burns (@C-other: another one), on the days of s1 ...
 *   silent:990100  that county's router hears nothing from others, until back:990100
 *   old:990100     that county's state is of an earlier version (I-9), until new:990100
 *   open:s1=3/1    H-lead opens session s1 with 3 slots, 1 of them reserved (open:s1=3: none; @H-women: another
 *                  hospital); again: its next revision. s1 is on Tuesday 10 March 2026 8 to 12 o'clock, s2 a
 *                  day later, and so on
 *   open:s1=3/1~5  the same; its common part opens 5 days before the session
 *   shut:s1        its hospital cancels the session
 *   book:s1/b1     its hospital books a slot of its own; free:s1/b1 gives it back
 *   accept:r1      the addressed hospital says so; reject, arrive, noshow, done, confirm, ask (for a supplement)
 *   cancel:r1      the sender says so; supplement
 *   authorise:r1   the control centre says so
 *   accept:r1@org  another one says so; claim:r1@org
 *   wait:90m       time passes (2h, 3d); what is due fires
 *   again          the last event once more
 *
 * It begins on Monday 2 March 2026 at 8 o'clock; each event is a minute after the one before. The requests
 * are for women's outpatients (05.01, O80.0), which only H-lead and H-women treat, both with slots only. */
#ifndef TESTS_SCRIPT_H
#define TESTS_SCRIPT_H

#include "partition.h"

struct script;

/* registry: as partition_new. */
struct script *script_new(const char *registry);
void script_free(struct script *script);

/* Plays the words; false: one cannot be understood (told on stderr). */
bool script_play(struct script *script, struct hub_str words);

/* One event in the language of story.h; false: not understood. */
bool script_say(struct script *script, struct hub_str line);

/* "r1 ROUTED s1, r2 WAITING, x1 WAITING C-first" (on the list there): the referrals that requests in words have named, by name; ended ones by their
 * end. */
void script_put_referrals(struct script *script, struct hub_buf *out);

/* "s1 2 open 1 held 0 used 0 own": of the sessions that words have named; behind "; " when there are
 * referrals. */
void script_put_sessions(struct script *script, struct hub_buf *out);

/* "H-lead 2 free 1 held 0 arrived": the general beds of those who have reported them. */
void script_put_beds(struct script *script, struct hub_buf *out);

/* What an organisation was told until now (decisions that it is party to), in short: "Routed H-lead,
 * Progressed ACCEPTED". */
void script_put_told(struct script *script, struct hub_str org_id, struct hub_buf *out);

/* The decision that answered the last event, in short; "again" when it answers a repeat; "BUT CHANGED" when a
 * refusal or a repeat changed something; "dead letter RULE". */
void script_put_answer(struct script *script, struct hub_buf *out);

/* "N02/3 C07/0": the shortages of the last ReferralRouted. */
void script_put_shortages(struct script *script, struct hub_buf *out);

/* When a hospital was told LONG_STAY. */
void script_put_long_stays(struct script *script, struct hub_buf *out);

struct partition *script_partition(struct script *script);
int64_t script_now_ms(const struct script *script);

#endif
