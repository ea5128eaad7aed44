/* Query parameters, checked. Every error names the parameter as its place and says what is expected. */
#ifndef DASHBOARD_GATEWAY_VIEW_PARAMS_H
#define DASHBOARD_GATEWAY_VIEW_PARAMS_H

#include "dashboard-gateway/view/view.h"
#include "wire/schema.h"

struct gateway_params {
	const struct gateway_param *items;
	uint32_t count;
};

enum { GATEWAY_LIMIT_DEFAULT = 50, GATEWAY_LIMIT_MAX = 200, GATEWAY_PARAM_BYTES = 512 };

/* Only these names (NULL at the end), each at most once, none longer than GATEWAY_PARAM_BYTES: a filter that is misspelt must
 * not show everything. */
int gateway_params_check(
        const struct gateway_params *params, const char *const *names, struct hub_error *reterr);

/* Empty: not given. */
struct hub_str gateway_params_get(const struct gateway_params *params, const char *name);

/* *ret stays as it is when the parameter is not given. */
int gateway_params_limit(const struct gateway_params *params, uint32_t *ret, struct hub_error *reterr);
enum gateway_wanted { GATEWAY_ANY, GATEWAY_YES, GATEWAY_NO };
int gateway_params_wanted(const struct gateway_params *params, const char *name, enum gateway_wanted *ret,
        struct hub_error *reterr);
int gateway_params_time(
        const struct gateway_params *params, const char *name, int64_t *ret, struct hub_error *reterr);
/* A symbol of the enum, but UNKNOWN. */
int gateway_params_symbol(const struct gateway_params *params, const char *name,
        const struct hub_enum *choices, uint32_t *ret, struct hub_error *reterr);
/* One of these words (NULL at the end): its index. */
int gateway_params_choice(const struct gateway_params *params, const char *name, const char *const *choices,
        uint32_t *ret, struct hub_error *reterr);

#endif
