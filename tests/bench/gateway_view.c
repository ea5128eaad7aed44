/* bench_gateway_view [ROWS]: what the gateway's views cost over so many open referrals, all of one county: CPU time, the
 * least of some rounds. */
#include "base/check.h"
#include "dashboard-gateway/view/view.h"
#include "open_referral.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	ROWS = 100000,
	TOMBSTONES = 10000,
	ROUNDS = 15,
	OUT_MAX = 64 * 1024 * 1024,
	TEXT_MAX = 30,
	CHANGES = 200
};

static double now_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* A day's referrals: some answered, some late, some waiting; due at any minute of the day. */
static void put_rows(struct gateway_hot *hot, uint32_t rows)
{
	static const char *const states[] = { "ROUTED", "ROUTED", "ACCEPTED", "ARRIVED", "WAITING" };
	struct open_referral referral;
	for (uint32_t n = 0; n < rows; n++) {
		char due[TEXT_MAX];
		open_referral_fill(&referral, n, states[n % (sizeof(states) / sizeof(states[0]))]);
		(void)snprintf(due, sizeof(due), "2026-11-29T%02u:%02u:00+08:00", n * 7 % 24, n * 11 % 60);
		referral.fields[1].value = HUB_STR("330200");
		referral.fields[OPEN_REFERRAL_FIELDS - 1].value = hub_str_from(due);
		open_referral_put(hot, &referral);
	}
}

enum view { PAGE, LATE, OVERVIEW, ALERTS, STREAM };

static int look(const struct gateway_world *world, const struct gateway_viewer *viewer, enum view view,
        struct hub_buf *out, struct hub_buf *next)
{
	struct gateway_param late = { HUB_STR("worklist"), HUB_STR("overdue") };
	uint64_t seq;
	switch (view) {
	case PAGE:
		return gateway_view_referrals(world, viewer, NULL, 0, out, next, NULL);
	case LATE:
		return gateway_view_referrals(world, viewer, &late, 1, out, next, NULL);
	case OVERVIEW:
		return gateway_view_overview(world, viewer, out, NULL);
	case ALERTS:
		return gateway_view_alerts(world, viewer, out, NULL);
	case STREAM:
		gateway_view_changes(
		        world, viewer, gateway_hot_seq(world->hot) - CHANGES, CHANGES, out, &seq);
		return HUB_OK;
	}
	return HUB_E_INVALID;
}

static void report(const char *what, const struct gateway_world *world, const struct gateway_viewer *viewer,
        enum view view)
{
	double least = 1e9;
	size_t bytes = 0;
	for (int round = 0; round < ROUNDS; round++) {
		struct hub_buf out, next;
		hub_buf_init(&out, OUT_MAX);
		hub_buf_init(&next, OUT_MAX);
		double begin = now_ms();
		hub_check(look(world, viewer, view, &out, &next) == HUB_OK);
		double took = now_ms() - begin;
		least = took < least ? took : least;
		bytes = out.len;
		hub_buf_done(&out);
		hub_buf_done(&next);
	}
	(void)printf("%-34s %8.2f ms %8zu bytes\n", what, least, bytes);
}

int main(int argc, char **argv)
{
	uint32_t rows = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : ROWS;
	struct gateway_world world = { .hot = NULL, .epoch = 1, .now_ms = INT64_C(1795917900000) };
	struct gateway_hot *hot = gateway_hot_new(TOMBSTONES);
	put_rows(hot, rows);
	world.hot = hot;
	struct gateway_viewer county = { .role = GATEWAY_ROLE_COUNTY, .county_id = HUB_STR("330200") };
	struct gateway_viewer desk = {
		.role = GATEWAY_ROLE_HOSPITAL, .county_id = HUB_STR("330201"), .org_id = HUB_STR("330201-H01")
	};
	report("page of 50, a control centre", &world, &county, PAGE);
	report("page of 50, a desk", &world, &desk, PAGE);
	report("what is overdue", &world, &county, LATE);
	report("overview", &world, &county, OVERVIEW);
	report("alerts", &world, &county, ALERTS);
	report("200 changes of the stream", &world, &county, STREAM);
	gateway_hot_free(hot);
	return 0;
}
