"""A reader of server-sent events (HTML standard, 9.2.6) on a socket of its own, that may also be slow on purpose."""

import json
import socket
import time


class Event:
    def __init__(self, name, data, last_id):
        self.name, self.data, self.id = name, json.loads(data), last_id


class EventStream:
    """GET /api/v1/events of a person (gateway.py). rcvbuf: how much the kernel takes in for it."""

    def __init__(self, person, query="", last_id=None, rcvbuf=None):
        self.socket = socket.socket()
        if rcvbuf:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        self.socket.settimeout(20)
        self.socket.connect((person.host, person.port))
        lines = [f"GET /api/v1/events{query} HTTP/1.0", f"Host: {person.host}:{person.port}", "Accept: text/event-stream",
                 f"Cookie: {person.cookie}"]
        if last_id:
            lines.append(f"Last-Event-ID: {last_id}")
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.buffer, self.status, self.id = b"", None, None
        self.passed = []  # events that a wait_for() has passed over

    def _more(self, until):
        self.socket.settimeout(max(0.01, until - time.monotonic()))
        piece = self.socket.recv(65536)
        if not piece:
            raise EOFError
        self.buffer += piece

    def _head(self, until):
        while b"\r\n\r\n" not in self.buffer:
            self._more(until)
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        self.status = int(head.split(b" ")[1])

    def next(self, timeout=20):
        """The next event; None: nothing came in time. EOFError: the stream has ended."""
        until = time.monotonic() + timeout
        try:
            if self.status is None:
                self._head(until)
            while True:
                while b"\n\n" not in self.buffer:
                    self._more(until)
                block, self.buffer = self.buffer.split(b"\n\n", 1)
                fields = dict(line.split(": ", 1) for line in block.decode().splitlines())
                self.id = fields.get("id", self.id)
                if "data" in fields:
                    return Event(fields.get("event", "message"), fields["data"], self.id)
        except TimeoutError:
            return None

    def wait_for(self, name, test=lambda data: True, timeout=20):
        """The oldest event of that name which passes the test and was not returned yet."""
        for at, event in enumerate(self.passed):
            if event.name == name and test(event.data):
                return self.passed.pop(at)
        until = time.monotonic() + timeout
        while (left := until - time.monotonic()) > 0:
            event = self.next(left)
            if event and event.name == name and test(event.data):
                return event
            if event:
                self.passed.append(event)
        raise AssertionError(f"no event {name} within {timeout} s")

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
