"""What the faults strike: three brokers on small disks, a Redis, two routers under their supervisors, each in a network of
its own, and hospitals in processes of their own that publish all the time."""

import json
import os
import shutil
import subprocess
import sys

from cluster import COPIES, Cluster
from county import County, write_registry
from network import Network
from services import BUILD, ROOT, Hubctl, Redis, end_with_parent
from supervised import SupervisedRouter
from waiting import wait_until

LOCAL = ROOT / "deploy" / "local"
PARTITIONS = 16
DISK_MB = 512
REDIS = COPIES  # its number among the network's servers; brokers have 0, 1, 2
# Deadlines of one minute, so that timers fire all through the run.
LIMITS = {"answer_emergency_minutes": 1, "answer_urgent_minutes": 1}


class Site:
    def __init__(self, folder, seed, rate=150, counties=8, publishers=2, **settings):
        self.folder, self.seed, self.rate, self.publishers, self.settings = folder, seed, rate, publishers, settings
        self.prefix = "f."
        self.counties = [County(i) for i in range(counties)]
        self.routers, self.hospitals = [], []
        self.network = self.broker = self.redis = None

    def open(self):
        self.folder.mkdir(parents=True)
        self.network = Network(servers=COPIES + 1)
        (self.folder / "network").write_text(str(self.network.number))
        self.network.open()
        self.broker = Cluster(self.folder, self.network.servers[:COPIES])
        for node in self.broker.nodes:
            node.mount_disk(DISK_MB)
        self.broker.start()
        self.redis = Redis(self.folder / "redis", self.network.servers[REDIS])
        self.redis.start()
        self._copy_programs()
        self.hubctl = Hubctl(self.broker, self.redis, self.prefix, self.folder / "hubctl")
        self.hubctl.run("topics", "create")
        self.hubctl.run("registry", "load", write_registry(self.folder / "registry.json", self.counties, **LIMITS),
                        "--timeout", "50000")  # a broker that has just started loads its coordinators first
        self.routers = [self.router("a", self.network.island()), self.router("b", self.network.island())]
        for router in self.routers:
            router.start(ready=False)
        wait_until("a whole site", self.whole, 90, pause=0.3)
        self._start_hospitals()

    def _copy_programs(self):
        """A build meanwhile changes nothing, and a core file finds its program."""
        for program in ("hubctl/hubctl", "referral-router/hub-referral-router"):
            shutil.copy2(BUILD / "services" / program, self.folder)

    def router(self, instance, island, name=None):
        """name: of its files, when it claims to be an instance that exists."""
        router = SupervisedRouter(self.folder, self.broker, self.redis, self.prefix, name or instance, island,
                                  self.folder / "hub-referral-router", **self.settings)
        router.settings["instance"] = instance
        return router

    def _start_hospitals(self):
        share = len(self.counties) // self.publishers
        for n in range(self.publishers):
            counties = ",".join(str(i) for i in range(n * share, (n + 1) * share))
            command = [sys.executable, ROOT / "tests" / "support" / "hospital.py", "--kafka", self.broker.address,
                       "--prefix", self.prefix, "--counties", counties, "--name", f"h{n}-", "--seed", f"{self.seed} {n}",
                       "--rate", str(self.rate / self.publishers)]
            with open(self.folder / f"hospital-{n}.log", "w") as log:
                self.hospitals.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True,
                                                       preexec_fn=end_with_parent))

    def stop_hospitals(self):
        """How many events they sent, repeats apart; the brokers have acknowledged them all."""
        for each in self.hospitals:
            each.terminate()
        sent = 0
        for n, each in enumerate(self.hospitals):
            out, _ = each.communicate(timeout=150)
            log = (self.folder / f"hospital-{n}.log").read_text()
            assert each.returncode == 0, f"hospital {n} ended with {each.returncode}: {log[-1500:]}"
            told = json.loads(out)
            sent += told["sent"] - told["repeats"]
        self.hospitals = []
        return sent

    def whole(self):
        """Nothing is left of a fault: brokers in sync, every partition owned and decided, hot state whole."""
        self.broker.whole()
        owned = 0
        for router in self.routers:
            answer = router.ready()
            assert answer["ready"] and answer["hot_state"]["whole"], f"{router.name}: {answer}"
            assert answer["partitions"]["restoring"] == answer["partitions"]["stopped"] == 0, f"{router.name}: {answer}"
            owned += answer["partitions"]["owned"]
        assert owned == PARTITIONS, f"{owned} of {PARTITIONS} partitions are owned"
        return True

    def close(self):
        for each in self.hospitals:
            each.kill()
            each.wait(10)
        for router in self.routers:
            if router.process:
                router.kill()
        if self.redis:
            self.redis.end()
        if self.broker:
            self.broker.kill()
        if self.network:
            self.network.close()


def clear(folder):
    """What a run that was killed has left behind: servers, disks, networks, files."""
    for data in [*folder.glob("broker-*"), *folder.glob("redis")]:
        script = LOCAL / ("redis" if data.name == "redis" else "kafka")
        subprocess.run([script, "stop", "--data", data], check=True)
        if os.path.ismount(data / "kafka" / "log"):
            subprocess.run(["umount", "-l", data / "kafka" / "log"], check=True)
    if (folder / "network").exists():
        Network.remains(int((folder / "network").read_text())).close()
    shutil.rmtree(folder, ignore_errors=False)
