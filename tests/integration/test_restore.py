"""The drill: a back-up under load, more load, Kafka's volume lost, restored. What is missing is what came after the back-up and is
named; no offset is given out twice; saved events and what hospitals send again bring it back; Redis, which knows
another changelog, is made anew, also when its volume is lost. What is saved between back-ups: whatever clocks say and whatever
the hub made of it, as many files as there are; what of it stays when back-ups go."""

import collections
import json
import os
import pathlib
import shutil
import subprocess
import types

import fastavro
import pytest
import yaml

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


# What is saved between back-ups


def copies(folder, count):
    """The files of the first export, under later times too: a repeat has no second effect."""
    first = min(each.name.split(".")[0] for each in folder.glob("*.avro"))
    for i in range(count):
        for path in folder.glob(f"{first}.*.avro"):
            shutil.copy(path, folder / path.name.replace(first, f"2999-01-01T00{i:02}00Z"))


def test_saved_events_come_back_whatever_became_of_them(site, tmp_path):
    """Also more than one import can have open, one that became a dead letter, those of a hospital whose clock is slow."""
    back_ups, county = tmp_path / "back-ups", site.county
    slow = Publisher(site.broker, site.prefix, "slow-", slow_s=48 * 3600)
    script(site, "backup", "--to", back_ups)
    site.publisher.opened(county, county.lead, "s1", 2)
    site.publisher.flush()
    slow.opened(county, county.member, "s2", 2)
    slow.flush()
    script(site, "backup", "events", "--to", back_ups)
    slow.opened(county, county.member, "s3", 2)  # alone behind what was saved
    slow.flush()
    script(site, "backup", "events", "--to", back_ups)
    site.publisher.opened(county, county.lead, "s4", 2, event_id="")
    site.publisher.requested(county, county.centres[0], "r1")
    site.publisher.says("PatientArrived", county, county.lead, "r1")
    site.publisher.flush()
    script(site, "backup", "events", "--to", back_ups)
    before = [each.bytes for each in read(site, "referral.events", decode=False)]
    copies(back_ups / "events", 70)
    saved = list((back_ups / "events").glob("*.avro"))
    assert len(before) == 6 and len(saved) == 75

    site.broker.kill()
    shutil.rmtree(site.broker.data / "kafka" / "log")
    told = script(site, "restore", "--from", back_ups, "--advance", str(ADVANCE), "--no-start")
    assert "75 files" in told and "Dead letters again, as before: 1;" in told
    (log,) = back_ups.glob("import-*.log")
    assert "record 1: event_id: must not be empty" in log.read_text()
    found = collections.Counter(each.bytes for each in read(site, "referral.events", decode=False))
    assert found.keys() == set(before) and sum(found.values()) == 6 + 2 * 70
    site.router.start()
    wait_settled(site, 60)
    (letter,) = read(site, "referral-router.dead-letters", decode=False)
    assert letter.headers["hub_dlq_reason"] == b"RULE"
    # Also where the back-up was empty no offset, and so no decision's id, is given out twice.
    assert min(each.offset for topic in ("referral.events", "referral.decisions", "referral-router.state")
               for each in read(site, topic, decode=False)) >= ADVANCE

    # The log is another one: what was put back is saved from it, too, though it lies at offsets that had been saved.
    script(site, "backup", "events", "--to", back_ups)
    again = saved_ids(set((back_ups / "events").glob("*.avro")) - set(saved))
    assert again.keys() == saved_ids(saved).keys() and len(again) == 6


def saved_ids(files):
    found = collections.Counter()
    for path in files:
        with open(path, "rb") as file:
            found.update(each["event_id"] for each in fastavro.reader(file))
    return found


def shell(words, *arguments, **environment):
    """A function of deploy/lib/site.sh."""
    libraries = [ROOT / "deploy" / "local" / "lib" / "say.sh", ROOT / "deploy" / "lib" / "site.sh"]
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", f'. "$1"; . "$2"; shift 2; {words} "$@"', "-", *libraries, *arguments],
                          capture_output=True, text=True, timeout=30, env=os.environ | environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_events_that_no_back_up_needs_go_with_the_old_ones(tmp_path):
    events = tmp_path / "events"
    events.mkdir()
    days = [f"2026-11-{day}T020000Z" for day in range(20, 25)]
    for day in days:
        (tmp_path / day).mkdir()
        (tmp_path / day / "manifest").touch()
    (tmp_path / "making").mkdir()
    # Before, at the very second of, and after the back-up that will be the oldest: its export began when the name says.
    times = ["2026-11-19T234500Z", "2026-11-22T015959Z", "2026-11-22T020000Z", "2026-11-22T020001Z", "2026-11-25T000000Z"]
    for time in times:
        for record in ("SlotsOpened", "ReferralRequested"):
            (events / f"{time}.{record}.avro").touch()
    (events / "next").touch()
    needed = shell("backup_events", tmp_path / days[2])
    shell("backup_prune", tmp_path, "3")
    assert sorted(each.name for each in tmp_path.glob("*Z")) == days[2:] and (events / "next").exists()
    assert sorted(map(str, events.glob("*.avro"))) == needed and len(needed) == 6
    shell("backup_prune", tmp_path, "7")
    assert len(list(events.glob("*.avro"))) == 6


def test_events_are_put_back_in_portions_that_an_import_can_have_open(tmp_path):
    files = [str(tmp_path / "a.folder" / f"2026-11-22T02{i:02}00Z.Record{n}.avro") for i in range(12) for n in range(1 + i % 20)]
    files += [str(tmp_path / "a.folder" / f"2026-11-22T030000Z.Record{n}.avro") for n in range(60)]
    portions = [line.split() for line in shell("backup_in_portions echo", *files)]
    assert sum(portions, []) == files and [len(each) for each in portions] == [45, 33, 60]
    times = [{pathlib.Path(each).name.split(".")[0] for each in portion} for portion in portions]
    assert not times[0] & times[1] and not times[1] & times[2]
    assert shell("backup_in_portions echo") == []


def test_no_daemon_runs_while_the_log_is_put_back(tmp_path):
    """With three brokers there are two routers."""
    services = {}
    for name in ("docker-compose.yml", "deploy/compose/three.yml"):
        for service, options in yaml.safe_load((ROOT / name).read_text())["services"].items():
            services.setdefault(service, {}).update(options)
    daemons = {name for name, options in services.items() if options["image"].startswith(("hub-referral-router:", "hub-dashboard-gateway:"))}
    fake = tmp_path / "docker-compose"
    fake.write_text(f"#!/bin/bash\ncase $1 in\nconfig) printf '%s\\n' {' '.join(services)} ;;\n"
                    f"*) echo \"$@\" >>{tmp_path}/asked ;;\nesac\n")
    fake.chmod(0o755)
    shell(f"site_docker={fake} site_compose_daemons_stop")
    verb, *stopped = (tmp_path / "asked").read_text().split()
    assert verb == "stop" and set(stopped) == daemons and len(daemons) == 3
