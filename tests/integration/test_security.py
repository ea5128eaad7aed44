"""Security as shipped (deploy/security): on a broker and a Redis that are set up by its scripts the whole path works, and every wrong
credential and every crossing is refused.

One broker, one Redis, one hub for all tests of this file; those that change something put it back or come last."""

import datetime
import functools
import os
import subprocess
import time
import types

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicCollection, TopicPartition
from confluent_kafka.admin import (AclBinding, AclBindingFilter, AclOperation, AclPermissionType, AdminClient, NewTopic,
                                   ResourcePatternType, ResourceType)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, ResponseError

from client import Publisher, Subscriber
from county import County, write_registry
from doctor import examine, faults, only
from gateway import Gateway, users_of
from secured import KafkaTools, Secrets, SecureBroker, SecureRedis, newer_librdkafka
from services import Hubctl, Router
from waiting import wait_until

COUNTY = County(0)
A, B = COUNTY.lead, COUNTY.centres[0]
TOPICS = ["registry", "referral.events", "referral.decisions", "referral.transfers", "referral-router.state",
          "referral-router.dead-letters", "dashboard-gateway.acknowledgements", "audit.events"]

# What each may do with each topic, said once more than in deploy/security/rights.kafka.
READS = {
    "referral-router": {"registry", "referral.events", "referral.transfers", "referral-router.state"},
    "dashboard-gateway": set(TOPICS) - {"referral.transfers", "audit.events"},
    "hubctl": set(TOPICS),
    f"hospital-{A}": {"referral.decisions"},
}
WRITES = {
    "referral-router": {"referral.decisions", "referral.transfers", "referral-router.state", "referral-router.dead-letters"},
    "dashboard-gateway": {"referral.events", "dashboard-gateway.acknowledgements", "audit.events"},
    "hubctl": {"registry", "referral.events"},
    f"hospital-{A}": {"referral.events"},
}


class Place:
    """The secured hub: secrets, broker, Redis, topics, a county, hospitals A and B."""

    def __init__(self, folder):
        self.folder = folder
        self.tools = KafkaTools(folder)
        self.secrets = Secrets(folder / "secrets", self.tools)
        self.secrets.run("init", "--redis-tls", "no")
        self.broker = SecureBroker(folder / "kafka", self.secrets)
        self.redis = SecureRedis(folder / "redis", self.secrets)
        self.programs = []
        self.environment = {"LD_LIBRARY_PATH": newer_librdkafka(folder / "lib")}

    def start(self):
        self.broker.start()
        self.redis.start()
        self.tools.wait()
        self.said = {org: self.new_hospital(org) for org in (A, B)}
        self.secrets.run("grant", "--kafka", self.broker.admin_address)
        self.hubctl("topics", "create")
        self.hubctl("registry", "load", write_registry(self.folder / "registry.json", [COUNTY]), "--timeout", "45000")

    def new_hospital(self, org, *words):
        return self.secrets.run("new-hospital", org, "--kafka", self.broker.admin_address, "--servers", self.broker.address,
                                "--place", self.secrets.path("hospitals", org), *words).stdout

    def hubctl(self, *words, check=True, **changed):
        path = self.folder / "hubctl.conf"
        path.write_text("".join(f"{k} = {v}\n" for k, v in (self.secrets.settings("hubctl") | changed).items()))
        return Hubctl(self.broker, self.redis, "").run(*words, "--config", path, check=check, env=os.environ | self.environment)

    def router(self, instance, **changed):
        router = Router(self.folder, self.broker, self.redis, "", instance)
        router.environment = self.environment
        router.settings = {**router.settings, **self.secrets.settings("referral-router"), **changed}
        self.programs.append(router)
        return router

    def gateway(self, instance, **changed):
        gateway = Gateway(self.folder, self.broker, self.redis, "", users_of(COUNTY), instance)
        gateway.environment = self.environment
        gateway.settings = {**gateway.settings, **self.secrets.settings("dashboard-gateway"), **changed}
        self.programs.append(gateway)
        return gateway

    def as_principal(self, principal, **more):
        if principal.startswith("hospital-"):
            return self.secrets.hospital(principal.removeprefix("hospital-")) | more
        return self.secrets.client(principal, **{"bootstrap.servers": self.broker.address, **more})

    @functools.cached_property
    def administrator(self):
        return AdminClient({"bootstrap.servers": self.broker.admin_address, "security.protocol": "SSL",
                            "ssl.ca.location": str(self.secrets.path("ca", "ca.crt")),
                            **with_certificate(self.secrets.path("admin"))})

    def end(self):
        for program in self.programs:
            if program.process:
                program.kill()
        self.redis.end()
        self.broker.end()
        self.tools.end()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("secured"))
    try:
        place.start()
        yield place
    finally:
        place.end()


# ---- the whole path ----

def test_from_a_hospital_to_the_page(place):
    # What a Redis without a fence holds is wiped by the router: that takes all of its commands.
    place.redis.as_user("admin").flushall()
    place.redis.as_user("admin").set("{referral-router.0}:left-over", "x")
    router, gateway = place.router("1"), place.gateway("1")
    router.start()
    gateway.start()
    asked = types.SimpleNamespace(address=place.broker.address)
    of_a, of_b = (Publisher(asked, "", org, place.secrets.hospital(org)) for org in (A, B))
    of_a.opened(COUNTY, A, "s1", 5)
    of_a.flush()
    heard = Subscriber(asked, "referral.decisions", settings=place.secrets.hospital(B))
    try:
        heard.wait_for("the session", lambda record: record.name == "SessionChanged")
        request = of_b.requested(COUNTY, B, "r1")
        of_b.flush()
        answer = heard.answer_to(request)
    finally:
        heard.close()
    assert answer.name == "ReferralRouted" and answer.value["to_org_id"] == A
    lead = gateway.sign_in("lead")
    wait_until("r1 on the page", lambda: lead.get("/referrals/r1").body["to_org_id"] == A)
    # A desk's word goes the way back.
    said = lead.post("/referrals/r1/events", {"type": "ReferralAccepted"}, Idempotency_Key="one")
    assert said.status == 202, said.bytes
    wait_until("the word of the desk", lambda: lead.get("/referrals/r1").body["state"] == "ACCEPTED")
    admin = place.redis.as_user("admin")
    wait_until("the wipe of what was left over", lambda: not admin.exists("{referral-router.0}:left-over"))
    assert place.hubctl("status", check=False).stderr == ""
    place.hubctl("audit")
    place.hubctl("tail", "referral.decisions")
    assert "in doubt" not in place.hubctl("explain", "r1").stdout
    for program, principal in ((router, "referral-router"), (gateway, "dashboard-gateway")):
        assert "DENIED" not in program.log().upper() and "NOPERM" not in program.log()
        own = x509.load_pem_x509_certificate(place.secrets.path(principal, "tls.crt").read_bytes())
        assert program.metric("hub_certificate_not_after_seconds") == own.not_valid_after_utc.timestamp()


def test_secrets_are_not_seen(place):
    """Neither in what --check says, nor among the arguments, nor in a log, nor in what the scripts print."""
    secrets = {path.read_text().strip() for path in place.secrets.folder.rglob("*.password")}
    assert len(secrets) == 11
    router = place.programs[0]
    checked = subprocess.run([router.program, "--config", router.write_settings(), "--check"], capture_output=True, text=True,
                             env=os.environ | place.environment)
    assert checked.returncode == 0, checked.stderr
    arguments = open(f"/proc/{router.process.pid}/cmdline").read() + open(f"/proc/{router.process.pid}/environ").read()
    logs = "".join(program.log() for program in place.programs)
    shown = "".join([checked.stdout, checked.stderr, arguments, logs, *place.said.values(),
                     place.secrets.text("redis", "users.acl"), (place.broker.data / "kafka" / "kafka.log").read_text(),
                     place.secrets.run("init", "--redis-tls", "no").stdout])
    for secret in secrets:
        assert secret not in shown
    for path in place.secrets.folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def ask_doctor(place, *daemons, **changed):
    """hubctl doctor with the rights of hubctl; changed: its settings."""
    names = {"router": "referral-router", "gateway": "dashboard-gateway"}
    daemons = daemons or [each for each in place.programs if each.alive()]
    addresses = ",".join(f"{names[each.kind]}={each.host}:{each.admin_port}" for each in daemons)
    return examine(types.SimpleNamespace(run=place.hubctl), "--daemons", addresses, "--certificates", place.secrets.folder,
                   **changed)


def well(place):
    def is_well():
        told = ask_doctor(place)
        assert not faults(told), faults(told)
        return told

    return wait_until("a hub that is well", is_well, 60)


def found_of(place, fault):
    """What it says as soon as it finds that fault."""
    def finds():
        told = ask_doctor(place)
        return told if fault in faults(told) else None

    return wait_until(f"{fault} to be found", finds, 30)


def test_the_doctor_finds_nothing_and_has_all_rights_that_it_needs(place):
    told = well(place)
    assert {each["check"]: each["result"] for each in told["checks"] if each["result"] != "ok"} == {"disks": "not asked"}


# ---- rights ----

@pytest.mark.parametrize("principal", READS)
def test_rights_are_those_of_the_table_and_no_more(place, principal):
    """As the broker itself counts them, for every topic."""
    admin = AdminClient(place.as_principal(principal))
    for topic, future in admin.describe_topics(TopicCollection(TOPICS), include_authorized_operations=True).items():
        may = set()
        try:
            may = {operation.name for operation in future.result().authorized_operations}
        except KafkaException as error:
            assert error.args[0].code() == KafkaError.TOPIC_AUTHORIZATION_FAILED
        expected = {"READ"} if topic in READS[principal] else set()
        expected |= {"WRITE"} if topic in WRITES[principal] else set()
        expected |= {"DESCRIBE"} if expected else set()
        expected |= {"CREATE", "DESCRIBE_CONFIGS"} if principal == "hubctl" else set()
        assert may == expected, f"{principal} {topic}"


def refused_write(place, principal, topic, **more):
    """The error that writing ends with; None when it was taken."""
    errors = []
    producer = Producer(place.as_principal(principal, **more) | {"message.timeout.ms": 20000, "log_level": 2})
    producer.produce(topic, b"x", b"y", on_delivery=lambda error, _: errors.append(error))
    assert producer.flush(30) == 0
    return errors[0]


def answer_of(consumer, topic):
    """The error of the first answer, or None when it is a record or the end. That a topic may not even be seen is told by its
    metadata alone."""
    answers = []

    def answered():
        message = consumer.poll(0.5)
        error = message.error() if message is not None else consumer.list_topics(topic, timeout=20).topics[topic].error
        if message is not None or error:
            answers.append(error)
        return answers

    wait_until(f"an answer about {topic}", answered)
    return None if not answers[0] or answers[0].code() == KafkaError._PARTITION_EOF else answers[0]


def refused_read(place, principal, topic, **more):
    # A group whose coordinator it may ask for; it is not entered.
    consumer = Consumer({"group.id": "referral-router", **place.as_principal(principal, **more), "enable.auto.commit": False,
                         "enable.partition.eof": True, "log_level": 2})
    consumer.assign([TopicPartition(topic, 0, 0)])
    try:
        return answer_of(consumer, topic)
    finally:
        consumer.close()


@pytest.mark.parametrize("principal", READS)
def test_crossings_of_topics_are_refused(place, principal):
    """By trying: everything that is not in the table."""
    for topic in TOPICS:
        if topic not in WRITES[principal]:
            error = refused_write(place, principal, topic)
            assert error and error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED, f"{principal} wrote to {topic}: {error}"
        error = refused_read(place, principal, topic)
        if topic in READS[principal]:
            assert error is None, f"{principal} {topic}: {error}"
        else:
            assert error and error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED, f"{principal} read {topic}: {error}"


def claims(place, principal, transactional_id):
    producer = Producer(place.as_principal(principal) | {"transactional.id": transactional_id, "log_level": 2})
    try:
        producer.init_transactions(20)
    except KafkaException as error:
        return error.args[0].code()
    return None


@pytest.mark.parametrize("principal, transactional_id", [
    (f"hospital-{A}", "referral-router-1"),
    (f"hospital-{A}", "referral-router-other"),
    (f"hospital-{A}", f"hospital-{B}.1"),
    (f"hospital-{A}", f"hospital-{A}0.1"),  # another one whose id begins with A's
    (f"hospital-{A}", "hubctl-registry-load"),
    ("dashboard-gateway", "referral-router-1"),
    ("dashboard-gateway", "dashboard-gateway-1"),
    ("hubctl", "referral-router-1"),
    ("referral-router", "hubctl-registry-load"),
])
def test_transactional_ids_of_others_are_refused(place, principal, transactional_id):
    assert claims(place, principal, transactional_id) == KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED


def test_transactional_ids_of_ones_own_are_taken(place):
    assert claims(place, f"hospital-{A}", f"hospital-{A}.1") is None
    assert claims(place, "referral-router", "referral-router-other") is None
    assert claims(place, "hubctl", "hubctl-registry-load") is None


def enters(place, principal, group):
    consumer = Consumer(place.as_principal(principal) | {"group.id": group, "log_level": 2})
    errors = []

    def answered():
        message = consumer.poll(0.5)
        if message is not None and message.error():
            errors.append(message.error().code())
        return errors or consumer.assignment()

    consumer.subscribe(["referral.decisions"])
    try:
        wait_until("a group's answer", answered)
        return errors[0] if errors else None
    finally:
        consumer.close()


@pytest.mark.parametrize("principal, group", [
    (f"hospital-{A}", "referral-router"),
    (f"hospital-{A}", f"hospital-{B}"),
    (f"hospital-{A}", f"hospital-{B}.x"),
    (f"hospital-{A}", f"hospital-{A}0"),
    ("dashboard-gateway", "referral-router"),
    ("dashboard-gateway", "dashboard-gateway"),
])
def test_groups_of_others_are_refused(place, principal, group):
    assert enters(place, principal, group) == KafkaError.GROUP_AUTHORIZATION_FAILED


def test_groups_of_ones_own_are_entered(place):
    assert enters(place, f"hospital-{A}", f"hospital-{A}") is None
    assert enters(place, f"hospital-{A}", f"hospital-{A}.second") is None


def test_nobody_administers_with_a_password(place):
    for principal in READS:
        admin = AdminClient(place.as_principal(principal))
        made = admin.create_topics([NewTopic("mine", 1)], request_timeout=20)["mine"]
        with pytest.raises(KafkaException, match="TOPIC_AUTHORIZATION_FAILED|CLUSTER_AUTHORIZATION_FAILED"):
            made.result()
        gone = admin.delete_topics(["referral.decisions"], request_timeout=20)["referral.decisions"]
        with pytest.raises(KafkaException, match="TOPIC_AUTHORIZATION_FAILED"):
            gone.result()
        seen = {group.group_id for group in admin.list_consumer_groups().result().valid}
        own = {principal, f"{principal}.second"} if principal.startswith("hospital-") else {"referral-router", "hubctl"}
        assert seen <= own, principal


# ---- who may log in ----

def pem_of(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def certificate(folder, name, authority=None, key=None, ends_in=datetime.timedelta(days=400)):
    """tls.crt and tls.key in folder: by the authority given (certificate, key), or one that nobody knows."""
    folder.mkdir(exist_ok=True)
    now = datetime.datetime.now(datetime.timezone.utc)
    own = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signer = (authority.subject, key) if authority else (subject, own)
    made = x509.CertificateBuilder(issuer, subject, own.public_key(), x509.random_serial_number(),
                                   now - datetime.timedelta(days=2), now + ends_in).sign(signer, hashes.SHA256())
    (folder / "tls.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "tls.key").write_bytes(pem_of(own))
    return folder


@pytest.fixture(scope="module")
def certificates(place):
    """Folders of certificates that no broker should take."""
    authority = x509.load_pem_x509_certificate(place.secrets.path("ca", "ca.crt").read_bytes())
    key = serialization.load_pem_private_key(place.secrets.path("ca", "ca.key").read_bytes(), None)
    return {
        "expired": certificate(place.folder / "expired", f"hospital-{A}", authority, key, datetime.timedelta(days=-1)),
        "foreign": certificate(place.folder / "foreign", f"hospital-{A}"),
    }


def with_certificate(folder):
    return {"ssl.certificate.location": str(folder / "tls.crt"), "ssl.key.location": str(folder / "tls.key")}


def refusal(settings, without=()):
    """What the client is told when it tries to come in; None when it is in."""
    heard = []
    settings = {name: value for name, value in settings.items() if name not in without}
    admin = AdminClient(settings | {"error_cb": lambda error: heard.append(str(error)), "log_level": 0,
                                    "reconnect.backoff.max.ms": 200})

    tries = 0

    def answered():
        nonlocal tries
        tries += 1
        admin.poll(0.1)
        try:
            return admin.list_topics(timeout=0.5) and "in"
        except KafkaException:
            # Who does not even speak TLS is told no more than that nobody is there.
            told = [text for text in heard if "brokers are down" not in text]
            return told[0] if told else heard and tries > 5 and heard[0]

    answer = wait_until("an answer", answered, 20, pause=0)
    return None if answer == "in" else answer


ENTRANCES = [
    # how the settings differ, which are left out, what the client is told
    ({}, (), None),
    ({"sasl.password": "not this one"}, (), "invalid credentials"),
    ({"sasl.username": f"hospital-{B}"}, (), "invalid credentials"),
    ({"sasl.username": "hospital-unknown"}, (), "invalid credentials"),
    ({"sasl.username": "admin", "sasl.password": "admin"}, (), "invalid credentials"),
    ({"sasl.mechanism": "PLAIN"}, (), "mechanism"),
    ({"security.protocol": "PLAINTEXT"}, (), "Disconnected|closed|brokers are down"),
    ({"security.protocol": "SASL_PLAINTEXT"}, (), "Disconnected|closed|brokers are down"),
    ({"security.protocol": "SSL"}, (), "Disconnected|closed|brokers are down"),
    ({}, ("ssl.certificate.location", "ssl.key.location"), "certificate|handshake"),
    ({"certificate": "expired"}, (), "certificate|handshake"),
    ({"certificate": "foreign"}, (), "certificate|handshake"),
    ({"trust": "foreign"}, (), "certificate verify failed"),
]


@pytest.mark.parametrize("changed, without, told", ENTRANCES, ids=lambda value: str(value).replace(" ", ""))
def test_who_may_enter_kafka(place, certificates, changed, without, told):
    settings = place.secrets.hospital(A) | {name: value for name, value in changed.items() if "." in name}
    if "certificate" in changed:
        settings |= with_certificate(certificates[changed["certificate"]])
    if "trust" in changed:
        settings["ssl.ca.location"] = str(certificates[changed["trust"]] / "tls.crt")
    answer = refusal(settings, without)
    if told is None:
        assert answer is None
    else:
        assert answer and any(word in answer for word in told.split("|")), answer


def test_a_hospitals_certificate_opens_nothing_at_the_inner_listener(place, certificates):
    inner = {"bootstrap.servers": place.broker.admin_address, "security.protocol": "SSL",
             "ssl.ca.location": str(place.secrets.path("ca", "ca.crt"))}
    hospital = inner | with_certificate(place.secrets.path("hospitals", A))
    assert AdminClient(hospital).list_topics(timeout=20).topics == {}
    stranger = AdminClient(hospital)
    with pytest.raises(KafkaException, match="AUTHORIZATION_FAILED"):
        stranger.create_topics([NewTopic("mine", 1)], request_timeout=20)["mine"].result()
    assert "certificate" in refusal(inner) or "handshake" in refusal(inner)
    assert refusal(inner | with_certificate(certificates["foreign"]))
    admin = inner | with_certificate(place.secrets.path("admin"))
    assert set(TOPICS) <= set(AdminClient(admin).list_topics(timeout=20).topics)


# ---- Redis ----

def test_redis_lets_in_who_has_a_password(place):
    with pytest.raises(AuthenticationError):
        Redis(port=place.redis.port).ping()
    for user, password in (("referral-router", "wrong"), ("default", ""), ("nobody", "x"),
                           ("referral-router", place.secrets.text("hubctl", "redis.password"))):
        with pytest.raises((AuthenticationError, ResponseError)):
            place.redis.as_user(user, password or "none").ping()


@pytest.mark.parametrize("user", ["referral-router", "dashboard-gateway", "hubctl", "health", "replica"])
def test_redis_rights(place, user):
    """Only the router writes, and only its own keys; others read these, and nothing else."""
    redis, admin = place.redis.as_user(user), place.redis.as_user("admin")
    reads = user in ("referral-router", "dashboard-gateway", "hubctl")
    key, foreign = "{referral-router.0}:test", "{another.0}:test"
    admin.set(foreign, "x")
    tries = {
        "write": (lambda: redis.set(key, "1"), user == "referral-router"),
        "delete": (lambda: redis.delete(key), user == "referral-router"),
        "read": (lambda: redis.mget(key) if user == "dashboard-gateway" else redis.get(key), reads),
        "read foreign": (lambda: redis.mget(foreign) if user == "dashboard-gateway" else redis.get(foreign), False),
        "write foreign": (lambda: redis.set(foreign, "1"), False),
        "flush": (redis.flushall, False),
        "config": (lambda: redis.config_set("maxmemory-policy", "allkeys-lru"), False),
        "users": (redis.acl_list, False),
        "keys": (lambda: redis.keys("*"), False),
        "script": (lambda: redis.eval("return 1", 0), False),
        "shut down": (lambda: redis.execute_command("SHUTDOWN", "NOSAVE"), False),
        "follow another": (lambda: redis.execute_command("REPLICAOF", "127.0.0.1", "1"), False),
        "listen": (lambda: redis.execute_command("MONITOR"), False),
    }
    for what, (attempt, allowed) in tries.items():
        try:
            attempt()
            done = True
        except NoPermissionError:
            done = False
        assert done == allowed, f"{user} {what}"
    admin.delete(foreign, key)
    assert redis.ping()


# ---- what our programs say ----

def line_with(program, words):
    """The line of its log that names the cause; it is one line."""
    def found():
        assert program.process.poll() is None or words in program.log(), program.log()
        return [line for line in program.log().splitlines() if words in line]

    return wait_until(f"\"{words}\" in the log", found, 30)


def test_the_router_says_what_is_wrong_and_the_doctor_sees_it(place, certificates):
    wrong = place.folder / "wrong.password"
    wrong.write_text("not this one\n")
    foreign = certificates["foreign"]
    for name, changed, words, fault in [
        ("wrong-password", {"kafka.sasl.password.file": wrong}, "invalid credentials", "DAEMON_PASSWORD"),
        ("wrong-ca", {"kafka.ssl.ca.location": foreign / "tls.crt"}, "certificate verify failed", "DAEMON_TLS"),
        ("expired", {"kafka.ssl.certificate.location": certificates["expired"] / "tls.crt",
                     "kafka.ssl.key.location": certificates["expired"] / "tls.key"}, "certificate unknown", "DAEMON_TLS"),
        ("wrong-redis", {"redis.password.file": wrong}, "WRONGPASS", "DAEMON_STORE"),
    ]:
        router = place.router(name, **changed)
        router.start(ready=False)
        try:
            # One for each of its connections, and not once a second.
            assert len(line_with(router, words)) <= 3, router.log()
            if name == "expired":  # which librdkafka itself tells with each try, many times a second
                line_with(router, "held_back=")
                lines = [line for line in router.log().splitlines() if words in line]
                assert sum("code=KAFKA_CLIENT_WARNING" in line for line in lines) <= 3, lines
                assert sum("code=NOT_READY" in line for line in lines) == 1, lines
            if fault == "DAEMON_STORE":
                router.wait_ready()
            wait_until("its reason", lambda: words in router.get("/readyz")[1])
            only(ask_doctor(place, router), fault, words)
        finally:
            router.kill()


def test_the_router_names_the_transactional_id_that_it_may_not_use(place):
    """Another hub's name, say: the whole sentence, with the id, and the exit code that asks for a new start."""
    router = place.router("1", **place.secrets.settings("hubctl"), **{"topic.prefix": ""})
    router.settings["instance"] = "stranger"
    router.start(ready=False)
    try:
        line_with(router, "Transactional Id authorization failed")
    finally:
        router.kill()


def test_hubctl_says_what_is_wrong_first(place, certificates):
    wrong = place.folder / "wrong.password"
    wrong.write_text("not this one\n")
    for changed, words in [
        ({"kafka.sasl.password.file": wrong}, "invalid credentials"),
        ({"kafka.ssl.ca.location": certificates["foreign"] / "tls.crt"}, "certificate verify failed"),
        ({"kafka.security.protocol": "PLAINTEXT"}, "transport failure"),
        ({"kafka.sasl.password.file": place.folder / "nowhere"}, "nowhere: No such file or directory"),
    ]:
        done = place.hubctl("topics", "check", "--timeout", "3000", check=False, **changed)
        assert done.returncode not in (0, 1) and words in done.stderr, done.stderr
        assert words in done.stderr.splitlines()[0] and len(done.stderr.splitlines()) <= 2, done.stderr


# ---- what hubctl doctor finds ----

def test_the_doctor_names_a_wrong_password_a_certificate_that_ended_and_an_authority_that_nobody_knows(place, certificates):
    wrong = place.folder / "wrong.password"
    wrong.write_text("not this one\n")
    expired, foreign = (certificates[each] / "tls.crt" for each in ("expired", "foreign"))
    for changed, fault, words, step in [
        ({"kafka.sasl.password.file": wrong}, "KAFKA_PASSWORD", "invalid credentials", "deploy/security/grant --passwords"),
        ({"kafka.sasl.username": "hospital-unknown"}, "KAFKA_PASSWORD", "invalid credentials", "deploy/security/grant --passwords"),
        ({"kafka.ssl.ca.location": foreign}, "KAFKA_TLS", "certificate verify failed", "openssl s_client"),
        ({"kafka.ssl.certificate.location": expired, "kafka.ssl.key.location": expired.with_name("tls.key")}, "CERTIFICATE_ENDED",
         f"{expired} (hospital-{A}) ended", "deploy/security/init"),
        ({"redis.password.file": wrong}, "REDIS_PASSWORD", "WRONGPASS", "docker compose restart redis"),
    ]:
        found = only(ask_doctor(place, **changed), fault, words)
        assert any(step in each for each in found["commands"]), found


def take_right(place, principal, kind, name, operation=AclOperation.ANY):
    """All rights of that principal there, or one."""
    taken = AclBindingFilter(kind, name, ResourcePatternType.LITERAL, f"User:{principal}", None, operation,
                             AclPermissionType.ANY)
    for future in place.administrator.delete_acls([taken]).values():
        assert future.result(), f"{principal} had no right to {name}"


def test_the_doctor_names_a_right_that_is_missing_and_who_lacks_it(place):
    """The step that it names mends it."""
    well(place)  # a router that was killed is out of the group
    topic, group = ResourceType.TOPIC, ResourceType.GROUP
    for principal, kind, name, fault, words in [
        ("hubctl", topic, "referral-router.dead-letters", "KAFKA_ACL", "hubctl may not see 1 topic: referral-router.dead-letters"),
        ("hubctl", group, "referral-router", "KAFKA_ACL", "GROUP_AUTHORIZATION_FAILED"),
        ("referral-router", topic, "registry", "DAEMON_ACL", "TOPIC_AUTHORIZATION_FAILED"),
    ]:
        take_right(place, principal, kind, name)
        found = only(found_of(place, fault), fault, words)
        assert "deploy/security/grant  # without" in [command.rstrip() for command in found["commands"]], found
        place.secrets.run("grant", "--kafka", place.broker.admin_address, principal)
        well(place)


# ---- what the router makes of a right that is missing ----

def test_the_router_says_that_it_may_not_read_one_of_its_inputs(place):
    """Although nobody sends anything, and all others are read."""
    router = place.programs[0]
    router.wait_ready()
    take_right(place, "referral-router", ResourceType.TOPIC, "referral.transfers", AclOperation.READ)

    def told():
        status, text = router.get("/readyz")
        return status == 503 and "cannot read referral.transfers[" in text and "TOPIC_AUTHORIZATION_FAILED" in text

    wait_until("its reason", told)
    for _ in range(50):
        assert told(), router.get("/readyz")
        time.sleep(0.1)
    found = only(found_of(place, "DAEMON_ACL"), "DAEMON_ACL", "referral.transfers")
    assert "deploy/security/grant  # without" in [command.rstrip() for command in found["commands"]], found
    place.secrets.run("grant", "--kafka", place.broker.admin_address, "referral-router")
    router.wait_ready()
    well(place)


def test_a_copy_that_cannot_start_takes_no_partitions(place):
    """Not even for a moment: the others are not disturbed."""
    router = place.programs[0]
    router.wait_ready()

    def given():
        return router.log().count("code=ASSIGNED")

    before, copy = given(), place.router("late")
    # Who runs keeps what it began with; the right is asked for at a start.
    take_right(place, "referral-router", ResourceType.TOPIC, "referral-router.dead-letters")
    copy.start(ready=False)
    wait_until("its reason", lambda: "AUTHORIZATION_FAILED" in copy.get("/readyz")[1], 30)
    for _ in range(50):
        assert given() == before and copy.ready()["partitions"]["owned"] == 0
        time.sleep(0.1)
    place.secrets.run("grant", "--kafka", place.broker.admin_address, "referral-router")
    copy.wait_ready()
    wait_until("its share", lambda: copy.ready()["partitions"]["owned"] == router.ready()["partitions"]["owned"] == 8)
    assert copy.stop() == 0
    well(place)


# ---- the life of secrets ----

def tree(secrets):
    return {path: path.read_bytes() for path in secrets.folder.rglob("*") if path.is_file()}


def test_init_twice_changes_nothing_and_tells_what_ends(place):
    before = tree(place.secrets)
    place.secrets.run("init", "--redis-tls", "no")
    assert tree(place.secrets) == before
    assert place.secrets.run("init", "--list").returncode == 0
    soon = place.secrets.run("init", "--list", "--renew-within", "360", "--days", "361", check=False)
    assert soon.returncode == 0
    soon = place.secrets.run("init", "--list", "--renew-within", "400", "--days", "401", check=False)
    assert soon.returncode == 1 and "ends within 400 days" in soon.stdout


def test_grant_twice_changes_nothing_and_takes_back_what_is_too_much(place):
    hospital = f"hospital-{A}"

    def grant():
        return place.secrets.run("grant", "--kafka", place.broker.admin_address, hospital).stdout.splitlines()

    assert len(grant()) == 1
    too_much = AclBinding(ResourceType.TOPIC, "referral.events", ResourcePatternType.LITERAL, f"User:{hospital}", "*",
                          AclOperation.READ, AclPermissionType.ALLOW)
    for future in place.administrator.create_acls([too_much]).values():
        future.result()
    wait_until("the right", lambda: refused_read(place, hospital, "referral.events") is None)
    assert f"  {hospital}: 0 rights given, 1 taken back" in grant()
    wait_until("its end", lambda: refused_read(place, hospital, "referral.events") is not None)
    assert len(grant()) == 1


def test_init_keeps_what_the_folder_was_made_with(tmp_path):
    """A run without options, as on the host of containers, leaves paths, names and owners as they are."""
    secrets = Secrets(tmp_path / "secrets")
    secrets.run("init", "--seen", "/run/hub", "--redis-tls", "no", "--kafka-names", "kafka,broker.example.org",
                "--owner", f"hubctl={os.getuid()}:12345" if os.getuid() == 0 else f"hubctl={os.getuid()}")

    def seen():
        files = [each for each in secrets.folder.rglob("*") if each.is_file()]
        return {each: (each.read_bytes(), each.stat().st_uid, each.stat().st_gid) for each in files}

    before = seen()
    secrets.run("init")
    assert seen() == before
    secrets.run("init", "--rotate", "hubctl")
    assert secrets.path("hubctl", "settings.conf").read_bytes() == before[secrets.path("hubctl", "settings.conf")][0]
    assert {each.stat().st_gid for each in secrets.path("hubctl").iterdir()} == {before[secrets.path("hubctl", "tls.key")][2]}
    secrets.run("init", "--seen", "/elsewhere")
    assert secrets.settings("hubctl")["redis.password.file"] == "/elsewhere/redis.password"


def test_rotation(place):
    old = place.as_principal("hubctl")
    place.secrets.run("init", "--redis-tls", "no", "--rotate", "hubctl")
    assert "invalid credentials" in refusal(place.as_principal("hubctl"))
    assert set(faults(ask_doctor(place))) == {"KAFKA_PASSWORD", "REDIS_PASSWORD"}
    place.secrets.run("grant", "--kafka", place.broker.admin_address, "hubctl")
    assert "invalid credentials" in refusal(old)
    assert refusal(place.as_principal("hubctl")) is None
    admin = place.redis.as_user("admin")
    with pytest.raises(AuthenticationError):
        place.redis.as_user("hubctl").ping()
    admin.acl_load()
    assert place.redis.as_user("hubctl").ping()
    well(place)


def test_a_hospital_that_leaves(place):
    """Refused at once, also on a connection that was open; the other one stays in."""
    settings = place.secrets.hospital(B)
    errors = []
    producer = Producer(settings | {"message.timeout.ms": 20000, "log_level": 2})

    def write():
        producer.produce("referral.events", b"x", COUNTY.id, on_delivery=lambda error, _: errors.append(error))
        assert producer.flush(30) == 0
        return errors[-1]

    assert write() is None
    place.secrets.run("remove-hospital", B, "--kafka", place.broker.admin_address)
    assert write().code() == KafkaError.TOPIC_AUTHORIZATION_FAILED
    assert not place.secrets.path("hospitals", B).exists()
    # Its files are still with the hospital.
    with_files = {name: value for name, value in settings.items() if not name.startswith("ssl.")}
    with_files |= {"ssl.ca.location": str(place.secrets.path("ca", "ca.crt"))}
    with_files |= with_certificate(place.secrets.path("hospitals", A))
    assert "invalid credentials" in refusal(with_files)
    assert refusal(place.secrets.hospital(A)) is None
