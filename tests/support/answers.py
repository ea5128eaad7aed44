"""Every input has one whole set of decisions (I-1): nothing lost, nothing doubled, no transaction torn, whatever was killed
when. Takes records as they come, so that a long run can be judged while it goes on."""

import collections


class Answers:
    def __init__(self):
        self.ids = collections.Counter()
        self.events = []  # places
        self.parts = collections.defaultdict(list)  # place of an input: (index, count) of each decision from it
        self.timers = collections.defaultdict(list)
        self.answers = collections.defaultdict(list)
        self.dropped = collections.Counter()
        self.newest = collections.Counter()  # (topic, partition): the newest offset that was decided

    def take(self, events, decisions, dead):
        self.events.extend(place(each) for each in events)
        for each in decisions:
            self._take_decision(each)
        for each in dead:
            self.dropped[each.headers["hub_dlq_topic"].decode(), int(each.headers["hub_dlq_partition"]),
                         int(each.headers["hub_dlq_offset"])] += 1

    def _take_decision(self, each):
        source, timer, answered = each.value["decided_from"], each.value["timer"], each.value["answers"]
        assert (source is None) != (timer is None), f"decided from both or neither: {each}"
        self.ids[each.value["event_id"]] += 1
        if source:
            at = (source["topic"], source["partition"], source["offset"])
            self.parts[at].append((source["index"], source["count"]))
            self.newest[at[:2]] = max(self.newest[at[:2]], at[2])
        else:
            name = (timer["partition"], timer["batch_seq"], timer["entity"], timer["name"], timer["due_at"])
            self.timers[name].append((timer["index"], timer["count"]))
        if answered and each.value["repeat_of"] is None:
            self.answers[answered["source_org_id"], answered["event_id"]].append(each.name)

    def check(self):
        """At rest: everything that was taken has been read to its end."""
        self._check_doubled()
        for at, found in [*self.parts.items(), *self.timers.items()]:
            check_whole(at, found)
        for at in self.events:
            self._check_decided(at)
        for (source, event_id), kinds in self.answers.items():
            # A refused event that is sent again is judged afresh (I-8); everything else is answered once.
            settled = [kind for kind in kinds if kind != "ReferralEventRefused"]
            assert len(settled) <= 1, f"{source}/{event_id} was answered more than once: {kinds}"

    def check_so_far(self):
        """While it goes on: what lies before the newest decided input of its partition is decided, and once. Whether it is
        whole is judged at rest: its decisions may lie in two topics, which are not read at the same moment."""
        self._check_doubled()
        for at in self.events:
            if at[2] < self.newest[at[:2]]:
                self._check_decided(at)

    def _check_doubled(self):
        twice = [event_id for event_id, count in self.ids.items() if count > 1]
        assert not twice, f"{len(twice)} decisions written twice: {twice[:5]}"

    def _check_decided(self, at):
        decided = 1 if at in self.parts else 0
        assert decided + self.dropped[at] == 1, f"{at}: {decided} times decided, {self.dropped[at]} times dead-lettered"


def place(record):
    return record.topic, record.partition, record.offset


def check_whole(at, found):
    wanted = [(index, found[0][1]) for index in range(found[0][1])]
    assert sorted(found) == wanted, f"a torn or doubled decision from {at}: {sorted(found)}"
