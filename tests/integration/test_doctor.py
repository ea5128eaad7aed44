"""hubctl doctor on a hub that is well, and with one fault after the other, each of them real: it names that one and no other.
What wants a broker of its own stands in test_doctor_broker.py."""

import contextlib
import os
import signal
import subprocess
import time

import pytest
from confluent_kafka import Consumer
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions

from avro import SCHEMAS
from doctor import examine, faults, only
from hub import Hub
from services import ROOT, Redis, Router, end_with_parent
from supervised import build_clock
from test_audit import asked, commit, committed
from waiting import wait_until


@pytest.fixture(scope="module")
def hub(tmp_path_factory, broker, redis):
    """A hub whose router runs, with some work behind it; every test leaves it well."""
    # A stopped copy stays in the group for longer than it is looked at.
    hub = Hub(tmp_path_factory.mktemp("doctor"), broker, redis, 2, kafka__session__timeout__ms=45000)
    hub.router.start()
    decide(hub, "s1")
    yield hub
    hub.close()


def decide(hub, name):
    decisions = hub.subscribe("referral.decisions")
    for county in hub.counties:
        event = hub.publisher.opened(county, county.lead, name, 2)
        decisions.answer_to(event)


def daemons(*routers):
    return "--daemons", ",".join(f"referral-router={each.host}:{each.admin_port}" for each in routers)


def ask(hub, *options, **how):
    return examine(hub.hubctl, *daemons(hub.router), *options, **how)


def well(hub):
    def is_well():
        told = ask(hub)
        assert not faults(told), faults(told)
        return told

    return wait_until("a hub that is well", is_well, 60)


# Topics and reference data


def set_setting(hub, topic, name, value):
    entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ConfigResource.Type.TOPIC, hub.prefix + topic, incremental_configs=[entry])
    for done in hub.broker.admin.incremental_alter_configs([resource]).values():
        done.result(10)


def test_a_hub_that_is_well(hub):
    told = ask(hub, "--data", "/", page=True)
    levels = {each["check"]: each["result"] for each in told["checks"]}
    assert not faults(told) or list(faults(told)) == ["DISK_LOW"], faults(told)
    assert levels["certificates"] == "not asked" and levels["hot state"] == levels["lag"] == levels["daemons"] == "ok"


def test_a_directory_that_is_not_there_is_a_mistake_of_the_caller(hub):
    done = hub.hubctl.run("doctor", "--data", "/nowhere", check=False)
    assert done.returncode == 2 and "--data /nowhere" in done.stderr and "-v /nowhere:/nowhere:ro" in done.stderr


def test_offsets_without_records_are_no_fault(hub):
    """Neither is lag nor an empty registry: what the router's transactions and hubctl topics advance leave."""
    hub.take_back("referral.events", 1)
    hub.take_back("referral.transfers", 1)
    hub.take_back("registry", 300)
    levels = {each["check"]: (each["result"], each["seen"]) for each in well(hub)["checks"]}
    assert levels["lag"] == ("ok", "nothing waits") and levels["reference data"][0] == "ok"


def test_wrong_cleanup_policy(hub):
    topic = "referral-router.state"
    set_setting(hub, topic, "cleanup.policy", "delete")
    found = only(ask(hub, page=True), "TOPIC_CLEANUP", topic, "is delete, should be compact")
    assert f"--alter --topic {hub.prefix}{topic} --add-config cleanup.policy=compact" in found["commands"][0]
    set_setting(hub, topic, "cleanup.policy", "compact")
    set_setting(hub, "referral.events", "retention.ms", "1000000")
    only(ask(hub), "TOPIC_SETTING", "referral.events", "retention.ms is 1000000, should be 7776000000")
    set_setting(hub, "referral.events", "retention.ms", "7776000000")
    well(hub)


def test_topic_with_wrong_partitions_and_topic_missing(hub):
    topic = hub.prefix + "audit.events"
    hub.broker.admin.create_partitions([NewPartitions(topic, 18)])[topic].result(10)
    wait_until("18 partitions", lambda: len(hub.broker.admin.list_topics(topic).topics[topic].partitions) == 18)
    only(ask(hub), "TOPIC_PARTITIONS", f"{topic} has 18, the others have 16")
    hub.broker.admin.delete_topics([topic])[topic].result(10)
    found = only(ask(hub), "TOPIC_MISSING", f"1 of 8 topics: {topic}")
    assert found["commands"] == ["hubctl topics create"] and hub.prefix in found["cause"]
    hub.hubctl.run("topics", "create")
    well(hub)


def test_registry_empty(hub, tmp_path):
    prefix = hub.prefix + "empty."
    router = Router(tmp_path, hub.broker, hub.redis, prefix, "empty", redis__database=3)
    hubctl = type(hub.hubctl)(hub.broker, hub.redis, prefix)
    hubctl.run("topics", "create", "--partitions", "2")
    router.start(ready=False)
    try:
        wait_until("the router to miss it", lambda: "registry is empty" in router.get("/readyz")[1])
        told = examine(hubctl, *daemons(router), env=os.environ | {"HUB_REDIS_DATABASE": "3"})
        assert only(told, "REGISTRY_EMPTY", "no record")["commands"] == ["hubctl registry load FILE..."]
        assert [each["result"] for each in told["checks"] if each["check"] == "daemons"] == ["follows"]
    finally:
        router.kill()


# Redis


@contextlib.contextmanager
def redis_setting(hub, name, value):
    before = hub.redis.client.config_get(name)[name]
    hub.redis.client.config_set(name, value)
    yield
    hub.redis.client.config_set(name, before)


def test_redis_throws_keys_away_or_is_full(hub):
    with redis_setting(hub, "maxmemory-policy", "allkeys-lru"):
        found = only(ask(hub), "REDIS_EVICTS", "maxmemory-policy is allkeys-lru")
        assert f"redis-cli -u redis://{hub.redis.address} config set maxmemory-policy noeviction  # without" in found["commands"]
    with redis_setting(hub, "maxmemory", hub.redis.client.info("memory")["used_memory"]):
        only(ask(hub), "REDIS_FULL")
    well(hub)


def test_redis_wrong_password_and_a_right_missing(hub):
    wrong = os.environ | {"HUB_REDIS_USERNAME": "somebody", "HUB_REDIS_PASSWORD": "guess"}
    only(ask(hub, env=wrong), "REDIS_PASSWORD", "user somebody", "WRONGPASS")
    hub.redis.client.execute_command("ACL", "SETUSER", "somebody", "on", ">guess", "~*", "+get", "+auth")
    only(ask(hub, env=wrong), "REDIS_RIGHTS", "INFO", "NOPERM")
    hub.redis.client.execute_command("ACL", "DELUSER", "somebody")
    # Redis asks everybody for a password, and neither of them has one.
    hub.redis.client.config_set("requirepass", "new")
    only(ask(hub), "REDIS_PASSWORD", "user default", "NOAUTH")
    hub.redis.client.config_set("requirepass", "")
    well(hub)


def test_redis_a_read_only_replica(hub, tmp_path):
    main = Redis(tmp_path)
    main.start()
    try:
        hub.redis.client.replicaof(main.host, main.port)
        decide_meanwhile(hub)
        wait_until("the router to be refused", lambda: not hub.router.ready()["hot_state"]["whole"])
        only(ask(hub), "REDIS_REPLICA", f"is a replica of {main.address}")
    finally:
        hub.redis.client.replicaof("no", "one")
        main.kill()
    well(hub)


def decide_meanwhile(hub):
    county = hub.county
    hub.publisher.requested(county, county.centres[0], f"r{time.monotonic_ns()}")
    hub.publisher.flush()


def test_redis_cannot_save(hub):
    dump = hub.redis.data / "redis" / "dump.rdb"
    dump.unlink(missing_ok=True)
    dump.mkdir()
    (dump / "in-the-way").touch()
    hub.redis.client.bgsave()
    wait_until("the snapshot to fail", lambda: hub.redis.client.info("persistence")["rdb_last_bgsave_status"] == "err")
    only(ask(hub), "REDIS_CANNOT_SAVE")
    (dump / "in-the-way").unlink()
    dump.rmdir()
    hub.redis.client.bgsave()
    well(hub)


def test_redis_down(hub):
    hub.redis.kill()
    wait_until("the router to notice", lambda: not poke(hub).ready()["hot_state"]["whole"])
    told = ask(hub, page=True)
    assert "refused" in only(told, "REDIS_DOWN", hub.redis.address)["seen"]
    assert {each["check"] for each in told["checks"] if each["result"] == "not asked"} >= {"writing", "memory", "hot state"}
    hub.redis.start()
    poke(hub)
    well(hub)


def poke(hub):
    decide_meanwhile(hub)
    return hub.router


def test_redis_behind_and_of_another_hub_and_elsewhere(hub):
    """An older copy of Redis, or another hub's, is put back while the router cannot look: it mends that as soon as it does."""
    client = hub.redis.client
    partition = next(p for p in range(16) if client.hlen(f"{{referral-router.{p}}}:session:{hub.county.lead}:s1"))
    key = f"{{referral-router.{partition}}}:fence"
    before = client.get(key)
    decide(hub, "s2")
    wait_until("Redis to follow", lambda: client.get(key) != before)
    well(hub)
    now = client.get(key)
    hub.router.signal(signal.SIGSTOP)
    client.set(key, before)
    only(examine(hub.hubctl, "--daemons", ""), "REDIS_BEHIND", "1 of 16 partitions stand still")
    epoch, offset, state, stamp = now.split()
    client.set(key, f"{epoch} {int(offset) + 5000} {state} {stamp}")
    only(examine(hub.hubctl, "--daemons", ""), "REDIS_FOREIGN", "1 of 16 partitions", f"(partition {partition} is one)")
    client.set(key, now)
    hub.router.signal(signal.SIGCONT)
    well(hub)
    only(ask(hub, env=os.environ | {"HUB_REDIS_DATABASE": "5"}), "REDIS_ELSEWHERE", "database 5 has nothing")


# The router


def test_clock_skew(hub, tmp_path):
    clock = tmp_path / "clock"
    clock.write_bytes((3600).to_bytes(8, "little"))
    hub.router.stop()
    ahead = {"LD_PRELOAD": str(build_clock(tmp_path)), "SHIFTED_CLOCK": str(clock)}
    settings = hub.router.write_settings()
    with open(hub.router.log_path, "a") as log:
        hub.router.process = subprocess.Popen([hub.router.program, "--config", settings], stdout=log, stderr=log,
                                              env={"PATH": os.environ["PATH"], **ahead}, preexec_fn=end_with_parent)
    wait_until("the router to notice", lambda: "ahead of" in hub.router.get("/readyz")[1], 60)
    only(ask(hub), "CLOCK_SKEW", "pauses: the clock is 3", "referral-router at", " s ahead of this machine")
    hub.router.stop()
    hub.router.start()
    # This machine's own.
    found = only(ask(hub, env=os.environ | ahead), "CLOCK_SKEW", "Redis is 3", "s behind this machine")
    assert "the router pauses" in found["cause"]
    well(hub)


def test_a_daemon_that_hangs_and_a_consumer_that_is_stuck(hub):
    hub.router.signal(signal.SIGSTOP)
    decide_meanwhile(hub)
    only(ask(hub), "DAEMON_HANGS", "says nothing")
    # Asked where the admin address cannot be reached: the group alone tells.
    found = only(examine(hub.hubctl, "--daemons", ""), "CONSUMER_STUCK", "1 record wait", "commits nothing in 1 partition")
    assert f"{hub.prefix}referral-router-test" in found["seen"]
    hub.router.signal(signal.SIGCONT)
    well(hub)


def test_a_daemon_that_does_not_run_and_a_stranger_in_its_group(hub):
    assert hub.router.stop() == 0
    only(ask(hub, page=True), "DAEMON_AWAY", "Connection refused")
    stranger = Consumer({"bootstrap.servers": hub.broker.address, "group.id": hub.prefix + "referral-router",
                         "client.id": "somebody-else", "enable.auto.commit": False})
    stranger.subscribe([hub.prefix + "referral.events"])
    decide_meanwhile(hub)
    wait_until("the stranger to read", lambda: stranger.poll(0.1))
    only(examine(hub.hubctl, "--daemons", ""), "CONSUMER_FOREIGN", '"somebody-else"')
    stranger.close()
    only(examine(hub.hubctl, "--daemons", ""), "CONSUMER_NONE", "the group is empty")
    hub.router.start()
    well(hub)


def test_offsets_and_position_unequal(hub):
    assert hub.router.stop() == 0
    partition = next(p for p in range(16) if committed(hub, p).offset > 0)
    before = committed(hub, partition)
    commit(hub, partition, before.offset - 1, "")
    told = ask(hub)
    assert set(faults(told)) == {"DAEMON_AWAY", "OFFSETS_DISAGREE"}, faults(told)
    hub.router.start(ready=False)
    wait_until("the router to stop the partition", lambda: f"partition {partition} is stopped" in hub.router.get("/readyz")[1])
    found = only(ask(hub), "OFFSETS_DISAGREE", f"partition {partition} is stopped")
    assert "hubctl repair --yes" in found["commands"]
    assert hub.router.stop() == 0
    wait_until("the group to be empty", lambda: hub.hubctl.run("repair", "--yes", check=False).returncode == 0)
    hub.router.start()
    well(hub)


def test_a_changelog_whose_newest_offsets_hold_nothing(hub):
    """A router killed in a long transaction, or hubctl topics advance, leaves more than are looked at first: with the group empty
    neither do offsets and state disagree then, nor is Redis another hub's."""
    wait_until("Redis to follow", lambda: not faults(ask(hub)), 60)
    assert hub.router.stop() == 0
    hub.take_back("referral-router.state", 1200)
    told = ask(hub)
    levels = {each["check"]: (each["result"], each["seen"]) for each in told["checks"]}
    assert set(faults(told)) == {"DAEMON_AWAY"}, faults(told)
    assert levels["offsets"] == ("ok", "they agree with the state's position"), levels
    assert levels["hot state"][0] == "ok" and "level with the state in" in levels["hot state"][1], levels
    hub.router.start()
    well(hub)


def test_two_instances_with_one_transactional_id(hub, tmp_path):
    """Both under their supervisors, so each is ended by the other again and again."""
    assert hub.router.stop() == 0
    copies = [Router(tmp_path, hub.broker, hub.redis, hub.prefix, "twin") for _ in range(2)]
    processes = []
    for number, each in enumerate(copies):
        each.name = f"twin-{number}"
        command = [ROOT / "deploy" / "local" / "supervise", each.program, "--config", each.write_settings()]
        processes.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                          start_new_session=True, preexec_fn=end_with_parent))
    try:
        members = f"{hub.prefix}referral-router-twin"
        wait_until("two of them", lambda: named(hub).count(members) == 2, 30)
        only(examine(hub.hubctl, *daemons(*copies)), "DAEMON_TWO", "twin")
    finally:
        for each in processes:
            os.killpg(each.pid, signal.SIGKILL)
            each.wait(10)
    hub.router.start()
    well(hub)


def named(hub):
    name = hub.prefix + "referral-router"
    group = hub.broker.admin.describe_consumer_groups([name], request_timeout=10)[name].result()
    return [each.client_id for each in group.members]


# Last: letters stay


def test_dead_letters_and_a_schema_that_nobody_knows(hub):
    letters = hub.subscribe("referral-router.dead-letters", decode=False)
    value = bytearray(SCHEMAS.encode("ReferralRequested", hub.publisher.requested(hub.county, hub.county.centres[0], "known")))
    value[2] ^= 0xFF  # of the fingerprint
    hub.publisher.raw(bytes(value), hub.county.id, headers={"ce_source": f"/org/{hub.county.centres[0]}"})
    hub.publisher.flush()
    first = letters.wait_for("the letter", lambda _each: True)
    found = only(ask(hub), "UNKNOWN_SCHEMA", f"1 letter in the last 24 h, from /org/{hub.county.centres[0]} (1)")
    assert found["commands"][0] == f"hubctl dlq show {first.partition}:{first.offset}"
    shown = hub.hubctl.run(*found["commands"][0].split()[1:]).stdout
    assert "ce_source" in shown and "hub_dlq_detail" in shown
    for _ in range(3):
        hub.publisher.raw(b"nonsense", hub.county.id)
    hub.publisher.flush()
    wait_until("the letters", lambda: letters.poll() or len(letters.records) == 4)
    told = ask(hub, page=True)
    assert set(faults(told)) == {"UNKNOWN_SCHEMA", "DEAD_LETTERS"}
    assert "3 in the last 24 h, 4 of all in the last hour" in faults(told)["DEAD_LETTERS"]
