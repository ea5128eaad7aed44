/* Records as one line that a person reads. */
#ifndef HUB_WIRE_RECORD_PRINT_H
#define HUB_WIRE_RECORD_PRINT_H

#include "base/buf.h"
#include "wire/schema.h"

/* Appends `ReferralRequested referral_id=r1 patient={sex=FEMALE} urgency=URGENT criteria=[c1 c2] ...`,
 * without personal fields. head: with the head's fields. Nulls, empty arrays and empty strings are left out;
 * timestamps are RFC 3339 in Asia/Shanghai; a string with blanks, quotes or control characters is quoted. */
void hub_record_print(const struct hub_schema *schema, const void *record, bool head, struct hub_buf *out);

#endif
