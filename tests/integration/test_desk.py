"""A referral desk at the terminal: what waits, what may be said, and the hub's answer to what was said."""

from test_hubctl import ATTENTION, DONE, NOT_FOUND, REFUSED, UNREACHABLE, USAGE, columns, hubctl, hubctl_json
from waiting import wait_until


def busy_hub(make_hub):
    """Three referrals at the lead hospital."""
    hub = make_hub()
    hub.router.start()
    hub.publisher.opened(hub.county, hub.county.lead, "s1", 3)
    for i, urgency in enumerate(("ROUTINE", "EMERGENCY", "URGENT")):
        hub.publisher.requested(hub.county, hub.county.centres[i], f"r{i}", urgency)
    hub.publisher.flush()
    wait_until("the referrals", lambda: worklist(hub, hub.county.lead)["waiting"] == 3)
    return hub


def worklist(hub, org_id, **options):
    return hubctl_json(hub, "worklist", org_id, **options)


def test_a_worklist_names_what_is_due_first_and_what_may_be_sent(make_hub):
    hub = busy_hub(make_hub)
    told = worklist(hub, hub.county.lead)
    assert [each["referral_id"] for each in told["referrals"]] == ["r1", "r2", "r0"]
    first = told["referrals"][0]
    assert (first["state"], first["due"], first["from_org_id"]) == ("ROUTED", "answer", hub.county.centres[1])
    assert {"ReferralAccepted", "ReferralRejected"} <= set(first["may_send"])
    assert told["overdue"] == 0 and len(worklist(hub, hub.county.member)["referrals"]) == 0
    allowed = hubctl_json(hub, "allowed", "r0", hub.county.centres[0])
    assert "ReferralCancelled" in allowed["may_send"] and "ReferralAccepted" not in allowed["may_send"]
    assert worklist(hub, hub.county.centres[0])["waiting"] == 0  # it may cancel, but nothing waits for it

    text = hubctl(hub, "worklist", hub.county.lead, "--county", hub.county.id).stdout
    assert "3 referrals for" in text and all(columns(each) <= 80 for each in text.splitlines())
    assert "ReferralAccepted" in hubctl(hub, "allowed", "r0", hub.county.lead).stdout
    hubctl(hub, "worklist", "nobody", status=NOT_FOUND)
    hubctl(hub, "allowed", "r-nobody", hub.county.lead, status=NOT_FOUND)


def test_what_is_said_is_answered(make_hub):
    hub = busy_hub(make_hub)
    lead, county = hub.county.lead, hub.county
    accepted = hubctl_json(hub, "accept", "r0", lead, "--event-id", "mine")
    assert accepted["event_id"] == "mine" and not accepted["refused"]
    assert accepted["answer"]["record"] == "ReferralProgressed" and accepted["answer"]["value"]["state"] == "ACCEPTED"
    (event,) = [each for each in hub.subscribe("referral.events").read_all() if each.name == "ReferralAccepted"]
    assert event.key == county.id and event.value["source_org_id"] == event.value["org_id"] == lead
    again = hubctl_json(hub, "accept", "r0", lead, "--event-id", "mine")
    assert not again["refused"] and again["answer"]["value"]["repeat_of"] == "mine"

    refused = hubctl(hub, "accept", "r1", county.member, status=REFUSED)
    assert "NOT_YOURS: this organisation has no say" in " ".join(refused.stdout.split())
    assert f"hubctl allowed r1 {county.member}" in refused.stdout
    taken = hubctl(hub, "accept", "r0", lead, "--event-id", "mine").stdout
    assert "now ACCEPTED" in taken and "had no second effect" in " ".join(taken.split())
    assert all(columns(each) <= 80 for each in (refused.stdout + taken).splitlines())
    for words in (("claim", "r1", county.member), ("authorise", "r1", county.member)):
        told = hubctl_json(hub, *words, status=REFUSED)
        assert told["refused"] and told["answer"]["record"] == "ReferralEventRefused"
    assert hubctl_json(hub, "authorise", "r1", county.control)["answer"]["record"] == "ReferralProgressed"

    hubctl(hub, "reject", "r1", lead, status=USAGE)
    full = ("--reason-code", "NO_CAPACITY", "--reason", "full")
    rejected = hubctl_json(hub, "reject", "r1", lead, *full)
    assert rejected["answer"]["value"]["said"]["text"] != "full"  # free text is left out, as everywhere
    assert not rejected["refused"] and rejected["answer"]["record"] in ("ReferralRouted", "ReferralWaitlisted")
    assert {each["referral_id"]: each["state"] for each in worklist(hub, lead)["referrals"]} \
        == {"r0": "ACCEPTED", "r2": "ROUTED"}
    rejected = hubctl_json(hub, "reject", "r2", lead, *full, "--show-personal")
    assert rejected["answer"]["value"]["said"]["text"] == "full"

    hub.router.stop()
    done = hubctl(hub, "accept", "r2", lead, "--timeout", "2000", status=UNREACHABLE)
    assert "no answer came" in done.stderr and "--event-id" in done.stderr


def test_dead_letters_go_back_as_they_were(make_hub):
    hub = make_hub()
    hub.router.start()
    hub.publisher.raw(b"\x00nonsense\xff", hub.county.id, headers=[("ce_type", b"odd"), ("mine", b"\x01")])
    hub.publisher.flush()
    letters = hub.subscribe("referral-router.dead-letters", decode=False)
    (letter,) = wait_until("the dead letter", lambda: letters.drain(0.2))
    place = f"{letter.partition}:{letter.offset}"

    shown = hubctl_json(hub, "dlq", "replay", place, status=ATTENTION)
    assert shown["sent"] == 0 and shown["letters"][0]["reason"] == "UNDECODABLE"
    events = hub.subscribe("referral.events", decode=False)
    assert len(events.read_all()) == 1
    assert hubctl_json(hub, "dlq", "replay", place, "--yes", status=DONE)["sent"] == 1
    first, second = wait_until("the record", lambda: len(found := hub.subscribe("referral.events", decode=False)
                                                         .read_all()) == 2 and found)
    assert (second.key, second.bytes, second.partition) == (first.key, first.bytes, first.partition)
    marker = f"{hub.prefix}referral-router.dead-letters/{letter.partition}/{letter.offset}".encode()
    assert second.headers == {**first.headers, "hub_replayed_from": marker}

    (again,) = wait_until("the next dead letter", lambda: letters.drain(0.2))
    told = hubctl_json(hub, "dlq", "replay", f"{again.partition}:{again.offset}", "--yes")
    assert told["letters"][0]["topic"] == hub.prefix + "referral.events"
    (third,) = wait_until("the third", lambda: letters.drain(0.2))
    assert third.headers["hub_replayed_from"].endswith(f"/{again.offset}".encode())
    hubctl(hub, "dlq", "replay", "0:99", status=NOT_FOUND)
    hubctl(hub, "dlq", "replay", "3", status=USAGE)
    refuse_what_would_only_come_back(hub)


def refuse_what_would_only_come_back(hub):
    producer = hub.publisher.producer
    events = hub.prefix + "referral.events"
    for reasons, topics in ((["CRASHED"], [events]), (["RULE"], ["elsewhere"]), (["RULE"], [hub.prefix + "registry"]),
                            (["RULE", "CRASHED"], [hub.prefix + "registry", events])):  # the last is the router's own word
        producer.produce(hub.prefix + "referral-router.dead-letters", value=b"x", partition=5,
                         headers=[*(("hub_dlq_reason", each) for each in reasons), *(("hub_dlq_topic", each) for each in topics)])
    assert producer.flush(20) == 0
    assert "--force" in hubctl(hub, "dlq", "replay", "5:0", "--yes", status=REFUSED).stderr
    assert hubctl_json(hub, "dlq", "replay", "5:0", "--force", status=ATTENTION)["sent"] == 0
    for place in ("5:1", "5:2"):
        hubctl(hub, "dlq", "replay", place, "--force", "--yes", status=REFUSED)
    shown = hubctl_json(hub, "dlq", "replay", "5:3", "--force", status=ATTENTION)["letters"][0]
    assert (shown["reason"], shown["topic"]) == ("CRASHED", events)
