"""Hospitals under load: sessions, requests, and answers to what the hub decides, at random but by a seed, in a thread of
its own, while the test does its worst to the processes."""

import collections
import random
import threading
import time


class Load:
    """hub: its counties, publisher and subscribe(). name: begins what it names, to tell several loads apart."""

    def __init__(self, hub, seed, rate=250, name=""):
        self.rate, self.name, self.random = rate, name, random.Random(seed)
        self.counties = {county.id: county for county in hub.counties}
        self.publisher = hub.publisher
        self.decisions = hub.subscribe("referral.decisions")
        self.recent = collections.deque(maxlen=30)
        self.sent = self.repeats = 0
        self.referrals = self.revision = 0
        self.sessions = []
        self.abroad = 0.3  # the share of requests that may leave the county
        self.stopping = threading.Event()
        self.error = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        for county in self.counties.values():
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
                self._react(self.decisions.drain(0.01))
                ahead = self.sent / self.rate - (time.monotonic() - began)
                if ahead > 0:
                    time.sleep(min(ahead, 0.1))
        except Exception as error:  # noqa: BLE001 - told by stop()
            self.error = error

    def _send(self, name, county, source, **fields):
        event = self.publisher.send(name, county, source, **fields)
        self.sent += 1
        self.recent.append((name, event))

    def _open(self, county, org_id, session_id, capacity):
        event = self.publisher.opened(county, org_id, session_id, capacity, starts_in_s=7200)
        self.sent += 1
        self.recent.append(("SlotsOpened", event))
        self.sessions.append((county, org_id, session_id))

    def _step(self):
        county = self.random.choice(list(self.counties.values()))
        draw = self.random.random()
        if draw < 0.6:
            self._request(county)
        elif draw < 0.68:
            self._request_bed(county)
        elif draw < 0.73:
            self._report_beds(county)
        elif draw < 0.83:
            county, org_id, session_id = self.random.choice(self.sessions)
            self._send("SlotTaken", county, org_id, org_id=org_id, session_id=session_id,
                       booking_id=f"{self.name}b{self.sent}")
        elif draw < 0.92:
            org_id = self.random.choice([county.lead, county.member])
            self._open(county, org_id, f"n{self.sent}", self.random.randint(1, 20))
        elif draw < 0.96:
            self._repeat()
        else:
            county, org_id, session_id = self.random.choice(self.sessions)
            self._send("SessionCancelled", county, org_id, org_id=org_id, session_id=session_id, reason="")

    def _request(self, county):
        self.referrals += 1
        urgency = self.random.choices(["ROUTINE", "URGENT", "EMERGENCY"], [6, 3, 1])[0]
        event = self.publisher.requested(county, self.random.choice(county.centres), f"{self.name}r{self.referrals}", urgency,
                                         out_of_county_authorised=self.random.random() < self.abroad)
        self.sent += 1
        self.recent.append(("ReferralRequested", event))

    def _request_bed(self, county):
        """Up to a general bed, or down to one for rehabilitation."""
        self.referrals += 1
        down = self.random.random() < 0.4
        fields = {"need": "BED", "criteria": [f"{county.id}-bed"] if self.random.random() < 0.5 else []}
        if down:
            fields |= {"direction": "DOWN", "bed_kind": "REHABILITATION"}
        source = county.lead if down else self.random.choice(county.centres)
        event = self.publisher.requested(county, source, f"{self.name}r{self.referrals}", **fields)
        self.sent += 1
        self.recent.append(("ReferralRequested", event))

    def _report_beds(self, county):
        org_id = self.random.choice([county.lead, county.member, *county.centres])
        self.revision += 1
        self._send("BedsReported", county, org_id, org_id=org_id, revision=self.revision, total=50,
                   bed_kind="REHABILITATION" if org_id in county.centres else "GENERAL", free=self.random.randint(0, 9))

    def _repeat(self):
        """What a publisher does that has heard nothing: the very same event once more, at once or a while later."""
        self.publisher.again(*self.random.choice(self.recent))
        self.sent += 1
        self.repeats += 1

    def _react(self, decisions):
        for each in decisions:
            county = self.counties.get(each.value["county_id"])
            if county and each.value["repeat_of"] is None and self.random.random() < 0.8:
                self._answer(county, each)

    def _answer(self, county, decision):
        value = decision.value
        if decision.name == "ReferralRouted":
            drawn = self.random.random()
            if drawn < 0.1:
                self._say("SupplementRequested", county, value["to_org_id"], value, text="")
            elif drawn < 0.28:
                self._say("ReferralRejected", county, value["to_org_id"], value, reason_code="NO_CAPACITY", reason="")
            else:
                self._say("ReferralAccepted", county, value["to_org_id"], value)
                followed = self.random.random()
                if followed < 0.2 and value["referral"]["direction"] == "DOWN":
                    self._say("ReturnConfirmed", county, value["to_org_id"], value)
                elif followed < 0.5:
                    self._say("PatientArrived", county, value["to_org_id"], value)
                    self._say("ReferralCompleted", county, value["to_org_id"], value, outcome="TREATED")
                elif followed < 0.6:
                    self._say("PatientNoShow", county, value["to_org_id"], value)
                elif followed < 0.7:
                    self._say("ReferralCancelled", county, value["from_org_id"], value, reason="")

        elif decision.name == "ReferralProgressed" and value["state"] == "SUPPLEMENTING":
            self._say("Supplemented", county, value["party_org_ids"][0], value, text="")
        elif self.abroad and decision.name == "ReferralWaitlisted" and value["waits_for"] == "AUTHORISATION":
            self._send("OutOfCountyAuthorised", county, county.control, referral_id=value["referral_id"],
                       by_org_id=county.control)
        elif decision.name == "ReferralUnplaced":
            self._say("ReferralClaimed", county, county.lead, value)

    def _say(self, name, county, org_id, value, **fields):
        self._send(name, county, org_id, referral_id=value["referral_id"], org_id=org_id, **fields)
