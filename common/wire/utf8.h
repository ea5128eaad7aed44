/* UTF-8 as Unicode 15 table 3-7 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
#ifndef HUB_WIRE_UTF8_H
#define HUB_WIRE_UTF8_H

#include "base/str.h"

bool hub_utf8_valid(struct hub_str text);

#endif
