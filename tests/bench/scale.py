"""How events/s grow from 1 to 4 partitions, and what many open referrals cost: the same load, which leaves none open, on top of
10,000 and of 1,000,000."""

import measure
from programs import Floor, Ours, Streams, StreamsTuned

OPEN_OF_TEN = 5


def run(ground, options, table):
    for partitions in (1, 4):
        for kind in (Floor, Ours, Streams, StreamsTuned):
            prefix = f"p{partitions}-{kind.key}."
            ground.prepare(prefix, partitions)
            ground.preload(prefix, options.events)
            program = kind(ground, prefix, events=options.events)
            program.prepare(partitions)
            one(program, options.events, 0, f"events/s on {partitions} partition{'s' * (partitions > 1)}", table)
            ground.drop(prefix)
    for opened in (options.events // 100, options.events):
        for kind in (Ours, Streams, StreamsTuned):
            prefix = f"o{opened}-{kind.key}."
            filling = opened * 10 // OPEN_OF_TEN
            ground.prepare(prefix)
            ground.preload(prefix, filling)
            ground.preload(prefix, options.events // 2, mix="settled", run="s", first=filling)
            program = kind(ground, prefix, events=filling + options.events // 2)
            program.prepare(ground.partitions)
            result = one(program, program.events, filling, f"events/s with {opened:,} open", table)
            table.add(program, f"peak MB with {opened:,} open", result.peak_mb)
            ground.drop(prefix)


def one(program, events, after, row, table):
    try:
        result = measure.drain(program, events, after)
    finally:
        program.stop()
    table.add(program, row, result.rate)
    table.progress(f"{program.label}: {row}: {result.rate:,.0f}")
    return result
