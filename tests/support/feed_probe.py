"""The gateway's feed alone (tests/unit/gateway/feed/feed_probe.c): what it holds, and what it says of itself."""

import queue
import socket
import subprocess
import threading

from services import BUILD, end_with_parent

PROGRAM = BUILD / "tests" / "unit" / "gateway" / "feed" / "gateway_feed_probe"
# Fields of the hashes that the gateway does not keep.
NOT_KEPT = {"referral": {"bed_held"}, "session": {"common_opens_at", "revision"}, "beds": {"revision"}, "foreign_hold": set()}


class FeedProbe:
    def __init__(self, folder, kafka, redis, prefix, history_ms=3600_000):
        self.log_path = folder / "feed-probe.log"
        ours, theirs = socket.socketpair()
        self.socket = ours
        with open(self.log_path, "a") as log:
            self.process = subprocess.Popen([PROGRAM, kafka, redis, prefix, str(history_ms)], stdin=theirs,
                                            stdout=subprocess.PIPE, stderr=log, text=True, preexec_fn=end_with_parent)
        theirs.close()
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def ask(self, *words, timeout=30):
        self.send(*words)
        return self.answer(timeout)

    def send(self, *words):
        self.socket.sendall((" ".join(str(word) for word in words) + "\n").encode())

    def answer(self, timeout=30):
        lines = []
        while (line := self.lines.get(timeout=timeout)) != ".":
            lines.append(line)
        return lines

    def state(self):
        return {name: int(value) for name, value in (line.split("=") for line in self.ask("state"))}

    def rows(self):
        """{key with its tag: fields}"""
        rows = {}
        for line in self.ask("rows"):
            key, partition, *fields = line.split("\t")
            rows[f"{{referral-router.{partition}}}:{key}"] = dict(field.split("=", 1) for field in fields)
        return rows

    def log(self):
        return self.log_path.read_text()

    def stop(self):
        """Its exit code: 0 when it ends in order."""
        self.socket.close()
        return self.process.wait(20)

    def kill(self):
        self.process.kill()
        self.process.wait(10)
        self.socket.close()


def kept(client):
    """What Redis has of the kinds of rows that the gateway keeps, in the same form; one moment's, if nothing writes."""
    keys = [key for key in client.scan_iter("{referral-router.*", count=1000)
            if key.split("}:", 1)[1].split(":")[0] in NOT_KEPT]
    pipe = client.pipeline(transaction=False)
    for key in keys:
        pipe.hgetall(key)
    found = {}
    for key, fields in zip(keys, pipe.execute()):
        kind = key.split("}:", 1)[1].split(":")[0]
        found[key] = {name: value for name, value in fields.items() if name not in NOT_KEPT[kind]}
        if kind == "foreign_hold":
            found[key].setdefault("bed_held", "0")
        if kind == "referral":
            found[key].setdefault("attempt", "0")  # a stub says nothing of it
    return found


def difference(rows, redis):
    """The first few differences as text; empty: none."""
    wrong = [f"{key}: {rows.get(key)} instead of {redis.get(key)}"
             for key in sorted(rows.keys() | redis.keys()) if rows.get(key) != redis.get(key)]
    return f"{len(wrong)} of {len(redis)} rows differ: {wrong[:3]}" if wrong else ""
