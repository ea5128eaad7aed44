"""Prometheus with the files that are shipped, beside a router and a gateway at work: every expression of an alert or a panel is
asked, a healthy hub alarms nobody, and what is broken on purpose is told."""

import subprocess

import pytest

from client import now_ms
from gateway import Site
from load import Load
from prometheus import PROGRAMS, Prometheus, make_certificate
from services import Redis
from spans import Receiver
from watching import FOREIGN, TABLES, alerts, expressions, metrics, names, panels, recorded

# Of the machine that the tests run on, not of the hub.
MACHINE = {"HubDiskFull", "HubDiskFilling", "HubMemoryShort"}
STAGED = {"HubCertificateEnds"}  # from the start
SERIES_LIMIT = 1500  # of one program
SOON = 5  # days


@pytest.fixture(scope="module")
def receiver():
    receiver = Receiver().begin()
    yield receiver
    receiver.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory, broker, receiver):
    """Its certificates are told, not used: this broker asks for none. The gateway's ends soon."""
    folder = tmp_path_factory.mktemp("site")
    redis = Redis(folder)
    redis.start()
    site = Site(folder, broker, redis)
    for daemon, days in ((site.router, 400), (site.gateway, SOON)):
        certificate, _ = make_certificate(folder, daemon.kind, days)
        daemon.settings |= {"kafka.ssl.certificate.location": certificate, "trace.otlp_endpoint": receiver.address, "trace.percent": 1}
    site.start()
    yield site
    site.close()
    redis.end()


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory, site):
    made = Prometheus(tmp_path_factory.mktemp("watch"), [f"127.0.0.1:{site.router.admin_port}"],
                      [f"127.0.0.1:{site.gateway.admin_port}"], certificate_days=SOON)
    yield made
    made.kill()


def asked(prometheus):
    """{where: number of series} of every expression; a panel's expressions count together. One that is an error raises."""
    found = {}
    for where, expression, _ in expressions():
        found[where] = found.get(where, 0) + len(prometheus.query(expression))
    return found


def show(prometheus):
    """The dashboards as text (pytest -s)."""
    print("series:", prometheus.query('count by (job) ({job=~".+"})'))
    for dashboard, panel in panels():
        print(f"\n{dashboard}: {panel['title']} [{panel['fieldConfig']['defaults']['unit']}]")
        for target in panel["targets"]:
            for labels, value in prometheus.query(target["expr"].replace("$__rate_interval", "1m")):
                print(f"    {value:>14.5g}  {target['legendFormat']}  {labels}")


def alarms(prometheus, *states):
    found = prometheus.ask("alerts")["alerts"]
    return {each["labels"]["alertname"] for each in found if each["state"] in states} - MACHINE


def at_work(site, prometheus):
    """Hospitals send, a desk looks around, a session ends and its timer fires."""
    load = Load(site, seed=8, rate=150)
    load.start()
    county, person = site.county, site.gateway.sign_in("lead")
    soon = now_ms() + 1000
    site.publisher.opened(county, county.lead, "soon", 3, starts_at=soon, ends_at=soon + 500)
    for shown in ("hub_timer_late_seconds_count > 0", "sum(hub_events_total) > 600"):
        for path in ("/overview", "/referrals", "/referrals/none", "/slots"):  # twice: a route's first answer is no rate yet
            person.get(path)
        prometheus.wait_for(shown)
    load.stop()


def test_the_text_is_what_prometheus_asks_for(site):
    for daemon in (site.router, site.gateway):
        text = daemon.get("/metrics")[1]
        done = subprocess.run([PROGRAMS / "promtool", "check", "metrics"], input=text, capture_output=True, text=True)
        assert done.returncode == 0, f"{daemon.kind}:\n{done.stdout}{done.stderr}"
        assert len([line for line in text.splitlines() if not line.startswith("#")]) < SERIES_LIMIT


def test_a_healthy_hub_idle_and_at_work(site, prometheus):
    silent = {f"{dashboard}: {panel['title']}" for dashboard, panel in panels() if "noValue" in panel["fieldConfig"]["defaults"]}
    places = {f"{dashboard}: {panel['title']}" for dashboard, panel in panels()}
    prometheus.wait_for("count(up == 1) == 4")
    prometheus.wait_for("hub:input_wait_seconds:max and on () hub_publishers and on () probe_success == 1")
    prometheus.wait_for("rate(node_cpu_seconds_total[1m]) and on () count_over_time(hub_ready{job='referral-router'}[1m]) > 2")
    idle = asked(prometheus)
    assert {where for where in places if not idle[where]} <= silent, "panels that are empty on an idle hub and do not say so"
    assert alarms(prometheus, "pending", "firing") <= STAGED

    at_work(site, prometheus)
    busy = asked(prometheus)
    show(prometheus)
    empty = {where for where in places if not busy[where]}
    assert {where.split(": ")[1].split(" · ")[0] for where in empty} <= {"Firing", "Dead letters an hour"}
    assert not alarms(prometheus, "firing")  # on a machine that has much else to do one may be pending

    for name in FOREIGN - {"ALERTS"} | recorded() | set().union(*(names(alert["expr"]) for alert in alerts())):
        assert prometheus.query(f"count({name})"), f"nobody told {name}"
    for job in TABLES:
        for name in set().union(*(metric.series for metric in metrics(job))):
            assert prometheus.query(f'count({name}{{job="{job}"}})'), f"{job} did not tell {name}"
    broken = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"] if rule["health"] != "ok"]
    assert not broken


def test_what_is_broken_is_told(site, prometheus, receiver):
    county = site.county
    prometheus.wait_for('count(ALERTS{alertname="HubCertificateEnds"}) == 2')
    assert {labels["instance"] for labels, _ in prometheus.query('ALERTS{alertname="HubCertificateEnds"}')} == {
        f"127.0.0.1:{port}" for port in (prometheus.listener.port, site.gateway.admin_port)}
    receiver.status = 400
    site.publisher.raw(b"nonsense", county.id, headers=[("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")])
    site.publisher.flush()
    lost = prometheus.alert("HubSpansLost")
    assert lost["labels"]["job"] == "referral-router" and "referral-router" in lost["annotations"]["summary"]
    letters = prometheus.alert("HubDeadLetters")
    assert letters["state"] == "firing" and letters["labels"]["reason"] == "UNDECODABLE" and "UNDECODABLE" in letters["annotations"]["summary"]
    assert asked(prometheus)["hub: Dead letters an hour · 每小时死信"] == 1
    site.redis.kill()
    prometheus.alert("HubRedisAway")
    prometheus.listener.kill()
    prometheus.alert("HubListenerAway")
    site.router.kill()
    away = prometheus.alert("HubDaemonAway")
    assert away["labels"]["job"] == "referral-router" and "router" in away["annotations"]["summary"]
    site.publisher.opened(county, county.lead, "late", 3)
    site.publisher.flush()
    prometheus.wait_for("hub:input_wait_seconds:max > 1")  # the gateway asks Kafka, though no router is there to tell
    assert asked(prometheus)["hub: Not ready · 未就绪"] == 1
