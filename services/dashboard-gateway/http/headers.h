/* Names and values of headers, by themselves (RFC 9110). Pure. */
#ifndef DASHBOARD_GATEWAY_HTTP_HEADERS_H
#define DASHBOARD_GATEWAY_HTTP_HEADERS_H

#include "base/str.h"

bool gateway_header_name_valid(struct hub_str name);
bool gateway_header_value_valid(struct hub_str value);

/* The last element of a comma-separated list, without blanks around it. */
struct hub_str gateway_list_last(struct hub_str list);

/* Whether an Accept header takes a media type ("application/json"); an empty one takes all. */
bool gateway_accepts(struct hub_str accept, struct hub_str type);

/* Whether Content-Type is that media type, with parameters or without. */
bool gateway_content_is(struct hub_str content_type, struct hub_str type);

/* Whether Origin names the host of Host. */
bool gateway_origin_is(struct hub_str origin, struct hub_str host);

#endif
