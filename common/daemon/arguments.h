/* Command line of a daemon. */
#ifndef HUB_DAEMON_ARGUMENTS_H
#define HUB_DAEMON_ARGUMENTS_H

enum hub_verb {
	HUB_VERB_RUN,
	HUB_VERB_CHECK,
	HUB_VERB_HELP,
	HUB_VERB_MARKDOWN,
	HUB_VERB_VERSION,
	HUB_VERB_WRONG
};

struct hub_arguments {
	enum hub_verb verb;
	const char *config;  /* path; NULL: not given */
	const char *mistake; /* HUB_VERB_WRONG: the argument that is wrong */
};

struct hub_arguments hub_arguments_parse(int argc, const char *const *argv);

#endif
