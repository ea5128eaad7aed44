/* A folder, a loop and a log for tests of what reads files and waits. */
#ifndef TESTS_UNIT_GATEWAY_AUTH_PLACE_H
#define TESTS_UNIT_GATEWAY_AUTH_PLACE_H

#include "log/log.h"

#include <event2/event.h>

enum { PLACE_PATH = 300 };

struct place {
	char folder[PLACE_PATH];
	char path[PLACE_PATH + 100]; /* of place_path */
	struct event_base *base;
	struct hub_log *log;
	char log_path[PLACE_PATH + 20];
};

void place_make(struct place *place);
/* The folder goes with what lies in it. */
void place_done(struct place *place);

/* The path of a file there; good until the next call. */
const char *place_path(struct place *place, const char *name);

/* Writes a file (0600) so that its time of change is another than before. */
void place_write(struct place *place, const char *name, const char *text);

/* Runs the loop until *flag, at most ms. Whether it came. */
bool place_wait(struct place *place, const bool *flag, int ms);

/* How many lines of the log hold text. */
int place_logged(struct place *place, const char *text);

#endif
