"""Three equal brokers, each also a controller: every partition on all three, acknowledged by two. Each broker's disk can be
a small one of its own (tmpfs), to be filled."""

import concurrent.futures
import errno
import os
import signal
import subprocess

from confluent_kafka.admin import AdminClient

from services import LocalService, running
from waiting import wait_until

COPIES = 3


class Node(LocalService):
    name = "kafka"
    ports = 2
    # Small, and quick to start: brokers are killed all the time.
    environment = {"LOCAL_KAFKA_HEAP": "384m", "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}

    def __init__(self, cluster, number, data, host):
        super().__init__(data, host)
        self.cluster, self.number = cluster, number

    @property
    def disk(self):
        return self.data / "kafka" / "log"

    def start(self):
        super().start("--nodes", self.cluster.address, "--copies", str(COPIES))

    def running(self):
        return running(self.pid())

    def pause(self):
        os.kill(self.pid(), signal.SIGSTOP)

    def resume(self):
        os.kill(self.pid(), signal.SIGCONT)

    def mount_disk(self, megabytes):
        self.disk.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "hub-fault", self.disk], check=True)

    def unmount_disk(self):
        if os.path.ismount(self.disk):
            subprocess.run(["umount", "-l", self.disk], check=True)

    def fill_disk(self, leave=0):
        """To the last block, or to the last `leave` bytes."""
        space = os.statvfs(self.disk)
        room = space.f_bavail * space.f_frsize - leave
        try:
            with open(self.disk / "ballast", "ab", buffering=0) as ballast:
                while room > 0:
                    room -= ballast.write(bytes(min(room, 1 << 20)))
        except OSError as error:
            assert error.errno == errno.ENOSPC, error

    def free_disk(self):
        (self.disk / "ballast").unlink(missing_ok=True)


class Cluster:
    def __init__(self, folder, hosts):
        self.nodes = [Node(self, i + 1, folder / f"broker-{i + 1}", host) for i, host in enumerate(hosts)]
        self.admin = None

    @property
    def address(self):
        return ",".join(node.address for node in self.nodes)

    def start(self):
        """Those that do not run; a quorum needs two, so all at once."""
        missing = [node for node in self.nodes if not node.disk.joinpath("meta.properties").exists() or not node.running()]
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(lambda node: node.start(), missing))
        self.admin = self.admin or AdminClient({"bootstrap.servers": self.address, "log_level": 2})

    def kill(self):
        for node in self.nodes:
            node.end()
            node.unmount_disk()

    def leader(self, topic, partition):
        """The node that leads a partition now."""
        found = wait_until(f"a leader of {topic}-{partition}", lambda: self._leader_id(topic, partition), pause=0.2)
        return self.nodes[found - 1]

    def _leader_id(self, topic, partition):
        leader = self.admin.list_topics(topic, timeout=10).topics[topic].partitions[partition].leader
        return leader if leader > 0 else None

    def coordinator(self, topic, name):
        """Who coordinates a transactional id (topic __transaction_state) or a group (__consumer_offsets)."""
        count = len(self.admin.list_topics(topic, timeout=10).topics[topic].partitions)
        return self.leader(topic, (java_hash(name) & 0x7FFFFFFF) % count)

    def whole(self):
        """Every copy of every partition is in sync."""
        topics = self.admin.list_topics(timeout=10).topics
        behind = [f"{name}-{at}" for name, topic in topics.items() for at, each in topic.partitions.items()
                  if len(each.isrs) < COPIES]
        assert not behind, f"{len(behind)} partitions lack a copy: {behind[:3]}"
        return True


def java_hash(text):
    number = 0
    for letter in text:
        number = (31 * number + ord(letter)) & 0xFFFFFFFF
    return number
