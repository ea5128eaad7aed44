/* The command line as data: commands and their options are tables, from which the parser, `hubctl help` and
 * the hints for mistyped words come. Options may stand before or after the command's words. Pure. */
#ifndef HUBCTL_ARGS_H
#define HUBCTL_ARGS_H

#include "base/buf.h"
#include "base/error.h"
#include "wire/framing.h"

#include <stdbool.h>
#include <stdint.h>

struct hubctl_option {
	const char *name;  /* "from": written --from; NULL ends a table */
	const char *value; /* "TIME": takes a value; NULL: a switch */
	const char *help;  /* one sentence */
};

struct hubctl;

struct hubctl_command {
	const char *name;     /* one or two words: "tail", "registry load" */
	const char *operands; /* "FILE...", for the synopsis */
	uint8_t operands_min;
	uint8_t operands_max; /* UINT8_MAX: any number */
	const char *summary;  /* for the list of commands */
	const char *about;    /* paragraphs, wrapped; lines that begin with a blank stand as they are */
	const struct hub_schema_set *records; /* what it takes, to be listed; may be NULL */
	const char *examples;                 /* lines "hubctl ..." */
	const struct hubctl_option *options;
	int (*run)(struct hubctl *hubctl); /* an exit code */
};

enum { HUBCTL_GIVEN_MAX = 64 }; /* options on one line; operands are as many as there are */

struct hubctl_args {
	const struct hubctl_command *command; /* NULL: none was named */
	char **operands;                      /* in argv */
	uint32_t operand_count;
	struct {
		const char *name;
		const char *value; /* "" for a switch */
	} given[HUBCTL_GIVEN_MAX];
	uint32_t given_count;
};

/* argv without the program's name; borrowed, and its operands are moved together. commands: ended by name NULL; globals: options of
 * every command. HUB_E_INVALID names the word and the next step. */
int hubctl_args_parse(const struct hubctl_command *commands, const struct hubctl_option *globals, int argc,
        char **argv, struct hubctl_args *ret, struct hub_error *reterr);

/* The value of the last --name ("" for a switch), or NULL when it was not given. */
const char *hubctl_arg(const struct hubctl_args *args, const char *name);

/* A whole number from --name, or fallback; HUB_E_INVALID when it is none or out of [min, max]. */
int hubctl_arg_number(const struct hubctl_args *args, const char *name, int64_t min, int64_t max,
        int64_t fallback, int64_t *ret, struct hub_error *reterr);

/* "3:42", as tables write the place of a record: partition and offset. HUB_E_INVALID otherwise. */
int hubctl_parse_place(
        const char *text, int32_t *ret_partition, int64_t *ret_offset, struct hub_error *reterr);

/* The command that words name (one string: "registry load" or "tail"), or NULL. */
const struct hubctl_command *hubctl_command_find(const struct hubctl_command *commands, struct hub_str words);

/* The page of one command; the list of all; both for 80 columns. */
void hubctl_help_command(
        const struct hubctl_command *command, const struct hubctl_option *globals, struct hub_buf *out);
void hubctl_help_all(
        const struct hubctl_command *commands, const struct hubctl_option *globals, struct hub_buf *out);

#endif
