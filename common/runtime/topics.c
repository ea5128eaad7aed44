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

void hub_topics_init(struct hub_topics *topics, const struct hub_core *core, const char *prefix)
{
	uint32_t inputs = 0;
	while (core->inputs[inputs])
		inputs++;
	*topics = (struct hub_topics){
		.names = calloc(inputs + 4, sizeof(*topics->names)),
		.count = inputs + 4,
		.input_count = inputs,
		.registry = (int32_t)inputs,
		.state = (int32_t)inputs + 1,
		.output = (int32_t)inputs + 2,
		.dead_letters = (int32_t)inputs + 3,
	};
	hub_check(topics->names != NULL);
	for (uint32_t i = 0; i < inputs; i++)
		topics->names[i] = joined(prefix, core->inputs[i], "");
	topics->names[topics->registry] = joined(prefix, "registry", "");
	topics->names[topics->state] = joined(prefix, core->name, ".state");
	topics->names[topics->output] = joined(prefix, core->output, "");
	topics->names[topics->dead_letters] = joined(prefix, core->name, ".dead-letters");
}

void hub_topics_done(struct hub_topics *topics)
{
	for (uint32_t i = 0; i < topics->count; i++)
		free(topics->names[i]);
	free(topics->names);
	*topics = (struct hub_topics){ 0 };
}
