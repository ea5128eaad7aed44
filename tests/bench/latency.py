"""Latency from publishing to what a read_committed subscriber sees, at steady rates, from publishers that wait 5 ms for company
and from such that do not; each program with a wall clock, after it has warmed up on a load that lay there."""

import re
import subprocess
import time

import measure
from ground import EVENTS, tool
from programs import Ours, Streams, StreamsFast
from waiting import wait_until

RATES = (1_000, 10_000)
PUBLISHERS = {"batch": "batched 5 ms", "five": "5 in flight", "free": "unbatched"}
WARM_UP = 100_000
SETTLING_S = 15  # a broker that has just begun, and topics that have just been made, answer late: not measured


def run(ground, options, table):
    """Each round another begins: the broker is faster for whoever comes later."""
    kinds = [Ours, Streams, StreamsFast]
    for number in range(options.latency_rounds):
        for kind in kinds[number % len(kinds):] + kinds[:number % len(kinds)]:
            measure_one(ground, options, table, kind, f"l{number}-{kind.key}.")


def measure_one(ground, options, table, kind, prefix):
    ground.prepare(prefix)
    warm_up = min(WARM_UP, options.events)
    ground.preload(prefix, warm_up, run="w", start_ms=int(time.time() * 1000) - warm_up)
    program = kind(ground, prefix, clock="wall", events=warm_up)
    program.prepare(ground.partitions)
    try:
        measure.drain(program, warm_up)
        publish(ground, program, "settling", 1_000, "batch", min(SETTLING_S, options.seconds))
        for rate in RATES:
            for publisher in options.publishers.split(","):
                one(ground, program, rate, publisher, options.seconds, table)
                settle(program)
    finally:
        program.stop()
    ground.drop(prefix)


def settle(program):
    """What one publisher has left over does not fall to the next one."""
    committed = measure.Committed(program.ground, program.prefix, program.group)
    wanted = program.ground.written(program.prefix + EVENTS)
    wait_until("the end of the backlog", lambda: committed.count() >= wanted, 120)
    committed.close()


def publish(ground, program, run_id, rate, publisher, seconds):
    told = subprocess.run(
        [tool("bench_latency"), "--brokers", ground.broker.address, "--events", program.prefix + EVENTS,
         "--decisions", program.decisions, "--rate", str(rate), "--seconds", str(seconds),
         "--run", run_id, "--publisher", publisher],
        check=True, capture_output=True, text=True, timeout=seconds + 120).stdout
    return {name: float(value) for name, value in re.findall(r"(\w+)=([0-9.]+)", told)}


def one(ground, program, rate, publisher, seconds, table):
    found = publish(ground, program, f"{publisher}{rate}", rate, publisher, seconds)
    took = tuple(found[each] for each in ("p50_ms", "p99_ms", "p999_ms"))
    told = f"{program.label}: {rate:,}/s, {PUBLISHERS[publisher]}: "
    if found["unanswered"]:
        table.note(f"{told}{found['unanswered']:.0f} unanswered")
    table.add(program, f"p50 / p99 / p99.9 ms at {rate:,}/s, {PUBLISHERS[publisher]}", took)
    table.progress(told + " / ".join(f"{each:.0f}" for each in took))
