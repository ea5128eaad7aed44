/* The bed boards of a hospital, for hubctl slots. */
#ifndef HUBCTL_SLOTS_BEDS_H
#define HUBCTL_SLOTS_BEDS_H

#include "hubctl/hubctl.h"
#include "records/bed_board.h"
#include "records/waiting_state.h"

#include <jansson.h>

/* In the arena of hubctl. */
struct hubctl_boards {
	const struct hub_bed_board **items;
	uint32_t count;
	int32_t partition; /* when count > 0 */
};

/* Returns HUB_OK or a negative HUB_E code with err filled. No board is no error. */
int hubctl_boards_read(
        struct hubctl *hubctl, struct hub_str org, struct hubctl_boards *ret, struct hub_error *err);

/* Whether one of them serves the list on which that one waits. */
bool hubctl_boards_serve(const struct hubctl_boards *boards, const struct hub_waiting_state *waiting);

void hubctl_boards_put(struct hubctl *hubctl, const struct hubctl_boards *boards);

/* A new array. */
json_t *hubctl_boards_json(const struct hubctl_boards *boards);

#endif
