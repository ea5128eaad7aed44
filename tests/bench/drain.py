"""Draining events that lie there: events a second, cost, memory; every program on the same events, one after another, the
order turned by one each round. The first round is also checked."""

import json

import measure
from check import check_all
from ground import EVENTS
from programs import Floor, FloorWithRecords, Ours, Streams, StreamsTuned

ORDER = (Floor, Ours, FloorWithRecords, Streams, StreamsTuned)
DECIDING = (Ours, Streams, StreamsTuned)


def run(ground, options, table):
    like = None
    for number in range(options.rounds):
        prefix = f"d{number}."
        ground.prepare(prefix)
        ground.preload(prefix, options.events)
        programs = {each: each(ground, prefix, events=options.events) for each in ORDER}
        for program in programs.values():
            program.prepare(ground.partitions)
        for kind in turned(number):
            if kind is FloorWithRecords:
                programs[kind].like(like or programs[Ours])
            drain_one(programs[kind], options.events, table)
            like = like or (programs[Ours] if kind is Ours else None)
        if number == 0:
            told = {each.label: programs[each].decisions for each in DECIDING}
            table.note(f"checked, the same for {', '.join(told)}: "
                       + json.dumps(check_all(ground.broker, prefix + EVENTS, told)))
        like = None
        ground.drop(prefix)


def turned(number):
    """Ours stays before the floor that writes as much as it does."""
    at = (0, 1, 3, 4)[number % 4]
    return ORDER[at:] + ORDER[:at]


def drain_one(program, events, table):
    try:
        result = measure.drain(program, events)
    finally:
        program.stop()
    table.add(program, "events/s", result.rate)
    for who in ("program", "broker", "redis"):
        table.add(program, f"CPU s per million events, {who}", getattr(result, who))
    table.add(program, "peak MB", result.peak_mb)
    table.progress(f"{program.label}: {result.rate:,.0f} events/s, {result.peak_mb} MB")
