/* What the GETs have in common. Internal to http/. */
#ifndef DASHBOARD_GATEWAY_HTTP_VIEWS_H
#define DASHBOARD_GATEWAY_HTTP_VIEWS_H

#include "dashboard-gateway/http/exchange.h"

enum { GATEWAY_ETAG_MAX = 80 };

/* 503 until everything was whole once. True: refused. */
bool gateway_refuse_unready(struct gateway_exchange *exchange, const struct gateway_world *world);

/* Sets Stream-Position, ETag and Cache-Control; true: the reader has this already and got 304. */
bool gateway_not_modified(struct gateway_exchange *exchange, const struct gateway_world *world);

/* 404, 403 or 400 by what a view said. */
void gateway_refuse_view(struct gateway_exchange *exchange, int code, const struct hub_error *err);

/* "<epoch>.<seq of the row>", with its quotes. */
void gateway_referral_tag(const struct gateway_world *world, const struct gateway_referral *referral,
        char etag[GATEWAY_ETAG_MAX]);

#endif
