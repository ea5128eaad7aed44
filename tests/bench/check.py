"""Reads what a program decided about the benchmark's load and proves that it did the work: every event got exactly one
first answer, no transaction is torn, no session was ever overbooked. Two programs' verdicts must be equal. Shares no code
with either: confluent-kafka and fastavro."""

import collections
import hashlib

from client import Subscriber

TAKES, GIVES = "ReferralRouted", "ReferralClosed"


class Wrong(AssertionError):
    """What was decided is not what was asked for."""


def records(broker, topic):
    """All of them, in the order of each partition; none is kept."""
    subscriber = Subscriber(broker, topic)
    try:
        while not subscriber.at_last_end():
            yield from subscriber.drain()
    finally:
        subscriber.close()


class Book:
    """Slots by session, kept in the order of the decisions."""

    def __init__(self, capacity):
        self.capacity, self.taken = capacity, collections.Counter()
        self.holds = {}
        self.placed = self.given_back = 0

    def take(self, decision):
        self.placed += 1
        session = decision["to_org_id"], decision["session_id"]
        if decision["session_id"] is None:
            return
        if self.holds.setdefault(decision["referral_id"], session) != session:
            raise Wrong(f"{decision['referral_id']} holds two slots")
        self.taken[session] += 1
        if self.taken[session] > self.capacity[session]:
            raise Wrong(f"session {session} is overbooked")

    def give(self, decision):
        session = self.holds.pop(decision["referral_id"], None)
        if session:
            self.taken[session] -= 1
            self.given_back += 1


class Parts:
    """Every decision once, and all of those that came from one event."""

    def __init__(self):
        self.seen, self.missing = set(), {}

    def add(self, decision):
        origin = decision["decided_from"]
        if origin is None:
            raise Wrong("a timer fired within the benchmark")
        place = origin["partition"], origin["offset"]
        if (*place, origin["index"]) in self.seen:
            raise Wrong(f"{decision['event_id']} was written twice")
        self.seen.add((*place, origin["index"]))
        left = self.missing.pop(place, origin["count"]) - 1
        if left:
            self.missing[place] = left

    def end(self):
        if self.missing:
            raise Wrong(f"events with a part of their decisions: {list(self.missing)[:3]}")


class Answers:
    """One first answer an event, and how they are distributed."""

    def __init__(self, events):
        self.asked = dict(events)
        self.kinds = collections.Counter()

    def add(self, name, decision):
        answered = decision["answers"]
        if not answered:
            return
        asked = self.asked.pop((answered["source_org_id"], answered["event_id"]), None)
        if not asked:
            raise Wrong(f"{decision['event_id']} answers what nobody said, or a second time")
        if name == "ReferralEventRefused":
            raise Wrong(f"{asked} was refused: {decision['reason']}")
        self.kinds[asked, name] += 1

    def end(self):
        if self.asked:
            raise Wrong(f"{len(self.asked)} events without an answer: {list(self.asked)[:3]}")


class Load:
    """What the events asked for."""

    def __init__(self, broker, topic):
        self.events, self.capacity = {}, {}
        for each in records(broker, topic):
            self.events[each.value["source_org_id"], each.value["event_id"]] = each.name
            if each.name == "SlotsOpened":
                self.capacity[each.value["org_id"], each.value["session_id"]] = each.value["capacity"]


def check(load, decisions):
    """The verdict, equal for programs that decided the same."""
    parts, answers, book = Parts(), Answers(load.events), Book(load.capacity)
    placements, count = [], 0
    for each in decisions:
        count += 1
        parts.add(each.value)
        answers.add(each.name, each.value)
        if each.name == TAKES:
            book.take(each.value)
            placements.append(tuple(each.value[field] for field in ("referral_id", "session_id", "answer_by")))
        elif each.name == GIVES:
            book.give(each.value)
    parts.end()
    answers.end()
    return {
        "events": len(load.events),
        "decisions": count,
        "placed at once": answers.kinds["ReferralRequested", "ReferralRouted"],
        "waiting first": answers.kinds["ReferralRequested", "ReferralWaitlisted"],
        "placed": book.placed,
        "given back": book.given_back,
        "who got which slot": hashlib.sha256(repr(sorted(placements)).encode()).hexdigest()[:16],
    }


def check_all(broker, events_topic, decisions_topics):
    """decisions_topics: by program. The common verdict; Wrong when one differs."""
    load = Load(broker, events_topic)
    verdicts = {name: check(load, records(broker, topic)) for name, topic in decisions_topics.items()}
    first = next(iter(verdicts.values()))
    if any(verdict != first for verdict in verdicts.values()):
        raise Wrong(f"the programs differ: {verdicts}")
    return first
