/* Reference data as a load sees it: what topic `registry` holds, and what the files add or change. A file is
 * read record by record (schema, limits, enums), then the whole is checked as it would be after the load:
 * dates, references between records, versions of one id that overlap. Nothing is written by anybody before
 * all of it is right. Pure. */
#ifndef HUBCTL_REFDATA_H
#define HUBCTL_REFDATA_H

#include "hubctl/problems.h"
#include "wire/framing.h"

struct hubctl_entry {
	const struct hub_schema *schema;
	const void *record;
	struct hub_str key;                /* "<Record>:<natural id>:<valid_from>" */
	struct hub_str id;                 /* "<Record>:<natural id>", the start of key */
	struct hub_str value;              /* framed Avro */
	int32_t from;                      /* first day */
	int32_t to;                        /* first day on which it no longer holds; INT32_MAX: none */
	const char *file;                  /* NULL: loaded already */
	struct hub_str text;               /* that file's text, borrowed */
	struct hub_str path;               /* in the file: "Organisation[3]" */
	const struct hubctl_entry *before; /* what is loaded under the same key */
	struct hubctl_entry *sibling;      /* another version of the same id */
};

struct hubctl_refdata;

/* Everything lies in arena but the indexes. NULL when memory is out. */
struct hubctl_refdata *hubctl_refdata_new(struct hub_arena *arena);
void hubctl_refdata_free(struct hubctl_refdata *refdata); /* accepts NULL */

/* One record of the topic, in its order; a later one of the same key replaces. Types that this program does
 * not know are counted and left out. HUB_E_INVALID: undecodable. */
int hubctl_refdata_loaded(
        struct hubctl_refdata *refdata, struct hub_str key, struct hub_str value, struct hub_error *reterr);
uint32_t hubctl_refdata_unknown(const struct hubctl_refdata *refdata);

/* Reads one file's text; what is wrong goes to problems. file and text are borrowed. */
void hubctl_refdata_read(struct hubctl_refdata *refdata, const char *file, struct hub_str text,
        struct hubctl_problems *problems);

/* Checks the files' records against each other and what is loaded. */
void hubctl_refdata_check(const struct hubctl_refdata *refdata, struct hubctl_problems *problems);

/* All entries (what the files say wins) in key order: *ret in arena. */
uint32_t hubctl_refdata_sorted(const struct hubctl_refdata *refdata, const struct hubctl_entry *const **ret);

/* The version of entry's id that holds on day; NULL when none does. */
const struct hubctl_entry *hubctl_refdata_holds(
        const struct hubctl_refdata *refdata, const struct hubctl_entry *entry, int32_t day);

enum hubctl_change { HUBCTL_NEW, HUBCTL_CHANGED, HUBCTL_SAME };

/* What loading entry (of a file) would do; for HUBCTL_CHANGED *ret_fields names the fields, in arena. */
enum hubctl_change hubctl_refdata_change(
        const struct hubctl_entry *entry, struct hub_arena *arena, struct hub_str *ret_fields);

#endif
