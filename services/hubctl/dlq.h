/* What the commands about dead letters have in common. */
#ifndef HUBCTL_DLQ_H
#define HUBCTL_DLQ_H

#include "hubctl/hubctl.h"

/* The topic of --daemon's dead letters, without prefix. In hubctl->arena. */
const char *hubctl_dlq_topic(struct hubctl *hubctl);

#endif
