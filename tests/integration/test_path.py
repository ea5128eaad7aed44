"""The whole path: hubctl makes topics and loads a county; a hospital publishes; the router decides; Redis shows it."""

import json
import subprocess

from checker import check_everything
from services import BUILD
from waiting import wait_until


def test_topics_are_as_in_the_catalogue(make_hub):
    hub = make_hub()
    listed = hub.broker.admin.list_topics(timeout=10).topics
    for name in ("referral.events", "referral.decisions", "referral-router.state"):
        assert len(listed[hub.prefix + name].partitions) == 16
    assert len(listed[hub.prefix + "registry"].partitions) == 1
    hub.hubctl.run("topics", "check")


def test_a_second_load_changes_nothing(make_hub):
    hub = make_hub()
    again = hub.hubctl.run("registry", "load", hub.folder / "registry.json")
    assert "nothing to load" in again.stdout


def test_a_referral_is_routed_and_followed_to_its_end(make_hub):
    hub = make_hub()
    hub.router.start()
    county, say, decisions = hub.county, hub.publisher, hub.subscribe("referral.decisions")

    opened = say.opened(county, county.lead, "s1", 2)
    session = decisions.answer_to(opened)
    assert session.name == "SessionChanged"
    assert (session.value["capacity"], session.value["open"]) == (2, 2)

    requested = say.requested(county, county.centres[0], "r1")
    routed = decisions.answer_to(requested)
    assert routed.name == "ReferralRouted"
    assert routed.key == county.id
    assert routed.value["to_org_id"] == county.lead
    assert routed.value["session_id"] == "s1"
    assert routed.value["path"] == "OWN_LEAD"
    assert set(routed.value["party_org_ids"]) >= {county.lead, county.centres[0]}
    assert routed.headers["ce_type"] == b"hub.referral.ReferralRouted"

    for name in ("ReferralAccepted", "PatientArrived"):
        progressed = decisions.answer_to(say.says(name, county, county.lead, "r1"))
        assert progressed.name == "ReferralProgressed"
    completed = say.says("ReferralCompleted", county, county.lead, "r1", outcome="TREATED")
    closed = decisions.answer_to(completed)
    assert closed.name == "ReferralClosed"
    assert closed.value["final_state"] == "COMPLETED"
    check_everything(hub)


def test_green_channel_takes_no_slot(make_hub):
    hub = make_hub()
    hub.router.start()
    county, say, decisions = hub.county, hub.publisher, hub.subscribe("referral.decisions")
    requested = say.requested(county, county.centres[0], "g1", urgency="EMERGENCY", condition="CHEST_PAIN")
    routed = decisions.answer_to(requested)
    assert (routed.name, routed.value["path"]) == ("ReferralRouted", "GREEN_CHANNEL")
    assert routed.value["session_id"] is None


def test_a_full_session_makes_wait_and_a_freed_slot_goes_to_the_head(make_hub):
    hub = make_hub()
    hub.router.start()
    county, say, decisions = hub.county, hub.publisher, hub.subscribe("referral.decisions")
    say.opened(county, county.lead, "s1", 1)
    say.opened(county, county.member, "s2", 1)
    for n in (1, 2):
        assert decisions.answer_to(say.requested(county, county.centres[0], f"r{n}")).name == "ReferralRouted"
    waits = [decisions.answer_to(say.requested(county, county.centres[1], f"w{n}")) for n in (1, 2)]
    assert [each.name for each in waits] == ["ReferralWaitlisted"] * 2
    assert [each.value["position"] for each in waits] == [1, 2]
    say.says("ReferralCancelled", county, county.centres[0], "r1", reason="")
    routed = decisions.wait_for("w1 routed", lambda each: each.name == "ReferralRouted"
                                and each.value["referral_id"] == "w1")
    assert routed.value["session_id"] == "s1"
    check_everything(hub)


def test_a_repeat_is_answered_by_the_present_state(make_hub):
    hub = make_hub()
    hub.router.start()
    county, say, decisions = hub.county, hub.publisher, hub.subscribe("referral.decisions")
    say.opened(county, county.lead, "s1", 5)
    requested = say.requested(county, county.centres[0], "r1")
    decisions.answer_to(requested)
    say.again("ReferralRequested", requested)
    repeat = decisions.wait_for("an answer to the repeat", lambda each: each.value["repeat_of"])
    assert (repeat.name, repeat.value["repeat_of"]) == ("ReferralProgressed", requested["event_id"])
    check_everything(hub)


def test_term_ends_the_router_in_time_and_nothing_is_lost(make_hub):
    hub = make_hub(counties=4)
    hub.router.start()
    decisions = hub.subscribe("referral.decisions")
    for county in hub.counties:
        hub.publisher.opened(county, county.lead, "s1", 400)
    sent = []
    for n in range(800):
        county = hub.counties[n % 4]
        sent.append(hub.publisher.requested(county, county.centres[n % 3], f"r{n}"))
        if n == 400:
            assert hub.router.stop(timeout=5) == 0
            hub.router.start(ready=False)
    hub.publisher.flush()
    for event in sent:
        decisions.answer_to(event)
    check_everything(hub)


def test_redis_can_be_read_by_hand(make_hub):
    hub = make_hub()
    hub.router.start()
    county, say, decisions = hub.county, hub.publisher, hub.subscribe("referral.decisions")
    decisions.answer_to(say.opened(county, county.lead, "s1", 1))
    decisions.answer_to(say.requested(county, county.centres[0], "r1"))

    def pending():
        keys = hub.redis.client.keys("{referral-router.*}:referral:r1")
        return keys and hub.redis.client.hgetall(keys[0])

    shown = wait_until("r1 in Redis", pending)
    assert (shown["state"], shown["to_org_id"], shown["session_id"]) == ("ROUTED", county.lead, "s1")


def test_check_names_file_line_and_what_was_expected(make_hub, tmp_path):
    bad = tmp_path / "bad.conf"
    bad.write_text("clock = wall\nbatch.events = many\n")
    program = BUILD / "services" / "referral-router" / "hub-referral-router"
    done = subprocess.run([program, "--check", "--config", bad], capture_output=True, text=True, timeout=20)
    assert done.returncode not in (0, 75)
    assert "bad.conf:2" in done.stdout + done.stderr


def test_events_can_be_sent_and_shown_by_hubctl(make_hub):
    hub = make_hub()
    hub.router.start()
    county = hub.county
    line = {"record": "ReferralRequested", "event_id": "h1", "occurred_at": "2026-02-09T08:30:00+08:00",
            "county_id": county.id, "consortium_id": county.consortium, "source_org_id": county.centres[0],
            "referral_id": "r1", "patient": {"patient_id": "p1", "sex": "MALE", "birth_year": 1950},
            "from_org_id": county.centres[0], "direction": "UP", "urgency": "URGENT", "specialty": "04.03",
            "diagnosis": "M17", "need": "OUTPATIENT"}
    hub.hubctl.run("send", input=json.dumps(line) + "\n")
    decisions = hub.subscribe("referral.decisions")
    decisions.answer_to(line)
    shown = hub.hubctl.run("tail", "referral.decisions", "--from", "beginning", "--json").stdout.splitlines()
    assert json.loads(shown[0])["value"]["answers"]["event_id"] == "h1"


def test_a_slot_of_another_county_is_asked_for_held_and_used(make_hub):
    hub = make_hub(counties=2)
    hub.router.start()
    home, there = hub.counties
    say, decisions = hub.publisher, hub.subscribe("referral.decisions")
    for org, session in ((home.lead, "s1"), (home.member, "s2")):
        assert decisions.answer_to(say.opened(home, org, session, 0)).name == "SessionChanged"
    assert decisions.answer_to(say.opened(there, there.member, "s3", 0)).name == "SessionChanged"
    assert decisions.answer_to(say.opened(there, there.lead, "s4", 1)).name == "SessionChanged"

    asked = decisions.answer_to(say.requested(home, home.centres[0], "x1", out_of_county_authorised=True))
    assert (asked.name, asked.value["state"]) == ("ReferralProgressed", "ASKING_COUNTY")
    routed = decisions.wait_for("x1 routed", lambda each: each.name == "ReferralRouted"
                                and each.value["referral_id"] == "x1")
    assert (routed.value["to_org_id"], routed.value["session_id"]) == (there.lead, "s4")
    assert routed.key == home.id
    # The hospital's events carry the county that owns the referral.
    arrived = decisions.answer_to(say.says("PatientArrived", home, there.lead, "x1"))
    assert arrived.value["state"] == "ARRIVED"

    # All full: it waits on the list there, and gets what is opened.
    waits = decisions.answer_to(say.requested(home, home.centres[1], "x2", out_of_county_authorised=True))
    assert waits.value["state"] == "ASKING_COUNTY"
    decisions.wait_for("x2 waits", lambda each: each.name == "ReferralWaitlisted" and each.value["referral_id"] == "x2")
    shown = hub.hubctl.run("slots", there.lead).stdout
    assert "Waiting for 03.04 OUTPATIENT" in shown and "x2/" in shown, shown
    say.opened(there, there.lead, "s5", 1)
    decisions.wait_for("x2 routed", lambda each: each.name == "ReferralRouted" and each.value["referral_id"] == "x2")
    check_everything(hub)
    shown = hub.hubctl.run("slots", there.lead).stdout
    assert "Held for other counties: 1" in shown and home.id in shown, shown
    hub.hubctl.run("whatif")
    told = hub.hubctl.run("explain", "x2").stdout
    for words in (f"asks county {there.id}", "WAITLISTED", "HELD", "session s5"):
        assert words in told, told
