"""The gateway beside its peers (tests/bench/README.md): prints one table."""

import argparse
import contextlib
import json
import os
import pathlib
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from client import Publisher
from county import County, write_registry
from gateway import Gateway, users_of
from measure import cpu_seconds
from services import ROOT, Broker, Hubctl, Redis, Router, end_with_parent, free_port, running
from waiting import wait_until

TOOLS = ROOT / "build" / "bench-gateway"
WORKLIST = "/api/v1/referrals?worklist=all&limit=50"
STREAM = "/api/v1/events?topics=referrals,overview,alerts"
NO_LIMITS = {"http__requests": 1_000_000, "http__connections": 12_000, "stream__readers": 11_000, "stream__readers__user": 11_000}


def rss_kb(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


class Site:
    """Broker, Redis, router, gateway; one county whose referrals are all open."""

    def __init__(self, folder, opened):
        self.folder, self.opened, self.county = folder, opened, County(0)
        self.broker, self.redis = Broker(folder), Redis(folder)
        self.prefix = "g."

    def start(self):
        self.redis.start()
        self.broker.start()
        hubctl = Hubctl(self.broker, self.redis, self.prefix)
        hubctl.run("topics", "create")
        hubctl.run("registry", "load", write_registry(self.folder / "registry.json", [self.county]), "--timeout", "45000")
        self.router = Router(self.folder, self.broker, self.redis, self.prefix, log__level="warning")
        self.gateway = Gateway(self.folder, self.broker, self.redis, self.prefix, users_of(self.county), log__level="warning", **NO_LIMITS)
        self.router.start()
        self.fill()
        self.gateway.start()
        self.person = self.gateway.sign_in("control")
        wait_until("all referrals", lambda: self.person.get("/referrals?limit=1").body["total"] >= self.opened, 120)

    def fill(self):
        publisher, county = Publisher(self.broker, self.prefix, "fill-"), self.county
        places = self.opened * 6 // 10  # the rest waits
        for i in range(places // 1000 + 1):
            publisher.opened(county, (county.lead, county.member)[i % 2], f"s{i}", 1000, starts_in_s=86400)
        for i in range(self.opened):
            publisher.requested(county, county.centres[i % 3], f"r{i}", ("ROUTINE", "ROUTINE", "URGENT")[i % 3])
            if i % 20_000 == 19_999:
                publisher.flush()
        publisher.flush()

    def stop(self):
        for each in (getattr(self, "gateway", None), getattr(self, "router", None)):
            if each and each.process:
                each.kill()
        self.broker.end()
        self.redis.end()


class Changes:
    """Referrals that are requested and soon cancelled: they keep the stream busy and leave nothing open."""

    OPEN = 100  # at a time

    def __init__(self, site, rate):
        self.site, self.rate, self.name = site, rate, f"change-{time.time()}-"
        self.publisher = Publisher(site.broker, site.prefix, self.name)
        self.told = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.publisher.opened(self.site.county, self.site.county.lead, self.name, 2 * self.OPEN, starts_in_s=86400, specialty="04.03")
        self.thread.start()
        return self

    def _run(self):
        county, began, n = self.site.county, time.monotonic(), 0
        centre = county.centres[0]
        while not self.told.is_set():
            self.publisher.requested(county, centre, f"{self.name}{n}", specialty="04.03")
            if n >= self.OPEN:
                self.publisher.says("ReferralCancelled", county, centre, f"{self.name}{n - self.OPEN}", reason="")
            n += 1
            ahead = 2 * n / self.rate - (time.monotonic() - began)
            if ahead > 0:
                time.sleep(ahead)

    def __exit__(self, *_):
        self.told.set()
        self.thread.join(30)
        self.publisher.flush()


class Process:
    """A peer or a client; ended with us."""

    def __init__(self, command, **options):
        self.process = subprocess.Popen([str(each) for each in command], text=True, preexec_fn=end_with_parent, **options)

    def __enter__(self):
        return self.process

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(20)


def wrk(url, cookie, seconds):
    """(requests a second, p99 in ms)."""
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "--latency", "-H", f"Cookie: {cookie}", "-H", "Accept: application/json", url]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if bad := re.search(r"Non-2xx.*|Socket errors.*", told):
        raise RuntimeError(f"{url}: {bad.group()}")
    number, unit = re.search(r"99%\s+([0-9.]+)(us|ms|s)", told).groups()
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", told).group(1)), float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


@contextlib.contextmanager
def nginx(folder, body):
    """One worker, as the gateway is one loop, serving a file of that size."""
    port, home = free_port(), folder / "nginx"
    (home / "files").mkdir(parents=True)
    (home / "files" / "referrals.json").write_bytes(body)
    (home / "nginx.conf").write_text(f"""
daemon off; worker_processes 1; pid {home}/pid; error_log {home}/error.log;
events {{ worker_connections 1024; }}
http {{
	access_log off; default_type application/json; sendfile on; tcp_nopush on; keepalive_requests 100000000;
	client_body_temp_path {home}/b; proxy_temp_path {home}/p; fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
	server {{ listen 127.0.0.1:{port}; root {home}/files; }}
}}
""")
    os.chmod(folder, 0o755)
    with Process(["nginx", "-p", home, "-c", home / "nginx.conf"], stderr=subprocess.DEVNULL):
        url = f"http://127.0.0.1:{port}/referrals.json"
        wait_until("nginx", lambda: subprocess.run(["curl", "-sf", "-o", "/dev/null", url]).returncode == 0)
        yield url


def requests(site, options, table):
    body = site.person.request("GET", WORKLIST).bytes
    rounds = {"gateway": [], "nginx": []}
    with nginx(site.folder, body) as url:
        for _ in range(options.rounds):
            rounds["nginx"].append(wrk(url, "none=1", options.seconds))
            rounds["gateway"].append(wrk(site.gateway.url + WORKLIST, site.person.cookie, options.seconds))
    (ours, ours_p99), (theirs, theirs_p99) = ([statistics.median(each) for each in zip(*rounds[who])] for who in ("gateway", "nginx"))
    table(f"GET /referrals, {site.opened:,} open, {len(body):,} bytes: requests/s", ours, theirs, "nginx, a file of that size")
    table("  p99 ms", ours_p99, theirs_p99, "nginx")


def client(mode, url, cookie, seconds, clients=1, **options):
    command = [TOOLS / "client", mode, "-url", url, "-cookie", cookie, "-seconds", seconds, "-clients", clients]
    for name, value in options.items():
        command += [f"-{name}", value]
    return command


def fan_out(url, cookie, pid, clients, seconds):
    """Frames and megabytes a second that readers got, CPU seconds of the server per million frames, kB a client."""
    idle = rss_kb(pid)
    with Process(client("read", url, cookie, seconds, clients), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as readers:
        opened = readers.stderr.readline()
        assert opened == "open\n", opened
        before, at = cpu_seconds(pid), time.monotonic()
        time.sleep(seconds - 1)
        used, length = cpu_seconds(pid) - before, time.monotonic() - at
        busy = rss_kb(pid)
        told = json.loads(readers.communicate(timeout=120)[0])
    if told["opened"] != clients or told["failed"]:
        raise RuntimeError(f"{url}: {told}")
    rate = told["frames"] / told["seconds"]
    return {"frames": rate, "mb": told["bytes"] / told["seconds"] / 1e6, "cpu": 1e6 * used / (rate * length), "kb": (busy - idle) / clients,
            "per_cpu": rate * length / used}


def stream(site, options, table):
    url, cookie = site.gateway.url + STREAM, site.person.cookie
    recording, port = site.folder / "recording.jsonl", free_port()
    with Changes(site, options.rate):
        time.sleep(2)
        subprocess.run([str(each) for each in client("record", url, cookie, options.seconds, out=recording)], check=True,
                       stdout=subprocess.DEVNULL)
        for clients in options.clients:
            ours = fan_out(url, cookie, site.gateway.process.pid, clients, options.seconds)
            with Process([TOOLS / "peer", f"127.0.0.1:{port}", recording]) as peer:
                peer_url = f"http://127.0.0.1:{port}/"
                wait_until("the peer", lambda: subprocess.run(["curl", "-s", "-m", "1", "-o", "/dev/null", peer_url]).returncode == 28)
                theirs = fan_out(peer_url, "none=1", peer.pid, clients, options.seconds)
            table(f"stream, {clients:,} clients, {options.rate:.0f} changes/s: frames/s", ours["frames"], theirs["frames"], "Go, the same frames")
            table("  MB/s", ours["mb"], theirs["mb"], "Go")
            table("  frames per CPU second", ours["per_cpu"], theirs["per_cpu"], "Go")
            table("  kB a client", ours["kb"], theirs["kb"], "Go")


def slow(site, options, table):
    """Readers that stop reading: memory, who is cut, whether they go on where they were."""
    pid = site.gateway.process.pid
    idle, peak = rss_kb(pid), 0
    with Changes(site, options.rate), Process(client("stall", site.gateway.url + STREAM, site.person.cookie, 120, options.slow),
                                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as readers:
        while readers.poll() is None:
            peak = max(peak, rss_kb(pid))
            time.sleep(0.2)
        told = json.loads(readers.stdout.read())
    table(f"slow readers, {options.slow:,}: most kB each", (peak - idle) / options.slow)
    table("  cut", site.gateway.metric("hub_http_cut_total"))
    for what in ("came_back", "resumed", "failed"):
        table(f"  {what.replace('_', ' ')}", told[what])
    if told["first_error"]:
        print(f"  {told['first_error']}", file=sys.stderr)
    return told


class Table:
    def __init__(self):
        self.failed = False
        print(f"{'':68} {'gateway':>12} {'peer':>12} {'ratio':>8}", flush=True)

    def __call__(self, what, ours, theirs=None, peer=""):
        rest = "" if theirs is None else f" {theirs:12,.2f} {ours / theirs:8.2f}  {peer}"
        print(f"{what:68} {ours:12,.2f}{rest}", flush=True)


PARTS = {"requests": requests, "stream": stream, "slow": slow}


def main(words):
    parser = argparse.ArgumentParser(prog="tests/bench/gateway/run", description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="this part (may be repeated); otherwise all")
    parser.add_argument("--open", type=int, default=100_000, help="open referrals")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of requests, alternating")
    parser.add_argument("--seconds", type=int, default=10, help="length of one measurement")
    parser.add_argument("--rate", type=float, default=200, help="changes a second, for the stream")
    parser.add_argument("--clients", type=lambda text: [int(each) for each in text.split(",")], default=[1000, 5000])
    parser.add_argument("--slow", type=int, default=1000, help="slow readers")
    options = parser.parse_args(words)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit("bench: told to stop"))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        site = Site(pathlib.Path(folder), options.open)
        try:
            site.start()
            table = Table()
            for name in options.only or PARTS:
                PARTS[name](site, options, table)
            assert running(site.gateway.process.pid), site.gateway.log()[-2000:]
        finally:
            site.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
