#include "hubctl/registry_topic.h"

#include "records/catalogue.h"
#include "records/registry_loaded.h"
#include "wire/framing.h"

static const char *const topic[] = { "registry" };

enum { LAST_RECORDS = 16 };

struct reading {
	struct hubctl *hubctl;
	struct hubctl_refdata *refdata;
	int64_t until;
	int64_t version;
	struct hub_str load_id; /* looked for */
	struct hub_error err;
};

/* The load that event ends, if it ends one. */
static bool is_end(const struct hub_kafka_event *event, struct hub_arena *arena, struct hub_str *ret_load_id)
{
	const struct hub_schema *schema;
	void *record;
	if (!event->has_value ||
	        hub_frame_decode(&hub_registry_schemas, event->value, arena, &schema, &record, NULL) ||
	        schema != &hub_registry_loaded_schema)
		return false;
	*ret_load_id = ((const struct hub_registry_loaded *)record)->load_id;
	return true;
}

static enum hubctl_scan_next visit(void *user, const struct hub_kafka_event *event)
{
	struct reading *r = user;
	struct hub_str load_id;
	if (r->until >= 0 && event->offset > r->until)
		return HUBCTL_ENOUGH;
	if (is_end(event, r->hubctl->arena, &load_id))
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
		.visit = visit,
		.user = &r };
	int result = hubctl_scan(hubctl, &scan, reterr);
	if (result)
		return result;
	if (hubctl_stopped())
		return hub_error_set(reterr, HUB_E_INTERRUPTED, "", "stopped");
	if (r.err.code) {
		*reterr = r.err;
		return r.err.code;
	}
	*ret_version = r.version;
	return HUB_OK;
}

static enum hubctl_scan_next find(void *user, const struct hub_kafka_event *event)
{
	struct reading *r = user;
	struct hub_str load_id;
	if (!is_end(event, r->hubctl->arena, &load_id) || !hub_str_eq(load_id, r->load_id))
		return HUBCTL_GO_ON;
	r->version = event->offset;
	return HUBCTL_ENOUGH;
}

int hubctl_registry_version_of(
        struct hubctl *hubctl, struct hub_str load_id, int64_t *ret_version, struct hub_error *reterr)
{
	struct reading r = { .hubctl = hubctl, .load_id = load_id, .version = -1 };
	/* The end of a transaction reaches the topic a little after the commit has returned. */
	struct hubctl_scan scan = {
		.topics = topic,
		.topic_count = 1,
		.partition = -1,
		.from = HUB_READ_LAST,
		.from_value = LAST_RECORDS,
		.follow = true,
		.give_up_ms = hubctl->settings->timeout_ms,
		.visit = find,
		.user = &r,
	};
	int result = hubctl_scan(hubctl, &scan, reterr);
	if (result)
		return result;
	if (r.version < 0)
		return hub_error_set(reterr, HUB_E_NOT_FOUND, "",
		        "load %.*s was committed, but its end is not to be seen yet", HUB_STR_ARG(load_id));
	*ret_version = r.version;
	return HUB_OK;
}
