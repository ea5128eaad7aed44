"""A Kafka broker and a Redis of the tests' own (deploy/local/kafka, deploy/local/redis), and the programs under test.

Every process is known by its pid; nothing is ended by name."""

import ctypes
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import urllib.error
import urllib.request

import redis as redis_client
from confluent_kafka.admin import AdminClient

from waiting import wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("HUB_TEST_BUILD", ROOT / "build" / "release"))


_reserved = []


def _reserve(port):
    """A socket that says to the other processes of the tests, as long as this one lives, that the port is taken. A name of the
    abstract kind: nothing of it stays behind."""
    mark = socket.socket(socket.AF_UNIX)
    try:
        mark.bind(f"\0hub-test-port-{port}")
    except OSError:
        mark.close()
        raise
    return mark


def free_port(count=1):
    """The first of `count` ports in a row that nobody listens on and no other process of the tests was given: what is to listen
    there may start a minute later. Below the ephemeral ones: a client that tries again and again to reach a server that is down
    could be given the server's own port there, and talk to itself."""
    while True:
        port = random.randint(20000, 31000)
        marks = []
        try:
            for i in range(port, port + count):
                marks.append(_reserve(i))
                with socket.socket() as each:
                    each.bind(("127.0.0.1", i))
            _reserved.extend(marks)
            return port
        except OSError:
            for each in marks:
                each.close()


class LocalService:
    """Something that a script of deploy/local starts and stops in a folder."""

    name = None
    ports = 1
    environment = {}  # for the script only

    def __init__(self, data, host="127.0.0.1"):
        self.data, self.host = pathlib.Path(data), host
        self.port = free_port(self.ports)

    @property
    def address(self):
        return f"{self.host}:{self.port}"

    def _script(self, command, *options):
        script = ROOT / "deploy" / "local" / self.name
        subprocess.run([script, command, "--data", self.data, *options], check=True, timeout=120,
                       env=os.environ | self.environment)

    def start(self, *options):
        self._script("start", "--host", self.host, "--port", str(self.port), *options)

    def stop(self):
        self._script("stop")

    def pid(self):
        return int((self.data / self.name / f"{self.name}.pid").read_text().split()[0])

    def kill(self):
        """As a power cut would."""
        pid = self.pid()
        os.kill(pid, signal.SIGKILL)
        wait_until(f"the end of {self.name}", lambda: not running(pid) and not self.listens())

    def end(self):
        """However it is: paused, gone, never started."""
        if (self.data / self.name / f"{self.name}.pid").exists() and running(self.pid()):
            os.kill(self.pid(), signal.SIGCONT)
            self.kill()

    def listens(self):
        """The first thread of a process may have ended before the last one closes its port."""
        with socket.socket() as probe:
            return probe.connect_ex((self.host, self.port)) == 0


def end_with_parent():
    """For preexec_fn: TERM when the test's process has gone, however it went."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def running(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


class Broker(LocalService):
    name = "kafka"
    ports = 2

    def start(self, *options):
        super().start(*options)
        self.admin = AdminClient({"bootstrap.servers": self.address})


class Pair:
    """Two brokers that hold the same; the second may be killed, and partitions move to the first."""

    def __init__(self, folder):
        self.first, self.second = Broker(folder / "first"), Broker(folder / "second")

    @property
    def address(self):
        return f"{self.first.address},{self.second.address}"

    @property
    def admin(self):
        return self.first.admin

    def start(self):
        self.first.start("--copies", "2")
        self.start_second()

    def start_second(self):
        self.second.start("--copies", "2", "--join", str(self.first.data))

    def kill(self):
        self.second.end()
        self.first.end()


class Redis(LocalService):
    name = "redis"

    def start(self):
        super().start()
        self.client = redis_client.Redis(port=self.port, decode_responses=True)


class Hubctl:
    """The operators' tool against one broker, Redis and prefix."""

    def __init__(self, broker, redis, prefix, program=BUILD / "services" / "hubctl" / "hubctl"):
        self.program = program
        self.options = ["--kafka", broker.address, "--redis", redis.address, "--prefix", prefix]

    def run(self, *words, check=True, **options):
        command = [self.program, *words, *self.options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, **options)
        if check and done.returncode:
            raise AssertionError(f"hubctl {' '.join(map(str, words))}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done


class Daemon:
    """A daemon as a process. Settings are names as in its configuration file, `__` for a point."""

    kind = program = None
    environment = {}

    def __init__(self, folder, instance, settings):
        self.folder = pathlib.Path(folder)
        self.host, self.admin_port = "127.0.0.1", free_port()
        self.process = None
        self.name = instance  # of its files
        self.log_path = self.folder / f"{self.kind}-{instance}.log"
        self.settings = {
            "admin.listen": f"127.0.0.1:{self.admin_port}",
            **{name.replace("__", "."): value for name, value in settings.items()},
        }

    def write_settings(self):
        path = self.folder / f"{self.kind}-{self.name}.conf"
        path.write_text("".join(f"{name} = {value}\n" for name, value in self.settings.items()))
        return path

    def start(self, ready=True):
        with open(self.log_path, "a") as log:
            self.process = subprocess.Popen(
                [self.program, "--config", self.write_settings()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ["PATH"], "ASAN_OPTIONS": "detect_leaks=1"} | self.environment,
            )
        if ready:
            self.wait_ready()

    def wait_ready(self, timeout=60):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError(f"the {self.kind} ended with {self.process.returncode}: {self.log()[-2000:]}")
            return self.get("/readyz")[0] == 200

        wait_until(f"a ready {self.kind}", ready, timeout)

    def get(self, path, accept="*/*"):
        """(status, text) of the admin port."""
        try:
            request = urllib.request.Request(f"http://{self.host}:{self.admin_port}{path}", headers={"Accept": accept})
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def ready(self):
        """What /readyz says."""
        return json.loads(self.get("/readyz", "application/json")[1])

    def metric(self, name):
        """The sum of a metric over its labels."""
        return sum(
            float(line.rsplit(" ", 1)[1])
            for line in self.get("/metrics")[1].splitlines()
            if line.split("{")[0].split(" ")[0] == name
        )

    def log(self):
        return self.log_path.read_text()

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, timeout=15):
        """TERM; returns the exit code."""
        if self.alive():
            self.process.terminate()
        return self.process.wait(timeout)

    def kill(self):
        if self.alive():
            self.process.kill()
        self.process.wait(10)

    def signal(self, number):
        self.process.send_signal(number)


class Router(Daemon):
    """The referral router."""

    kind, program = "router", BUILD / "services" / "referral-router" / "hub-referral-router"

    def __init__(self, folder, broker, redis, prefix, instance="test", **settings):
        super().__init__(folder, instance, {
            "kafka.bootstrap.servers": broker.address,
            "redis.address": redis.address,
            "topic.prefix": prefix,
            "instance": instance,
            "crash.folder": folder,
            **settings,
        })
