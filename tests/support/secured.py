"""A hub as deploy/security ships it: certificates, passwords, a broker and a Redis that let nobody in without."""

import os
import pathlib
import subprocess
import sys

import confluent_kafka
import redis as redis_client

from services import ROOT, LocalService, end_with_parent, free_port
from waiting import wait_until

SCRIPTS = ROOT / "deploy" / "security"
SUPPORT = pathlib.Path(__file__).parent


def newer_librdkafka(folder):
    """For LD_LIBRARY_PATH: the librdkafka that confluent-kafka brings, under the name that our programs look for. That of Debian 12
    cannot log in by SCRAM to Kafka 4 (before 2.6.1); Debian 13, of which the images are, has a newer one."""
    package = pathlib.Path(confluent_kafka.__file__).parent
    library, = package.with_name("confluent_kafka.libs").glob("librdkafka-*.so.1")
    folder.mkdir(exist_ok=True)
    link = folder / "librdkafka.so.1"
    if not link.exists():
        link.symlink_to(library)
    return str(folder)


class KafkaTools:
    """Kafka's own tools, kept warm (KafkaTools.java)."""

    def __init__(self, folder):
        jars = subprocess.run([ROOT / "deploy" / "local" / "kafka", "jars"], check=True, capture_output=True, text=True).stdout.strip()
        self.port = free_port()
        self.log = open(folder / "kafka-tools.log", "w")
        self.process = subprocess.Popen(
            ["java", "-Xmx256m", "-XX:+UseSerialGC", "-cp", f"{jars}/*", SUPPORT / "KafkaTools.java", str(self.port)],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, preexec_fn=end_with_parent)

    @property
    def command(self):
        """What stands before a tool's name."""
        return f"{sys.executable} {SUPPORT}/kafka-tool {self.port} "

    def wait(self):
        def listens():
            assert self.process.poll() is None, pathlib.Path(self.log.name).read_text()
            return subprocess.run([*self.command.split(), "kafka-acls.sh", "--version"], capture_output=True).returncode == 0

        wait_until("Kafka's tools", listens, 180, pause=0.2)

    def end(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


class Secrets:
    """A folder that deploy/security/init made; its scripts run on it."""

    def __init__(self, folder, tools=None):
        self.folder, self.tools = pathlib.Path(folder), tools

    def path(self, *parts):
        return self.folder.joinpath(*parts)

    def text(self, *parts):
        return self.path(*parts).read_text().strip()

    def run(self, script, *words, check=True):
        environment = {"SECURITY_KAFKA_TOOLS": self.tools.command} if self.tools else {}
        done = subprocess.run([SCRIPTS / script, *words, "--secrets", self.folder], capture_output=True, text=True, timeout=120,
                              env=os.environ | environment)
        if check and done.returncode:
            raise AssertionError(f"{script} {' '.join(map(str, words))}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def hospital(self, org):
        """The settings that a hospital is handed over, as confluent-kafka takes them."""
        return properties(self.path("hospitals", org, "librdkafka.properties"))

    def settings(self, principal):
        """The settings file of a program of ours, as a dictionary."""
        return properties(self.path(principal, "settings.conf"))

    def client(self, principal, **more):
        """The same for confluent-kafka, with the password itself."""
        settings = {name.removeprefix("kafka."): value for name, value in self.settings(principal).items()
                    if name.startswith("kafka.") and not name.endswith(".file")}
        return settings | {"sasl.password": self.text(principal, "kafka.password")} | more


def properties(path):
    lines = (line.strip() for line in path.read_text().splitlines())
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


class SecureBroker(LocalService):
    """Its address is the listener of daemons and hospitals; admin_address that of the administrator."""

    name = "kafka"
    ports = 3

    def __init__(self, data, secrets):
        super().__init__(data)
        self.secrets = secrets

    @property
    def admin_address(self):
        return f"{self.host}:{self.port + 2}"

    def start(self):
        super().start("--secure", self.secrets.folder)


class SecureRedis(LocalService):
    name = "redis"

    def __init__(self, data, secrets):
        super().__init__(data)
        self.secrets = secrets

    def start(self):
        super().start("--secure", self.secrets.folder)

    def as_user(self, user, password=None):
        folder, name = ("redis", user) if user in ("health", "replica") else (user, "redis")
        return redis_client.Redis(port=self.port, username=user, decode_responses=True,
                                  password=password or self.secrets.text(folder, f"{name}.password"))
