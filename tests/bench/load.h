/* The benchmark's load: counties of one lead hospital and four senders, sessions, requests and answers, all
 * made from a running number, so that the same number is always the same event. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "base/buf.h"
#include "base/str.h"

#include <stdint.h>

enum { BENCH_COUNTIES = 32, BENCH_SENDERS = 4 };

/* Event number n as framed bytes in *out (reset first); *ret_key the county, living as long as the program.
 * Ten events after another are of one county and specialty: a session of five slots; six requests, the last of
 * which has to wait; two acceptances; and a cancellation or a no-show, whose slot goes to the one that waits. So
 * five referrals stay open. at_ms: its occurred_at. run: part of every id, so that several runs may share a
 * county. */
typedef void bench_event_fn(
        uint64_t n, const char *run, int64_t at_ms, struct hub_buf *out, struct hub_str *ret_key);

bench_event_fn bench_event;

/* The same, but nothing stays open: of ten events one opens a session, three are requests, three their
 * acceptances, three say that the patient did not come. */
bench_event_fn bench_event_settled;

#endif
