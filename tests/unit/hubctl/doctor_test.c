/* The judging of hubctl doctor: what was seen of a hub that is well, with one thing changed, and which faults are found; also
 * what is not told since it follows from another one. DOCTOR.md is made from the table (HUB_README_UPDATE=1 writes it). */
#include "hubctl/doctor/checks.h"
#include "hubctl/doctor/show.h"
#include "hubctl/text.h"
#include "records/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TOPICS_MAX = 16, PARTITIONS = 4, TEXT_LIMIT = 1 << 17 };

static const int64_t now_ms = 1790000000000, day = 86400000;

/* A hub that is well, and the memory behind it. */
static struct world {
	struct doctor_seen seen;
	struct hub_cluster_topic topics[TOPICS_MAX];
	struct hub_cluster_setting settings[TOPICS_MAX][16];
	struct hub_group_position positions[2][2][PARTITIONS]; /* by look, input */
	struct doctor_changelog changelogs[2][PARTITIONS];
	struct hub_group_member members[2][3];
	struct hubctl_daemon daemons[2];
	struct hub_arena *arena;
} w;

static void make_topics(void)
{
	for (uint32_t i = 0; i < hub_topics.count; i++) {
		const struct hub_topic_spec *spec = &hub_topics.topics[i];
		struct hub_cluster_topic *topic = &w.topics[i];
		*topic = (struct hub_cluster_topic){ .name = spec->name,
			.partitions = spec->partitions > 1 ? PARTITIONS : 1,
			.copies = 3,
			.in_sync = 3,
			.settings = w.settings[i] };
		for (uint32_t k = 0; k < spec->setting_count; k++)
			topic->settings[topic->setting_count++] =
			        (struct hub_cluster_setting){ spec->settings[k].name,
				        spec->settings[k].value };
		topic->settings[topic->setting_count++] =
		        (struct hub_cluster_setting){ "min.insync.replicas", "2" };
	}
	w.seen.kafka.cluster.topics = w.topics;
	w.seen.kafka.cluster.topic_count = hub_topics.count;
	w.seen.kafka.specs = hub_topics.topics;
}

static void make_look(struct doctor_group_look *look, int n)
{
	static const char *const inputs[] = { "referral.events", "referral.transfers" };
	look->at_ms = now_ms + 4000 * n;
	look->members = w.members[n];
	look->member_count = 1;
	w.members[n][0] = (struct hub_group_member){ HUB_STR("id-1"), HUB_STR("referral-router-a"),
		HUB_STR("/10.0.0.7") };
	look->input_count = 2;
	look->changelogs = w.changelogs[n];
	look->changelog_count = PARTITIONS;
	for (int i = 0; i < 2; i++) {
		look->inputs[i] = (struct doctor_input){ inputs[i], w.positions[n][i], PARTITIONS, { 0 } };
		for (int p = 0; p < PARTITIONS; p++)
			w.positions[n][i][p] = (struct hub_group_position){ p, 100, 0, 100 };
	}
	for (int p = 0; p < PARTITIONS; p++)
		w.changelogs[n][p] = (struct doctor_changelog){ .count = 2,
			.from = 480,
			.positions = { { 490, now_ms - 60000 }, { 500, now_ms - 30000 } } };
}

static void make_fences(struct doctor_fence_look *look)
{
	look->at_ms = now_ms;
	for (int p = 0; p < PARTITIONS; p++)
		look->fences[p] =
		        (struct doctor_fence){ p, true, true, { 10, true, 500, now_ms - 30000, -1 } };
}

static int set_up(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	w.arena = hub_arena_new(1 << 20);
	struct doctor_seen *seen = &w.seen;
	seen->now_ms = now_ms;
	seen->daemon = "referral-router";
	seen->prefix = "";
	seen->limit_ms = 7000;
	seen->disks[seen->disk_count++] = (struct doctor_disk){ "/data", { 0 }, 100000000000, 60000000000 };
	seen->certificates_looked = true;
	seen->certificates[seen->certificate_count++] = (struct doctor_certificate){ HUB_STR("ca.crt"),
		HUB_STR("hub"), { 0 }, now_ms - 10 * day, now_ms + 300 * day };
	seen->kafka = (struct doctor_kafka){ .looked = true,
		.servers = "10.0.0.7:9092",
		.protocol = "SASL_SSL",
		.user = "hubctl",
		.registry_records = 40,
		.registry_version = 39 };
	seen->kafka.cluster.brokers = 3;
	make_topics();
	make_look(&seen->kafka.first, 0);
	seen->redis = (struct doctor_redis){ .looked = true,
		.address = "10.0.0.7:6379",
		.policy = HUB_STR("noeviction"),
		.role = HUB_STR("master"),
		.bgsave = HUB_STR("ok"),
		.used = 3000000 };
	make_fences(&seen->redis.first);
	w.daemons[0] = (struct hubctl_daemon){ .name = HUB_STR("referral-router"),
		.address = HUB_STR("10.0.0.7:9464"),
		.connects = true,
		.answers = true,
		.ready = true,
		.instance = HUB_STR("a"),
		.hot_state = HUB_STR("whole") };
	seen->daemons = (struct doctor_daemons){ true, { 0 }, w.daemons, 1 };
	return w.arena == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	hub_arena_free(w.arena);
	return 0;
}

/* A second look, at which everything is as at the first. */
static void look_again(void)
{
	make_look(&w.seen.kafka.second, 1);
	memcpy(w.positions[1], w.positions[0], sizeof(w.positions[0]));
	w.seen.redis.second = w.seen.redis.first;
}

static const struct doctor_finding *finding_of(
        const struct doctor_findings *findings, enum doctor_fault_id id)
{
	for (uint32_t i = 0; i < findings->count; i++)
		if (findings->items[i].fault == id)
			return &findings->items[i];
	return NULL;
}

static void print_page(const struct doctor_findings *findings)
{
	struct hub_buf out;
	hub_buf_init(&out, TEXT_LIMIT);
	doctor_show(findings, 1000, 80, &out);
	print_message("%.*s\n", (int)out.len, out.data);
	hub_buf_done(&out);
}

/* That fault, no other one; what was seen of it says words. */
static void assert_fault(enum doctor_fault_id id, const char *words)
{
	const struct doctor_findings *findings = doctor_judge(&w.seen, w.arena);
	assert_non_null(findings);
	const struct doctor_finding *finding = finding_of(findings, id);
	if (findings->faults != 1 || !finding)
		print_page(findings);
	assert_int_equal(findings->faults, 1);
	assert_non_null(finding);
	if (!memmem(finding->seen.data, finding->seen.len, words, strlen(words)))
		print_page(findings);
	assert_non_null(memmem(finding->seen.data, finding->seen.len, words, strlen(words)));
	assert_null(memchr(finding->commands.data, '{', finding->commands.len));
	assert_null(memchr(finding->next.data, '{', finding->next.len));
	assert_null(memchr(finding->cause.data, '{', finding->cause.len));
}

static void assert_well(void)
{
	const struct doctor_findings *findings = doctor_judge(&w.seen, w.arena);
	if (findings->faults)
		print_page(findings);
	assert_int_equal(findings->faults, 0);
}

static struct hub_cluster_topic *topic(const char *name)
{
	for (uint32_t i = 0; i < hub_topics.count; i++)
		if (strcmp(w.topics[i].name, name) == 0)
			return &w.topics[i];
	fail_msg("no topic %s", name);
	return NULL;
}

static void a_hub_that_is_well(void **state)
{
	(void)state;
	assert_well();
	assert_false(doctor_wants_second(&w.seen));
	look_again();
	assert_well();
}

static void disks(void **state)
{
	(void)state;
	w.seen.disks[0].room = 900000000;
	assert_fault(DOCTOR_DISK_FULL, "/data is full: 900 MB of 100 GB");
	w.seen.disks[0].room = 9000000000;
	assert_fault(DOCTOR_DISK_LOW, "9.0 GB");
	w.seen.disks[0].error.code = HUB_E_NOT_FOUND;
	assert_fault(DOCTOR_NO_ANSWER, "/data");
}

static void a_full_disk_explains_what_ended(void **state)
{
	(void)state;
	w.seen.disks[0].room = 0;
	w.seen.kafka.cluster.way = HUB_WAY_REFUSED;
	w.seen.redis.way = DOCTOR_WAY_AWAY;
	w.daemons[0].ready = false;
	w.daemons[0].reason = HUB_STR("Connection refused");
	assert_fault(DOCTOR_DISK_FULL, "/data");
}

static void clocks(void **state)
{
	(void)state;
	w.seen.redis.ahead_ms = -20000;
	assert_well();
	w.daemons[0].ahead_ms = 3600000;
	assert_fault(DOCTOR_CLOCK_SKEW, "referral-router at 10.0.0.7:9464 is 3600 s ahead of this machine");
	w.daemons[0].ahead_ms = w.seen.redis.ahead_ms = INT64_MIN;
	w.changelogs[0][2].positions[1].timestamp_ms = now_ms + 90000;
	w.seen.redis.first.fences[2].fence.timestamp_ms = now_ms + 90000;
	assert_fault(DOCTOR_CLOCK_SKEW, "the broker is 90 s ahead");
}

static void the_routers_word_about_its_clock_is_enough(void **state)
{
	(void)state;
	w.daemons[0].ready = false;
	w.daemons[0].reason = HUB_STR("the clock is 3600 s ahead of the broker's");
	assert_fault(DOCTOR_CLOCK_SKEW, "pauses: the clock is 3600 s ahead of the broker's");
}

static void certificates(void **state)
{
	(void)state;
	w.seen.certificates[0].until_ms = now_ms - 3 * day;
	assert_fault(DOCTOR_CERTIFICATE_ENDED, "ca.crt (hub) ended 3 days ago");
	w.seen.kafka.cluster.way = HUB_WAY_TLS;
	assert_fault(DOCTOR_CERTIFICATE_ENDED, "ca.crt");
	w.seen.kafka.cluster.way = HUB_WAY_OPEN;
	w.seen.certificates[0].until_ms = now_ms + 12 * day;
	assert_fault(DOCTOR_CERTIFICATE_ENDS, "ends in 12 days");
	w.seen.certificates[0].from_ms = now_ms + day;
	assert_fault(DOCTOR_CERTIFICATE_EARLY, "begins in 24 h");
	w.seen.certificates[0].error.code = HUB_E_NOT_FOUND;
	assert_fault(DOCTOR_CERTIFICATE_UNREADABLE, "ca.crt");
	w.seen.certificates_looked = false;
	assert_fault(DOCTOR_NO_ANSWER, "certificates");
}

static void ways_to_the_broker(void **state)
{
	(void)state;
	static const struct {
		enum hub_cluster_way way;
		enum doctor_fault_id fault;
	} rows[] = {
		{ HUB_WAY_REFUSED, DOCTOR_KAFKA_DOWN },
		{ HUB_WAY_SILENT, DOCTOR_KAFKA_SILENT },
		{ HUB_WAY_NO_HOST, DOCTOR_KAFKA_NO_HOST },
		{ HUB_WAY_PASSWORD, DOCTOR_KAFKA_PASSWORD },
		{ HUB_WAY_TLS, DOCTOR_KAFKA_TLS },
		{ HUB_WAY_PROTOCOL, DOCTOR_KAFKA_PROTOCOL },
	};
	w.daemons[0].ready = false;
	w.daemons[0].reason =
	        HUB_STR("kafka: cannot ask for a topic's partitions: Local: Broker transport failure");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		w.seen.kafka.cluster.way = rows[i].way;
		assert_fault(rows[i].fault, "10.0.0.7:9092");
	}
	w.seen.kafka.looked = false;
	assert_fault(DOCTOR_KAFKA_SILENT, "no answer");
}

static void what_needs_kafka_is_named_once_when_it_is_away(void **state)
{
	(void)state;
	struct hub_buf out;
	hub_buf_init(&out, TEXT_LIMIT);
	w.seen.kafka.cluster.way = HUB_WAY_REFUSED;
	doctor_show(doctor_judge(&w.seen, w.arena), 1234, 80, &out);
	hub_buf_byte(&out, 0);
	const char *once = strstr(out.data, "Kafka is away");
	assert_non_null(once);
	assert_null(strstr(once + 1, "Kafka is away"));
	assert_non_null(strstr(out.data, "1 fault; "));
	assert_non_null(strstr(out.data, "$ docker compose up -d kafka\n"));
	hub_buf_done(&out);
}

static void copies(void **state)
{
	(void)state;
	topic("referral.events")->in_sync = 2;
	topic("referral.events")->short_of = PARTITIONS;
	w.seen.kafka.cluster.brokers = 2;
	assert_fault(DOCTOR_KAFKA_COPIES, "4 of 26 partitions (1 topic) lack a copy; 2 brokers there");
	topic("referral.events")->in_sync = 1;
	w.daemons[0].ready = false;
	w.daemons[0].reason = HUB_STR("waiting for an answer of Kafka for 7 s");
	assert_fault(DOCTOR_KAFKA_MIN_ISR, "only 1 copy is in sync where a write needs 2, in 1 topic");
	topic("referral.events")->leaderless = 3;
	assert_fault(DOCTOR_KAFKA_LEADERLESS, "3 of 26 partitions");
}

static void topics(void **state)
{
	(void)state;
	topic("audit.events")->state = HUB_CLUSTER_TOPIC_MISSING;
	assert_fault(DOCTOR_TOPIC_MISSING, "1 of 8 topics: audit.events");
	topic("audit.events")->state = HUB_CLUSTER_TOPIC_FORBIDDEN;
	assert_fault(DOCTOR_KAFKA_ACL, "hubctl may not see 1 topic: audit.events");
	topic("audit.events")->state = HUB_CLUSTER_TOPIC_THERE;
	topic("audit.events")->partitions = 3;
	assert_fault(DOCTOR_TOPIC_PARTITIONS, "audit.events has 3, the others have 4");
	topic("audit.events")->partitions = PARTITIONS;
	topic("registry")->partitions = 2;
	assert_fault(DOCTOR_TOPIC_PARTITIONS, "registry has 2, it must have 1");
}

static void settings_of_topics(void **state)
{
	(void)state;
	struct hub_cluster_topic *state_topic = topic("referral-router.state");
	for (uint32_t i = 0; i < state_topic->setting_count; i++)
		if (strcmp(state_topic->settings[i].name, "cleanup.policy") == 0)
			state_topic->settings[i].value = "delete";
	assert_fault(DOCTOR_TOPIC_CLEANUP, "cleanup.policy is delete, should be compact");
	const struct doctor_findings *findings = doctor_judge(&w.seen, w.arena);
	struct hub_str commands = finding_of(findings, DOCTOR_TOPIC_CLEANUP)->commands;
	const char *wanted = "--topic referral-router.state --add-config cleanup.policy=compact";
	assert_non_null(memmem(commands.data, commands.len, wanted, strlen(wanted)));
	make_topics();
	topic("registry")->setting_count = 0;
	topic("registry")->settings_why = HUB_STR("Broker: Topic authorization failed");
	assert_fault(DOCTOR_KAFKA_ACL, "settings of registry");
}

static void an_empty_registry_explains_the_router(void **state)
{
	(void)state;
	w.seen.kafka.registry_records = 0;
	w.seen.kafka.registry_version = -1;
	w.daemons[0].ready = false;
	w.daemons[0].reason = HUB_STR("the registry is empty");
	assert_fault(DOCTOR_REGISTRY_EMPTY, "no record");
	w.seen.kafka.registry_records = 7;
	assert_fault(DOCTOR_REGISTRY_EMPTY, "no whole load");
}

static void redis_away(void **state)
{
	(void)state;
	w.daemons[0].hot_state = HUB_STR("the store is away: cannot connect");
	w.seen.redis.way = DOCTOR_WAY_AWAY;
	assert_fault(DOCTOR_REDIS_DOWN, "10.0.0.7:6379");
	w.daemons[0].hot_state = HUB_STR("whole");
	w.seen.redis.way = DOCTOR_WAY_PASSWORD;
	assert_fault(DOCTOR_REDIS_PASSWORD, "user default");
	w.seen.redis.looked = false;
	assert_fault(DOCTOR_REDIS_DOWN, "no answer in 7 s");
}

static void redis_as_it_should_not_be(void **state)
{
	(void)state;
	w.seen.redis.policy = HUB_STR("allkeys-lru");
	assert_fault(DOCTOR_REDIS_EVICTS, "maxmemory-policy is allkeys-lru");
	w.seen.redis.policy = HUB_STR("noeviction");
	w.seen.redis.limit = 3100000;
	assert_fault(DOCTOR_REDIS_FULL, "3.0 MB of 3.1 MB");
	w.seen.redis.limit = 0;
	w.seen.redis.bgsave = HUB_STR("err");
	assert_fault(DOCTOR_REDIS_CANNOT_SAVE, "failed");
	w.seen.redis.bgsave = HUB_STR("ok");
	w.seen.redis.role = HUB_STR("slave");
	w.seen.redis.master = HUB_STR("10.0.0.8:6379");
	w.daemons[0].hot_state =
	        HUB_STR("the store is away: READONLY You can't write against a read only replica");
	assert_fault(DOCTOR_REDIS_REPLICA, "is a replica of 10.0.0.8:6379");
	w.daemons[0].hot_state = HUB_STR("whole");
	w.seen.redis.info_error = (struct hub_error){ HUB_E_REFUSED, "redis",
		"NOPERM this user has no permissions to run 'info'" };
	assert_fault(DOCTOR_REDIS_RIGHTS, "NOPERM");
}

static void daemons_away(void **state)
{
	(void)state;
	w.daemons[0].ready = w.daemons[0].answers = w.daemons[0].connects = false;
	w.daemons[0].reason = HUB_STR("Connection refused");
	w.seen.kafka.first.member_count = 0;
	w.positions[0][0][1].high = 112;
	look_again();
	w.seen.kafka.second.member_count = 0;
	assert_fault(DOCTOR_DAEMON_AWAY, "referral-router at 10.0.0.7:9464: Connection refused");
	w.daemons[0].connects = true;
	w.daemons[0].reason = HUB_STR("this is no admin address of a daemon");
	assert_fault(DOCTOR_DAEMON_AWAY, "no admin address");
	w.daemons[0].reason = HUB_STR("no whole answer: it took too long");
	assert_fault(DOCTOR_DAEMON_HANGS, "says nothing");
}

static void a_daemons_own_words(void **state)
{
	(void)state;
	static const struct {
		const char *reason;
		enum doctor_fault_id fault;
	} rows[] = {
		{ "cannot ask: Broker: Topic authorization failed (TOPIC_AUTHORIZATION_FAILED)",
		        DOCTOR_DAEMON_ACL },
		{ "no answer: SASL authentication error: Authentication failed", DOCTOR_DAEMON_PASSWORD },
		{ "no answer: SSL handshake failed: certificate verify failed", DOCTOR_DAEMON_TLS },
		{ "partition 3 is stopped: state and committed offset disagree: ...",
		        DOCTOR_OFFSETS_DISAGREE },
		{ "partition 3 is stopped: a timer crashed", DOCTOR_DAEMON_STOPPED },
		{ "restoring: a transaction is open in referral-router.state[3]", DOCTOR_DAEMON_TRANSACTION },
		{ "waiting for an answer of Kafka for 12 s", DOCTOR_DAEMON_BROKER },
		{ "restoring state", DOCTOR_DAEMON_NOT_READY },
		{ "cannot write: Broker: Disk error (KAFKA_STORAGE_ERROR)", DOCTOR_DISK_FULL },
	};
	w.daemons[0].ready = false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		w.daemons[0].reason = hub_str_from(rows[i].reason);
		assert_fault(rows[i].fault, rows[i].reason);
	}
}

static void two_of_one_name(void **state)
{
	(void)state;
	w.seen.kafka.first.member_count = 2;
	w.members[0][1] = (struct hub_group_member){ HUB_STR("id-2"), HUB_STR("referral-router-a"),
		HUB_STR("/10.0.0.8") };
	assert_true(doctor_wants_second(&w.seen));
	assert_int_equal(doctor_second_after_ms(&w.seen), 11000);
	look_again();
	assert_well(); /* one of them was killed: its session has ended meanwhile */
	w.members[1][1] = w.members[0][1];
	w.seen.kafka.second.member_count = 2;
	assert_fault(DOCTOR_DAEMON_TWO, "came as \"referral-router-a\"");
	w.seen.kafka.second.member_count = 1;
	w.members[1][0].id = HUB_STR("id-3");
	assert_fault(DOCTOR_DAEMON_TWO, "3 members of the group");
	w.seen.kafka.first.member_count = 1;
	w.daemons[1] = w.daemons[0];
	w.daemons[1].address = HUB_STR("10.0.0.8:9464");
	w.seen.daemons.count = 2;
	assert_fault(DOCTOR_DAEMON_TWO, "at 10.0.0.7:9464 and at 10.0.0.8:9464");
	w.daemons[1].instance = HUB_STR("b");
	assert_well();
}

static void offsets_that_disagree(void **state)
{
	(void)state;
	w.seen.kafka.first.changelogs[2].disagrees =
	        (struct hub_error){ HUB_E_INVALID, "", "the position says 100, the group 98" };
	assert_fault(DOCTOR_OFFSETS_DISAGREE, "1 partition, the first 2: the position says 100");
	w.seen.kafka.first.changelog_error = (struct hub_error){ HUB_E_RETRY, "kafka", "no answer" };
	assert_fault(DOCTOR_NO_ANSWER, "state topic");
}

static void lag_that_comes_on_is_well(void **state)
{
	(void)state;
	w.positions[0][0][1].high = 5000;
	assert_true(doctor_wants_second(&w.seen));
	assert_int_equal(doctor_second_after_ms(&w.seen), 4000);
	look_again();
	w.positions[1][0][1].committed = 3000;
	assert_well();
}

static void lag_that_stands_still(void **state)
{
	(void)state;
	w.positions[0][0][1].high = 110;
	look_again();
	w.positions[1][0][1].high = 115;
	assert_fault(DOCTOR_CONSUMER_STUCK,
	        "15 records wait (5 more than 4 s ago); referral-router-a from /10.0.0.7");
	w.members[1][0].client = HUB_STR("rdkafka");
	assert_fault(DOCTOR_CONSUMER_FOREIGN, "\"rdkafka\" from /10.0.0.7");
	w.seen.kafka.second.member_count = 0;
	assert_fault(DOCTOR_CONSUMER_NONE, "15 records wait in 1 partition, the group is empty");
	w.seen.kafka.first.inputs[0].error =
	        (struct hub_error){ HUB_E_RETRY, "kafka", "(GROUP_AUTHORIZATION_FAILED)" };
	assert_fault(DOCTOR_KAFKA_ACL, "the router's inputs");
}

static void an_empty_group_is_told_before_events_come(void **state)
{
	(void)state;
	w.seen.kafka.first.member_count = 0;
	w.seen.daemons.count = 0;
	assert_fault(DOCTOR_CONSUMER_NONE, "nothing waits");
}

static void fences(void **state)
{
	(void)state;
	struct doctor_fence *fence = &w.seen.redis.first.fences[1];
	fence->fence.offset = 490;
	fence->fence.timestamp_ms = now_ms - 60000;
	assert_true(doctor_wants_second(&w.seen));
	look_again();
	assert_fault(DOCTOR_REDIS_BEHIND, "1 of 4 partitions stand still, up to 10 records behind");
	w.seen.redis.second.fences[1].fence.offset = 500;
	assert_well();
}

static void fences_of_another_hub(void **state)
{
	(void)state;
	struct doctor_fence *fence = &w.seen.redis.first.fences[1];
	fence->fence.offset = 9000; /* beyond the changelog */
	look_again();
	assert_fault(DOCTOR_REDIS_FOREIGN, "1 of 4 partitions");
	fence->fence.offset = 500; /* that very place, at another time */
	fence->fence.timestamp_ms = now_ms - 31000;
	look_again();
	assert_fault(DOCTOR_REDIS_FOREIGN, "partition 1");
	fence->fence.timestamp_ms = now_ms - 30000;
	w.seen.redis.first.fences[PARTITIONS + 2].there = true;
	assert_fault(DOCTOR_REDIS_FOREIGN, "fences of 1 partition that this hub does not have");
}

static void a_redis_that_is_not_the_routers(void **state)
{
	(void)state;
	for (int p = 0; p < PARTITIONS; p++)
		w.seen.redis.first.fences[p].there = w.seen.redis.first.fences[p].parsed = false;
	look_again();
	assert_fault(DOCTOR_REDIS_ELSEWHERE, "database 0 has nothing of 4 partitions");
	w.daemons[0].hot_state = HUB_STR("the store is away: AUTH was refused: WRONGPASS");
	assert_fault(DOCTOR_DAEMON_STORE, "WRONGPASS");
}

static void dead_letters(void **state)
{
	(void)state;
	struct doctor_letters *letters = &w.seen.kafka.letters;
	letters->older = 5;
	assert_well();
	letters->day = 5;
	letters->hour = 2;
	letters->newest_ms = now_ms - 180000;
	letters->reasons[0].reason = HUB_STR("WRONG_KEY");
	letters->reasons[0].count = 5;
	letters->reasons[0].place = HUB_STR("3:42");
	assert_fault(DOCTOR_DEAD_LETTERS,
	        "5 in the last 24 h, 2 of all in the last hour, the newest 3 min ago: 5 WRONG_KEY");
	letters->reasons[0].reason = HUB_STR("UNKNOWN_SCHEMA");
	letters->unknown_schema[0] = (struct doctor_publisher){ HUB_STR("/org/980121-T1"), 4 };
	letters->unknown_schema[1] = (struct doctor_publisher){ HUB_STR("/org/980121-T2"), 1 };
	assert_fault(DOCTOR_UNKNOWN_SCHEMA,
	        "5 letters in the last 24 h, from /org/980121-T1 (4), /org/980121-T2 (1)");
	const struct doctor_findings *findings = doctor_judge(&w.seen, w.arena);
	struct hub_str commands = finding_of(findings, DOCTOR_UNKNOWN_SCHEMA)->commands;
	assert_true(hub_str_starts_with(commands, HUB_STR("hubctl dlq show 3:42\n")));
	letters->reasons[0].reason = HUB_STR("CRASHED");
	assert_fault(DOCTOR_CRASHED, "at 3:42");
}

/* Prose fits 80 columns; commands are whole, one a line. */
static void pages_are_narrow(void **state)
{
	(void)state;
	struct hub_buf out;
	hub_buf_init(&out, TEXT_LIMIT);
	w.seen.disks[0].room = 0;
	w.seen.certificates[0].until_ms = now_ms - day;
	topic("audit.events")->state = HUB_CLUSTER_TOPIC_MISSING;
	w.seen.redis.policy = HUB_STR("allkeys-lru");
	doctor_show(doctor_judge(&w.seen, w.arena), 1234, 80, &out);
	hub_buf_byte(&out, 0);
	for (const char *line = out.data; *line; line += strcspn(line, "\n") + 1) {
		struct hub_str text = { line, (uint32_t)strcspn(line, "\n") };
		bool command = memmem(line, text.len, "$ ", 2) != NULL;
		assert_true(command || hubctl_text_width(text) <= 80);
	}
	assert_non_null(strstr(out.data, "4 faults: begin with the first"));
	hub_buf_done(&out);
}

static void json_says_the_same(void **state)
{
	(void)state;
	w.seen.redis.policy = HUB_STR("allkeys-lru");
	json_t *json = doctor_json(doctor_judge(&w.seen, w.arena), 1500), *item;
	size_t i, found = 0;
	assert_int_equal(json_integer_value(json_object_get(json, "faults")), 1);
	assert_true(json_is_false(json_object_get(json, "well")));
	json_array_foreach(json_object_get(json, "checks"), i, item)
	{
		if (!json_object_get(item, "fault"))
			continue;
		found++;
		assert_string_equal(json_string_value(json_object_get(item, "fault")), "REDIS_EVICTS");
		assert_string_equal(json_string_value(json_array_get(json_object_get(item, "commands"), 0)),
		        "redis-cli -u redis://10.0.0.7:6379 config set maxmemory-policy noeviction");
	}
	assert_int_equal(found, 1);
	json_decref(json);
}

static void put_page(struct hub_buf *out)
{
	hub_buf_text(out,
	        "# What `hubctl doctor` finds\n\n"
	        "Made from `doctor/faults.def` by `HUB_README_UPDATE=1 ctest --test-dir build/release -R "
	        "hubctl_doctor_test`;\nin the order of its checks, most fundamental first. "
	        "`tests/integration/test_doctor*.py` stages them.\n\n");
	doctor_show_table(out);
}

static void the_page_is_what_the_table_says(void **state)
{
	(void)state;
	char *text = calloc(1, TEXT_LIMIT);
	struct hub_buf wanted;
	FILE *file = fopen(DOCTOR_PAGE, "r");
	hub_buf_init(&wanted, TEXT_LIMIT);
	put_page(&wanted);
	if (file) {
		text[fread(text, 1, TEXT_LIMIT - 1, file)] = '\0';
		fclose(file);
	}
	bool same = hub_str_is(hub_buf_slice(&wanted), text);
	if (!same && getenv("HUB_README_UPDATE")) {
		file = fopen(DOCTOR_PAGE, "w");
		assert_non_null(file);
		fwrite(wanted.data, 1, wanted.len, file);
		fclose(file);
		same = true;
	}
	hub_buf_done(&wanted);
	free(text);
	assert_true(same);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_hub_that_is_well),
		TEST(disks),
		TEST(a_full_disk_explains_what_ended),
		TEST(clocks),
		TEST(the_routers_word_about_its_clock_is_enough),
		TEST(certificates),
		TEST(ways_to_the_broker),
		TEST(what_needs_kafka_is_named_once_when_it_is_away),
		TEST(copies),
		TEST(topics),
		TEST(settings_of_topics),
		TEST(an_empty_registry_explains_the_router),
		TEST(redis_away),
		TEST(redis_as_it_should_not_be),
		TEST(daemons_away),
		TEST(a_daemons_own_words),
		TEST(two_of_one_name),
		TEST(offsets_that_disagree),
		TEST(lag_that_comes_on_is_well),
		TEST(lag_that_stands_still),
		TEST(an_empty_group_is_told_before_events_come),
		TEST(fences),
		TEST(fences_of_another_hub),
		TEST(a_redis_that_is_not_the_routers),
		TEST(dead_letters),
		TEST(pages_are_narrow),
		TEST(json_says_the_same),
		cmocka_unit_test(the_page_is_what_the_table_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
