/* Where the broker is and how it is talked to: kafka.* of one file, over it HUB_KAFKA_* of the environment, over it --kafka. */
#ifndef SAMPLE_COUNTY_SETTINGS_H
#define SAMPLE_COUNTY_SETTINGS_H

#include "config/config.h"

struct sample_settings {
	struct hub_config *config; /* owns the texts of kafka */
	struct hub_kafka_properties kafka;
};

/* path: a file as hubctl and the daemons have one, or NULL; servers: of --kafka, or NULL. What is wrong goes to standard error;
 * HUB_E_INVALID then. sample_settings_done is to be called in every case. */
int sample_settings_load(
        const char *path, const char *servers, struct sample_settings *ret, struct hub_error *reterr);
void sample_settings_done(struct sample_settings *settings);

#endif
