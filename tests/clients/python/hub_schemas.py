"""Avro single-object encoding: C3 01, the fingerprint of the writer's schema, the body."""

import io
import json

from fastavro import parse_schema, schemaless_reader, schemaless_writer
from fastavro.schema import fingerprint, to_parsing_canonical_form

MARK = b"\xc3\x01"


class Schemas:
    """Every version in the folder can be read; `version` (newest or oldest) is what this program knows."""

    def __init__(self, folder, version="newest"):
        self._mine = {}  # record: (fingerprint, schema)
        self._written = {}  # fingerprint: (record, schema)
        for record in folder.iterdir():
            files = sorted(record.glob("*.avsc"), key=lambda file: int(file.stem))
            versions = [self._load(file) for file in files]
            self._mine[record.name] = versions[0 if version == "oldest" else -1]
            self._written.update({mark: (record.name, schema) for mark, schema in versions})

    @staticmethod
    def _load(file):
        schema = json.loads(file.read_text())
        return bytes.fromhex(fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO")), parse_schema(schema)

    def encode(self, name, fields):
        mark, schema = self._mine[name]
        body = io.BytesIO()
        schemaless_writer(body, schema, fields)
        return MARK + mark + body.getvalue()

    def decode(self, value):
        """(record's name, its fields as this program knows them). KeyError: a version that the folder lacks."""
        if value[:2] != MARK:
            raise ValueError("not in single-object encoding")
        name, written = self._written[value[2:10]]
        return name, schemaless_reader(io.BytesIO(value[10:]), written, self._mine[name][1])
