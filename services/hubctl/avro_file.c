#include "hubctl/avro_file.h"

#include "records/catalogue.h"
#include "wire/record.h"

#include <avro.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A block holds the largest record and, usually, some thousand. */
enum { BLOCK = 4 << 20, RECORD_MAX = 2 << 20 };

struct hubctl_avro_writer {
	const struct hub_schema *schema;
	avro_schema_t avro;
	avro_file_writer_t file;
	struct hub_buf scratch;
};

struct hubctl_avro_reader {
	const struct hub_schema *schema;
	avro_schema_t wanted; /* as this program has it */
	avro_file_reader_t file;
	avro_value_iface_t *iface, *resolver;
	avro_value_t value, resolved; /* the second writes into the first */
	bool has_value, has_resolved;
	char *bytes; /* of one record, RECORD_MAX */
};

static int failed(struct hub_error *err, const char *path)
{
	return hub_error_set(err, HUB_E_INVALID, path, "%s", avro_strerror());
}

int hubctl_avro_create(const char *path, const struct hub_schema *schema, struct hubctl_avro_writer **ret,
        struct hub_error *reterr)
{
	if (access(path, F_OK) == 0)
		return hub_error_set(reterr, HUB_E_INVALID, path, "there already; nothing is written over");
	struct hubctl_avro_writer *writer = calloc(1, sizeof(*writer));
	if (!writer)
		return hub_error_set(reterr, HUB_E_FATAL, "", "out of memory");
	writer->schema = schema;
	hub_buf_init(&writer->scratch, RECORD_MAX);
	if (avro_schema_from_json_length(schema->json, strlen(schema->json), &writer->avro) ||
	        avro_file_writer_create_with_codec(path, writer->avro, &writer->file, "deflate", BLOCK)) {
		failed(reterr, path);
		if (writer->avro)
			avro_schema_decref(writer->avro);
		free(writer);
		return HUB_E_INVALID;
	}
	*ret = writer;
	return HUB_OK;
}

int hubctl_avro_append(struct hubctl_avro_writer *writer, const void *record, struct hub_error *reterr)
{
	hub_buf_reset(&writer->scratch);
	int result = hub_record_encode(writer->schema, record, &writer->scratch, reterr);
	if (!result && avro_file_writer_append_encoded(
	                       writer->file, writer->scratch.data, (int64_t)writer->scratch.len))
		result = failed(reterr, writer->schema->name);
	return result;
}

int hubctl_avro_finish(struct hubctl_avro_writer *writer, struct hub_error *reterr)
{
	int result = HUB_OK;
	if (!writer)
		return result;
	if (avro_file_writer_flush(writer->file))
		result = failed(reterr, writer->schema->name);
	if (avro_file_writer_close(writer->file) && !result)
		result = failed(reterr, writer->schema->name);
	avro_schema_decref(writer->avro);
	hub_buf_done(&writer->scratch);
	free(writer);
	return result;
}

/* The file's own schema resolved to ours, as any reader of Avro does. */
static int resolve(struct hubctl_avro_reader *reader, const char *path, struct hub_error *err)
{
	avro_schema_t theirs = avro_file_reader_get_writer_schema(reader->file);
	const char *name = is_avro_record(theirs) ? avro_schema_name(theirs) : "(no record)";
	int result = HUB_OK;
	reader->schema = hub_schema_by_name(&hub_all_schemas, hub_str_from(name));
	if (!reader->schema)
		result = hub_error_set(
		        err, HUB_E_INVALID, path, "of a record \"%s\" that is unknown here", name);
	else if (avro_schema_from_json_length(
	                 reader->schema->json, strlen(reader->schema->json), &reader->wanted))
		result = failed(err, path);
	if (!result) {
		reader->iface = avro_generic_class_from_schema(reader->wanted);
		reader->resolver = avro_resolved_writer_new(theirs, reader->wanted);
		if (!reader->iface || !reader->resolver)
			result = failed(err, path);
	}
	if (!result) {
		reader->has_value = avro_generic_value_new(reader->iface, &reader->value) == 0;
		reader->has_resolved =
		        avro_resolved_writer_new_value(reader->resolver, &reader->resolved) == 0;
		if (reader->has_value && reader->has_resolved)
			avro_resolved_writer_set_dest(&reader->resolved, &reader->value);
		else
			result = failed(err, path);
	}
	avro_schema_decref(theirs);
	return result;
}

int hubctl_avro_open(const char *path, struct hubctl_avro_reader **ret, const struct hub_schema **ret_schema,
        struct hub_error *reterr)
{
	struct hubctl_avro_reader *reader = calloc(1, sizeof(*reader));
	if (!reader)
		return hub_error_set(reterr, HUB_E_FATAL, "", "out of memory");
	reader->bytes = malloc(RECORD_MAX);
	int result = HUB_OK;
	if (!reader->bytes)
		result = hub_error_set(reterr, HUB_E_FATAL, "", "out of memory");
	else if (access(path, R_OK))
		result = hub_error_set(reterr, HUB_E_NOT_FOUND, path, "%s", strerror(errno));
	else if (avro_file_reader(path, &reader->file))
		result = failed(reterr, path);
	else
		result = resolve(reader, path, reterr);
	if (result) {
		hubctl_avro_close(reader);
		return result;
	}
	*ret = reader;
	*ret_schema = reader->schema;
	return HUB_OK;
}

/* Through bytes, so that our own decoder holds them to the schema's limits. */
static int decode(
        struct hubctl_avro_reader *reader, struct hub_arena *arena, void *record, struct hub_error *err)
{
	avro_writer_t memory = avro_writer_memory(reader->bytes, RECORD_MAX);
	if (!memory)
		return hub_error_set(err, HUB_E_FATAL, "", "out of memory");
	int result = HUB_OK;
	if (avro_value_write(memory, &reader->value))
		result = failed(err, reader->schema->name);
	uint32_t len = (uint32_t)avro_writer_tell(memory);
	avro_writer_free(memory);
	if (result)
		return result;
	struct hub_str bytes = hub_arena_copy(arena, (struct hub_str){ reader->bytes, len });
	return hub_record_decode(reader->schema, bytes, arena, record, err);
}

int hubctl_avro_next(
        struct hubctl_avro_reader *reader, struct hub_arena *arena, void **ret, struct hub_error *reterr)
{
	*ret = NULL;
	avro_value_reset(&reader->value);
	int code = avro_file_reader_read_value(reader->file, &reader->resolved);
	if (code == EOF)
		return HUB_OK;
	if (code)
		return failed(reterr, reader->schema->name);
	void *record = hub_arena_alloc(arena, reader->schema->size);
	if (!record)
		return hub_error_set(reterr, HUB_E_TOO_LARGE, "", "out of memory");
	int result = decode(reader, arena, record, reterr);
	if (!result)
		*ret = record;
	return result;
}

void hubctl_avro_close(struct hubctl_avro_reader *reader)
{
	if (!reader)
		return;
	if (reader->has_resolved)
		avro_value_decref(&reader->resolved);
	if (reader->has_value)
		avro_value_decref(&reader->value);
	if (reader->resolver)
		avro_value_iface_decref(reader->resolver);
	if (reader->iface)
		avro_value_iface_decref(reader->iface);
	if (reader->wanted)
		avro_schema_decref(reader->wanted);
	if (reader->file)
		avro_file_reader_close(reader->file);
	free(reader->bytes);
	free(reader);
}
