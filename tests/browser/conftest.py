"""A site that all browser tests share, with levers for the scripts; each script is one test."""

import os
import pathlib
import subprocess

import pytest

from gateway import Site
from levers import Levers
from services import Redis

HERE = pathlib.Path(__file__).parent
# Scripts come thick and fast, and so do their sign-ins.
SETTINGS = {"log__level": "info"}


def make_site(folder, broker, **settings):
    redis = Redis(folder)
    redis.start()
    site = Site(folder, broker, redis, **{**SETTINGS, **settings})
    site.start()
    return site


def end_site(site):
    site.close()
    site.redis.end()


@pytest.fixture(scope="session")
def site(tmp_path_factory, broker):
    site = make_site(tmp_path_factory.mktemp("site"), broker)
    yield site
    end_site(site)


@pytest.fixture(scope="session")
def levers(site):
    with Levers(site) as levers:
        yield levers


class Script:
    """node --test of a file."""

    def __init__(self, levers, path, **environment):
        self.path = path
        self.process = subprocess.Popen(
            ["node", "--test", "--test-reporter=tap", path], cwd=HERE, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=os.environ | {"HUB_LEVERS": levers.url} | environment)

    def finish(self, timeout):
        try:
            told, _ = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.terminate()
            told, _ = self.process.communicate()
            told += f"\n{self.path} took longer than {timeout} s"
        for line in told.splitlines():
            if line.strip().startswith("# ") and ":" in line and not line.strip().startswith(("# Subtest", "# duration")):
                print(line.strip())
        assert self.process.returncode == 0, told
        return told


@pytest.fixture
def run_script(levers):
    def run(name, timeout=120, **environment):
        return Script(levers, HERE / name, **environment).finish(timeout)

    return run
