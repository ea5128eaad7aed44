#include "base/check.h"
#include "runtime/runtime.h"

#include <stdio.h>
#include <stdlib.h>

static char *joined(const char *prefix, const char *name, const char *suffix)
{
	size_t len = strlen(prefix) + strlen(name) + strlen(suffix) + 1;
	char *text = malloc(len);
	hub_check(text != NULL);
	snprintf(text, len, "%s%s%s", prefix, name, suffix);
	return text;
}

static uint32_t count_of(const struct hub_core_topic *list)
{
	uint32_t count = 0;
	while (list[count].name)
		count++;
	return count;
}

static int32_t add(struct hub_topics *topics, const char *prefix, const char *name, const char *suffix)
{
	topics->names[topics->count] = joined(prefix, name, suffix);
	return (int32_t)topics->count++;
}

/* An output that is an input, too, has the input's number. */
static int32_t output_number(
        struct hub_topics *topics, const struct hub_core *core, const char *prefix, const char *name)
{
	for (uint32_t i = 0; i < topics->input_count; i++)
		if (strcmp(core->inputs[i].name, name) == 0)
			return (int32_t)i;
	return add(topics, prefix, name, "");
}

void hub_topics_init(struct hub_topics *topics, const struct hub_core *core, const char *prefix)
{
	uint32_t inputs = count_of(core->inputs), outputs = count_of(core->outputs);
	*topics = (struct hub_topics){ .names = calloc(inputs + outputs + 3, sizeof(*topics->names)),
		.input_count = inputs,
		.output_count = outputs };
	hub_check(topics->names != NULL && outputs <= HUB_OUTPUTS_MAX);
	for (uint32_t i = 0; i < inputs; i++)
		add(topics, prefix, core->inputs[i].name, "");
	topics->registry = add(topics, prefix, "registry", "");
	topics->state = add(topics, prefix, core->name, ".state");
	for (uint32_t i = 0; i < outputs; i++)
		topics->outputs[i] = output_number(topics, core, prefix, core->outputs[i].name);
	topics->dead_letters = add(topics, prefix, core->name, ".dead-letters");
}

void hub_topics_done(struct hub_topics *topics)
{
	for (uint32_t i = 0; i < topics->count; i++)
		free(topics->names[i]);
	free(topics->names);
	*topics = (struct hub_topics){ 0 };
}
