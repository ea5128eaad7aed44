/* hub_kafka_port by librdkafka: one member of a consumer group (read_committed, classic protocol, eager), one
 * transactional producer, one read_uncommitted handle that asks for high watermarks. Used by one thread (the
 * worker).
 *
 * 1. Only input 0 is subscribed, by join(); everything that is read is assigned by the runtime, so co-partitioning rests
 * on no assignor's promise.
 * 2. A rebalance is an event between two records, never inside a call: the callback notes it, takes the
 * group's metadata and makes the poll return; the partitions change only by the runtime's assign().
 * 3. Nothing fetched before an assign() is delivered after it.
 * 4. Commit and abort wait for their answer. A connection to the transaction coordinator that broke meanwhile
 * may have left a request behind that ends a later transaction of the same epoch: begin() then says UNKNOWN,
 * and the process is restarted with a new epoch.
 */
#ifndef HUB_KAFKA_KAFKA_H
#define HUB_KAFKA_KAFKA_H

#include "kafka/properties.h"
#include "port/kafka_port.h"

struct hub_kafka;

/* A line of librdkafka's own log; level as in syslog (3 error .. 7 debug). Called from its threads. */
typedef void hub_kafka_log_fn(void *user, int level, const char *facility, const char *text);

struct hub_kafka_options {
	struct hub_kafka_properties properties; /* the user's */
	const char *group;                      /* group.id */
	const char *transactional_id;           /* stable for this instance, unique in the cluster */
	const char *const *topics; /* full names; the index is the port's topic number; 0 is subscribed */
	uint32_t topic_count;
	hub_kafka_log_fn *log; /* may be NULL */
	void *log_user;
};

/* Makes the three handles; waits for no broker. Copies what options points at.
 * HUB_E_INVALID: a property; HUB_E_FATAL: memory, threads. */
int hub_kafka_open(const struct hub_kafka_options *options, struct hub_kafka **ret, struct hub_error *reterr);

/* Leaves the group and closes the handles; an open transaction is left for the next init_transactions to
 * abort. Accepts NULL. Takes at most about wait_ms. */
void hub_kafka_close(struct hub_kafka *kafka, int wait_ms);

/* The port; lives as long as kafka. */
const struct hub_kafka_port *hub_kafka_port(struct hub_kafka *kafka);

#endif
