/* The path of a field in an error, built on the way up: the innermost sets the text, each caller puts its
 * name in front. Used by the codec and the JSON mapping; costs nothing when all is well. */
#ifndef HUB_WIRE_PLACE_H
#define HUB_WIRE_PLACE_H

#include "base/error.h"

#include <stdint.h>

/* "sex" becomes "patient.sex". Both return err->code; err must not be NULL. */
int hub_place_field(struct hub_error *err, const char *name);

/* "name" becomes "[3].name". */
int hub_place_item(struct hub_error *err, uint32_t index);

#endif
