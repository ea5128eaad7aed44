/* Earlier published versions of a record (schemas/history/<Record>/<n>.avsc): FULL_TRANSITIVE compatibility
 * and what the generator needs to decode them into today's struct. */
#ifndef HUB_AVROGEN_VERSIONS_H
#define HUB_AVROGEN_VERSIONS_H

#include "avrogen/model.h"

enum { GEN_MOST_VERSIONS = 64 };

struct gen_version {
	uint32_t number;
	uint64_t fingerprint;
	const struct gen_type *type; /* in a model of its own */
};

/* Versions of one record whose fingerprint is not today's, oldest first. */
struct gen_versions {
	const struct gen_type *type; /* today's */
	struct gen_version items[GEN_MOST_VERSIONS];
	uint32_t count;
	uint32_t newest;      /* number of the newest published one; 0: none */
	bool today_published; /* the newest published one is today's form */
	struct gen_model models[GEN_MOST_VERSIONS];
	uint32_t model_count;
};

struct gen_versions_of {
	struct gen_versions **items;
	uint32_t count;
};

/* Reads folder/<Record>/ for type and checks each version against today's form. A missing folder: none. The
 * error says which version, which field and what to do. Call gen_versions_done also after an error. */
int gen_versions_load(struct gen_versions *versions, const struct gen_type *type, const char *folder,
        struct hub_arena *arena, struct hub_error *reterr);
void gen_versions_done(struct gen_versions *versions);

/* Whether two types read each other's bytes as they are: the same canonical form. */
bool gen_same_form(const struct gen_type *a, const struct gen_type *b, struct hub_arena *arena);

#endif
