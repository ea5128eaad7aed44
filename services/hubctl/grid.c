#include "hubctl/grid.h"

#include "base/check.h"
#include "hubctl/text.h"

enum { GAP = 2, NOTE_INDENT = 4, NARROWEST = 8, COLUMNS_MAX = 16 };

struct hubctl_grid {
	struct hub_arena *arena;
	const struct hubctl_column *columns;
	uint32_t column_count;
	struct hub_str *cells; /* cell_count of them, room for room */
	uint32_t cell_count;
	uint32_t room;
	struct note {
		struct note *next;
		uint32_t row;
		bool heading; /* before the row */
		struct hub_str text;
	} * notes, **notes_end; /* by row */
};

struct hubctl_grid *hubctl_grid_new(
        struct hub_arena *arena, const struct hubctl_column *columns, uint32_t count)
{
	hub_check(count > 0 && count <= COLUMNS_MAX);
	struct hubctl_grid *grid = hub_arena_alloc(arena, sizeof(*grid));
	if (grid) {
		*grid = (struct hubctl_grid){ .arena = arena, .columns = columns, .column_count = count };
		grid->notes_end = &grid->notes;
	}
	return grid;
}

void hubctl_grid_cell(struct hubctl_grid *grid, struct hub_str text)
{
	if (!grid)
		return;
	if (grid->cell_count == grid->room) {
		uint32_t room = grid->room ? grid->room * 2 : 64;
		struct hub_str *cells = hub_arena_alloc(grid->arena, room * sizeof(*cells));
		if (!cells)
			return;
		if (grid->cell_count)
			memcpy(cells, grid->cells, grid->cell_count * sizeof(*cells));
		grid->cells = cells;
		grid->room = room;
	}
	grid->cells[grid->cell_count++] = text;
}

static void add_note(struct hubctl_grid *grid, uint32_t row, bool heading, struct hub_str text)
{
	struct note *note = text.len ? hub_arena_alloc(grid->arena, sizeof(*note)) : NULL;
	if (!note)
		return;
	*note = (struct note){ .row = row, .heading = heading, .text = text };
	*grid->notes_end = note;
	grid->notes_end = &note->next;
}

void hubctl_grid_note(struct hubctl_grid *grid, struct hub_str text)
{
	if (!grid)
		return;
	hub_check(hubctl_grid_rows(grid) > 0);
	add_note(grid, hubctl_grid_rows(grid) - 1, false, text);
}

void hubctl_grid_heading(struct hubctl_grid *grid, struct hub_str text)
{
	if (grid)
		add_note(grid, hubctl_grid_rows(grid), true, text);
}

void hubctl_grid_text(struct hubctl_grid *grid, const char *text)
{
	hubctl_grid_cell(grid, hub_str_from(text));
}

void hubctl_grid_number(struct hubctl_grid *grid, int64_t number)
{
	if (grid)
		hubctl_grid_cell(grid, hub_arena_printf(grid->arena, "%lld", (long long)number));
}

uint32_t hubctl_grid_rows(const struct hubctl_grid *grid)
{
	return grid ? grid->cell_count / grid->column_count : 0;
}

static uint32_t total(const uint32_t *widths, uint32_t count)
{
	uint32_t sum = (count - 1) * GAP;
	for (uint32_t c = 0; c < count; c++)
		sum += widths[c];
	return sum;
}

/* Takes a column at a time from the widest that may give way, so that names of one length stay readable. */
static void shrink(const struct hubctl_grid *grid, uint32_t *widths, uint32_t width)
{
	while (total(widths, grid->column_count) > width) {
		uint32_t widest = UINT32_MAX;
		for (uint32_t c = 0; c < grid->column_count; c++)
			if (grid->columns[c].fit != HUBCTL_KEEP && widths[c] > NARROWEST &&
			        (widest == UINT32_MAX || widths[c] > widths[widest]))
				widest = c;
		if (widest == UINT32_MAX)
			return;
		widths[widest]--;
	}
}

static void measure(const struct hubctl_grid *grid, uint32_t *widths, uint32_t width)
{
	for (uint32_t c = 0; c < grid->column_count; c++)
		widths[c] = hubctl_text_width(hub_str_from(grid->columns[c].title));
	for (uint32_t i = 0; i < grid->cell_count; i++) {
		uint32_t w = hubctl_text_width(grid->cells[i]);
		uint32_t *column = &widths[i % grid->column_count];
		*column = w > *column ? w : *column;
	}
	shrink(grid, widths, width);
}

static void pad(struct hub_buf *out, uint32_t spaces)
{
	while (spaces--)
		hub_buf_byte(out, ' ');
}

/* The longest end of text that takes at most columns, whole characters. */
static struct hub_str end_of(struct hub_str text, uint32_t columns)
{
	while (text.len && hubctl_text_width(text) > columns) {
		uint32_t first = hubctl_text_fit(text, 1);
		first = first ? first : hubctl_text_fit(text, 2); /* a wide one */
		text = (struct hub_str){ text.data + first, text.len - first };
	}
	return text;
}

static void put_cell(struct hub_buf *out, struct hub_str text, const struct hubctl_column *column,
        uint32_t width, uint32_t indent, bool last)
{
	uint32_t needs = hubctl_text_width(text);
	if (needs > width && column->fit == HUBCTL_WRAP && last) {
		hubctl_text_wrap(out, text, width, indent);
		return;
	}
	bool cut = needs > width && column->fit != HUBCTL_KEEP;
	bool cut_start = cut && column->fit == HUBCTL_CUT_START;
	if (cut)
		text = cut_start ? end_of(text, width - 1)
		                 : (struct hub_str){ text.data, hubctl_text_fit(text, width - 1) };
	needs = hubctl_text_width(text) + cut;
	uint32_t spaces = width > needs ? width - needs : 0;
	if (column->right)
		pad(out, spaces);
	hub_buf_text(out, cut_start ? "…" : "");
	hubctl_text_put(out, text);
	hub_buf_text(out, cut && !cut_start ? "…" : "");
	if (!column->right && !last)
		pad(out, spaces);
}

static void put_row(struct hub_buf *out, const struct hubctl_grid *grid, const struct hub_str *cells,
        const uint32_t *widths, uint32_t indent)
{
	pad(out, indent);
	uint32_t at = indent;
	for (uint32_t c = 0; c < grid->column_count; c++) {
		put_cell(out, cells[c], &grid->columns[c], widths[c], at, c + 1 == grid->column_count);
		if (c + 1 < grid->column_count)
			pad(out, GAP);
		at += widths[c] + GAP;
	}
	while (out->len && out->data[out->len - 1] == ' ')
		out->len--;
	hub_buf_byte(out, '\n');
}

/* The further lines of a note that begins with "- " stand under its text. */
static void put_note(struct hub_buf *out, const struct note *note, uint32_t width, uint32_t indent)
{
	uint32_t hang = hub_str_starts_with(note->text, HUB_STR("- ")) ? indent + 2 : indent;
	pad(out, indent);
	hubctl_text_wrap(out, note->text, width > hang ? width - hang : 1, hang);
	hub_buf_byte(out, '\n');
}

void hubctl_grid_print(const struct hubctl_grid *grid, uint32_t width, uint32_t indent, struct hub_buf *out)
{
	if (!grid)
		return;
	uint32_t widths[COLUMNS_MAX];
	struct hub_str titles[COLUMNS_MAX];
	measure(grid, widths, width > indent ? width - indent : width);
	for (uint32_t c = 0; c < grid->column_count; c++)
		titles[c] = hub_str_from(grid->columns[c].title);
	put_row(out, grid, titles, widths, indent);
	const struct note *note = grid->notes;
	for (uint32_t r = 0; r < hubctl_grid_rows(grid); r++) {
		for (; note && note->row == r && note->heading; note = note->next)
			put_note(out, note, width, indent);
		put_row(out, grid, grid->cells + r * grid->column_count, widths, indent);
		for (; note && note->row == r; note = note->next)
			put_note(out, note, width, indent + NOTE_INDENT);
	}
}
