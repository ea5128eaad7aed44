/* Reference data: every instance keeps the whole of topic `registry`. Records arrive between two batches, so
 * a batch is decided by one version, the newest load that was read. */
#include "runtime/inside.h"

void hub_runtime_on_registry_record(struct hub_runtime *runtime, const struct hub_kafka_event *event)
{
	struct hub_error error = { 0 };
	bool loaded = false;
	if (event->offset < runtime->registry_next)
		return;
	runtime->registry_next = event->offset + 1;
	if (hub_registry_feed(runtime->registry, event->key, event->has_value ? event->value : HUB_STR(""),
	            event->offset, &loaded, &error) < 0)
		hub_runtime_tell(runtime, HUB_NOTICE_REGISTRY_BAD, event->at.topic, 0, event->offset,
		        "left out: %s", error.text);
	if (!loaded)
		return;
	hub_policies_done(&runtime->policies);
	hub_runtime_tell(
	        runtime, HUB_NOTICE_REGISTRY, event->at.topic, 0, event->offset, "a load was applied");
}

void hub_runtime_on_registry_eof(struct hub_runtime *runtime, const struct hub_kafka_event *event)
{
	if (event->offset >= runtime->registry_to)
		runtime->registry_read = true;
}

void hub_runtime_on_registry_fault(void *user, const char *text)
{
	struct hub_runtime *runtime = user;
	hub_runtime_tell(runtime, HUB_NOTICE_REGISTRY_BAD, runtime->topics->registry, 0,
	        hub_registry_version(runtime->registry), "%s", text);
}
