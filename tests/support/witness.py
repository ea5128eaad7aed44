"""Someone who reads along while faults strike: says how long it took until decisions went on, and whether what was decided
so far is right."""

import threading
import time

from answers import Answers
from client import Publisher, Subscriber
from waiting import wait_until


class Witness:
    def __init__(self, hub):
        self.hub = hub
        self.publisher = Publisher(hub.broker, hub.prefix, "probe-")
        self.decisions = Subscriber(hub.broker, hub.prefix + "referral.decisions")
        self.events = Subscriber(hub.broker, hub.prefix + "referral.events", decode=False)
        self.dead = Subscriber(hub.broker, hub.prefix + "referral-router.dead-letters", decode=False)
        self.answers = Answers()
        self.answered = {}  # event id of a probe: when its decision was seen
        self.probes, self.sent, self.error = [], 0, None
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        try:
            while not self.stopping.is_set():
                with self.lock:
                    self._read()
        except Exception as error:  # noqa: BLE001 - told by verdict()
            self.error = error

    def _read(self):
        decisions = self.decisions.drain()
        now = time.monotonic()
        for each in decisions:
            answered = each.value["answers"]
            if answered and answered["event_id"].startswith("probe-"):
                self.answered.setdefault(answered["event_id"], now)
        self.answers.take(self.events.drain(0), decisions, self.dead.drain(0))

    def probe(self):
        """A request in every county, now: the fault has just struck."""
        self.struck, self.probes = time.monotonic(), []
        for county in self.hub.counties:
            self.sent += 1
            self.probes.append(self.publisher.requested(county, county.centres[0], f"probe-{self.sent}")["event_id"])

    def await_recovery(self, timeout):
        """Seconds from the fault to the first decision on a probe, and to the decision on the last one."""
        def all_answered():
            missing = [each for each in self.probes if each not in self.answered]
            assert not missing, f"{len(missing)} of {len(self.probes)} counties get no decision"
            return True

        wait_until("decisions on what was sent after the fault", all_answered, timeout)
        times = [self.answered[each] - self.struck for each in self.probes]
        return min(times), max(times)

    def verdict(self):
        """Raises when something is lost, doubled or torn. Returns the number of decided inputs."""
        if self.error:
            raise self.error
        with self.lock:
            self.answers.check_so_far()
            return len(self.answers.parts)

    def stop(self):
        """No more probes. The number that was sent and acknowledged."""
        self.publisher.flush()
        return self.sent

    def close(self):
        self.stopping.set()
        self.thread.join(30)
        for each in (self.decisions, self.events, self.dead):
            each.close()
