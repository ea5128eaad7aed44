/* Dead letters without their content: what the headers hub_dlq_* say, of the newest ones. */
#ifndef DASHBOARD_GATEWAY_VIEW_LETTERS_H
#define DASHBOARD_GATEWAY_VIEW_LETTERS_H

#include "dashboard-gateway/view/view.h"
#include "port/kafka_port.h"

struct gateway_letters *gateway_letters_new(uint32_t most);
void gateway_letters_free(struct gateway_letters *letters); /* accepts NULL */

/* A record of the dead letters' topic; one that was there already changes nothing. */
void gateway_letters_add(struct gateway_letters *letters, const struct hub_kafka_event *event);

/* Texts are owned by the table. */
struct gateway_letter {
	struct gateway_place place; /* in the dead letters' topic */
	int64_t at_ms;
	struct hub_str daemon, topic, reason, detail;
	struct hub_str key; /* as it came, when it is a plausible code; else empty */
	int32_t partition;  /* where it came from; -1: not said */
	int64_t offset;
	uint32_t size; /* bytes of the value */
};

/* Newest first: *at = 0 first; NULL at the end. Those that the viewer may know of: of its county, or of nobody's. */
const struct gateway_letter *gateway_letters_each(
        const struct gateway_world *world, const struct gateway_viewer *viewer, size_t *at);
/* "<partition>-<offset>", for a replay. HUB_E_NOT_FOUND: no such letter, or not for this viewer. */
int gateway_letters_find(const struct gateway_world *world, const struct gateway_viewer *viewer,
        struct hub_str id, struct gateway_place *ret, struct hub_error *reterr);

#endif
