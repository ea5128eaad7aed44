#include "dashboard-gateway/auth/ended.h"

/* Ids are random, and nobody is here whose MAC was not ours: any bits will do. */
static uint32_t place_of(const unsigned char *id)
{
	return ((uint32_t)id[0] << 8 | id[1]) % GATEWAY_ENDED_PLACES;
}

void gateway_ended_add(
        struct gateway_ended *ended, const unsigned char id[GATEWAY_COOKIE_ID_LEN], int64_t until_ms)
{
	uint32_t place = place_of(id), at = 0;
	for (uint32_t i = 0; i < GATEWAY_ENDED_DEPTH; i++) {
		if (memcmp(ended->items[place][i].id, id, GATEWAY_COOKIE_ID_LEN) == 0) {
			at = i;
			break;
		}
		if (ended->items[place][i].until_ms < ended->items[place][at].until_ms)
			at = i;
	}
	memcpy(ended->items[place][at].id, id, GATEWAY_COOKIE_ID_LEN);
	ended->items[place][at].until_ms = until_ms;
}

bool gateway_ended_has(const struct gateway_ended *ended, const unsigned char id[GATEWAY_COOKIE_ID_LEN])
{
	uint32_t place = place_of(id);
	for (uint32_t i = 0; i < GATEWAY_ENDED_DEPTH; i++) {
		if (ended->items[place][i].until_ms &&
		        memcmp(ended->items[place][i].id, id, GATEWAY_COOKIE_ID_LEN) == 0)
			return true;
	}
	return false;
}
