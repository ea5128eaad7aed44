"""A program: the publishers of some counties (load.py) in a process of their own, until TERM; then one line of JSON."""

import argparse
import json
import signal
import threading
import types

from client import Publisher, Subscriber
from county import County
from load import Load


class Hospitals:
    """What Load needs of a hub, known by its address only."""

    def __init__(self, kafka, prefix, counties, name):
        self.broker, self.prefix = types.SimpleNamespace(address=kafka), prefix
        self.counties = [County(int(i)) for i in counties.split(",")]
        self.publisher = Publisher(self.broker, prefix, name)

    def subscribe(self, topic):
        return Subscriber(self.broker, self.prefix + topic)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kafka", "prefix", "counties", "name", "seed"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--rate", type=float, required=True, help="events a second, at most")
    given = parser.parse_args()

    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    hospitals = Hospitals(given.kafka, given.prefix, given.counties, given.name)
    load = Load(hospitals, given.seed, given.rate, given.name)
    load.start()
    told.wait()
    sent = load.stop()
    print(json.dumps({"sent": sent, "repeats": load.repeats}))


if __name__ == "__main__":
    main()
