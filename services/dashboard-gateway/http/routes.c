#include "dashboard-gateway/http/routes.h"

static const struct gateway_route routes[] = {
#define ROUTE(handler, method, path, who, action)                                                            \
	{ GATEWAY_ROUTE_##handler, #handler, GATEWAY_METHOD_##method, path, GATEWAY_WHO_##who,               \
		GATEWAY_ACTION_##action },
#include "dashboard-gateway/http/routes.def"
#undef ROUTE
};

const struct gateway_route *gateway_route_row(enum gateway_route_id id)
{
	return &routes[id];
}

static bool matches(const char *path, const struct gateway_target *target, struct hub_str *ret_subject)
{
	uint32_t at = 0;
	for (; *path == '/'; at++) {
		const char *word = path + 1;
		size_t len = 0;
		while (word[len] && word[len] != '/')
			len++;
		if (at == target->segment_count)
			return false;
		struct hub_str segment = target->segments[at];
		if (*word == '{')
			*ret_subject = segment;
		else if (segment.len != len || memcmp(segment.data, word, len) != 0)
			return false;
		path = word + len;
	}
	return at == target->segment_count;
}

const struct gateway_route *gateway_route_find(enum gateway_method method,
        const struct gateway_target *target, struct hub_str *ret_subject, unsigned *ret_methods)
{
	const struct gateway_route *found = NULL;
	*ret_subject = (struct hub_str){ NULL, 0 };
	*ret_methods = 0;
	for (int i = 0; i < GATEWAY_ROUTES; i++) {
		if (!matches(routes[i].path, target, ret_subject))
			continue;
		*ret_methods |= (unsigned)routes[i].method;
		if (routes[i].method == method)
			found = &routes[i];
	}
	return found;
}

void gateway_methods_write(unsigned methods, struct hub_buf *out)
{
	static const struct {
		enum gateway_method method;
		const char *text;
	} names[] = {
		{ GATEWAY_METHOD_GET, "GET, HEAD" },
		{ GATEWAY_METHOD_POST, "POST" },
		{ GATEWAY_METHOD_DELETE, "DELETE" },
	};
	bool first = true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(methods & (unsigned)names[i].method))
			continue;
		hub_buf_text(out, first ? "" : ", ");
		hub_buf_text(out, names[i].text);
		first = false;
	}
}
