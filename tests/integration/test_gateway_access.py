"""Who may read and change what over HTTP: every path of openapi.json with every role and with none; what the audit is told of it; and
bearer tokens that another library signs."""

import collections
import collections
import http.client
import http.server
import json
import os
import pty
import threading
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from client import now_ms
from gateway import PASSWORD, Gateway, Person, Site
from services import ROOT
from waiting import wait_until

SECRET, PATIENT = "chest pain since yesterday, lives alone", "p-seen"

# Who gets an answer (the others 403, nobody 401): everybody, or these users.
ALL = ("control", "wall", "manager", "lead", "member", "centre", "other-control", "other-lead")
OPERATIONS = ("control", "wall", "other-control")
SENDERS = ("control", "lead", "member", "centre", "other-control", "other-lead")
CONTROLS = ("control", "other-control")
# Who sees the referral that the centre sent to the lead hospital, and who reads what the doctor wrote.
SEE = ("control", "wall", "manager", "lead", "centre")
READ = ("lead", "centre")

ACCESS = {
    ("delete", "/session"): ALL,
    ("get", "/me"): ALL,
    ("get", "/organisations"): ALL,
    ("get", "/overview"): ALL,
    ("get", "/alerts"): ALL,
    ("post", "/alerts/{id}/acknowledgements"): CONTROLS,
    ("get", "/referrals"): ALL,
    ("get", "/referrals/{id}"): ALL,
    ("get", "/referrals/{id}/history"): ALL,
    ("get", "/referrals/{id}/allowed-events"): ALL,
    ("post", "/referrals/{id}/events"): SENDERS,
    ("get", "/answers/{event_id}"): ALL,
    ("get", "/slots"): ALL,
    ("get", "/beds"): ALL,
    ("get", "/freshness"): OPERATIONS,
    ("get", "/dead-letters"): OPERATIONS,
    ("post", "/dead-letters/{id}/replays"): CONTROLS,
    ("get", "/events"): ALL,
}
ANYBODY = {("post", "/session"), ("get", "/openapi.json"), ("get", "/asyncapi.json")}
# Those where the referral's id stands in the path.
OF_REFERRAL = [each for each in ACCESS if each[1].startswith("/referrals/{id}")]
BODIES = {
    "/alerts/{id}/acknowledgements": {"note": "seen"},
    "/referrals/{id}/events": {"type": "Supplemented", "text": "x"},
    "/dead-letters/{id}/replays": None,
}


@pytest.fixture(scope="module")
def site(tmp_path_factory, broker, redis):
    site = Site(tmp_path_factory.mktemp("access"), broker, redis)
    try:
        site.start()
        county = site.county
        site.publisher.opened(county, county.lead, "s1", 20, starts_in_s=86400)
        site.publisher.requested(county, county.centres[0], "seen", reason=SECRET)
        site.publisher.flush()
        wait_until("the referral", lambda: site.gateway.sign_in("lead").get("/referrals/seen").status == 200)
        yield site
    finally:
        site.close()
        redis.client.flushall()


@pytest.fixture(scope="module")
def people(site):
    return {user: site.gateway.sign_in(user) for user in ALL}


def paths():
    document = json.loads((ROOT / "services" / "dashboard-gateway" / "openapi.json").read_text())
    return [(method, path.removeprefix("/api/v1")) for path, item in document["paths"].items()
            for method in item if method in ("get", "post", "put", "patch", "delete")]


def ask(person, method, path, id="seen", **headers):  # noqa: A002
    """One request as a page would send it; the events of a referral are such as the hub refuses, so that nothing changes."""
    filled = path.replace("{id}", id).replace("{event_id}", id)
    body = BODIES.get(path)
    if path == "/referrals/{id}/events":
        headers = {"Idempotency_Key": f"access-{time.monotonic_ns()}", **headers}
    if path == "/events":
        return stream(person, **headers)
    if method == "post" and body is None:
        headers = {"Content_Type": "application/json", **headers}
    return person.request(method.upper(), "/api/v1" + filled, body, **headers)


class Opened:
    """A stream's answer, without its endless body."""

    def __init__(self, response):
        self.status, self.bytes = response.status, b""


def stream(person, **headers):
    connection = http.client.HTTPConnection(person.host, person.port, timeout=30)
    sent = {"Accept": "text/event-stream", **({"Cookie": person.cookie} if person.cookie else {}), **headers}
    try:
        connection.request("GET", "/api/v1/events?topics=overview", headers=sent)
        response = connection.getresponse()
        return Opened(response)
    finally:
        connection.close()


def code_of(answer):
    return answer.body["code"]


def test_every_path_is_in_the_table():
    assert set(paths()) == set(ACCESS) | ANYBODY


def test_nobody_gets_nothing(site):
    nobody = Person(site.gateway.port)
    for method, path in ACCESS:
        answer = ask(nobody, method, path)
        assert (answer.status, path) == (401, path)
        if answer.bytes:
            assert code_of(answer) == "unauthenticated"
    for path in ("/openapi.json", "/asyncapi.json"):
        assert nobody.get(path).status == 200


def test_a_wrong_credential_is_nobody(site, people):
    good = people["control"].cookie
    name, value = good.split("=", 1)
    head = value[:-4]
    wrong = [f"{name}=", f"{name}={head}AAAA", f"{name}={value}A", f"{name}={value[:-1]}", f"{name}={value}; {good}", f"x{good}",
             f"{name}={'A' * 200}", f"{name}=%00"]
    for cookie in wrong:
        person = Person(site.gateway.port)
        person.cookie = cookie
        assert person.get("/me").status == 401, cookie
    for header in ("Basic Y29udHJvbDp4", "Bearer a.b.c", "Bearer", value, f"Bearer {value}"):
        answer = people["control"].get("/me", Authorization=header)
        assert answer.status == 401 and "WWW-Authenticate" in answer.headers, header
    for user, password in (("control", "wrong"), ("nobody", PASSWORD), ("control", PASSWORD + "x"), ("control", PASSWORD.upper())):
        answer = Person(site.gateway.port).post("/session", {"user": user, "password": password})
        assert answer.status == 401 and code_of(answer) == "wrong_credentials", (user, password)
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("user", ALL)
def test_each_role_gets_what_is_its_own(people, user):
    person = people[user]
    for (method, path), who in ACCESS.items():
        if path == "/session":
            continue
        answer = ask(person, method, path)
        if user not in who:
            assert (answer.status, path) == (403, path)
            assert code_of(answer) == "forbidden"
        elif (method, path) in OF_REFERRAL:
            seen = user in SEE
            assert (answer.status != 404, path) == (seen, path), answer.bytes
        elif "{" in path:
            assert (answer.status, path) == (404, path)  # no such alert, letter, answer
        else:
            assert (answer.status, path) == (200, path)


@pytest.mark.parametrize("user", ALL)
def test_what_is_not_seen_is_not_there(people, user):
    """404 of what is another's is, byte by byte but for the trace, the 404 of what does not exist; collections leave it out."""
    person = people[user]
    if user in SEE:
        assert [each["referral_id"] for each in person.get("/referrals").body["items"]] == ["seen"]
        return
    assert person.get("/referrals").body["total"] == 0
    assert person.get("/referrals?q=seen").body["total"] == 0
    for method, path in OF_REFERRAL:
        if user in ACCESS[method, path]:
            hidden, missing = (ask(person, method, path, id=each) for each in ("seen", "neither"))
            assert hidden.status == missing.status == 404
            assert without_trace(hidden) == without_trace(missing)
    waiting = {each["id"]: each["count"] for each in person.get("/overview").body["tiles"]}
    assert set(waiting.values()) == {0}


def without_trace(answer):
    return {name: value for name, value in answer.body.items() if name not in ("trace_id", "instance", "detail")}


@pytest.mark.parametrize("user", ALL)
def test_only_a_party_reads_of_the_patient(people, user):
    person, said = people[user], []
    for method, path in ACCESS:
        if method == "get" and path != "/events":
            said.append(ask(person, method, path).bytes.decode())
    text = "\n".join(said)
    assert (SECRET in text, PATIENT in text) == ((user in READ), (user in READ))


def test_a_desk_asks_only_for_itself(site, people):
    other = site.county.centres[0]
    answer = people["lead"].get(f"/referrals/seen/allowed-events?org={other}")
    assert answer.status == 403
    assert people["lead"].get(f"/referrals/seen/allowed-events?org={site.county.lead}").status == 200


def test_a_change_needs_token_and_origin(people):
    person = people["control"]
    token = person.csrf
    for method, path in ACCESS:
        if method == "get":
            continue
        for other in ("", "x", people["lead"].csrf, token[:-1]):
            answer = ask(person, method, path, X_CSRF_Token=other)
            assert (answer.status, path) == (403, path)
            assert code_of(answer) == "csrf"
        for origin in ("http://evil.example", f"http://127.0.0.1:{person.port}.evil.example", "null", "http://127.0.0.1:1"):
            answer = ask(person, method, path, Origin=origin)
            assert (answer.status, code_of(answer), path) == (403, "csrf", path), origin
    assert person.get("/me").status == 200  # no session was ended


def test_wrong_passwords_have_to_wait_and_nobody_else(site):
    person = Person(site.gateway.port)
    wait = [person.post("/session", {"user": "guessed", "password": "wrong"}) for _ in range(8)]
    assert [each.status for each in wait] == [401] * 5 + [429] * 3
    assert int(wait[-1].headers["Retry-After"]) >= 1
    assert person.post("/session", {"user": "member", "password": PASSWORD}).status == 204


def test_logging_out_ends_the_session(site):
    person = site.gateway.sign_in("wall")
    copy = Person(site.gateway.port)
    copy.cookie = person.cookie
    assert copy.get("/me").status == 200
    answer = person.request("DELETE", "/api/v1/session")
    assert answer.status == 204 and "Max-Age=0" in answer.headers["Set-Cookie"]
    assert copy.get("/me").status == 401
    assert site.gateway.sign_in("wall").get("/me").status == 200


def test_sessions_outlive_the_gateway(site, people):
    gone, copy = site.gateway.sign_in("wall"), Person(site.gateway.port)
    copy.cookie = gone.cookie
    assert gone.request("DELETE", "/api/v1/session").status == 204
    site.gateway.stop()
    site.gateway.start()
    wait_until("the gateway", lambda: people["lead"].get("/referrals/seen").status == 200)
    assert copy.get("/me").status == 401  # it was logged out


# ---- --hash-password on a terminal ----


def at_a_terminal(*lines):
    """Types a line at each prompt; what the terminal showed, and the exit code."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(Gateway.program, [Gateway.program, "--hash-password"])
    shown = ""
    try:
        for line in lines:
            while not shown.endswith(": "):
                shown += os.read(terminal, 1000).decode()
            os.write(terminal, line.encode() + b"\n")
            shown += os.read(terminal, 1).decode()
        while True:
            shown += os.read(terminal, 1000).decode()
    except OSError:  # the program has ended
        pass
    os.close(terminal)
    return shown, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_password_is_asked_for_twice_and_not_shown():
    shown, code = at_a_terminal(PASSWORD, PASSWORD)
    assert code == 0 and "$y$" in shown and PASSWORD not in shown, shown
    shown, code = at_a_terminal(PASSWORD, PASSWORD + "x")
    assert code != 0 and "not the same" in shown and "$y$" not in shown and PASSWORD not in shown, shown
    shown, code = at_a_terminal("short", "short")
    assert code != 0 and "10 to 256" in shown, shown
    shown, code = at_a_terminal("\x03 does not leave the terminal mute", "\x03 does not leave the terminal mute")
    assert code != 0 and "control characters" in shown, shown


# ---- the audit ----


def noted(site, since):
    """What the audit was told from some instant on."""
    subscriber = site.subscribe("audit.events")
    return [each for each in subscriber.read_all() if each.value["occurred_at"] >= since]


def test_the_audit_names_every_access_and_nothing_that_was_said(site):
    lead, control = (site.gateway.sign_in(user) for user in ("lead", "control"))
    time.sleep(0.05)
    county, since = site.county, now_ms()
    expected = collections.Counter()

    def note(person, user, role, action, resource, answer, subject=""):
        del person
        expected[user, role, action, resource, answer.status, subject] += 1

    for method, path in ACCESS:
        if path in ("/session", "/events"):
            continue
        answer = ask(lead, method, path)
        action = "DENIED" if answer.status == 403 else "READ" if method == "get" else "CHANGE"
        seen = answer.status < 400 or answer.status == 409
        note(lead, "lead", "HOSPITAL", action, path, answer, "seen" if "{" in path and seen else "")
    note(control, "control", "COUNTY", "STREAM", "/events", ask(control, "get", "/events"))
    note(lead, "lead", "HOSPITAL", "READ", "/referrals", lead.get("/referrals?q=" + PATIENT))
    note(lead, "lead", "HOSPITAL", "READ", "/referrals/{id}", lead.get("/referrals/" + PATIENT))
    forged = ask(control, "post", "/alerts/{id}/acknowledgements", X_CSRF_Token="x")
    note(control, "control", "COUNTY", "DENIED", "/alerts/{id}/acknowledgements", forged)
    nobody = Person(site.gateway.port)
    note(nobody, "", "NOBODY", "DENIED", "/referrals", nobody.get("/referrals"))
    note(nobody, "", "NOBODY", "LOGIN", "/session", nobody.post("/session", {"user": "typed-here-by-mistake", "password": "x"}))
    note(nobody, "control", "NOBODY", "LOGIN", "/session", nobody.post("/session", {"user": "control", "password": "not-the-one"}))
    note(nobody, "control", "COUNTY", "LOGIN", "/session", nobody.post("/session", {"user": "control", "password": PASSWORD}))
    note(control, "control", "COUNTY", "LOGOUT", "/session", control.request("DELETE", "/api/v1/session"))

    def told():
        return collections.Counter((each.value["user"], each.value["role"], each.value["action"], each.value["resource"],
                                    each.value["status"], each.value["subject_id"]) for each in noted(site, since))

    wait_until("the audit", lambda: sum(told().values()) >= sum(expected.values()))
    assert told() == expected

    records = noted(site, since)
    for each in records:
        assert each.key == each.value["county_id"]
        assert each.value["county_id"] == ("" if each.value["role"] == "NOBODY" else county.id), each
        assert each.value["client"] == "127.0.0.1" and len(each.value["trace_id"]) == 32
        assert each.headers["ce_type"] == b"hub.audit.AccessRecorded"
    assert len({each.value["event_id"] for each in records}) == len(records)
    everything = b"\n".join(each.bytes + b"".join(each.headers.values()) for each in records)
    for secret in (SECRET, PATIENT, "typed-here-by-mistake", "not-the-one", PASSWORD, lead.csrf, lead.cookie.split("=", 1)[1], "chest"):
        assert secret.encode() not in everything, secret


def test_the_audit_links_an_event_that_was_sent(site, people):
    since = now_ms()
    county = site.county
    site.publisher.requested(county, county.centres[0], "linked")
    site.publisher.flush()
    lead = people["lead"]
    wait_until("the referral", lambda: lead.get("/referrals/linked").status == 200)
    answer = lead.post("/referrals/linked/events", {"type": "ReferralAccepted"}, Idempotency_Key="linked")
    assert answer.status == 202
    event_id = answer.body["event_id"]

    def change():
        return [each.value for each in noted(site, since) if each.value["event_ref"] == event_id]

    (told,) = wait_until("the audit", change)
    assert (told["user"], told["action"], told["subject_id"], told["status"]) == ("lead", "CHANGE", "linked", 202)


# ---- bearer tokens ----


class Issuer:
    """An identity provider: two keys and a server that shows their public halves."""

    URL = "https://id.example/realm"

    def __init__(self):
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.asked = 0
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked += 1
                text = json.dumps({"keys": issuer.keys()}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.jwks = f"http://127.0.0.1:{self.server.server_port}/jwks"

    def keys(self):
        return [
            json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.rsa.public_key())) | {"kid": "r", "use": "sig"},
            json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.ec.public_key())) | {"kid": "e", "use": "sig"},
        ]

    def token(self, key=None, algorithm="RS256", kid="r", **claims):
        now = int(time.time())
        whole = {"iss": self.URL, "aud": "hub", "sub": "u-1", "name": "Li", "iat": now, "exp": now + 300, **claims}
        whole = {name: value for name, value in whole.items() if value is not None}
        return jwt.encode(whole, key or self.rsa, algorithm=algorithm, headers={"kid": kid} if kid else {})

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def issuer():
    issuer = Issuer()
    yield issuer
    issuer.close()


@pytest.fixture(scope="module")
def by_token(site, issuer, tmp_path_factory):
    """by_token(token, path): what a gateway beside the site's answers a program with that token."""
    gateway = Gateway(tmp_path_factory.mktemp("bearer"), site.broker, site.redis, site.prefix, [], instance="bearer", **{
        "auth.users": "", "oidc.issuer": issuer.URL, "oidc.audience": "hub", "oidc.jwks": issuer.jwks})
    gateway.start()
    program = Person(gateway.port)

    def send(token, path="/me", method="GET", body=None):
        return program.request(method, "/api/v1" + path, body, Authorization=f"Bearer {token}")

    wait_until("the keys", lambda: send(issuer.token(hub_role="COUNTY", hub_org_id=site.county.control)).status == 200)
    yield send
    gateway.stop()


def test_tokens_say_who_asks(site, issuer, by_token):
    county = site.county
    me = by_token(issuer.token(hub_role="COUNTY", hub_org_id=county.control)).body
    assert (me["user"], me["name"], me["role"], me["county_id"]) == ("u-1", "Li", "COUNTY", county.id)
    token = issuer.token(issuer.ec, "ES256", "e", aud=["hub", "other"], hub_role="HOSPITAL", hub_org_id=county.lead)
    assert by_token(token, "/referrals/seen").status == 200
    token = issuer.token(hub_role="CONSORTIUM", hub_org_id=county.lead, hub_consortium_id=county.consortium)
    assert by_token(token, "/referrals/seen").status == 200
    assert by_token(token, "/freshness").status == 403
    token = issuer.token(hub_role="HOSPITAL", hub_org_id=county.member)
    assert by_token(token, "/referrals/seen").status == 404
    # No browser sends it by itself: no CSRF token is asked for.
    answer = by_token(token, "/alerts/x/acknowledgements", "POST", {"note": ""})
    assert (answer.status, code_of(answer)) == (403, "forbidden")
    # An organisation that reference data does not know.
    assert by_token(issuer.token(hub_role="COUNTY", hub_org_id="nowhere")).status == 403


def test_tokens_that_are_refused(site, issuer, by_token):
    now, org = int(time.time()), site.county.control
    good = {"hub_role": "COUNTY", "hub_org_id": org}
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.dumps(issuer.keys()[0])
    head, body, signature = issuer.token(**good).split(".")
    refused = {
        "ended": issuer.token(exp=now - 61, **good),
        "without an end": issuer.token(exp=None, **good),
        "not yet valid": issuer.token(nbf=now + 120, **good),
        "of another issuer": issuer.token(iss="https://id.example", **good),
        "for another audience": issuer.token(aud=["other"], **good),
        "without audience": issuer.token(aud=None, **good),
        "without role": issuer.token(hub_org_id=org),
        "of no role of ours": issuer.token(hub_role="ADMIN", hub_org_id=org),
        "without organisation": issuer.token(hub_role="COUNTY"),
        "without subject": issuer.token(sub=None, **good),
        "signed by a stranger": issuer.token(stranger, **good),
        "of an unknown key": issuer.token(stranger, kid="s", **good),
        "of the other key's name": issuer.token(kid="e", **good),
        "unsigned": jwt.encode({"iss": issuer.URL, "aud": "hub", "sub": "u", "exp": now + 300, **good}, None, algorithm="none"),
        "HMAC by the public key": jwt.encode({"iss": issuer.URL, "aud": "hub", "sub": "u", "exp": now + 300, **good}, public,
                                             algorithm="HS256", headers={"kid": "r"}),
        "RS512": issuer.token(algorithm="RS512", **good),
        "changed": ".".join((head, body[:-2] + ("AA" if body[-2:] != "AA" else "BB"), signature)),
        "cut": ".".join((head, body)),
        "too long": issuer.token(padding="x" * 9000, **good),
    }
    for what, token in refused.items():
        answer = by_token(token)
        assert (answer.status, what) == (401, what)
        assert code_of(answer) == "unauthenticated" and body not in answer.bytes.decode()
    assert by_token(issuer.token(exp=now - 30, **good)).status == 200  # clocks differ


def test_unknown_keys_do_not_make_the_gateway_ask_again_and_again(issuer, by_token):
    asked = issuer.asked
    for i in range(20):
        by_token(issuer.token(kid=f"unknown-{i}", hub_role="COUNTY", hub_org_id="x"))
    time.sleep(0.5)
    assert issuer.asked <= asked + 1
