/* What is read from now on. One call replaces everything, so there is nothing to keep in step. */
#include "runtime/inside.h"

#include "base/check.h"

#include <stdlib.h>

struct reading {
	struct hub_kafka_offset *from;
	uint32_t count;
};

static void add(struct reading *reading, int32_t topic, int32_t partition, int64_t offset)
{
	reading->from[reading->count++] =
	        (struct hub_kafka_offset){ { topic, partition }, offset, { NULL, 0 } };
}

static int read_these(struct hub_runtime *runtime, bool changelogs, bool inputs, struct hub_error *reterr)
{
	size_t most = (size_t)runtime->count * (runtime->topics->input_count + 1) + 1;
	struct reading reading = { calloc(most, sizeof(struct hub_kafka_offset)), 0 };
	hub_check(reading.from != NULL);
	add(&reading, runtime->topics->registry, 0, runtime->registry_next);
	for (uint32_t i = 0; i < runtime->count; i++) {
		struct partition *partition = runtime->partitions[i];
		if (changelogs && !partition->restored)
			add(&reading, runtime->topics->state, partition->id, partition->restore_next);
		for (uint32_t topic = 0; inputs && topic < runtime->topics->input_count; topic++) {
			partition->sources[topic].eof = -1;
			if (partition->phase == PHASE_RESTORED)
				add(&reading, (int32_t)topic, partition->id, partition->position.next[topic]);
		}
	}
	int r = runtime->kafka->assign(runtime->kafka->user, reading.from, reading.count, reterr);
	if (r == 0 && (changelogs || inputs)) /* inputs that only pause are as they were */
		hub_unreadable_keep(runtime, reading.from, reading.count);
	free(reading.from);
	return r;
}

int hub_runtime_read_changelogs(struct hub_runtime *runtime, struct hub_error *reterr)
{
	return read_these(runtime, true, false, reterr);
}

int hub_runtime_read_inputs(struct hub_runtime *runtime, struct hub_error *reterr)
{
	int r = read_these(runtime, false, true, reterr);
	if (r == 0)
		runtime->reassign = false;
	return r;
}

int hub_runtime_read_registry(struct hub_runtime *runtime, struct hub_error *reterr)
{
	return read_these(runtime, false, false, reterr);
}

int hub_runtime_read_nothing(struct hub_runtime *runtime, struct hub_error *reterr)
{
	hub_unreadable_keep(runtime, NULL, 0);
	return runtime->kafka->assign(runtime->kafka->user, NULL, 0, reterr);
}
