/* Daemons by their own words and by the group, and their offsets. */
#include "doctor/world.h"

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

static void assert_commands(enum doctor_fault_id id, const char *commands)
{
	const struct doctor_findings *findings = doctor_judge(&w.seen, w.arena);
	const struct doctor_finding *finding = finding_of(findings, id);
	assert_non_null(finding);
	if (!hub_str_is(finding->commands, commands))
		print_message("%.*s\n", (int)finding->commands.len, finding->commands.data);
	assert_true(hub_str_is(finding->commands, commands));
}

/* In Compose both copies are called referral-router, and only one of them hangs. */
static void the_copy_that_is_meant(void **state)
{
	(void)state;
	w.daemons[0].address = HUB_STR("referral-router:9464");
	w.daemons[1] = w.daemons[0];
	w.daemons[1].address = HUB_STR("referral-router-2:9464");
	w.daemons[1].instance = HUB_STR("b");
	w.seen.daemons.count = 2;
	w.daemons[1].ready = w.daemons[1].answers = false;
	w.daemons[1].reason = HUB_STR("no whole answer: it took too long");
	assert_commands(
	        DOCTOR_DAEMON_HANGS, "docker stats --no-stream\ndocker compose restart referral-router-2");
	/* Who empties Redis or sets offsets stops every copy. */
	w.daemons[1].answers = true;
	w.daemons[1].reason = HUB_STR("partition 3 is stopped: state and committed offset disagree: ...");
	assert_commands(DOCTOR_OFFSETS_DISAGREE,
	        "docker compose stop referral-router referral-router-2\nhubctl repair\nhubctl repair --yes\n"
	        "docker compose start referral-router referral-router-2");
	/* An address that is no service says nothing of services. */
	w.daemons[1].reason = HUB_STR("restoring state");
	static const char *const addresses[] = { "10.0.0.8:9464", "router.example.org:9464", "localhost:9464",
		"[fd00::7]:9464", "9464" };
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		w.daemons[1].address = hub_str_from(addresses[i]);
		assert_commands(DOCTOR_DAEMON_NOT_READY, "docker compose logs --tail 50 referral-router");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCTOR_TEST(daemons_away),
		DOCTOR_TEST(a_daemons_own_words),
		DOCTOR_TEST(the_copy_that_is_meant),
		DOCTOR_TEST(two_of_one_name),
		DOCTOR_TEST(offsets_that_disagree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
