/* bench_core REGISTRY [EVENTS]: how long the pure core takes an event, without Kafka and Redis: decode,
 * decide, encode what it says, collect what it changed, in batches as the runtime makes them. REGISTRY: a
 * file that `bench_preload registry` printed. And what an entity of each kind takes in memory, with its index
 * entries and timers. */
#include "load.h"

#include "base/calendar.h"
#include "base/check.h"
#include "fixture.h"
#include "records/catalogue.h"

#include "referral-router/referral_core.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCH = 10000, ARENA = 512 << 20, FRAMED = 1 << 20 };

struct totals {
	double decode_s;
	double decide_s;
	double encode_s;
	double collect_s;
	uint64_t outputs;
	uint64_t changes;
	uint64_t dead;
};

/* CPU time, so that a busy machine counts less. */
static double now_s(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct step {
	struct hub_str bytes;
	struct hub_input input;
	struct hub_effects effects;
};

static void make(uint64_t n, struct step *steps, struct hub_arena *arena, struct hub_buf *framed)
{
	int64_t now_ms = hub_day_start_ms(hub_day_from_ymd(2026, 3, 2)) + (int64_t)n;
	for (uint64_t i = 0; i < BATCH; i++) {
		struct hub_str key;
		bench_event(n + i, "b", now_ms, framed, &key);
		steps[i] = (struct step){ .bytes = hub_arena_copy(arena, hub_buf_slice(framed)) };
		steps[i].input = (struct hub_input){
			.topic = "referral.events", .offset = (int64_t)(n + i), .now_ms = now_ms
		};
	}
}

static void decode(struct step *steps, struct hub_arena *arena)
{
	for (int i = 0; i < BATCH; i++) {
		void *record;
		hub_check(hub_frame_decode(&hub_referral_event_schemas, steps[i].bytes, arena,
		                  &steps[i].input.schema, &record, NULL) == 0);
		steps[i].input.record = record;
	}
}

static void decide(struct hub_table *table, const void *policy, struct step *steps, struct hub_arena *arena)
{
	for (int i = 0; i < BATCH; i++) {
		hub_effects_init(&steps[i].effects, arena);
		referral_router_core.decide(table, policy, &steps[i].input, &steps[i].effects);
	}
}

static void encode(const struct step *steps, struct hub_buf *out, struct totals *totals)
{
	for (int i = 0; i < BATCH; i++) {
		const struct hub_effects *effects = &steps[i].effects;
		for (uint32_t o = 0; o < effects->count; o++) {
			const struct hub_output *output = &effects->outputs[o];
			hub_buf_reset(out);
			hub_check(hub_frame_encode(output->schema, output->record, out, NULL) == 0);
		}
		totals->outputs += effects->count;
		totals->dead += effects->dead_reason != NULL;
	}
}

static void collect(struct hub_table *table, struct hub_arena *arena, struct totals *totals)
{
	const struct hub_change *changes;
	totals->changes += hub_table_changes(table, 0, arena, &changes);
	hub_table_commit(table);
	hub_check(!hub_arena_exhausted(arena));
	hub_arena_reset(arena);
}

/* One batch: events from number n on. */
static void run_batch(struct hub_table *table, const void *policy, uint64_t n, struct step *steps,
        struct hub_arena *arena, struct hub_buf *buf, struct totals *totals)
{
	make(n, steps, arena, buf);
	double at_s[5] = { now_s() };
	decode(steps, arena);
	at_s[1] = now_s();
	decide(table, policy, steps, arena);
	at_s[2] = now_s();
	encode(steps, buf, totals);
	at_s[3] = now_s();
	collect(table, arena, totals);
	at_s[4] = now_s();
	totals->decode_s += at_s[1] - at_s[0];
	totals->decide_s += at_s[2] - at_s[1];
	totals->encode_s += at_s[3] - at_s[2];
	totals->collect_s += at_s[4] - at_s[3];
}

static void report(const char *what, double seconds, uint64_t events)
{
	printf("%-28s %8.0f ns an event\n", what, seconds * 1e9 / (double)events);
}

/* A table of nothing but the entities of one kind, as a restart would fold it. */
static void report_memory(const struct hub_table *table, const struct hub_schema *schema)
{
	struct hub_table *alone = hub_table_new(referral_router_core.table);
	struct hub_str key, value, body;
	uint64_t fingerprint;
	size_t at = 0, count, before = mallinfo2().uordblks;
	while (hub_table_each(table, &at, &key, &value))
		if (!hub_frame_split(value, &fingerprint, &body, NULL) && fingerprint == schema->fingerprint)
			hub_check(hub_table_fold(alone, key, value, NULL) == 0);
	count = hub_table_count(alone);
	if (count)
		printf("%-28s %8zu bytes each, %zu of them key and record; %zu of them\n", schema->name,
		        (mallinfo2().uordblks - before) / count, hub_table_bytes(alone) / count, count);
	hub_table_free(alone);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		(void)fprintf(stderr, "usage: bench_core REGISTRY [EVENTS]\n");
		return 64;
	}
	uint64_t events = argc > 2 ? strtoull(argv[2], NULL, 10) : 500000;
	struct hub_registry *registry = fixture_registry(argv[1]);
	void *policy = referral_router_core.policy_new(registry, hub_day_from_ymd(2026, 3, 2), NULL);
	struct hub_table *table = hub_table_new(referral_router_core.table);
	struct hub_arena *arena = hub_arena_new(ARENA);
	struct step *steps = calloc(BATCH, sizeof(*steps));
	struct hub_buf buf;
	struct totals totals = { 0 };
	hub_check(steps != NULL);
	hub_buf_init(&buf, FRAMED);
	for (uint64_t n = 0; n < events; n += BATCH)
		run_batch(table, policy, n, steps, arena, &buf, &totals);
	report("decode", totals.decode_s, events);
	report("decide", totals.decide_s, events);
	report("encode decisions", totals.encode_s, events);
	report("collect changes, commit", totals.collect_s, events);
	printf("%llu events, %llu decisions, %llu changes, %llu dead letters; %zu entities, %zu MB\n",
	        (unsigned long long)events, (unsigned long long)totals.outputs,
	        (unsigned long long)totals.changes, (unsigned long long)totals.dead, hub_table_count(table),
	        hub_table_bytes(table) >> 20);
	for (uint32_t i = 0; i < referral_router_core.table->schemas->count; i++)
		report_memory(table, referral_router_core.table->schemas->schemas[i]);
	hub_buf_done(&buf);
	free(steps);
	hub_table_free(table);
	referral_router_core.policy_free(policy);
	hub_registry_free(registry);
	hub_arena_free(arena);
	return 0;
}
