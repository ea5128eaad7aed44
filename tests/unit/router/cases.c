#include "cases.h"

#include "base/calendar.h"
#include "wire/schema.h"

#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS_MAX = 32, FILE_MAX = 1 << 20 };

struct cases_row {
	const char *path;
	unsigned line;
	struct hub_str names[COLUMNS_MAX];
	struct hub_str values[COLUMNS_MAX];
	uint32_t name_count;
	uint32_t value_count;
	struct hub_str with_names[COLUMNS_MAX]; /* the same in every row */
	struct hub_str with_values[COLUMNS_MAX];
	uint32_t with_count;
};

static const char *const weekdays[] = { "", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

_Noreturn void cases_mistake(const struct cases_row *row, const char *column, const char *what)
{
	fprintf(stderr, "%s:%u: column %s: %s\n", row->path, row->line, column, what);
	exit(2);
}

struct hub_str cases_get(const struct cases_row *row, const char *column)
{
	struct hub_str value = { NULL, 0 };
	for (uint32_t i = 0; i < row->with_count; i++)
		if (hub_str_is(row->with_names[i], column))
			value = row->with_values[i];
	for (uint32_t i = 0; i < row->name_count && i < row->value_count; i++)
		if (hub_str_is(row->names[i], column))
			value = row->values[i];
	return hub_str_is(value, "-") ? HUB_STR("") : value;
}

bool cases_yes(const struct cases_row *row, const char *column)
{
	struct hub_str value = cases_get(row, column);
	if (!hub_str_empty(value) && !hub_str_is(value, "yes") && !hub_str_is(value, "no"))
		cases_mistake(row, column, "expected yes or no");
	return hub_str_is(value, "yes");
}

int64_t cases_number(const struct cases_row *row, const char *column)
{
	struct hub_str value = cases_get(row, column);
	char text[32], *end;
	if (value.len >= sizeof(text))
		cases_mistake(row, column, "expected a number");
	memcpy(text, value.len ? value.data : "", value.len);
	text[value.len] = '\0';
	long long number = strtoll(text, &end, 10);
	if (*end != '\0')
		cases_mistake(row, column, "expected a number");
	return number;
}

static struct hub_str skip(struct hub_str text, uint32_t n)
{
	return (struct hub_str){ text.data + n, text.len - n };
}

int64_t cases_instant(const struct cases_row *row, const char *column)
{
	struct hub_str value = cases_get(row, column);
	char text[] = "2026-02-27T17:00";
	int64_t at_ms;
	if (value.len != sizeof("Fri 2026-02-27 17:00") - 1)
		cases_mistake(row, column, "expected an instant such as \"Fri 2026-02-27 17:00\"");
	memcpy(text, value.data + 4, sizeof(text) - 1);
	text[HUB_DATE_LEN] = 'T';
	if (!hub_time_parse(hub_str_from(text), &at_ms))
		cases_mistake(row, column, "expected an instant such as \"Fri 2026-02-27 17:00\"");
	const char *weekday = weekdays[hub_weekday(hub_day_of(at_ms))];
	if (!hub_str_starts_with(value, hub_str_from(weekday)))
		cases_mistake(row, column, weekday);
	return at_ms;
}

int32_t cases_day(const struct cases_row *row, const char *column)
{
	int32_t day;
	if (!hub_day_parse(cases_get(row, column), &day))
		cases_mistake(row, column, "expected a date such as 2026-02-27");
	return day;
}

uint32_t cases_symbol(
        const struct cases_row *row, const char *column, const struct hub_enum *enumeration, uint32_t absent)
{
	struct hub_str value = cases_get(row, column);
	for (uint32_t i = 0; i < enumeration->count; i++)
		if (hub_str_is(value, enumeration->symbols[i]))
			return i;
	if (!hub_str_empty(value))
		cases_mistake(row, column, enumeration->name);
	return absent;
}

void cases_put_instant(struct hub_buf *answer, int64_t at_ms)
{
	char text[HUB_TIME_LEN + 1];
	hub_time_format(at_ms, text);
	text[HUB_DATE_LEN] = ' ';
	hub_buf_text(answer, weekdays[hub_weekday(hub_day_of(at_ms))]);
	hub_buf_byte(answer, ' ');
	hub_buf_bytes(answer, text, HUB_DATE_LEN + sizeof(" 17:00") - 1);
}

/* The line at *at without its remark and surrounding spaces; moves *at behind it. */
static struct hub_str next_line(const char **at)
{
	const char *start = *at, *end = strchrnul(start, '\n');
	*at = *end ? end + 1 : end;
	for (const char *c = start; c < end; c++) {
		if (*c == '#' && (c == start || c[-1] == ' ' || c[-1] == '\t')) {
			end = c;
			break;
		}
	}
	while (start < end && (*start == ' ' || *start == '\t'))
		start++;
	while (end > start && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	return (struct hub_str){ start, (uint32_t)(end - start) };
}

/* Splits at two or more spaces, or a tab. */
static uint32_t split(struct hub_str line, struct hub_str columns[COLUMNS_MAX])
{
	uint32_t count = 0, at = 0;
	while (at < line.len && count < COLUMNS_MAX) {
		uint32_t start = at;
		while (at < line.len && line.data[at] != '\t' &&
		        !(line.data[at] == ' ' && at + 1 < line.len && line.data[at + 1] == ' '))
			at++;
		columns[count++] = (struct hub_str){ line.data + start, at - start };
		while (at < line.len && (line.data[at] == ' ' || line.data[at] == '\t'))
			at++;
	}
	return count;
}

static bool word(struct hub_str line, const char *first, struct hub_str *ret_rest)
{
	struct hub_str head = hub_str_from(first);
	if (!hub_str_starts_with(line, head) || line.len <= head.len || line.data[head.len] != ' ')
		return false;
	*ret_rest = skip(line, head.len + 1);
	return true;
}

static void add_with(struct cases_row *row, struct hub_str rest)
{
	const char *space = memchr(rest.data, ' ', rest.len);
	if (!space || row->with_count == COLUMNS_MAX)
		cases_mistake(row, "with", "expected a column and its value");
	uint32_t len = (uint32_t)(space - rest.data);
	struct hub_str value = skip(rest, len);
	while (value.len && *value.data == ' ')
		value = skip(value, 1);
	row->with_names[row->with_count] = (struct hub_str){ rest.data, len };
	row->with_values[row->with_count++] = value;
}

static bool row_is_right(const struct cases_verb *verb, void *user, const struct cases_row *row)
{
	struct hub_buf answer;
	hub_buf_init(&answer, FILE_MAX);
	verb->run(user, row, &answer);
	struct hub_str got = hub_buf_slice(&answer), expected = row->values[0];
	bool right = hub_str_eq(got, hub_str_is(expected, "-") ? HUB_STR("") : expected);
	if (!right)
		fprintf(stderr, "%s:%u: expected %.*s\n%*s  answered %.*s\n", row->path, row->line,
		        HUB_STR_ARG(expected), (int)strlen(row->path), "", HUB_STR_ARG(got));
	hub_buf_done(&answer);
	return right;
}

static const struct cases_verb *verb_named(
        const struct cases_row *row, const struct cases_verb *verbs, size_t count, struct hub_str name)
{
	for (size_t i = 0; i < count; i++)
		if (hub_str_is(name, verbs[i].name))
			return &verbs[i];
	cases_mistake(row, "table", "no such verb");
}

unsigned cases_run_text(
        const char *path, const char *text, const struct cases_verb *verbs, size_t verb_count, void *user)
{
	struct cases_row row = { .path = path };
	const struct cases_verb *verb = NULL;
	unsigned rows = 0, wrong = 0;
	while (*text) {
		struct hub_str rest, line = next_line(&text);
		row.line++;
		if (hub_str_empty(line))
			continue;
		if (word(line, "table", &rest)) {
			verb = verb_named(&row, verbs, verb_count, rest);
			row.name_count = row.with_count = 0;
		} else if (word(line, "with", &rest)) {
			add_with(&row, rest);
		} else if (!verb) {
			cases_mistake(&row, "table", "expected first");
		} else if (row.name_count == 0) {
			row.name_count = split(line, row.names);
		} else {
			row.value_count = split(line, row.values);
			if (row.value_count > row.name_count)
				cases_mistake(&row, "expect", "more values than columns");
			rows++;
			wrong += !row_is_right(verb, user, &row);
		}
	}
	printf("%s: %u rows, %u wrong\n", path, rows, wrong);
	return rows ? wrong : 1;
}

unsigned cases_run(const char *path, const struct cases_verb *verbs, size_t verb_count, void *user)
{
	FILE *file = fopen(path, "r");
	char *text = file ? calloc(1, FILE_MAX + 1) : NULL;
	unsigned wrong = 1;
	if (text) {
		text[fread(text, 1, FILE_MAX, file)] = '\0';
		wrong = cases_run_text(path, text, verbs, verb_count, user);
	} else {
		perror(path);
	}
	free(text);
	if (file)
		fclose(file);
	return wrong;
}
