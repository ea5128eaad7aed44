#include "hubctl/commands.h"
#include "hubctl/hubctl.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { COLUMNS_DEFAULT = 80 };
static const size_t arena_limit = (size_t)1 << 30;
static const size_t output_limit = (size_t)256 << 20;

static uint32_t terminal_width(void)
{
	struct winsize size;
	const char *columns = getenv("COLUMNS");
	long n = columns ? strtol(columns, NULL, 10) : 0;
	if (n <= 0 && isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		n = size.ws_col;
	return n < 40 ? COLUMNS_DEFAULT : (uint32_t)n;
}

static int run(struct hubctl *hubctl)
{
	const struct hubctl_command *command = hubctl->args->command;
	if (!command || hubctl_arg(hubctl->args, "help")) {
		if (command)
			hubctl_help_command(command, hubctl->globals, &hubctl->out);
		else
			hubctl_help_all(hubctl->commands, hubctl->globals, &hubctl->out);
		hubctl_flush(hubctl);
		return command || hubctl_arg(hubctl->args, "help") ? HUBCTL_DONE : HUBCTL_USAGE;
	}
	int code = command->run(hubctl);
	if (hub_buf_failed(&hubctl->out) || hub_arena_exhausted(hubctl->arena)) {
		fprintf(stderr,
		        "hubctl: the answer is larger than the memory set aside for it; ask for less\n");
		code = HUBCTL_REFUSED;
	}
	int flushed = hubctl_flush(hubctl);
	return code ? code : flushed;
}

static void complain(void *user, const char *place, const char *text)
{
	(void)user;
	fprintf(stderr, "hubctl: %s: %s\n", place, text);
}

int main(int argc, char **argv)
{
	struct hubctl_args args;
	struct hubctl_settings settings = { 0 };
	struct hub_error err = { 0 };
	struct hubctl hubctl = {
		.args = &args,
		.settings = &settings,
		.commands = hubctl_commands,
		.globals = hubctl_globals,
		.width = terminal_width(),
		.arena = hub_arena_new(arena_limit),
	};
	hub_buf_init(&hubctl.out, output_limit);
	hubctl_catch_signals();
	int code;
	if (!hubctl.arena)
		return HUBCTL_UNREACHABLE;
	if (hubctl_args_parse(hubctl_commands, hubctl_globals, argc - 1, argv + 1, &args, &err)) {
		code = hubctl_usage(&hubctl, &err);
	} else if (hubctl_settings_load(
	                   &args, (const char *const *)environ, hubctl.arena, complain, &settings, &err)) {
		code = HUBCTL_USAGE;
	} else {
		hubctl.json = hubctl_arg(&args, "json") != NULL;
		code = run(&hubctl);
	}
	hubctl_settings_done(&settings);
	hub_buf_done(&hubctl.out);
	hub_arena_free(hubctl.arena);
	return code;
}
