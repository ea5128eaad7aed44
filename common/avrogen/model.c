#include "avrogen/model.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MODEL_BYTES = 64 * 1024 * 1024 };

int gen_model_init(struct gen_model *model, struct hub_error *reterr)
{
	*model = (struct gen_model){ .arena = hub_arena_new(MODEL_BYTES), .documents = json_array() };
	if (model->arena && model->documents)
		return HUB_OK;
	gen_model_done(model);
	return hub_error_set(reterr, HUB_E_FATAL, "avrogen", "out of memory");
}

void gen_model_done(struct gen_model *model)
{
	hub_arena_free(model->arena);
	json_decref(model->documents);
	free(model->types);
	*model = (struct gen_model){ 0 };
}

const struct gen_type *gen_model_find(const struct gen_model *model, const char *full_name)
{
	for (uint32_t i = 0; i < model->count; i++) {
		if (strcmp(model->types[i]->full_name, full_name) == 0)
			return model->types[i];
	}
	return NULL;
}

const struct gen_field *gen_field_find(const struct gen_type *type, const char *name)
{
	for (uint32_t i = 0; i < type->field_count; i++) {
		if (strcmp(type->fields[i].name, name) == 0)
			return &type->fields[i];
	}
	return NULL;
}

/* ReferralRequested -> referral_requested or REFERRAL_REQUESTED. */
static const char *words(struct hub_arena *arena, const char *name, int (*to_case)(int))
{
	size_t len = strlen(name);
	char *out = hub_arena_alloc(arena, 2 * len + 1);
	size_t n = 0;
	for (size_t i = 0; out && i < len; i++) {
		if (i > 0 && isupper((unsigned char)name[i]) && !isupper((unsigned char)name[i - 1]))
			out[n++] = '_';
		out[n++] = (char)to_case((unsigned char)name[i]);
	}
	return out;
}

static int add_type(struct gen_model *model, struct gen_type *type, struct hub_error *reterr)
{
	if (model->count == model->room) {
		uint32_t room = model->room ? model->room * 2 : 64;
		struct gen_type **types = realloc(model->types, room * sizeof(struct gen_type *));
		if (!types)
			return hub_error_set(reterr, HUB_E_FATAL, "avrogen", "out of memory");
		model->types = types;
		model->room = room;
	}
	model->types[model->count++] = type;
	return HUB_OK;
}

int gen_model_define(struct gen_model *model, const json_t *json, const char *file,
        struct gen_type **ret_type, struct hub_error *reterr)
{
	const char *name = json_string_value(json_object_get(json, "name"));
	const char *space = json_string_value(json_object_get(json, "namespace"));
	const char *kind = json_string_value(json_object_get(json, "type"));
	if (!name || !space || !kind || (strcmp(kind, "record") != 0 && strcmp(kind, "enum") != 0))
		return hub_error_set(reterr, HUB_E_INVALID, file,
		        "a named type needs \"type\" (record or enum), \"name\" and \"namespace\"");
	if (!isupper((unsigned char)name[0]) || strncmp(space, "hub.", 4) != 0)
		return hub_error_set(reterr, HUB_E_INVALID, file,
		        "%s.%s: names are CamelCase, namespaces begin with hub.", space, name);
	if (!json_string_value(json_object_get(json, "doc")))
		return hub_error_set(reterr, HUB_E_INVALID, file, "%s: needs a \"doc\"", name);
	struct gen_type *type = hub_arena_alloc(model->arena, sizeof(*type));
	if (!type)
		return hub_error_set(reterr, HUB_E_FATAL, "avrogen", "out of memory");
	type->full_name = hub_arena_printf(model->arena, "%s.%s", space, name).data;
	type->space = space;
	type->name = name;
	type->snake = words(model->arena, name, tolower);
	type->upper = words(model->arena, name, toupper);
	type->doc = json_string_value(json_object_get(json, "doc"));
	type->file = hub_arena_printf(model->arena, "%s", file).data;
	type->json = json;
	type->is_enum = strcmp(kind, "enum") == 0;
	if (hub_arena_exhausted(model->arena))
		return hub_error_set(reterr, HUB_E_FATAL, "avrogen", "out of memory");
	for (uint32_t i = 0; i < model->count; i++) {
		if (strcmp(model->types[i]->name, name) == 0)
			return hub_error_set(reterr, HUB_E_INVALID, file,
			        "%s is also defined in %s; C names come from the last name, so it must be "
			        "unique",
			        name, model->types[i]->file);
	}
	*ret_type = type;
	return add_type(model, type, reterr);
}

int gen_read_json(const char *file, json_t **ret_json, struct hub_error *reterr)
{
	json_error_t why;
	*ret_json = json_load_file(file, JSON_REJECT_DUPLICATES, &why);
	if (*ret_json)
		return HUB_OK;
	return hub_error_set(
	        reterr, HUB_E_INVALID, file, "line %d, column %d: %s", why.line, why.column, why.text);
}

static int load_file(
        struct gen_model *model, const char *file, struct gen_type **ret_type, struct hub_error *reterr)
{
	json_t *json = NULL;
	int rc = gen_read_json(file, &json, reterr);
	if (rc)
		return rc;
	if (json_array_append_new(model->documents, json))
		return hub_error_set(reterr, HUB_E_FATAL, "avrogen", "out of memory");
	return gen_model_define(model, json, file, ret_type, reterr);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int gen_list_folder(struct hub_arena *arena, const char *folder, const char *ending, char ***ret_names,
        uint32_t *ret_count, struct hub_error *reterr)
{
	enum { MOST = 4096 };
	DIR *dir = opendir(folder);
	if (!dir)
		return hub_error_set(reterr, HUB_E_INVALID, folder, "%s", strerror(errno));
	char **names = hub_arena_alloc(arena, (MOST + 1) * sizeof(char *));
	uint32_t count = 0;
	const struct dirent *entry;
	while (names && count < MOST && (entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);
		size_t end = strlen(ending);
		if (entry->d_name[0] == '.' || len < end || strcmp(entry->d_name + len - end, ending) != 0)
			continue;
		char *copy = hub_arena_alloc(arena, len + 1);
		if (copy)
			names[count++] = memcpy(copy, entry->d_name, len + 1);
	}
	(void)closedir(dir);
	if (hub_arena_exhausted(arena) || count == MOST)
		return hub_error_set(reterr, HUB_E_FATAL, folder, "too many files");
	qsort(names, count, sizeof(char *), by_text);
	*ret_names = names;
	*ret_count = count;
	return HUB_OK;
}

static int load_domain(
        struct gen_model *model, const char *folder, const char *domain, struct hub_error *reterr)
{
	const char *path = hub_arena_printf(model->arena, "%s/%s", folder, domain).data;
	char **names;
	uint32_t count;
	int rc = gen_list_folder(model->arena, path, ".avsc", &names, &count, reterr);
	for (uint32_t i = 0; i < count && !rc; i++) {
		const char *file = hub_arena_printf(model->arena, "%s/%s", path, names[i]).data;
		struct gen_type *type;
		rc = load_file(model, file, &type, reterr);
		if (rc)
			return rc;
		const char *want = hub_arena_printf(model->arena, "hub.%s.%.*s", domain,
		        (int)(strlen(names[i]) - strlen(".avsc")), names[i])
		                           .data;
		if (strcmp(type->full_name, want) != 0)
			rc = hub_error_set(
			        reterr, HUB_E_INVALID, file, "holds %s, expected %s", type->full_name, want);
	}
	return rc;
}

static int by_full_name(const void *a, const void *b)
{
	return strcmp((*(struct gen_type *const *)a)->full_name, (*(struct gen_type *const *)b)->full_name);
}

/* A folder in lower case; what else lies beside them (documents, a script) is not ours. */
static bool is_domain(struct gen_model *model, const char *folder, const char *name)
{
	struct stat about;
	const struct hub_str path = hub_arena_printf(model->arena, "%s/%s", folder, name);
	return strchr(name, '.') == NULL && strcmp(name, "history") != 0 && islower((unsigned char)name[0]) &&
	       path.data && stat(path.data, &about) == 0 && S_ISDIR(about.st_mode);
}

int gen_model_load(struct gen_model *model, const char *folder, struct hub_error *reterr)
{
	char **names;
	uint32_t count;
	int rc = gen_list_folder(model->arena, folder, "", &names, &count, reterr);
	for (uint32_t i = 0; i < count && !rc; i++) {
		if (is_domain(model, folder, names[i]))
			rc = load_domain(model, folder, names[i], reterr);
	}
	if (rc)
		return rc;
	qsort(model->types, model->count, sizeof(struct gen_type *), by_full_name);
	for (uint32_t i = 0; i < model->count && !rc; i++)
		rc = gen_resolve(model, model->types[i], reterr);
	for (uint32_t i = 0; i < model->count && !rc; i++)
		rc = gen_validate(model->types[i], reterr);
	return rc;
}

int gen_model_load_version(
        struct gen_model *model, const char *file, const struct gen_type **ret_type, struct hub_error *reterr)
{
	struct gen_type *type = NULL;
	int rc = load_file(model, file, &type, reterr);
	if (!rc)
		rc = gen_resolve(model, type, reterr);
	if (!rc)
		rc = gen_validate(type, reterr);
	if (!rc)
		*ret_type = type;
	return rc;
}
