/* One run of a configured daemon. Internal to common/daemon. */
#ifndef HUB_DAEMON_RUN_H
#define HUB_DAEMON_RUN_H

#include "daemon/daemon.h"
#include "daemon/options.h"

/* Sets everything up, runs until SIGTERM, SIGINT or a failure, takes everything down. The exit code. */
int hub_daemon_run(const struct hub_daemon_spec *spec, const struct hub_daemon_options *options,
        struct hub_kafka_properties kafka);

#endif
