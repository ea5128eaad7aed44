/* The machine's clock behind the clock port. */
#ifndef HUB_DAEMON_CLOCK_H
#define HUB_DAEMON_CLOCK_H

#include "port/clock_port.h"

/* Stateless; any thread. */
const struct hub_clock_port *hub_system_clock(void);

#endif
