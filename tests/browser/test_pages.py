"""The page in Chromium, against a hub of its own: one script a test (*.test.mjs)."""

import os
import pathlib
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent
# What is held to milliseconds comes first and alone, what kills and pauses comes last.
TIMED = ["first-load.test.mjs", "pixel.test.mjs"]
LAST = ["stale.test.mjs", "returns.test.mjs"]
KILLS_KAFKA = ["kafka-away.test.mjs"]
SCRIPTS = sorted(each.name for each in HERE.glob("*.test.mjs") if each.name not in TIMED + LAST + KILLS_KAFKA) + LAST


@pytest.mark.parametrize("name", TIMED)
def test_page_in_time(run_alone, name):
    run_alone(name)


@pytest.mark.parametrize("name", SCRIPTS)
def test_page(run_script, heap, name):
    run_script(name)


@pytest.mark.parametrize("name", KILLS_KAFKA)
def test_page_without_kafka(run_on_broker, name):
    run_on_broker(name)


def test_the_page_stays_small(heap):
    """Beside the others, on a hub of its own, for two minutes."""
    try:
        told, _ = heap.communicate(timeout=60 * int(os.environ.get("HUB_HEAP_MINUTES", "2")) + 90)
    except subprocess.TimeoutExpired:
        heap.terminate()
        raise
    print(told)
    assert heap.returncode == 0, told
