#include "avrogen/topics.h"

#include <stdlib.h>
#include <string.h>

static int refuse(
        const char *file, const char *topic, struct hub_error *reterr, const char *text, const char *detail)
{
	char place[128];
	(void)snprintf(place, sizeof(place), "%s: %s", file, topic ? topic : "");
	return hub_error_set(reterr, HUB_E_INVALID, place, "%s%s", text, detail ? detail : "");
}

static int check_settings(const char *file, const struct gen_topic *topic, struct hub_error *reterr)
{
	json_t *settings = json_copy((json_t *)(uintptr_t)topic->settings);
	const char *key;
	json_t *value;
	int rc = HUB_OK;
	json_object_foreach(settings, key, value)
	{
		if (!json_is_string(value))
			rc = refuse(file, topic->name, reterr, "settings are texts: ", key);
	}
	json_decref(settings);
	return rc;
}

static int load_records(struct gen_topic *topic, const struct gen_model *model, const char *file,
        const json_t *names, struct hub_error *reterr)
{
	topic->record_count = (uint32_t)json_array_size(names);
	topic->records = calloc(topic->record_count + 1, sizeof(struct gen_type *));
	if (!topic->records)
		return hub_error_set(reterr, HUB_E_FATAL, file, "out of memory");
	for (uint32_t i = 0; i < topic->record_count; i++) {
		const char *name = json_string_value(json_array_get(names, i));
		topic->records[i] = name ? gen_model_find(model, name) : NULL;
		if (!topic->records[i] || topic->records[i]->is_enum)
			return refuse(file, topic->name, reterr, "no such record: ", name);
	}
	return HUB_OK;
}

static int load_topic(struct gen_topic *topic, const struct gen_model *model, const char *file,
        const json_t *json, struct hub_error *reterr)
{
	*topic = (struct gen_topic){
		.name = json_string_value(json_object_get(json, "name")),
		.doc = json_string_value(json_object_get(json, "doc")),
		.key = json_string_value(json_object_get(json, "key")),
		.writer = json_string_value(json_object_get(json, "writer")),
		.partitions = (int)json_integer_value(json_object_get(json, "partitions")),
		.set = json_string_value(json_object_get(json, "set")),
		.settings = json_object_get(json, "settings"),
	};
	if (!topic->name || !topic->doc || !topic->key || !topic->writer || topic->partitions < 1)
		return refuse(file, topic->name, reterr,
		        "a topic needs name, doc, key, writer and partitions", NULL);
	if (!json_is_object(topic->settings))
		return refuse(file, topic->name, reterr, "a topic needs settings", NULL);
	int rc = check_settings(file, topic, reterr);
	return rc ? rc : load_records(topic, model, file, json_object_get(json, "records"), reterr);
}

static int by_full_name(const void *a, const void *b)
{
	return strcmp((*(const struct gen_type *const *)a)->full_name,
	        (*(const struct gen_type *const *)b)->full_name);
}

static int collect_records(
        struct gen_topics *topics, const struct gen_model *model, const char *file, struct hub_error *reterr)
{
	topics->records = calloc(model->count + 1, sizeof(struct gen_type *));
	if (!topics->records)
		return hub_error_set(reterr, HUB_E_FATAL, file, "out of memory");
	for (uint32_t t = 0; t < topics->count; t++) {
		const struct gen_topic *topic = &topics->items[t];
		for (uint32_t r = 0; r < topic->record_count; r++) {
			for (uint32_t i = 0; i < topics->record_count; i++) {
				if (topics->records[i] == topic->records[r])
					return refuse(file, topic->name, reterr,
					        "a record has one topic: ", topic->records[r]->full_name);
			}
			topics->records[topics->record_count++] = topic->records[r];
		}
	}
	qsort(topics->records, topics->record_count, sizeof(struct gen_type *), by_full_name);
	return HUB_OK;
}

static int load_natural_id(struct gen_natural_id *id, const struct gen_model *model, const char *file,
        const char *name, const json_t *fields, struct hub_error *reterr)
{
	enum { MOST = 4 };
	id->type = gen_model_find(model, name);
	id->fields = fields;
	if (!id->type || id->type->is_enum)
		return refuse(file, "natural_ids", reterr, "no such record: ", name);
	if (json_array_size(fields) < 1 || json_array_size(fields) > MOST)
		return refuse(file, "natural_ids", reterr, "one to four fields, please: ", name);
	for (size_t i = 0; i < json_array_size(fields); i++) {
		const char *field = json_string_value(json_array_get(fields, i));
		if (!field || !gen_field_find(id->type, field))
			return refuse(file, name, reterr, "no such field: ", field);
	}
	return HUB_OK;
}

static int load_natural_ids(
        struct gen_topics *topics, const struct gen_model *model, const char *file, struct hub_error *reterr)
{
	json_t *ids = json_object_get(topics->json, "natural_ids");
	topics->natural_ids = calloc(json_object_size(ids) + 1, sizeof(struct gen_natural_id));
	if (!topics->natural_ids)
		return hub_error_set(reterr, HUB_E_FATAL, file, "out of memory");
	const char *name;
	json_t *fields;
	int rc = HUB_OK;
	json_object_foreach(ids, name, fields)
	{
		if (!rc)
			rc = load_natural_id(&topics->natural_ids[topics->natural_id_count++], model, file,
			        name, fields, reterr);
	}
	return rc;
}

int gen_topics_load(
        struct gen_topics *topics, const struct gen_model *model, const char *file, struct hub_error *reterr)
{
	*topics = (struct gen_topics){ 0 };
	int rc = gen_read_json(file, &topics->json, reterr);
	if (rc)
		return rc;
	const json_t *list = json_object_get(topics->json, "topics");
	uint32_t count = (uint32_t)json_array_size(list);
	topics->items = calloc(count + 1, sizeof(struct gen_topic));
	if (!topics->items)
		return hub_error_set(reterr, HUB_E_FATAL, file, "out of memory");
	for (uint32_t i = 0; i < count && !rc; i++) {
		topics->count = i + 1;
		rc = load_topic(&topics->items[i], model, file, json_array_get(list, i), reterr);
	}
	if (!rc)
		rc = collect_records(topics, model, file, reterr);
	return rc ? rc : load_natural_ids(topics, model, file, reterr);
}

void gen_topics_done(struct gen_topics *topics)
{
	for (uint32_t i = 0; i < topics->count; i++)
		free(topics->items[i].records);
	free(topics->items);
	free(topics->natural_ids);
	free(topics->records);
	json_decref(topics->json);
	*topics = (struct gen_topics){ 0 };
}
