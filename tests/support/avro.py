"""Avro single-object framing by fastavro, with the published schemas of schemas/history: a hospital in Python."""

import io
import struct

import fastavro
from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

from services import ROOT

HISTORY = ROOT / "schemas" / "history"


def plain(schema):
    """Without logical types: times stay numbers."""
    if isinstance(schema, dict):
        return {key: plain(value) for key, value in schema.items() if key != "logicalType"}
    return [plain(each) for each in schema] if isinstance(schema, list) else schema


class Schemas:
    """Every published version by fingerprint; the newest by name."""

    def __init__(self):
        self.newest = {}
        self.by_fingerprint = {}
        self.state_version = {}  # by fingerprint: the version of the state that a form needs (I-9)
        for folder in sorted(HISTORY.iterdir()):
            for path in sorted(folder.glob("*.avsc"), key=lambda each: int(each.stem)):
                self.add(folder.name, fastavro.schema.load_schema(path))
        assert self.newest, f"no schema in {HISTORY}"

    def add(self, name, schema):
        parsed = parse_schema(plain(schema), _force=True)
        canonical = to_parsing_canonical_form(schema)
        number = int.from_bytes(bytes.fromhex(fingerprint(canonical, "CRC-64-AVRO")), "little")
        self.newest[name] = (parsed, number)
        self.by_fingerprint[number] = (name, parsed)
        self.state_version[number] = schema.get("hub.state_version", 1)

    def encode(self, name, record):
        schema, number = self.newest[name]
        body = io.BytesIO()
        fastavro.schemaless_writer(body, schema, record, strict_allow_default=True)
        return b"\xc3\x01" + struct.pack("<Q", number) + body.getvalue()

    def decode(self, value):
        """(name, record); a record of an earlier version has today's fields."""
        if value[:2] != b"\xc3\x01":
            raise ValueError("not single-object encoding")
        name, schema = self.by_fingerprint[struct.unpack("<Q", value[2:10])[0]]
        body = io.BytesIO(value[10:])
        newest = self.newest[name][0]
        record = fastavro.schemaless_reader(body, schema, None if schema is newest else newest)
        if body.read(1):
            raise ValueError("trailing bytes")
        return name, record


SCHEMAS = Schemas()
