/* The one place where librdkafka's errors become codes of ours. Internal to common/kafka. */
#ifndef HUB_KAFKA_KAFKA_ERROR_H
#define HUB_KAFKA_KAFKA_ERROR_H

#include "base/error.h"

#include <librdkafka/rdkafka.h>

/* A plain error code: what the table says, else HUB_E_FATAL. detail may be NULL. Fills *reterr and returns
 * the code; 0 for NO_ERROR. doing: "read the committed offsets". */
int hub_kafka_from_err(
        rd_kafka_resp_err_t err, const char *doing, const char *detail, struct hub_error *reterr);

/* An error object, which is destroyed; NULL is success. In this order: fatal, abort required, retriable, the
 * table's word, else fatal. */
int hub_kafka_from_error(rd_kafka_error_t *error, const char *doing, struct hub_error *reterr);

/* The same for a commit: what is neither fatal, nor asks for an abort, nor may be repeated leaves its outcome
 * unknown. */
int hub_kafka_from_commit_error(rd_kafka_error_t *error, struct hub_error *reterr);

#endif
