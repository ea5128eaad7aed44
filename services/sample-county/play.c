#include "sample-county/play.h"

#include "base/calendar.h"
#include "sample-county/act.h"

static const int64_t slice_ms = 5 * HUB_MINUTE_MS;

struct slice {
	struct sample_day *day;
	int64_t ends_ms;
};

static void on_decision(void *user, const struct hub_schema *schema, const void *decision)
{
	struct slice *slice = user;
	sample_day_react(slice->day, schema, decision, slice->ends_ms);
}

int sample_day_play(struct sample_day *day, struct sample_exchange *exchange, sample_progress_fn *progress,
        void *user, struct hub_error *reterr)
{
	int64_t day_ends = day->starts_ms + HUB_DAY_MS;
	for (int64_t at = day->starts_ms; at < day_ends; at += slice_ms) {
		struct slice slice = { day, at + slice_ms };
		struct sample_act act;
		int rc = 0;
		while (!rc && sample_agenda_next(&day->agenda, slice.ends_ms, &act))
			rc = sample_act_do(day, exchange, &act, reterr);
		if (!rc)
			rc = sample_exchange_settle(exchange, on_decision, &slice, reterr);
		if (rc)
			return rc;
		progress(user, slice.ends_ms, exchange);
	}
	return 0;
}
