/* Case tables: rules as tables of examples that a doctor can read (tests/cases/). One table a verb; a verb is
 * one function that turns a row into an answer, which must equal the row's first column.
 *
 *   # REF-08: what this is about
 *   table deadline
 *   with county 990121            <- a column that is the same in every row
 *
 *   expect                 urgency   from                     # two or more spaces between columns
 *   Mon 2026-03-02 17:00   ROUTINE   Fri 2026-02-27 17:00     # why
 *
 * "-" is an empty value; "#" begins a remark at the start of a line or after a space. A file may hold several
 * tables. */
#ifndef TESTS_CASES_H
#define TESTS_CASES_H

#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cases_row;

struct cases_verb {
	const char *name;
	void (*run)(void *user, const struct cases_row *row, struct hub_buf *answer);
};

/* Runs every table of a file and prints each row that is answered otherwise. The number of wrong rows; a file
 * without rows, or one that cannot be read, counts as wrong. */
unsigned cases_run(const char *path, const struct cases_verb *verbs, size_t verb_count, void *user);

/* The same with the file's text, which is NUL-terminated. */
unsigned cases_run_text(
        const char *path, const char *text, const struct cases_verb *verbs, size_t verb_count, void *user);

/* A column's value; empty when it is "-" or when there is no such column. */
struct hub_str cases_get(const struct cases_row *row, const char *column);

/* "yes" or "no" (empty: no); anything else is a mistake in the table and ends the test. */
bool cases_yes(const struct cases_row *row, const char *column);

/* A whole number, an instant ("Fri 2026-02-27 17:00", its weekday is checked), a day ("2026-02-27"). A value
 * that is none is a mistake in the table and ends the test; an empty number is 0. */
int64_t cases_number(const struct cases_row *row, const char *column);
int64_t cases_instant(const struct cases_row *row, const char *column);
int32_t cases_day(const struct cases_row *row, const char *column);

/* The symbol of an enum by its name ("ROUTINE"), symbols as in struct hub_enum; absent when the column is
 * empty. */
struct hub_enum;
uint32_t cases_symbol(
        const struct cases_row *row, const char *column, const struct hub_enum *enumeration, uint32_t absent);

/* "Fri 2026-02-27 17:00" into answer, Shanghai time. */
void cases_put_instant(struct hub_buf *answer, int64_t at_ms);

/* Ends the test: the row cannot be understood. */
_Noreturn void cases_mistake(const struct cases_row *row, const char *column, const char *what);

#endif
