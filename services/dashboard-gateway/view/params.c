#include "dashboard-gateway/view/params.h"

#include "base/calendar.h"

static int wrong(struct hub_error *reterr, const char *name, const char *expected)
{
	return hub_error_set(reterr, HUB_E_INVALID, name, "expected %s", expected);
}

/* What somebody sent, for an error's place: printable and short. */
static int unknown(struct hub_error *reterr, struct hub_str name)
{
	char place[48];
	uint32_t len = 0;
	for (; len < name.len && len < sizeof(place) - 1; len++) {
		unsigned char c = (unsigned char)name.data[len];
		place[len] = c > ' ' && c < 0x7f ? (char)c : '?';
	}
	place[len] = '\0';
	return hub_error_set(
	        reterr, HUB_E_INVALID, len ? place : "(no name)", "there is no such parameter here");
}

/* The known name, NUL-terminated; NULL: none. */
static const char *among(struct hub_str name, const char *const *names)
{
	for (; *names; names++)
		if (hub_str_is(name, *names))
			return *names;
	return NULL;
}

int gateway_params_check(
        const struct gateway_params *params, const char *const *names, struct hub_error *reterr)
{
	for (uint32_t i = 0; i < params->count; i++) {
		const char *name = among(params->items[i].name, names);
		if (!name)
			return unknown(reterr, params->items[i].name);
		for (uint32_t before = 0; before < i; before++)
			if (hub_str_is(params->items[before].name, name))
				return hub_error_set(reterr, HUB_E_INVALID, name, "it is given twice");
		if (params->items[i].value.len > GATEWAY_PARAM_BYTES)
			return hub_error_set(reterr, HUB_E_INVALID, name, "expected at most %d bytes",
			        GATEWAY_PARAM_BYTES);
	}
	return HUB_OK;
}

struct hub_str gateway_params_get(const struct gateway_params *params, const char *name)
{
	for (uint32_t i = 0; i < params->count; i++)
		if (hub_str_is(params->items[i].name, name))
			return params->items[i].value;
	return HUB_STR("");
}

int gateway_params_limit(const struct gateway_params *params, uint32_t *ret, struct hub_error *reterr)
{
	struct hub_str text = gateway_params_get(params, "limit");
	uint32_t value = 0;
	if (!text.len)
		return HUB_OK;
	for (uint32_t i = 0; i < text.len && value <= GATEWAY_LIMIT_MAX; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return wrong(reterr, "limit", "a whole number from 1 to 200");
		value = value * 10 + (uint32_t)(text.data[i] - '0');
	}
	if (value < 1 || value > GATEWAY_LIMIT_MAX)
		return wrong(reterr, "limit", "a whole number from 1 to 200");
	*ret = value;
	return HUB_OK;
}

int gateway_params_wanted(const struct gateway_params *params, const char *name, enum gateway_wanted *ret,
        struct hub_error *reterr)
{
	struct hub_str text = gateway_params_get(params, name);
	if (!text.len)
		return HUB_OK;
	if (!hub_str_is(text, "true") && !hub_str_is(text, "false"))
		return wrong(reterr, name, "true or false");
	*ret = hub_str_is(text, "true") ? GATEWAY_YES : GATEWAY_NO;
	return HUB_OK;
}

int gateway_params_time(
        const struct gateway_params *params, const char *name, int64_t *ret, struct hub_error *reterr)
{
	struct hub_str text = gateway_params_get(params, name);
	if (text.len && !hub_time_parse(text, ret))
		return wrong(reterr, name, "a time such as 2026-11-29T08:05:00+08:00");
	return HUB_OK;
}

int gateway_params_symbol(const struct gateway_params *params, const char *name,
        const struct hub_enum *choices, uint32_t *ret, struct hub_error *reterr)
{
	struct hub_str text = gateway_params_get(params, name);
	if (!text.len)
		return HUB_OK;
	for (uint32_t i = 1; i < choices->count; i++) {
		if (hub_str_is(text, choices->symbols[i])) {
			*ret = i;
			return HUB_OK;
		}
	}
	return hub_error_set(reterr, HUB_E_INVALID, name, "expected a value of %s, such as %s", choices->name,
	        choices->symbols[1]);
}

int gateway_params_choice(const struct gateway_params *params, const char *name, const char *const *choices,
        uint32_t *ret, struct hub_error *reterr)
{
	struct hub_str text = gateway_params_get(params, name), list = { NULL, 0 };
	char words[320];
	if (!text.len)
		return HUB_OK;
	for (uint32_t i = 0; choices[i]; i++) {
		if (hub_str_is(text, choices[i])) {
			*ret = i;
			return HUB_OK;
		}
		for (const char *c = i ? ", " : ""; *c && list.len < sizeof(words) - 1; c++)
			words[list.len++] = *c;
		for (const char *c = choices[i]; *c && list.len < sizeof(words) - 1; c++)
			words[list.len++] = *c;
	}
	words[list.len] = '\0';
	return hub_error_set(reterr, HUB_E_INVALID, name, "expected one of: %s", words);
}
