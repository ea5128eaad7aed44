/* bench_gateway_hot [ROWS]: what the gateway's rows cost: memory, puts, walks, records of the changelog. CPU time. */
#include "base/check.h"
#include "dashboard-gateway/hot/intake.h"
#include "records/referral_state.h"
#include "wire/framing.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROWS = 100000, TOMBSTONES = 10000, TEXT = 40, BUF_BYTES = 1 << 20, PAGE = 200, COUNTIES = 16 };

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

/* One of the open referrals of a city. */
struct referral_texts {
	char county[TEXT], consortium[TEXT], from[TEXT], to[TEXT], session[TEXT], at[TEXT], key[TEXT];
	struct gateway_field fields[17];
	uint32_t count;
};

static struct hub_str write_text(char text[TEXT], const char *format, ...)
        __attribute__((format(printf, 2, 3)));

static struct hub_str write_text(char text[TEXT], const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int len = vsnprintf(text, TEXT, format, args);
	va_end(args);
	return (struct hub_str){ text, (uint32_t)len };
}

static void fill(struct referral_texts *t, uint32_t n, const char *state)
{
	const struct gateway_field fields[] = {
		{ HUB_STR("state"), hub_str_from(state) },
		{ HUB_STR("county_id"), write_text(t->county, "3302%02u", n % COUNTIES) },
		{ HUB_STR("consortium_id"), write_text(t->consortium, "3302%02u-C%u", n % COUNTIES, n % 3) },
		{ HUB_STR("from_org_id"), write_text(t->from, "3302%02u-T%03u", n % COUNTIES, n % 40) },
		{ HUB_STR("to_org_id"), write_text(t->to, "3302%02u-H%02u", n % COUNTIES, n % 5) },
		{ HUB_STR("direction"), HUB_STR("UP") },
		{ HUB_STR("urgency"), HUB_STR("ROUTINE") },
		{ HUB_STR("condition"), HUB_STR("NONE") },
		{ HUB_STR("specialty"), HUB_STR("03.04") },
		{ HUB_STR("need"), HUB_STR("OUTPATIENT") },
		{ HUB_STR("attempt"), HUB_STR("1") },
		{ HUB_STR("path"), HUB_STR("OWN_LEAD") },
		{ HUB_STR("session_id"), write_text(t->session, "s-20261129-%05u", n / 5) },
		{ HUB_STR("requested_at"),
		        write_text(t->at, "2026-11-29T%02u:%02u:%02u+08:00", n % 24, n % 60, n / 7 % 60) },
		{ HUB_STR("due"), HUB_STR("answer") },
		{ HUB_STR("due_at"), HUB_STR("2026-11-30T17:00:00+08:00") },
	};
	t->count = sizeof(fields) / sizeof(fields[0]);
	memcpy(t->fields, fields, sizeof(fields));
	(void)write_text(t->key, "referral:3302%02u-T%03u-%07u", n % COUNTIES, n % 40, n);
}

static struct referral_texts *texts_of(uint32_t rows, const char *state)
{
	struct referral_texts *texts = calloc(rows, sizeof(*texts));
	hub_check(texts != NULL);
	for (uint32_t n = 0; n < rows; n++)
		fill(&texts[n], n, state);
	return texts;
}

static void put_all(struct gateway_hot *hot, const struct referral_texts *texts, uint32_t rows)
{
	for (uint32_t n = 0; n < rows; n++)
		hub_check(gateway_hot_put(hot, 0, hub_str_from(texts[n].key), texts[n].fields, texts[n].count,
		                  NULL) == HUB_OK);
}

static size_t in_use(void)
{
	struct mallinfo2 info = mallinfo2();
	return info.uordblks + info.hblkhd;
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
	struct referral_texts *routed = texts_of(rows, "ROUTED"), *accepted = texts_of(rows, "ACCEPTED");
	size_t before = in_use();
	double begin = now_ns();
	put_all(hot, routed, rows);
	report("put, new", begin, rows);
	(void)printf("%-34s %8zu\n", "bytes a row, all in", (in_use() - before) / rows);
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
