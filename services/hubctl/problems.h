/* What is wrong with what was given, each with its file and line, kept in the order found. Pure. */
#ifndef HUBCTL_PROBLEMS_H
#define HUBCTL_PROBLEMS_H

#include "base/arena.h"

#include <stdint.h>

struct hubctl_problem {
	const char *file;    /* as the user named it; "-" is standard input */
	uint32_t line;       /* from 1; 0: the whole file */
	struct hub_str path; /* "Organisation[3].kind"; may be empty */
	struct hub_str text; /* what is wrong, and what to do */
};

enum { HUBCTL_PROBLEMS_MAX = 100 };

struct hubctl_problems {
	struct hub_arena *arena;
	struct hubctl_problem items[HUBCTL_PROBLEMS_MAX]; /* the first ones */
	uint32_t count;                                   /* all of them */
};

/* file is borrowed; path and text are copied. */
void hubctl_problem_add(struct hubctl_problems *problems, const char *file, uint32_t line,
        struct hub_str path, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Problems of one file that follow each other: by line. */
void hubctl_problems_sort(struct hubctl_problems *problems);

/* How many of them are in items. */
uint32_t hubctl_problems_kept(const struct hubctl_problems *problems);

#endif
