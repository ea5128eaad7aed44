"""hubctl doctor as the tests ask it: every answer also in time and no wider than a terminal."""

import json
import time

LONGEST = 20  # seconds, whatever is away


def examine(hubctl, *options, page=False, **how):
    """What it says, as JSON. page: also looks at the page for people (which asks once more)."""
    began = time.monotonic()
    # Patient, since tests run beside each other.
    done = hubctl.run("doctor", "--json", "--timeout", "6000", *options, check=False, **how)
    took = time.monotonic() - began
    assert took < LONGEST, f"{took} s"
    assert done.returncode in (0, 1), f"{done.returncode}: {done.stdout}{done.stderr}"
    told = json.loads(done.stdout)
    assert told["faults"] == sum(each["result"] == "fault" for each in told["checks"])
    assert told["well"] == (done.returncode == 0) == (not faults(told))
    if page:
        look_at_page(hubctl.run("doctor", *options, check=False, **how).stdout)
    return told


def look_at_page(text):
    wide = [line for line in text.splitlines() if len(line) > 80 and not line.strip().startswith("$ ")]
    assert not wide, wide


def faults(told):
    """{id: what was seen}"""
    return {each["fault"]: each["seen"] for each in told["checks"] if each["result"] == "fault"}


def only(told, fault, *words):
    """That fault and no other one; it says words. Returns the finding."""
    assert list(faults(told)) == [fault], json.dumps(told, indent=1, ensure_ascii=False)
    finding = next(each for each in told["checks"] if each.get("fault") == fault)
    missing = [word for word in words if word not in finding["seen"]]
    assert not missing, f"{missing} not in: {finding['seen']}"
    assert finding["cause"] and finding["next"] and "{" not in finding["cause"] + finding["next"] + str(finding["commands"])
    return finding
