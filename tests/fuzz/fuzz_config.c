/* A daemon's configuration: a file, then, behind a NUL, variables of the environment, each ended by one. */
#include "take.h"

#include "base/check.h"
#include "config/config.h"
#include "daemon/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { VARIABLES_MAX = 16, TEXT_MAX = 1 << 16 };

static void complain(void *user, const char *place, const char *text)
{
	(void)user;
	hub_check(place && text);
}

/* text is NUL-terminated, size without that one. */
static void load(char *text, size_t size)
{
	struct hub_daemon_options values;
	const struct hub_config_part part = hub_daemon_option_part(&values);
	const char *environment[VARIABLES_MAX + 1] = { NULL };
	char path[40];
	int fd = memfd_create("config", 0);
	size_t file = strnlen(text, size), at = file + 1;
	hub_check(fd >= 0 && write(fd, text, file) == (ssize_t)file);
	for (int i = 0; at < size && i < VARIABLES_MAX; i++) {
		environment[i] = text + at;
		at += strlen(text + at) + 1;
	}
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	const struct hub_config_sources sources = { path, environment, complain, NULL };
	struct hub_config *config = NULL;
	if (hub_config_load(&sources, &part, 1, &config, NULL) == HUB_OK) {
		struct hub_kafka_properties kafka = hub_config_kafka(config);
		hub_check(values.batch_events >= 1 && values.instance && values.redis_address);
		for (uint32_t i = 0; i < kafka.count; i++)
			hub_check(kafka.items[i].name && kafka.items[i].value);
		hub_config_free(config);
	}
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > TEXT_MAX)
		return 0;
	char *text = calloc(1, size + 1);
	hub_check(text);
	if (size)
		memcpy(text, data, size);
	load(text, size);
	free(text);
	return 0;
}
