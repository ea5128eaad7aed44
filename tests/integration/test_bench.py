"""The benchmark's own parts, small: its load is decided as its check demands, and the check finds what is wrong."""

import itertools
import types

import pytest

import measure
from check import Load, Wrong, check, records
from ground import EVENTS, PARTITIONS, Ground
from latency import one as measure_latency
from programs import FloorWithRecords, Ours
from table import Table

TENS = 200
EVENTS_SENT = 10 * TENS
_prefixes = itertools.count(1)


@pytest.fixture
def drained(tmp_path, broker, redis):
    """The router, when it has decided the load; it runs."""
    ground = Ground(tmp_path, broker, redis)
    prefix = f"bench{next(_prefixes)}."
    ground.prepare(prefix)
    ground.preload(prefix, EVENTS_SENT)
    router = Ours(ground, prefix, events=EVENTS_SENT)
    try:
        measure.drain(router, EVENTS_SENT)
        yield router
    finally:
        router.stop()


def test_the_load_is_decided_as_the_check_demands(drained):
    broker = drained.ground.broker
    load = Load(broker, drained.prefix + EVENTS)
    decisions = list(records(broker, drained.decisions))
    verdict = check(load, decisions)
    assert verdict["events"] == EVENTS_SENT
    assert verdict["placed at once"] == 5 * TENS
    assert verdict["waiting first"] == verdict["given back"] == TENS
    assert verdict["placed"] == 6 * TENS

    # At the end every session is full.
    routed = [each for each in decisions if each.name == "ReferralRouted"]
    one_more = types.SimpleNamespace(name="ReferralRouted", value={
        **routed[-1].value, **{field: routed[0].value[field] for field in ("to_org_id", "session_id")}})
    overbooked = [one_more if each is routed[-1] else each for each in decisions]
    for wrong in (decisions[1:], decisions + decisions[-1:], overbooked):
        with pytest.raises(Wrong):
            check(Load(broker, drained.prefix + EVENTS), wrong)


def test_the_floor_writes_as_much_as_the_router(drained):
    ground = drained.ground
    floor = FloorWithRecords(ground, drained.prefix, events=EVENTS_SENT)
    floor.prepare(PARTITIONS)
    floor.like(drained)
    try:
        assert measure.drain(floor, EVENTS_SENT).peak_mb > 0
    finally:
        floor.stop()
    written, wanted = ground.written(floor.decisions), ground.written(drained.decisions)
    assert abs(written - wanted) < wanted / 10


def test_every_event_of_a_steady_load_is_answered(drained):
    table = Table("")
    measure_latency(drained.ground, drained, 500, "batch", 1, table)
    (cell,) = table.cells.values()
    assert "unanswered" not in cell[0]
