"""Time to decide again with many open referrals: after a stop in order, and after kill -9 with the disk gone. Some events are
published while the program is away; it is back when it has committed their decisions. Also its memory: while it works off the
backlog that makes them, of which its client fetches what it can, and with nothing but them."""

import signal
import time

import measure
from programs import Ours, Streams, StreamsTuned

OPEN = 100_000
OPEN_OF_TEN = 5
AWAY = 100
GIVE_UP_S = 300


def run(ground, options, table):
    opened = min(OPEN, options.events * OPEN_OF_TEN // 10)
    events = opened * 10 // OPEN_OF_TEN
    for kind in (Ours, Streams, StreamsTuned):
        prefix = f"r-{kind.key}."
        ground.prepare(prefix)
        ground.preload(prefix, events)
        program = kind(ground, prefix, events=events)
        program.prepare(ground.partitions)
        try:
            table.add(program, f"peak MB, draining to {opened:,} open", measure.drain(program, events).peak_mb)
            for sign, how in ((signal.SIGTERM, "stopped in order"), (signal.SIGKILL, "killed, disk gone")):
                program.stop(sign)
                if sign == signal.SIGKILL:
                    program.forget()
                ground.preload(prefix, AWAY, first=events)
                events += AWAY
                seconds = time_back(program, events)
                table.add(program, f"restart s at {opened:,} open, {how}", seconds)
                if sign == signal.SIGTERM:
                    table.add(program, f"peak MB with {opened:,} open, since that restart", measure.peak_mb(program.pid))
                table.progress(f"{program.label}: back after {seconds:.1f} s, {how}")
        finally:
            program.stop()
        ground.drop(prefix)


def time_back(program, events):
    committed = measure.Committed(program.ground, program.prefix, program.group)
    begun = time.monotonic()
    program.start()
    while committed.count() < events:
        if time.monotonic() > begun + GIVE_UP_S or program.process.poll() is not None:
            raise RuntimeError(f"{program.label} did not come back: {program.tail()}")
        time.sleep(0.02)
    committed.close()
    return time.monotonic() - begun
