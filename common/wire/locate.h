/* Where in a JSON text a value stands. jansson tells positions of syntax errors only; a message about a
 * record of a file that people edit names its line. Pure. */
#ifndef HUB_WIRE_LOCATE_H
#define HUB_WIRE_LOCATE_H

#include "base/str.h"

#include <stdint.h>

/* text: valid JSON. path: members and items as errors write them, "Organisation[3].beds[0].kind". The line
 * (from 1) of the longest start of the path that exists: of the whole path when it does, of the object that
 * lacks a member otherwise. */
uint32_t hub_json_locate(struct hub_str text, struct hub_str path);

#endif
