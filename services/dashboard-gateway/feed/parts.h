/* The small parts of the feed, one a topic; what each does stands in its file. Internal to feed/. */
#ifndef DASHBOARD_GATEWAY_FEED_PARTS_H
#define DASHBOARD_GATEWAY_FEED_PARTS_H

#include "dashboard-gateway/feed/inside.h"

/* references.c: from the beginning, at once. */
struct gateway_references *gateway_references_new(struct gateway_feed *feed);
void gateway_references_free(struct gateway_references *references);
bool gateway_references_read(
        const struct gateway_references *references); /* to its end, once, and there was a load */

/* decisions.c, acknowledgements.c, letters.c: begun when the first wave is done. */
struct gateway_decisions *gateway_decisions_new(struct gateway_feed *feed);
void gateway_decisions_free(struct gateway_decisions *decisions);
struct gateway_acknowledgements *gateway_acknowledgements_new(struct gateway_feed *feed);
void gateway_acknowledgements_free(struct gateway_acknowledgements *acknowledgements);
struct gateway_letter_topic *gateway_letter_topic_new(struct gateway_feed *feed);
void gateway_letter_topic_free(struct gateway_letter_topic *letters);

/* router_lag.c */
int gateway_lag_new(struct gateway_feed *feed, struct gateway_lag **ret, struct hub_error *reterr);
void gateway_lag_free(struct gateway_lag *lag);
void gateway_lag_ask_now(struct gateway_lag *lag);

/* publish.c: gateway_feed_publish, to whichever partition. topic: full name; partition -1: by key. */
struct gateway_record {
	const char *topic;
	int32_t partition;
	bool has_key, has_value;
	struct hub_str key, value;
	const struct hub_header *headers;
	uint32_t header_count;
};
int gateway_publisher_new(
        struct gateway_feed *feed, struct gateway_publisher **ret, struct hub_error *reterr);
void gateway_publisher_free(struct gateway_publisher *publisher);
void gateway_publisher_send(struct gateway_publisher *publisher, const struct gateway_record *record,
        int timeout_ms, gateway_published_fn *done, void *user);

/* fetch.c */
int gateway_fetcher_new(struct gateway_feed *feed, struct gateway_fetcher **ret, struct hub_error *reterr);
void gateway_fetcher_free(struct gateway_fetcher *fetcher);

#endif
