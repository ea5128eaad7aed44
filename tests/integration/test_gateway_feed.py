"""The gateway's feed against a real Kafka and Redis: its rows are what Redis has, whatever was done to Redis, Kafka and the
router; and nothing that it does makes its loop wait."""

import types

import pytest

from checker import wait_published
from client import Publisher
from conftest import Hub
from county import County, write_registry
from feed_probe import FeedProbe, difference, kept
from load import Load
from services import Hubctl
from slow_redis import SlowRedis
from waiting import wait_until

TURN_US = 50_000  # no turn of the loop is to take longer; what others take of the processor is not counted


@pytest.fixture
def probes(tmp_path):
    started = []

    def start(hub, redis=None, **options):
        address = (redis or hub.redis).address
        probe = FeedProbe(tmp_path, hub.broker.address, address, hub.prefix, **options)
        started.append(probe)
        return probe

    yield start
    for probe in started:
        if probe.process.poll() is None:
            probe.kill()


@pytest.fixture
def hub_on(tmp_path):
    """A hub whose broker and Redis the test may end."""
    hubs = []

    def make(broker, redis, counties=2):
        hub = Hub(tmp_path, broker, redis, counties)
        hubs.append(hub)
        return hub

    yield make
    for hub in hubs:
        hub.close()


def wait_ready(probe, timeout=60):
    wait_until("a whole feed", lambda: probe.state()["ready"], timeout, pause=0.1)


def wait_same(probe, hub, timeout=60):
    """Nothing is published any more: rows and Redis come to be the same."""
    wait_published(hub, timeout)

    def same():
        redis = kept(hub.redis.client)
        wrong = difference(probe.rows(), redis)
        assert not wrong, wrong
        assert redis == kept(hub.redis.client), "Redis is being written"
        return len(redis)

    return wait_until("the rows that Redis has", same, timeout, pause=0.3)


def under_load(hub, seed, rate=150):
    load = Load(hub, seed, rate)
    load.start()
    return load


def test_rows_are_what_redis_has(make_hub, probes):
    hub = make_hub(2)
    hub.router.start()
    load = under_load(hub, 1)
    wait_until("some state", lambda: len(kept(hub.redis.client)) > 300)
    early = probes(hub)
    wait_ready(early)
    wait_until("more state", lambda: len(kept(hub.redis.client)) > 600)
    load.stop()
    assert wait_same(early, hub) > 600
    state = early.state()
    assert state["worst_us"] < TURN_US, state
    assert 0 < state["rows"] <= state["seq"] and state["fresh"] > 0

    late = probes(hub)
    wait_ready(late)
    wait_same(late, hub)
    wait_until("all of the history", lambda: late.state()["history_percent"] == 100)
    state = wait_until("the router's lag", lambda: (state := late.state())["lag_records"] >= 0 and state["fences_live"] and state)
    assert state["old"] > 600 and state["registries"] == 1 and state["registry_version"] >= 0, state
    assert (state["lag_records"], state["lag_ms"], state["fence_lag_records"]) == (0, 0, 0), state
    assert state["fences_live"] == state["partitions"] == state["whole"] == 16, state
    assert late.stop() == 0 and early.stop() == 0


def test_redis_emptied_and_the_router_restarted(make_hub, probes):
    hub = make_hub(2)
    hub.router.start()
    load = under_load(hub, 2)
    probe = probes(hub)
    wait_ready(probe)
    hub.redis.client.flushall()
    wait_until("a rebuilt hot state", lambda: len(kept(hub.redis.client)) > 300)
    hub.router.kill()
    hub.redis.client.flushall()
    probe_between = probes(hub)  # no fence, no router: the changelog alone
    wait_ready(probe_between)
    hub.router.start()
    load.stop()
    assert wait_same(probe, hub) > 300
    wait_same(probe_between, hub)
    assert probe.state()["redis_away"] == 0


def test_started_while_redis_is_being_rebuilt(make_hub, probes):
    """The keys are thrown away and written anew under the reader's hands."""
    hub = make_hub(2)
    hub.router.start()
    load = under_load(hub, 3, rate=250)
    wait_until("much state", lambda: len(kept(hub.redis.client)) > 800)
    for _ in range(3):
        hub.redis.client.flushall()
        probe = probes(hub)
        wait_ready(probe)
        probe.kill()
    hub.redis.client.flushall()
    probe = probes(hub)
    load.stop()
    wait_ready(probe)
    wait_same(probe, hub)


def test_much_changes_while_the_snapshot_is_read(make_hub, probes):
    """What the snapshot has missed comes from the changelog, from the first fence on."""
    hub = make_hub(2)
    hub.router.start()
    load = under_load(hub, 6, rate=250)
    wait_until("some state", lambda: len(kept(hub.redis.client)) > 500)
    slow = SlowRedis(hub.redis, 0.1)
    probe = probes(hub, slow)
    wait_until("the first rows", lambda: probe.rows())
    assert not probe.state()["ready"]
    wait_ready(probe)
    load.stop()
    wait_same(probe, hub)
    slow.close()


def test_redis_falls_silent(make_hub, probes):
    hub = make_hub(1)
    hub.router.start()
    load = under_load(hub, 7)
    wait_until("some state", lambda: len(kept(hub.redis.client)) > 100)
    way = SlowRedis(hub.redis)
    probe = probes(hub, way)
    wait_ready(probe)
    way.silent = True
    wait_until("Redis is missed", lambda: probe.state()["redis_away"], 20)
    alone = probes(hub, way)
    wait_ready(alone)
    way.silent = False
    for each in (probe, alone):
        wait_until("Redis is seen", lambda: not each.state()["redis_away"], 20)
    load.stop()
    wait_same(probe, hub)
    wait_same(alone, hub)
    way.close()


def test_redis_goes_and_comes_back(broker, own_redis, hub_on, probes):
    hub = hub_on(broker, own_redis)
    hub.router.start()
    load = under_load(hub, 4)
    probe = probes(hub)
    wait_ready(probe)
    own_redis.kill()
    wait_until("Redis is missed", lambda: probe.state()["redis_away"], 10)
    seq = probe.state()["seq"]
    wait_until("rows that change without Redis", lambda: probe.state()["seq"] > seq + 50)

    alone = probes(hub)  # started without Redis: rows from the changelog
    wait_ready(alone)
    assert alone.state()["redis_away"] == 1
    own_redis.start()
    for each in (probe, alone):
        wait_until("Redis is seen", lambda: not each.state()["redis_away"], 20)
    load.stop()
    wait_same(probe, hub)
    wait_same(alone, hub)
    assert probe.state()["worst_us"] < TURN_US


def test_kafka_goes_and_comes_back(lone_broker, own_redis, hub_on, probes):
    hub = hub_on(lone_broker, own_redis, 1)
    hub.router.start()
    load = under_load(hub, 5)
    probe = probes(hub)
    wait_ready(probe)
    wait_until("some state", lambda: len(kept(hub.redis.client)) > 300)
    load.stop()
    wait_same(probe, hub)
    rows = probe.rows()
    hub.router.kill()
    lone_broker.kill()
    wait_until("Kafka is missed", lambda: probe.state()["kafka_away"], 15)
    assert probe.rows() == rows
    assert probe.ask("publish", "referral.events", "k", "v", 500)[0].startswith("RETRY\t")
    assert probe.ask("fetch", "referral.decisions", 500, "0:0") == ["RETRY"]
    early = probes(hub)  # started without Kafka
    wait_until("Kafka is missed", lambda: early.state()["kafka_away"], 15)
    assert not early.state()["ready"]
    assert probe.state()["worst_us"] < TURN_US

    lone_broker.start()
    hub.router.start()
    for each in (probe, early):
        wait_until("Kafka is seen", lambda: not each.state()["kafka_away"], 30)
    wait_ready(early)
    Publisher(lone_broker, hub.prefix, "b").requested(hub.county, hub.county.centres[0], "after-the-break")
    wait_until("a new row", lambda: any("after-the-break" in key for key in probe.rows()))
    wait_same(probe, hub)
    wait_same(early, hub)


def test_topics_that_come_later(broker, redis, tmp_path, probes):
    bare = types.SimpleNamespace(prefix="later.", broker=broker, redis=redis)
    probe = probes(bare)
    wait_until("missing topics are told", lambda: "there is no such topic" in probe.log())
    state = probe.state()
    assert not state["ready"] and not state["kafka_away"] and state["partitions"] == 0
    hubctl = Hubctl(broker, redis, bare.prefix)
    hubctl.run("topics", "create")
    hubctl.run("registry", "load", write_registry(tmp_path / "registry.json", [County(0)]))
    wait_ready(probe)


def test_publish_fetch_and_replay(make_hub, probes):
    hub = make_hub(1)
    hub.router.start()
    county = hub.county
    probe = probes(hub)
    wait_ready(probe)
    decisions = hub.subscribe("referral.decisions")
    events = [hub.publisher.requested(county, county.centres[0], f"f{i}") for i in range(400)]
    answers = [decisions.answer_to(event) for event in events]

    # Some far apart, some close together; one that is not there, in any order.
    wanted = [answers[300], answers[0], answers[2], answers[399]]
    places = [f"{each.partition}:{each.offset}" for each in wanted]
    found = probe.ask("fetch", "referral.decisions", 5000, *places, f"{wanted[0].partition}:999999")
    assert found[0] == "OK"
    assert [line.split("\t")[:2] for line in found[1:]] == [
        [place, str(len(each.bytes))] for place, each in zip(places, wanted)]
    assert probe.ask("fetch", "referral.decisions", 5000, "3:17") in (["OK"],)
    assert probe.ask("fetch", "referral.decisions", 5000, "99:0", timeout=10)[0] in ("OK", "RETRY")

    code, partition, _offset, _text = probe.ask("publish", "referral.events", county.id, "nonsense", 5000)[0].split("\t")
    assert code == "OK" and int(partition) == answers[0].value["decided_from"]["partition"]  # as murmur2 puts it
    letters = hub.subscribe("referral-router.dead-letters", decode=False)
    letter = letters.wait_for("a dead letter", lambda each: each.bytes == b"nonsense")
    wait_until("the letter", lambda: probe.state()["letters"] == 1)
    code, *_ = probe.ask("replay", f"{letter.partition}:{letter.offset}", 5000)[0].split("\t")
    assert code == "OK"
    back = letters.wait_for("the same letter again", lambda each: each.bytes == b"nonsense" and "hub_replayed_from" in each.headers)
    assert back.headers["hub_replayed_from"].decode() == f"{letter.topic}/{letter.partition}/{letter.offset}"
    assert back.key == county.id
    assert probe.ask("replay", f"{letter.partition}:{letter.offset + 1000}", 5000)[0].startswith("NOT_FOUND\t")
    assert probe.state()["worst_us"] < TURN_US


def test_lag_of_a_stopped_router(make_hub, probes):
    hub = make_hub(1)
    hub.router.start()
    probe = probes(hub)
    wait_ready(probe)
    hub.router.kill()
    for i in range(5):
        hub.publisher.requested(hub.county, hub.county.centres[0], f"l{i}")
    hub.publisher.flush()
    state = wait_until("a lag of five", lambda: (state := probe.state())["lag_records"] == 5 and state, 20)
    wait_until("it grows old", lambda: probe.state()["lag_ms"] > 4000, 20)
    assert state["lag_ms"] >= 0 and state["fences_live"] == 16
    hub.router.start()
    wait_until("none", lambda: probe.state()["lag_records"] == 0, 30)
    assert probe.state()["lag_ms"] == 0
