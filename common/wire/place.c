#include "wire/place.h"

#include <stdio.h>
#include <string.h>

static int put_before(struct hub_error *err, const char *text)
{
	char place[sizeof(err->place) + 80];
	const char *dot = err->place[0] && err->place[0] != '[' ? "." : "";
	(void)snprintf(place, sizeof(place), "%s%s%s", text, dot, err->place);
	/* A path too long keeps its beginning. */
	memcpy(err->place, place, sizeof(err->place) - 1);
	err->place[sizeof(err->place) - 1] = '\0';
	return err->code;
}

int hub_place_field(struct hub_error *err, const char *name)
{
	return put_before(err, name);
}

int hub_place_item(struct hub_error *err, uint32_t index)
{
	char text[16];
	(void)snprintf(text, sizeof(text), "[%u]", index);
	return put_before(err, text);
}
