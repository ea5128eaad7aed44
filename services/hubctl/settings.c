#include "hubctl/settings.h"

#include <stdlib.h>

enum { TIMEOUT_MS = 10000 };

static const char *first_of(const char *a, const char *b, const char *c)
{
	return a ? a : b ? b : c;
}

int hubctl_settings_load(const struct hubctl_args *args, struct hub_arena *arena,
        const struct hubctl_settings **ret, struct hub_error *reterr)
{
	struct hubctl_settings *settings = hub_arena_alloc(arena, sizeof(*settings));
	struct hub_kafka_property *servers = hub_arena_alloc(arena, sizeof(*servers));
	if (!settings || !servers)
		return hub_error_set(reterr, HUB_E_FATAL, "", "out of memory");
	servers->name = "bootstrap.servers";
	servers->value =
	        first_of(hubctl_arg(args, "kafka"), getenv("HUB_KAFKA_BOOTSTRAP_SERVERS"), "127.0.0.1:9092");
	*settings = (struct hubctl_settings){
		.kafka = { servers, 1 },
		.prefix = first_of(hubctl_arg(args, "prefix"), getenv("HUB_TOPIC_PREFIX"), ""),
		.redis = first_of(hubctl_arg(args, "redis"), getenv("HUB_REDIS_ADDRESS"), "127.0.0.1:6379"),
		.daemons = first_of(NULL, getenv("HUB_DAEMONS"), "referral-router=127.0.0.1:9100"),
		.timeout_ms = TIMEOUT_MS,
	};
	*ret = settings;
	return HUB_OK;
}

void hubctl_settings_help(struct hub_buf *out)
{
	hub_buf_text(out, "Settings\n");
}
