#include "sample-county/act.h"

#include "base/calendar.h"
#include "base/check.h"
#include "records/beds_reported.h"
#include "records/out_of_county_authorised.h"
#include "records/patient_arrived.h"
#include "records/patient_no_show.h"
#include "records/referral_accepted.h"
#include "records/referral_cancelled.h"
#include "records/referral_completed.h"
#include "records/referral_rejected.h"
#include "records/referral_requested.h"
#include "records/return_confirmed.h"
#include "records/session_cancelled.h"
#include "records/slot_freed.h"
#include "records/slot_taken.h"
#include "records/slots_opened.h"
#include "records/supplement_requested.h"
#include "records/supplemented.h"
#include "sample-county/beds.h"
#include "sample-county/draw.h"

/* One act on its way out. */
struct doing {
	struct sample_day *day;
	struct sample_exchange *exchange;
	const struct sample_act *act;
	struct hub_error *reterr;
};

/* event_id is the publisher's own: the day and the number of the act. */
static struct hub_event_head head(
        const struct doing *d, struct hub_str source_org_id, struct hub_str consortium_id)
{
	char date[HUB_DATE_LEN + 1];
	hub_day_format(d->day->day, date);
	return (struct hub_event_head){
		.event_id = sample_day_text(d->day, "%s-%llu", date, (unsigned long long)d->act->order),
		.occurred_at = d->act->at_ms,
		.county_id = d->day->county->county_id,
		.consortium_id = consortium_id,
		.source_org_id = source_org_id,
	};
}

static int send(const struct doing *d, const struct hub_schema *schema, const void *event)
{
	return sample_exchange_send(d->exchange, schema, event, d->reterr);
}

static const struct hub_medication continued[] = { { HUB_STR("C07AB02"), HUB_STR("美托洛尔"), 9 } };

/* Of those who need a bed the urgent ones meet the county's criterion (REF-20). */
static struct hub_str_array criteria_of(const struct sample_referral *r)
{
	static struct hub_str heart[] = { HUB_STR("QX-UP-01") }, bones[] = { HUB_STR("QX-UP-02") };
	const struct sample_demand *demand = r->demand;
	if (demand->need != HUB_NEED_BED || r->urgency != HUB_URGENCY_URGENT)
		return (struct hub_str_array){ NULL, 0 };
	return (struct hub_str_array){ strcmp(demand->specialty, "04.03") == 0 ? bones : heart, 1 };
}

static struct hub_referral referral_fields(const struct sample_referral *r)
{
	bool down = r->demand->sender == SAMPLE_SENDER_DOWN;
	const struct sample_demand *demand = r->demand;
	return (struct hub_referral){
		.referral_id = r->id,
		.patient = { .patient_id = r->patient_id,
		        .sex = r->sex,
		        .birth_year = r->birth_year,
		        .has_home_org_id = true,
		        .home_org_id = r->home->org_id },
		.from_org_id = r->from->org_id,
		.direction = down ? HUB_DIRECTION_DOWN : HUB_DIRECTION_UP,
		.urgency = r->urgency,
		.condition = demand->condition,
		.specialty = hub_str_from(demand->specialty),
		.diagnosis = hub_str_from(demand->diagnosis),
		.need = demand->need,
		.has_exam_item = demand->exam_item != NULL,
		.exam_item = hub_str_from(demand->exam_item),
		.has_bed_kind = demand->need == HUB_NEED_BED,
		.bed_kind = down ? HUB_BED_KIND_REHABILITATION : HUB_BED_KIND_GENERAL,
		.reason = down ? HUB_STR("病情稳定，转回基层随访") : HUB_STR("请上级医院进一步诊治"),
		.criteria = criteria_of(r),
		.has_care_plan = down,
		.care_plan = HUB_STR("每周测量血压，按医嘱服药"),
		.medications = { (struct hub_medication *)(uintptr_t)continued, down },
	};
}

static int request(const struct doing *d, struct sample_referral *r)
{
	struct hub_referral_requested event = {
		.head = head(d, r->from->org_id, r->consortium_id),
		.referral = referral_fields(r),
	};
	switch (d->act->deed) {
	case SAMPLE_REQUEST:
		r->event_id = event.head.event_id;
		r->stage = SAMPLE_SENT;
		break;
	case SAMPLE_REQUEST_AGAIN: /* a gateway that had no acknowledgement sends the very same event */
		event.head.event_id = r->event_id;
		event.head.occurred_at = r->requested_ms;
		break;
	case SAMPLE_REQUEST_DOUBLE:
		event.referral.referral_id = sample_day_text(d->day, "%.*s-2", HUB_STR_ARG(r->id));
		break;
	default:
		break;
	}
	return send(d, &hub_referral_requested_schema, &event);
}

/* What the sender or the addressed hospital says about a referral, in one word. */
static int say(const struct doing *d, const struct sample_referral *r, const struct hub_schema *schema,
        struct hub_str org_id, struct hub_str referral_id)
{
	hub_check(schema == &hub_referral_accepted_schema || schema == &hub_patient_arrived_schema ||
	          schema == &hub_patient_no_show_schema || schema == &hub_return_confirmed_schema);
	_Static_assert(sizeof(struct hub_referral_accepted) == sizeof(struct hub_patient_arrived) &&
	                       sizeof(struct hub_referral_accepted) == sizeof(struct hub_return_confirmed) &&
	                       sizeof(struct hub_referral_accepted) == sizeof(struct hub_patient_no_show),
	        "they have the same fields");
	const struct hub_referral_accepted event = {
		.head = head(d, org_id, r->consortium_id), .referral_id = referral_id, .org_id = org_id
	};
	return send(d, schema, &event);
}

static int reject(const struct doing *d, const struct sample_referral *r)
{
	static const struct {
		const char *code, *text;
	} reasons[] = { { "NO_CAPACITY", "今日已满诊" }, { "NOT_INDICATED", "暂无转诊指征，建议基层随访" },
		{ "WRONG_SPECIALTY", "建议转其他专科" }, { "EQUIPMENT_DOWN", "设备检修中" },
		{ "OTHER", "医师外出会诊" } };
	size_t n = sizeof(reasons) / sizeof(reasons[0]);
	uint32_t pick = sample_draw(d->day->seed, "reason", r->id, (uint32_t)r->attempt, (uint32_t)n);
	const struct hub_referral_rejected event = {
		.head = head(d, r->to_org_id, r->consortium_id),
		.referral_id = r->id,
		.org_id = r->to_org_id,
		.reason_code = hub_str_from(reasons[pick].code),
		.reason = hub_str_from(reasons[pick].text),
	};
	return send(d, &hub_referral_rejected_schema, &event);
}

static int complete(const struct doing *d, const struct sample_referral *r)
{
	bool emergency = r->urgency == HUB_URGENCY_EMERGENCY;
	uint32_t draw = sample_draw(d->day->seed, "outcome", r->id, 0, 1000);
	enum hub_treatment_outcome outcome = draw < (emergency ? 620U : 90U) ? HUB_TREATMENT_OUTCOME_ADMITTED
	                                     : draw > (emergency ? 985U : 999U) ? HUB_TREATMENT_OUTCOME_DIED
	                                     : draw > 970U                      ? HUB_TREATMENT_OUTCOME_LEFT
	                                                   : HUB_TREATMENT_OUTCOME_TREATED;
	const struct hub_referral_completed event = {
		.head = head(d, r->to_org_id, r->consortium_id),
		.referral_id = r->id,
		.org_id = r->to_org_id,
		.outcome = outcome,
		.summary = HUB_STR("已诊治，随访计划见附件"),
		.down_referral_suggested = outcome == HUB_TREATMENT_OUTCOME_TREATED &&
		                           sample_chance(d->day->seed, "down", r->id, 1, 200),
	};
	return send(d, &hub_referral_completed_schema, &event);
}

static int cancel(const struct doing *d, const struct sample_referral *r)
{
	const struct hub_referral_cancelled event = {
		.head = head(d, r->from->org_id, r->consortium_id),
		.referral_id = r->id,
		.org_id = r->from->org_id,
		.reason = HUB_STR("患者要求取消"),
	};
	return send(d, &hub_referral_cancelled_schema, &event);
}

static int ask(const struct doing *d, const struct sample_referral *r)
{
	const struct hub_supplement_requested event = {
		.head = head(d, r->to_org_id, r->consortium_id),
		.referral_id = r->id,
		.org_id = r->to_org_id,
		.text = HUB_STR("请补充近期检查结果"),
	};
	return send(d, &hub_supplement_requested_schema, &event);
}

static int supplement(const struct doing *d, const struct sample_referral *r)
{
	const struct hub_supplemented event = {
		.head = head(d, r->from->org_id, r->consortium_id),
		.referral_id = r->id,
		.org_id = r->from->org_id,
		.text = HUB_STR("已补充"),
	};
	return send(d, &hub_supplemented_schema, &event);
}

static int authorise(const struct doing *d, const struct sample_referral *r)
{
	struct hub_str control = d->day->county->control_org_id;
	const struct hub_out_of_county_authorised event = {
		.head = head(d, control, r->consortium_id), .referral_id = r->id, .by_org_id = control
	};
	return send(d, &hub_out_of_county_authorised_schema, &event);
}

static struct hub_str a_stranger(const struct doing *d, const struct sample_referral *r)
{
	const struct sample_orgs *hospitals = &d->day->county->hospitals;
	for (uint32_t i = 0; i < hospitals->count; i++)
		if (!hub_str_eq(hospitals->items[i]->org_id, r->to_org_id))
			return hospitals->items[i]->org_id;
	return r->from->org_id;
}

/* What was planned may have become pointless since: the referral went elsewhere or ended. */
static bool still_makes_sense(const struct sample_act *act, const struct sample_referral *r)
{
	bool current = act->turn == r->attempt;
	switch (act->deed) {
	case SAMPLE_REQUEST_DOUBLE:
		return r->stage != SAMPLE_ENDED;
	case SAMPLE_CANCEL:
		return r->stage < SAMPLE_ARRIVED && current;
	case SAMPLE_ACCEPT:
	case SAMPLE_REJECT:
	case SAMPLE_ASK:
	case SAMPLE_SUPPLEMENT:
		return r->stage == SAMPLE_ROUTED && current;
	case SAMPLE_ARRIVE:
	case SAMPLE_NO_SHOW:
	case SAMPLE_CONFIRM:
		return r->stage == SAMPLE_ACCEPTED && current;
	case SAMPLE_COMPLETE:
		return r->stage == SAMPLE_ARRIVED;
	case SAMPLE_AUTHORISE:
		return r->stage == SAMPLE_WAITING;
	default:
		return true;
	}
}

static int do_referral(const struct doing *d, struct sample_referral *r)
{
	if (!still_makes_sense(d->act, r))
		return 0;
	switch (d->act->deed) {
	case SAMPLE_REQUEST:
	case SAMPLE_REQUEST_AGAIN:
	case SAMPLE_REQUEST_ANEW:
	case SAMPLE_REQUEST_DOUBLE:
		return request(d, r);
	case SAMPLE_CANCEL:
		return cancel(d, r);
	case SAMPLE_REJECT:
		return reject(d, r);
	case SAMPLE_ARRIVE:
		return say(d, r, &hub_patient_arrived_schema, r->to_org_id, r->id);
	case SAMPLE_NO_SHOW:
		return say(d, r, &hub_patient_no_show_schema, r->to_org_id, r->id);
	case SAMPLE_COMPLETE:
		return complete(d, r);
	case SAMPLE_CONFIRM:
		return say(d, r, &hub_return_confirmed_schema, r->to_org_id, r->id);
	case SAMPLE_ASK:
		return ask(d, r);
	case SAMPLE_SUPPLEMENT:
		return supplement(d, r);
	case SAMPLE_AUTHORISE:
		return authorise(d, r);
	case SAMPLE_ACCEPT_AS_STRANGER:
		return say(d, r, &hub_referral_accepted_schema, a_stranger(d, r), r->id);
	case SAMPLE_ACCEPT_UNKNOWN:
		return say(d, r, &hub_referral_accepted_schema, a_stranger(d, r),
		        sample_day_text(d->day, "%.*s-x", HUB_STR_ARG(r->id)));
	default: /* accepted: now, twice, or after the end */
		return say(d, r, &hub_referral_accepted_schema, r->to_org_id, r->id);
	}
}

static int open_slots(const struct doing *d, const struct sample_session *s, int32_t capacity)
{
	const struct hub_slots_opened event = {
		.head = head(d, s->org->org_id, s->consortium_id),
		.org_id = s->org->org_id,
		.session_id = s->id,
		.revision = s->revision,
		.specialty = hub_str_from(s->specialty),
		.need = s->need,
		.has_exam_item = s->exam_item != NULL,
		.exam_item = hub_str_from(s->exam_item),
		.expert = s->expert,
		.starts_at = s->starts_ms,
		.ends_at = s->ends_ms,
		.capacity = capacity,
	};
	return send(d, &hub_slots_opened_schema, &event);
}

static int book(const struct doing *d, const struct sample_session *s, bool take, struct hub_str session_id)
{
	struct hub_str booking_id =
	        sample_day_text(d->day, "%.*s-b%d", HUB_STR_ARG(session_id), (int)d->act->turn);
	if (take) {
		const struct hub_slot_taken event = { .head = head(d, s->org->org_id, s->consortium_id),
			.org_id = s->org->org_id,
			.session_id = session_id,
			.booking_id = booking_id };
		return send(d, &hub_slot_taken_schema, &event);
	}
	const struct hub_slot_freed event = { .head = head(d, s->org->org_id, s->consortium_id),
		.org_id = s->org->org_id,
		.session_id = session_id,
		.booking_id = booking_id };
	return send(d, &hub_slot_freed_schema, &event);
}

static int do_session(const struct doing *d, struct sample_session *s)
{
	switch (d->act->deed) {
	case SAMPLE_OPEN:
		return open_slots(d, s, s->capacity);
	case SAMPLE_TAKE: /* a desk that did not look is rare */
		return s->cancelled || (s->free <= 0 && !sample_chance(d->day->seed, "blind", s->id,
		                                                (uint32_t)d->act->turn, 30))
		               ? 0
		               : book(d, s, true, s->id);
	case SAMPLE_FREE:
		return s->cancelled ? 0 : book(d, s, false, s->id);
	case SAMPLE_RAISE:
		s->revision++;
		s->capacity += 4;
		return open_slots(d, s, s->capacity);
	case SAMPLE_LOWER: /* refused when one is in use: the revision stands as it was */
		s->revision++;
		return open_slots(d, s, 0);
	case SAMPLE_CALL_OFF: {
		s->cancelled = true;
		const struct hub_session_cancelled event = { .head = head(
			                                             d, s->org->org_id, s->consortium_id),
			.org_id = s->org->org_id,
			.session_id = s->id,
			.reason = HUB_STR("医师临时停诊") };
		return send(d, &hub_session_cancelled_schema, &event);
	}
	case SAMPLE_TAKE_UNKNOWN:
		return book(d, s, true, sample_day_text(d->day, "%.*s-x", HUB_STR_ARG(s->id)));
	default:
		return 0;
	}
}

static int report_beds(const struct doing *d, const struct sample_ward *ward)
{
	const struct hub_beds_reported event = {
		.head = head(d, ward->org->org_id, ward->org->memberships.items[0]),
		.org_id = ward->org->org_id,
		.bed_kind = ward->kind,
		.revision = d->day->day * INT64_C(100) + d->act->turn,
		.total = ward->beds,
		.free = sample_ward_free(d->day, ward, d->act->turn),
	};
	return send(d, &hub_beds_reported_schema, &event);
}

int sample_act_do(struct sample_day *day, struct sample_exchange *exchange, const struct sample_act *act,
        struct hub_error *reterr)
{
	const struct doing doing = { day, exchange, act, reterr };
	if (act->deed == SAMPLE_BEDS)
		return report_beds(&doing, act->subject);
	return act->deed < SAMPLE_OPEN ? do_referral(&doing, act->subject) : do_session(&doing, act->subject);
}
