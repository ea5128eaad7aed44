"""W3C Trace Context from whoever sends an event to each decision, and the spans that a foreign receiver is told."""

import json
import re

import pytest

from avro import SCHEMAS
from client import now_ms
from gateway import Site
from spans import Receiver
from waiting import wait_until

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = f"00-{TRACE}-{SPAN}-01"
SERVER, PRODUCER, CONSUMER, INTERNAL, FAILED = 2, 4, 5, 1, 2


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


def parsed(header):
    return re.fullmatch(r"00-([0-9a-f]{32})-([0-9a-f]{16})-(0[01])", header.decode()).groups()


def request(hub, referral_id, headers):
    """A foreign client's referral with headers of its own."""
    county = hub.county
    event = {"event_id": f"e-{referral_id}", "occurred_at": now_ms(), "county_id": county.id,
             "consortium_id": county.consortium, "source_org_id": county.centres[0], "referral_id": referral_id,
             "patient": {"patient_id": f"p-{referral_id}", "sex": "FEMALE", "birth_year": 1960},
             "from_org_id": county.centres[0], "direction": "UP", "urgency": "ROUTINE", "condition": "NONE",
             "specialty": "03.04", "diagnosis": "I20", "need": "OUTPATIENT"}
    hub.publisher.raw(SCHEMAS.encode("ReferralRequested", event), county.id, headers=headers)
    return event


def test_each_decision_is_in_the_trace_of_its_event(make_hub, receiver):
    hub = make_hub(trace__otlp_endpoint=receiver.begin().address)
    hub.router.start()
    decisions = hub.subscribe("referral.decisions")
    hub.publisher.opened(hub.county, hub.county.lead, "s1", 5)
    event = request(hub, "r1", [("traceparent", PARENT.encode()), ("tracestate", b"his=1")])
    answer = decisions.answer_to(event)
    place = answer.value["decided_from"]
    whole = [each for each in decisions.read_all() if (each.value["decided_from"] or {}).get("offset") == place["offset"]
             and each.value["decided_from"]["partition"] == place["partition"]]
    assert len(whole) == place["count"] >= 1
    trace_id, span_id, flags = parsed(answer.headers["traceparent"])
    assert (trace_id, flags) == (TRACE, "01") and span_id != SPAN
    assert {each.headers["traceparent"] for each in whole} == {answer.headers["traceparent"]}
    assert {each.headers["tracestate"] for each in whole} == {b"his=1"}

    shown = hub.hubctl.run("tail", "referral.decisions", "--from", "beginning", "--trace", TRACE, "--json").stdout.splitlines()
    assert len(shown) == len(whole) and all(json.loads(line)["trace_id"] == TRACE for line in shown)
    assert f"trace {TRACE}" in hub.hubctl.run("explain", "r1", "--traces").stdout

    span = receiver.wait_for("the deciding", lambda each: each.span_id == span_id)
    assert (span.trace_id, span.parent_id, span.kind) == (TRACE, SPAN, CONSUMER)
    assert span.name == f"process {hub.prefix}referral.events"
    assert span.attributes == {
        "messaging.system": "kafka", "messaging.operation.type": "process", "messaging.operation.name": "process",
        "messaging.destination.name": hub.prefix + "referral.events",
        "messaging.destination.partition.id": str(place["partition"]),
        "messaging.consumer.group.name": hub.prefix + "referral-router",
        "messaging.kafka.offset": place["offset"], "hub.record": "ReferralRequested", "hub.decisions": place["count"]}
    assert span.resource["service.name"] == "referral-router"
    assert set(span.resource) == {"service.name", "service.version", "service.instance.id"}
    assert 0 <= span.ended_ns - span.began_ns < 60e9 and abs(span.ended_ns / 1e6 - now_ms()) < 60_000


def test_the_flag_and_the_share_say_what_becomes_a_span(make_hub, receiver):
    hub = make_hub(trace__otlp_endpoint=receiver.begin().address, trace__percent=0)
    hub.router.start()
    decisions = hub.subscribe("referral.decisions")
    opened = hub.publisher.opened(hub.county, hub.county.lead, "s1", 5)  # no trace: 0 of 100
    quiet = request(hub, "r1", [("traceparent", PARENT[:-1].encode() + b"0")])
    assert parsed(decisions.answer_to(opened).headers["traceparent"])[2] == "00"
    assert parsed(decisions.answer_to(quiet).headers["traceparent"])[::2] == (TRACE, "00")
    loud = decisions.answer_to(request(hub, "r2", [("traceparent", PARENT.encode())]))
    receiver.wait_for("the sampled one", lambda each: each.span_id == parsed(loud.headers["traceparent"])[1])
    assert len(receiver.spans) == 1


def test_a_dead_letter_is_in_the_trace_and_its_span_has_failed(make_hub, receiver):
    hub = make_hub(trace__otlp_endpoint=receiver.begin().address, log__format="json")
    hub.router.start()
    letters = hub.subscribe("referral-router.dead-letters", decode=False)
    hub.publisher.raw(b"rubbish", hub.county.id, headers=[("traceparent", PARENT.encode())])
    letter = letters.wait_for("the letter", lambda _: True)
    assert letter.headers["traceparent"] == PARENT.encode()
    trace_id, span_id, _ = parsed(letter.headers["hub_dlq_traceparent"])
    assert trace_id == TRACE
    span = receiver.wait_for("its refusal", lambda each: each.span_id == span_id)
    assert (span.parent_id, span.status, span.attributes["error.type"]) == (SPAN, FAILED, "UNDECODABLE")
    wait_until("the log's line", lambda: f'"code":"DEAD_LETTER","topic":"{hub.prefix}referral.events"' in hub.router.log()
               and f'"trace_id":"{TRACE}"' in hub.router.log())


def test_without_a_receiver_the_router_decides_all_the_same(make_hub, receiver):
    """It is away, then it is there: spans that found room come late, nothing else was late."""
    hub = make_hub(trace__otlp_endpoint=receiver.address)
    hub.router.start()
    decisions = hub.subscribe("referral.decisions")
    answer = decisions.answer_to(hub.publisher.opened(hub.county, hub.county.lead, "s1", 5))
    wait_until("a line in the log", lambda: "code=SPANS_NOT_TAKEN" in hub.router.log())
    assert hub.router.get("/readyz")[0] == 200
    receiver.begin()
    receiver.wait_for("the late span", lambda each: each.span_id == parsed(answer.headers["traceparent"])[1])
    wait_until("a count", lambda: hub.router.metric("hub_spans_total") >= 1)
    assert hub.router.log().count("code=SPANS_NOT_TAKEN") == 1


def test_from_a_request_through_the_gateway_to_the_decision(tmp_path, broker, redis, receiver):
    endpoint = receiver.begin().address
    site = Site(tmp_path, broker, redis, counties=1, trace__otlp_endpoint=endpoint)
    site.router.settings["trace.otlp_endpoint"] = endpoint
    try:
        site.start()
        walk_through(site, receiver)
    finally:
        site.close()


def walk_through(site, receiver):
    lead, decisions, events = site.gateway.sign_in("lead"), site.subscribe("referral.decisions"), site.subscribe("referral.events")
    site.publisher.opened(site.county, site.county.lead, "s1", 5)
    site.publisher.requested(site.county, site.county.centres[0], "r1")
    wait_until("r1 at the desk", lambda: lead.get("/referrals/r1").status == 200)
    sent = lead.post("/referrals/r1/events", {"type": "ReferralAccepted"}, Idempotency_Key="k1", traceparent=PARENT, tracestate="a=1")
    assert sent.status == 202, sent.bytes
    event = events.wait_for("the event", lambda each: each.value["event_id"] == sent.body["event_id"])
    decision = decisions.answer_to(event.value)
    assert event.headers["tracestate"] == decision.headers["tracestate"] == b"a=1"

    asked = receiver.wait_for("the request", lambda each: each.parent_id == SPAN)
    published = receiver.wait_for("the event's span", lambda each: each.span_id == parsed(event.headers["traceparent"])[1])
    decided = receiver.wait_for("the deciding", lambda each: each.span_id == parsed(decision.headers["traceparent"])[1])
    assert {each.trace_id for each in (asked, published, decided)} == {TRACE}
    assert (published.parent_id, decided.parent_id) == (asked.span_id, published.span_id)
    assert (asked.kind, published.kind, decided.kind) == (SERVER, PRODUCER, CONSUMER)
    assert asked.name == "POST /api/v1/referrals/{id}/events"
    assert (asked.attributes["http.response.status_code"], asked.attributes["http.request.method"]) == (202, "POST")
    assert published.attributes["messaging.kafka.offset"] == event.offset
    assert asked.resource["service.name"] == "dashboard-gateway"
    # Nothing of who it is about or who asked.
    assert "r1" not in str([asked.name, asked.attributes, published.attributes])
