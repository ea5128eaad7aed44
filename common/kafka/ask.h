/* Questions to the broker that several handles ask. Internal to common/kafka. */
#ifndef HUB_KAFKA_ASK_H
#define HUB_KAFKA_ASK_H

#include "base/error.h"

#include <librdkafka/rdkafka.h>
#include <stdint.h>

/* HUB_E_RETRY: no answer in time; HUB_E_NOT_FOUND: no such topic (its name in reterr->place). */
int hub_kafka_partition_count(
        rd_kafka_t *rk, const char *topic, int timeout_ms, int32_t *ret_count, struct hub_error *reterr);

/* Log start and high watermark, asked now. Just after a topic was made, or a broker was lost, a partition has
 * no leader for a moment: that is waited for, within timeout_ms. No answer comes at the latest half as long
 * after it. */
int hub_kafka_ends(rd_kafka_t *rk, const char *topic, int32_t partition, int timeout_ms, int64_t *ret_low,
        int64_t *ret_high, struct hub_error *reterr);

#endif
