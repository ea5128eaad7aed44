/* Records of the router's changelog to rows: by the router's own projection, so that a row is the same whether it came from
 * Redis or from the changelog. Pure. */
#ifndef DASHBOARD_GATEWAY_HOT_INTAKE_H
#define DASHBOARD_GATEWAY_HOT_INTAKE_H

#include "dashboard-gateway/hot/hot.h"

/* Memory for one record at a time. */
struct gateway_intake;

struct gateway_intake *gateway_intake_new(void);         /* never NULL (memory aborts) */
void gateway_intake_free(struct gateway_intake *intake); /* accepts NULL */

/* The fields of the record's hash, as Redis has them; borrowed until the next call. No fields: not a key that is kept
 * (a place on a waiting list, PartitionPosition). HUB_E_INVALID, HUB_E_NOT_FOUND (an unknown schema): as hub_frame_decode. */
int gateway_intake_fields(struct gateway_intake *intake, struct hub_str key, struct hub_str value,
        const struct gateway_field **ret_fields, uint32_t *ret_count, struct hub_error *reterr);

/* One record of the changelog into hot: its row is put, or, value being empty (a tombstone), removed. On an error, which is
 * the above or gateway_hot_put's, the row stays as it was. */
int gateway_intake_apply(struct gateway_intake *intake, struct gateway_hot *hot, int32_t partition,
        struct hub_str key, struct hub_str value, struct hub_error *reterr);

#endif
