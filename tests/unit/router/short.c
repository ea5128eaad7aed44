#include "short.h"

#include "records/beds_changed.h"
#include "records/referral_closed.h"
#include "records/referral_event_refused.h"
#include "records/referral_expired.h"
#include "records/referral_progressed.h"
#include "records/referral_reminder.h"
#include "records/referral_routed.h"
#include "records/referral_unplaced.h"
#include "records/referral_waitlisted.h"
#include "records/session_changed.h"

static void put_reminder(const struct hub_referral_reminder *reminder, struct hub_buf *out)
{
	hub_buf_printf(out, "Reminder %.*s", HUB_STR_ARG(reminder->reason_code));
}

static void put_refused(const struct hub_referral_event_refused *refused, struct hub_buf *out)
{
	hub_buf_printf(out, "Refused %.*s", HUB_STR_ARG(refused->reason_code));
	if (refused->has_rule)
		hub_buf_printf(out, " %.*s", HUB_STR_ARG(refused->rule));
}

void short_put(const struct hub_output *output, struct hub_buf *out)
{
	const void *record = output->record;
	if (output->schema == &hub_referral_routed_schema)
		hub_buf_printf(out, "Routed %.*s",
		        HUB_STR_ARG(((const struct hub_referral_routed *)record)->to_org_id));
	else if (output->schema == &hub_referral_waitlisted_schema)
		hub_buf_printf(
		        out, "Waitlisted %d", ((const struct hub_referral_waitlisted *)record)->position);
	else if (output->schema == &hub_referral_unplaced_schema)
		hub_buf_text(out, "Unplaced");
	else if (output->schema == &hub_referral_progressed_schema)
		hub_buf_printf(out, "Progressed %s",
		        hub_referral_stage_name(((const struct hub_referral_progressed *)record)->state));
	else if (output->schema == &hub_referral_closed_schema)
		hub_buf_printf(out, "Closed %s",
		        hub_final_state_name(((const struct hub_referral_closed *)record)->final_state));
	else if (output->schema == &hub_referral_reminder_schema)
		put_reminder(record, out);
	else if (output->schema == &hub_referral_expired_schema)
		hub_buf_printf(out, "Expired %.*s",
		        HUB_STR_ARG(((const struct hub_referral_expired *)record)->org_id));
	else if (output->schema == &hub_session_changed_schema)
		hub_buf_printf(out, "Session %s",
		        hub_session_cause_name(((const struct hub_session_changed *)record)->cause));
	else if (output->schema == &hub_beds_changed_schema)
		hub_buf_printf(out, "Beds %d free", ((const struct hub_beds_changed *)record)->free);
	else if (output->schema == &hub_referral_event_refused_schema)
		put_refused(record, out);
	else
		hub_buf_text(out, output->schema->name);
}
