#include "kafka/properties.h"

#include "kafka/conf.h"

#include <string.h>

enum { ANY_CONSUMER = HUB_KAFKA_GROUP_CONSUMER | HUB_KAFKA_QUERY | HUB_KAFKA_READER };
enum { ANY_PRODUCER = HUB_KAFKA_PRODUCER | HUB_KAFKA_WRITER };
enum { ANY_ROLE = ANY_CONSUMER | ANY_PRODUCER };

enum kind {
	START, /* what a handle starts from; the user may change it */
	FIXED, /* a promise rests on it; value NULL: not to be set at all, or set by us alone */
};

/* The fetch stall of librdkafka before 2.2 is kept away by a deep queue, which costs memory; from 2.2 on by a
 * short back-off. */
enum { ANY_VERSION = 0, SINCE_2_2 = 1, BEFORE_2_2 = 2, IF_KNOWN = 3 };

static const struct rule {
	const char *name;
	const char *value;
	unsigned roles;
	enum kind kind;
	int when;
} rules[] = {
	{ "socket.nagle.disable", "true", ANY_ROLE, START, ANY_VERSION },
	{ "socket.keepalive.enable", "true", ANY_ROLE, START, ANY_VERSION },
	{ "reconnect.backoff.ms", "50", ANY_ROLE, START, ANY_VERSION },
	{ "reconnect.backoff.max.ms", "1000", ANY_ROLE, START, ANY_VERSION },
	{ "topic.metadata.refresh.interval.ms", "30000", ANY_ROLE, START, ANY_VERSION },
	/* A connection that breaks is only told to us, and so by readiness, when closes are logged. */
	{ "log.connection.close", "true", ANY_ROLE, FIXED, ANY_VERSION },

	{ "enable.auto.commit", "false", ANY_CONSUMER, FIXED, ANY_VERSION },
	{ "enable.auto.offset.store", "false", ANY_CONSUMER, FIXED, ANY_VERSION },
	{ "enable.partition.eof", "true", ANY_CONSUMER, FIXED, ANY_VERSION },
	{ "auto.offset.reset", "error", ANY_CONSUMER, FIXED, ANY_VERSION },
	{ "allow.auto.create.topics", "false", ANY_CONSUMER, FIXED, ANY_VERSION },
	{ "isolation.level", "read_committed", HUB_KAFKA_GROUP_CONSUMER | HUB_KAFKA_READER, FIXED,
	        ANY_VERSION },
	{ "isolation.level", "read_uncommitted", HUB_KAFKA_QUERY, FIXED, ANY_VERSION },
	{ "group.protocol", "classic", HUB_KAFKA_GROUP_CONSUMER, FIXED, IF_KNOWN },
	{ "partition.assignment.strategy", "range,roundrobin", HUB_KAFKA_GROUP_CONSUMER, FIXED, ANY_VERSION },
	{ "group.id", NULL, 0, FIXED, ANY_VERSION },
	{ "client.id", NULL, 0, FIXED, ANY_VERSION },
	{ "group.instance.id", NULL, 0, FIXED, ANY_VERSION },
	{ "session.timeout.ms", "10000", HUB_KAFKA_GROUP_CONSUMER, START, ANY_VERSION },
	{ "heartbeat.interval.ms", "2000", HUB_KAFKA_GROUP_CONSUMER, START, ANY_VERSION },
	{ "check.crcs", "true", ANY_CONSUMER, START, ANY_VERSION },
	{ "fetch.min.bytes", "16384", HUB_KAFKA_GROUP_CONSUMER, START, ANY_VERSION },
	{ "fetch.wait.max.ms", "5", HUB_KAFKA_GROUP_CONSUMER, START, ANY_VERSION },
	{ "fetch.wait.max.ms", "50", HUB_KAFKA_READER, START, ANY_VERSION },
	{ "fetch.error.backoff.ms", "20", HUB_KAFKA_GROUP_CONSUMER | HUB_KAFKA_READER, START, ANY_VERSION },
	{ "fetch.queue.backoff.ms", "1", HUB_KAFKA_GROUP_CONSUMER | HUB_KAFKA_READER, START, SINCE_2_2 },
	{ "queued.min.messages", "400000", HUB_KAFKA_GROUP_CONSUMER, START, BEFORE_2_2 },
	{ "queued.max.messages.kbytes", "262144", HUB_KAFKA_GROUP_CONSUMER, START, BEFORE_2_2 },

	{ "transactional.id", NULL, 0, FIXED, ANY_VERSION },
	{ "enable.idempotence", "true", ANY_PRODUCER, FIXED, ANY_VERSION },
	{ "acks", "all", ANY_PRODUCER, FIXED, ANY_VERSION },
	{ "partitioner", "murmur2_random", ANY_PRODUCER, FIXED, ANY_VERSION },
	{ "delivery.report.only.error", "false", ANY_PRODUCER, FIXED, ANY_VERSION },
	/* A predecessor's open transaction holds the changelog's readers back for so long. */
	{ "transaction.timeout.ms", "15000", ANY_PRODUCER, START, ANY_VERSION },
	{ "linger.ms", "0", HUB_KAFKA_PRODUCER, START, ANY_VERSION },
	{ "linger.ms", "5", HUB_KAFKA_WRITER, START, ANY_VERSION },
	{ "retry.backoff.ms", "2", ANY_PRODUCER, START, ANY_VERSION },
	{ "retry.backoff.max.ms", "50", ANY_PRODUCER, START, IF_KNOWN },
	{ "compression.codec", "lz4", ANY_PRODUCER, START, ANY_VERSION },
	{ "queue.buffering.max.messages", "500000", ANY_PRODUCER, START, ANY_VERSION },
	/* A dead letter carries an input of at most 1 MiB, its headers in that, and headers of its own. */
	{ "message.max.bytes", "2097152", ANY_PRODUCER, START, ANY_VERSION },
};

enum { RULE_COUNT = sizeof(rules) / sizeof(rules[0]) };

/* Names that librdkafka knows under two spellings. */
static const struct {
	const char *alias;
	const char *name;
} aliases[] = {
	{ "request.required.acks", "acks" },
	{ "metadata.broker.list", "bootstrap.servers" },
	{ "queue.buffering.max.ms", "linger.ms" },
	{ "compression.type", "compression.codec" },
	{ "sasl.mechanism", "sasl.mechanisms" },
};

static const char *canonical(const char *name)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strcmp(name, aliases[i].alias) == 0)
			return aliases[i].name;
	return name;
}

static const struct rule *fixed_rule(const char *name)
{
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (rules[i].kind == FIXED && strcmp(rules[i].name, canonical(name)) == 0)
			return &rules[i];
	return NULL;
}

static int set(rd_kafka_conf_t *conf, const char *name, const char *value, bool may_be_unknown,
        struct hub_error *reterr)
{
	char text[256];
	rd_kafka_conf_res_t result = rd_kafka_conf_set(conf, name, value, text, sizeof(text));
	if (result == RD_KAFKA_CONF_OK || (may_be_unknown && result == RD_KAFKA_CONF_UNKNOWN))
		return HUB_OK;
	if (result == RD_KAFKA_CONF_UNKNOWN)
		return hub_error_set(reterr, HUB_E_INVALID, name,
		        "librdkafka %s knows no property of this name", rd_kafka_version_str());
	return hub_error_set(reterr, HUB_E_INVALID, name, "%s",
	        hub_kafka_property_is_secret(name) ? "not a value that librdkafka takes" : text);
}

/* Before 2.6.1 librdkafka answers SCRAM's challenge with its own nonce twice; brokers from 4.0 on look, and call that a wrong
 * password. */
static int check_scram(const char *name, const char *value, struct hub_error *reterr)
{
	const int mended = 0x02060100;
	if (strcmp(canonical(name), "sasl.mechanisms") != 0 || strncmp(value, "SCRAM-", 6) != 0 ||
	        rd_kafka_version() >= mended)
		return HUB_OK;
	return hub_error_set(reterr, HUB_E_INVALID, name,
	        "librdkafka %s cannot log in to Kafka 4 by %.20s: that needs 2.6.1 or later (Debian 13 has "
	        "it)",
	        rd_kafka_version_str(), value);
}

int hub_kafka_property_check(const char *name, const char *value, struct hub_error *reterr)
{
	const struct rule *rule = fixed_rule(name);
	if (rule && rule->value)
		return hub_error_set(
		        reterr, HUB_E_INVALID, name, "is always %s here and cannot be set", rule->value);
	if (rule)
		return hub_error_set(
		        reterr, HUB_E_INVALID, name, "is set by the hub itself and cannot be set");
	rd_kafka_conf_t *scratch = rd_kafka_conf_new();
	int code = set(scratch, name, value, false, reterr);
	rd_kafka_conf_destroy(scratch);
	return code ? code : check_scram(name, value, reterr);
}

bool hub_kafka_property_is_secret(const char *name)
{
	static const char *const parts[] = { "password", "secret", "key.pem", "oauthbearer.config" };
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strstr(name, parts[i]))
			return true;
	return false;
}

const char *hub_kafka_property_get(const struct hub_kafka_properties *properties, const char *name)
{
	for (uint32_t i = properties->count; i > 0; i--)
		if (strcmp(canonical(properties->items[i - 1].name), canonical(name)) == 0)
			return properties->items[i - 1].value;
	return NULL;
}

static bool applies(const struct rule *rule, enum hub_kafka_role role)
{
	const int version_2_2 = 0x02020000;
	if (!rule->value || !(rule->roles & (unsigned)role))
		return false;
	if (rule->when == SINCE_2_2)
		return rd_kafka_version() >= version_2_2;
	if (rule->when == BEFORE_2_2)
		return rd_kafka_version() < version_2_2;
	return true;
}

static int set_rules(
        rd_kafka_conf_t *conf, enum hub_kafka_role role, enum kind kind, struct hub_error *reterr)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *rule = &rules[i];
		if (rule->kind != kind || !applies(rule, role))
			continue;
		int code = set(conf, rule->name, rule->value, rule->when == IF_KNOWN, reterr);
		if (code)
			return code;
	}
	return HUB_OK;
}

int hub_kafka_conf_new(enum hub_kafka_role role, const struct hub_kafka_properties *user,
        const struct hub_kafka_property *own, uint32_t own_count, rd_kafka_conf_t **ret,
        struct hub_error *reterr)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	int code = set_rules(conf, role, START, reterr);
	for (uint32_t i = 0; !code && i < user->count; i++) {
		code = hub_kafka_property_check(user->items[i].name, user->items[i].value, reterr);
		if (!code)
			code = set(conf, user->items[i].name, user->items[i].value, false, reterr);
	}
	if (!code)
		code = set_rules(conf, role, FIXED, reterr);
	for (uint32_t i = 0; !code && i < own_count; i++)
		code = set(conf, own[i].name, own[i].value, false, reterr);
	if (code) {
		rd_kafka_conf_destroy(conf);
		return code;
	}
	*ret = conf;
	return HUB_OK;
}
