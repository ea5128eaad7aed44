"""A Prometheus with the files of deploy/prometheus, the exporters it asks, and a listener with a certificate: on free ports, every
second instead of every fifteen."""

import json
import pathlib
import re
import shutil
import subprocess
import urllib.parse
import urllib.request

from services import ROOT, end_with_parent, free_port
from waiting import wait_until
from watching import PROMETHEUS

PROGRAMS = ROOT / "build" / "watch" / "usr" / "bin"


class Program:
    """A process of ours that listens on a port."""

    def __init__(self, folder, name, command):
        with open(folder / f"{name}.log", "w") as log:
            self.process = subprocess.Popen([str(each) for each in command], cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            preexec_fn=end_with_parent)

    def kill(self):
        self.process.kill()
        self.process.wait(10)


def make_certificate(folder, name, days):
    """(certificate, key): files; it ends in so many days."""
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", str(days),
                    "-keyout", key, "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
                   check=True, capture_output=True)
    return certificate, key


class Listener(Program):
    """Speaks TLS with a certificate that ends in so many days."""

    def __init__(self, folder, days):
        self.port = free_port()
        self.certificate, key = make_certificate(folder, "listener", days)
        super().__init__(folder, "listener", ["openssl", "s_server", "-quiet", "-accept", f"127.0.0.1:{self.port}", "-cert", self.certificate, "-key", key])


class Prometheus:
    """routers, gateways: admin addresses."""

    def __init__(self, folder, routers, gateways, certificate_days):
        self.folder = pathlib.Path(folder)
        self.port, machine, prober = free_port(), free_port(), free_port()
        self.listener = Listener(self.folder, certificate_days)
        self._write(routers, gateways, machine, prober)
        self.programs = [
            self.listener,
            Program(self.folder, "machine", [PROGRAMS / "prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{machine}"]),
            Program(self.folder, "prober", [PROGRAMS / "prometheus-blackbox-exporter", "--config.file=prometheus/blackbox.yml",
                                            f"--web.listen-address=127.0.0.1:{prober}"]),
            Program(self.folder, "prometheus", [PROGRAMS / "prometheus", "--config.file=prometheus/prometheus.yml", "--storage.tsdb.path=data",
                                                "--storage.tsdb.retention.time=1d", f"--web.listen-address=127.0.0.1:{self.port}"]),
        ]

    def _write(self, routers, gateways, machine, prober):
        own = self.folder / "prometheus"
        shutil.copytree(PROMETHEUS, own)
        config = own / "prometheus.yml"
        config.write_text(re.sub(r"(_interval|_timeout): \d+s", r"\1: 1s", config.read_text()))
        blackbox = own / "blackbox.yml"
        blackbox.write_text(blackbox.read_text().replace("/run/secrets/ca.crt", str(self.listener.certificate)))
        prober = {"prober": f"127.0.0.1:{prober}"}
        for job, addresses, labels in (("referral-router", routers, {}), ("dashboard-gateway", gateways, {}), ("machine", [f"127.0.0.1:{machine}"], {}),
                                       ("tls", [f"127.0.0.1:{self.listener.port}"], prober)):
            path = own / "targets" / f"{job}.yml"
            assert path.exists(), f"deploy/prometheus/targets has no {path.name}"
            path.write_text(json.dumps([{"targets": addresses, "labels": labels}]))  # JSON is YAML

    def ask(self, path, **query):
        """The data of an answer of its API."""
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]

    def query(self, expression):
        """[(labels, value)], without what is no number."""
        found = [(each["metric"], float(each["value"][1])) for each in self.ask("query", query=expression)["result"]]
        return [(labels, value) for labels, value in found if value == value]

    def wait_for(self, expression, timeout=20):
        """The first answer that is not empty."""
        return wait_until(expression, lambda: self.query(expression), timeout, pause=0.2)

    def alert(self, name, timeout=20):
        """The alert once it is pending or fires."""
        def found():
            return next((each for each in self.ask("alerts")["alerts"] if each["labels"]["alertname"] == name), None)

        return wait_until(f"alert {name}", found, timeout, pause=0.2)

    def kill(self):
        for program in reversed(self.programs):
            program.kill()
