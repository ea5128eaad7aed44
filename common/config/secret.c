#include "config/internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { SECRET_BYTES = 16 << 10 };

struct hub_str hub_config_secret_of(struct hub_str key)
{
	const struct hub_str in_file = HUB_STR(".file"), in_environment = HUB_STR("_FILE");
	if (hub_str_ends_with(key, in_file) || hub_str_ends_with(key, in_environment))
		return (struct hub_str){ key.data, key.len - in_file.len };
	return (struct hub_str){ NULL, 0 };
}

/* Editors and echo end a file with a line break that is no part of the secret. */
static size_t without_line_break(const char *text, size_t len)
{
	if (len && text[len - 1] == '\n')
		len--;
	if (len && text[len - 1] == '\r')
		len--;
	return len;
}

static int wrong(const char *path, const char *what, struct hub_error *reterr)
{
	return hub_error_set(reterr, HUB_E_INVALID, "", "%s: %s", path, what);
}

int hub_config_read_secret(
        struct hub_arena *arena, const char *path, struct hub_str *ret, struct hub_error *reterr)
{
	char text[SECRET_BYTES + 1];
	FILE *file = fopen(path, "re");
	if (!file)
		return wrong(path, strerror(errno), reterr);
	size_t len = fread(text, 1, sizeof(text), file);
	int failed = ferror(file) ? errno : 0;
	fclose(file);
	if (failed)
		return wrong(path, strerror(failed), reterr);
	if (len > SECRET_BYTES)
		return wrong(path, "is larger than 16 KiB", reterr);
	len = without_line_break(text, len);
	if (len == 0)
		return wrong(path, "is empty", reterr);
	if (memchr(text, '\0', len))
		return wrong(path, "holds a NUL byte", reterr);
	*ret = hub_arena_copy(arena, (struct hub_str){ text, (uint32_t)len });
	explicit_bzero(text, len);
	return ret->len ? HUB_OK : wrong(path, "there is no memory for it", reterr);
}
