/* What the files of an instance's Kafka client share: client.c (faults and waiting), client_reading.c (poll, assign,
 * questions), client_writing.c (transactions). For these files only. */
#ifndef SIM_CLIENT_H
#define SIM_CLIENT_H

#include "kafka.h"

enum { CLIENT_ANSWER_US = 2000 * 1000, CLIENT_LOOK_US = 20 * 1000 };

/* The answer of a dead process. */
int client_is_dead(struct hub_error *reterr);

/* Every call: a place where the instance may stop for a while, or for good. */
bool client_begin_call(struct client *client);
int client_end_call(struct client *client, int r, struct hub_error *reterr);

/* The fault that is put on this call, and one that is an error code only. */
enum fault client_fault(struct client *client, enum call call);
int client_simple_fault(struct client *client, enum call call, struct hub_error *reterr);

/* A call that has no time limit waits until the brokers are back; a question gives up. */
bool client_wait_for_brokers(struct client *client);
int client_begin_question(struct client *client, enum call call, struct hub_error *reterr);

/* Their functions of the port. */
void client_reading_port(struct hub_kafka_port *port);
void client_writing_port(struct hub_kafka_port *port);

#endif
