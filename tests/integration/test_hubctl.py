"""hubctl against a real hub: what it prints, its JSON, its exit codes; foreign clients check what it wrote."""

import json
import pathlib
import signal
import subprocess
import threading
import time
import unicodedata

import pytest

from avro import SCHEMAS
from client import now_ms
from services import BUILD
from waiting import wait_until

DONE, ATTENTION, USAGE, REFUSED, NOT_FOUND, UNREACHABLE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


def line(hub, name, event_id, source, **fields):
    """One line for hubctl send."""
    county = hub.county
    return json.dumps({"record": name, "event_id": event_id, "occurred_at": now_ms(), "county_id": county.id,
                       "consortium_id": county.consortium, "source_org_id": source, **fields}) + "\n"


def request(hub, event_id, referral_id, **fields):
    source = hub.county.centres[0]
    return line(hub, "ReferralRequested", event_id, source, **{
        "referral_id": referral_id, "patient": {"patient_id": "secret-p1", "sex": "MALE", "birth_year": 1950},
        "from_org_id": source, "direction": "UP", "urgency": "ROUTINE", "specialty": "03.04", "diagnosis": "I20",
        "need": "OUTPATIENT", "reason": "secret words", **fields})


def columns(text):
    """Terminal columns of a line."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def hubctl(hub, *words, status=DONE, **options):
    done = hub.hubctl.run(*words, check=False, **options)
    assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def hubctl_json(hub, *words, **options):
    return json.loads(hubctl(hub, *words, "--json", **options).stdout)


# size


def test_size_asks_nobody_and_names_its_figures():
    def size(*words):
        return subprocess.run([BUILD / "services" / "hubctl" / "hubctl", "size", *words], capture_output=True, text=True)

    shown = size("province")
    assert shown.returncode == DONE and "3 servers" in shown.stdout and "tests/bench/run" in shown.stdout
    assert all(columns(each) <= 80 for each in shown.stdout.splitlines())
    told, fewer = (json.loads(size("--population", "500000", *more, "--json").stdout) for more in ([], ["--referrals", "9"]))
    assert told["servers"] == 1 and told["referrals_day"] == 10 * fewer["referrals_day"]
    assert told["assumed"]["referrals"]["value"] == 90 and told["measured"]["events"]["measured_by"]
    assert size().returncode == size("town").returncode == size("county", "--copies", "2").returncode == USAGE


# topics


def test_topics_that_differ_or_are_missing_are_named(make_hub):
    hub = make_hub()
    hub.broker.admin.delete_topics([hub.prefix + "referral.transfers"])[hub.prefix + "referral.transfers"].result()
    wait_until("the topic to go", lambda: hub.prefix + "referral.transfers"
               not in hub.broker.admin.list_topics(timeout=10).topics)
    told = hubctl_json(hub, "topics", "check", "--partitions", "8", status=ATTENTION)
    states = {}
    for each in told["topics"]:
        states.setdefault(each["topic"].removeprefix(hub.prefix), []).append((each["state"], each["text"]))
    assert states["referral.transfers"][0][0] == "missing"
    assert any(state == "differs" and "16" in text and "8" in text for state, text in states["referral.events"])
    created = hubctl_json(hub, "topics", "create")
    assert (created["created"], created["wrong"]) == (1, 0)
    hubctl(hub, "topics", "check")


# registry


def test_a_load_is_one_transaction_with_keys_of_the_contract(make_hub):
    hub = make_hub()
    records = hub.subscribe("registry").read_all()
    keys = [each.key for each in records]
    assert f"Organisation:{hub.county.lead}:2025-01-01" in keys
    assert records[-1].name == "RegistryLoaded"
    assert records[-1].value["records"] == len(records) - 1
    shown = hubctl_json(hub, "registry", "show", "Organisation", hub.county.lead)
    assert shown["Organisation"][0]["specialties"] == ["03.04", "04.03"]


def test_what_is_shown_can_be_edited_and_loaded(make_hub, tmp_path):
    hub = make_hub()
    shown = hubctl_json(hub, "registry", "show", "Organisation")
    before = hubctl_json(hub, "registry", "check", hub.folder / "registry.json")["registry_version"]
    assert hubctl_json(hub, "registry", "load", write(tmp_path, shown))["changes"] == []
    lead = next(each for each in shown["Organisation"] if each["org_id"] == hub.county.lead)
    lead["name"] = "余姚市人民医院"
    loaded = hubctl_json(hub, "registry", "load", write(tmp_path, shown))
    assert loaded["changes"] == [{"key": f"Organisation:{hub.county.lead}:2025-01-01", "change": "changed",
                                  "fields": "name"}]
    assert loaded["registry_version"] > before
    old = hubctl_json(hub, "registry", "show", "Organisation", hub.county.lead, "--version", str(before))
    assert old["Organisation"][0]["name"] == hub.county.lead


def test_a_later_version_takes_over_on_its_day(make_hub, tmp_path):
    hub = make_hub()
    later = hub.county.organisation(hub.county.lead, "HOSPITAL", "COUNTY", ["07"]) | {"valid_from": "2030-01-01"}
    hubctl(hub, "registry", "load", write(tmp_path, {"Organisation": [later]}))

    def specialties(*when):
        shown = hubctl_json(hub, "registry", "show", "Organisation", hub.county.lead, *when)
        return [each["specialties"] for each in shown["Organisation"]]

    assert specialties("--at", "2029-12-31") == [["03.04", "04.03"]]
    assert specialties("--at", "2030-01-01") == [["07"]]
    assert len(specialties("--all")) == 2
    hubctl(hub, "registry", "show", "Organisation", hub.county.lead, "--at", "2024-12-31", status=NOT_FOUND)


def write(folder, content):
    path = folder / "edited.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False))
    return path


def test_wrong_files_load_nothing_and_name_the_line(make_hub, tmp_path):
    hub = make_hub()
    count = len(hub.subscribe("registry").read_all())
    path = write(tmp_path, """{
 "defaults": {"valid_from": "2026-01-01"},
 "Organisation": [
  {"org_id": "X", "name": "x", "kind": "HOSPITAL", "level": "COUNTY", "county_id": "980121",
   "memberships": ["C980121",
    "C-nobody"]},
  {"org_id": "Y", "name": "y", "kind": "HOSPITAL", "level": "COUNTY", "county_id": "980121"}
 ]
}""")
    done = hubctl(hub, "registry", "load", path, status=REFUSED)
    assert f'{path}:6: Organisation[0].memberships[1]: no Consortium "C-nobody"' in done.stderr
    assert "nothing was loaded" in done.stdout
    assert len(hub.subscribe("registry").read_all()) == count
    hubctl(hub, "registry", "load", tmp_path / "missing.json", status=NOT_FOUND)
    offline = hubctl(hub, "registry", "check", "--offline", path, status=REFUSED)
    assert "no Region" in offline.stderr


# send and tail


def test_what_is_sent_is_avro_with_key_partition_and_cloudevents_headers(make_hub):
    hub = make_hub()
    sent = hubctl_json(hub, "send", input=request(hub, "e1", "r1") + "\n")
    assert (sent["sent"], sent["acknowledged"], sent["records"]) == (1, 1, {"ReferralRequested": 1})
    (record,) = hub.subscribe("referral.events").read_all()
    assert record.key == hub.county.id
    assert (record.name, record.value["referral_id"]) == ("ReferralRequested", "r1")
    assert record.headers["ce_type"] == b"hub.referral.ReferralRequested"
    assert record.headers["ce_source"] == f"/org/{hub.county.centres[0]}".encode()
    # The same key by a foreign client with Java's partitioner.
    hub.publisher.opened(hub.county, hub.county.lead, "s1", 1)
    hub.publisher.flush()
    assert {each.partition for each in hub.subscribe("referral.events").read_all()} == {record.partition}


def test_a_file_with_one_wrong_line_sends_nothing(make_hub, tmp_path):
    hub = make_hub()
    path = tmp_path / "events.jsonl"
    path.write_text(request(hub, "e1", "r1") + "\n" + request(hub, "e2", "r2", urgency="SOON"))
    done = hubctl(hub, "send", path, status=REFUSED)
    assert f"{path}:3: ReferralRequested.urgency: expected one of EMERGENCY URGENT ROUTINE" in done.stderr
    assert "nothing was sent" in done.stdout
    assert hub.subscribe("referral.events").read_all() == []
    # From standard input, which may never end, the right lines go.
    done = hubctl(hub, "send", "-", input=path.read_text(), status=REFUSED)
    assert "stdin:3: ReferralRequested.urgency" in done.stderr
    assert len(hub.subscribe("referral.events").read_all()) == 1
    checked = hubctl_json(hub, "send", "--dry-run", path, status=REFUSED)
    assert (checked["right"], checked["wrong"], checked["sent"]) == (1, 1, 0)


def test_tail_shows_the_newest_since_a_time_and_live(make_hub):
    hub = make_hub()
    for n in range(30):
        hub.publisher.requested(hub.county, hub.county.centres[0], f"r{n}", reason="secret words")
    hub.publisher.flush()
    shown = hubctl(hub, "tail", "referral.events", "--last", "5").stdout.splitlines()
    assert [each.split("referral_id=")[1].split()[0] for each in shown] == [f"r{n}" for n in range(25, 30)]
    assert len(hubctl(hub, "tail", "referral.events", "--from", "-1h").stdout.splitlines()) == 30
    assert len(hubctl(hub, "tail", "referral.events", "--from", "beginning", "--limit", "3").stdout.splitlines()) == 3
    everything = hubctl(hub, "tail", "referral.events", "--from", "beginning", "--json").stdout
    assert "secret" not in everything
    assert json.loads(everything.splitlines()[0])["value"]["reason"] == "…"
    personal = hubctl(hub, "tail", "referral.events", "--from", "beginning", "--json", "--show-personal").stdout
    assert json.loads(personal.splitlines()[0])["value"]["reason"] == "secret words"
    assert hubctl(hub, "tail", "referral.events", "--from", "beginning", "--key", "000000").stdout == ""
    place = json.loads(everything.splitlines()[7])
    (one,) = hubctl(hub, "tail", "referral.events", "--at", f"{place['partition']}:{place['offset']}").stdout.splitlines()
    assert f"referral_id={place['value']['referral_id']} " in one
    hubctl(hub, "tail", "referral.event", status=NOT_FOUND)
    hubctl(hub, "tail", "referral.events", "--partition", "99", status=NOT_FOUND)
    hubctl(hub, "tail", "referral.events", "--from", "soon", status=USAGE)


def test_tail_finds_the_newest_however_far_back_they_lie(make_hub):
    hub = make_hub()
    county, centre = hub.county, hub.county.centres[0]
    for n in range(3):
        hub.publisher.opened(county, county.lead, f"s{n}", 2)
    traced = SCHEMAS.encode("ReferralRequested", hub.publisher.requested(county, centre, "traced"))
    trace = "0af7651916cd43dd8448eb211c80319c"
    hub.publisher.raw(traced, county.id, headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    for n in range(400):
        hub.publisher.requested(county, centre, f"r{n}")
    hub.publisher.flush()
    hub.take_back("referral.events", 300)
    tail = ("tail", "referral.events")
    assert len(hubctl(hub, *tail).stdout.splitlines()) == 20
    assert [each.split("session_id=")[1].split()[0] for each in
            hubctl(hub, *tail, "--record", "SlotsOpened", "--last", "2").stdout.splitlines()] == ["s1", "s2"]
    assert len(hubctl(hub, *tail, "--record", "SlotsOpened").stdout.splitlines()) == 3
    assert hubctl(hub, *tail, "--record", "ReferralRejected").stdout == ""
    assert len(hubctl(hub, *tail, "--trace", trace).stdout.splitlines()) == 1
    # --limit: alone the N newest, beside --last the most.
    assert len(hubctl(hub, *tail, "--limit", "30").stdout.splitlines()) == 30
    assert len(hubctl(hub, *tail, "--last", "10", "--limit", "30").stdout.splitlines()) == 10
    assert len(hubctl(hub, *tail, "--last", "30", "--limit", "10").stdout.splitlines()) == 10


def test_tail_shows_the_newest_and_follows(make_hub):
    hub = make_hub()
    for n in range(8):
        hub.publisher.requested(hub.county, hub.county.centres[0], f"r{n}")
    hub.publisher.flush()
    command = [BUILD / "services" / "hubctl" / "hubctl", "tail", "referral.events", "--last", "2", "--follow", *hub.hubctl.options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as tail:
        assert ["r6", "r7"] == [tail.stdout.readline().split("referral_id=")[1].split()[0] for _ in range(2)]
        for n in (8, 9):
            hub.publisher.requested(hub.county, hub.county.centres[0], f"r{n}")
            hub.publisher.flush()
            assert f"referral_id=r{n} " in tail.stdout.readline()
        tail.send_signal(signal.SIGINT)
        assert tail.stdout.read() == ""
        assert tail.wait(timeout=10) == DONE


def test_tail_live_follows_until_it_is_stopped(make_hub):
    hub = make_hub()
    command = [BUILD / "services" / "hubctl" / "hubctl", "tail", "referral.events", "--live", *hub.hubctl.options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as tail:
        # Sent again and again: the first ones may come before the reader stands at the end.
        stop = threading.Event()

        def publish():
            while not stop.wait(0.2):
                hub.publisher.requested(hub.county, hub.county.centres[0], "r1")
                hub.publisher.flush()

        publisher = threading.Thread(target=publish)
        publisher.start()
        began = time.monotonic()
        first = tail.stdout.readline()
        assert time.monotonic() - began < 10
        stop.set()
        publisher.join()
        assert "ReferralRequested referral_id=r1" in first
        tail.send_signal(signal.SIGINT)
        tail.stdout.read()
        assert tail.wait(timeout=10) == DONE


def test_a_reader_that_leaves_ends_tail(make_hub):
    hub = make_hub()
    for n in range(2000):
        hub.publisher.requested(hub.county, hub.county.centres[0], f"r{n}")
    hub.publisher.flush()
    words = [str(each) for each in [BUILD / "services" / "hubctl" / "hubctl", *hub.hubctl.options]]
    done = subprocess.run(["bash", "-c", '"$@" tail referral.events --from beginning | head -1', "-", *words],
                          capture_output=True, text=True, timeout=30)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


# slots, explain, status, dlq


@pytest.fixture
def busy_hub(make_hub):
    """One slot taken by r1 and rejected, two hospitals; r2 and r3 wait."""
    hub = make_hub()
    hub.router.start()
    county, say, decisions = hub.county, hub.publisher, hub.subscribe("referral.decisions")
    decisions.answer_to(say.opened(county, county.lead, "s1", 1))
    decisions.answer_to(say.opened(county, county.member, "s2", 1))
    decisions.answer_to(say.requested(county, county.centres[0], "r1"))
    decisions.answer_to(say.says("ReferralRejected", county, county.lead, "r1", reason_code="NO_CAPACITY",
                                 reason="secret words"))
    for n in (2, 3, 4):
        decisions.answer_to(say.requested(county, county.centres[1], f"r{n}", patient={
            "patient_id": f"p{n}", "sex": "MALE", "birth_year": 1950}))
    return hub


def test_slots_add_up_and_show_who_waits(busy_hub):
    hub = busy_hub
    told = hubctl_json(hub, "slots", hub.county.lead)
    (session,) = told["sessions"]
    assert (session["session_id"], session["capacity"]) == ("s1", 1)
    assert session["open"] + session["held"] + session["used"] == 1
    assert [each["referral_id"] for each in told["waiting"]] == ["r3", "r4"]
    text = hubctl(hub, "slots", hub.county.lead).stdout
    assert f"Waiting for 03.04 OUTPATIENT in {hub.county.id}: 2" in text
    assert "03.04 OUTPATIENT      1     0         0     1     0  s1" in text
    hubctl(hub, "slots", "nobody", status=NOT_FOUND)


def test_beds_are_shown_explained_and_audited(make_hub):
    hub = make_hub()
    hub.router.start()
    county, say, decisions = hub.county, hub.publisher, hub.subscribe("referral.decisions")
    for n, org_id in enumerate((county.lead, county.member), 1):
        decisions.answer_to(say.send("BedsReported", county, org_id, org_id=org_id, bed_kind="GENERAL", revision=n,
                                     total=50, free=2 - n))
    for n, criteria in enumerate(([], [], [f"{county.id}-bed"]), 1):
        decisions.answer_to(say.requested(county, county.centres[0], f"r{n}", need="BED", bed_kind="GENERAL",
                                          criteria=criteria))
    told = hubctl_json(hub, "slots", county.lead)
    (board,) = told["beds"]
    assert (board["total"], board["free"], board["held"], board["left"]) == (50, 1, 1, 0)
    assert [each["referral_id"] for each in told["waiting"]] == ["r3", "r2"]
    text = hubctl(hub, "slots", county.lead).stdout
    assert "meets the criteria: first" in text and "PROMISED" in text
    first = " ".join(hubctl(hub, "explain", "r1").stdout.split())
    assert "a bed is held (GENERAL)" in first and "CRITERIA_NOT_MET" in first
    second = " ".join(hubctl(hub, "explain", "r2").stdout.split())
    assert "waits for BED: place 1 of the list" in second and "or no bed free" in second
    decisions.answer_to(say.requested(county, county.lead, "d1", direction="DOWN", medications=[
        {"drug_code": "C07", "name": "x", "days_left": 4}], patient={
            "patient_id": "p9", "sex": "MALE", "birth_year": 1950, "contract_org_id": county.centres[1]}))
    down = " ".join(hubctl(hub, "explain", "d1").stdout.split())
    assert f"routed to {county.centres[1]}" in down and "(HOME, attempt 1)" in down
    hubctl(hub, "audit")


def test_explain_tells_the_whole_story(busy_hub):
    hub = busy_hub
    county = hub.county
    told = hubctl_json(hub, "explain", "r1")
    assert told["state"] == "ROUTED"
    assert [each["record"] for each in told["story"]] == [
        "ReferralRequested", "ReferralRouted", "ReferralRejected", "ReferralRouted"]
    first, second = (each["candidates"] for each in told["story"] if each["record"] == "ReferralRouted")
    assert [(each["org_id"], each["fate"]) for each in first] == [(county.lead, "TAKEN"), (county.member, "NOT_ASKED")]
    assert [(each["org_id"], each["fate"], each["reason_code"]) for each in second] == [
        (county.lead, "BARRED", "REJECTED"), (county.member, "TAKEN", None)]
    may = {each["org_id"]: each["may_send"] for each in told["next"]}
    assert may[county.centres[0]] == ["ReferralCancelled"]
    assert {"ReferralAccepted", "ReferralRejected"} <= set(may[county.member])
    assert may[county.control] == ["ReferralCancelled", "OutOfCountyAuthorised"]
    assert [each["name"] for each in told["deadlines"]] == ["answer"]

    text = " ".join(hubctl(hub, "explain", "r1", "--county", county.id).stdout.split())
    assert "REJECTED, rejected it before (REF-11)" in text
    assert "secret" not in text
    waiting = " ".join(hubctl(hub, "explain", "r4").stdout.split())
    assert "waits for SLOT: place 2 of the list for 03.04 OUTPATIENT" in waiting
    assert "FULL, no slot open to it" in waiting
    hubctl(hub, "explain", "r99", status=NOT_FOUND)


def test_explain_uses_the_registry_of_the_moment(busy_hub, tmp_path):
    hub = busy_hub
    county = hub.county
    gone = county.organisation(county.member, "HOSPITAL", "COUNTY", ["07"]) | {"valid_from": "2025-01-01"}
    hubctl(hub, "registry", "load", write(tmp_path, {"Organisation": [gone]}))
    told = hubctl_json(hub, "explain", "r1")
    first = next(each["candidates"] for each in told["story"] if each["record"] == "ReferralRouted")
    assert county.member in [each["org_id"] for each in first]


def test_explain_of_an_ended_referral(make_hub):
    hub = make_hub()
    hub.router.start()
    county, say, decisions = hub.county, hub.publisher, hub.subscribe("referral.decisions")
    decisions.answer_to(say.opened(county, county.lead, "s1", 1))
    decisions.answer_to(say.requested(county, county.centres[0], "r1"))
    decisions.answer_to(say.says("ReferralCancelled", county, county.centres[0], "r1", reason=""))
    told = hubctl_json(hub, "explain", "r1")
    assert (told["state"], told["ended"], told["next"]) == ("CANCELLED", True, [])
    assert "It has ended" in hubctl(hub, "explain", "r1").stdout


def daemons(hub):
    return ("--daemons", f"referral-router=127.0.0.1:{hub.router.admin_port}")


def test_status_of_a_hub_that_is_well_and_one_that_is_not(busy_hub):
    hub = busy_hub
    told = wait_until("Redis to be level", lambda: level(hub))
    assert told["well"] and told["lag"] == 0 and told["dead_letters"] == 0
    (router,) = told["daemons"]
    assert router["ready"] and router["partitions"] == 16
    assert "Redis is level with the changelog in 16 of 16" in hubctl(hub, "status", *daemons(hub)).stdout

    # What hubctl topics advance leaves at the end of the changelog is no state.
    hub.take_back("referral-router.state", 300)
    assert level(hub)

    hub.router.stop()
    hub.publisher.requested(hub.county, hub.county.centres[0], "late")
    hub.publisher.flush()
    told = hubctl_json(hub, "status", *daemons(hub), status=ATTENTION)
    assert not told["well"] and told["lag"] == 1
    assert not told["daemons"][0]["answers"] and "refused" in told["daemons"][0]["reason"]


def level(hub):
    done = hub.hubctl.run("status", "--json", *daemons(hub), check=False)
    told = json.loads(done.stdout)
    return told if told["level"] == 16 else None


def test_dead_letters_are_listed_and_shown_without_personal_data(make_hub):
    hub = make_hub()
    hub.router.start()
    hubctl(hub, "dlq", "list")
    dead = hub.subscribe("referral-router.dead-letters", decode=False)
    hub.publisher.raw(b"\x1b[2J nonsense", hub.county.id)
    event = json.loads(request(hub, "e1", "r1"))
    event.pop("record")
    hub.publisher.raw(SCHEMAS.encode("ReferralRequested", event), "999999")
    hub.publisher.flush()
    letters = wait_until("two dead letters", lambda: (found := dead.read_all()) and len(found) == 2 and found)

    told = hubctl_json(hub, "dlq", "list", status=ATTENTION)
    assert told["count"] == 2
    assert set(told["reasons"]) == {"UNDECODABLE", "WRONG_KEY"}
    text = hubctl(hub, "dlq", "list", status=ATTENTION).stdout
    assert "2 dead letters" in text
    assert hubctl_json(hub, "dlq", "list", "--reason", "WRONG_KEY", status=ATTENTION)["count"] == 1
    for letter in letters:
        place = f"{letter.partition}:{letter.offset}"
        shown = hubctl(hub, "dlq", "show", place).stdout
        assert letter.headers["hub_dlq_reason"].decode() in shown
        assert "what to do " in shown
        assert "secret" not in shown and "\x1b" not in shown
        assert letter.bytes.hex() in hubctl(hub, "dlq", "show", place, "--raw").stdout
    hubctl(hub, "dlq", "show", "3:99", status=NOT_FOUND)
    hubctl(hub, "dlq", "show", "3", status=USAGE)
    hubctl(hub, "status", *daemons(hub), status=ATTENTION)


# what holds everywhere


def test_nothing_is_wider_than_eighty_columns(busy_hub):
    hub = busy_hub
    pages = [("help",), ("help", "exit-codes"), ("help", "configuration"), ("topics", "check"), ("registry", "show"),
             ("registry", "show", "Organisation"), ("slots", hub.county.lead), ("explain", "r1"),
             ("status", *daemons(hub)), ("dlq", "list")]
    listed = hubctl(hub, "help").stdout
    commands = [each for each in ("topics create", "topics check", "registry load", "registry check", "registry show",
                                  "send", "tail", "explain", "slots", "status", "audit", "repair",
                                  "dlq list", "dlq show", "version", "help")]
    for each in commands:
        assert each in listed
        page = hubctl(hub, "help", *each.split()).stdout
        pages.append(("help", *each.split()))
        assert page.startswith("hubctl " + each)
    for words in pages:
        for text in hub.hubctl.run(*words, check=False).stdout.splitlines():
            assert columns(text) <= 80, f"hubctl {' '.join(words)}: {text}"


def test_a_broker_that_is_away_is_one_line_and_a_code_of_its_own(make_hub, tmp_path):
    hub = make_hub()
    path = tmp_path / "events.jsonl"
    path.write_text(request(hub, "e1", "r1"))
    away = ("--kafka", "127.0.0.1:1", "--timeout", "1500")
    for words in (("topics", "check"), ("registry", "show"), ("tail", "referral.events"), ("explain", "r1"),
                  ("send", path), ("registry", "load", hub.folder / "registry.json")):
        program = BUILD / "services" / "hubctl" / "hubctl"
        done = subprocess.run([program, *words, *away], capture_output=True, text=True, timeout=30)
        assert done.returncode == UNREACHABLE, f"{words}: {done}"
        assert "127.0.0.1:1" in done.stderr


def test_what_is_stopped_never_passes_for_the_whole(make_hub):
    """Stopped as soon as it can be: it has read nothing, and must not say that there is nothing."""
    hub = make_hub()
    for words in (("dlq", "list"), ("dlq", "show", "0:0"), ("status",), ("registry", "show"), ("tail", "referral.events")):
        command = [BUILD / "services" / "hubctl" / "hubctl", *words, *hub.hubctl.options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            while not takes_signals(process.pid):
                assert process.poll() is None
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=30)
        assert process.returncode == INTERRUPTED, f"{words}: {process.returncode}\n{out}{err}"
        assert "stopped before the end" in err


def takes_signals(pid):
    caught = pathlib.Path(f"/proc/{pid}/status").read_text().split("SigCgt:")[1].split()[0]
    return int(caught, 16) >> (signal.SIGTERM - 1) & 1


def test_mistakes_on_the_command_line_name_the_next_step():
    for words, told in ((["tial"], "did you mean tail?"), (["registry"], "load, check, show"),
                        (["tail"], "wants TOPIC"), (["tail", "x", "--form", "y"], "did you mean from?"),
                        (["topics", "create", "--partitions", "none"], "whole number from 1"),
                        (["status", "--redis", "nowhere"], "is not host:port")):
        done = subprocess.run([BUILD / "services" / "hubctl" / "hubctl", *words], capture_output=True, text=True,
                              timeout=20, env={})
        assert done.returncode == USAGE, done
        assert told in done.stderr and done.stderr.count("\n") == 1, done.stderr
