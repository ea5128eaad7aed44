"""Every published version of every schema against every other, by an implementation of Avro that is not ours: what one
writes the other reads (FULL_TRANSITIVE), and the hub's own decoders of earlier versions read what it reads."""

import base64
import io
import itertools
import json
import random
from datetime import datetime, timedelta, timezone

import pytest
from fastavro import parse_schema, schemaless_reader, schemaless_writer
from fastavro.schema import fingerprint, to_parsing_canonical_form

from avro import plain
from services import ROOT
from waiting import wait_until

HISTORY = ROOT / "schemas" / "history"
SAMPLES = ROOT / "tests" / "unit" / "wire" / "evolution" / "history"  # fields moved and gone, an enum that grew
VALUES = 20
LAST_MS = 253402214400000  # the last day of the year 9999
SHANGHAI = timezone(timedelta(hours=8))
TOPICS = {
    record.rsplit(".", 1)[1]: topic["name"]
    for topic in json.loads((ROOT / "schemas" / "topics.json").read_text())["topics"]
    for record in topic["records"]
}


def versions_of(folder):
    return [json.loads(file.read_text()) for file in sorted(folder.glob("*.avsc"), key=lambda each: int(each.stem))]


EVOLVED = {folder.name: versions for root in (HISTORY, SAMPLES) for folder in sorted(root.iterdir())
           if len(versions := versions_of(folder)) > 1}
PAIRS = [(name, writer, reader) for name, versions in EVOLVED.items()
         for writer, reader in itertools.permutations(range(len(versions)), 2)]


def named_in(schema):
    """Records and enums by name; each is defined where it comes first."""
    if isinstance(schema, list):
        return {name: found for each in schema for name, found in named_in(each).items()}
    if not isinstance(schema, dict):
        return {}
    mine = {f"{schema['namespace']}.{schema['name']}": schema} if schema["type"] in ("record", "enum") else {}
    parts = [field["type"] for field in schema.get("fields", [])] + [schema.get("items")]
    return mine | named_in(parts)


class Values:
    """Random values of a schema, within its limits."""

    def __init__(self, schema, seed):
        self.schema, self.named, self.random = schema, named_in(schema), random.Random(seed)

    def next(self):
        return self.of(self.schema, {})

    def of(self, schema, limits):
        if isinstance(schema, list):
            return self.of(self.random.choice(schema), limits)
        kind = schema["type"] if isinstance(schema, dict) else schema
        return self.of(self.named[kind], limits) if kind in self.named else getattr(self, f"of_{kind}")(schema, limits)

    def of_record(self, schema, _limits):
        return {field["name"]: self.of(field["type"], field) for field in schema["fields"]}

    def of_enum(self, schema, _limits):
        return self.random.choice(schema["symbols"])

    def of_array(self, schema, limits):
        most = min(limits.get("hub.limit", 64), 5)
        return [self.of(schema["items"], {"hub.limit": limits.get("hub.item_limit", 128)})
                for _ in range(self.random.randint(0, most))]

    def of_string(self, _schema, limits):
        return "".join(self.random.choices("az09-.县é", k=self.random.randint(0, limits.get("hub.limit", 128) // 3)))

    def of_bytes(self, _schema, limits):
        return self.random.randbytes(self.random.randint(0, limits.get("hub.limit", 4096)))

    def of_long(self, schema, _limits):
        is_time = isinstance(schema, dict) and schema.get("logicalType") == "timestamp-millis"
        return self.random.randint(0, LAST_MS) if is_time else self.random.randint(-(2**63), 2**63 - 1)

    def of_int(self, _schema, _limits):
        return self.random.randint(-(2**31), 2**31 - 1)

    def of_double(self, _schema, _limits):
        return self.random.uniform(-1e9, 1e9)

    def of_boolean(self, _schema, _limits):
        return self.random.random() < 0.5

    def of_null(self, _schema, _limits):
        return None


def write(schema, value):
    body = io.BytesIO()
    schemaless_writer(body, parse_schema(plain(schema)), value)
    return body.getvalue()


def read(written, schema, body, with_times=False):
    form = (lambda each: each) if with_times else plain
    return schemaless_reader(io.BytesIO(body), parse_schema(form(written)), parse_schema(form(schema)))


def framed(schema, body):
    mark = bytes.fromhex(fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO"))
    return b"\xc3\x01" + mark + body


def as_json(value):
    """As hubctl shows it: times as text of Shanghai, bytes in base64."""
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="milliseconds" if value.microsecond else "seconds")
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def test_there_is_something_to_hold_together():
    assert {"Sample", "ReferralState"} <= set(EVOLVED)


@pytest.mark.parametrize(("name", "writer", "reader"), PAIRS, ids=lambda each: each if isinstance(each, str) else f"v{each + 1}")
def test_every_version_reads_every_other(name, writer, reader):
    written, known = EVOLVED[name][writer], EVOLVED[name][reader]
    common = {field["name"] for field in known["fields"]} & {field["name"] for field in written["fields"]}
    values = Values(written, f"{name} {writer} {reader}")
    for _ in range(VALUES):
        value = values.next()
        seen = read(written, known, write(written, value))
        assert seen.keys() == {field["name"] for field in known["fields"]}
        back = read(known, written, write(known, seen))
        for field in common:
            if not isinstance(value[field], (dict, list)) and seen[field] != "UNKNOWN":
                assert seen[field] == back[field] == value[field]


def test_the_hub_reads_earlier_versions_as_fastavro_does(make_hub):
    hub = make_hub()
    wanted = {}
    for name, versions in EVOLVED.items():
        if name not in TOPICS:
            continue
        topic = hub.prefix + TOPICS[name]
        for number, schema in enumerate(versions):
            values = Values(schema, f"{name} {number}")
            for n in range(VALUES):
                body = write(schema, values.next())
                key = f"{name} {number} {n}"
                wanted.setdefault(TOPICS[name], {})[key] = as_json(read(schema, versions[-1], body, with_times=True))
                hub.publisher.producer.produce(topic, key=key, value=framed(schema, body))
    hub.publisher.flush()
    for topic, records in wanted.items():
        def shown(topic=topic, records=records):
            lines = hub.hubctl.run("tail", topic, "--from", "beginning", "--json", "--show-personal").stdout.splitlines()
            return len(lines) == len(records) and {each["key"]: each["value"] for each in map(json.loads, lines)}

        assert wait_until(f"{topic} by hubctl", shown) == records
