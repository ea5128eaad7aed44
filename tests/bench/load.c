#include "load.h"

#include "base/calendar.h"
#include "base/check.h"
#include "records/catalogue.h"
#include "records/patient_no_show.h"
#include "records/referral_accepted.h"
#include "records/referral_cancelled.h"
#include "records/referral_requested.h"
#include "records/slots_opened.h"
#include "wire/framing.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const specialties[] = { "03.01", "03.04", "03.07", "04.01", "05.01" };

/* Texts of one event. */
struct texts {
	char bytes[16][64];
	int used;
};

static struct hub_str text(struct texts *texts, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

static struct hub_str text(struct texts *texts, const char *format, ...)
{
	hub_check(texts->used < 16);
	char *bytes = texts->bytes[texts->used++];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(bytes, sizeof(texts->bytes[0]), format, args);
	va_end(args);
	return (struct hub_str){ bytes, (uint32_t)len };
}

/* The county and place of a request: number m among all requests. Ten events stay in one county. */
static unsigned county_of(uint64_t n)
{
	return (unsigned)(n / 10 % BENCH_COUNTIES);
}

static struct hub_str county_id(unsigned county)
{
	static char ids[BENCH_COUNTIES][8];
	if (!ids[county][0])
		(void)snprintf(ids[county], sizeof(ids[county]), "9901%02u", county);
	return hub_str_from(ids[county]);
}

static struct hub_event_head head(
        struct texts *texts, uint64_t n, const char *run, int64_t at_ms, struct hub_str source)
{
	return (struct hub_event_head){
		.event_id = text(texts, "%s-%llu", run, (unsigned long long)n),
		.occurred_at = at_ms,
		.county_id = county_id(county_of(n)),
		.consortium_id = text(texts, "BC%02u", county_of(n)),
		.source_org_id = source,
	};
}

static void put(const struct hub_schema *schema, const void *record, struct hub_buf *out)
{
	hub_check(hub_frame_encode(schema, record, out, NULL) == 0);
}

static struct hub_str sender_of(struct texts *texts, uint64_t n)
{
	return text(texts, "BT%02u-%u", county_of(n), (unsigned)(n % BENCH_SENDERS));
}

static void session(struct texts *t, uint64_t n, const char *run, int64_t at_ms, struct hub_buf *out)
{
	struct hub_str hospital = text(t, "BH%02u", county_of(n));
	struct hub_slots_opened opened = {
		.head = head(t, n, run, at_ms, hospital),
		.org_id = hospital,
		.session_id = text(t, "%s-s%llu", run, (unsigned long long)n),
		.revision = 1,
		.specialty = hub_str_from(specialties[n / 10 / BENCH_COUNTIES % 5]),
		.need = HUB_NEED_OUTPATIENT,
		.starts_at = at_ms + 2 * (int64_t)HUB_DAY_MS,
		.ends_at = at_ms + 2 * (int64_t)HUB_DAY_MS + 4 * (int64_t)HUB_HOUR_MS,
		.capacity = 5,
		.has_reserved_for_primary = true,
		.reserved_for_primary = 3,
	};
	put(&hub_slots_opened_schema, &opened, out);
}

static void request(struct texts *t, uint64_t n, const char *run, int64_t at_ms, struct hub_buf *out)
{
	struct hub_str sender = sender_of(t, n);
	struct hub_referral_requested requested = {
		.head = head(t, n, run, at_ms, sender),
		.referral = {
			.referral_id = text(t, "%s-r%llu", run, (unsigned long long)n),
			.patient = { .patient_id = text(t, "%s-p%016llx", run, (unsigned long long)n), .sex = HUB_SEX_FEMALE,
				.birth_year = 1950, .has_home_org_id = true, .home_org_id = sender },
			.from_org_id = sender,
			.direction = HUB_DIRECTION_UP,
			.urgency = n % 7 ? HUB_URGENCY_ROUTINE : HUB_URGENCY_URGENT,
			.condition = HUB_CONDITION_NONE,
			.specialty = hub_str_from(specialties[n / 10 / BENCH_COUNTIES % 5]),
			.diagnosis = HUB_STR("I20.0"),
			.need = HUB_NEED_OUTPATIENT,
			.reason = HUB_STR("benchmark"),
		},
	};
	put(&hub_referral_requested_schema, &requested, out);
}

/* The hospital accepts request number of. */
static void acceptance(
        struct texts *t, uint64_t n, uint64_t of, const char *run, int64_t at_ms, struct hub_buf *out)
{
	struct hub_str hospital = text(t, "BH%02u", county_of(n));
	struct hub_referral_accepted accepted = {
		.head = head(t, n, run, at_ms, hospital),
		.referral_id = text(t, "%s-r%llu", run, (unsigned long long)of),
		.org_id = hospital,
	};
	put(&hub_referral_accepted_schema, &accepted, out);
}

/* Its sender takes request number of back. */
static void cancellation(
        struct texts *t, uint64_t n, uint64_t of, const char *run, int64_t at_ms, struct hub_buf *out)
{
	struct hub_str sender = sender_of(t, of);
	struct hub_referral_cancelled cancelled = {
		.head = head(t, n, run, at_ms, sender),
		.referral_id = text(t, "%s-r%llu", run, (unsigned long long)of),
		.org_id = sender,
	};
	put(&hub_referral_cancelled_schema, &cancelled, out);
}

/* The patient of request number of, which was accepted, did not come. */
static void no_show(
        struct texts *t, uint64_t n, uint64_t of, const char *run, int64_t at_ms, struct hub_buf *out)
{
	struct hub_str hospital = text(t, "BH%02u", county_of(n));
	struct hub_patient_no_show absent = {
		.head = head(t, n, run, at_ms, hospital),
		.referral_id = text(t, "%s-r%llu", run, (unsigned long long)of),
		.org_id = hospital,
	};
	put(&hub_patient_no_show_schema, &absent, out);
}

void bench_event(uint64_t n, const char *run, int64_t at_ms, struct hub_buf *out, struct hub_str *ret_key)
{
	struct texts texts = { .used = 0 };
	unsigned place = (unsigned)(n % 10);
	hub_buf_reset(out);
	*ret_key = county_id(county_of(n));
	if (place == 0)
		session(&texts, n, run, at_ms, out);
	else if (place <= 6)
		request(&texts, n, run, at_ms, out);
	else if (place <= 8)
		acceptance(&texts, n, n - 6, run, at_ms, out);
	else if (n / 10 / BENCH_COUNTIES % 2)
		cancellation(&texts, n, n - 6, run, at_ms, out);
	else
		no_show(&texts, n, n - 8, run, at_ms, out);
}

void bench_event_settled(
        uint64_t n, const char *run, int64_t at_ms, struct hub_buf *out, struct hub_str *ret_key)
{
	struct texts texts = { .used = 0 };
	unsigned place = (unsigned)(n % 10);
	hub_buf_reset(out);
	*ret_key = county_id(county_of(n));
	if (place == 0)
		session(&texts, n, run, at_ms, out);
	else if (place <= 3)
		request(&texts, n, run, at_ms, out);
	else if (place <= 6)
		acceptance(&texts, n, n - 3, run, at_ms, out);
	else
		no_show(&texts, n, n - 6, run, at_ms, out);
}
