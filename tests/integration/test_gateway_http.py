"""The gateway as its readers meet it: a real Kafka, Redis and router behind it; the stream, its resumption, its slow readers;
what it refuses; and what it does when Kafka or Redis is away."""

import http.client
import json
import resource
import socket
import statistics
import subprocess
import time

import pytest

from event_stream import EventStream
from gateway import PASSWORD, Gateway, Person, Site
from services import Redis
from waiting import wait_until


@pytest.fixture
def make_site(tmp_path, broker, redis):
    sites = []

    def make(on_broker=broker, on_redis=redis, **settings):
        site = Site(tmp_path, on_broker, on_redis, counties=1, **settings)
        sites.append(site)
        site.start()
        return site

    yield make
    for site in sites:
        site.close()


def request_one(site, referral_id, centre=0):
    site.publisher.requested(site.county, site.county.centres[centre], referral_id)
    site.publisher.flush()


def routed(site, person, referral_id):
    """A referral, as soon as the person sees it."""
    site.publisher.opened(site.county, site.county.lead, f"s-{referral_id}", 50)
    request_one(site, referral_id)
    return wait_until(f"{referral_id} at the desk",
                      lambda: (answer := person.get(f"/referrals/{referral_id}")).status == 200 and answer.body)


def send(person, referral_id, body, key, **headers):
    return person.post(f"/referrals/{referral_id}/events", body, Idempotency_Key=key, **headers)


def test_a_desk_accepts_and_hears_the_hub(make_site):
    site = make_site()
    lead = site.gateway.sign_in("lead")
    decisions, audit = site.subscribe("referral.decisions"), site.subscribe("audit.events")
    referral = routed(site, lead, "r1")
    assert (referral["state"], "ReferralAccepted" in referral["allowed"]) == ("ROUTED", True)

    listed = lead.get("/referrals?worklist=to_answer")
    assert [each["referral_id"] for each in listed.body["items"]] == ["r1"]
    with EventStream(lead, f"?after={listed.headers['Stream-Position']}") as stream:
        assert stream.wait_for("hello").data["resumed"] is True
        sent = send(lead, "r1", {"type": "ReferralAccepted"}, "k1", If_Match=f'"{referral["etag"]}"')
        assert sent.status == 202, sent.bytes
        event_id = sent.body["event_id"]
        answer = stream.wait_for("answers").data["items"][0]
        assert (answer["event_id"], answer["refused"], answer["state"]) == (event_id, None, "ACCEPTED")
        changed = stream.wait_for("referrals", lambda data: any(each["state"] == "ACCEPTED" for each in data["items"]))
        assert changed.data["items"][0]["referral_id"] == "r1"
    decided = decisions.wait_for("the hub's answer", lambda each: (each.value.get("answers") or {}).get("event_id") == event_id)
    assert decided.value["answers"]["source_org_id"] == site.county.lead
    assert lead.get(f"/answers/{event_id}").body["state"] == "ACCEPTED"
    story = lead.get("/referrals/r1/history").body
    assert [each["state"] for each in story["items"]] == ["ROUTED", "ACCEPTED"]
    assert story["items"][1]["answers"]["event_id"] == event_id

    # The same again is the same event; something else under its key is a mistake; what is not possible is told with its rule.
    again = send(lead, "r1", {"type": "ReferralAccepted"}, "k1")
    assert (again.status, again.body["event_id"]) == (202, event_id)
    assert send(lead, "r1", {"type": "PatientArrived"}, "k1").status == 422
    refused = send(lead, "r1", {"type": "ReferralAccepted"}, "k2")
    assert (refused.status, refused.body["code"], refused.body["rule"]) == (409, "not_allowed", "REF-18")
    assert "PatientArrived" in refused.body["detail"]
    stale = send(lead, "r1", {"type": "PatientArrived"}, "k3", If_Match=f'"{referral["etag"]}"')
    assert (stale.status, stale.body["code"]) == (412, "precondition_failed")

    trail = audit.wait_for("the change in the audit", lambda each: each.value["event_ref"] == event_id)
    assert (trail.value["user"], trail.value["action"], trail.value["subject_id"], trail.value["resource"]) == (
        "lead", "CHANGE", "r1", "/referrals/{id}/events")


def test_a_gateway_that_was_killed_knows_what_was_sent(make_site):
    site = make_site()
    lead = site.gateway.sign_in("lead")
    routed(site, lead, "r1")
    with EventStream(lead) as stream:
        stream.wait_for("hello")
        event_id = send(lead, "r1", {"type": "ReferralAccepted"}, "k1").body["event_id"]
        position = stream.wait_for("answers").id
    site.gateway.kill()
    request_one(site, "r2")
    site.gateway.start()
    # The session goes on; the position is of another run: the page is told to fetch anew, and misses nothing.
    with EventStream(lead, last_id=position) as stream:
        assert stream.wait_for("hello").data["resumed"] is False
        assert stream.next().name == "reset"
    wait_until("r2 at the desk", lambda: lead.get("/referrals/r2").status == 200)
    again = wait_until("the same answer", lambda: (sent := send(lead, "r1", {"type": "ReferralAccepted"}, "k1")).status != 503 and sent)
    assert again.status == 202, again.bytes
    assert (again.status, again.body["event_id"]) == (202, event_id)


def test_a_stream_is_resumed_without_a_gap(make_site):
    site = make_site()
    lead = site.gateway.sign_in("lead")
    routed(site, lead, "r1")
    with EventStream(lead, "?topics=referrals") as stream:
        position = stream.wait_for("hello").id
    for n in range(2, 6):
        routed(site, lead, f"r{n}")
    for query, last_id in ((f"?topics=referrals&after={position}", None), ("?topics=referrals", position)):
        with EventStream(lead, query, last_id) as stream:
            assert stream.wait_for("hello").data["resumed"] is True
            seen = set()
            while len(seen) < 4:
                seen |= {each["referral_id"] for each in stream.wait_for("referrals").data["items"]}
            assert seen == {"r2", "r3", "r4", "r5"}
    with EventStream(lead, last_id="1.1") as stream:
        assert stream.wait_for("hello").data["resumed"] is False
        assert stream.next().name == "reset"


def test_a_slow_reader_costs_little_and_gets_the_newest_values(make_site):
    site = make_site()
    control = site.gateway.sign_in("control")
    routed(site, control, "r0")
    slow = EventStream(control, "?topics=referrals", rcvbuf=4096)
    slow.wait_for("hello")
    county, centre = site.county, site.county.centres[0]
    with EventStream(control, "?topics=referrals") as fast:
        fast.wait_for("hello")
        for n in range(1, 1500):
            site.publisher.requested(county, centre, f"r{n}")
        site.publisher.flush()
        # Each changes twice: requested and, at once, taken back.
        for n in range(1, 1500):
            site.publisher.says("ReferralCancelled", county, centre, f"r{n}", reason="")
        site.publisher.flush()
        ended = set()
        while len(ended) < 1499:
            data = fast.wait_for("referrals", timeout=60).data
            ended |= {each["referral_id"] for each in data["items"] if each["ended"]} | set(data["removed"])
    # The slow one took what its buffers hold, no more; what was rendered for the fast one is gone.
    assert site.gateway.metric("hub_stream_frame_bytes") < 1_500_000
    last = {}
    while len([each for each in last.values() if each]) < 1499:
        data = slow.wait_for("referrals", timeout=30).data
        last |= {each["referral_id"]: each["ended"] for each in data["items"]} | dict.fromkeys(data["removed"], True)
    slow.close()


def allow_files(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(count, soft), hard))


def test_a_thousand_readers_that_do_not_read_share_their_memory_and_are_cut_with_a_place_to_resume(make_site):
    readers, referrals = 1000, 1000
    allow_files(4096)
    site = make_site(stream__readers__wall=readers)
    wall = site.gateway.sign_in("wall")
    routed(site, wall, "r0")
    streams = [EventStream(wall, "?topics=referrals", rcvbuf=4096) for _ in range(readers)]
    for each in streams:
        each.wait_for("hello")
    before = site.gateway.metric("process_resident_memory_bytes")
    county, centre = site.county, site.county.centres[0]
    for n in range(1, referrals):
        site.publisher.requested(county, centre, f"r{n}")
    site.publisher.flush()
    for n in range(1, referrals):
        site.publisher.says("ReferralCancelled", county, centre, f"r{n}", reason="")
    site.publisher.flush()
    wait_until("all of it", lambda: wall.get("/referrals?limit=1").body["total"] == 1, 60)
    time.sleep(1)
    grown = site.gateway.metric("process_resident_memory_bytes") - before
    print(f"check slow readers: {grown / readers:.0f} bytes a slow reader")
    assert grown < 64 << 20
    wait_until("the end of their patience", lambda: site.gateway.metric("hub_stream_readers") == 0, 120)
    assert site.gateway.metric("hub_stream_frame_bytes") == 0
    assert site.gateway.metric("hub_http_cut_total") == readers
    seen, last = set(), streams[0]
    try:
        while event := last.next(5):
            seen |= {each["referral_id"] for each in event.data["items"]} | set(event.data["removed"])
    except (EOFError, ConnectionResetError):
        pass
    with EventStream(wall, "?topics=referrals", last_id=last.id) as resumed:
        assert resumed.wait_for("hello").data["resumed"] is True
        while len(seen - {"r0"}) < referrals - 1:
            data = resumed.wait_for("referrals").data
            seen |= {each["referral_id"] for each in data["items"]} | set(data["removed"])
    for each in streams:
        each.close()


def test_many_readers_take_little_memory(make_site):
    readers = 2000
    allow_files(8192)
    site = make_site(stream__readers__wall=readers + 10)
    wall = site.gateway.sign_in("wall")
    routed(site, wall, "r1")
    streams = [EventStream(wall) for _ in range(200)]
    for each in streams:
        each.wait_for("hello")
    before = site.gateway.metric("process_resident_memory_bytes")
    streams += [EventStream(wall) for _ in range(readers - 200)]
    for each in streams[200:]:
        each.wait_for("hello")
    assert site.gateway.metric("hub_stream_readers") == readers
    each = (site.gateway.metric("process_resident_memory_bytes") - before) / (readers - 200)
    print(f"check readers: {each:.0f} bytes a reader")
    assert each < 12_000
    request_one(site, "r2")
    began = time.monotonic()
    for stream in streams:
        stream.wait_for("referrals", lambda data: any(row["referral_id"] == "r2" for row in data["items"]), 30)
    print(f"check readers: {readers} have heard of a change after {time.monotonic() - began:.2f} s")
    for stream in streams:
        stream.close()
    wait_until("the end of the streams", lambda: site.gateway.metric("hub_stream_readers") == 0)


def raw(port, text, timeout=10):
    """What comes back for these bytes, until the server closes or is silent."""
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        connection.sendall(text if isinstance(text, bytes) else text.encode())
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except (TimeoutError, ConnectionResetError):
            pass
        return answer


def status_of(answer):
    return int(answer.split(b" ")[1])


@pytest.fixture(scope="module")
def quiet(tmp_path_factory, broker):
    """A gateway that nothing happens to."""
    folder = tmp_path_factory.mktemp("quiet")
    redis = Redis(folder)
    redis.start()
    site = Site(folder, broker, redis, counties=1, http__arrival__seconds=2)
    site.start()
    yield site
    site.close()
    redis.end()


HEAD = "GET /api/v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


@pytest.mark.parametrize("request_text, status", [
    (HEAD + "\r\n", 401),
    (HEAD + "X: " + "a" * 20000 + "\r\n\r\n", 431),
    ("GET /api/v1/me HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
    ("GET /api/v1/me HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n", 400),
    (HEAD + "X: a\x01b\r\n\r\n", 400),
    (HEAD + "Content-Length: 3\r\n\r\nabc", 400),
    ("POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 70000\r\n\r\n" + " " * 70000, 413),
    ("POST /api/v1/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
    ("POST /api/v1/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", 415),
    ("PUT /api/v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405),
    ("BREW /api/v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405),
    ("GET /api/v1/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
    ("GET /api/v1/me%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
    ("GET /js/../index.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
    ("GET /assets/nothing.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
    (HEAD + "Accept: text/html\r\n\r\n", 406),
    (HEAD + "Cookie: hub_session=nonsense\r\n\r\n", 401),
    (HEAD + "Authorization: Bearer a.b.c\r\n\r\n", 401),
])
def test_what_is_not_right_is_refused_with_a_problem(quiet, request_text, status):
    answer = raw(quiet.gateway.port, request_text)
    head, body = answer.split(b"\r\n\r\n", 1)
    assert status_of(answer) == status, answer
    assert b"application/problem+json" in head and b"nosniff" in head and b"Content-Security-Policy" in head
    problem = json.loads(body)
    assert problem["status"] == status and len(problem["trace_id"]) == 32
    if status == 405:
        assert b"Allow: GET, HEAD" in head


@pytest.mark.parametrize("request_text", [
    "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    HEAD + "X: " + "a" * 200_000 + "\r\n\r\n",
    "nonsense\r\n\r\n",
    "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
])
def test_what_libevent_itself_refuses_ends_the_connection(quiet, request_text):
    answer = raw(quiet.gateway.port, request_text)
    assert answer == b"" or status_of(answer) in (400, 413)
    assert answer.count(b"HTTP/1.") <= 1


def test_one_request_after_a_refused_body_is_not_taken_from_it(quiet):
    smuggled = "GET /api/v1/me HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = raw(quiet.gateway.port, f"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: {len(smuggled)}\r\n\r\n{smuggled}")
    assert answer.count(b"HTTP/1.1") == 1 and status_of(answer) == 400


def test_a_request_that_does_not_arrive_is_cut(quiet):
    for begin in (b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX: ",
                  b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", quiet.gateway.port), 20) as connection:
            began = time.monotonic()
            try:
                # A byte now and then does not help.
                while time.monotonic() - began < 15:
                    connection.sendall(begin)
                    begin = b"a"
                    connection.settimeout(0.5)
                    try:
                        if connection.recv(100) == b"":
                            break
                    except TimeoutError:
                        pass
            except OSError:
                pass
            assert 1.5 < time.monotonic() - began < 8
    assert quiet.gateway.metric("hub_http_cut_total") >= 3


def test_head_and_caches(quiet):
    person = quiet.gateway.sign_in("control")
    connection = http.client.HTTPConnection("127.0.0.1", quiet.gateway.port, timeout=10)
    connection.request("HEAD", "/")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"") and int(answer.headers["Content-Length"]) > 100
    connection.request("GET", "/", headers={"Accept-Encoding": "gzip"})
    page = connection.getresponse()
    assert page.headers["Content-Encoding"] == "gzip" and page.headers["Cache-Control"] == "no-cache"
    page.read()
    connection.request("GET", "/", headers={"Accept-Encoding": "gzip", "If-None-Match": page.headers["ETag"]})
    assert connection.getresponse().status == 304
    connection.close()
    listed = person.get("/referrals")
    assert person.get("/referrals", If_None_Match=listed.headers["ETag"]).status in (200, 304)
    assert person.get("/referrals?nonsense=1").status == 400
    assert person.get("/me").headers["Cache-Control"] == "no-store"


def test_a_long_answer_does_not_wait_for_acknowledgements(quiet):
    """In two pieces under Nagle's rule each would take the 40 ms of the reader's delayed acknowledgement."""
    connection = http.client.HTTPConnection("127.0.0.1", quiet.gateway.port, timeout=10)
    took = []
    for _ in range(60):
        began = time.monotonic()
        connection.request("GET", "/assets/i18n/zh.json")
        assert len(connection.getresponse().read()) > 20_000
        took.append(time.monotonic() - began)
    connection.close()
    assert statistics.median(took[30:]) < 0.03


def test_what_describes_it_is_served(quiet):
    nobody = Person(quiet.gateway.port)
    assert nobody.get("/openapi.json").body["openapi"].startswith("3.")
    assert nobody.get("/asyncapi.json").body["asyncapi"].startswith("3.")


def test_a_change_needs_the_page(quiet):
    person = quiet.gateway.sign_in("control")
    token, person.csrf = person.csrf, None
    answer = person.post("/alerts/x/acknowledgements", {})
    assert (answer.status, answer.body["code"]) == (403, "csrf")
    person.csrf = token
    answer = person.post("/alerts/x/acknowledgements", {}, Origin="https://evil.example")
    assert (answer.status, answer.body["code"]) == (403, "csrf")
    assert person.post("/alerts/x/acknowledgements", {}, Origin=quiet.gateway.url).status == 404


def test_a_session_ends_with_its_streams(quiet):
    person = quiet.gateway.sign_in("control")
    with EventStream(person) as stream:
        stream.wait_for("hello")
        assert person.request("DELETE", "/api/v1/session").status == 204
        stream.wait_for("bye")
    assert person.get("/me").status == 401


def stream_of_a_browser(person, rcvbuf=None):
    """A stream by HTTP/1.1, on a connection that could be kept."""
    connection = socket.socket()
    if rcvbuf:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    connection.settimeout(20)
    connection.connect((person.host, person.port))
    connection.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nCookie: {person.cookie}\r\n\r\n".encode())
    return connection


def test_the_connection_of_a_stream_ends_with_it(make_site):
    site = make_site()
    person = site.gateway.sign_in("control")
    with stream_of_a_browser(person) as connection:
        wait_until("the stream", lambda: site.gateway.metric("hub_stream_readers") == 1)
        assert person.request("DELETE", "/api/v1/session").status == 204
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert b"\r\nConnection: close\r\n" in answer.split(b"\r\n\r\n")[0] and b"event: bye" in answer


def test_a_reader_that_does_not_read_is_not_waited_for_when_his_stream_ends(make_site):
    site = make_site()
    person, other = site.gateway.sign_in("control"), site.gateway.sign_in("wall")
    with stream_of_a_browser(person, rcvbuf=4096):
        for n in range(600):
            site.publisher.requested(site.county, site.county.centres[0], f"r{n}")
        site.publisher.flush()
        wait_until("the referrals", lambda: other.get("/referrals?limit=1").body["total"] == 600, 30)
        time.sleep(1)
        assert person.request("DELETE", "/api/v1/session").status == 204
        wait_until("the end of his connection", lambda: site.gateway.metric("hub_http_connections") == 0, 20)
    assert site.gateway.metric("hub_http_cut_total") == 1


def test_a_user_who_is_another_now_has_no_stream_any_more(make_site, tmp_path):
    site = make_site()
    users = tmp_path / "users.json"
    people = {each["user"]: each for each in json.loads(users.read_text())["users"]}

    def write():
        users.write_text(json.dumps({"users": list(people.values())}))

    for user, change in (("control", {"role": "READ_ONLY"}), ("lead", {"org_id": site.county.member}), ("wall", None)):
        with EventStream(site.gateway.sign_in(user)) as stream, EventStream(site.gateway.sign_in("manager")) as other:
            stream.wait_for("hello")
            other.wait_for("hello")
            if change:
                people[user] |= change
            else:
                del people[user]
            write()
            stream.wait_for("bye", timeout=10)
            with pytest.raises(EOFError):
                while True:
                    stream.next(5)
            other.wait_for("beat", timeout=20)


def test_letters_that_must_not_go_back_say_why(make_site):
    site = make_site()
    events, registry = site.prefix + "referral.events", site.prefix + "registry"
    for reason, topic in (("CRASHED", events), ("RULE", registry), ("RULE", events)):
        site.publisher.producer.produce(site.prefix + "referral-router.dead-letters", value=b"x", partition=5,
                                        headers={"hub_dlq_reason": reason, "hub_dlq_topic": topic})
    assert site.publisher.producer.flush(20) == 0
    control = site.gateway.sign_in("control")
    wait_until("the letters", lambda: len(control.get("/dead-letters").body["items"]) == 3)
    answers = [control.post(f"/dead-letters/5-{n}/replays", Content_Type="application/json") for n in range(3)]
    assert [(each.status, each.body.get("code")) for each in answers] == [(409, "not_replayable"), (422, "no_way_back"), (202, None)]
    assert "hubctl dlq replay --force" in answers[0].body["detail"] and answers[2].body["topic"] == events
    assert all("Retry-After" not in each.headers for each in answers)


def test_too_much_is_429(make_site):
    site = make_site(http__requests=30, stream__readers__user=2)
    control, lead = site.gateway.sign_in("control"), site.gateway.sign_in("lead")
    with EventStream(lead) as one, EventStream(lead) as two, EventStream(lead) as three:
        one.wait_for("hello")
        two.wait_for("hello")
        with pytest.raises(EOFError):
            three.next(10)
        assert three.status == 429
    answers = [control.get("/me") for _ in range(40)]
    assert {each.status for each in answers} == {200, 429}
    late = next(each for each in answers if each.status == 429)
    assert int(late.headers["Retry-After"]) >= 1 and late.body["code"] == "too_many_requests"
    assert lead.get("/me").status == 200


def test_connections_are_counted(make_site):
    site = make_site(http__connections=12)
    held = [socket.create_connection(("127.0.0.1", site.gateway.port)) for _ in range(12)]
    assert raw(site.gateway.port, HEAD + "\r\n") == b""
    for each in held:
        each.close()
    wait_until("room again", lambda: raw(site.gateway.port, HEAD + "\r\n") != b"")


def test_behind_a_proxy(make_site):
    site = make_site(http__proxy="10.9.9.9, 127.0.0.0/8", http__requests=20)
    person = Person(site.gateway.port)
    answer = person.post("/session", {"user": "lead", "password": PASSWORD}, X_Forwarded_Proto="https", X_Forwarded_For="6.6.6.6, 10.1.1.1")
    assert answer.status == 204 and "Secure" in answer.headers["Set-Cookie"]
    codes = [person.get("/me", X_Forwarded_For="10.1.1.1").status for _ in range(30)]
    assert set(codes) == {401, 429}
    assert person.get("/me", X_Forwarded_For="10.1.1.1, 10.1.1.2").status == 401
    # HAProxy puts a line of its own behind those that the reader has written.
    lines = "X-Forwarded-For: 6.6.{n}.6\r\nX-Forwarded-Proto: http\r\nX-Forwarded-For: 10.1.1.3\r\nX-Forwarded-Proto: https\r\n"
    assert {status_of(raw(site.gateway.port, HEAD + lines.format(n=n) + "\r\n")) for n in range(30)} == {401, 429}
    body = json.dumps({"user": "lead", "password": PASSWORD})
    signed_in = raw(site.gateway.port, "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                    + lines.format(n=0).replace("10.1.1.3", "10.1.1.4") + f"Content-Length: {len(body)}\r\n\r\n{body}")
    assert status_of(signed_in) == 204 and b"Secure" in signed_in


def test_who_is_no_proxy_is_not_believed(make_site):
    site = make_site(http__proxy="127.0.0.2, 10.0.0.0/8", http__requests=20)
    person = Person(site.gateway.port)
    answer = person.post("/session", {"user": "lead", "password": PASSWORD}, X_Forwarded_Proto="https", X_Forwarded_For="10.1.1.1")
    assert answer.status == 204 and "Secure" not in answer.headers["Set-Cookie"]
    codes = [person.get("/me", X_Forwarded_For=f"10.1.1.{n}").status for n in range(30)]
    assert set(codes) == {401, 429}


def test_kafka_away(lone_broker, own_redis, make_site):
    site = make_site(lone_broker, own_redis, publish__timeout__ms=3000)
    lead = site.gateway.sign_in("lead")
    routed(site, lead, "r1")
    lone_broker.kill()
    answer = send(lead, "r1", {"type": "ReferralAccepted"}, "k1")
    assert (answer.status, answer.body["code"]) == (503, "kafka_away") and int(answer.headers["Retry-After"]) > 0
    wait_until("the page says so", lambda: "kafka_away" in lead.get("/referrals").body["incomplete"], 40)
    assert lead.get("/referrals").body["total"] == 1
    began = time.monotonic()
    assert site.gateway.stop() == 0 and time.monotonic() - began < 6
    lone_broker.start()
    site.gateway.start()
    wait_until("all is whole", lambda: lead.get("/referrals").body.get("complete"), 60)
    wait_until("the event is taken", lambda: send(lead, "r1", {"type": "ReferralAccepted"}, "k1").status == 202, 60)
    wait_until("it counts once", lambda: lead.get("/referrals/r1").body["state"] == "ACCEPTED")


def test_redis_away(broker, own_redis, make_site):
    site = make_site(broker, own_redis)
    lead = site.gateway.sign_in("lead")
    routed(site, lead, "r1")
    with EventStream(lead, "?topics=referrals,overview") as stream:
        stream.wait_for("hello")
        own_redis.kill()
        stream.wait_for("overview", lambda data: data["complete"] is False and "redis_away" in data["incomplete"], 40)
        # It goes on with what Kafka tells.
        request_one(site, "r2")
        stream.wait_for("referrals", lambda data: any(each["referral_id"] == "r2" for each in data["items"]))
    own_redis.start()
    wait_until("all is whole", lambda: lead.get("/referrals").body["complete"], 40)


def test_sigterm_says_bye_and_is_quick_also_with_a_reader_that_does_not_read(make_site):
    site = make_site()
    control = site.gateway.sign_in("control")
    deaf = EventStream(control, rcvbuf=4096)
    with EventStream(control) as stream:
        stream.wait_for("hello")
        for n in range(600):
            site.publisher.requested(site.county, site.county.centres[0], f"r{n}")
        site.publisher.flush()
        wait_until("the referrals", lambda: control.get("/referrals?limit=1").body["total"] == 600, 30)
        began = time.monotonic()
        site.gateway.process.terminate()
        assert stream.wait_for("bye").data["reconnect_ms"] > 0
        with pytest.raises(EOFError):
            while True:
                stream.next(5)
        assert site.gateway.process.wait(10) == 0
        assert time.monotonic() - began < 5
    deaf.close()


def test_arguments_and_configuration(tmp_path):
    def run(*arguments, text=None, **environment):
        return subprocess.run([Gateway.program, *arguments], capture_output=True, text=True, timeout=20, input=text,
                              env={"PATH": "/usr/bin", **environment})

    assert run("--version").stdout.startswith("hub-dashboard-gateway ")
    assert "http.listen = 127.0.0.1:8080" in run("--help").stdout
    wrong = run("--nonsense")
    assert (wrong.returncode, "no argument --nonsense" in wrong.stderr) == (64, True)
    lacking = run("--check")
    assert lacking.returncode == 64
    assert "kafka.bootstrap.servers: is not set" in lacking.stderr and "nobody could sign in" in lacking.stderr
    users = tmp_path / "users.json"
    hashed = run("--hash-password", text="long enough to be taken\n").stdout.strip()
    users.write_text(json.dumps({"users": [{"user": "u", "name": "U", "password": hashed, "role": "COUNTY", "org_id": "o"}]}))
    users.chmod(0o600)
    given = {"HUB_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "HUB_AUTH_USERS": str(users)}
    assert run("--check", **given).returncode == 0
    issuer = {**given, "HUB_OIDC_ISSUER": "https://id.example", "HUB_OIDC_AUDIENCE": "hub"}
    assert run("--check", HUB_OIDC_JWKS="https://id.example/jwks", **issuer).returncode == 0
    plain = run(HUB_OIDC_JWKS="http://id.example/jwks", **issuer)
    assert (plain.returncode, "oidc.jwks: over plain http" in plain.stderr) == (64, True)
    assert run(HUB_WEB_FOLDER=str(tmp_path), **given).returncode == 69  # no index.html


def test_the_audit_tells_no_text(make_site):
    site = make_site()
    audit = site.subscribe("audit.events", decode=False)
    control = site.gateway.sign_in("control")
    assert control.get("/referrals?q=secret-word").status in (200, 400)
    assert Person(site.gateway.port).post("/session", {"user": "secret-word", "password": "secret-word"}).status == 401
    records = []

    def all_there():
        records.extend(audit.drain())
        return len(records) >= 4

    wait_until("four accesses", all_there)
    assert not any(b"secret-word" in record.bytes for record in records)
