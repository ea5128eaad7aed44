#include "hubctl/args.h"

#include "wire/near.h"

#include <stdio.h>

static int usage_error(
        struct hub_error *err, const char *what, struct hub_str word, const char *near, const char *otherwise)
{
	if (near)
		return hub_error_set(err, HUB_E_INVALID, "", "%s \"%.*s\"; did you mean %s?", what,
		        HUB_STR_ARG(word), near);
	return hub_error_set(err, HUB_E_INVALID, "", "%s \"%.*s\"; %s", what, HUB_STR_ARG(word), otherwise);
}

static const struct hubctl_option *option_find(const struct hubctl_option *options, struct hub_str name)
{
	for (; options && options->name; options++)
		if (hub_str_is(name, options->name))
			return options;
	return NULL;
}

static void offer_options(struct hub_near *near, const struct hubctl_option *options)
{
	for (; options && options->name; options++)
		hub_near_offer(near, options->name);
}

static bool first_word_is(const char *name, struct hub_str word)
{
	struct hub_str whole = hub_str_from(name);
	return hub_str_starts_with(whole, word) && whole.len > word.len && name[word.len] == ' ';
}

const struct hubctl_command *hubctl_command_find(const struct hubctl_command *commands, struct hub_str words)
{
	for (; commands->name; commands++)
		if (hub_str_is(words, commands->name))
			return commands;
	return NULL;
}

/* "topics" alone, or "topics chekc": say what may follow. */
static int bad_second_word(
        const struct hubctl_command *commands, const char *first, const char *second, struct hub_error *err)
{
	char list[160] = "";
	size_t used = 0;
	for (; commands->name; commands++)
		if (first_word_is(commands->name, hub_str_from(first)) && used < sizeof(list))
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", used ? ", " : "",
			        commands->name + strlen(first) + 1);
	if (second)
		return hub_error_set(err, HUB_E_INVALID, "",
		        "no command \"%s %s\"; after \"%s\" comes one of: %s", first, second, first, list);
	return hub_error_set(
	        err, HUB_E_INVALID, "", "\"%s\" alone is no command; after it comes one of: %s", first, list);
}

static int bad_command(const struct hubctl_command *commands, struct hub_str word, struct hub_error *err)
{
	struct hub_near near = hub_near_start(word);
	for (; commands->name; commands++)
		hub_near_offer(&near, commands->name);
	return usage_error(err, "no command", word, near.best, "hubctl help lists the commands");
}

/* Takes the command's words off the operands. */
static int find_command(
        const struct hubctl_command *commands, struct hubctl_args *args, struct hub_error *err)
{
	if (args->operand_count == 0)
		return HUB_OK;
	struct hub_str first = hub_str_from(args->operands[0]);
	const char *second = args->operand_count > 1 ? args->operands[1] : NULL;
	char both[64];
	snprintf(both, sizeof(both), "%s %s", args->operands[0], second ? second : "");
	uint32_t words = 1;
	args->command = hubctl_command_find(commands, first);
	if (!args->command && second) {
		words = 2;
		args->command = hubctl_command_find(commands, hub_str_from(both));
	}
	for (const struct hubctl_command *c = commands; !args->command && c->name; c++)
		if (first_word_is(c->name, first))
			return bad_second_word(commands, args->operands[0], second, err);
	if (!args->command)
		return bad_command(commands, first, err);
	args->operand_count -= words;
	args->operands += words;
	return HUB_OK;
}

/* Any option of any command: its command is known only when all words have been seen. */
static const struct hubctl_option *option_anywhere(
        const struct hubctl_command *commands, const struct hubctl_option *globals, struct hub_str name)
{
	const struct hubctl_option *option = option_find(globals, name);
	for (; !option && commands->name; commands++)
		option = option_find(commands->options, name);
	return option;
}

static int give(struct hubctl_args *args, const char *name, const char *value, struct hub_error *err)
{
	if (args->given_count == HUBCTL_GIVEN_MAX)
		return hub_error_set(err, HUB_E_INVALID, "", "more than %d options", HUBCTL_GIVEN_MAX);
	args->given[args->given_count].name = name;
	args->given[args->given_count++].value = value;
	return HUB_OK;
}

static int take_option(const struct hubctl_command *commands, const struct hubctl_option *globals, int argc,
        char **argv, int *at, struct hubctl_args *args, struct hub_error *err)
{
	const char *word = argv[*at] + 2;
	const char *equals = strchr(word, '=');
	struct hub_str name = { word, (uint32_t)(equals ? (size_t)(equals - word) : strlen(word)) };
	const struct hubctl_option *option = option_anywhere(commands, globals, name);
	if (!option) {
		struct hub_near near = hub_near_start(name);
		offer_options(&near, globals);
		for (const struct hubctl_command *c = commands; c->name; c++)
			offer_options(&near, c->options);
		return usage_error(err, "no option", hub_str_from(argv[*at]), near.best,
		        "hubctl help COMMAND lists the options");
	}
	const char *value = equals ? equals + 1 : "";
	if (option->value && !equals) {
		if (*at + 1 >= argc)
			return hub_error_set(err, HUB_E_INVALID, "", "--%s wants a value: --%s %s",
			        option->name, option->name, option->value);
		value = argv[++*at];
	}
	if (!option->value && equals)
		return hub_error_set(err, HUB_E_INVALID, "", "--%s takes no value", option->name);
	return give(args, option->name, value, err);
}

static int check_against_command(
        const struct hubctl_option *globals, const struct hubctl_args *args, struct hub_error *err)
{
	const struct hubctl_command *command = args->command;
	for (uint32_t i = 0; i < args->given_count; i++) {
		struct hub_str name = hub_str_from(args->given[i].name);
		if (!option_find(globals, name) && !option_find(command->options, name))
			return hub_error_set(err, HUB_E_INVALID, "",
			        "\"%s\" has no option --%s; see hubctl help %s", command->name,
			        args->given[i].name, command->name);
	}
	if (args->operand_count < command->operands_min)
		return hub_error_set(err, HUB_E_INVALID, "", "\"%s\" wants %s; see hubctl help %s",
		        command->name, command->operands, command->name);
	if (command->operands_max != UINT8_MAX && args->operand_count > command->operands_max)
		return hub_error_set(err, HUB_E_INVALID, "",
		        "\"%s\" does not take \"%s\"; see hubctl help %s", command->name,
		        args->operands[command->operands_max], command->name);
	return HUB_OK;
}

int hubctl_args_parse(const struct hubctl_command *commands, const struct hubctl_option *globals, int argc,
        char **argv, struct hubctl_args *ret, struct hub_error *reterr)
{
	/* There are never more operands than words read. */
	*ret = (struct hubctl_args){ .operands = argv };
	bool only_operands = false;
	for (int i = 0; i < argc; i++) {
		int result = HUB_OK;
		if (!only_operands && strcmp(argv[i], "--") == 0)
			only_operands = true;
		else if (!only_operands && strcmp(argv[i], "-h") == 0)
			result = give(ret, "help", "", reterr);
		else if (!only_operands && strncmp(argv[i], "--", 2) == 0)
			result = take_option(commands, globals, argc, argv, &i, ret, reterr);
		else if (!only_operands && argv[i][0] == '-' && argv[i][1])
			result = usage_error(reterr, "no option", hub_str_from(argv[i]), NULL,
			        "options are written --name");
		else
			ret->operands[ret->operand_count++] = argv[i];
		if (result)
			return result;
	}
	int result = find_command(commands, ret, reterr);
	if (!result && ret->command && !hubctl_arg(ret, "help"))
		result = check_against_command(globals, ret, reterr);
	return result;
}

const char *hubctl_arg(const struct hubctl_args *args, const char *name)
{
	for (uint32_t i = args->given_count; i > 0; i--)
		if (strcmp(args->given[i - 1].name, name) == 0)
			return args->given[i - 1].value ? args->given[i - 1].value : "";
	return NULL;
}

static bool whole_number(const char *text, size_t len, int64_t *ret)
{
	int64_t value = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9' || value > (INT64_MAX - 9) / 10)
			return false;
		value = value * 10 + (text[i] - '0');
	}
	*ret = value;
	return len > 0;
}

int hubctl_parse_place(
        const char *text, int32_t *ret_partition, int64_t *ret_offset, struct hub_error *reterr)
{
	const char *colon = strchr(text, ':');
	int64_t partition, offset;
	if (!colon || !whole_number(text, (size_t)(colon - text), &partition) || partition > INT32_MAX ||
	        !whole_number(colon + 1, strlen(colon + 1), &offset))
		return hub_error_set(reterr, HUB_E_INVALID, "",
		        "\"%s\" is no place; write PARTITION:OFFSET, as in 3:42", text);
	*ret_partition = (int32_t)partition;
	*ret_offset = offset;
	return HUB_OK;
}

int hubctl_arg_number(const struct hubctl_args *args, const char *name, int64_t min, int64_t max,
        int64_t fallback, int64_t *ret, struct hub_error *reterr)
{
	const char *text = hubctl_arg(args, name);
	*ret = fallback;
	if (!text)
		return HUB_OK;
	int64_t value;
	bool ok = whole_number(text, strlen(text), &value);
	if (!ok || value < min || value > max)
		return hub_error_set(reterr, HUB_E_INVALID, "",
		        "--%s wants a whole number from %lld to %lld, not \"%s\"", name, (long long)min,
		        (long long)max, text);
	*ret = value;
	return HUB_OK;
}
