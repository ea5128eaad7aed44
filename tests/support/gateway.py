"""The gateway as a process, and people who use it over HTTP."""

import http.client
import json
import subprocess

from hub import Hub
from services import BUILD, Daemon, free_port

PASSWORD = "a password of the tests"


class Gateway(Daemon):
    """dashboard-gateway of one hub. people: of users_of(), or {"user", "role", "org_id"...} each; all have PASSWORD."""

    kind, program = "gateway", BUILD / "services" / "dashboard-gateway" / "http" / "hub-dashboard-gateway"
    _hash = None

    def __init__(self, folder, broker, redis, prefix, people, instance="test", **settings):
        self.port = free_port()
        super().__init__(folder, instance, {
            "kafka.bootstrap.servers": broker.address,
            "redis.address": redis.address,
            "topic.prefix": prefix,
            "http.listen": f"127.0.0.1:{self.port}",
            "auth.users": self.write_users(folder, people),
            "web.folder": BUILD / "services" / "dashboard-gateway" / "web" / "page",
            # Tests come from one address, thick and fast.
            "http.requests": 10_000,
            "stream.readers.user": 200,
            "stream.readers.wall": 200,
            **settings,
        })

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @classmethod
    def hash(cls):
        """One hash for all: a good one takes its time."""
        if Gateway._hash is None:
            done = subprocess.run([cls.program, "--hash-password"], input=PASSWORD + "\n", capture_output=True, text=True, check=True)
            Gateway._hash = done.stdout.strip()
        return Gateway._hash

    @classmethod
    def write_users(cls, folder, people):
        path = folder / "users.json"
        path.write_text(json.dumps({"users": [{"name": each["user"], "password": cls.hash(), **each} for each in people]}))
        path.chmod(0o600)
        return path

    def sign_in(self, user):
        person = Person(self.port)
        person.sign_in(user)
        return person


def users_of(county):
    """Somebody for each role of a small county (county.py)."""
    control, lead = county.control, county.lead
    return [
        {"user": "control", "role": "COUNTY", "org_id": control},
        {"user": "wall", "role": "READ_ONLY", "org_id": control},
        {"user": "manager", "role": "CONSORTIUM", "org_id": lead, "consortium_id": county.consortium},
        {"user": "lead", "role": "HOSPITAL", "org_id": lead},
        {"user": "member", "role": "HOSPITAL", "org_id": county.member},
        {"user": "centre", "role": "HOSPITAL", "org_id": county.centres[0]},
    ]


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.bytes = response.status, response.headers, response.read()

    @property
    def body(self):
        return json.loads(self.bytes)


class Person:
    """Requests of one user; signed in by cookie, or nobody."""

    def __init__(self, port, host="127.0.0.1"):
        self.host, self.port = host, port
        self.cookie = self.csrf = None

    def request(self, method, path, body=None, **headers):
        sent = {"Accept": "application/json"}
        if self.cookie:
            sent["Cookie"] = self.cookie
        if method != "GET" and self.csrf:
            sent["X-CSRF-Token"] = self.csrf
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.request("GET", "/api/v1" + path, **headers)

    def post(self, path, body=None, **headers):
        return self.request("POST", "/api/v1" + path, body, **headers)

    def sign_in(self, user, password=PASSWORD):
        answer = self.post("/session", {"user": user, "password": password})
        assert answer.status == 204, (answer.status, answer.bytes)
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        self.csrf = self.get("/me").body["csrf_token"]


class Site(Hub):
    """A hub with a gateway, at which a browser can be pointed. People: one of each role of the first county, and the control
    centre and lead hospital of the second."""

    def __init__(self, folder, broker, redis, counties=2, **settings):
        super().__init__(folder, broker, redis, counties)
        people = users_of(self.county)
        if counties > 1:
            other = self.counties[1]
            people += [{"user": "other-control", "role": "COUNTY", "org_id": other.control},
                       {"user": "other-lead", "role": "HOSPITAL", "org_id": other.lead}]
        self.gateway = Gateway(folder, broker, redis, self.prefix, people, **settings)

    def start(self):
        self.router.start()
        self.gateway.start()

    def close(self):
        if self.gateway.process:
            self.gateway.kill()
        super().close()
