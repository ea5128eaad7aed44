"""What the scripts in the browser may do to the hub around it: a small HTTP server, POST /<lever> with a JSON body of named
arguments. Hospitals speak, processes stop and start."""

import http.server
import json
import os
import signal
import threading
import time
import traceback

from client import now_ms
from gateway import PASSWORD


class Busy:
    """Hospitals in the background: referrals that come and are cancelled again."""

    OPEN = 60

    def __init__(self, site, rate, name):
        self.site, self.rate, self.name = site, rate, name
        self.told = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        county, began, n = self.site.county, time.monotonic(), 0
        while not self.told.is_set():
            centre = county.centres[1]
            self.site.publisher.requested(county, centre, f"{self.name}-{n}", specialty="04.03")
            if n >= self.OPEN:
                self.site.publisher.says("ReferralCancelled", county, centre, f"{self.name}-{n - self.OPEN}", reason="")
            n += 1
            ahead = 2 * n / self.rate - (time.monotonic() - began)
            if ahead > 0:
                self.told.wait(ahead)

    def stop(self):
        self.told.set()
        self.thread.join(10)


class Levers:
    def __init__(self, site):
        self.site, self.busy_ones = site, {}
        levers = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "{}")
                try:
                    status, told = 200, getattr(levers, "do_" + self.path.strip("/"))(**body)
                except Exception:  # noqa: BLE001 - told to the script
                    status, told = 500, traceback.format_exc()
                text = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def start(self):
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        for each in self.busy_ones.values():
            each.stop()
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    # What can be pulled. Organisations are named as in County: control, lead, member, centre0...

    def do_site(self):
        def told(county):
            return {"id": county.id, "consortium": county.consortium, "control": county.control, "lead": county.lead,
                    "member": county.member, "centres": county.centres}

        return {"url": self.site.gateway.url, "password": PASSWORD, "counties": [told(each) for each in self.site.counties]}

    def do_opened(self, org, session, capacity, county=0, **fields):
        self.site.publisher.opened(self.site.counties[county], org, session, capacity, **{"starts_in_s": 86400, **fields})
        self.site.publisher.flush()

    def do_requested(self, source, id, urgency="ROUTINE", county=0, **fields):  # noqa: A002 - the script's name
        event = self.site.publisher.requested(self.site.counties[county], source, id, urgency, **fields)
        self.site.publisher.flush()
        return event["event_id"]

    def do_says(self, record, org, id, county=0, **fields):  # noqa: A002
        """Returns when it was sent, by this clock; Kafka has it."""
        at = now_ms()
        self.site.publisher.says(record, self.site.counties[county], org, id, **fields)
        self.site.publisher.flush()
        return at

    def do_beds(self, org, total, free, kind="GENERAL", county=0):
        self.site.publisher.send("BedsReported", self.site.counties[county], org, org_id=org, bed_kind=kind, revision=now_ms(), total=total,
                                 free=free)
        self.site.publisher.flush()

    def do_nonsense(self):
        """A record that nobody can read: a dead letter."""
        self.site.publisher.raw(b"\x00nonsense\xff", self.site.county.id)
        self.site.publisher.flush()

    def do_busy(self, rate, name):
        self.busy_ones[name] = Busy(self.site, rate, name)

    def do_quiet(self, name):
        self.busy_ones.pop(name).stop()

    def do_process(self, which, action):
        """which: gateway, router, redis, broker. action: kill, stop, start, pause, resume."""
        process = getattr(self.site, which)
        if action in ("pause", "resume"):
            pid = process.pid() if callable(getattr(process, "pid", None)) else process.process.pid
            os.kill(pid, signal.SIGSTOP if action == "pause" else signal.SIGCONT)
        else:
            getattr(process, action)()
