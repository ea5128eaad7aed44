"""What Prometheus and Grafana are given (deploy/prometheus, deploy/grafana), read as a test needs it: alerts, panels, the metrics
that programs of the hub have, the names in an expression."""

import dataclasses
import json
import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
DASHBOARDS = ROOT / "deploy" / "grafana" / "dashboards"
PROCESS = "common/daemon/process.def"
TABLES = {"referral-router": ("common/daemon/metrics.def", PROCESS),
          "dashboard-gateway": ("services/dashboard-gateway/http/metrics.def", PROCESS)}
# Of others, as far as used here: Prometheus, node-exporter, blackbox-exporter. The integration test asks for each.
FOREIGN = {
    "up", "ALERTS", "probe_success", "probe_ssl_last_chain_expiry_timestamp_seconds", "probe_ssl_earliest_cert_expiry",
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes", "node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes", "node_cpu_seconds_total",
}
SUFFIXES = {"HUB_HISTOGRAM": ("_bucket", "_sum", "_count")}
# Words of the language that are no metric.
WORDS = set("and or unless on by without ignoring group_left bool offset".split())


@dataclasses.dataclass
class Metric:
    kind: str
    name: str
    help: str

    @property
    def series(self):
        return {self.name + suffix for suffix in SUFFIXES.get(self.kind, ("",))}


def metrics(job):
    """Every row of a program's tables of metrics."""
    row = re.compile(r'^METRIC\(\w+, (\w+), "([^"]*)", "([^"]*)"', re.MULTILINE)
    return [Metric(*match) for path in TABLES[job] for match in row.findall((ROOT / path).read_text())]


def rules():
    """Every rule, alerts and recorded ones."""
    return [rule for path in sorted((PROMETHEUS / "rules").glob("*.yml"))
            for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]]


def alerts():
    return [rule for rule in rules() if "alert" in rule]


def recorded():
    return {rule["record"] for rule in rules() if "record" in rule}


def panels():
    """(dashboard, panel) of each dashboard."""
    return [(path.stem, panel) for path in sorted(DASHBOARDS.glob("*.json")) for panel in json.loads(path.read_text())["panels"]]


def expressions():
    """(where, expression, panel or None) of everything that is asked, as Prometheus takes it."""
    for rule in rules():
        yield rule.get("alert") or rule["record"], rule["expr"], None
    for dashboard, panel in panels():
        for target in panel["targets"]:
            yield f"{dashboard}: {panel['title']}", target["expr"].replace("$__rate_interval", "1m"), panel


def names(expression):
    """The metrics that an expression names: what is left of it without texts, selectors, label lists and functions."""
    text = re.sub(r'"[^"]*"', "", expression)
    text = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", text)
    text = re.sub(r"\b(by|without|on|ignoring)\s*\([^)]*\)", "", text)
    return {name for name in re.findall(r"(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\()(?![\w:])", text)} - WORDS
