"""Topics as Avro container files: read by fastavro and pandas, and back again into another hub."""

import fastavro
import pandas

from avro import SCHEMAS
from test_hubctl import DONE, NOT_FOUND, REFUSED, USAGE, hubctl, hubctl_json


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
