/* Where each referral's decisions lie in referral.decisions, so that its story can be fetched when somebody asks; since when it
 * stands where it stands; and which organisations have had it near them while this process ran. Ids and numbers only.
 *
 * 16 bytes a decision, some 200 a referral. Of a long story the first decisions and the newest are kept. */
#ifndef DASHBOARD_GATEWAY_VIEW_STORIES_H
#define DASHBOARD_GATEWAY_VIEW_STORIES_H

#include "dashboard-gateway/view/feed_state.h"
#include "dashboard-gateway/view/viewer.h"
#include "wire/schema.h"

struct gateway_stories;

enum { GATEWAY_STORY_PLACES = 64 /* most of one referral */ };

/* most: referrals that are kept; beyond it the one that was silent for longest goes. */
struct gateway_stories *gateway_stories_new(uint32_t most);
void gateway_stories_free(struct gateway_stories *stories); /* accepts NULL */

/* A decision; those about no referral are passed over, one that is known already changes nothing. */
void gateway_stories_add(struct gateway_stories *stories, int32_t partition, int64_t offset,
        const struct hub_schema *schema, const void *record);
/* Rows have changed: call it whenever they have, before anybody is told (gateway_view_changes). */
void gateway_stories_follow(struct gateway_stories *stories, const struct gateway_hot *hot, int64_t now_ms);
/* Forgets referrals that nothing was heard of since. */
void gateway_stories_forget(struct gateway_stories *stories, int64_t before_ms);

/* In the order of the topic; how many. */
uint32_t gateway_stories_places(const struct gateway_stories *stories, struct hub_str referral_id,
        struct gateway_place places[GATEWAY_STORY_PLACES]);
/* When it was last routed, put on a waiting list or left unplaced; GATEWAY_NO_TIME: not known. */
int64_t gateway_stories_since(const struct gateway_stories *stories, struct hub_str referral_id);
/* Whether the viewer could have seen it at some time since this process started. */
bool gateway_stories_was_near(const struct gateway_stories *stories, struct hub_str referral_id,
        const struct gateway_viewer *viewer);
/* Whether it was UNPLACED at some time since this process started. */
bool gateway_stories_was_unplaced(const struct gateway_stories *stories, struct hub_str referral_id);
uint32_t gateway_stories_count(const struct gateway_stories *stories);

#endif
