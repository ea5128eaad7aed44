"""hubctl whatif: what the real router decided, made again from its topics; and what another policy would have done."""

import csv
import io
import json

import pytest

from client import now_ms
from county import write_registry
from load import Load
from test_audit import settled
from test_hubctl import DONE, REFUSED, USAGE, columns, hubctl, hubctl_json
from waiting import wait_until

HOUR_MS = 3600 * 1000
DAY_MS = 24 * HOUR_MS
MORNING = 1767571200000  # 2026-01-05, a Monday, 08:00 in Shanghai


def load_registry(hub, **limits):
    """Another load: a registry version of its own."""
    path = write_registry(hub.folder / "again.json", hub.counties, **limits)
    hubctl(hub, "registry", "load", path)


def told_again(hub):
    """Everything is made again, or the first differences."""
    told = hubctl_json(hub, "whatif", status=DONE)
    assert told["different_steps"] == 0, told["differences"][:5]
    assert told["same"] == told["compared"] > 0 and told["unreadable"] == 0
    return told


@pytest.mark.parametrize("abroad, rounds", [(0, 8), (0.5, 8)])
def test_what_was_decided_by_the_wall_clock_is_made_again(make_hub, abroad, rounds):
    """Exactly, also where counties talk: heads tell how far each topic had been read. Sessions that end, portions, repeats,
    dead letters, a second load, a router that is killed: one recording."""
    hub = make_hub(counties=3)
    load_registry(hub, reroutes_per_event=2, reserved_share_outpatient=0.5)
    hub.router.start()
    load = Load(hub, 7)
    load.abroad = abroad
    load.start()
    try:
        for n in range(rounds):
            for county in hub.counties:
                load.publisher.opened(county, county.lead, f"short{n}", 4, starts_in_s=1, ends_at=now_ms() + 1500)
                load.publisher.raw(b"nonsense", county.id)
            wait_until("some load", lambda n=n: load.sent > 150 * n)
            if n == rounds // 2:
                load_registry(hub, reroutes_per_event=1, reserved_share_outpatient=0.0)
                hub.router.kill()
                hub.router.start()
    finally:
        load.stop()
    settled(hub)
    assert hub.router.stop() == 0  # timers go on
    decisions = hub.subscribe("referral.decisions").read_all()
    transfers = hub.subscribe("referral.transfers").read_all()
    told = told_again(hub)
    assert told["compared"] == len(decisions) + len(transfers) and bool(transfers) == bool(abroad)
    assert told["timers"] > 5 and len({each.value["registry_version"] for each in decisions}) >= 2
    assert told["happened"]["requested"] == len({each.value["referral_id"] for each in decisions
                                                if each.name in ("ReferralRouted", "ReferralWaitlisted", "ReferralUnplaced")})


def play_days(hub, days):
    """A hospital's days by the stream's clock: more patients than slots, some never answered, some never come."""
    county, events = hub.county, []

    def at(day, hour, name, source, **fields):
        events.append((MORNING + day * DAY_MS + hour * HOUR_MS, name, source, fields))

    for day in range(days):
        starts_at = MORNING + (day + 2) * DAY_MS
        for org_id, capacity in ((county.lead, 3), (county.member, 2)):
            at(day, 0, "SlotsOpened", org_id, org_id=org_id, session_id=f"s{day}", revision=1, specialty="03.04",
               need="OUTPATIENT", starts_at=starts_at, ends_at=starts_at + 4 * HOUR_MS, capacity=capacity)
        for n in range(6):
            referral_id, sender = f"d{day}-{n}", county.centres[n % 3]
            at(day, 1, "ReferralRequested", sender, referral_id=referral_id, from_org_id=sender, direction="UP",
               patient={"patient_id": f"p-{referral_id}", "sex": "FEMALE", "birth_year": 1960}, urgency="ROUTINE",
               condition="NONE", specialty="03.04", diagnosis="I20", need="OUTPATIENT")
            if n < 3:
                at(day, 2, "ReferralAccepted", county.lead, referral_id=referral_id, org_id=county.lead)
            if n < 2:
                at(day + 2, 1, "PatientArrived", county.lead, referral_id=referral_id, org_id=county.lead)
    for at_ms, name, source, fields in sorted(events, key=lambda each: each[0]):
        hub.publisher.send(name, county, source, occurred_at=at_ms, **fields)
    hub.publisher.flush()


def without_the_member(hub):
    """Reference data as an office would try it: the second hospital loses its specialties."""
    path = hub.folder / "other.json"
    organisation = hub.county.organisation(hub.county.member, "HOSPITAL", "COUNTY", ["07"])
    path.write_text(json.dumps({"defaults": {"valid_from": "2025-01-01"}, "Organisation": [organisation]}))
    return path


def test_another_policy_stands_beside_what_happened(make_hub):
    hub = make_hub(clock="stream")
    hub.router.start()
    play_days(hub, 10)
    settled(hub)
    told = told_again(hub)
    happened = told["happened"]
    assert told["timers"] > 20 and happened["expired"] > 0 and happened["sessions"] == 18
    assert happened["placed_by_OWN_MEMBER"] > 0 and happened["slots"] == 45

    same = hubctl_json(hub, "whatif", "--registry", hub.folder / "registry.json")
    assert same["changed_records"] == 0 and same["whatif"] == happened and same["compared"] == 0

    other = hubctl_json(hub, "whatif", "--registry", without_the_member(hub))
    assert other["changed_records"] == 1 and other["happened"] == happened
    assert "placed_by_OWN_MEMBER" not in other["whatif"] or other["whatif"]["placed_by_OWN_MEMBER"] == 0
    assert other["whatif"]["requested"] == 60
    assert other["whatif"]["placed_by_OWN_LEAD"] > happened["placed_by_OWN_LEAD"]

    later = hubctl_json(hub, "whatif", "--registry", without_the_member(hub), "--from", "2026-01-10")
    assert later["same"] == later["compared"] > 0 and later["different_steps"] == 0
    assert later["whatif"]["requested"] == later["happened"]["requested"] == 30

    rows = list(csv.reader(io.StringIO(hubctl(hub, "whatif", "--registry", without_the_member(hub), "--csv").stdout)))
    assert rows[0] == ["counted", "happened", "whatif"]
    assert {row[0]: int(row[2]) for row in rows[1:]} == other["whatif"]
    text = hubctl(hub, "whatif", "--registry", without_the_member(hub)).stdout
    assert "WHAT IF" in text and all(columns(each) <= 80 for each in text.splitlines())


def test_a_policy_that_breaks_a_rule_is_refused(make_hub):
    hub = make_hub()
    path = hub.folder / "wrong.json"
    path.write_text('{"Organisation": [{"org_id": 7}]}')
    assert "wrong.json:1" in hubctl(hub, "whatif", "--registry", path, status=REFUSED).stderr
    hubctl(hub, "whatif", "--from", "2026-01-02", "--to", "2026-01-01", status=USAGE)
