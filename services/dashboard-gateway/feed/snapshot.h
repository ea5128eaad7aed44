/* All hashes of the hot state that stand in Redis, put into the rows, piece by piece. A piece is one MULTI: all fences, the
 * hashes that the piece before has named, and the SCAN that names those of the next. So each piece shows one moment, with the
 * fences of that moment beside it (hot/join.h), and one piece is all that is ever under way: about 256 keys. Internal to feed/. */
#ifndef DASHBOARD_GATEWAY_FEED_SNAPSHOT_H
#define DASHBOARD_GATEWAY_FEED_SNAPSHOT_H

#include "dashboard-gateway/feed/redis_link.h"
#include "dashboard-gateway/hot/join.h"

struct gateway_snapshot;

/* Reads once, while Redis is up; joins: of count partitions, borrowed; those that are scanning are read and told of each
 * piece. done: all has been put; whole false: some of it could not be read. It is not called when Redis is lost before. */
struct gateway_snapshot *gateway_snapshot_new(struct gateway_feed *feed, struct gateway_join *joins,
        int32_t count, void (*done)(void *user, bool whole), void *user);
/* After it is done, or Redis was lost. Accepts NULL. */
void gateway_snapshot_free(struct gateway_snapshot *snapshot);

#endif
