/* bench_gateway_hot [ROWS]: what the gateway's rows cost: memory, puts, walks, records of the changelog. CPU time. */
#include "base/check.h"
#include "dashboard-gateway/hot/intake.h"
#include "open_referral.h"
#include "records/referral_state.h"
#include "wire/framing.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROWS = 100000, TOMBSTONES = 10000, BUF_BYTES = 1 << 20, PAGE = 200 };

static double now_ns(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void report(const char *what, double begin, uint64_t count)
{
	(void)printf("%-34s %8.0f ns\n", what, (now_ns() - begin) / (double)count);
}

static struct open_referral *referrals_in(uint32_t rows, const char *state)
{
	struct open_referral *referrals = calloc(rows, sizeof(*referrals));
	hub_check(referrals != NULL);
	for (uint32_t n = 0; n < rows; n++)
		open_referral_fill(&referrals[n], n, state);
	return referrals;
}

static void put_all(struct gateway_hot *hot, const struct open_referral *referrals, uint32_t rows)
{
	for (uint32_t n = 0; n < rows; n++)
		open_referral_put(hot, &referrals[n]);
}

static uint64_t walk(const struct gateway_hot *hot, uint64_t after, uint32_t limit)
{
	uint64_t seq = after;
	for (const struct gateway_row *row = gateway_hot_after(hot, after); row && limit > 0;
	        row = row->newer, limit--)
		seq = row->seq;
	return seq;
}

static void bench_walks(const struct gateway_hot *hot, uint32_t rows)
{
	uint64_t newest = gateway_hot_seq(hot), seq = newest - rows;
	double begin = now_ns();
	hub_check(walk(hot, seq, UINT32_MAX) == newest);
	report("walk over everything, a row", begin, rows);
	begin = now_ns();
	while (seq < newest)
		seq = walk(hot, seq, PAGE);
	report("the same by pages of 200, a row", begin, rows);
	begin = now_ns();
	for (uint32_t n = 0; n < rows; n++)
		(void)gateway_hot_after(hot, newest - rows + n);
	report("changes after n, the first", begin, rows);
}

static void bench_rows(struct gateway_hot *hot, uint32_t rows)
{
	struct open_referral *routed = referrals_in(rows, "ROUTED"),
	                     *accepted = referrals_in(rows, "ACCEPTED");
	size_t before = memory_in_use();
	double begin = now_ns();
	put_all(hot, routed, rows);
	report("put, new", begin, rows);
	(void)printf("%-34s %8zu\n", "bytes a row, all in", (memory_in_use() - before) / rows);
	begin = now_ns();
	put_all(hot, routed, rows);
	report("put, equal", begin, rows);
	begin = now_ns();
	put_all(hot, accepted, rows);
	report("put, changed", begin, rows);
	bench_walks(hot, rows);
	begin = now_ns();
	gateway_hot_sweep(hot, 1, NULL, NULL);
	report("sweep of another partition, a row", begin, rows);
	begin = now_ns();
	for (uint32_t n = 0; n < rows; n++)
		gateway_hot_remove(hot, hub_str_from(accepted[n].key));
	report("remove", begin, rows);
	free(routed);
	free(accepted);
}

static struct hub_referral_state open_referral(struct hub_due_timer *timer)
{
	*timer = (struct hub_due_timer){ HUB_STR("answer"), 1795900000000, 1795900000000, 0 };
	return (struct hub_referral_state){
		.county_id = HUB_STR("330281"),
		.consortium_id = HUB_STR("330281-C1"),
		.source_org_id = HUB_STR("330281-T007"),
		.request_event_id = HUB_STR("330281-T007/20261129/000123"),
		.referral = {
			.referral_id = HUB_STR("330281-T007-0000123"),
			.patient = { .patient_id = HUB_STR("9f86d081884c7d659a2feaa0c55ad015"), .birth_year = 1957 },
			.from_org_id = HUB_STR("330281-T007"),
			.direction = HUB_DIRECTION_UP,
			.urgency = HUB_URGENCY_URGENT,
			.condition = HUB_CONDITION_NONE,
			.specialty = HUB_STR("03.04"),
			.diagnosis = HUB_STR("I20.0"),
			.need = HUB_NEED_OUTPATIENT,
			.reason = HUB_STR("反复胸痛三天，活动后加重，心电图 ST 段压低，请上级医院心内科会诊。"),
		},
		.stage = HUB_REFERRAL_STAGE_ACCEPTED,
		.requested_at = 1795800000000,
		.attempt = 1,
		.has_to_org_id = true,
		.to_org_id = HUB_STR("330281-H01"),
		.path = HUB_ROUTE_PATH_OWN_LEAD,
		.has_session_id = true,
		.session_id = HUB_STR("s-20261129-00017"),
		.has_accepted_at = true,
		.accepted_at = 1795850000000,
		.timers = { timer, 1 },
	};
}

static void bench_intake(struct gateway_hot *hot, uint32_t rounds)
{
	struct hub_due_timer timer;
	struct hub_referral_state referral = open_referral(&timer);
	struct gateway_intake *intake = gateway_intake_new();
	struct hub_buf values[2];
	for (int i = 0; i < 2; i++) {
		hub_buf_init(&values[i], BUF_BYTES);
		referral.attempt = i;
		hub_check(
		        hub_frame_encode(&hub_referral_state_schema, &referral, &values[i], NULL) == HUB_OK);
	}
	double begin = now_ns();
	for (uint32_t n = 0; n < rounds; n++)
		hub_check(gateway_intake_apply(intake, hot, 0, HUB_STR("referral:330281-T007-0000123"),
		                  hub_buf_slice(&values[n % 2]), NULL) == HUB_OK);
	report("a record of the changelog", begin, rounds);
	for (int i = 0; i < 2; i++)
		hub_buf_done(&values[i]);
	gateway_intake_free(intake);
}

int main(int argc, char **argv)
{
	uint32_t rows = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : ROWS;
	struct gateway_hot *hot = gateway_hot_new(TOMBSTONES);
	if (rows == 0)
		return 2;
	bench_rows(hot, rows);
	bench_intake(hot, rows);
	gateway_hot_free(hot);
	return 0;
}
