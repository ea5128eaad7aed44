/* The day as a page of a terminal. */
#ifndef SAMPLE_COUNTY_SUMMARY_H
#define SAMPLE_COUNTY_SUMMARY_H

#include "base/error.h"
#include "kafka/properties.h"

/* Reads the topics and writes to standard output. Errors as the reader. */
int sample_summary_print(
        const struct hub_kafka_properties *properties, const char *prefix, struct hub_error *reterr);

#endif
