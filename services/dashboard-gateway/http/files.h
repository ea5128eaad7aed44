/* The page: files of a folder, read once at the start. Texts are kept compressed beside their plain form. */
#ifndef DASHBOARD_GATEWAY_HTTP_FILES_H
#define DASHBOARD_GATEWAY_HTTP_FILES_H

#include "dashboard-gateway/http/exchange.h"

struct gateway_files;

/* HUB_E_INVALID: the folder or a file of it cannot be read, or there is more than a page has (200 files, 16 MB). folder "": no page. */
int gateway_files_new(const char *folder, struct gateway_files **ret, struct hub_error *reterr);
void gateway_files_free(struct gateway_files *files); /* accepts NULL */

/* Names what is served: another text of any file is another build. */
const char *gateway_files_build(const struct gateway_files *files);

/* "/" and the views are index.html; any other path a file. */
void gateway_files_serve(struct gateway_exchange *exchange);

#endif
