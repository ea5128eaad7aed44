#include "wire/locate.h"

#include <stdbool.h>

/* The text has been parsed by jansson before: this walk only counts, and stops at the end whatever it meets.
 */
struct walk {
	const char *at;
	const char *end;
};

static void space(struct walk *w)
{
	while (w->at < w->end && (*w->at == ' ' || *w->at == '\t' || *w->at == '\n' || *w->at == '\r'))
		w->at++;
}

static bool take(struct walk *w, char c)
{
	space(w);
	if (w->at == w->end || *w->at != c)
		return false;
	w->at++;
	return true;
}

/* Past a string; the bytes between its quotes. */
static struct hub_str skip_string(struct walk *w)
{
	const char *start = ++w->at;
	while (w->at < w->end && *w->at != '"')
		w->at += *w->at == '\\' && w->at + 1 < w->end ? 2 : 1;
	struct hub_str inside = { start, (uint32_t)(w->at - start) };
	if (w->at < w->end)
		w->at++;
	return inside;
}

/* Past a value, whatever it is. */
static void skip_value(struct walk *w)
{
	int depth = 0;
	do {
		space(w);
		if (w->at == w->end)
			return;
		char c = *w->at;
		if (c == '"') {
			skip_string(w);
		} else {
			depth += c == '{' || c == '[';
			depth -= c == '}' || c == ']';
			w->at++;
			while (depth == 0 && w->at < w->end && !memchr(",]}\n ", *w->at, 5) && c != '}' &&
			        c != ']')
				w->at++;
		}
	} while (depth > 0);
}

/* Inside an object (after its brace): stands before the value of the member; *ret_key is where its name
 * stands. */
static bool find_member(struct walk *w, struct hub_str name, const char **ret_key)
{
	space(w);
	while (w->at < w->end && *w->at == '"') {
		const char *key = w->at;
		bool found = hub_str_eq(skip_string(w), name);
		take(w, ':');
		space(w);
		if (found) {
			*ret_key = key;
			return true;
		}
		skip_value(w);
		take(w, ',');
		space(w);
	}
	return false;
}

/* Inside an array: stands before item n. */
static bool find_item(struct walk *w, uint32_t n)
{
	for (; n > 0; n--) {
		space(w);
		if (w->at == w->end || *w->at == ']')
			return false;
		skip_value(w);
		take(w, ',');
	}
	space(w);
	return w->at < w->end && *w->at != ']';
}

/* The next step of a path: a member's name, or an index. */
static bool next_step(struct hub_str *path, struct hub_str *ret_name, uint32_t *ret_index)
{
	if (path->len && path->data[0] == '.')
		*path = (struct hub_str){ path->data + 1, path->len - 1 };
	if (path->len == 0)
		return false;
	bool item = path->data[0] == '[';
	uint32_t n = item;
	*ret_index = 0;
	while (n < path->len && path->data[n] != '[' &&
	        (item ? path->data[n] != ']' : path->data[n] != '.')) {
		*ret_index = *ret_index * 10 + (uint32_t)(path->data[n] - '0') % 10;
		n++;
	}
	*ret_name = item ? (struct hub_str){ 0 } : (struct hub_str){ path->data, n };
	n += item && n < path->len;
	*path = (struct hub_str){ path->data + n, path->len - n };
	return true;
}

uint32_t hub_json_locate(struct hub_str text, struct hub_str path)
{
	struct walk w = { text.data, text.data + text.len };
	struct hub_str name;
	uint32_t index;
	space(&w);
	const char *found = w.at;
	while (next_step(&path, &name, &index)) {
		const char *key = NULL;
		bool there = name.data ? take(&w, '{') && find_member(&w, name, &key)
		                       : take(&w, '[') && find_item(&w, index);
		if (!there)
			break;
		found = key ? key : w.at;
	}
	uint32_t line = 1;
	for (const char *p = text.data; p < found; p++)
		line += *p == '\n';
	return line;
}
