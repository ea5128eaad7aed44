/* A small file that is read whole, and again when it has changed. */
#ifndef DASHBOARD_GATEWAY_AUTH_FILE_H
#define DASHBOARD_GATEWAY_AUTH_FILE_H

#include "base/buf.h"
#include "base/error.h"

#include <sys/stat.h>

/* What a file looked like when it was read. */
struct gateway_file_mark {
	struct timespec changed_at;
	off_t size;
	ino_t inode;
	dev_t device;
};

/* Fills out (to its limit). secret: nobody but owner and group may read it, nobody but the owner may write to it.
 * HUB_E_NOT_FOUND, HUB_E_INVALID (place is the path). *ret_mark is written whenever the file could be looked at. */
int gateway_file_read(const char *path, bool secret, struct hub_buf *out, struct gateway_file_mark *ret_mark,
        struct hub_error *reterr);

/* Does it look otherwise now? A file that is gone does. */
bool gateway_file_changed(const char *path, const struct gateway_file_mark *mark);

#endif
