/* Configuration: one table of options gives the struct, the parser, the limits, --help and the documentation
 * page.
 *
 * A table is a .def file with lines of
 *     TEXT(member, "name", "default", most, "doc")               const char *member; at most `most` bytes
 *     CHECKED(member, "name", "default", most, check, "doc")     the same, and check() has the last word
 *     SECRET(member, "name", most, "doc")                        const char *member; never shown; default ""
 *     INT(member, "name", "default", least, most, "doc")         int64_t member
 *     BOOL(member, "name", "default", "doc")                     bool member; true or false
 *     CHOICE(member, "name", "default", "one two", "doc")        int32_t member: the index of the word
 * which config/as_members.h turns into struct members and config/as_options.h into struct hub_option rows.
 *
 * Values come from the default, over it one file (`key = value`, # begins a comment line), over it the
 * environment: key `a.b_c` is HUB_A_B_C. `kafka.x.y` (HUB_KAFKA_X_Y) is librdkafka's property x.y. Variables
 * HUB_TEST_* and HUB_CONFIG are left alone.
 *
 * A secret may stand in a file of its own: for a SECRET `a.b`, and for a property of librdkafka that is one
 * (hub_kafka_property_is_secret), `a.b.file` (HUB_A_B_FILE) is the path of a file that holds the value. */
#ifndef HUB_CONFIG_CONFIG_H
#define HUB_CONFIG_CONFIG_H

#include "base/buf.h"
#include "base/error.h"
#include "kafka/properties.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hub_option_type { HUB_OPTION_TEXT, HUB_OPTION_INT, HUB_OPTION_BOOL, HUB_OPTION_CHOICE };

struct hub_option {
	enum hub_option_type type;
	size_t offset; /* of the member */
	const char *name;
	const char *fallback; /* the default, as text */
	int64_t least;        /* INT */
	int64_t most;         /* INT: value; TEXT: bytes */
	const char *choices;  /* CHOICE: words with one space between */
	bool secret;
	int (*check)(const char *text, struct hub_error *reterr); /* TEXT; may be NULL */
	const char *doc;
};

/* One table and the struct that it fills. */
struct hub_config_part {
	const struct hub_option *options; /* count of them */
	uint32_t count;
	void *values;
};

struct hub_config;

/* One thing that is wrong: where ("router.conf:12", "HUB_BATCH_EVENTS") and what was expected. */
typedef void hub_config_complaint_fn(void *user, const char *place, const char *text);

struct hub_config_sources {
	const char *path;                  /* NULL: no file */
	const char *const *environment;    /* "NAME=value", NULL-terminated; NULL: none */
	hub_config_complaint_fn *complain; /* once for each thing that is wrong; may be NULL */
	void *user;
};

/* Fills every part. HUB_E_INVALID: something was wrong and has been complained about. The texts in the parts
 * and the properties live until hub_config_free. */
int hub_config_load(const struct hub_config_sources *sources, const struct hub_config_part *parts,
        uint32_t part_count, struct hub_config **ret, struct hub_error *reterr);

/* Accepts NULL. */
void hub_config_free(struct hub_config *config);

/* The kafka.* properties, in no order, each once. */
struct hub_kafka_properties hub_config_kafka(const struct hub_config *config);

/* --help and the documentation page: every option with its default, limits and meaning. */
void hub_config_help(const struct hub_config_part *parts, uint32_t part_count, struct hub_buf *out);
void hub_config_markdown(const struct hub_config_part *parts, uint32_t part_count, struct hub_buf *out);

#endif
