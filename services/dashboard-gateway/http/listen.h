/* The gateway's ears: what the feed tells goes into the tables, and what probes and scrapers ask is answered. Internal to http/. */
#ifndef DASHBOARD_GATEWAY_HTTP_LISTEN_H
#define DASHBOARD_GATEWAY_HTTP_LISTEN_H

#include "base/error.h"
#include "kafka/properties.h"

struct gateway;

int gateway_open_feed(struct gateway *gateway, struct hub_kafka_properties kafka, struct hub_error *reterr);
int gateway_open_admin(struct gateway *gateway, struct hub_error *reterr);

#endif
