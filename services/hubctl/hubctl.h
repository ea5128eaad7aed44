/* What every command gets and how it speaks: results to standard output (tables, or JSON with --json), errors
 * in one line to standard error, an exit code of exit_codes.h. */
#ifndef HUBCTL_HUBCTL_H
#define HUBCTL_HUBCTL_H

#include "hubctl/args.h"
#include "hubctl/exit_codes.h"
#include "hubctl/grid.h"
#include "hubctl/problems.h"
#include "hubctl/settings.h"

#include <jansson.h>

struct hubctl {
	const struct hubctl_args *args;
	const struct hubctl_settings *settings;
	const struct hubctl_command *commands;
	const struct hubctl_option *globals;
	struct hub_arena *arena; /* for as long as the command runs */
	struct hub_buf out;      /* goes to standard output by hubctl_flush */
	bool json;
	uint32_t width; /* columns of the terminal */
};

/* Writes hubctl->out and empties it. HUBCTL_DONE; HUBCTL_INTERRUPTED when nobody reads any more (a closed
 * pipe). */
int hubctl_flush(struct hubctl *hubctl);

/* "hubctl: place: text" to standard error; the exit code that belongs to err. */
int hubctl_fail(struct hubctl *hubctl, const struct hub_error *err);

/* The same for a command line that makes no sense; HUBCTL_USAGE. */
int hubctl_usage(struct hubctl *hubctl, const struct hub_error *err);

/* Appends json (stolen) as one document, indented. */
void hubctl_put_json(struct hubctl *hubctl, json_t *json);

/* Appends json (stolen) in one line. */
void hubctl_put_json_line(struct hubctl *hubctl, json_t *json);

/* "1 record", "12 records"; in hubctl->arena. */
const char *hubctl_count(struct hubctl *hubctl, uint64_t count, const char *noun);

/* A slice as a JSON string; broken UTF-8 is replaced. New reference. */
json_t *hubctl_json_text(struct hub_str text);

/* Problems to standard error, "FILE:LINE: PATH: text", and how many more there are. */
void hubctl_put_problems(const struct hubctl_problems *problems);

/* The same as a JSON array. New reference. */
json_t *hubctl_json_problems(const struct hubctl_problems *problems);

/* The full name of a topic of the catalogue: with the configured prefix. In hubctl->arena. */
const char *hubctl_topic(struct hubctl *hubctl, const char *name);

/* Milliseconds since 1970 UTC. */
int64_t hubctl_now_ms(void);

/* From now on SIGINT and SIGTERM are noted, and a closed pipe is an error of the write. */
void hubctl_catch_signals(void);

/* True once SIGINT or SIGTERM came. */
bool hubctl_stopped(void);

/* A whole file, or standard input for "-": *ret in hubctl->arena. HUB_E_NOT_FOUND, HUB_E_TOO_LARGE (limit in
 * bytes). */
int hubctl_read_file(
        struct hubctl *hubctl, const char *name, size_t limit, struct hub_str *ret, struct hub_error *reterr);

#endif
