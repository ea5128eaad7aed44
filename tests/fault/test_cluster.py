"""On three brokers, under load: three faults of kinds that test_kill.py has not, by the seed, then the checker looks at everything. The
long run (tests/fault/run) draws from all."""

import os
import random
import time

import pytest

import evidence
from campaign import run_chapter
from faults import FAULTS
from premises import Site

SEED = os.environ.get("HUB_TEST_SEED", time.time_ns() % 1_000_000)
KINDS = [
    "coordinator killed mid-commit",
    "router cut off from one broker",
    "broker's disk fills up",
    "Redis replaced by a stale replica",
    "Redis out of memory",
    "two with one transactional id",
    "clock jumps ahead",
]
AT_A_TIME = 3  # half a minute each


@pytest.mark.timeout(900)
def test_one_fault_after_another(tmp_path):
    print(f"seed {SEED}")
    chosen = random.Random(f"{SEED}").sample(KINDS, AT_A_TIME)
    faults = [(n, FAULTS[name], random.Random(f"{SEED} {name}")) for n, name in enumerate(chosen)]
    site = Site(tmp_path / "site", SEED)
    try:
        site.open()
        run_chapter(site, faults, lambda number, told: print(told))
    except Exception:
        evidence.keep(site, site.folder)
        raise
    finally:
        site.close()
