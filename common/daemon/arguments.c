#include "daemon/arguments.h"

#include <stddef.h>
#include <string.h>

struct hub_arguments hub_arguments_parse(int argc, const char *const *argv)
{
	static const struct {
		const char *text;
		enum hub_verb verb;
	} verbs[] = {
		{ "--check", HUB_VERB_CHECK },
		{ "--help", HUB_VERB_HELP },
		{ "-h", HUB_VERB_HELP },
		{ "--help-markdown", HUB_VERB_MARKDOWN },
		{ "--version", HUB_VERB_VERSION },
	};
	struct hub_arguments arguments = { HUB_VERB_RUN, NULL, NULL };
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
			arguments.config = argv[++i];
			continue;
		}
		if (strncmp(argv[i], "--config=", 9) == 0) {
			arguments.config = argv[i] + 9;
			continue;
		}
		size_t v = 0;
		while (v < sizeof(verbs) / sizeof(verbs[0]) && strcmp(argv[i], verbs[v].text) != 0)
			v++;
		if (v == sizeof(verbs) / sizeof(verbs[0]))
			return (struct hub_arguments){ HUB_VERB_WRONG, NULL, argv[i] };
		arguments.verb = verbs[v].verb;
	}
	return arguments;
}
