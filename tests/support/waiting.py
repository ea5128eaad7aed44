"""Waiting for something to become true, never for a time to pass."""

import time


def wait_until(what, condition, timeout=30, pause=0.05):
    """Calls condition until it returns something true, which is returned. Its exceptions count as "not yet"."""
    deadline = time.monotonic() + timeout
    last = None
    while True:
        try:
            value = condition()
            if value:
                return value
            last = value
        except Exception as error:  # noqa: BLE001 - told below when the time is up
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s in vain for {what}; last: {last!r}")
        time.sleep(pause)
