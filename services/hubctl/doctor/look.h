/* The parts of what `hubctl doctor` looks at, each by a thread of its own that may be left behind when it hangs. Each gets a
 * hubctl of its own: arena, patience. */
#ifndef HUBCTL_DOCTOR_LOOK_H
#define HUBCTL_DOCTOR_LOOK_H

#include "hubctl/doctor/seen.h"
#include "hubctl/hubctl.h"

/* Patience with one answer, unless --timeout says another one, and with a whole part. */
enum { DOCTOR_ANSWER_MS = 2500, DOCTOR_LOOK_MS = 9000 };

/* hubctl for one part: what it asks must be answered by until_ms (hubctl_now_ms). */
struct doctor_part {
	struct hubctl hubctl;
	struct hubctl_settings settings;
	int64_t until_ms;
};

/* Milliseconds that the next answer may take; at least 100. */
int doctor_patience(const struct doctor_part *part);

/* The first look, and the second, of each part. What fails is noted in what is filled. */
bool doctor_look_cluster(
        struct doctor_part *part, struct doctor_kafka *kafka); /* false: there is no way to it */
void doctor_look_kafka(struct doctor_part *part, struct doctor_kafka *kafka);
void doctor_look_kafka_again(struct doctor_part *part, struct doctor_kafka *kafka);
void doctor_look_redis(struct doctor_part *part, struct doctor_redis *redis);
void doctor_look_redis_again(struct doctor_part *part, struct doctor_redis *redis);
void doctor_look_daemons(struct doctor_part *part, struct doctor_daemons *daemons);
void doctor_look_certificates(struct doctor_part *part, struct doctor_seen *seen);
/* HUB_E_INVALID: what --data names does not exist. */
int doctor_look_disks(struct hubctl *hubctl, struct doctor_seen *seen, struct hub_error *reterr);

/* Members, offsets and changelogs of the router's group. */
void doctor_look_group(struct doctor_part *part, struct doctor_group_look *look);

#endif
