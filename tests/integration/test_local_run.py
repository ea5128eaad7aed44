"""What a newcomer sees: deploy/local/up from an empty folder to the summary, again, and down; one line for each thing that
is in the way. The auditor looks at the whole sample day."""

import os
import signal
import socket
import subprocess
import time
import types

import pytest
import redis as redis_client

from checker import check_everything
from services import ROOT, Hubctl, free_port, running
from waiting import wait_until

UP, DOWN = ROOT / "deploy" / "local" / "up", ROOT / "deploy" / "local" / "down"


def run(*command):
    return subprocess.run([str(each) for each in command], capture_output=True, text=True, timeout=200)


class Local:
    """A folder and ports for one run of up."""

    def __init__(self, folder):
        self.data = folder / "hub"
        self.kafka, self.redis, self.admin, self.http = free_port(2), free_port(), free_port(), free_port()
        self.gateway_admin = free_port()

    def up(self, *options):
        return run(UP, "--data", self.data, "--kafka-port", self.kafka, "--redis-port", self.redis,
                   "--admin-port", self.admin, "--http-port", self.http, "--gateway-admin-port", self.gateway_admin, *options)

    def down(self):
        return run(DOWN, "--data", self.data)

    def pids(self):
        return {name: int((self.data / name / f"{name}.pid").read_text().split()[0])
                for name in ("kafka", "redis", "router", "gateway")}


@pytest.fixture
def local(tmp_path):
    local = Local(tmp_path)
    yield local
    local.down()


def line(text, word):
    return next(each for each in text.splitlines() if word in each)


def test_a_newcomers_first_county(local):
    first = local.up()
    assert first.returncode == 0, first.stdout + first.stderr
    for word in ("green channel", "own lead hospital", "another member", "the sender's second consortium",
                 "a partner consortium", "waiting for a slot", "waiting to leave the county", "unplaced", "refused",
                 " open + ", "fired", "hospitals said no", "0 records not read yet", "0 dead letters",
                 "events a second", "hubctl explain"):
        assert word in first.stdout
    assert "NOT ANSWERED" not in first.stdout
    assert max(len(each.replace(str(local.data), "DATA")) for each in first.stdout.splitlines()) <= 105

    redis = types.SimpleNamespace(client=redis_client.Redis(port=local.redis, decode_responses=True),
                                  address=f"127.0.0.1:{local.redis}")
    broker = types.SimpleNamespace(address=f"127.0.0.1:{local.kafka}")
    hub = types.SimpleNamespace(prefix="", redis=redis, broker=broker, hubctl=Hubctl(broker, redis, ""))
    checked = check_everything(hub)
    assert checked["events"] > 6000 and checked["dead_letters"] == 0

    before = local.pids()
    began = time.monotonic()
    second = local.up()
    assert second.returncode == 0, second.stdout + second.stderr
    assert time.monotonic() - began < 15
    assert local.pids() == before
    assert line(second.stdout, "  Sent") == line(first.stdout, "  Sent")

    bystander = subprocess.Popen(["sleep", "60"])
    stopped = local.down()
    assert stopped.returncode == 0 and stopped.stdout.count("stopped") == 4
    assert not any(running(pid) for pid in before.values())
    assert bystander.poll() is None
    bystander.kill()
    assert local.down().stdout.count("was not running") == 4


def test_an_empty_hub(local):
    done = local.up("--no-sample")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "one working day" not in done.stdout


def test_a_router_that_is_killed_is_started_again(local):
    assert local.up("--no-sample").returncode == 0
    supervisor = local.pids()["router"]

    def child():
        with open(f"/proc/{supervisor}/task/{supervisor}/children") as children:
            pids = [int(each) for each in children.read().split()]
        return next((pid for pid in pids if "hub-referral" in program(pid)), None)

    def program(pid):
        with open(f"/proc/{pid}/comm") as name:
            return name.read()

    first = child()
    os.kill(first, signal.SIGKILL)
    wait_until("another router", lambda: child() not in (None, first))
    assert "ended with exit code 137; again in 1 s" in (local.data / "router" / "router.log").read_text()


@pytest.mark.parametrize("which", ["kafka", "redis", "admin", "http"])
def test_a_port_that_is_taken_is_one_line(local, which):
    with socket.socket() as other:
        other.bind(("127.0.0.1", getattr(local, which)))
        other.listen()
        done = local.up("--no-sample")
    assert done.returncode == 69
    assert len(done.stderr.splitlines()) == 1
    assert f"{getattr(local, which)}" in done.stderr and f"--{which}-port" in done.stderr


def test_options_that_are_wrong_are_one_line(local):
    for options in (["--kafka-port"], ["--kafka-port", "x"], ["--what"], ["--data", ""]):
        done = run(UP, *options)
        assert done.returncode == 64
        assert len(done.stderr.splitlines()) == 1


def test_a_folder_that_cannot_be_written_is_one_line():
    done = run(UP, "--data", "/proc/hub")
    assert (done.returncode, len(done.stderr.splitlines())) == (73, 1)
