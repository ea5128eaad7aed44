/* wire_bench [ROUNDS]: nanoseconds to encode and decode a typical request (27 fields on the wire, of which
 * the patient has 6 more) with our codec and with Avro C's generic values. */
#include "base/check.h"
#include "records/catalogue.h"
#include "records/referral_requested.h"
#include "wire/record.h"

#include <avro.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BUF_BYTES = 1024 * 1024 };

/* CPU time, so that a busy machine says nearly the same as an idle one. */
static double now_ns(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static struct hub_referral_requested typical(void)
{
	static struct hub_medication medications[] = { { HUB_STR("C09AA05"), HUB_STR("雷米普利 5 mg"), 12 } };
	static struct hub_str criteria[] = { HUB_STR("UP-CARDIO-3") };
	return (struct hub_referral_requested){
		.head = { HUB_STR("T-330281-07/20260209/000123"), 1770597000250, HUB_STR("330281"), HUB_STR("C-330281-1"),
			HUB_STR("T-330281-07") },
		.referral = {
			.referral_id = HUB_STR("T-330281-07/R/000123"),
			.patient = { .patient_id = HUB_STR("9f86d081884c7d659a2feaa0c55ad015"), .sex = HUB_SEX_FEMALE,
				.birth_year = 1957, .has_home_org_id = true, .home_org_id = HUB_STR("T-330281-07") },
			.from_org_id = HUB_STR("T-330281-07"),
			.direction = HUB_DIRECTION_UP,
			.urgency = HUB_URGENCY_URGENT,
			.condition = HUB_CONDITION_NONE,
			.specialty = HUB_STR("03.04"),
			.diagnosis = HUB_STR("I20.0"),
			.need = HUB_NEED_OUTPATIENT,
			.criteria = { criteria, 1 },
			.reason = HUB_STR("反复胸痛三天，活动后加重，心电图 ST 段压低，请上级医院心内科会诊。"),
			.medications = { medications, 1 },
		},
	};
}

static void report(const char *what, double begin, long rounds)
{
	printf("%-22s %8.0f ns\n", what, (now_ns() - begin) / (double)rounds);
}

static void bench_ours(const struct hub_schema *schema, const void *record, struct hub_buf *buf, long rounds)
{
	struct hub_arena *arena = hub_arena_new(BUF_BYTES);
	struct hub_referral_requested back;
	double begin = now_ns();
	for (long i = 0; i < rounds; i++) {
		hub_buf_reset(buf);
		hub_check(hub_record_encode(schema, record, buf, NULL) == HUB_OK);
	}
	report("ours, encode", begin, rounds);
	begin = now_ns();
	for (long i = 0; i < rounds; i++) {
		hub_arena_reset(arena);
		hub_check(hub_record_decode(schema, hub_buf_slice(buf), arena, &back, NULL) == HUB_OK);
	}
	report("ours, decode", begin, rounds);
	hub_check(hub_record_equal(schema, record, &back));
	hub_arena_free(arena);
}

static void bench_avro_c(const struct hub_schema *schema, const struct hub_buf *bytes, long rounds)
{
	avro_schema_t avro;
	avro_value_t value;
	hub_check(avro_schema_from_json_length(schema->json, strlen(schema->json), &avro) == 0);
	avro_value_iface_t *iface = avro_generic_class_from_schema(avro);
	hub_check(avro_generic_value_new(iface, &value) == 0);
	double begin = now_ns();
	for (long i = 0; i < rounds; i++) {
		avro_reader_t reader = avro_reader_memory(bytes->data, (int64_t)bytes->len);
		avro_value_reset(&value);
		hub_check(avro_value_read(reader, &value) == 0);
		avro_reader_free(reader);
	}
	report("Avro C, decode", begin, rounds);
	char *out = malloc(BUF_BYTES);
	hub_check(out);
	begin = now_ns();
	for (long i = 0; i < rounds; i++) {
		avro_writer_t writer = avro_writer_memory(out, BUF_BYTES);
		hub_check(avro_value_write(writer, &value) == 0);
		avro_writer_free(writer);
	}
	report("Avro C, encode", begin, rounds);
	free(out);
	avro_value_decref(&value);
	avro_value_iface_decref(iface);
	avro_schema_decref(avro);
}

int main(int argc, char **argv)
{
	long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 300000;
	struct hub_referral_requested record = typical();
	struct hub_buf buf;
	hub_buf_init(&buf, BUF_BYTES);
	bench_ours(&hub_referral_requested_schema, &record, &buf, rounds);
	bench_avro_c(&hub_referral_requested_schema, &buf, rounds);
	printf("%zu bytes\n", buf.len);
	hub_buf_done(&buf);
	return 0;
}
