/* schemas/topics.json: the topic catalogue. */
#ifndef HUB_AVROGEN_TOPICS_H
#define HUB_AVROGEN_TOPICS_H

#include "avrogen/model.h"

struct gen_topic {
	const char *name;
	const char *doc;
	const char *key;
	const char *writer;
	int partitions;
	const char *set;        /* C name of its set of records, NULL: its records have none of their own */
	const json_t *settings; /* object: broker setting -> text */
	const struct gen_type **records;
	uint32_t record_count;
};

/* Which fields name a registry record. */
struct gen_natural_id {
	const struct gen_type *type;
	const json_t *fields; /* array of names */
};

struct gen_topics {
	json_t *json;
	struct gen_topic *items;
	uint32_t count;
	struct gen_natural_id *natural_ids;
	uint32_t natural_id_count;
	const struct gen_type **records; /* each record of any topic once, by full name */
	uint32_t record_count;
};

/* Reads and checks file against model. Call gen_topics_done also after an error. */
int gen_topics_load(
        struct gen_topics *topics, const struct gen_model *model, const char *file, struct hub_error *reterr);
void gen_topics_done(struct gen_topics *topics);

#endif
