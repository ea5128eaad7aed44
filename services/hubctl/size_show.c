/* hubctl size: what server a county, a city or a province needs, with the figures that this is reckoned from. */
#include "hubctl/commands.h"
#include "hubctl/hubctl.h"
#include "hubctl/size.h"

#include <inttypes.h>

static const struct {
	const char *word;
	const char *name;
	int64_t population;
} presets[] = {
	{ "county", "a county", 500 * 1000 },
	{ "city", "a city", 5 * 1000 * 1000 },
	{ "province", "a province", 50 * 1000 * 1000 },
};

static const char *const part_names[HUBCTL_SIZE_PARTS] = { "router", "gateway", "Redis", "Kafka",
	"Prometheus, Grafana" };

struct row {
	const char *name;
	int64_t value;
	const char *unit, *text, *command; /* command NULL: assumed */
};

/* The rows of size.def with the values that were reckoned with. */
static uint32_t rows_of(const struct hubctl_size_figures *f, const struct row **ret, struct hub_arena *arena)
{
	const struct row rows[] = {
#define ASSUMED(name, value, unit, text) { #name, f->name, unit, text, NULL },
#define MEASURED(name, value, unit, text, command) { #name, f->name, unit, text, command },
#include "hubctl/size.def"
	};
	struct row *copy = hub_arena_alloc(arena, sizeof(rows));
	if (!copy)
		return 0;
	memcpy(copy, rows, sizeof(rows));
	*ret = copy;
	return sizeof(rows) / sizeof(rows[0]);
}

/* 1234567 as "1,234,567". */
static struct hub_str grouped(struct hub_arena *arena, int64_t number)
{
	struct hub_str rest = { 0 };
	while (number >= 1000) {
		rest = hub_arena_printf(arena, ",%03" PRId64 "%.*s", number % 1000, HUB_STR_ARG(rest));
		number /= 1000;
	}
	return hub_arena_printf(arena, "%" PRId64 "%.*s", number, HUB_STR_ARG(rest));
}

static void put_parts(struct hubctl *hubctl, const struct hubctl_size *size)
{
	static const struct hubctl_column columns[] = {
		{ "PART", HUBCTL_KEEP, false },
		{ "COPIES", HUBCTL_KEEP, true },
		{ "CORES", HUBCTL_KEEP, true },
		{ "MEMORY MB", HUBCTL_KEEP, true },
		{ "DISK GB", HUBCTL_KEEP, true },
	};
	struct hub_arena *arena = hubctl->arena;
	struct hubctl_grid *grid = hubctl_grid_new(arena, columns, 5);
	for (int i = 0; i < HUBCTL_SIZE_PARTS; i++) {
		hubctl_grid_text(grid, part_names[i]);
		hubctl_grid_number(grid, size->parts[i].count);
		hubctl_grid_cell(grid,
		        hub_arena_printf(arena, "%" PRId64 ".%02" PRId64, size->parts[i].millicores / 1000,
		                size->parts[i].millicores % 1000 / 10));
		hubctl_grid_cell(grid, grouped(arena, size->parts[i].megabytes));
		hubctl_grid_cell(grid, grouped(arena, (size->parts[i].disk_megabytes + 999) / 1000));
	}
	hubctl_grid_print(grid, hubctl->width, 0, &hubctl->out);
}

static void put_figures(struct hubctl *hubctl, const struct row *rows, uint32_t count, bool measured)
{
	const struct hubctl_column columns[] = {
		{ measured ? "MEASURED" : "ASSUMED", HUBCTL_KEEP, true },
		{ "", HUBCTL_KEEP, false },
		{ "", HUBCTL_WRAP, false },
	};
	struct hub_arena *arena = hubctl->arena;
	struct hubctl_grid *grid = hubctl_grid_new(arena, columns, 3);
	for (uint32_t i = 0; i < count; i++) {
		if ((rows[i].command != NULL) != measured)
			continue;
		hubctl_grid_cell(grid, grouped(arena, rows[i].value));
		hubctl_grid_text(grid, rows[i].unit);
		hubctl_grid_cell(
		        grid, measured ? hub_arena_printf(arena, "%s (%s)", rows[i].text, rows[i].command)
		                       : hub_str_from(rows[i].text));
	}
	hub_buf_text(&hubctl->out, "\n");
	hubctl_grid_print(grid, hubctl->width, 0, &hubctl->out);
}

static void put(struct hubctl *hubctl, const char *name, int64_t population, const struct hubctl_size *size,
        const struct row *rows, uint32_t count)
{
	struct hub_arena *arena = hubctl->arena;
	struct hub_buf *out = &hubctl->out;
#define GROUPED(number) HUB_STR_ARG(grouped(arena, number))
	hub_buf_printf(out, "%s of %.*s residents: %s, with\n", name, GROUPED(population),
	        hubctl_count(hubctl, (uint64_t)size->copies, "server"));
	hub_buf_printf(out,
	        "%" PRId64 " cores, %" PRId64 " GB of memory, %" PRId64 " GB of disk, %" PRId64
	        " Mbit/s%s\n\n",
	        size->cores, size->memory_gb, size->disk_gb, size->network_mbit,
	        size->copies > 1 ? " each" : "");
	put_parts(hubctl, size);
	hub_buf_printf(out, "\nA working day: %.*s referrals, %.*s events, %.*s in its busiest hour\n",
	        GROUPED(size->referrals_day), GROUPED(size->events_day), GROUPED(size->peak_events_hour));
	hub_buf_printf(out, "Known at a time: %.*s open referrals, %.*s ended; %.*s pages open\n",
	        GROUPED(size->open), GROUPED(size->ended), GROUPED(size->readers));
	hub_buf_printf(out, "%d partitions; a router that starts alone decides again within %" PRId64 " s\n",
	        size->partitions, size->restart_s + 1);
	if (size->copies == 1)
		hub_buf_text(out, "One server: its disk is the only one. Back it up each night "
		                  "(deploy/OPERATIONS.md)\n");
#undef GROUPED
	put_figures(hubctl, rows, count, false);
	put_figures(hubctl, rows, count, true);
}

static json_t *number(int64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *figures_json(const struct row *rows, uint32_t count, bool measured)
{
	json_t *json = json_object();
	for (uint32_t i = 0; i < count; i++) {
		if ((rows[i].command != NULL) != measured)
			continue;
		json_t *item = json_object();
		json_object_set_new(item, "value", number(rows[i].value));
		json_object_set_new(item, "unit", json_string(rows[i].unit));
		json_object_set_new(item, "what", json_string(rows[i].text));
		if (measured)
			json_object_set_new(item, "measured_by", json_string(rows[i].command));
		json_object_set_new(json, rows[i].name, item);
	}
	return json;
}

static void put_json(struct hubctl *hubctl, int64_t population, const struct hubctl_size *size,
        const struct row *rows, uint32_t count)
{
	json_t *json = json_object(), *parts = json_object();
	json_object_set_new(json, "population", number(population));
	json_object_set_new(json, "servers", number(size->copies));
	json_object_set_new(json, "cores", number(size->cores));
	json_object_set_new(json, "memory_gb", number(size->memory_gb));
	json_object_set_new(json, "disk_gb", number(size->disk_gb));
	json_object_set_new(json, "network_mbit", number(size->network_mbit));
	json_object_set_new(json, "brokers", number(size->copies));
	json_object_set_new(json, "partitions", number(size->partitions));
	json_object_set_new(json, "restart_s", number(size->restart_s));
	json_object_set_new(json, "referrals_day", number(size->referrals_day));
	json_object_set_new(json, "events_day", number(size->events_day));
	json_object_set_new(json, "peak_events_hour", number(size->peak_events_hour));
	json_object_set_new(json, "open", number(size->open));
	json_object_set_new(json, "ended", number(size->ended));
	json_object_set_new(json, "readers", number(size->readers));
	for (int i = 0; i < HUBCTL_SIZE_PARTS; i++) {
		json_t *part = json_object();
		json_object_set_new(part, "copies", number(size->parts[i].count));
		json_object_set_new(part, "millicores", number(size->parts[i].millicores));
		json_object_set_new(part, "memory_mb", number(size->parts[i].megabytes));
		json_object_set_new(part, "disk_mb", number(size->parts[i].disk_megabytes));
		json_object_set_new(parts, part_names[i], part);
	}
	json_object_set_new(json, "parts", parts);
	json_object_set_new(json, "assumed", figures_json(rows, count, false));
	json_object_set_new(json, "measured", figures_json(rows, count, true));
	hubctl_put_json(hubctl, json);
}

/* --population, or one of the presets. */
static int population_of(struct hubctl *hubctl, const char **ret_name, int64_t *ret, struct hub_error *err)
{
	const char *word = hubctl->args->operand_count ? hubctl->args->operands[0] : NULL;
	bool given = hubctl_arg(hubctl->args, "population") != NULL;
	*ret_name = "a hub";
	for (size_t i = 0; word && !given && i < sizeof(presets) / sizeof(presets[0]); i++)
		if (strcmp(word, presets[i].word) == 0) {
			*ret_name = presets[i].name;
			*ret = presets[i].population;
			return HUB_OK;
		}
	if (word || !given)
		return hub_error_set(err, HUB_E_INVALID, "",
		        "say how many residents: --population N, or one of county, city, province");
	return hubctl_arg_number(hubctl->args, "population", 1, HUBCTL_SIZE_POPULATION_MAX, 0, ret, err);
}

int hubctl_size(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	struct hubctl_size_figures f = hubctl_size_figures;
	const struct row *rows = NULL;
	const char *name;
	int64_t population;
	if (population_of(hubctl, &name, &population, &err) ||
	        hubctl_arg_number(hubctl->args, "referrals", 1, 10000, f.referrals, &f.referrals, &err) ||
	        hubctl_arg_number(
	                hubctl->args, "retention-days", 1, 3650, f.retention_days, &f.retention_days, &err) ||
	        hubctl_arg_number(hubctl->args, "copies", 1, 3, f.copies, &f.copies, &err))
		return hubctl_usage(hubctl, &err);
	if (f.copies == 2) { /* of two controllers none may be lost */
		hub_error_set(&err, HUB_E_INVALID, "", "--copies wants 1 or 3");
		return hubctl_usage(hubctl, &err);
	}
	const struct hubctl_size size = hubctl_size_of(population, &f);
	uint32_t count = rows_of(&f, &rows, hubctl->arena);
	if (hubctl->json)
		put_json(hubctl, population, &size, rows, count);
	else
		put(hubctl, name, population, &size, rows, count);
	return HUBCTL_DONE;
}
