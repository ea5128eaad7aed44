/* avrogen: from schemas/ to C.
 *   avrogen generate SCHEMAS OUT   writes OUT/records/<snake>.h and .c, catalogue.h and .c, OUT/records.md
 *   avrogen check SCHEMAS          every schema is FULL_TRANSITIVE against SCHEMAS/history, and published
 * there avrogen publish SCHEMAS        writes today's form of what changed to
 * SCHEMAS/history/<Record>/<n>.avsc Exit: 0 done, 1 a schema is wrong (one line says which, where and what to
 * do), 2 wrong usage. */
#include "avrogen/emit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ARENA_BYTES = 256 * 1024 * 1024, OUT_BYTES = 16 * 1024 * 1024 };

struct session {
	const char *schemas;
	struct gen_model model;
	struct gen_topics topics;
	struct gen_versions_of versions;
	struct hub_arena *arena;
};

static int load(struct session *session, struct hub_error *reterr)
{
	session->arena = hub_arena_new(ARENA_BYTES);
	int rc = gen_model_init(&session->model, reterr);
	if (rc || !session->arena)
		return HUB_E_FATAL;
	rc = gen_model_load(&session->model, session->schemas, reterr);
	if (rc)
		return rc;
	const char *file = hub_arena_printf(session->arena, "%s/topics.json", session->schemas).data;
	rc = gen_topics_load(&session->topics, &session->model, file, reterr);
	const char *history = hub_arena_printf(session->arena, "%s/history", session->schemas).data;
	session->versions.items = calloc(session->topics.record_count + 1, sizeof(struct gen_versions *));
	for (uint32_t i = 0; i < session->topics.record_count && !rc; i++) {
		struct gen_versions *versions = malloc(sizeof(*versions));
		if (!versions || !session->versions.items)
			return HUB_E_FATAL;
		session->versions.items[session->versions.count++] = versions;
		rc = gen_versions_load(versions, session->topics.records[i], history, session->arena, reterr);
	}
	return rc;
}

static void unload(struct session *session)
{
	for (uint32_t i = 0; i < session->versions.count; i++) {
		gen_versions_done(session->versions.items[i]);
		free(session->versions.items[i]);
	}
	free(session->versions.items);
	gen_topics_done(&session->topics);
	gen_model_done(&session->model);
	hub_arena_free(session->arena);
}

static const struct gen_versions *versions_of(const struct session *session, const struct gen_type *type)
{
	for (uint32_t i = 0; i < session->versions.count; i++) {
		if (session->versions.items[i]->type == type)
			return session->versions.items[i];
	}
	return NULL;
}

static int write_out(
        const char *out, const char *name, const char *ending, struct hub_buf *text, struct hub_error *reterr)
{
	char file[4096];
	int n = snprintf(file, sizeof(file), "%s/%s%s", out, name, ending);
	int rc = n < 0 || (size_t)n >= sizeof(file) ? hub_error_set(reterr, HUB_E_FATAL, out, "path too long")
	                                            : gen_write(file, text, reterr);
	hub_buf_reset(text);
	return rc;
}

static int generate(struct session *session, const char *out, struct hub_buf *text, struct hub_error *reterr)
{
	const char *records = hub_arena_printf(session->arena, "%s/records", out).data;
	if (mkdir(records, 0777) != 0 && errno != EEXIST)
		return hub_error_set(reterr, HUB_E_FATAL, records, "%s", strerror(errno));
	int rc = HUB_OK;
	for (uint32_t i = 0; i < session->model.count && !rc; i++) {
		const struct gen_type *type = session->model.types[i];
		gen_emit_header(type, text);
		rc = write_out(records, type->snake, ".h", text, reterr);
		gen_emit_tables(type, versions_of(session, type), session->arena, text);
		if (!rc)
			rc = write_out(records, type->snake, ".c", text, reterr);
	}
	if (rc)
		return rc;
	gen_emit_catalogue_header(&session->topics, text);
	rc = write_out(records, "catalogue", ".h", text, reterr);
	gen_emit_catalogue(&session->topics, &session->versions, session->arena, text);
	if (!rc)
		rc = write_out(records, "catalogue", ".c", text, reterr);
	gen_emit_doc(&session->model, &session->topics, text);
	return rc ? rc : write_out(out, "records", ".md", text, reterr);
}

/* Compatibility was checked while loading; what is left is that today's form can be found by others. */
static int check(const struct session *session, struct hub_error *reterr)
{
	for (uint32_t i = 0; i < session->versions.count; i++) {
		const struct gen_versions *versions = session->versions.items[i];
		if (!versions->today_published)
			return hub_error_set(reterr, HUB_E_INVALID, versions->type->file,
			        "changed since history/%s/%u.avsc; run `avrogen publish %s` and commit what "
			        "it writes",
			        versions->type->name, versions->newest, session->schemas);
	}
	printf("%u records, each FULL_TRANSITIVE and published\n", session->versions.count);
	return HUB_OK;
}

static int publish_one(const struct session *session, const struct gen_versions *versions,
        struct hub_buf *text, struct hub_error *reterr)
{
	json_t *json = gen_self_contained(versions->type);
	char *dump = json_dumps(json, JSON_INDENT(1));
	json_decref(json);
	if (!dump)
		return hub_error_set(reterr, HUB_E_FATAL, "avrogen", "out of memory");
	hub_buf_printf(text, "%s\n", dump);
	free(dump);
	const char *history = hub_arena_printf(session->arena, "%s/history", session->schemas).data;
	const char *folder = hub_arena_printf(session->arena, "%s/%s", history, versions->type->name).data;
	(void)mkdir(history, 0777);
	(void)mkdir(folder, 0777);
	const char *number = hub_arena_printf(session->arena, "%u", versions->newest + 1).data;
	printf("%s/%s.avsc\n", folder, number);
	return write_out(folder, number, ".avsc", text, reterr);
}

static int publish(const struct session *session, struct hub_buf *text, struct hub_error *reterr)
{
	int rc = HUB_OK;
	for (uint32_t i = 0; i < session->versions.count && !rc; i++) {
		if (!session->versions.items[i]->today_published)
			rc = publish_one(session, session->versions.items[i], text, reterr);
	}
	return rc;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	bool generates = strcmp(verb, "generate") == 0 && argc == 4;
	bool publishes = strcmp(verb, "publish") == 0 && argc == 3;
	if (!generates && !publishes && (strcmp(verb, "check") != 0 || argc != 3)) {
		(void)fputs(
		        "usage: avrogen generate SCHEMAS OUT | check SCHEMAS | publish SCHEMAS\n", stderr);
		return 2;
	}
	struct session session = { .schemas = argv[2] };
	struct hub_error err = { .text = "out of memory" };
	struct hub_buf text;
	hub_buf_init(&text, OUT_BYTES);
	int rc = load(&session, &err);
	if (!rc)
		rc = generates   ? generate(&session, argv[3], &text, &err)
		     : publishes ? publish(&session, &text, &err)
		                 : check(&session, &err);
	if (rc)
		(void)fprintf(stderr, "avrogen: %s: %s\n", err.place, err.text);
	hub_buf_done(&text);
	unload(&session);
	return rc ? 1 : 0;
}
