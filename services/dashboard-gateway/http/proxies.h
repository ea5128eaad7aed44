/* Whose word about a reader's address counts: the proxies of http.proxy. Pure. */
#ifndef DASHBOARD_GATEWAY_HTTP_PROXIES_H
#define DASHBOARD_GATEWAY_HTTP_PROXIES_H

#include "base/error.h"
#include "base/str.h"

/* A list with commas of addresses and networks: "10.1.2.3, 10.1.4.0/24, fd00::/8"; empty: none. HUB_E_INVALID names the element. */
int gateway_proxies_check(const char *list, struct hub_error *reterr);

/* Whether a list that passed the check has an address. An IPv4 address that came over IPv6 (::ffff:10.1.2.3) is that address. */
bool gateway_proxies_have(const char *list, const char *address);

#endif
