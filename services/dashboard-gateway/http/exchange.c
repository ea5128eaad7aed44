#include "dashboard-gateway/http/exchange.h"

#include "dashboard-gateway/http/access.h"
#include "dashboard-gateway/http/gateway.h"
#include "dashboard-gateway/http/server.h"
#include "dashboard-gateway/http/tracing.h"

#include <stdio.h>
#include <stdlib.h>

void gateway_exchange_is(struct gateway_exchange *exchange, const struct gateway_identity *identity)
{
	exchange->identity = *identity;
	gateway_identity_bind(&exchange->identity);
	exchange->known = true;
}

bool gateway_exchange_place(struct gateway_exchange *exchange)
{
	const struct gateway *gateway = exchange->gateway;
	struct gateway_viewer *viewer = &exchange->identity.viewer;
	if (!gateway->policy)
		return false;
	struct hub_str county_id = referral_policy_county_of(gateway->policy, viewer->org_id);
	if (county_id.len == 0 || county_id.len >= sizeof(exchange->county_id))
		return false;
	memcpy(exchange->county_id, county_id.data, county_id.len);
	viewer->county_id = (struct hub_str){ exchange->county_id, county_id.len };
	return true;
}

static void count(const struct gateway_exchange *exchange, int status)
{
	struct hub_metrics *metrics = exchange->gateway->metrics;
	const char *route = exchange->route ? exchange->route->name : "page";
	char text[8];
	snprintf(text, sizeof(text), "%d", status);
	const char *const labels[] = { route, text };
	hub_metrics_add(metrics, GATEWAY_MEASURE_REQUESTS, labels, 1);
	hub_metrics_observe(metrics, GATEWAY_MEASURE_REQUEST_SECONDS, &route,
	        (double)(gateway_now_us() - exchange->started_us) / 1e6, 1);
}

void gateway_exchange_end(struct gateway_exchange *exchange, int status)
{
	count(exchange, status);
	gateway_trace_end(exchange, status);
	gateway_access_note(exchange, status);
	gateway_server_forget(exchange);
	free(exchange);
}
