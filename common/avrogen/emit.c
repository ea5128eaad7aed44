#include "avrogen/emit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *gen_type_constant(enum hub_type type)
{
	static const char *const names[] = {
		[HUB_TYPE_BOOLEAN] = "HUB_TYPE_BOOLEAN",
		[HUB_TYPE_INT] = "HUB_TYPE_INT",
		[HUB_TYPE_LONG] = "HUB_TYPE_LONG",
		[HUB_TYPE_DOUBLE] = "HUB_TYPE_DOUBLE",
		[HUB_TYPE_STRING] = "HUB_TYPE_STRING",
		[HUB_TYPE_BYTES] = "HUB_TYPE_BYTES",
		[HUB_TYPE_ENUM] = "HUB_TYPE_ENUM",
		[HUB_TYPE_RECORD] = "HUB_TYPE_RECORD",
		[HUB_TYPE_ARRAY] = "HUB_TYPE_ARRAY",
	};
	return names[type];
}

void gen_emit_type_name(const struct gen_field *field, struct hub_buf *out)
{
	static const char *const names[] = {
		[HUB_TYPE_BOOLEAN] = "boolean",
		[HUB_TYPE_INT] = "int",
		[HUB_TYPE_LONG] = "long",
		[HUB_TYPE_DOUBLE] = "double",
		[HUB_TYPE_STRING] = "string",
		[HUB_TYPE_BYTES] = "bytes",
	};
	enum hub_type type = field->type == HUB_TYPE_ARRAY ? field->item_type : field->type;
	hub_buf_text(out, field->type == HUB_TYPE_ARRAY ? "array of " : "");
	hub_buf_text(out, field->named ? field->named->name : field->timestamp ? "timestamp" : names[type]);
	hub_buf_text(out, field->nullable ? " or null" : "");
}

void gen_emit_literal(struct hub_buf *out, const char *text)
{
	enum { LINE = 100 };
	size_t column = 0;
	hub_buf_byte(out, '"');
	for (const char *at = text; *at; at++) {
		/* Between characters only: never inside an escape or a UTF-8 sequence. */
		if (column >= LINE && ((unsigned char)*at & 0xc0) != 0x80) {
			hub_buf_text(out, "\"\n\t\t\"");
			column = 0;
		}
		if (*at == '"' || *at == '\\')
			hub_buf_printf(out, "\\%c", *at);
		else if (*at == '\n')
			hub_buf_text(out, "\\n");
		else
			hub_buf_byte(out, (uint8_t)*at);
		column++;
	}
	hub_buf_byte(out, '"');
}

static bool holds_already(const char *file, const struct hub_buf *text)
{
	FILE *stream = fopen(file, "rb");
	if (!stream)
		return false;
	char *old = malloc(text->len + 1);
	size_t n = old ? fread(old, 1, text->len + 1, stream) : 0;
	bool same = old && n == text->len && memcmp(old, text->data, n) == 0;
	free(old);
	(void)fclose(stream);
	return same;
}

int gen_write(const char *file, const struct hub_buf *text, struct hub_error *reterr)
{
	if (hub_buf_failed(text))
		return hub_error_set(reterr, HUB_E_TOO_LARGE, file, "generated text is too long");
	if (holds_already(file, text))
		return HUB_OK;
	FILE *stream = fopen(file, "wb");
	if (!stream)
		return hub_error_set(reterr, HUB_E_FATAL, file, "%s", strerror(errno));
	size_t written = fwrite(text->data, 1, text->len, stream);
	if (fclose(stream) != 0 || written != text->len) {
		(void)remove(file);
		return hub_error_set(reterr, HUB_E_FATAL, file, "cannot write: %s", strerror(errno));
	}
	return HUB_OK;
}
