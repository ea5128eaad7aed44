#include "dashboard-gateway/http/options.h"

#include "admin/admin.h"
#include "daemon/options.h"
#include "dashboard-gateway/auth/fetch.h"
#include "dashboard-gateway/http/proxies.h"
#include "otlp/endpoint.h"
#include "redis/redis.h"

struct hub_config_part gateway_option_part(struct gateway_options *values)
{
	static const struct hub_option options[] = {
/* clang-format off */
#define HUB_OPTIONS_STRUCT struct gateway_options
#include "config/as_options.h"
#include "dashboard-gateway/http/options.def"
#undef HUB_OPTIONS_STRUCT
		/* clang-format on */
	};
	return (struct hub_config_part){ options, sizeof(options) / sizeof(options[0]), values };
}
