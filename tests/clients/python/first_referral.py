"""The first referral, from both sides: a health centre sends a patient, a hospital takes it."""

import os
import uuid
from datetime import datetime, timedelta, timezone

from hospital import Hospital

COUNTY = os.environ.get("HUB_COUNTY", "990121")
CONSORTIUM = os.environ.get("HUB_CONSORTIUM", "QX-1")
centre = Hospital(os.environ.get("HUB_SENDER", "990121-T01"), COUNTY, CONSORTIUM)
hospital = Hospital(os.environ.get("HUB_RECEIVER", "990121-H01"), COUNTY, CONSORTIUM)


def show(who, name, decision):
    keys = ("state", "to_org_id", "final_state", "cause", "reason_code", "reason", "repeat_of")
    told = {key: decision[key] for key in keys if decision.get(key)}
    print(who.org_id, name, *(f"{key}={value}" for key, value in told.items()), flush=True)
    return decision


def main():
    # The hospital offers slots.
    now = datetime.now(timezone.utc)
    opened = hospital.send("SlotsOpened", org_id=hospital.org_id, session_id=f"python-{uuid.uuid4()}", revision=1,
                           specialty="03.04", need="OUTPATIENT", starts_at=now + timedelta(hours=1),
                           ends_at=now + timedelta(hours=5), capacity=4)
    show(hospital, *hospital.answer_to(opened))

    # The health centre refers a patient.
    requested = centre.send("ReferralRequested", referral_id=f"{centre.org_id}-{uuid.uuid4()}",
                            patient={"patient_id": uuid.uuid4().hex, "sex": "FEMALE", "birth_year": 1957},
                            from_org_id=centre.org_id, direction="UP", urgency="ROUTINE", specialty="03.04",
                            diagnosis="I20.0", need="OUTPATIENT", preferred_org_id=hospital.org_id)
    print("referral", requested["referral_id"])
    name, routed = centre.answer_to(requested)
    show(centre, name, routed)
    if name != "ReferralRouted":
        raise SystemExit("it waits, or was refused: see the line above")

    # The hospital is asked, sees the patient, and says so.
    _, asked = next((name, each) for name, each in hospital.decisions()
                    if name == "ReferralRouted" and each["referral_id"] == requested["referral_id"])
    about = {"referral_id": asked["referral_id"], "org_id": hospital.org_id}
    for step in ("ReferralAccepted", "PatientArrived"):
        show(hospital, *hospital.answer_to(hospital.send(step, **about)))
    completed = hospital.send("ReferralCompleted", **about, outcome="TREATED", summary="no ischaemia")

    # The health centre hears how it ended.
    show(centre, *next((name, each) for name, each in centre.decisions()
                       if name == "ReferralClosed" and each["referral_id"] == requested["referral_id"]))

    # The same event again: no second effect, the present state as the answer.
    hospital.answer_to(completed)
    hospital.send_again("ReferralCompleted", completed)
    show(hospital, *hospital.answer_to(completed))

    # What is wrong is refused, with what to do about it.
    show(centre, *centre.answer_to(centre.send("ReferralCancelled", referral_id=requested["referral_id"],
                                               org_id=centre.org_id, reason="too late")))


if __name__ == "__main__":
    try:
        main()
    finally:
        centre.close()
        hospital.close()
