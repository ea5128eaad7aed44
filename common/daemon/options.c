#include "daemon/options.h"

#include "admin/admin.h"
#include "otlp/endpoint.h"
#include "redis/redis.h"

#include <ctype.h>

int hub_daemon_check_name(const char *text, struct hub_error *reterr)
{
	for (const char *at = text; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("._-", *at))
			return hub_error_set(reterr, HUB_E_INVALID, "",
			        "expected letters, digits, \".\", \"_\" and \"-\", not \"%s\"", text);
	return HUB_OK;
}

struct hub_config_part hub_daemon_option_part(struct hub_daemon_options *values)
{
	static const struct hub_option options[] = {
/* clang-format off */
#define HUB_OPTIONS_STRUCT struct hub_daemon_options
#include "config/as_options.h"
#include "daemon/options.def"
#undef HUB_OPTIONS_STRUCT
		/* clang-format on */
	};
	return (struct hub_config_part){ options, sizeof(options) / sizeof(options[0]), values };
}
