"""A site that all browser tests share, with levers for the scripts; and another one where the page is left alone for long."""

import contextlib
import os
import pathlib
import subprocess

import pytest

from gateway import PASSWORD, Site
from levers import Levers
from services import Redis

HERE = pathlib.Path(__file__).parent
# A script may take so long; on a busy machine longer, below the limit of pytest.ini.
LONG_S = int(os.environ.get("HUB_SCRIPT_S", min(220, 90 * max(1, os.getloadavg()[0] / os.cpu_count()))))


@contextlib.contextmanager
def site_on(folder, broker):
    """A hub with a gateway and a Redis of its own: its levers."""
    redis = Redis(folder)
    redis.start()
    site = Site(folder, broker, redis)
    try:
        site.start()
        levers = Levers(site)
        levers.start()
        yield levers
        levers.stop()
    finally:
        site.close()
        redis.end()


@pytest.fixture(scope="session")
def make_site(tmp_path_factory, broker):
    """make_site(): one that lives as long as the tests."""
    with contextlib.ExitStack() as sites:
        yield lambda: sites.enter_context(site_on(tmp_path_factory.mktemp("site"), broker))


@pytest.fixture(scope="session")
def levers(make_site):
    return make_site()


def environment(levers):
    return os.environ | {"HUB_LEVERS": levers.url, "HUB_URL": levers.site.gateway.url, "HUB_PASSWORD": PASSWORD}


@pytest.fixture(scope="session")
def heap(make_site):
    """heap.mjs, under way."""
    with subprocess.Popen(["node", "heap.mjs"], cwd=HERE, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=environment(make_site())) as process:
        yield process
        if process.poll() is None:
            process.terminate()


def run(name, levers):
    command = ["node", "--test", "--test-reporter=spec", name]
    try:
        done = subprocess.run(command, cwd=HERE, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=environment(levers), timeout=LONG_S, check=False)
    except subprocess.TimeoutExpired as late:
        pytest.fail(f"{name} took longer than {LONG_S} s:\n{(late.stdout or b'').decode()}")
    for line in done.stdout.splitlines():
        if "check " in line:
            print(line.strip())
    assert done.returncode == 0, done.stdout


@pytest.fixture
def run_script(levers):
    return lambda name: run(name, levers)


@pytest.fixture
def run_alone(make_site):
    """On a hub of its own."""
    return lambda name: run(name, make_site())


@pytest.fixture
def run_on_broker(tmp_path_factory, lone_broker):
    """On a hub and a broker of its own, which may be killed."""
    with site_on(tmp_path_factory.mktemp("site"), lone_broker) as levers:
        yield lambda name: run(name, levers)
