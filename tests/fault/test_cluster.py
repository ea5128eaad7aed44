"""On three brokers, under load: one fault of each kind that test_kill.py has not, then the checker looks at everything. The
long run (tests/fault/run) draws them at random."""

import os
import random
import time

import pytest

import evidence
from campaign import run_chapter
from faults import FAULTS
from premises import Site

SEED = os.environ.get("HUB_TEST_SEED", time.time_ns() % 1_000_000)
CHOSEN = [
    "coordinator killed mid-commit",
    "router cut off from one broker",
    "broker's disk fills up",
    "Redis replaced by a stale replica",
    "Redis out of memory",
    "two with one transactional id",
    "clock jumps ahead",
]


@pytest.mark.timeout(900)
def test_one_fault_after_another(tmp_path):
    print(f"seed {SEED}")
    faults = [(n, FAULTS[name], random.Random(f"{SEED} {name}")) for n, name in enumerate(CHOSEN)]
    site = Site(tmp_path / "site", SEED)
    try:
        site.open()
        run_chapter(site, faults, lambda number, told: print(told))
    except Exception:
        evidence.keep(site, site.folder)
        raise
    finally:
        site.close()
