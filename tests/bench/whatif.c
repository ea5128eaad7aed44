/* bench_whatif REGISTRY [REFERRALS]: how long hubctl whatif takes for a year of one county, without Kafka: the recorded year
 * is made again and compared, then decided with another policy. REGISTRY: a file that `bench_preload --registry` printed. */
#include "load.h"

#include "base/calendar.h"
#include "base/check.h"
#include "hubctl/whatif_count.h"
#include "recorder.h"
#include "records/catalogue.h"
#include "records/referral_limits.h"

#include "referral-router/referral_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { BLOCK = 10, REQUESTS = 3, EVENT_MAX = 1 << 20, DAYS = 365, REFERRALS = 200000 };

static double now_s(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* All of the first county: block number `block` of the load lies in every BENCH_COUNTIES-th place. */
static uint64_t number_of(uint64_t i)
{
	return i / BLOCK * BLOCK * BENCH_COUNTIES + i % BLOCK;
}

static uint64_t record_year(struct recorder *recorder, uint64_t events)
{
	struct hub_arena *arena = hub_arena_new(EVENT_MAX);
	struct hub_buf bytes;
	int64_t start_ms = hub_day_start_ms(hub_day_from_ymd(2026, 3, 2));
	hub_buf_init(&bytes, EVENT_MAX);
	for (uint64_t i = 0; i < events; i++) {
		const struct hub_schema *schema;
		struct hub_str key;
		void *record;
		int64_t at_ms = start_ms + (int64_t)((double)DAYS * HUB_DAY_MS * (double)i / (double)events);
		bench_event_settled(number_of(i), "y", at_ms, &bytes, &key);
		hub_arena_reset(arena);
		hub_check(hub_frame_decode(&hub_referral_event_schemas, hub_buf_slice(&bytes), arena, &schema,
		                  &record, NULL) == 0);
		recorder_fire(recorder, at_ms - 1, false, 0);
		recorder_decide(recorder, schema, record, at_ms);
	}
	recorder_finish(recorder);
	hub_buf_done(&bytes);
	hub_arena_free(arena);
	return recorder_decisions(recorder);
}

static bool nowhere(void *user, struct hub_str org_id, struct hub_str county_id)
{
	(void)user;
	(void)org_id;
	(void)county_id;
	return false;
}

static void count(void *user, const struct hub_schema *schema, const void *record)
{
	hubctl_count_take(user, schema, record);
}

static struct hubctl_whatif_result run(struct recorder *recorder, const struct hubctl_reference *over)
{
	struct hub_arena *arena = hub_arena_new(EVENT_MAX);
	uint32_t references_count;
	const struct hubctl_reference *references = recorder_references(recorder, &references_count);
	struct hubctl_count *counted = hubctl_count_new(INT64_MIN, INT64_MAX, HUB_STR(""), nowhere, NULL);
	struct hubctl_whatif_options options = { .core = &referral_router_core,
		.prefix = "p.",
		.recording = recorder_recording(recorder),
		.recorded = hubctl_policies_new(&referral_router_core, references, references_count, NULL, 0),
		.from_ms = INT64_MIN,
		.to_ms = INT64_MAX,
		.decided = count,
		.user = counted,
		.arena = arena,
		.keep = 1 };
	if (over)
		options.other =
		        hubctl_policies_new(&referral_router_core, references, references_count, over, 1);
	struct hubctl_whatif_result result = { 0 };
	struct hubctl_totals totals;
	const struct hubctl_whatif_source source = recorder_source(recorder);
	hub_check(hubctl_whatif_run(&options, 0, &source, &result));
	hub_check(hubctl_count_totals(counted, &totals));
	printf("  %lld referrals, %lld placed, %llu inputs, %llu timers\n", (long long)totals.requested,
	        (long long)totals.placed, (unsigned long long)result.inputs,
	        (unsigned long long)result.timers);
	hubctl_policies_free(options.recorded);
	hubctl_policies_free(options.other);
	hubctl_count_free(counted);
	hub_arena_free(arena);
	return result;
}

/* Half of every session is kept for those who come from below. */
static struct hubctl_reference other_limits(struct hub_buf *key, struct hub_buf *value)
{
	struct hub_referral_limits limits = { 0 };
	memcpy(&limits, hub_referral_limits_schema.defaults, sizeof(limits));
	limits.head.valid_from = HUB_STR("2026-01-01");
	limits.reserved_share_outpatient = 0.5;
	hub_check(hub_registry_key(&hub_referral_limits_schema, &limits, key, NULL) == 0);
	hub_check(hub_frame_encode(&hub_referral_limits_schema, &limits, value, NULL) == 0);
	return (struct hubctl_reference){ hub_buf_slice(key), hub_buf_slice(value), 0 };
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		(void)fprintf(stderr, "usage: bench_whatif REGISTRY [REFERRALS]\n");
		return 64;
	}
	uint64_t referrals = argc > 2 ? strtoull(argv[2], NULL, 10) : REFERRALS;
	struct recorder *recorder = recorder_new(argv[1]);
	struct hub_buf key, value;
	hub_buf_init(&key, EVENT_MAX);
	hub_buf_init(&value, EVENT_MAX);
	struct hubctl_reference over = other_limits(&key, &value);
	double began_s = now_s();
	uint64_t decisions = record_year(recorder, referrals / REQUESTS * BLOCK);
	printf("recorded: %llu decisions, %.1f s\n", (unsigned long long)decisions, now_s() - began_s);
	began_s = now_s();
	struct hubctl_whatif_result again = run(recorder, NULL);
	printf("made again: %.1f s, %llu of %llu the same\n", now_s() - began_s,
	        (unsigned long long)again.same, (unsigned long long)decisions);
	began_s = now_s();
	(void)run(recorder, &over);
	printf("another policy: %.1f s\n", now_s() - began_s);
	struct rusage usage;
	(void)getrusage(RUSAGE_SELF, &usage);
	printf("peak memory, the recording's inputs among it: %ld MB\n", usage.ru_maxrss / 1024);
	hub_buf_done(&key);
	hub_buf_done(&value);
	recorder_free(recorder);
	return again.same == decisions ? 0 : 1;
}
