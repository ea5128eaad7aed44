#include "daemon/help.h"

#include "log/log.h"

static void put_log_codes(struct hub_buf *text)
{
	static const char *const levels[] = { "error", "warning", "info", "debug" };
	hub_buf_text(
	        text, "\n# Log codes\n\n| code | level | what happened | what to do |\n|---|---|---|---|\n");
	for (int i = 0; i < HUB_LOG_CODES; i++) {
		const struct hub_log_entry *entry = hub_log_entry((enum hub_log_code)i);
		hub_buf_printf(text, "| `%s` | %s | %s | %s |\n", entry->name, levels[entry->level],
		        entry->meaning, entry->action);
	}
}

void hub_help_markdown(const struct hub_help_page *page, struct hub_buf *out)
{
	hub_buf_printf(
	        out, "# Options of %s\n\nMade by `hub-%s --help-markdown`.\n\n", page->name, page->name);
	hub_config_markdown(page->parts, page->part_count, out);
	put_log_codes(out);
}

void hub_help_text(const struct hub_help_page *page, struct hub_buf *out)
{
	hub_buf_printf(out,
	        "hub-%s: %s\n\n"
	        "usage: hub-%s [--config FILE] [--check]\n"
	        "  --config FILE  lines of key = value; the environment goes over it (HUB_CONFIG "
	        "names a file too)\n"
	        "  --check        only check the configuration\n"
	        "%s"
	        "  --version, --help, --help-markdown\n\n"
	        "exit: 0 stopped as asked, 64 wrong arguments or configuration, 69 cannot be set "
	        "up,\n"
	        "%s\n"
	        "options, with default and limits (key a.b is HUB_A_B in the environment):\n",
	        page->name, page->summary, page->name, page->verbs, page->exits);
	hub_config_help(page->parts, page->part_count, out);
}
