#include "dashboard-gateway/hot/row.h"

#include "base/copy.h"
#include "wire/member.h"
#include "wire/moment.h"

/* Whole and within 32 bits. */
static bool read_number(struct hub_str text, int32_t *ret)
{
	enum { DIGITS_MAX = 10, BASE = 10 };
	bool minus = text.len > 0 && text.data[0] == '-';
	int64_t value = 0;
	if (text.len == minus || text.len > (uint32_t)DIGITS_MAX + minus)
		return false;
	for (uint32_t i = minus; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		value = value * BASE + (text.data[i] - '0');
	}
	value = minus ? -value : value;
	*ret = (int32_t)value;
	return *ret == value;
}

static bool read_yes(struct hub_str text, bool *ret)
{
	*ret = hub_str_is(text, "1");
	return *ret || hub_str_is(text, "0");
}

static bool read_time(struct hub_str text, int64_t *ret)
{
	return hub_time_parse(text, ret) && hub_moment_valid(*ret);
}

static bool read_member(const struct gateway_member *member, struct hub_str text, void *at)
{
	uint32_t symbol;
	switch (member->form) {
	case GATEWAY_TEXT:
		*(struct hub_str *)at = text.len ? text : (struct hub_str){ NULL, 0 };
		return true;
	case GATEWAY_SYMBOL:
		if (!hub_enum_value(member->enumeration, text, &symbol))
			return false;
		*(struct hub_str *)at = hub_str_from(member->enumeration->symbols[symbol]);
		return true;
	case GATEWAY_CHOICE:
		if (!hub_enum_value(member->enumeration, text, &symbol))
			return false;
		memcpy(at, &symbol, sizeof(symbol));
		return true;
	case GATEWAY_NUMBER:
		return read_number(text, at);
	case GATEWAY_TIME:
		return read_time(text, at);
	case GATEWAY_YES:
		return read_yes(text, at);
	}
	return false;
}

static const char *form_name(enum gateway_member_form form)
{
	switch (form) {
	case GATEWAY_NUMBER:
		return "a whole number";
	case GATEWAY_TIME:
		return "a time";
	case GATEWAY_YES:
		return "1 or 0";
	default:
		return "a value that is known";
	}
}

static int invalid(struct hub_error *reterr, struct hub_str field, const char *what)
{
	char place[sizeof(reterr->place)] = "";
	(void)hub_copy(place, field.data, field.len < sizeof(place) ? field.len : sizeof(place) - 1);
	return hub_error_set(reterr, HUB_E_INVALID, place, "is not %s", what);
}

static void *at_member(const struct gateway_member *member, void *row)
{
	return (char *)row + member->offset;
}

static const void *at_member_of(const struct gateway_member *member, const void *row)
{
	return (const char *)row + member->offset;
}

static void no_times(const struct gateway_row_form *form, void *row)
{
	for (uint32_t i = 0; i < form->count; i++)
		if (form->members[i].form == GATEWAY_TIME)
			*(int64_t *)at_member(&form->members[i], row) = GATEWAY_NO_TIME;
}

/* Fields come in the order of the table, so the next one is looked for where the last was found. */
static const struct gateway_member *find_member(
        const struct gateway_row_form *form, struct hub_str name, uint32_t *from)
{
	for (uint32_t n = 0; n < form->count; n++) {
		uint32_t i = *from + n < form->count ? *from + n : *from + n - form->count;
		if (!hub_str_eq(form->members[i].name, name))
			continue;
		*from = i + 1 < form->count ? i + 1 : 0;
		return &form->members[i];
	}
	return NULL;
}

int gateway_row_read(const struct gateway_row_form *form, const struct gateway_field *fields, uint32_t count,
        union gateway_any_row *ret, struct hub_error *reterr)
{
	uint32_t from = 0;
	bool steered = false;
	memset(ret, 0, sizeof(*ret));
	no_times(form, ret);
	for (uint32_t i = 0; i < count; i++) {
		const struct gateway_member *member = find_member(form, fields[i].name, &from);
		if (!member)
			continue; /* a newer router's, or not shown */
		if (!read_member(member, fields[i].value, at_member(member, ret)))
			return invalid(reterr, member->name, form_name(member->form));
		steered = steered || hub_str_is(member->name, form->steers);
	}
	return steered ? HUB_OK : invalid(reterr, hub_str_from(form->steers), "there");
}

static bool member_equal(const struct gateway_member *member, const void *row, const void *other)
{
	const void *a = at_member_of(member, row), *b = at_member_of(member, other);
	switch (member->form) {
	case GATEWAY_TEXT:
	case GATEWAY_SYMBOL:
		return hub_str_eq(hub_member_str(a), hub_member_str(b));
	case GATEWAY_CHOICE:
		return hub_member_enum(a) == hub_member_enum(b);
	case GATEWAY_NUMBER:
		return *(const int32_t *)a == *(const int32_t *)b;
	case GATEWAY_TIME:
		return *(const int64_t *)a == *(const int64_t *)b;
	case GATEWAY_YES:
		return *(const bool *)a == *(const bool *)b;
	}
	return false;
}

bool gateway_row_equal(const struct gateway_row_form *form, const void *row, const void *other)
{
	for (uint32_t i = 0; i < form->count; i++)
		if (!member_equal(&form->members[i], row, other))
			return false;
	return true;
}

static void adopt_text(struct gateway_words *words, struct hub_str *to, struct hub_str text)
{
	struct hub_str former = *to;
	if (hub_str_eq(former, text))
		return;
	*to = gateway_words_take(words, text);
	gateway_words_drop(words, former);
}

static void adopt_member(
        const struct gateway_member *member, struct gateway_words *words, void *to, const void *from)
{
	switch (member->form) {
	case GATEWAY_TEXT:
		adopt_text(words, to, hub_member_str(from));
		break;
	case GATEWAY_SYMBOL:
		*(struct hub_str *)to = hub_member_str(from);
		break;
	case GATEWAY_CHOICE:
		memcpy(to, from, sizeof(uint32_t));
		break;
	case GATEWAY_NUMBER:
		*(int32_t *)to = *(const int32_t *)from;
		break;
	case GATEWAY_TIME:
		*(int64_t *)to = *(const int64_t *)from;
		break;
	case GATEWAY_YES:
		*(bool *)to = *(const bool *)from;
		break;
	}
}

void gateway_row_adopt(const struct gateway_row_form *form, struct gateway_words *words,
        struct gateway_row *row, const void *from)
{
	for (uint32_t i = 0; i < form->count; i++)
		adopt_member(&form->members[i], words, at_member(&form->members[i], row),
		        at_member_of(&form->members[i], from));
	if (form->finish)
		form->finish(row, gateway_row_id(form, row->key));
}

void gateway_row_release(
        const struct gateway_row_form *form, struct gateway_words *words, struct gateway_row *row)
{
	for (uint32_t i = 0; i < form->count; i++) {
		if (form->members[i].form != GATEWAY_TEXT)
			continue;
		struct hub_str *text = at_member(&form->members[i], row);
		gateway_words_drop(words, *text);
		*text = (struct hub_str){ NULL, 0 };
	}
}
