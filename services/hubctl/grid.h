/* A table for a terminal: columns as wide as their widest cell, and when all of them together are wider than
 * the terminal, those that may give way do. Knows double-width characters. Pure: prints into a buffer. */
#ifndef HUBCTL_GRID_H
#define HUBCTL_GRID_H

#include "base/arena.h"
#include "base/buf.h"

enum hubctl_fit {
	HUBCTL_KEEP,      /* always whole: ids, numbers */
	HUBCTL_CUT,       /* may end in "…": names */
	HUBCTL_CUT_START, /* may begin with "…": ids whose end tells them apart */
	HUBCTL_WRAP,      /* may go on in the next line: sentences; the last column only */
};

struct hubctl_column {
	const char *title;
	enum hubctl_fit fit;
	bool right; /* numbers */
};

struct hubctl_grid;

/* columns: count of them, borrowed. The grid lies in arena. */
struct hubctl_grid *hubctl_grid_new(
        struct hub_arena *arena, const struct hubctl_column *columns, uint32_t count);

/* The next cell, row by row, left to right; borrowed. */
void hubctl_grid_cell(struct hubctl_grid *grid, struct hub_str text);
void hubctl_grid_text(struct hubctl_grid *grid, const char *text);
void hubctl_grid_number(struct hubctl_grid *grid, int64_t number);

/* A sentence under the row that has just been filled, indented, wrapped. Borrowed. */
void hubctl_grid_note(struct hubctl_grid *grid, struct hub_str text);

/* A heading before the row that is filled next. Borrowed. */
void hubctl_grid_heading(struct hubctl_grid *grid, struct hub_str text);

/* Rows so far (whole ones). */
uint32_t hubctl_grid_rows(const struct hubctl_grid *grid);

/* Title line and rows, each indented by indent spaces and not wider than width columns where that can be. */
void hubctl_grid_print(const struct hubctl_grid *grid, uint32_t width, uint32_t indent, struct hub_buf *out);

#endif
