/* The options of the gateway, as options.def lists them. */
#ifndef DASHBOARD_GATEWAY_HTTP_OPTIONS_H
#define DASHBOARD_GATEWAY_HTTP_OPTIONS_H

#include "config/config.h"

struct gateway_options {
/* clang-format off */
#include "config/as_members.h"
#include "dashboard-gateway/http/options.def"
	/* clang-format on */
};

/* The table as a part that fills *values. */
struct hub_config_part gateway_option_part(struct gateway_options *values);

#endif
