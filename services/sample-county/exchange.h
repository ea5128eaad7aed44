/* The player's two ends: events out, decisions in, in lockstep. An event is answered when the decision that
 * names it has been read, and with it everything that the hub decided from the same record. */
#ifndef SAMPLE_COUNTY_EXCHANGE_H
#define SAMPLE_COUNTY_EXCHANGE_H

#include "base/error.h"
#include "kafka/properties.h"
#include "wire/schema.h"

struct sample_exchange;

struct sample_exchange_options {
	struct hub_kafka_properties properties;
	const char *prefix; /* of topic names */
	int64_t timeout_ms; /* the longest wait for one answer */
};

/* Errors as the reader and the writer. */
int sample_exchange_open(const struct sample_exchange_options *options, struct sample_exchange **ret,
        struct hub_error *reterr);
void sample_exchange_close(struct sample_exchange *exchange); /* accepts NULL */

/* Sends one event (a record that begins with struct hub_event_head), keyed by its county. */
int sample_exchange_send(struct sample_exchange *exchange, const struct hub_schema *schema, const void *event,
        struct hub_error *reterr);

/* Told of each decision in the order of its partition; borrowed for the call. */
typedef void sample_decision_fn(void *user, const struct hub_schema *schema, const void *decision);

/* Reads until every event sent is answered. HUB_E_RETRY: one was not in time (named in reterr). */
int sample_exchange_settle(struct sample_exchange *exchange, sample_decision_fn *on_decision, void *user,
        struct hub_error *reterr);

struct sample_exchange_counts {
	uint64_t sent, decisions, dead_letters;
};
struct sample_exchange_counts sample_exchange_counts(const struct sample_exchange *exchange);

#endif
