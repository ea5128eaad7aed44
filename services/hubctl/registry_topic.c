#include "hubctl/registry_topic.h"

#include "records/catalogue.h"
#include "records/registry_loaded.h"
#include "wire/framing.h"

static const char *const topic[] = { "registry" };

struct reading {
	struct hubctl *hubctl;
	struct hubctl_refdata *refdata;
	int64_t until;
	int64_t version;
	struct hub_error err;
};

static bool is_end(const struct hub_kafka_event *event, struct hub_arena *arena)
{
	const struct hub_schema *schema;
	void *record;
	return event->has_value &&
	       hub_frame_decode(&hub_registry_schemas, event->value, arena, &schema, &record, NULL) == 0 &&
	       schema == &hub_registry_loaded_schema;
}

static enum hubctl_scan_next visit(void *user, const struct hub_kafka_event *event)
{
	struct reading *r = user;
	if (r->until >= 0 && event->offset > r->until)
		return HUBCTL_ENOUGH;
	if (is_end(event, r->hubctl->arena))
		r->version = event->offset;
	else if (event->has_value && hubctl_refdata_loaded(r->refdata, event->key, event->value, &r->err))
		return HUBCTL_ENOUGH;
	return HUBCTL_GO_ON;
}

int hubctl_registry_read(struct hubctl *hubctl, struct hubctl_refdata *refdata, int64_t until,
        int64_t *ret_version, struct hub_error *reterr)
{
	struct reading r = { .hubctl = hubctl, .refdata = refdata, .until = until, .version = -1 };
	struct hubctl_scan scan = { .topics = topic,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_BEGINNING,
		.settled = true, /* a load that has just been acknowledged is not readable at once */
		.visit = visit,
		.user = &r };
	int result = hubctl_scan(hubctl, &scan, reterr);
	if (result)
		return result;
	if (r.err.code) {
		*reterr = r.err;
		return r.err.code;
	}
	*ret_version = r.version;
	return HUB_OK;
}
