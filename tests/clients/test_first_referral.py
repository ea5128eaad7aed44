"""Hospitals in Python, Java and Node, which share no code with the hub, against a real one: each as it is today, and as a
program that knows only the first version of every schema."""

import os
import subprocess

import pytest

from checker import check_everything
from clients import PROGRAMS
from hub import Hub
from services import ROOT


@pytest.fixture(scope="module")
def hub(tmp_path_factory, broker, redis):
    hub = Hub(tmp_path_factory.mktemp("hub"), broker, redis, 1)
    hub.router.start()
    yield hub
    hub.close()


def told_by(hub, program, schemas):
    """The lines that it prints: who heard which decision. event ids, which are new each time, as *."""
    settings = {
        "HUB_KAFKA_BOOTSTRAP_SERVERS": hub.broker.address,
        "HUB_TOPIC_PREFIX": hub.prefix,
        "HUB_COUNTY": hub.county.id,
        "HUB_CONSORTIUM": hub.county.consortium,
        "HUB_SENDER": hub.county.centres[0],
        "HUB_RECEIVER": hub.county.lead,
        "HUB_CLIENT_SCHEMAS": schemas,
    }
    done = subprocess.run(PROGRAMS[program], cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout.splitlines()
    assert told.pop(1).startswith(f"referral {hub.county.centres[0]}-")
    return [line.split("repeat_of=")[0].strip() + (" (repeat)" if "repeat_of=" in line else "")
            for line in told]


@pytest.mark.parametrize("schemas", ["newest", "oldest"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_first_referral_from_offer_to_end(hub, program, schemas):
    centre, lead = hub.county.centres[0], hub.county.lead
    assert told_by(hub, program, schemas) == [
        f"{lead} SessionChanged cause=OPENED",
        f"{centre} ReferralRouted to_org_id={lead}",
        f"{lead} ReferralProgressed state=ACCEPTED",
        f"{lead} ReferralProgressed state=ARRIVED",
        f"{centre} ReferralClosed to_org_id={lead} final_state=COMPLETED",
        f"{lead} ReferralClosed to_org_id={lead} final_state=COMPLETED (repeat)",
        f"{centre} ReferralEventRefused reason_code=ENDED "
        "reason=the referral has ended: request a new one if there is a new need",
    ]


def test_what_they_did_is_whole(hub):
    checked = check_everything(hub)
    assert checked["dead_letters"] == 0
