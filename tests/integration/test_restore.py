"""The drill: a back-up under load, more load, Kafka's volume lost, restored. What is missing is what came after the back-up and is
named; no offset is given out twice; saved events and what hospitals send again bring it back; Redis, which knows
another changelog, is made anew, also when its volume is lost."""

import json
import os
import shutil
import subprocess
import types

import pytest

from checker import check_everything, check_redis, fold, read, wait_settled
from client import Publisher
from gateway import Site
from hot_state import expected_keys, shown_keys
from keeper import Keeper
from load import Load
from services import BUILD, ROOT, Broker, Redis
from waiting import wait_until

ADVANCE = 3000
# Quick to start: the broker comes and goes four times.
HEAP = {"LOCAL_KAFKA_HEAP": "256m"}


@pytest.fixture
def site(tmp_path):
    """On a broker and a Redis of its own, in one folder, as deploy/local/up has them."""
    broker, redis = Broker(tmp_path), Redis(tmp_path)
    broker.environment = HEAP
    broker.start()
    redis.start()
    (tmp_path / "redis.port").write_text(f"{redis.port}\n")
    site = Site(tmp_path, broker, redis)
    yield site
    site.close()
    broker.end()
    redis.end()


def script(site, name, *options):
    environment = os.environ | HEAP | {"HUB_TOPIC_PREFIX": site.prefix,
                                       "PATH": f"{BUILD / 'services' / 'hubctl'}:{os.environ['PATH']}"}
    command = [ROOT / "deploy" / name, *options, "--data", site.folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def places(records):
    return {(each.partition, each.offset): each.bytes for each in records}


def input_of(decision):
    """(partition, offset) by its id, e/<topic>/<partition>/<offset>/<index>; None: a timer's."""
    kind, *words = decision.value["event_id"].split("/")
    return (int(words[1]), int(words[2])) if kind == "e" else None


def referrals(keys):
    return {key.split(":referral:")[1]: value for key, value in keys.items() if ":referral:" in key}


def send_again(site, events):
    """What a hospital that keeps what it sent does, from a client that was started anew: the very same bytes."""
    publisher = Publisher(site.broker, site.prefix)
    for each in events:
        publisher.raw(each.bytes, each.key)
    publisher.flush()


def lost_day(site, back_ups):
    """Load before, during and after a back-up, and after the events were saved; everything that was there at the end."""
    site.start()
    keeper = Keeper(site.router)
    load = Load(site, "restore", rate=120)
    load.abroad = 0  # what a control centre sees is what its county has
    load.start()
    try:
        wait_until("some load", lambda: load.sent > 300)
        script(site, "backup", "--to", back_ups)
        sent = load.sent
        wait_until("more load", lambda: load.sent > sent + 200)
        script(site, "backup", "events", "--to", back_ups)
        saved = load.sent  # it took a while
        wait_until("load that nobody saved", lambda: load.sent > saved + 200)
        load.stop()
        wait_settled(site, 60)
        check_redis(site)
    finally:
        keeper.stop()
        load.stop()
    return types.SimpleNamespace(events=read(site, "referral.events", decode=False), decisions=read(site, "referral.decisions"),
                                 keys=shown_keys(site.redis.client))


def lose_the_volume(site):
    site.gateway.kill()
    site.router.kill()
    site.broker.kill()
    shutil.rmtree(site.broker.data / "kafka" / "log")


def test_a_lost_volume_is_restored(site, tmp_path):
    back_ups = tmp_path / "back-ups"
    before = lost_day(site, back_ups)
    lose_the_volume(site)
    told = script(site, "restore", "--from", back_ups, "--advance", str(ADVANCE), "--no-events", "--no-start")

    # Each log is as it was, up to the back-up.
    events, decisions = read(site, "referral.events", decode=False), read(site, "referral.decisions")
    lost = places(before.events).keys() - places(events).keys()
    assert places(events).items() <= places(before.events).items() and len(lost) >= 400
    assert places(decisions).items() <= places(before.decisions).items()
    for partition in range(16):
        assert max((o for p, o in places(events) if p == partition), default=-1) \
            < min((o for p, o in lost if p == partition), default=1 << 60)

    # What Redis knows more is named.
    here = referrals(expected_keys(fold(read(site, "referral-router.state"))))
    there = referrals(before.keys)
    named = json.loads(site.hubctl.run("missing", "--json", "--limit", "100000", check=False).stdout)
    assert {each["referral_id"] for each in named["referrals"] if each["gone"]} == there.keys() - here.keys()
    assert {each["referral_id"] for each in named["referrals"] if not each["gone"]} \
        == {each for each in there.keys() & here.keys() if there[each] != here[each]}
    assert named["gone"] > 50 and f"{named['gone']} of {len(there)} referrals that Redis knows are not known here" in told

    # It goes on where the back-up was, with the saved events, and decides nothing under an id that was given out before.
    site.router.start()
    site.gateway.start()
    assert "nothing to repair" in site.hubctl.run("repair").stdout
    site.hubctl.run("import", *sorted((back_ups / "events").glob("*.avro")))
    wait_settled(site, 60)
    here_now = {each.bytes for each in read(site, "referral.events", decode=False)}
    unsaved = [each for each in before.events if each.bytes not in here_now]
    assert 0 < len(unsaved) < len(lost)
    since = min(each.timestamp for each in unsaved) - 2000
    send_again(site, [each for each in before.events if each.timestamp >= since])
    checked = check_everything(site, timeout=90)
    assert checked["distinct"] == len({each.bytes for each in before.events}) and checked["dead_letters"] == 0
    given_out = {each.value["event_id"] for each in before.decisions}
    new = [each for each in read(site, "referral.decisions") if (each.partition, each.offset) not in places(decisions)]
    # An input that was in the back-up, not yet decided, is decided under the id that it had.
    again = [each for each in new if each.value["event_id"] in given_out and input_of(each) not in places(events)]
    assert new and not again, again[:3]
    assert min(each.offset for each in new) >= ADVANCE

    # The page shows the same, and Redis is nothing that could be lost.
    control = site.gateway.sign_in("control")
    open_here = sum(each.name == "ReferralState" and each.value["county_id"] == site.county.id
                    for keys in fold(read(site, "referral-router.state")).values() for each in keys.values())
    wait_until("the page to show it", lambda: control.get("/referrals?worklist=all").body["total"] == open_here)
    site.redis.kill()
    shutil.rmtree(site.redis.data / "redis")
    site.redis.start()
    check_redis(site)
