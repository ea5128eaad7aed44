/* What lies under everything: disks, clocks, certificates. */
#include "doctor/world.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCTOR_TEST(disks),
		DOCTOR_TEST(a_full_disk_explains_what_ended),
		DOCTOR_TEST(clocks),
		DOCTOR_TEST(the_routers_word_about_its_clock_is_enough),
		DOCTOR_TEST(certificates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
