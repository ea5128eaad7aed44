"""Input that is broken, misplaced or not allowed gets what is promised (I-6), and the partition goes on."""

import random

import pytest

from avro import SCHEMAS
from checker import check_everything
from client import Publisher, now_ms


@pytest.fixture
def hub(make_hub):
    hub = make_hub(counties=1)
    hub.router.start()
    hub.decisions = hub.subscribe("referral.decisions")
    hub.dead = hub.subscribe("referral-router.dead-letters", decode=False)
    hub.decisions.answer_to(hub.publisher.opened(hub.county, hub.county.lead, "s1", 100))
    yield hub
    # The partition goes on, and nothing of the above left a trace in the state.
    after = hub.publisher.requested(hub.county, hub.county.centres[0], "after")
    assert hub.decisions.answer_to(after).name == "ReferralRouted"
    check_everything(hub)


def dead_letter(hub, value):
    found = hub.dead.wait_for("the dead letter", lambda each: each.bytes == value)
    assert found.headers["hub_dlq_daemon"] == b"referral-router"
    return found.headers["hub_dlq_reason"].decode()


def refusal(hub, event):
    answer = hub.decisions.answer_to(event)
    assert answer.name == "ReferralEventRefused"
    assert answer.value["refused_event_id"] == event["event_id"]
    return answer.value["reason_code"]


def request(hub, referral_id="r1", **fields):
    """A request as bytes, never sent."""
    county = hub.county
    return {"event_id": f"x-{referral_id}", "occurred_at": now_ms(), "county_id": county.id,
            "consortium_id": county.consortium, "source_org_id": county.centres[0], "referral_id": referral_id,
            "patient": {"patient_id": "p", "sex": "MALE", "birth_year": 1950}, "from_org_id": county.centres[0],
            "direction": "UP", "urgency": "ROUTINE", "condition": "NONE", "specialty": "03.04", "diagnosis": "I20",
            "need": "OUTPATIENT", **fields}


def test_random_bytes(hub):
    chance = random.Random(7)
    for n in range(20):
        value = chance.randbytes(chance.randint(1, 400))
        hub.publisher.raw(value, hub.county.id)
        assert dead_letter(hub, value) in ("UNDECODABLE", "UNKNOWN_SCHEMA")


def test_bytes_that_begin_well(hub):
    whole = SCHEMAS.encode("ReferralRequested", request(hub))
    for value in (whole[:-3], whole + b"x", whole[:12] + b"\xff\xff\xff\xff\x0f" + whole[12:]):
        hub.publisher.raw(value, hub.county.id)
        assert dead_letter(hub, value) == "UNDECODABLE"


def test_no_value(hub):
    hub.publisher.raw(None, hub.county.id)
    found = hub.dead.wait_for("the dead letter", lambda each: each.bytes is None)
    assert found.headers["hub_dlq_reason"] in (b"UNDECODABLE", b"RULE")


def test_a_schema_of_the_future(hub):
    whole = bytearray(SCHEMAS.encode("ReferralRequested", request(hub)))
    whole[2:10] = b"tomorrow"
    hub.publisher.raw(bytes(whole), hub.county.id)
    assert dead_letter(hub, bytes(whole)) == "UNKNOWN_SCHEMA"


def test_an_unknown_symbol_that_steers(hub):
    value = SCHEMAS.encode("ReferralRequested", request(hub, urgency="UNKNOWN"))
    hub.publisher.raw(value, hub.county.id)
    assert dead_letter(hub, value) == "RULE"


def test_a_field_at_and_over_its_limit(hub):
    limit = 4000  # of Referral.reason
    at = request(hub, "at", reason="x" * limit)
    hub.publisher.again("ReferralRequested", at)
    assert hub.decisions.answer_to(at).name == "ReferralRouted"
    over = SCHEMAS.encode("ReferralRequested", request(hub, "over", reason="x" * (limit + 1)))
    hub.publisher.raw(over, hub.county.id)
    assert dead_letter(hub, over) in ("RULE", "UNDECODABLE")


def test_a_record_at_and_over_the_size_limit(hub):
    value = bytes(1048576 - 200)
    hub.publisher.raw(value, hub.county.id)
    assert dead_letter(hub, value) == "UNDECODABLE"
    hub.publisher.raw(bytes(1048576 + 1), hub.county.id)
    hub.publisher.producer.flush(20)
    assert [error.name() for error in hub.publisher.failed] == ["MSG_SIZE_TOO_LARGE"]
    hub.publisher.failed.clear()


def roomy(hub):
    """Its limit is over the broker's, which is for the compressed batch."""
    return Publisher(hub.broker, hub.prefix, settings={"message.max.bytes": 20 << 20, "compression.type": "lz4"})


@pytest.mark.parametrize("value, headers", [(bytes(5 << 20), []), (b"x", [("h", b"y" * 20)] * 90000)], ids=["value", "headers"])
def test_a_record_that_only_compressed_is_within_the_size_limit(hub, value, headers):
    publisher = roomy(hub)
    publisher.raw(value, hub.county.id, headers=headers)
    publisher.flush()
    found = hub.dead.wait_for("the dead letter", lambda each: each.headers["hub_dlq_reason"] == b"TOO_LARGE")
    assert found.bytes is None and found.key == hub.county.id and "h" not in found.headers
    size = len(hub.county.id) + len(value) + sum(2 + len(name) + len(text) for name, text in headers)
    assert int(found.headers["hub_dlq_left_out"]) == size and str(size) in found.headers["hub_dlq_detail"].decode()
    hub.hubctl.run("audit")
    place = f"{found.partition}:{found.offset}"
    assert "left out, with its headers" in hub.hubctl.run("dlq", "show", place).stdout
    refused = hub.hubctl.run("dlq", "replay", place, "--yes", "--force", check=False)
    assert refused.returncode and "is not kept" in refused.stderr


def test_more_headers_than_can_be_read(hub):
    publisher = roomy(hub)
    value = SCHEMAS.encode("ReferralRequested", request(hub))
    publisher.raw(value, hub.county.id, headers=[("h", b"")] * 100001)
    publisher.flush()
    assert dead_letter(hub, value) == "UNDECODABLE"


def test_a_wrong_key(hub):
    value = SCHEMAS.encode("ReferralRequested", request(hub))
    hub.publisher.raw(value, "999999")
    assert dead_letter(hub, value) == "WRONG_KEY"


def test_an_event_that_is_nobodys(hub):
    for field in ("event_id", "source_org_id"):
        value = SCHEMAS.encode("ReferralRequested", request(hub, **{field: ""}))
        hub.publisher.raw(value, hub.county.id)
        assert dead_letter(hub, value) == "RULE"


def test_a_wrong_partition(hub):
    right = hub.decisions.records[0].partition
    value = SCHEMAS.encode("ReferralRequested", request(hub))
    hub.publisher.raw(value, hub.county.id, partition=(right + 1) % 16)
    assert dead_letter(hub, value) == "WRONG_PARTITION"


def test_a_header_that_contradicts(hub):
    value = SCHEMAS.encode("ReferralRequested", request(hub))
    hub.publisher.raw(value, hub.county.id, headers={"ce_type": b"hub.referral.ReferralRejected"})
    assert dead_letter(hub, value) == "RULE"


def test_an_unknown_consortium(hub):
    event = request(hub, consortium_id="C-none")
    hub.publisher.again("ReferralRequested", event)
    assert refusal(hub, event) == "UNKNOWN_CONSORTIUM"


def test_an_unknown_organisation(hub):
    event = request(hub, source_org_id="nobody", from_org_id="nobody")
    hub.publisher.again("ReferralRequested", event)
    assert refusal(hub, event) == "UNKNOWN_ORGANISATION"


def test_an_organisation_that_has_no_say(hub):
    county = hub.county
    hub.decisions.answer_to(hub.publisher.requested(county, county.centres[0], "r1"))
    assert refusal(hub, hub.publisher.says("ReferralAccepted", county, county.member, "r1")) == "NOT_YOURS"
    other = hub.publisher.says("ReferralCancelled", county, county.centres[1], "r1", reason="")
    assert refusal(hub, other) == "NOT_YOURS"


def test_a_clock_an_hour_ahead(hub):
    event = request(hub, occurred_at=now_ms() + 3600 * 1000)
    hub.publisher.again("ReferralRequested", event)
    assert refusal(hub, event) == "CLOCK_SKEW"
