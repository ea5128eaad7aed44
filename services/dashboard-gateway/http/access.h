/* The trail of who read and changed what: one record of audit.events for each access. */
#ifndef DASHBOARD_GATEWAY_HTTP_ACCESS_H
#define DASHBOARD_GATEWAY_HTTP_ACCESS_H

#include "dashboard-gateway/http/exchange.h"

/* Sends the record and waits for nothing; one that Kafka does not take is counted and logged. Bodies and queries are not in it. */
void gateway_access_note(struct gateway_exchange *exchange, int status);

#endif
