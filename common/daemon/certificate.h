/* The certificate by which a program shows Kafka who it is. */
#ifndef HUB_DAEMON_CERTIFICATE_H
#define HUB_DAEMON_CERTIFICATE_H

#include "kafka/properties.h"
#include "metrics/metrics.h"

#include <stdbool.h>

/* When the first of a PEM file's certificates ends, in seconds since 1970: of a chain any one may be the first. False: no such
 * file, no certificate in it. */
bool hub_certificate_end(const char *path, int64_t *ret_s);

/* Sets metric (a gauge without labels) to the end of ssl.certificate.location; unset: there is none. To be called once, at the start:
 * librdkafka reads the file then and never again, so what is renewed later counts from the next start on. */
void hub_certificate_measure(
        struct hub_metrics *metrics, uint32_t metric, const struct hub_kafka_properties *kafka);

#endif
