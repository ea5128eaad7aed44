/* Where an export of a topic ended, in a file, so that the next one goes on there: by offsets, since a record's time is what
 * its sender's clock said. */
#ifndef HUBCTL_SINCE_H
#define HUBCTL_SINCE_H

#include "hubctl/hubctl.h"
#include "kafka/reader.h"

/* Partitions that cannot be gone on with where the file says. */
struct hubctl_since_gap {
	int32_t partition;
	int64_t noted;  /* the next offset, by the file */
	int64_t offset; /* where it is gone on instead */
	bool other_topic; /* it ends before noted, so the file is about another one of its name; else retention */
};

struct hubctl_since {
	const char *file;
	const char *topic; /* full name */
	bool known;        /* there was such a file */
	int64_t *start;    /* of each partition, once known */
	int64_t *next;     /* behind what was read */
	uint32_t count;    /* partitions */
	struct hubctl_since_gap *gaps;
	uint32_t gap_count;
};

/* Reads file, unless there is none, and holds it against the topic as it is now. Everything lies in hubctl->arena.
 * HUB_E_INVALID: a file of something else, or of another topic; otherwise errors as hub_kafka_group_positions. */
int hubctl_since_open(struct hubctl *hubctl, const char *file, const char *topic, struct hubctl_since *ret,
        struct hub_error *reterr);

/* A record was read. */
void hubctl_since_note(struct hubctl_since *since, const struct hub_kafka_event *event);

/* The topic was read to its end: the file is written anew, whole or not at all. HUB_E_INVALID: it cannot be. */
int hubctl_since_write(struct hubctl *hubctl, const struct hubctl_since *since, struct hub_error *reterr);

#endif
