"""What a hub takes (services/hubctl/size.def quotes it): one JSON object. No peers: these are figures to plan by."""

import argparse
import json
import pathlib
import re
import subprocess
import tempfile
import time

from county import County
from gateway import Gateway, users_of
from ground import STATE, Ground
from hub import Hub
from load import Load
from measure import Committed, cpu_seconds
from services import BUILD, ROOT, Broker, Hubctl, Redis, Router
from waiting import wait_until

SAMPLE = ROOT / "services" / "sample-county" / "registry"
RATE, STEADY_S = 100, 20


def resident(pid):
    """Bytes."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))


def log_bytes(broker, prefix):
    """Of each topic: its segments, without indexes, which are made larger than they are."""
    sizes = {}
    for folder in (broker.data / "kafka" / "log").glob(prefix + "*-*"):
        topic = folder.name.removeprefix(prefix).rsplit("-", 1)[0]
        sizes[topic] = sizes.get(topic, 0) + sum(each.stat().st_size for each in folder.glob("*.log"))
    return sizes


def sample_day(folder, broker, redis):
    """Disk of a working day of the sample county, and what is in it."""
    hubctl = Hubctl(broker, redis, "")
    hubctl.run("topics", "create")
    hubctl.run("registry", "load", *sorted(SAMPLE.glob("*.json")), "--timeout", "60000")
    empty = log_bytes(broker, "")
    router = Router(folder, broker, redis, "", "day", clock="stream")
    router.start()
    subprocess.run([BUILD / "services" / "sample-county" / "sample-county", "play", "--kafka", broker.address], check=True,
                   stdout=subprocess.DEVNULL)
    router.stop()
    sizes = {topic: size - empty[topic] for topic, size in log_bytes(broker, "").items() if not topic.startswith("__")}
    told = json.loads(hubctl.run("audit", "--json").stdout)
    exported = json.loads(hubctl.run("export", "referral.events", folder / "day.avro", "--json").stdout)
    counts = {each["record"]: each["records"] for each in exported["files"]}
    referrals = counts["ReferralRequested"]
    redis.client.flushall()
    return {"referrals": referrals, "events": told["inputs"], "bytes_a_referral": {t: s // referrals for t, s in sizes.items()}}


def grown(folder, broker, redis, mix, events):
    """The router's, Redis' and the gateway's memory with the benchmark's load in it, after a restart, and how long that took."""
    ground, prefix = Ground(folder, broker, redis), f"{mix}{events}."
    ground.prepare(prefix)
    ground.preload(prefix, events, mix=mix, start_ms=int(time.time() * 1000) - events)
    router = Router(folder, broker, redis, prefix, "grown", clock="stream")
    router.start()
    committed = Committed(ground, prefix, prefix + "referral-router")
    wait_until("the load", lambda: committed.count() >= events, 600, 0.5)
    wait_until("Redis to follow", lambda: router.ready()["hot_state"]["whole"], 120)
    committed.close()
    router.stop()
    disk = log_bytes(broker, prefix)[STATE]
    began = time.monotonic()
    router.start()
    restart = time.monotonic() - began
    wait_until("Redis to follow", lambda: router.ready()["hot_state"]["whole"], 120)
    records = re.findall(r"(\d+) records, (\d+) bytes in", router.log())[-16:]
    gateway = Gateway(folder, broker, redis, prefix, users_of(County(0)), log__level="warning")
    gateway.start()
    told = {"records": sum(int(each[0]) for each in records), "table_bytes": sum(int(each[1]) for each in records),
            "router": resident(router.process.pid), "gateway": resident(gateway.process.pid),
            "redis": int(redis.client.info("memory")["used_memory"]), "restart_s": round(restart, 2), "changelog": disk}
    gateway.stop()
    router.stop()
    began = time.monotonic()
    redis.client.flushall()
    router.start()
    wait_until("Redis to be written anew", lambda: router.ready()["hot_state"]["whole"], 300)
    told["redis_rebuilt_s"] = round(time.monotonic() - began, 2)
    router.stop()
    ground.drop(prefix)
    redis.client.flushall()
    return told


def steady(folder, broker, redis):
    """Processor at a low rate: where small transactions cost most."""
    hub = Hub(folder, broker, redis, 4)
    hub.router.start()
    gateway = Gateway(folder, broker, redis, hub.prefix, users_of(hub.county))
    gateway.start()
    pids = {"router": hub.router.process.pid, "gateway": gateway.process.pid, "broker": broker.pid(), "redis": redis.pid()}

    def spent(seconds):
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        time.sleep(seconds)
        return {name: round(100 * (cpu_seconds(pid) - before[name]) / seconds, 1) for name, pid in pids.items()}

    idle = spent(STEADY_S)
    load = Load(hub, 1, rate=RATE)
    load.start()
    time.sleep(3)
    busy = spent(STEADY_S)
    load.stop()
    gateway.stop()
    hub.close()
    return {"events_per_s": RATE, "idle_percent_of_a_core": idle, "busy_percent_of_a_core": busy,
            "resident_mb": {"broker": resident(pids["broker"]) >> 20, "redis": resident(pids["redis"]) >> 20}}


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/footprint", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000, help="of the benchmark's load")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hub-footprint-") as name:
        folder = pathlib.Path(name)
        broker, redis = Broker(folder), Redis(folder)
        redis.start()
        broker.start()
        try:
            told = {"sample_day": sample_day(folder, broker, redis)}
            for mix in ("open", "settled"):
                told[mix] = {count: grown(folder, broker, redis, mix, count) for count in (10, options.events)}
            told["steady"] = steady(folder, broker, redis)
        finally:
            broker.stop()
            redis.stop()
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
