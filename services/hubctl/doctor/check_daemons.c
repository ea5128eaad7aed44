/* Daemons by their admin addresses and by the group: do they run, are they ready, is each one alone. */
#include "hubctl/doctor/checks.h"

#include <inttypes.h>

/* What a daemon's own words mean. The first row that fits; follows: then it is no news. */
static const struct reason {
	const char *words;
	enum doctor_fault_id fault, follows[3];
} reasons[] = {
	{ "registry is empty", DOCTOR_DAEMON_NOT_READY, { DOCTOR_REGISTRY_EMPTY } },
	{ "the clock is", DOCTOR_DAEMON_NOT_READY, { DOCTOR_CLOCK_SKEW } },
	{ "of this clock", DOCTOR_DAEMON_NOT_READY, { DOCTOR_CLOCK_SKEW } },
	{ "KAFKA_STORAGE_ERROR", DOCTOR_DISK_FULL, { DOCTOR_DISK_FULL } },
	{ "AUTHORIZATION_FAILED", DOCTOR_DAEMON_ACL, { DOCTOR_NO_FAULT } },
	{ "uthorization failed", DOCTOR_DAEMON_ACL, { DOCTOR_NO_FAULT } },
	{ "certificate", DOCTOR_DAEMON_TLS, { DOCTOR_CERTIFICATE_ENDED } },
	{ "SSL handshake", DOCTOR_DAEMON_TLS, { DOCTOR_CERTIFICATE_ENDED } },
	{ "uthentication", DOCTOR_DAEMON_PASSWORD, { DOCTOR_NO_FAULT } },
	{ "disagree", DOCTOR_OFFSETS_DISAGREE, { DOCTOR_NO_FAULT } },
	{ "no position", DOCTOR_OFFSETS_DISAGREE, { DOCTOR_NO_FAULT } },
	{ "is stopped", DOCTOR_DAEMON_STOPPED, { DOCTOR_NO_FAULT } },
	{ "a transaction is open", DOCTOR_DAEMON_TRANSACTION, { DOCTOR_NO_FAULT } },
	{ "no such topic", DOCTOR_DAEMON_NOT_READY, { DOCTOR_TOPIC_MISSING } },
	{ "UNKNOWN_TOPIC", DOCTOR_DAEMON_NOT_READY, { DOCTOR_TOPIC_MISSING } },
	{ "partitions", DOCTOR_DAEMON_NOT_READY, { DOCTOR_TOPIC_PARTITIONS } },
	{ "NOT_ENOUGH_REPLICAS", DOCTOR_DAEMON_BROKER, { DOCTOR_KAFKA_MIN_ISR, DOCTOR_KAFKA_LEADERLESS } },
	{ "answer of Kafka", DOCTOR_DAEMON_BROKER, { DOCTOR_KAFKA_MIN_ISR, DOCTOR_KAFKA_LEADERLESS } },
	{ "_TRANSPORT", DOCTOR_DAEMON_BROKER, { DOCTOR_KAFKA_LEADERLESS } },
	{ "TIMED_OUT", DOCTOR_DAEMON_BROKER, { DOCTOR_KAFKA_MIN_ISR, DOCTOR_KAFKA_LEADERLESS } },
	{ "refused", DOCTOR_DAEMON_BROKER, { DOCTOR_KAFKA_LEADERLESS } },
	{ "", DOCTOR_DAEMON_NOT_READY, { DOCTOR_NO_FAULT } },
};

static const struct reason *reason_of(struct hub_str text)
{
	const struct reason *row = reasons;
	while (*row->words && !(text.len && memmem(text.data, text.len, row->words, strlen(row->words))))
		row++;
	return row;
}

static bool kafka_is_open(const struct doctor_seen *seen)
{
	return seen->kafka.looked && seen->kafka.cluster.way == HUB_WAY_OPEN;
}

static bool is_known(const struct doctor_findings *out, const struct reason *row)
{
	for (int i = 0; i < 3 && row->follows[i]; i++)
		if (DOCTOR_FOUND(out, row->follows[i]))
			return true;
	return row->fault == DOCTOR_DAEMON_BROKER && !kafka_is_open(out->seen);
}

static void not_ready(const struct hubctl_daemon *d, struct doctor_findings *out)
{
	const struct reason *row = reason_of(d->reason);
	/* Whatever it says while Kafka does not answer: it waits for it. */
	bool follows = is_known(out, row) || !kafka_is_open(out->seen);
	/* The group takes offsets from outside only when no copy is in it. */
	bool stops_all = row->fault == DOCTOR_OFFSETS_DISAGREE;
	if (follows)
		doctor_follows(out, "%.*s at %.*s is not ready: %.*s; follows from the above",
		        HUB_STR_ARG(d->name), HUB_STR_ARG(d->address), HUB_STR_ARG(d->reason));
	else
		doctor_fault(out, row->fault, stops_all ? NULL : "DAEMON", doctor_service(d),
		        "%.*s at %.*s is not ready: %.*s", HUB_STR_ARG(d->name), HUB_STR_ARG(d->address),
		        HUB_STR_ARG(d->reason));
	if (!follows && row->fault == DOCTOR_DISK_FULL)
		doctor_name(out, "DIRECTORY", HUB_STR("/var/lib/docker"));
}

static void check_store(const struct hubctl_daemon *d, struct doctor_findings *out)
{
	bool known = DOCTOR_FOUND(
	        out, DOCTOR_REDIS_DOWN, DOCTOR_REDIS_REPLICA, DOCTOR_REDIS_FULL, DOCTOR_REDIS_CANNOT_SAVE);
	bool rebuilds = hub_str_starts_with(d->hot_state, HUB_STR("the hot state of"));
	if (known)
		doctor_follows(out, "%.*s at %.*s decides, Redis stays behind: follows from Redis",
		        HUB_STR_ARG(d->name), HUB_STR_ARG(d->address));
	else if (rebuilds)
		doctor_note(out, "%.*s at %.*s: %.*s", HUB_STR_ARG(d->name), HUB_STR_ARG(d->address),
		        HUB_STR_ARG(d->hot_state));
	else
		doctor_fault(out, DOCTOR_DAEMON_STORE, "DAEMON", doctor_service(d), "%.*s at %.*s: %.*s",
		        HUB_STR_ARG(d->name), HUB_STR_ARG(d->address), HUB_STR_ARG(d->hot_state));
}

/* Something listens there and says nothing; another program would have said something. */
static bool is_silent(const struct hubctl_daemon *d)
{
	return d->connects && !memmem(d->reason.data, d->reason.len, "not understood", 14) &&
	       !memmem(d->reason.data, d->reason.len, "no admin address", 16);
}

static void check_daemon(const struct hubctl_daemon *d, struct doctor_findings *out)
{
	/* Each start of one of the two ends the other. */
	if (!d->ready && DOCTOR_FOUND(out, DOCTOR_DAEMON_TWO))
		doctor_follows(out, "%.*s at %.*s is not ready: %.*s; follows from the above",
		        HUB_STR_ARG(d->name), HUB_STR_ARG(d->address), HUB_STR_ARG(d->reason));
	else if (!d->answers && !is_silent(d))
		doctor_fault(out, DOCTOR_DAEMON_AWAY, "DAEMON", doctor_service(d), "%.*s at %.*s: %.*s",
		        HUB_STR_ARG(d->name), HUB_STR_ARG(d->address), HUB_STR_ARG(d->reason));
	else if (!d->answers)
		doctor_fault(out, DOCTOR_DAEMON_HANGS, "DAEMON", doctor_service(d),
		        "%.*s at %.*s takes the connection and says nothing: %.*s", HUB_STR_ARG(d->name),
		        HUB_STR_ARG(d->address), HUB_STR_ARG(d->reason));
	else if (!d->ready)
		not_ready(d, out);
	else if (!hub_str_is(d->hot_state, "whole"))
		check_store(d, out);
	else
		doctor_ok(out, "%.*s at %.*s is ready", HUB_STR_ARG(d->name), HUB_STR_ARG(d->address));
	if (d->answers && d->suspects)
		doctor_note(out, "%.*s at %.*s crashed: %" PRId64 " ranges are decided one at a time",
		        HUB_STR_ARG(d->name), HUB_STR_ARG(d->address), d->suspects);
}

void doctor_check_daemons(const struct doctor_seen *seen, struct doctor_findings *out)
{
	if (!seen->daemons.looked)
		doctor_fault(out, DOCTOR_NO_ANSWER, NULL, HUB_STR(""), "daemons: no answer in %" PRId64 " s",
		        seen->limit_ms / 1000);
	else if (seen->daemons.count == 0)
		doctor_unasked(out, "no admin address is named: --daemons NAME=HOST:PORT,...");
	for (uint32_t i = 0; i < seen->daemons.count; i++)
		check_daemon(&seen->daemons.daemons[i], out);
}

/* Two admin addresses at which the same instance answers. */
static const struct hubctl_daemon *twin(
        const struct doctor_seen *seen, const struct hubctl_daemon **ret_other)
{
	const struct hubctl_daemon *all = seen->daemons.daemons;
	for (uint32_t i = 0; i < seen->daemons.count; i++)
		for (uint32_t k = 0; all[i].instance.len && k < i; k++)
			if (hub_str_eq(all[i].name, all[k].name) &&
			        hub_str_eq(all[i].instance, all[k].instance)) {
				*ret_other = &all[k];
				return &all[i];
			}
	return NULL;
}

/* How many members of that name there are; hosts: of how many hosts at least (1 or 2). */
static uint32_t of_name(const struct doctor_group_look *look, struct hub_str client)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < look->member_count; i++)
		count += hub_str_eq(look->members[i].client, client);
	return count;
}

static bool is_in(const struct doctor_group_look *look, struct hub_str id)
{
	for (uint32_t i = 0; i < look->member_count; i++)
		if (hub_str_eq(look->members[i].id, id))
			return true;
	return false;
}

/* Different members that bore this name in both looks together. One that was killed and started again makes two, of
 * which one is gone when its session has ended, which is when the second look is taken. */
static uint32_t bearers(const struct doctor_kafka *kafka, struct hub_str client)
{
	uint32_t count = of_name(&kafka->first, client);
	for (uint32_t i = 0; i < kafka->second.member_count; i++)
		count += hub_str_eq(kafka->second.members[i].client, client) &&
		         !is_in(&kafka->first, kafka->second.members[i].id);
	return count;
}

static const struct hub_group_member *repeated(const struct doctor_kafka *kafka)
{
	for (uint32_t i = 0; i < kafka->first.member_count; i++) {
		struct hub_str client = kafka->first.members[i].client;
		bool two = of_name(&kafka->first, client) > 1;
		bool still = of_name(&kafka->second, client) > 1 || bearers(kafka, client) > 2;
		if (two && kafka->second.at_ms && still)
			return &kafka->first.members[i];
	}
	return NULL;
}

static struct hub_str both(
        struct doctor_findings *out, const struct hubctl_daemon *one, const struct hubctl_daemon *other)
{
	struct hub_str a = doctor_service(one), b = doctor_service(other);
	return hub_str_eq(a, b) ? a
	                        : hub_arena_printf(out->arena, "%.*s %.*s", HUB_STR_ARG(a), HUB_STR_ARG(b));
}

void doctor_check_instances(const struct doctor_seen *seen, struct doctor_findings *out)
{
	const struct doctor_kafka *kafka = &seen->kafka;
	const struct hubctl_daemon *other = NULL, *one = twin(seen, &other);
	const struct hub_group_member *member = repeated(kafka);
	if (one)
		doctor_fault(out, DOCTOR_DAEMON_TWO, "DAEMON", both(out, other, one),
		        "at %.*s and at %.*s answers a %.*s of the name \"%.*s\"",
		        HUB_STR_ARG(other->address), HUB_STR_ARG(one->address), HUB_STR_ARG(one->name),
		        HUB_STR_ARG(one->instance));
	else if (member)
		doctor_fault(out, DOCTOR_DAEMON_TWO, NULL, HUB_STR(""),
		        "%u members of the group came as \"%.*s\" within %d s, the last from %.*s",
		        bearers(kafka, member->client), HUB_STR_ARG(member->client),
		        (int)((kafka->second.at_ms - kafka->first.at_ms + 500) / 1000),
		        HUB_STR_ARG(member->host));
	else if (kafka->first.members_error.code)
		doctor_no_answer(out, "members of the group", &kafka->first.members_error);
	else
		doctor_ok(out, "%s in the group, each with a name of its own",
		        doctor_count(out, kafka->first.member_count, "member"));
}

/* A copy that runs checks this itself, when it gets the partition: then it says so, and this is not looked at. */
void doctor_check_offsets(const struct doctor_seen *seen, struct doctor_findings *out)
{
	const struct doctor_group_look *look = &seen->kafka.first;
	const struct doctor_changelog *first = NULL;
	uint32_t count = 0, unread = 0;
	if (look->changelog_error.code) {
		doctor_no_answer(out, "the router's state topic", &look->changelog_error);
		return;
	}
	for (uint32_t i = 0; i < look->changelog_count; i++) {
		unread += look->changelogs[i].unread;
		if (!look->changelogs[i].disagrees.code)
			continue;
		first = first ? first : &look->changelogs[i];
		count++;
	}
	if (first)
		doctor_fault(out, DOCTOR_OFFSETS_DISAGREE, NULL, HUB_STR(""), "%s, the first %d: %s",
		        doctor_count(out, count, "partition"), (int)(first - look->changelogs),
		        first->disagrees.text);
	else if (unread && look->member_count == 0)
		doctor_note(out,
		        "not known in %s: there was no time to read back to its position (hubctl repair "
		        "does)",
		        doctor_count(out, unread, "partition"));
	else if (!DOCTOR_FOUND(out, DOCTOR_OFFSETS_DISAGREE))
		doctor_ok(out, "they agree with the state's position");
}
