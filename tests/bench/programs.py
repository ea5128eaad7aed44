"""What is measured, each as a process that takes the events of a prefix: start, stop, and where it can be watched."""

import shutil
import signal
import subprocess

from ground import DECISIONS, EVENTS, STATE, tool
from services import ROOT, Router

STREAMS = ROOT / "build" / "kafka-streams"


class Program:
    """A process with a consumer group. Subclasses say how it is started and what it is called in the table."""

    key = label = None

    def __init__(self, ground, prefix, clock="stream", events=0):
        self.ground, self.prefix, self.clock, self.events = ground, prefix, clock, events
        self.process = None
        self.log = ground.folder / f"{self.key}.log"

    @property
    def group(self):
        return f"{self.prefix}{self.key}"

    @property
    def decisions(self):
        return f"{self.prefix}{self.key}.decisions"

    def prepare(self, partitions):
        self.ground.create(self.decisions, partitions)

    def command(self):
        raise NotImplementedError

    def start(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def forget(self):
        """Loses what it had on disk."""

    def stop(self, sign=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(sign)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if self.process:
            self.process.wait(10)

    @property
    def pid(self):
        return self.process.pid

    def tail(self):
        return self.log.read_text()[-1500:]


class Floor(Program):
    key, label = "floor", "floor"
    records = ()

    def command(self):
        return [tool("bench_floor"), "--brokers", self.ground.broker.address, "--topic", self.prefix + EVENTS,
                "--out", self.decisions, "--group", self.group, "--events", str(self.events), *self.records]


class FloorWithRecords(Floor):
    """Writes as many records as the router does, with CloudEvents headers on as many of them."""

    key, label = "floor-records", "floor, router's records"

    def prepare(self, partitions):
        super().prepare(partitions)
        self.ground.create(f"{self.prefix}{self.key}.state", partitions, cleanup_policy="compact")

    def like(self, program):
        """As many as that program wrote."""
        def of_thousand(topic):
            return str(round(1000 * self.ground.written(topic) / self.events))

        self.records = ("--decisions", of_thousand(program.decisions), "--states", of_thousand(program.changelog),
                        "--state-topic", f"{self.prefix}{self.key}.state")


class Ours(Program):
    key, label = "router", "referral-router"

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.router = Router(self.ground.folder, self.ground.broker, self.ground.redis, self.prefix,
                             log__level="warning", clock=self.clock)
        self.log = self.router.log_path

    @property
    def group(self):
        return self.prefix + "referral-router"

    @property
    def decisions(self):
        return self.prefix + DECISIONS

    @property
    def changelog(self):
        return self.prefix + STATE

    def prepare(self, partitions):
        """hubctl made its topics."""

    def start(self):
        # Keys carry no prefix: what an earlier run left would be wiped key by key while this one is timed.
        if self.process is None:
            self.ground.redis.client.flushall()
        self.router.start(ready=False)
        self.process = self.router.process


class Streams(Program):
    """Kafka Streams as it comes."""

    key, label = "streams", "Kafka Streams"
    options = ()

    @property
    def state(self):
        return self.ground.folder / f"{self.prefix}{self.key}-state"

    def command(self):
        return ["java", "-Xmx1g", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp",
                f"{STREAMS}/classes:{STREAMS}/jars/*", "hub.bench.Main", "--brokers", self.ground.broker.address,
                "--application", self.group, "--events", self.prefix + EVENTS, "--decisions", self.decisions,
                "--state", self.state, "--schemas", self.ground.file("schemas"),
                "--directory", self.ground.file("directory"), "--clock", self.clock, *self.options]

    def forget(self):
        shutil.rmtree(self.state, ignore_errors=True)


class StreamsFast(Streams):
    key, label = "streams10", "Kafka Streams, commits every 10 ms"
    options = ("--commit-ms", "10")


class StreamsTuned(Streams):
    key, label = "streams-tuned", "Kafka Streams, tuned"
    options = ("--tuned", "yes")
