"""Hospitals under load: sessions, requests, and answers to what the hub decides, at random but by a seed, in a thread of
its own, while the test does its worst to the processes."""

import random
import threading
import time


class Load:
    def __init__(self, hub, seed, rate=250):
        self.hub, self.rate, self.random = hub, rate, random.Random(seed)
        self.publisher = hub.publisher
        self.decisions = hub.subscribe("referral.decisions")
        self.seen = 0
        self.sent = 0
        self.referrals = 0
        self.sessions = []
        self.stopping = threading.Event()
        self.error = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        for county in self.hub.counties:
            for org_id in (county.lead, county.member):
                for n in range(3):
                    self._open(county, org_id, f"s{n}", self.random.randint(3, 15))
        self.thread.start()

    def stop(self):
        """Ends the load; the sum of what was sent."""
        self.stopping.set()
        self.thread.join(60)
        if self.error:
            raise self.error
        self.publisher.flush()
        return self.sent

    def _run(self):
        began = time.monotonic()
        try:
            while not self.stopping.is_set():
                self._step()
                self.decisions.poll(0.01)
                self._react()
                ahead = self.sent / self.rate - (time.monotonic() - began)
                if ahead > 0:
                    time.sleep(min(ahead, 0.1))
        except Exception as error:  # noqa: BLE001 - told by stop()
            self.error = error

    def _open(self, county, org_id, session_id, capacity, revision=1):
        self.publisher.opened(county, org_id, session_id, capacity, starts_in_s=7200, revision=revision)
        self.sessions.append((county, org_id, session_id))
        self.sent += 1

    def _step(self):
        county = self.random.choice(self.hub.counties)
        draw = self.random.random()
        if draw < 0.75:
            self.referrals += 1
            urgency = self.random.choices(["ROUTINE", "URGENT", "EMERGENCY"], [6, 3, 1])[0]
            event = self.publisher.requested(county, self.random.choice(county.centres), f"r{self.referrals}", urgency)
            if self.random.random() < 0.03:
                self.publisher.again("ReferralRequested", event)
                self.sent += 1
        elif draw < 0.85:
            county, org_id, session_id = self.random.choice(self.sessions)
            self.publisher.send("SlotTaken", county, org_id, org_id=org_id, session_id=session_id,
                                booking_id=f"b{self.sent}")
        elif draw < 0.95:
            org_id = self.random.choice([county.lead, county.member])
            self._open(county, org_id, f"n{self.sent}", self.random.randint(1, 20))
            return
        else:
            county, org_id, session_id = self.random.choice(self.sessions)
            self.publisher.send("SessionCancelled", county, org_id, org_id=org_id, session_id=session_id, reason="")
        self.sent += 1

    def _react(self):
        while self.seen < len(self.decisions.records):
            decision = self.decisions.records[self.seen]
            self.seen += 1
            if decision.value["repeat_of"] is None and self.random.random() < 0.8:
                self._answer(decision)

    def _answer(self, decision):
        value = decision.value
        county = next(each for each in self.hub.counties if each.id == value["county_id"])
        if decision.name == "ReferralRouted":
            if self.random.random() < 0.2:
                self._say("ReferralRejected", county, value["to_org_id"], value, reason_code="NO_CAPACITY", reason="")
            else:
                self._say("ReferralAccepted", county, value["to_org_id"], value)
                followed = self.random.random()
                if followed < 0.5:
                    self._say("PatientArrived", county, value["to_org_id"], value)
                    self._say("ReferralCompleted", county, value["to_org_id"], value, outcome="TREATED")
                elif followed < 0.6:
                    self._say("PatientNoShow", county, value["to_org_id"], value)
                elif followed < 0.7:
                    self._say("ReferralCancelled", county, value["from_org_id"], value, reason="")

    def _say(self, name, county, org_id, value, **fields):
        self.publisher.says(name, county, org_id, value["referral_id"], **fields)
        self.sent += 1
