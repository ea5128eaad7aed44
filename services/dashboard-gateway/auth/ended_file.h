/* The sessions that were logged out of, in a file beside the sessions' key, so that they stay out over a restart: lines
 * "ID-IN-HEX UNTIL-MS". Those that have ended by themselves go at the start. */
#ifndef DASHBOARD_GATEWAY_AUTH_ENDED_FILE_H
#define DASHBOARD_GATEWAY_AUTH_ENDED_FILE_H

#include "dashboard-gateway/auth/ended.h"

/* Takes into ended what a text of the file says and has not ended by now_ms; lines that are none are passed over. Pure. */
void gateway_ended_read(struct hub_str text, int64_t now_ms, struct gateway_ended *ended);

/* Reads the file (it may be missing), writes it anew without what is over, and opens it for those to come: *ret_fd is the
 * caller's. HUB_E_NOT_FOUND: it cannot be written; what could be read is in ended. */
int gateway_ended_file_open(
        const char *path, int64_t now_ms, struct gateway_ended *ended, int *ret_fd, struct hub_error *reterr);

/* False: it could not be written. */
bool gateway_ended_file_add(int fd, const unsigned char id[GATEWAY_COOKIE_ID_LEN], int64_t until_ms);

#endif
