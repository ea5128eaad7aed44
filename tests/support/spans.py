"""A receiver of spans: OTLP/HTTP with JSON, read by OpenTelemetry's own message types, which refuse a member that they do not know."""

import base64
import http.server
import json
import threading

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from services import free_port
from waiting import wait_until


class Span:
    def __init__(self, span, resource):
        self.trace_id, self.span_id, self.parent_id = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
        self.name, self.kind, self.status = span.name, span.kind, span.status.code
        self.began_ns, self.ended_ns = span.start_time_unix_nano, span.end_time_unix_nano
        self.attributes, self.resource = values(span.attributes), values(resource.attributes)

    def __repr__(self):
        return f"{self.name} {self.trace_id} {self.parent_id or '-'}>{self.span_id} {self.attributes}"


def values(attributes):
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


def ids_from_hex(value):
    """OTLP's JSON has ids in hex where protobuf's would have base64 (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding")."""
    if isinstance(value, list):
        return [ids_from_hex(each) for each in value]
    if not isinstance(value, dict):
        return value
    ids = ("traceId", "spanId", "parentSpanId")
    return {name: base64.b64encode(bytes.fromhex(each)).decode() if name in ids else ids_from_hex(each)
            for name, each in value.items()}


class Receiver:
    """Listens from begin() on; status: what it answers."""

    def __init__(self):
        self.port, self.status, self.spans, self.wrong, self.server = free_port(), 200, [], [], None

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def begin(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    receiver.take(self.path, self.headers["Content-Type"], body)
                except Exception as error:  # noqa: BLE001 - told by close()
                    receiver.wrong.append(repr(error))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def take(self, path, content_type, body):
        assert (path, content_type) == ("/v1/traces", "application/json")
        request = json_format.ParseDict(ids_from_hex(json.loads(body)), ExportTraceServiceRequest())
        assert request.resource_spans
        if self.status == 200:
            self.spans += [Span(span, group.resource) for group in request.resource_spans
                           for scope in group.scope_spans for span in scope.spans]

    def wait_for(self, what, matches, timeout=30):
        def found():
            return next((each for each in list(self.spans) if matches(each)), None)

        return wait_until(f"{what} among {self.spans}", found, timeout)

    def close(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
        assert not self.wrong, self.wrong[:3]
