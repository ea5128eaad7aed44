/* The topic catalogue (schemas/topics.json) as data, and what follows from it: where a record goes and under
 * which key. */
#ifndef HUB_RECORDS_TOPIC_H
#define HUB_RECORDS_TOPIC_H

#include "base/buf.h"
#include "base/error.h"
#include "wire/framing.h"

/* A broker setting, e.g. cleanup.policy = compact. */
struct hub_topic_setting {
	const char *name;
	const char *value;
};

struct hub_topic_spec {
	const char *name; /* without the configurable prefix */
	const char *doc;
	const char *key; /* what the key is, for a person */
	const char *writer;
	int32_t partitions;
	const struct hub_topic_setting *settings;
	uint32_t setting_count;
	const struct hub_schema_set *records; /* NULL: none of its own (dead letters) */
};

enum { HUB_NATURAL_ID_FIELDS = 4 };

/* Which fields name a registry record: one to four, the rest NULL. */
struct hub_natural_id {
	const struct hub_schema *schema;
	const char *fields[HUB_NATURAL_ID_FIELDS];
};

struct hub_topic_set {
	const struct hub_topic_spec *topics;
	uint32_t count;
	const struct hub_natural_id *natural_ids;
	uint32_t natural_id_count;
};

/* NULL: not in the catalogue. */
const struct hub_topic_spec *hub_topic_by_name(struct hub_str name);

/* The one topic that carries records of schema. NULL: none. */
const struct hub_topic_spec *hub_topic_of(const struct hub_schema *schema);

/* Appends a registry record's key, "<Record>:<natural id>:<valid_from>": parts of the id are
 * joined by "/", null is "-"; RegistryLoaded has no valid_from: "RegistryLoaded:<load_id>". HUB_E_INVALID:
 * not a registry record. */
int hub_registry_key(
        const struct hub_schema *schema, const void *record, struct hub_buf *out, struct hub_error *reterr);

#endif
