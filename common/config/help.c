#include "config/internal.h"

#include <inttypes.h>

static void put_limits(const struct hub_option *option, struct hub_buf *out)
{
	switch (option->type) {
	case HUB_OPTION_TEXT:
		hub_buf_printf(out, "text of at most %" PRId64 " bytes", option->most);
		break;
	case HUB_OPTION_INT:
		hub_buf_printf(out, "%" PRId64 " to %" PRId64, option->least, option->most);
		break;
	case HUB_OPTION_BOOL:
		hub_buf_text(out, "true or false");
		break;
	case HUB_OPTION_CHOICE: {
		struct hub_str word;
		for (uint32_t i = 0; word = hub_option_choice(option->choices, i), word.len > 0; i++)
			hub_buf_printf(out, "%s%.*s", i ? ", " : "", HUB_STR_ARG(word));
		break;
	}
	}
}

static const char *shown_default(const struct hub_option *option)
{
	return option->secret ? "(secret)" : *option->fallback ? option->fallback : "(empty)";
}

/* doc in lines of at most width columns, each after indent spaces. Breaks at spaces. */
static void put_wrapped(const char *doc, uint32_t indent, uint32_t width, struct hub_buf *out)
{
	struct hub_str rest = hub_str_from(doc);
	while (rest.len) {
		uint32_t len = rest.len;
		if (len > width) {
			len = width;
			while (len > 0 && rest.data[len] != ' ')
				len--;
			if (len == 0)
				len = width;
		}
		hub_buf_printf(out, "%*s%.*s\n", (int)indent, "", (int)len, rest.data);
		while (len < rest.len && rest.data[len] == ' ')
			len++;
		rest = (struct hub_str){ rest.data + len, rest.len - len };
	}
}

void hub_config_help(const struct hub_config_part *parts, uint32_t part_count, struct hub_buf *out)
{
	for (uint32_t p = 0; p < part_count; p++)
		for (uint32_t i = 0; i < parts[p].count; i++) {
			const struct hub_option *option = &parts[p].options[i];
			hub_buf_printf(out, "  %s = %s   [", option->name, shown_default(option));
			put_limits(option, out);
			hub_buf_text(out, "]\n");
			put_wrapped(option->doc, 6, 72, out);
			if (option->secret)
				hub_buf_printf(out, "      %s.file = PATH: of a file that holds it.\n",
				        option->name);
		}
	hub_buf_text(out, "  kafka.NAME = VALUE\n");
	put_wrapped("Any property of librdkafka, e.g. kafka.bootstrap.servers, kafka.security.protocol, "
	            "kafka.sasl.username. "
	            "Those that the hub's promises rest on are refused. A secret may stand in a file: "
	            "kafka.sasl.password.file = PATH.",
	        6, 72, out);
}

void hub_config_markdown(const struct hub_config_part *parts, uint32_t part_count, struct hub_buf *out)
{
	struct hub_arena *arena = hub_arena_new(1 << 20);
	hub_buf_text(out, "| key in the file | in the environment | default | allowed | meaning "
	                  "|\n|---|---|---|---|---|\n");
	for (uint32_t p = 0; arena && p < part_count; p++)
		for (uint32_t i = 0; i < parts[p].count; i++) {
			const struct hub_option *option = &parts[p].options[i];
			struct hub_str variable = hub_config_variable(arena, option->name);
			hub_buf_printf(out, "| `%s` | `%.*s` | `%s` | ", option->name, HUB_STR_ARG(variable),
			        shown_default(option));
			put_limits(option, out);
			if (option->secret)
				hub_buf_printf(
				        out, ", or %s.file: the path of a file that holds it", option->name);
			hub_buf_printf(out, " | %s |\n", option->doc);
		}
	hub_buf_text(out, "| `kafka.x.y` | `HUB_KAFKA_X_Y` | librdkafka's, or the hub's own "
	                  "(`common/kafka/properties.c`) | | "
	                  "librdkafka's property `x.y`; a secret may stand in a file: "
	                  "`kafka.sasl.password.file` is its path |\n");
	hub_arena_free(arena);
}
