/* A recording as a daemon leaves it in its topics, made by the router's core under a clock of the test's own, with decisions'
 * heads as the runtime fills them: what hubctl whatif reads. One partition. A mistake of the test ends it. */
#ifndef TESTS_RECORDER_H
#define TESTS_RECORDER_H

#include "hubctl/whatif.h"

struct recorder;

/* registry: a JSON file of reference data; its records are one load. */
struct recorder *recorder_new(const char *registry);
void recorder_free(struct recorder *recorder);

/* The daemon decides the next input at now_ms (never earlier than before). No timer fires. */
void recorder_decide(
        struct recorder *recorder, const struct hub_schema *schema, const void *record, int64_t now_ms);

/* The daemon fires what is due at until_ms: at its time (the stream's clock), or all at now_ms (the wall's). */
void recorder_fire(struct recorder *recorder, int64_t until_ms, bool wall, int64_t now_ms);

/* Another load of one record: the next registry version. The record lies in the recorder. */
void recorder_load(struct recorder *recorder, const struct hub_schema *schema, const void *record);

/* From now on decisions are no longer taken down as they are: the clock of the n-th is told wrongly. */
void recorder_tamper(struct recorder *recorder, uint64_t decision);

/* After the last one. */
void recorder_finish(struct recorder *recorder);

const struct hubctl_recording *recorder_recording(const struct recorder *recorder);
const struct hubctl_reference *recorder_references(const struct recorder *recorder, uint32_t *ret_count);
uint64_t recorder_decisions(const struct recorder *recorder);
uint64_t recorder_silent(const struct recorder *recorder); /* timers that said nothing */

/* Each decision is told, as it is made. */
void recorder_listen(struct recorder *recorder,
        void (*decided)(void *user, const struct hub_schema *schema, const void *record), void *user);

/* The inputs from the first on. */
struct hubctl_whatif_source recorder_source(struct recorder *recorder);

#endif
