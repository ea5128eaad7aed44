"""hubctl doctor where the broker itself is what is wrong: a full disk, its end, its silence, one of two gone. It names the fault
first, and what follows from it not as another one."""

import os
import signal

import pytest
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource

from cluster import Node
from doctor import examine, faults, only
from services import Broker, Hubctl
from waiting import wait_until


def first(told, fault, *words):
    """The first fault that is found."""
    found = faults(told)
    assert list(found)[:1] == [fault] and all(word in found[fault] for word in words), found


class SmallDisk(Broker):
    """A broker whose disk is a small one of its own."""

    environment = Node.environment
    disk, mount_disk, unmount_disk = Node.disk, Node.mount_disk, Node.unmount_disk
    fill_disk, free_disk, running = Node.fill_disk, Node.free_disk, Node.running


@pytest.fixture
def small(tmp_path):
    broker = SmallDisk(tmp_path)
    broker.mount_disk(64)
    broker.start()
    yield broker
    broker.end()
    broker.unmount_disk()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a disk: needs root")
def test_disk_full_broker_down_broker_silent(small, redis):
    hubctl = Hubctl(small, redis, "")
    hubctl.run("topics", "create", "--partitions", "2")
    data = "--daemons", "", "--data", str(small.disk)
    first(examine(hubctl, *data), "REGISTRY_EMPTY")
    small.fill_disk()
    provoke(hubctl)
    wait_until("the broker to end of its full disk", lambda: not small.running(), 60)
    told = examine(hubctl, *data, page=True)
    found = only(told, "DISK_FULL", f"{small.disk} is full: 0 bytes of ")
    assert str(small.disk) in found["commands"][0]
    assert "most probably of the full disk" in next(each["seen"] for each in told["checks"] if each["check"] == "broker")
    small.free_disk()
    told = examine(hubctl, *data, page=True)
    assert only(told, "KAFKA_DOWN", small.address, "refused")["commands"][-1] == "docker compose up -d kafka"
    assert {each["check"] for each in told["checks"] if each["result"] == "not asked"} >= {"topics", "lag", "dead letters"}
    small.start()
    first(examine(hubctl, *data), "REGISTRY_EMPTY")
    os.kill(small.pid(), signal.SIGSTOP)
    only(examine(hubctl, *data), "KAFKA_SILENT", small.address)


def provoke(hubctl):
    """Something that the broker has to write."""
    hubctl.run("topics", "create", "--prefix", "more.", check=False)


def in_sync(pair):
    return pair.admin.list_topics("referral.events", timeout=10).topics["referral.events"].partitions[0].isrs


def test_a_broker_of_several_gone(pair, redis):
    hubctl = Hubctl(pair, redis, "")
    hubctl.run("topics", "create", "--partitions", "2")
    pair.second.kill()
    wait_until("the first to miss it", lambda: len(in_sync(pair)) == 1, 60)
    first(examine(hubctl, "--daemons", ""), "KAFKA_COPIES", "lack a copy; 1 broker is there")
    entry = ConfigEntry("min.insync.replicas", "2", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ConfigResource.Type.TOPIC, "referral.events", incremental_configs=[entry])
    for done in pair.admin.incremental_alter_configs([resource]).values():
        done.result(20)
    first(examine(hubctl, "--daemons", ""), "KAFKA_MIN_ISR", "only 1 copy is in sync where a write needs 2, in 1 topic")
