#include "kafka/conf.h"

#include <stdio.h>
#include <string.h>

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
	const struct hub_kafka_logger *logger = rd_kafka_opaque(rk);
	/* A property of the other kind of handle is passed to both on purpose. */
	if (logger && logger->fn && strcmp(facility, "CONFWARN") != 0)
		logger->fn(logger->user, level, facility, text);
}

static void on_error(rd_kafka_t *rk, int err, const char *reason, void *user)
{
	(void)rk;
	hub_kafka_hear(user, err, reason);
}

void hub_kafka_conf_opaque(rd_kafka_conf_t *conf, struct hub_kafka_logger *opaque)
{
	rd_kafka_conf_set_opaque(conf, opaque);
	rd_kafka_conf_set_log_cb(conf, on_log);
	rd_kafka_conf_set_error_cb(conf, on_error);
}

void hub_kafka_hear(struct hub_kafka_logger *logger, int err, const char *reason)
{
	/* With " (after 3ms in state CONNECT)", which differs from try to try, readiness would seem to change. */
	const char *end = strstr(reason, " (after ");
	int len = (int)(end ? (size_t)(end - reason) : strlen(reason));
	/* That all brokers are down follows from what was heard of each. */
	if (err != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
		snprintf(logger->heard, sizeof(logger->heard), "%.*s", len, reason);
}

int hub_kafka_say_why(rd_kafka_t *rk, struct hub_kafka_logger *logger, int code, struct hub_error *reterr)
{
	rd_kafka_poll(rk, 0);
	if (code == HUB_E_RETRY && reterr && logger->heard[0]) {
		size_t len = strlen(reterr->text);
		snprintf(reterr->text + len, sizeof(reterr->text) - len, ": %s", logger->heard);
	}
	if (code == HUB_OK)
		logger->heard[0] =
		        '\0'; /* healed; identical complaints come only every 30 s, so it is kept till then */
	return code;
}

int hub_kafka_handle_new(
        enum hub_kafka_role role, rd_kafka_conf_t *conf, rd_kafka_t **ret, struct hub_error *reterr)
{
	char text[256];
	rd_kafka_type_t type = role == HUB_KAFKA_PRODUCER || role == HUB_KAFKA_WRITER ? RD_KAFKA_PRODUCER
	                                                                              : RD_KAFKA_CONSUMER;
	rd_kafka_t *rk = rd_kafka_new(type, conf, text, sizeof(text));
	if (!rk) {
		rd_kafka_conf_destroy(conf);
		return hub_error_set(reterr, HUB_E_INVALID, "kafka", "%s", text);
	}
	*ret = rk;
	return HUB_OK;
}
