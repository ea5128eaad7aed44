/* The benchmark's load: counties of one lead hospital and four senders, sessions, requests and answers, all
 * made from a running number, so that the same number is always the same event. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "base/buf.h"
#include "base/str.h"

#include <stdint.h>

enum { BENCH_COUNTIES = 32, BENCH_SENDERS = 4 };

/* Event number n as framed bytes in *out (reset first); *ret_key the county, living as long as the program.
 * Of ten events one opens a session with ten slots, six are requests and three are acceptances of earlier
 * requests. at_ms: its occurred_at. run: part of every id, so that several runs may share a county. */
void bench_event(uint64_t n, const char *run, int64_t at_ms, struct hub_buf *out, struct hub_str *ret_key);

/* The registry of these counties as `hubctl registry load` reads it, to standard output. */
void bench_print_registry(void);

#endif
