#include "hubctl/publish.h"

int hubctl_publish(struct hubctl *hubctl, struct hub_kafka_writer *writer, const struct hubctl_event *event,
        struct hub_error *reterr)
{
	const struct hub_kafka_message message = {
		.topic = hubctl_topic(hubctl, event->topic),
		.partition = -1,
		.key = event->key,
		.has_key = true,
		.value = event->value,
		.has_value = true,
		.headers = event->headers,
		.header_count = event->header_count,
	};
	return hub_kafka_writer_send(writer, &message, reterr);
}

int hubctl_publish_wait(struct hubctl *hubctl, struct hub_kafka_writer *writer, struct hub_error *reterr)
{
	for (;;) {
		uint64_t before = hub_kafka_writer_acknowledged(writer);
		int result = hub_kafka_writer_flush(writer, (int)hubctl->settings->timeout_ms, reterr);
		if (result != HUB_E_RETRY || hub_kafka_writer_acknowledged(writer) == before ||
		        hubctl_stopped())
			return result;
	}
}
