/* The hub's answers to the newest events that were sent through this gateway: part of heard.h. */
#ifndef DASHBOARD_GATEWAY_VIEW_SENT_H
#define DASHBOARD_GATEWAY_VIEW_SENT_H

#include "dashboard-gateway/view/heard.h"
#include "records/decision_head.h"

struct gateway_sent;

struct gateway_sent *gateway_sent_new(uint32_t most);
void gateway_sent_free(struct gateway_sent *sent); /* accepts NULL */

void gateway_sent_expect(struct gateway_sent *sent, struct hub_str org_id, struct hub_str event_id);
/* A decision that answers something: true when it was expected, or its id is one of ours. */
bool gateway_sent_decision(
        struct gateway_sent *sent, const struct hub_schema *schema, const struct hub_decision_head *decision);

bool gateway_sent_answer(const struct gateway_sent *sent, struct hub_str org_id, struct hub_str event_id,
        struct gateway_answer *ret);
void gateway_sent_after(const struct gateway_sent *sent, uint64_t number,
        void (*visit)(void *user, const struct gateway_answer *answer), void *user);
uint64_t gateway_sent_last(const struct gateway_sent *sent);

#endif
