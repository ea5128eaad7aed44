"""The benchmark (tests/bench/README.md): measures what was asked for and prints one table."""

import argparse
import signal
import subprocess
import sys

import drain
import latency
import restart
import scale
from ground import PARTITIONS, ground
from services import BUILD
from table import Table

PARTS = {"drain": drain.run, "latency": latency.run, "restart": restart.run, "scale": scale.run}


def parse(words):
    parser = argparse.ArgumentParser(prog="tests/bench/run", description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="this part (may be repeated); otherwise all")
    parser.add_argument("--events", type=int, default=1_000_000, help="events that are drained")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of draining, alternating")
    parser.add_argument("--latency-rounds", type=int, default=3, help="rounds of latency, each begun by another")
    parser.add_argument("--seconds", type=float, default=30, help="length of one measurement of latency")
    parser.add_argument("--publishers", default="batch,free", help="who publishes for latency: batch, five, free")
    parser.add_argument("--partitions", type=int, default=PARTITIONS, help="of the topics")
    parser.add_argument("--librdkafka", metavar="VERSION|FOLDER", help="build with this one instead of the system's")
    return parser.parse_args(words)


def versions():
    hubctl = BUILD / "services" / "hubctl" / "hubctl"
    told = subprocess.check_output([hubctl, "version"], text=True)
    return "; ".join(line.strip() for line in told.splitlines() if line.strip())


def leave_nothing_behind():
    """Whoever ends the benchmark ends its broker, its Redis and what is measured."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit("bench: told to stop"))


def main(words):
    options = parse(words)
    leave_nothing_behind()
    table = Table(f"{versions()}; {options.partitions} partitions")
    try:
        with ground(options.partitions) as here:
            for name in options.only or PARTS:
                PARTS[name](here, options, table)
    finally:  # also of what was measured until something failed
        table.print()


if __name__ == "__main__":
    main(sys.argv[1:])
