"""Topics as Avro container files: read by fastavro and pandas, and back again into another hub."""

import collections
import json

import fastavro
import pandas
from confluent_kafka import TopicPartition

from avro import SCHEMAS
from client import Publisher
from test_hubctl import DONE, NOT_FOUND, REFUSED, USAGE, hubctl, hubctl_json
from waiting import wait_until


def spoken(hub):
    """Events of three types, some with what is personal, in the order in which they happened."""
    lead, centre = hub.county.lead, hub.county.centres[0]
    for i in range(200):
        hub.publisher.opened(hub.county, lead, f"s{i}", 2)
        hub.publisher.requested(hub.county, centre, f"r{i}", reason="secret words", condition=["CHEST_PAIN", "NONE"][i % 2])
        hub.publisher.says("ReferralAccepted", hub.county, lead, f"r{i}")
    hub.publisher.flush()


def read(path):
    with open(path, "rb") as file:
        reader = fastavro.reader(file)
        return reader.metadata, list(reader)


def test_what_is_exported_is_what_was_written(make_hub, tmp_path):
    hub = make_hub()
    spoken(hub)
    told = hubctl_json(hub, "export", "referral.events", tmp_path / "day.avro", "--show-personal")
    assert {each["record"]: each["records"] for each in told["files"]} \
        == {"ReferralAccepted": 200, "ReferralRequested": 200, "SlotsOpened": 200}
    written = {}
    for record in hub.subscribe("referral.events").read_all():
        written.setdefault(record.name, []).append(record.value)
    for name, values in written.items():
        metadata, found = read(tmp_path / f"day.{name}.avro")
        assert found == values and metadata["avro.codec"] == "deflate"
        assert SCHEMAS.encode(name, found[0])  # a schema of its own in the head, and the same one

    hubctl(hub, "export", "referral.events", tmp_path / "day.avro", status=REFUSED)  # nothing is written over
    hubctl(hub, "export", "referral.event", tmp_path / "x.avro", status=NOT_FOUND)
    hubctl(hub, "export", "referral.events", tmp_path / "x.avro", "--record", "Nothing", status=USAGE)
    none = hubctl(hub, "export", "referral.events", tmp_path / "none.avro", "--to", "2020-01-01", status=DONE)
    assert "no records" in none.stdout and not list(tmp_path.glob("none*"))


def test_an_analyst_sees_no_personal_field(make_hub, tmp_path):
    hub = make_hub()
    spoken(hub)
    path = tmp_path / "requests.avro"
    text = hubctl(hub, "export", "referral.events", path, "--record", "ReferralRequested", "--from", "-1h").stdout
    assert "--show-personal" in text
    _, found = read(path)
    table = pandas.json_normalize(found)
    assert len(table) == 200 and set(table["patient.patient_id"]) == {""} and set(table["reason"]) == {""}
    assert table.groupby("condition")["referral_id"].count().to_dict() == {"CHEST_PAIN": 100, "NONE": 100}
    assert b"secret words" not in path.read_bytes()


def export_since(hub, folder, name, *options, **expected):
    return hubctl(hub, "export", "referral.events", folder / f"{name}.avro", "--since", folder / "next", "--json", *options,
                  **expected)


def test_each_export_goes_on_where_the_last_one_ended(make_hub, tmp_path):
    hub = make_hub()
    slow = Publisher(hub.broker, hub.prefix, "slow-", slow_s=48 * 3600)

    def say(publisher):
        event = publisher.opened(hub.county, hub.county.lead, "s1", 2)
        publisher.flush()
        return event["event_id"]

    before = say(slow)
    sent = [say(hub.publisher), say(slow)]
    export_since(hub, tmp_path, "first", "--from", "-1h")
    sent.append(say(slow))  # behind the first, and two days before it
    export_since(hub, tmp_path, "second", "--from", "-1h")
    assert json.loads(export_since(hub, tmp_path, "none").stdout)["files"] == []

    # What goes wrong leaves the file as it was, and what was not exported comes next.
    sent.append(say(hub.publisher))
    noted = (tmp_path / "next").read_text()
    export_since(hub, tmp_path, "first", status=REFUSED)  # nothing is written over
    export_since(hub, tmp_path, "x", "--to", "now", status=USAGE)
    hubctl(hub, "export", "referral.decisions", tmp_path / "x.avro", "--since", tmp_path / "next", status=REFUSED)
    hubctl(hub, "export", "referral.events", tmp_path / "x.avro", "--since", tmp_path / "first.SlotsOpened.avro", status=REFUSED)
    assert (tmp_path / "next").read_text() == noted and not list(tmp_path.glob("x*"))
    export_since(hub, tmp_path, "third")
    found = collections.Counter(each["event_id"] for path in tmp_path.glob("*.avro") for each in read(path)[1])
    assert found == collections.Counter(sent) and before not in found


def test_an_export_says_what_it_could_not_go_on_with(make_hub, tmp_path):
    hub = make_hub()
    for session in ("s1", "s2", "s3", "s4"):
        hub.publisher.opened(hub.county, hub.county.lead, session, 2)
        hub.publisher.flush()
        if session == "s1":
            export_since(hub, tmp_path, "first")
    (partition,) = {each.partition for each in hub.subscribe("referral.events").read_all()}
    place = TopicPartition(hub.prefix + "referral.events", partition, 3)
    (deleted,) = hub.broker.admin.delete_records([place]).values()
    deleted.result()
    told = json.loads(export_since(hub, tmp_path, "second").stdout)
    assert told["gaps"] == [{"partition": partition, "noted": 1, "offset": 3, "other_topic": False}]
    assert [each["session_id"] for each in read(tmp_path / "second.SlotsOpened.avro")[1]] == ["s4"]

    # A topic that was made anew, or came from a back-up: the offsets are another one's.
    noted = json.loads((tmp_path / "next").read_text())
    noted["next"][partition] = 1000
    (tmp_path / "next").write_text(json.dumps(noted))
    text = hubctl(hub, "export", "referral.events", tmp_path / "third.avro", "--since", tmp_path / "next").stdout
    assert f"partition {partition}: ends before 1000" in text and "from its beginning, 3" in text
    assert [each["session_id"] for each in read(tmp_path / "third.SlotsOpened.avro")[1]] == ["s4"]


def test_what_became_a_dead_letter_is_put_back_as_it_was(make_hub, tmp_path):
    first, second = make_hub(), make_hub()
    county = first.county
    first.publisher.opened(county, county.lead, "s1", 2)
    first.publisher.opened(county, county.lead, "s2", 2, event_id="")
    first.publisher.opened(county, county.lead, "s3", 2, need="UNKNOWN")
    first.publisher.requested(county, county.centres[0], "r1", urgency="UNKNOWN", reason="secret words")
    first.publisher.flush()
    hubctl(first, "export", "referral.events", tmp_path / "day.avro", "--show-personal")
    files = sorted(tmp_path.glob("day.*.avro"))

    # From a person it is a mistake, and nothing is sent.
    hubctl(second, "import", *files, status=REFUSED)
    assert second.subscribe("referral.events").read_all() == []
    told = hubctl_json(second, "import", "--as-saved", "--dry-run", *files)
    assert told["refused"] == 3 and {each["record"]: each["refused"] for each in told["files"]} \
        == {"ReferralRequested": 1, "SlotsOpened": 2}

    done = hubctl(second, "import", "--as-saved", *files)
    assert "3 records that the hub does not take sent all the same" in done.stdout
    assert "record 2: event_id: must not be empty" in done.stderr and "record 3: SlotsOpened.need: UNKNOWN" in done.stderr
    assert "secret" not in done.stdout + done.stderr
    before, after = (hub.subscribe("referral.events", decode=False).read_all() for hub in (first, second))
    assert sorted(each.bytes for each in before) == sorted(each.bytes for each in after)
    second.router.start()
    letters = second.subscribe("referral-router.dead-letters", decode=False)
    wait_until("the dead letters", lambda: letters.poll() or len(letters.records) == 3)
    assert {each.headers["hub_dlq_reason"] for each in letters.records} == {b"RULE"}


def test_what_was_exported_comes_back_into_another_hub(make_hub, tmp_path):
    first, second = make_hub(), make_hub()
    spoken(first)
    hubctl(first, "export", "referral.events", tmp_path / "day.avro", "--show-personal")
    files = sorted(tmp_path.glob("day.*.avro"))
    assert hubctl_json(second, "import", "--dry-run", *files)["sent"] is False
    assert second.subscribe("referral.events").read_all() == []
    told = hubctl_json(second, "import", *files)
    assert told["sent"] and sum(each["records"] for each in told["files"]) == 600
    before, after = (hub.subscribe("referral.events").read_all() for hub in (first, second))
    assert sorted((each.partition, each.key, each.bytes) for each in before) \
        == sorted((each.partition, each.key, each.bytes) for each in after)
    assert [each.value["occurred_at"] for each in after] == sorted(each.value["occurred_at"] for each in after)
    assert after[0].headers["ce_type"].decode() == f"hub.referral.{after[0].name}"


def test_a_file_of_another_tool_is_held_to_the_rules(make_hub, tmp_path):
    hub = make_hub()
    head = {"event_id": "e1", "occurred_at": 1767571200000, "county_id": hub.county.id,
            "consortium_id": hub.county.consortium, "source_org_id": hub.county.lead}
    names = [*head, "referral_id", "org_id", "theirs"]  # fields in another order, and one of their own
    schema = {"type": "record", "name": "ReferralAccepted", "namespace": "hub.referral", "fields": [
        {"name": name, "type": "long" if name == "occurred_at" else "string"} for name in reversed(names)]}

    def file(name, **fields):
        with open(tmp_path / name, "wb") as out:
            fastavro.writer(out, schema, [{**head, "referral_id": "r1", "org_id": hub.county.lead, "theirs": "x", **fields}])
        return tmp_path / name

    hubctl(hub, "import", file("good.avro"))
    (record,) = hub.subscribe("referral.events").read_all()
    assert record.name == "ReferralAccepted" and record.value["referral_id"] == "r1" and record.key == hub.county.id
    assert "record 1" in hubctl(hub, "import", file("long.avro", referral_id="x" * 5000), status=REFUSED).stderr
    assert "event_id" in hubctl(hub, "import", file("empty.avro", event_id=""), status=REFUSED).stderr
    (tmp_path / "no.avro").write_text("{}")
    hubctl(hub, "import", tmp_path / "no.avro", status=REFUSED)
    hubctl(hub, "import", tmp_path / "missing.avro", status=NOT_FOUND)
    assert len(hub.subscribe("referral.events").read_all()) == 1
