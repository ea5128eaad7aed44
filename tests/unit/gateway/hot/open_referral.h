/* The open referrals of a city as Redis has them: 16 counties, a session for each five. For memory and time that rows
 * take. */
#ifndef TEST_GATEWAY_OPEN_REFERRAL_H
#define TEST_GATEWAY_OPEN_REFERRAL_H

#include "dashboard-gateway/hot/hot.h"

enum { OPEN_REFERRAL_TEXT = 40, OPEN_REFERRAL_FIELDS = 16 };

/* Its fields lie in itself: not to be copied. */
struct open_referral {
	char key[OPEN_REFERRAL_TEXT];
	char county[OPEN_REFERRAL_TEXT], consortium[OPEN_REFERRAL_TEXT], from[OPEN_REFERRAL_TEXT],
	        to[OPEN_REFERRAL_TEXT], session[OPEN_REFERRAL_TEXT], requested_at[OPEN_REFERRAL_TEXT];
	struct gateway_field fields[OPEN_REFERRAL_FIELDS];
};

/* Number n of them, in a state: "ROUTED". */
void open_referral_fill(struct open_referral *referral, uint32_t n, const char *state);

/* Into hot; memory of the C library's malloc in use. */
void open_referral_put(struct gateway_hot *hot, const struct open_referral *referral);
size_t memory_in_use(void);

#endif
