"""hubctl audit: a hub that did its work is in no doubt, also while it works; what a test tears, doubles or loses is named."""

import json
import threading

from confluent_kafka import Consumer, Producer, TopicPartition

from avro import SCHEMAS
from load import Load
from test_hubctl import ATTENTION, DONE, columns, hubctl, hubctl_json
from waiting import wait_until


def settled(hub):
    """Until all that was published is decided; what audit says then."""
    def level():
        done = hub.hubctl.run("audit", "--json", check=False)
        told = json.loads(done.stdout) if done.returncode in (DONE, ATTENTION) else None
        return told if told and told["waiting"] == 0 else None

    return wait_until("everything to be decided", level)


def quiet_hub(make_hub):
    """Some events decided, one dead letter; the router is stopped."""
    hub = make_hub(counties=3)
    hub.router.start()
    for county in hub.counties:
        hub.publisher.opened(county, county.lead, "s1", 2)
        for i in range(3):
            hub.publisher.requested(county, county.centres[0], f"{county.id}-r{i}")
    hub.publisher.raw(b"nonsense", hub.county.id)
    hub.publisher.flush()
    told = settled(hub)
    assert (told["inputs"], told["decided"], told["dead"], told["doubts"]) == (13, 12, 1, 0), told
    assert hub.router.stop() == 0
    return hub


def write(hub, topic, partition, value, key, headers=None):
    producer = Producer({"bootstrap.servers": hub.broker.address})
    producer.produce(hub.prefix + topic, value=value, key=key, partition=partition, headers=headers)
    assert producer.flush(20) == 0


def committed(hub, partition):
    return asked(hub).committed([TopicPartition(hub.prefix + "referral.events", partition)], timeout=10)[0]


def asked(hub):
    return Consumer({"bootstrap.servers": hub.broker.address, "group.id": hub.prefix + "referral-router"})


def commit(hub, partition, offset, metadata):
    consumer = asked(hub)
    where = TopicPartition(hub.prefix + "referral.events", partition, offset, metadata)
    consumer.commit(offsets=[where], asynchronous=False)
    consumer.close()


def doubts(hub):
    told = hubctl_json(hub, "audit", status=ATTENTION)
    return told, [(each["doubt"], each["topic"].removeprefix(hub.prefix), each["partition"], each["offset"])
                  for each in told["in_doubt"]]


def test_a_hub_is_in_no_doubt_while_it_works(make_hub):
    hub = make_hub(counties=5)
    hub.router.start()
    load = Load(hub, 1)
    load.start()
    try:
        for _ in range(4):
            told = hubctl_json(hub, "audit", status=DONE)
    finally:
        sent = load.stop()
    told = settled(hub)
    assert told["doubts"] == 0 and told["inputs"] == sent and told["decided"] == sent
    assert told["sessions"] >= 30 and told["held"] > 0 and told["ended"] > 0
    text = hubctl(hub, "audit", status=DONE).stdout
    assert "nothing is in doubt" in text
    assert all(columns(each) <= 80 for each in text.splitlines())


def test_what_is_planted_is_named(make_hub):
    """One after another into one hub, whose router has ended; each is named beside those before."""
    hub = quiet_hub(make_hub)
    decisions = hub.subscribe("referral.decisions").read_all()
    aborted_decisions_count_for_nothing(hub, decisions[0])

    first, second = decisions[0].value["decided_from"], decisions[1].value["decided_from"]
    write(hub, "referral.decisions", decisions[0].partition, decisions[0].bytes, decisions[0].key)
    wanted = {("doubled", "referral.events", first["partition"], first["offset"])}
    told, found = doubts(hub)
    assert set(found) == wanted and told["doubts"] == 1, told

    write(hub, "referral-router.dead-letters", 0, b"x", None, {
        "hub_dlq_topic": second["topic"], "hub_dlq_partition": str(second["partition"]),
        "hub_dlq_offset": str(second["offset"])})
    wanted |= {("doubled", "referral.events", second["partition"], second["offset"])}
    told, found = doubts(hub)
    assert set(found) == wanted and told["doubts"] == 2, told

    wanted |= {("slots", "referral-router.state", *hold_one_more(hub))}
    told, found = doubts(hub)
    assert set(found) == wanted and told["doubts"] == 3, told
    assert any("held" in each["why"] for each in told["in_doubt"])

    partition, lost, torn = lose_and_tear(hub, decisions)
    wanted |= {("lost", "referral.events", partition, lost), ("torn", "referral.events", partition, torn)}
    told, found = doubts(hub)
    assert set(found) > wanted and {each[0] for each in set(found) - wanted} == {"position"}, told

    done = hubctl(hub, "audit", status=ATTENTION)
    assert f"{partition}:{lost}" in done.stdout and "2 doubled" in done.stdout
    assert all(columns(each) <= 80 for each in done.stdout.splitlines())
    assert len(hubctl_json(hub, "audit", "--limit", "2", status=ATTENTION)["in_doubt"]) == 2
    hub.router.start(ready=False)
    wait_until("the router to stop the partition", lambda: "disagree" in hub.router.get("/readyz")[1])


def aborted_decisions_count_for_nothing(hub, one):
    """... and audit waits for the end of a transaction that is open."""
    producer = Producer({"bootstrap.servers": hub.broker.address, "transactional.id": hub.prefix + "stranger"})
    producer.init_transactions(20)
    producer.begin_transaction()
    producer.produce(hub.prefix + "referral.decisions", value=one.bytes, key=one.key, partition=one.partition)
    producer.flush(20)
    answers = []
    asking = threading.Thread(target=lambda: answers.append(hub.hubctl.run("audit", "--json", check=False)))
    asking.start()
    asking.join(1.5)
    assert asking.is_alive()
    producer.abort_transaction(20)
    asking.join(30)
    assert answers[0].returncode == DONE, answers[0].stdout


def hold_one_more(hub):
    """A session says so, no referral does. Its place."""
    state = hub.subscribe("referral-router.state").read_all()
    session = [each for each in state if each.name == "SessionState"][-1]
    position = [each for each in state if each.key == "position" and each.partition == session.partition][-1]
    session.value["common"]["held"] += 1
    write(hub, "referral-router.state", session.partition, SCHEMAS.encode("SessionState", session.value), session.key)
    write(hub, "referral-router.state", session.partition, position.bytes, position.key)
    return session.partition, position.offset + 2  # a marker lies between


def lose_and_tear(hub, decisions):
    """Two inputs that no router saw: the offset is set past them, and one of two decisions of the second is written."""
    county = hub.county
    some = next(each for each in decisions if each.value["county_id"] == county.id)
    lost = committed(hub, some.partition).offset
    torn = lost + 1
    for i in range(2):
        hub.publisher.requested(county, county.centres[0], f"{county.id}-late{i}")
    hub.publisher.flush()
    source = {"topic": hub.prefix + "referral.events", "partition": some.partition, "offset": torn, "index": 0, "count": 2}
    record = {**some.value, "decided_from": source, "timer": None,
              "event_id": f"e/{source['topic']}/{source['partition']}/{torn}/0"}
    write(hub, "referral.decisions", some.partition, SCHEMAS.encode(some.name, record), county.id)
    commit(hub, some.partition, torn + 1, "1")
    return some.partition, lost, torn
