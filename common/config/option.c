#include "config/internal.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

struct hub_str hub_option_choice(const char *choices, uint32_t i)
{
	while (i-- > 0 && choices) {
		choices = strchr(choices, ' ');
		choices = choices ? choices + 1 : NULL;
	}
	if (!choices)
		return (struct hub_str){ NULL, 0 };
	return (struct hub_str){ choices, (uint32_t)strcspn(choices, " ") };
}

static int store_int(
        const struct hub_option *option, const char *text, int64_t *ret, struct hub_error *reterr)
{
	char *end;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (end == text || *end || errno || value < option->least || value > option->most)
		return hub_error_set(reterr, HUB_E_INVALID, option->name,
		        "expected a whole number from %" PRId64 " to %" PRId64 ", not \"%.60s\"",
		        option->least, option->most, text);
	*ret = value;
	return HUB_OK;
}

static int store_bool(const struct hub_option *option, const char *text, bool *ret, struct hub_error *reterr)
{
	bool yes = strcmp(text, "true") == 0;
	if (!yes && strcmp(text, "false") != 0)
		return hub_error_set(
		        reterr, HUB_E_INVALID, option->name, "expected true or false, not \"%.60s\"", text);
	*ret = yes;
	return HUB_OK;
}

static int store_choice(
        const struct hub_option *option, const char *text, int32_t *ret, struct hub_error *reterr)
{
	struct hub_str word;
	for (uint32_t i = 0; word = hub_option_choice(option->choices, i), word.len > 0; i++) {
		if (!hub_str_is(word, text))
			continue;
		*ret = (int32_t)i;
		return HUB_OK;
	}
	return hub_error_set(reterr, HUB_E_INVALID, option->name, "expected one of: %s, not \"%.60s\"",
	        option->choices, text);
}

static int store_text(
        const struct hub_option *option, const char *text, const char **ret, struct hub_error *reterr)
{
	if (strlen(text) > (size_t)option->most)
		return hub_error_set(reterr, HUB_E_INVALID, option->name, "is longer than %" PRId64 " bytes",
		        option->most);
	int code = option->check ? option->check(text, reterr) : HUB_OK;
	if (!code)
		*ret = text;
	return code;
}

int hub_option_store(
        const struct hub_option *option, const char *text, void *values, struct hub_error *reterr)
{
	void *member = (char *)values + option->offset;
	switch (option->type) {
	case HUB_OPTION_TEXT:
		return store_text(option, text, member, reterr);
	case HUB_OPTION_INT:
		return store_int(option, text, member, reterr);
	case HUB_OPTION_BOOL:
		return store_bool(option, text, member, reterr);
	case HUB_OPTION_CHOICE:
		return store_choice(option, text, member, reterr);
	}
	return HUB_E_INVALID;
}

struct hub_str hub_config_variable(struct hub_arena *arena, const char *name)
{
	struct hub_str text = hub_arena_printf(arena, "HUB_%s", name);
	char *at = hub_arena_alloc(arena, text.len + 1);
	if (!at)
		return (struct hub_str){ NULL, 0 };
	for (uint32_t i = 0; i < text.len; i++)
		at[i] = isalnum((unsigned char)text.data[i]) ? (char)toupper((unsigned char)text.data[i])
		                                             : '_';
	return (struct hub_str){ at, text.len };
}
