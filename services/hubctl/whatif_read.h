/* The recording of a hub, read from its topics. */
#ifndef HUBCTL_WHATIF_READ_H
#define HUBCTL_WHATIF_READ_H

#include "hubctl/hubctl.h"
#include "hubctl/whatif.h"
#include "kafka/reader.h"

/* All records of topic registry: *ret (count of them) in hubctl->arena. */
int hubctl_whatif_read_registry(
        struct hubctl *hubctl, struct hubctl_reference **ret, uint32_t *ret_count, struct hub_error *reterr);

/* Decisions and dead letters; each decision also goes to decided. HUB_E_NOT_FOUND: a topic does not exist. */
int hubctl_whatif_read_decisions(struct hubctl *hubctl, const struct hub_core *core,
        struct hubctl_recording *recording,
        void (*decided)(void *user, const struct hub_schema *schema, const void *record), void *user,
        struct hub_error *reterr);

/* The inputs of one partition, read as they are asked for. */
struct hubctl_whatif_log {
	struct hubctl *hubctl;
	const struct hub_core *core;
	int32_t partition;
	struct hubctl_whatif_lane {
		struct hub_kafka_reader *reader;
		struct hub_kafka_event event; /* the next one, if held */
		struct hub_arena *arena;      /* of the one that was given out */
		bool held, ended;
	} lanes[8];             /* by the core's input */
	struct hub_error error; /* why there was nothing more; code 0: the end */
};

void hubctl_whatif_log_init(
        struct hubctl_whatif_log *log, struct hubctl *hubctl, const struct hub_core *core, int32_t partition);
void hubctl_whatif_log_done(struct hubctl_whatif_log *log);

/* hubctl_whatif_source.next of a struct hubctl_whatif_log. */
bool hubctl_whatif_log_next(void *log, uint32_t topic, int64_t below, struct hubctl_whatif_input *ret);

/* HUB_E_INVALID: the beginning of an input is gone (retention), so that its state cannot be made again. *ret_partitions:
 * of the inputs. */
int hubctl_whatif_check_log(struct hubctl *hubctl, const struct hub_core *core, uint32_t *ret_partitions,
        struct hub_error *reterr);

#endif
