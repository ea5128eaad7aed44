"""Watching a program from outside: how far its group has committed, what it, the broker and Redis cost."""

import dataclasses
import os
import time

from confluent_kafka import Consumer, KafkaException, TopicPartition

from ground import EVENTS

TICKS = os.sysconf("SC_CLK_TCK")
POLL_S = 0.05


def cpu_seconds(pid):
    """User and system, of all its threads; also of one that has ended and was not yet waited for."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_mb(pid):
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    return 0  # it has ended


class Committed:
    """The sum of a group's committed offsets: what it has done, as the broker knows it."""

    def __init__(self, ground, prefix, group):
        self.last = 0
        self.consumer = Consumer({"bootstrap.servers": ground.broker.address, "group.id": group, "log_level": 2})
        topic = prefix + EVENTS
        found = self.consumer.list_topics(topic, timeout=10).topics[topic].partitions
        self.partitions = [TopicPartition(topic, each) for each in found]

    def count(self):
        try:
            found = self.consumer.committed(self.partitions, timeout=30)
        except KafkaException:  # its coordinator is not up yet: nothing new
            return self.last
        self.last = sum(max(each.offset, 0) for each in found)
        return self.last

    def close(self):
        self.consumer.close()


@dataclasses.dataclass
class Sample:
    at: float
    done: int
    program: float
    broker: float
    redis: float


@dataclasses.dataclass
class Drain:
    """Of what starts and warms up nothing is counted."""

    rate: float
    program: float  # CPU seconds per million events
    broker: float
    redis: float
    peak_mb: int


def drain(program, events, after=0, give_up_s=900):
    """Starts it on events that lie there, and waits until it has committed them all. It is left running. Measured from the first
    fifth of those after `after` on."""
    committed = Committed(program.ground, program.prefix, program.group)
    begin = after + (events - after) / 5
    before, first, peak = None, None, 0
    deadline = time.monotonic() + give_up_s
    program.start()
    while True:
        now = sample(program, committed)
        peak = max(peak, peak_mb(program.pid))
        if now.done < begin:
            before = now
        elif first is None:
            first = now
        if now.done >= events:
            break
        if time.monotonic() > deadline or program.process.poll() is not None:
            raise RuntimeError(f"{program.label}: {now.done} of {events} events: {program.tail()}")
        time.sleep(POLL_S)
    committed.close()
    if first.done == now.done:  # so few events that one transaction took them
        first = before
    millions = (now.done - first.done) / 1e6
    return Drain(rate=1e6 * millions / (now.at - first.at), peak_mb=peak,
                 **{who: (getattr(now, who) - getattr(first, who)) / millions for who in ("program", "broker", "redis")})


def sample(program, committed):
    ground = program.ground
    done = committed.count()
    return Sample(time.monotonic(), done, cpu_seconds(program.pid), cpu_seconds(ground.broker.pid()),
                  cpu_seconds(ground.redis.pid()))
