"""An event that crashes the router is found and set aside, and its partition goes on (I-6); a timer that does stops its
partition. The router is the product's daemon with rules that crash when asked (crashing_router.c)."""

import signal

import pytest

from avro import SCHEMAS
from checker import check_everything
from client import now_ms
from services import BUILD
from waiting import wait_until

FAULT = BUILD / "tests" / "fault" / "crashing-router"
CRASHES = {-signal.SIGSEGV, -signal.SIGABRT}
SETTINGS = {"kafka.session.timeout.ms": 6000}  # the group waits so long for a member that crashed


@pytest.fixture
def hub(make_hub):
    hub = make_hub(counties=1, **SETTINGS)
    hub.router.program = FAULT
    hub.decisions = hub.subscribe("referral.decisions")
    hub.dead = hub.subscribe("referral-router.dead-letters", decode=False)
    return hub


def poison(hub, how, referral_id="r-poison"):
    """A request that crashes; its bytes."""
    county = hub.county
    value = SCHEMAS.encode("ReferralRequested", {
        "event_id": f"x-{referral_id}", "occurred_at": now_ms(), "county_id": county.id,
        "consortium_id": county.consortium, "source_org_id": county.centres[0], "referral_id": referral_id,
        "patient": {"patient_id": "p", "sex": "MALE", "birth_year": 1950}, "from_org_id": county.centres[0],
        "direction": "UP", "urgency": "ROUTINE", "condition": "NONE", "specialty": "03.04", "diagnosis": "I20",
        "need": "OUTPATIENT", "reason": how})
    hub.publisher.raw(value, county.id)
    return value


def restart_until(hub, done):
    """What a supervisor does: a router that crashed is started again, until done() is true. The number of crashes."""
    router, crashes = hub.router, 0

    def step():
        nonlocal crashes
        if not router.alive():
            assert router.process.returncode in CRASHES, router.log()[-2000:]
            crashes += 1
            router.start(ready=False)
        return done()

    wait_until("an end of the crashes", step, 90)
    return crashes


def found(hub, value):
    hub.dead.poll()
    return next((each for each in hub.dead.records if each.bytes == value), None)


def test_the_event_that_crashes_twice_is_a_dead_letter(hub):
    county = hub.county
    hub.router.start()
    opened = hub.publisher.opened(county, county.lead, "s1", 100)
    before = [hub.publisher.requested(county, county.centres[0], f"b{n}") for n in range(20)]
    value = poison(hub, "overflow")
    after = [hub.publisher.requested(county, county.centres[0], f"a{n}") for n in range(20)]
    assert restart_until(hub, lambda: found(hub, value)) == 2
    letter = found(hub, value)
    assert letter.headers["hub_dlq_reason"] == b"CRASHED"
    assert letter.headers["hub_dlq_topic"].decode() == hub.publisher.topic
    for event in before + after:
        assert hub.decisions.answer_to(event).name == "ReferralRouted"
    assert hub.decisions.answer_to(opened)
    hub.router.wait_ready()
    log = hub.router.log()
    assert log.count("code=CRASHED") == 2 and log.count("level=error daemon=referral-router code=POISON") == 1
    assert hub.router.metric("hub_dead_letters_total") == 1
    assert "1 CRASHED" in hub.hubctl.run("dlq", "list", check=False).stdout
    check_everything(hub)
    assert hub.router.stop() == 0


def test_crashes_of_two_instances_come_to_an_end(hub):
    county = hub.county
    second = hub.another_router("second", **SETTINGS)
    second.program = FAULT
    hub.router.start()
    second.start()
    hub.publisher.opened(county, county.lead, "s1", 100)
    value = poison(hub, "abort")
    crashes = 0

    def done():
        nonlocal crashes
        if not second.alive():
            assert second.process.returncode in CRASHES
            crashes += 1
            second.start(ready=False)
        return found(hub, value)

    crashes += restart_until(hub, done)
    assert 2 <= crashes <= 4
    after = hub.publisher.requested(county, county.centres[0], "after")
    assert hub.decisions.answer_to(after).name == "ReferralRouted"
    check_everything(hub)


def test_a_timer_that_crashes_twice_stops_its_partition_and_says_so(hub):
    county = hub.county
    hub.router.start()
    hub.decisions.answer_to(
        hub.publisher.opened(county, county.lead, "crash-1", 5, starts_in_s=2, ends_at=now_ms() + 3000))
    assert restart_until(hub, lambda: "code=STOPPED_PARTITION" in hub.router.log()) == 2
    status, text = hub.router.get("/readyz")
    assert status == 503 and "crashed the process" in text and "crash-1" in text
    assert hub.router.stop() == 0
