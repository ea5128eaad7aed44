#include "dashboard-gateway/http/etag.h"

static void skip(struct hub_str *list, const char *what)
{
	while (list->len && strchr(what, list->data[0]) && list->data[0])
		*list = (struct hub_str){ list->data + 1, list->len - 1 };
}

bool gateway_etag_listed(struct hub_str list, struct hub_str etag, bool weak)
{
	skip(&list, " \t");
	if (hub_str_is(list, "*"))
		return true;
	while (list.len) {
		bool is_weak = hub_str_starts_with(list, HUB_STR("W/"));
		if (is_weak)
			list = (struct hub_str){ list.data + 2, list.len - 2 };
		const char *end =
		        list.len > 1 && list.data[0] == '"' ? memchr(list.data + 1, '"', list.len - 1) : NULL;
		if (!end)
			return false;
		struct hub_str tag = { list.data, (uint32_t)(end + 1 - list.data) };
		if (hub_str_eq(tag, etag) && (weak || !is_weak))
			return true;
		list = (struct hub_str){ end + 1, list.len - tag.len };
		skip(&list, " \t,");
	}
	return false;
}
