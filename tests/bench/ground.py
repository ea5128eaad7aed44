"""The ground that a benchmark stands on: a broker and a Redis of its own, topics under a prefix, the load."""

import contextlib
import os
import pathlib
import subprocess
import tempfile

from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec

from services import BUILD, Broker, Hubctl, Redis
from waiting import wait_until

PARTITIONS = 16  # of the topics of the catalogue
EVENTS, DECISIONS, STATE = "referral.events", "referral.decisions", "referral-router.state"


class Ground:
    def __init__(self, folder, broker, redis, partitions=PARTITIONS):
        self.folder, self.broker, self.redis, self.partitions = pathlib.Path(folder), broker, redis, partitions
        for name in ("registry", "directory", "schemas"):
            self.file(name).write_bytes(subprocess.check_output([tool("bench_preload"), f"--{name}"]))

    def stop_broker(self):
        self.broker.admin = None  # or it would complain of the broker's end
        self.broker.stop()

    def file(self, name):
        return self.folder / f"{name}.txt"

    def prepare(self, prefix, partitions=None):
        """Topics and registry."""
        hubctl = Hubctl(self.broker, self.redis, prefix)
        hubctl.run("topics", "create", "--partitions", str(partitions or self.partitions), check=False)
        # A broker that has just come up may still be loading its transactions.
        wait_until("the registry", lambda: hubctl.run("registry", "load", self.file("registry")), 60, 1)

    def create(self, topic, partitions, **settings):
        config = {name.replace("_", "."): value for name, value in settings.items()}
        for future in self.broker.admin.create_topics([NewTopic(topic, partitions, 1, config=config)]).values():
            future.result(30)

    def preload(self, prefix, events, first=0, mix="open", run="b", start_ms=None):
        """Events number first to first + events."""
        clock = [] if start_ms is None else ["--start", str(start_ms)]
        subprocess.run([tool("bench_preload"), "--brokers", self.broker.address, "--topic", prefix + EVENTS, "--mix", mix,
                        "--events", str(events), "--first", str(first), "--run", run, *clock],
                       check=True, stdout=subprocess.DEVNULL)

    def written(self, topic):
        """Records (and markers) of a topic, by its ends."""
        metadata = self.broker.admin.list_topics(topic, timeout=10).topics[topic]
        ends = self.broker.admin.list_offsets({TopicPartition(topic, each): OffsetSpec.latest() for each in metadata.partitions})
        return sum(each.result(10).offset for each in ends.values())

    def drop(self, prefix):
        """The topics of a round that is over: a full disk would tell on the next one."""
        names = [each for each in self.broker.admin.list_topics(timeout=10).topics if each.startswith(prefix)]
        for future in self.broker.admin.delete_topics(names).values():
            future.result(30)


def tool(name):
    return BUILD / "tests" / "bench" / name


@contextlib.contextmanager
def ground(partitions=PARTITIONS):
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder, contextlib.ExitStack() as ends:
        here = Ground(folder, Broker(folder), Redis(folder), partitions)
        ends.callback(here.redis.stop)
        here.redis.start()
        ends.callback(here.stop_broker)
        # For the script only: hubctl takes such a name for a setting of its Kafka client.
        os.environ["LOCAL_KAFKA_HEAP"] = "1g"
        here.broker.start()
        del os.environ["LOCAL_KAFKA_HEAP"]
        here.broker.admin = AdminClient({"bootstrap.servers": here.broker.address, "log_level": 2})
        yield here
